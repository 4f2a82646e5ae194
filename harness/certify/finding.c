/* What verification finds. */
#include "certify/private.h"
#include <stdlib.h>
#include <string.h>

static struct finding_place *add(struct verified *v, const char *file, const char *format, va_list args)
{
	struct finding_place *f = memory_alloc(sizeof *f);
	BUF_AUTO text = BUF_INIT;
	buf_vprintf(&text, format, args);
	f->file = memory_copy_text(file);
	f->text = buf_take(&text);
	vec_push(&v->findings, f);
	return f;
}

void found(struct verified *v, const char *file, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(v, file, format, args);
	va_end(args);
}

static size_t newlines(const char *bytes, size_t count)
{
	size_t lines = 0;
	for (const char *at = bytes, *end = bytes + count; (at = memchr(at, '\n', (size_t)(end - at))); at++)
		lines++;
	return lines;
}

void found_at(
	struct verified *v, const char *file, const char *bytes, size_t first, size_t last, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct finding_place *f = add(v, file, format, args);
	va_end(args);
	f->first_byte = first + 1;
	f->last_byte = last;
	f->first_line = newlines(bytes, first) + 1;
	f->last_line = last > first ? newlines(bytes, last - 1) + 1 : f->first_line;
}

struct difference difference_find(const struct buf *bytes, const struct buf *expected)
{
	const char *a = buf_text(bytes), *b = buf_text(expected);
	struct difference d = { 0, bytes->len, expected->len };
	if (bytes->len == expected->len && memcmp(a, b, bytes->len) == 0)
		return (struct difference){ 0, 0, 0 };
	while (d.first < d.last && d.first < d.expected_last && a[d.first] == b[d.first])
		d.first++;
	while (d.last > d.first && d.expected_last > d.first && a[d.last - 1] == b[d.expected_last - 1]) {
		d.last--;
		d.expected_last--;
	}
	return d;
}

void found_difference(struct verified *v, const char *file, const struct buf *bytes, const struct buf *expected)
{
	struct difference d = difference_find(bytes, expected);
	if (d.last > d.first)
		found_at(v, file, buf_text(bytes), d.first, d.last, "changed since it was signed");
	else
		found_at(v, file, buf_text(bytes), d.first, d.last, "%zu bytes are missing here",
			d.expected_last - d.first);
}

/* What came from a file may end up on a terminal: without control characters, U+0080 to U+009F among them. */
static void add_clean(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text, second = (unsigned char)text[1];
		bool wide = c == 0xc2 && second >= 0x80 && second <= 0x9f;
		buf_add_char(out, c < ' ' || c == 127 || wide ? '?' : *text);
		text += wide;
	}
}

void noted(struct verified *v, const char *format, ...)
{
	va_list args;
	BUF_AUTO text = BUF_INIT;
	BUF_AUTO clean = BUF_INIT;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	add_clean(&clean, buf_text(&text));
	vec_push(&v->notes, buf_take(&clean));
}

void verified_release(struct verified *v)
{
	for (size_t i = 0; i < v->findings.count; i++) {
		struct finding_place *f = v->findings.items[i];
		free(f->file);
		free(f->text);
		free(f);
	}
	for (size_t i = 0; i < v->notes.count; i++)
		free(v->notes.items[i]);
	vec_release(&v->findings);
	vec_release(&v->notes);
}

static void add_range(struct buf *out, const char *what, size_t first, size_t last)
{
	if (last > first)
		buf_printf(out, "%ss %zu to %zu", what, first, last);
	else
		buf_printf(out, "%s %zu", what, first);
}

void finding_print(const struct finding_place *f, struct buf *out)
{
	add_clean(out, f->file);
	buf_add_text(out, ": ");
	if (f->first_byte) {
		add_range(out, "line", f->first_line, f->last_line);
		buf_add_text(out, ", ");
		add_range(out, "byte", f->first_byte, f->last_byte);
		buf_add_text(out, ": ");
	}
	add_clean(out, f->text);
}
