/* The catalogue of requirements: one table a specification. */
#include "base/text.h"
#include "script/script.h"
#include <stdio.h>
#include <string.h>

static const char *const columns[] = { "anchor", "section", "level", "duty", "text", "waiver" };
#define COLUMNS (sizeof columns / sizeof *columns)

static void split(char *line, char *fields[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++) {
		fields[i] = line;
		if (!line)
			continue;
		line = strchr(line, '\t');
		if (line)
			*line++ = 0;
	}
}

static int read_level(const char *text, enum level *level)
{
	static const char *const names[] = { "", "MAY", "SHOULD", "MUST" };
	for (int i = LEVEL_MAY; i <= LEVEL_MUST; i++)
		if (strcmp(names[i], text) == 0) {
			*level = (enum level)i;
			return 0;
		}
	return -1;
}

static int add_row(struct catalogue *c, const char *spec, const char *path, int line, char *text, struct err *e)
{
	char where[300], *fields[COLUMNS];
	snprintf(where, sizeof where, "%s:%d", path, line);
	split(text, fields);
	if (!fields[4])
		return err_set(e, ERR_USAGE, where,
			"expected six columns parted by tabs: anchor, section, level, duty, text, waiver");
	struct requirement *r = arena_alloc(&c->arena, sizeof *r);
	if (!text_is_slug(fields[0]))
		return err_set(e, ERR_USAGE, where, "'%s' is no anchor: expected small letters, digits and hyphens",
			fields[0]);
	if (read_level(fields[2], &r->level))
		return err_set(e, ERR_USAGE, where, "'%s' is no level: expected MUST, SHOULD or MAY", fields[2]);
	if (strcmp(fields[3], "server") != 0 && strcmp(fields[3], "client") != 0 && strcmp(fields[3], "both") != 0)
		return err_set(e, ERR_USAGE, where, "'%s' is no duty: expected server, client or both", fields[3]);
	r->spec = spec;
	r->anchor = arena_text(&c->arena, fields[0]);
	r->key = arena_printf(&c->arena, "%s#%s", spec, fields[0]);
	r->section = arena_text(&c->arena, fields[1]);
	r->duty = arena_text(&c->arena, fields[3]);
	r->text = arena_text(&c->arena, fields[4]);
	r->waiver = arena_text(&c->arena, fields[5] ? fields[5] : "");
	if (catalogue_find(c, r->key))
		return err_set(e, ERR_USAGE, where, "the requirement %s is there twice", r->key);
	vec_push(&c->entries, r);
	return 0;
}

static int load_file(struct catalogue *c, const char *path, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	const char *name = strrchr(path, '/') + 1;
	const char *spec = arena_bytes(&c->arena, name, strlen(name) - strlen(".tsv"));
	if (file_read(path, &text, e))
		return -1;
	int line = 0;
	for (char *at = text.data, *end; at && *at; at = end) {
		end = strchr(at, '\n');
		if (end)
			*end++ = 0;
		if (++line == 1 || !*at || *at == '#')
			continue;
		if (add_row(c, spec, path, line, at, e))
			return -1;
	}
	return 0;
}

int catalogue_load(struct catalogue *c, const char *directory, struct err *e)
{
	struct vec files = VEC_INIT;
	int result = directory_files(&c->arena, directory, ".tsv", &files, e);
	size_t length = strlen(directory);
	for (size_t i = 0; i < files.count && result == 0; i++) {
		const char *name = (const char *)files.items[i] + length;
		if (!strchr(name + strspn(name, "/"), '/')) /* below are translations */
			result = load_file(c, files.items[i], e);
	}
	vec_release(&files);
	return result;
}

const struct requirement *catalogue_find(const struct catalogue *c, const char *key)
{
	for (size_t i = 0; i < c->entries.count; i++) {
		const struct requirement *r = c->entries.items[i];
		if (strcmp(r->key, key) == 0)
			return r;
	}
	return NULL;
}

void catalogue_release(struct catalogue *c)
{
	vec_release(&c->entries);
	arena_release(&c->arena);
}
