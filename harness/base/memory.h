/* base/memory.h: allocation that does not fail (it ends the process with one line), vectors of pointers, maps from
 * text to text, and arenas. */
#ifndef ASSAY_BASE_MEMORY_H
#define ASSAY_BASE_MEMORY_H
#include <stddef.h>

void *memory_alloc(size_t size);                                                    /* zeroed; free() */
void *memory_resize(void *old, size_t size);                                        /* free() */
char *memory_copy_text(const char *text);                                           /* NULL for NULL; free() */
char *memory_copy_bytes(const char *text, size_t length);                           /* ended by NUL; free() */
char *memory_printf(const char *format, ...) __attribute__((format(printf, 1, 2))); /* free() */
void memory_free_text(char **text);                                                 /* for __attribute__((cleanup)) */
#define AUTO_TEXT __attribute__((cleanup(memory_free_text))) char *

/* A vector of pointers that it does not own. */
struct vec {
	void **items;
	size_t count, capacity;
};
#define VEC_INIT                                                                                                       \
	{                                                                                                              \
		NULL, 0, 0                                                                                             \
	}
void vec_push(struct vec *v, void *item);
void vec_remove(struct vec *v, size_t index); /* keeps the order */
void vec_clear(struct vec *v);
void vec_release(struct vec *v);

/* A map from text to text; it copies both and owns the copies. Ordered by first insertion; small (tens to a few
 * hundred entries). */
struct map {
	char **keys, **values;
	size_t count, capacity;
};
#define MAP_INIT                                                                                                       \
	{                                                                                                              \
		NULL, NULL, 0, 0                                                                                       \
	}
const char *map_get(const struct map *m, const char *key); /* NULL where absent; borrowed until the next change */
void map_set(struct map *m, const char *key, const char *value);
void map_copy(const struct map *from, struct map *to); /* `to` holds what `from` holds, and nothing else */
void map_remove(struct map *m, const char *key);
void map_release(struct map *m);

/* An arena: everything in it is freed at once. */
struct arena_block;
struct arena {
	struct arena_block *first;
};
#define ARENA_INIT                                                                                                     \
	{                                                                                                              \
		NULL                                                                                                   \
	}
void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type */
char *arena_text(struct arena *a, const char *text);
char *arena_bytes(struct arena *a, const char *text, size_t length);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *a);
#endif
