/* Buffers grow, shrink from the front, and are always ended by a NUL. */
#include "base/buf.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(empty)
{
	struct buf b = BUF_INIT;
	ck_assert_str_eq(buf_text(&b), "");
	buf_consume(&b, 5);
	buf_clear(&b);
	ck_assert_ptr_null(b.data);
	char *text = buf_take(&b);
	ck_assert_str_eq(text, "");
	free(text);
	buf_printf(&b, "%s", "");
	ck_assert_ptr_nonnull(b.data);
	ck_assert_uint_eq(b.len, 0);
	buf_release(&b);
	buf_release(&b);
}
END_TEST

START_TEST(grows)
{
	BUF_AUTO b = BUF_INIT;
	for (int i = 0; i < 10000; i++) {
		buf_add_char(&b, (char)('a' + i % 26));
		ck_assert_uint_eq(b.len, (size_t)i + 1);
		ck_assert_int_eq(b.data[b.len], 0);
	}
	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(b.data[i], 'a' + i % 26);
	buf_printf(&b, "%0*d", 70000, 7);
	ck_assert_uint_eq(b.len, 80000);
	ck_assert_uint_eq(strlen(b.data), 80000);
	ck_assert_int_eq(b.data[79999], '7');
}
END_TEST

START_TEST(holds_any_byte)
{
	BUF_AUTO b = BUF_INIT;
	buf_add(&b, "a\0b", 3);
	buf_add(&b, NULL, 0);
	buf_add_text(&b, "c");
	ck_assert_uint_eq(b.len, 4);
	ck_assert_int_eq(memcmp(b.data, "a\0bc", 5), 0);
}
END_TEST

START_TEST(consumes_from_the_front)
{
	BUF_AUTO b = BUF_INIT;
	buf_add_text(&b, "hello world");
	buf_consume(&b, 0);
	ck_assert_str_eq(b.data, "hello world");
	buf_consume(&b, 6);
	ck_assert_str_eq(b.data, "world");
	ck_assert_uint_eq(b.len, 5);
	buf_consume(&b, 500);
	ck_assert_uint_eq(b.len, 0);
	ck_assert_str_eq(b.data, "");
	buf_add_text(&b, "again");
	ck_assert_str_eq(b.data, "again");
}
END_TEST

START_TEST(clear_keeps_the_memory)
{
	BUF_AUTO b = BUF_INIT;
	buf_printf(&b, "%0*d", 1000, 1);
	const char *before = b.data;
	buf_clear(&b);
	ck_assert_str_eq(buf_text(&b), "");
	ck_assert_ptr_eq(b.data, before);
	ck_assert_uint_ge(b.capacity, 1000);
}
END_TEST

START_TEST(take_hands_over)
{
	struct buf b = BUF_INIT;
	buf_add_text(&b, "mine");
	char *text = buf_take(&b);
	ck_assert_str_eq(text, "mine");
	ck_assert_ptr_null(b.data);
	ck_assert_uint_eq(b.len + b.capacity, 0);
	buf_add_text(&b, "other");
	ck_assert_str_eq(text, "mine");
	free(text);
	buf_release(&b);
}
END_TEST

Suite *suite_buf(void)
{
	Suite *s = suite_create("buf");
	TCase *c = tcase_create("all");
	tcase_add_test(c, empty);
	tcase_add_test(c, grows);
	tcase_add_test(c, holds_any_byte);
	tcase_add_test(c, consumes_from_the_front);
	tcase_add_test(c, clear_keeps_the_memory);
	tcase_add_test(c, take_hands_over);
	suite_add_tcase(s, c);
	return s;
}
