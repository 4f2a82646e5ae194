#include "base/memory.h"
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 8192

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

static void *checked(void *memory)
{
	if (memory)
		return memory;
	fputs("assay: out of memory\n", stderr);
	abort();
}

void *memory_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1));
}

void *memory_resize(void *old, size_t size)
{
	return checked(realloc(old, size ? size : 1));
}

char *memory_copy_text(const char *text)
{
	return text ? memory_copy_bytes(text, strlen(text)) : NULL;
}

char *memory_copy_bytes(const char *text, size_t length)
{
	char *copy = memory_alloc(length + 1);
	if (length)
		memcpy(copy, text, length);
	return copy;
}

static char *print(const char *format, va_list args)
{
	char *text = NULL;
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	return checked(text);
}

char *memory_printf(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = print(format, args);
	va_end(args);
	return text;
}

void memory_free_text(char **text)
{
	free(*text);
	*text = NULL;
}

void vec_push(struct vec *v, void *item)
{
	if (v->count == v->capacity) {
		v->capacity = v->capacity ? v->capacity * 2 : 8;
		v->items = memory_resize(v->items, v->capacity * sizeof *v->items);
	}
	v->items[v->count++] = item;
}

void vec_remove(struct vec *v, size_t index)
{
	memmove(v->items + index, v->items + index + 1, (v->count - index - 1) * sizeof *v->items);
	v->count--;
}

void vec_clear(struct vec *v)
{
	v->count = 0;
}

void vec_release(struct vec *v)
{
	free(v->items);
	*v = (struct vec)VEC_INIT;
}

static size_t map_index(const struct map *m, const char *key)
{
	size_t i = 0;
	while (i < m->count && strcmp(m->keys[i], key) != 0)
		i++;
	return i;
}

const char *map_get(const struct map *m, const char *key)
{
	size_t i = map_index(m, key);
	return i < m->count ? m->values[i] : NULL;
}

void map_set(struct map *m, const char *key, const char *value)
{
	size_t i = map_index(m, key);
	char *copy = memory_copy_text(value); /* `value` may be the old one */
	if (i < m->count) {
		free(m->values[i]);
		m->values[i] = copy;
		return;
	}
	if (m->count == m->capacity) {
		m->capacity = m->capacity ? m->capacity * 2 : 8;
		m->keys = memory_resize(m->keys, m->capacity * sizeof *m->keys);
		m->values = memory_resize(m->values, m->capacity * sizeof *m->values);
	}
	m->keys[m->count] = memory_copy_text(key);
	m->values[m->count++] = copy;
}

void map_copy(const struct map *from, struct map *to)
{
	map_release(to);
	for (size_t i = 0; i < from->count; i++)
		map_set(to, from->keys[i], from->values[i]);
}

void map_remove(struct map *m, const char *key)
{
	size_t i = map_index(m, key);
	if (i == m->count)
		return;
	free(m->keys[i]);
	free(m->values[i]);
	memmove(m->keys + i, m->keys + i + 1, (m->count - i - 1) * sizeof *m->keys);
	memmove(m->values + i, m->values + i + 1, (m->count - i - 1) * sizeof *m->values);
	m->count--;
}

void map_release(struct map *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->keys[i]);
		free(m->values[i]);
	}
	free(m->keys);
	free(m->values);
	*m = (struct map)MAP_INIT;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
	struct arena_block *block = a->first;
	if (!block || block->size - block->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
		block = memory_alloc(sizeof *block + room);
		block->size = room;
		block->next = a->first;
		a->first = block;
	}
	void *memory = block->bytes + block->used;
	block->used += size;
	return memory;
}

char *arena_bytes(struct arena *a, const char *text, size_t length)
{
	char *copy = arena_alloc(a, length + 1);
	if (length)
		memcpy(copy, text, length);
	return copy;
}

char *arena_text(struct arena *a, const char *text)
{
	return text ? arena_bytes(a, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	AUTO_TEXT text = print(format, args);
	va_end(args);
	return arena_text(a, text);
}

void arena_release(struct arena *a)
{
	while (a->first) {
		struct arena_block *next = a->first->next;
		free(a->first);
		a->first = next;
	}
}
