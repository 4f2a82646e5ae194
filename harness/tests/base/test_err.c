/* Errors are one line, whatever a peer or a user put into them, and no text is too long for them. */
#include "base/err.h"
#include <check.h>
#include <string.h>

START_TEST(one_line_of_text)
{
	struct err e;
	ck_assert_int_eq(err_set(&e, ERR_USAGE, "a\nb", "%s\r\n\tand \x1b[31m%c", "one", 0x7f), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_str_eq(e.where, "a b");
	ck_assert_str_eq(e.message, "one   and  [31m ");
	ck_assert_int_eq(err_set(&e, ERR_SCRIPT, NULL, "f\xc3\xbcr"), -1);
	ck_assert_str_eq(e.where, "");
	ck_assert_str_eq(e.message, "f\xc3\xbcr"); /* UTF-8 is no control character */
}
END_TEST

START_TEST(none_to_fill)
{
	ck_assert_int_eq(err_set(NULL, ERR_INTERNAL, "x", "y"), -1);
	ck_assert_int_eq(err_context(NULL, "y"), -1);
}
END_TEST

START_TEST(its_own_text_as_argument)
{
	struct err e;
	err_set(&e, ERR_REFUSED, "here", "no");
	err_set(&e, ERR_PROTOCOL, e.where, "%s, really", e.message);
	ck_assert_str_eq(e.where, "here");
	ck_assert_str_eq(e.message, "no, really");
}
END_TEST

START_TEST(context)
{
	struct err e;
	err_set(&e, ERR_CONNECTION, "host:1", "refused");
	ck_assert_int_eq(err_context(&e, "logging %s in\n", "romeo"), -1);
	ck_assert_int_eq(e.class, ERR_CONNECTION);
	ck_assert_str_eq(e.where, "host:1");
	ck_assert_str_eq(e.message, "logging romeo in : refused");
}
END_TEST

START_TEST(long_texts_are_cut)
{
	struct err e;
	char text[3000], out[64];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	err_set(&e, ERR_USAGE, text, "%s", text);
	ck_assert_uint_eq(strlen(e.where), sizeof e.where - 1);
	ck_assert_uint_eq(strlen(e.message), sizeof e.message - 1);
	err_context(&e, "before");
	ck_assert_uint_eq(strlen(e.message), sizeof e.message - 1);
	ck_assert_int_eq(strncmp(e.message, "before: xxx", 11), 0);
	err_context(&e, "%s", text);
	ck_assert_uint_eq(strlen(e.message), sizeof e.message - 1);
	ck_assert_int_eq(e.message[0], 'x');
	err_format(&e, out, sizeof out);
	ck_assert_uint_eq(strlen(out), sizeof out - 1);
}
END_TEST

START_TEST(format)
{
	struct err e;
	char out[64];
	err_set(&e, ERR_SCRIPT, "a.scn:3:1", "no such verb");
	err_format(&e, out, sizeof out);
	ck_assert_str_eq(out, "a.scn:3:1: no such verb");
	err_set(&e, ERR_SCRIPT, NULL, "no such verb");
	err_format(&e, out, sizeof out);
	ck_assert_str_eq(out, "no such verb");
}
END_TEST

START_TEST(names_of_classes)
{
	for (int i = ERR_NONE; i <= ERR_INTERNAL; i++)
		ck_assert_int_eq(err_class_from_name(err_class_name((enum err_class)i)), i);
	ck_assert_int_eq(err_class_from_name("nonsense"), ERR_INTERNAL);
	ck_assert_int_eq(err_class_from_name(""), ERR_INTERNAL);
}
END_TEST

Suite *suite_err(void)
{
	Suite *s = suite_create("err");
	TCase *c = tcase_create("all");
	tcase_add_test(c, one_line_of_text);
	tcase_add_test(c, none_to_fill);
	tcase_add_test(c, its_own_text_as_argument);
	tcase_add_test(c, context);
	tcase_add_test(c, long_texts_are_cut);
	tcase_add_test(c, format);
	tcase_add_test(c, names_of_classes);
	suite_add_tcase(s, c);
	return s;
}
