#include "script/profile.h"
#include "base/buf.h"
#include "base/text.h"
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct profile *profile;
	const char *folder;
	unsigned depth;
	bool included; /* only levels and rows count */
	struct err *e;
	bool failed;
};

/* Returns 0, which ends inih's reading of the line as a fault. */
static int fault(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int fault(struct reader *r, const char *format, ...)
{
	char text[sizeof r->e->message];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	r->failed = true;
	err_set(r->e, ERR_USAGE, NULL, "%s", text);
	return 0;
}

static struct profile_part *find_part(const struct vec *parts, const char *name)
{
	for (size_t i = 0; i < parts->count; i++) {
		struct profile_part *part = parts->items[i];
		if (strcmp(part->name, name) == 0)
			return part;
	}
	return NULL;
}

/* The part of a section such as `row tls`, made where it is new. NULL where there is no such kind. */
static struct profile_part *part_of(struct profile *p, const char *section)
{
	bool row = strncmp(section, "row ", 4) == 0;
	const char *name = strchr(section, ' ');
	if (strcmp(section, "profile") == 0)
		return &p->head;
	if ((!row && strncmp(section, "level ", 6) != 0) || !text_is_slug(name + 1))
		return NULL;
	struct vec *parts = row ? &p->rows : &p->levels;
	struct profile_part *part = find_part(parts, name + 1);
	if (!part) {
		part = arena_alloc(&p->arena, sizeof *part);
		part->name = arena_text(&p->arena, name + 1);
		vec_push(parts, part);
	}
	return part;
}

/* "title" and "title.de". */
static bool is_text(const char *name, bool row)
{
	static const char *const names[] = { "title", "about", "text", "reference", "article", "paper" };
	size_t length = strcspn(name, ".");
	if (name[length] && strlen(name + length + 1) != 2)
		return false;
	for (size_t i = 0; i < (row ? sizeof names / sizeof *names : 2); i++)
		if (strlen(names[i]) == length && strncmp(name, names[i], length) == 0)
			return true;
	return false;
}

/* A value may go on in the next line. */
static const char *joined(struct profile *p, const char *old, const char *value)
{
	return old ? arena_printf(&p->arena, "%s %s", old, value) : arena_text(&p->arena, value);
}

static int include(struct reader *r, const char *names);

static int take(void *context, const char *section, const char *name, const char *value)
{
	struct reader *r = context;
	struct profile *p = r->profile;
	bool head = strcmp(section, "profile") == 0, row = strncmp(section, "row ", 4) == 0;
	if (r->failed || (head && r->included && strcmp(name, "includes") != 0))
		return 1;
	struct profile_part *part = part_of(p, section);
	if (!part)
		return fault(r, "unknown section [%s]; there is [profile], [level NAME] and [row NAME]", section);
	if (head && strcmp(name, "includes") == 0)
		return include(r, value);
	if (is_text(name, row)) {
		map_set(&part->texts, name, joined(p, map_get(&part->texts, name), value));
	} else if ((head || row) && strcmp(name, "checks") == 0) {
		part->checks = joined(p, part->checks, value);
	} else if (head && strcmp(name, "with-peer") == 0) {
		part->with_peer = joined(p, part->with_peer, value);
	} else if (row && strcmp(name, "required") == 0) {
		part->required = joined(p, part->required, value);
	} else if (row && strcmp(name, "needs") == 0) {
		if (strcmp(value, "component") != 0)
			return fault(r, "a row needs `component`, or nothing, not '%s'", value);
		part->needs = arena_text(&p->arena, value);
	} else if (row && strcmp(name, "from") == 0) {
		if (!find_part(&p->levels, value))
			return fault(r, "there is no [level %s] before this row", value);
		part->from = arena_text(&p->arena, value);
	} else {
		return fault(r, "unknown key '%s' in [%s]", name, section);
	}
	return 1;
}

static int read_file(struct reader *r, const char *name)
{
	AUTO_TEXT path = memory_printf("%s/%s.ini", r->folder, name);
	int line = ini_parse(path, take, r);
	if (r->failed && !r->e->where[0]) {
		struct err inner = *r->e;
		AUTO_TEXT where = memory_printf("%s:%d", path, line);
		err_set(r->e, ERR_USAGE, where, "%s", inner.message);
	} else if (line && !r->failed) {
		r->failed = true;
		AUTO_TEXT where = memory_printf("%s:%d", path, line);
		err_set(r->e, ERR_USAGE, where, line < 0 ? "cannot be read" : "is no `key = value`");
	}
	return r->failed ? -1 : 0;
}

static void list_names(const char *folder, struct buf *out)
{
	struct err ignored;
	struct arena a = ARENA_INIT;
	struct vec files = VEC_INIT;
	if (directory_files(&a, folder, ".ini", &files, &ignored) == 0)
		for (size_t i = 0; i < files.count; i++) {
			const char *base = strrchr(files.items[i], '/') + 1;
			buf_printf(out, "%s%.*s", i ? ", " : "", (int)(strlen(base) - 4), base);
		}
	vec_release(&files);
	arena_release(&a);
}

static int read_named(struct reader *r, const char *name)
{
	AUTO_TEXT path = memory_printf("%s/%s.ini", r->folder, name);
	if (text_is_slug(name) && file_exists(path))
		return read_file(r, name);
	BUF_AUTO names = BUF_INIT;
	list_names(r->folder, &names);
	r->failed = true;
	return err_set(r->e, ERR_USAGE, NULL, "there is no profile '%s'; there is: %s", name, buf_text(&names));
}

static int include(struct reader *r, const char *names)
{
	bool outer = r->included;
	if (++r->depth > 8)
		return fault(r, "profiles include one another without end: %s", names);
	r->included = true;
	for (size_t length; *(names += strspn(names, ", ")) && !r->failed; names += length) {
		length = strcspn(names, ", ");
		AUTO_TEXT name = memory_copy_bytes(names, length);
		read_named(r, name);
	}
	r->included = outer;
	r->depth--;
	return !r->failed;
}

int profile_load(struct profile *p, const char *folder, const char *name, struct err *e)
{
	*p = (struct profile){ .arena = ARENA_INIT };
	*e = (struct err){ .class = ERR_NONE };
	p->head.name = arena_text(&p->arena, name);
	struct reader r = { .profile = p, .folder = folder, .e = e };
	AUTO_TEXT path = memory_printf("%s/%s.ini", folder, name);
	AUTO_TEXT globs = NULL;
	if (read_named(&r, name))
		goto failed;
	globs = profile_globs(p, false);
	if (*globs)
		return 0;
	err_set(e, ERR_USAGE, path, "has no `checks` in [profile], and no row that has any");
failed:
	profile_release(p);
	return -1;
}

void profile_release(struct profile *p)
{
	map_release(&p->head.texts);
	for (size_t i = 0; i < p->levels.count; i++)
		map_release(&((struct profile_part *)p->levels.items[i])->texts);
	for (size_t i = 0; i < p->rows.count; i++)
		map_release(&((struct profile_part *)p->rows.items[i])->texts);
	vec_release(&p->levels);
	vec_release(&p->rows);
	arena_release(&p->arena);
	*p = (struct profile){ .arena = ARENA_INIT };
}

static void add_globs(const char *globs, struct buf *out)
{
	if (globs)
		buf_printf(out, "%s%s", out->len ? "," : "", globs);
}

char *profile_globs(const struct profile *p, bool with_peer)
{
	BUF_AUTO out = BUF_INIT;
	add_globs(p->head.checks, &out);
	add_globs(with_peer ? p->head.with_peer : NULL, &out);
	for (size_t i = 0; i < p->rows.count; i++) {
		add_globs(((const struct profile_part *)p->rows.items[i])->required, &out);
		add_globs(((const struct profile_part *)p->rows.items[i])->checks, &out);
	}
	return memory_copy_text(buf_text(&out));
}
