/* Bodies, and the files that they include. */
#include "base/text.h"
#include "script/private.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int body_lines(struct parser *p, const struct source *s, size_t from)
{
	int result = 0;
	for (size_t i = from; i < s->count;) {
		const char *line = s->lines[i];
		if (text_is_blank(line)) {
			i++;
			continue;
		}
		if (isblank((unsigned char)line[0])) {
			result = parser_error(p, source_position(p, s, (int)i + 1, 1 + (int)strspn(line, " \t")),
				"an indented block without a step before it: a step begins at the first column");
			source_block(s, &i);
			continue;
		}
		int number = (int)++i;
		struct block block = source_block(s, &i);
		if (step_line(p, s, number, &block))
			result = -1;
	}
	return result;
}

static char *find_include(struct parser *p, const struct source *s, const char *name)
{
	if (p->root) {
		char *path = arena_printf(p->a, "%s/%s", p->root, name);
		if (file_exists(path))
			return path;
	}
	const char *slash = strrchr(s->path, '/');
	char *path = arena_printf(p->a, "%.*s%s", slash ? (int)(slash + 1 - s->path) : 0, s->path, name);
	if (file_exists(path))
		return path;
	path = data_path(p->a, arena_printf(p->a, "suites/%s", name));
	return file_exists(path) ? path : NULL;
}

static void free_map(struct map **m)
{
	map_release(*m);
	free(*m);
}

/* Reads the file once for each set of arguments: the lines hold them. */
static int splice(struct parser *p, const struct source *s, int line, const char *path, const struct map *scope,
	struct position at)
{
	struct err e;
	struct source file = { .scope = scope, .from = s, .from_line = line };
	if (source_read(p, path, &file, &e))
		return parser_error(p, at, "%s", e.message);
	size_t first = 0;
	while (first < file.count && text_is_blank(file.lines[first]))
		first++;
	size_t before = p->errors->count;
	p->depth++;
	int result = body_lines(p, &file, first + 1);
	p->depth--;
	/* Who reads the fault must know from where the file was included. */
	for (size_t i = before; i < p->errors->count; i++) {
		struct err *fault = p->errors->items[i];
		if (p->depth == 0)
			err_context(fault, "included at %s:%d", s->path, line);
	}
	return result;
}

/* The words of the line `takes …`. */
static int read_takes(struct parser *p, const char *path, struct position at, bool *each, struct vec *names)
{
	struct err e;
	struct source file = { .path = path };
	if (source_read(p, path, &file, &e))
		return parser_error(p, at, "%s", e.message);
	size_t i = 0;
	while (i < file.count && text_is_blank(file.lines[i]))
		i++;
	struct words w = i < file.count ? source_words(p, &file, (int)i + 1) : (struct words){ NULL, 0, 0, NULL };
	if (w.count < 1 || strcmp(w.items[0].text, "takes") != 0)
		return parser_error(p, source_position(p, &file, (int)i + 1, 1),
			"expected `takes each NAME` or `takes NAME…` as the first "
			"line of an include");
	*each = w.count > 1 && strcmp(w.items[1].text, "each") == 0;
	for (size_t k = *each ? 2 : 1; k < w.count; k++)
		vec_push(names, (void *)w.items[k].text);
	if (*each && names->count != 1)
		return parser_error(
			p, source_position(p, &file, (int)i + 1, 1), "expected one name after `takes each`");
	return 0;
}

int include_file(struct parser *p, const struct source *s, int line, const char *name, const char *const *arguments,
	size_t count, struct position at)
{
	bool each = false;
	struct vec names = VEC_INIT;
	int result = -1;
	char *path = find_include(p, s, name);
	if (!path)
		return parser_error(p, at, "there is no file '%s' below the suites", name);
	if (p->depth >= INCLUDES_AT_MOST)
		return parser_error(p, at, "includes are nested too deeply: does '%s' include itself?", name);
	if (read_takes(p, path, at, &each, &names))
		goto out;
	if (each && !count) {
		parser_error(p, at, "%s takes one word or more", name);
		goto out;
	}
	if (!each && count != names.count) {
		parser_error(
			p, at, "%s takes %zu word%s, not %zu", name, names.count, names.count == 1 ? "" : "s", count);
		goto out;
	}
	result = 0;
	for (size_t i = 0; i < (each ? count : 1); i++) {
		__attribute__((cleanup(free_map))) struct map *scope = memory_alloc(sizeof *scope);
		for (size_t k = 0; k < names.count; k++)
			map_set(scope, names.items[k], arguments[each ? i : k]);
		result |= splice(p, s, line, path, scope, at);
	}
out:
	vec_release(&names);
	return result;
}

/* A `contact` is in mutual subscription with the owner when the body begins: set-up devices see to it. */
int include_contacts(struct parser *p)
{
	struct scenario *s = p->s;
	struct position at = { s->file, 1, 1 };
	const char *owner = NULL;
	size_t accounts = s->account_count;
	for (size_t i = 0; i < accounts; i++)
		if (s->accounts[i].role == ROLE_OWNER)
			owner = s->accounts[i].name;
	for (size_t i = 0; i < accounts && owner; i++) {
		if (s->accounts[i].role != ROLE_CONTACT)
			continue;
		const char *pair[] = { arena_printf(p->a, "%s.setup", owner),
			arena_printf(p->a, "%s.setup", s->accounts[i].name) };
		const char *who[] = { owner, s->accounts[i].name };
		for (size_t k = 0; k < 2; k++) {
			if (find_actor(p, pair[k]))
				continue;
			struct actor *actor = add_actor(p, pair[k], who[k], "setup", at);
			if (!actor)
				return -1;
			actor->hidden = true;
		}
		struct source own = { .path = s->file };
		if (include_file(p, &own, 1, "common/contact.inc", pair, 2, at))
			return -1;
	}
	return 0;
}
