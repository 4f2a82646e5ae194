#include "base/buf.h"
#include "base/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(struct buf *b, size_t more)
{
	size_t needed = b->len + more + 1;
	if (needed <= b->capacity)
		return;
	size_t capacity = b->capacity ? b->capacity : 64;
	while (capacity < needed)
		capacity *= 2;
	b->data = memory_resize(b->data, capacity);
	b->capacity = capacity;
}

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT;
}

void buf_cleanse(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->capacity);
	buf_release(b);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->data)
		b->data[0] = 0;
}

void buf_add(struct buf *b, const void *bytes, size_t count)
{
	reserve(b, count);
	if (count)
		memcpy(b->data + b->len, bytes, count);
	b->len += count;
	b->data[b->len] = 0;
}

void buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	if (length > 0) {
		reserve(b, (size_t)length);
		vsnprintf(b->data + b->len, (size_t)length + 1, format, again);
		b->len += (size_t)length;
	} else {
		buf_add(b, "", 0);
	}
	va_end(again);
}

void buf_consume(struct buf *b, size_t count)
{
	if (!b->data)
		return;
	if (count > b->len)
		count = b->len;
	memmove(b->data, b->data + count, b->len - count + 1);
	b->len -= count;
}

char *buf_take(struct buf *b)
{
	if (!b->data)
		buf_add(b, "", 0);
	char *text = b->data;
	*b = (struct buf)BUF_INIT;
	return text;
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}
