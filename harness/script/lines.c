/* Files as lines, words and blocks. */
#include "base/text.h"
#include "script/private.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int parser_error(struct parser *p, struct position at, const char *format, ...)
{
	va_list args;
	char where[200], message[700];
	struct err *e = memory_alloc(sizeof *e);
	snprintf(where, sizeof where, "%s:%d:%d", at.file, at.line, at.column);
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	err_set(e, ERR_SCRIPT, where, "%s", message);
	vec_push(p->errors, e);
	return -1;
}

static bool is_comment(const char *line)
{
	line += strspn(line, " \t");
	return *line == '#';
}

/* Each ${PARAMETER} and ${PARAMETER.…} of an include becomes what stands for it. */
static char *put_arguments(struct arena *a, const char *line, const struct map *scope)
{
	BUF_AUTO out = BUF_INIT;
	buf_add(&out, "", 0);
	while (*line) {
		if (line[0] == '$' && line[1] == '{') {
			size_t length = strcspn(line + 2, ".}");
			AUTO_TEXT name = memory_copy_bytes(line + 2, length);
			const char *argument = map_get(scope, name);
			/* An actor keeps its dot: ${who.jid} is ${phone.jid}; any other argument is its own text. */
			if (argument && line[2 + length] == '.') {
				buf_printf(&out, "${%s", argument);
				line += 2 + length;
				continue;
			}
			if (argument && line[2 + length] == '}') {
				buf_add_text(&out, argument);
				line += 3 + length;
				continue;
			}
		}
		buf_add_char(&out, *line++);
	}
	return arena_text(a, out.data);
}

int source_read(struct parser *p, const char *path, struct source *out, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (file_read(path, &text, e))
		return -1;
	if (memchr(text.data, 0, text.len))
		return err_set(e, ERR_SCRIPT, path, "is no text: it holds a zero byte");
	size_t lines = 1;
	for (size_t i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	out->path = arena_text(p->a, path);
	out->lines = arena_alloc(p->a, (lines + 1) * sizeof *out->lines);
	out->count = 0;
	for (char *at = text.data; at;) {
		char *end = strchr(at, '\n');
		size_t length = end ? (size_t)(end - at) : strlen(at);
		if (length && at[length - 1] == '\r')
			length--;
		char *line = arena_bytes(p->a, at, length);
		if (is_comment(line))
			line = "";
		else if (out->scope && strstr(line, "${"))
			line = put_arguments(p->a, line, out->scope);
		out->lines[out->count++] = line;
		at = end ? end + 1 : NULL;
	}
	return 0;
}

struct block source_block(const struct source *s, size_t *at)
{
	struct block b = { s, (int)*at + 1, 0, false };
	size_t end = *at;
	for (size_t i = *at; i < s->count; i++) {
		if (text_is_blank(s->lines[i]))
			continue;
		if (!isblank((unsigned char)s->lines[i][0]))
			break;
		end = i + 1;
	}
	b.count = end - *at;
	*at = end;
	return b;
}

struct position source_position(struct parser *p, const struct source *s, int line, int column)
{
	struct position at = { s->path, line, column };
	(void)p;
	return at;
}

struct words source_words(struct parser *p, const struct source *s, int line)
{
	const char *text = s->lines[line - 1], *at = text;
	struct words w = { arena_alloc(p->a, (strlen(text) / 2 + 2) * sizeof *w.items), 0, 0, NULL };
	for (;;) {
		at += strspn(at, " \t");
		if (!*at)
			return w;
		int column = (int)(at - text) + 1;
		if (*at == ':' && (at[1] == ' ' || !at[1])) {
			w.rest = arena_text(p->a, at + 1 + strspn(at + 1, " "));
			return w;
		}
		const char *end = *at == '"' ? strchr(at + 1, '"') : NULL;
		if (end) {
			w.items[w.count++] =
				(struct word){ arena_bytes(p->a, at + 1, (size_t)(end - at - 1)), column, true };
			at = end + 1;
			continue;
		}
		size_t length = strcspn(at, " \t");
		const char *word = arena_bytes(p->a, at, length);
		const char *argument = s->scope ? map_get(s->scope, word) : NULL;
		w.items[w.count++] = (struct word){ argument ? argument : word, column, false };
		at += length;
	}
}
