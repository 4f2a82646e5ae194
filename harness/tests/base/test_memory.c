/* Texts, vectors, maps and arenas. */
#include "base/memory.h"
#include <check.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(copies)
{
	ck_assert_ptr_null(memory_copy_text(NULL));
	AUTO_TEXT empty = memory_copy_text("");
	ck_assert_str_eq(empty, "");
	AUTO_TEXT part = memory_copy_bytes("hello", 2);
	ck_assert_str_eq(part, "he");
	AUTO_TEXT none = memory_copy_bytes(NULL, 0);
	ck_assert_str_eq(none, "");
	AUTO_TEXT printed = memory_printf("%s-%d", "a", 7);
	ck_assert_str_eq(printed, "a-7");
	unsigned char *zeroed = memory_alloc(100);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(zeroed[i], 0);
	free(zeroed);
	free(memory_alloc(0));
}
END_TEST

START_TEST(vectors_keep_their_order)
{
	int numbers[20];
	struct vec v = VEC_INIT;
	for (int i = 0; i < 20; i++)
		vec_push(&v, &numbers[i]);
	vec_remove(&v, 0);
	vec_remove(&v, 18);
	vec_remove(&v, 5);
	ck_assert_uint_eq(v.count, 17);
	ck_assert_ptr_eq(v.items[0], &numbers[1]);
	ck_assert_ptr_eq(v.items[4], &numbers[5]);
	ck_assert_ptr_eq(v.items[5], &numbers[7]);
	ck_assert_ptr_eq(v.items[16], &numbers[18]);
	vec_clear(&v);
	ck_assert_uint_eq(v.count, 0);
	vec_push(&v, NULL);
	ck_assert_ptr_null(v.items[0]);
	vec_release(&v);
	ck_assert_ptr_null(v.items);
}
END_TEST

START_TEST(maps_replace_and_remove)
{
	struct map m = MAP_INIT;
	ck_assert_ptr_null(map_get(&m, "a"));
	map_remove(&m, "a");
	map_set(&m, "a", "1");
	map_set(&m, "b", "2");
	map_set(&m, "c", NULL);
	map_set(&m, "a", "11");
	ck_assert_uint_eq(m.count, 3);
	ck_assert_str_eq(map_get(&m, "a"), "11");
	ck_assert_ptr_null(map_get(&m, "c"));
	map_set(&m, "a", map_get(&m, "a")); /* by its own value */
	ck_assert_str_eq(map_get(&m, "a"), "11");
	map_set(&m, "b", map_get(&m, "a"));
	ck_assert_str_eq(map_get(&m, "b"), "11");
	ck_assert_str_eq(m.keys[0], "a"); /* replacing keeps the order */
	map_remove(&m, "a");
	ck_assert_ptr_null(map_get(&m, "a"));
	ck_assert_str_eq(m.keys[0], "b");
	map_remove(&m, m.keys[0]); /* by its own key */
	map_remove(&m, "c");
	ck_assert_uint_eq(m.count, 0);
	map_release(&m);
}
END_TEST

START_TEST(maps_grow)
{
	struct map m = MAP_INIT;
	char key[16];
	for (int i = 0; i < 300; i++) {
		snprintf(key, sizeof key, "key-%d", i);
		map_set(&m, key, key + 4);
	}
	ck_assert_uint_eq(m.count, 300);
	ck_assert_str_eq(map_get(&m, "key-0"), "0");
	ck_assert_str_eq(map_get(&m, "key-299"), "299");
	map_release(&m);
	map_release(&m);
}
END_TEST

START_TEST(arenas)
{
	struct arena a = ARENA_INIT;
	size_t before = 0;
	char *first = arena_text(&a, "first");
	ck_assert_ptr_null(arena_text(&a, NULL));
	for (size_t size = 1; size < 100000; size = size * 3 + 1) {
		unsigned char *block = arena_alloc(&a, size);
		ck_assert_uint_eq((uintptr_t)block % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			ck_assert_int_eq(block[i], 0);
		memset(block, 0xff, size);
		before += size;
	}
	ck_assert_uint_gt(before, 8192); /* so large blocks were among them */
	char *bytes = arena_bytes(&a, "a\0b", 3);
	ck_assert_int_eq(memcmp(bytes, "a\0b", 4), 0);
	ck_assert_str_eq(arena_printf(&a, "%0*d", 20, 5), "00000000000000000005");
	ck_assert_str_eq(first, "first");
	arena_release(&a);
	ck_assert_ptr_null(a.first);
	arena_release(&a);
}
END_TEST

Suite *suite_memory(void)
{
	Suite *s = suite_create("memory");
	TCase *c = tcase_create("all");
	tcase_add_test(c, copies);
	tcase_add_test(c, vectors_keep_their_order);
	tcase_add_test(c, maps_replace_and_remove);
	tcase_add_test(c, maps_grow);
	tcase_add_test(c, arenas);
	suite_add_tcase(s, c);
	return s;
}
