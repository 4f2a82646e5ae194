/* Small work on text and numbers. */
#include "base/text.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(equality)
{
	ck_assert(text_equal("a", "a") && !text_equal("a", "b") && text_equal(NULL, NULL));
	ck_assert(!text_equal("a", NULL) && !text_equal(NULL, ""));
	ck_assert(text_starts("abc", "ab") && text_starts("abc", "") && !text_starts("a", "ab"));
	ck_assert(text_ends("abc", "bc") && text_ends("abc", "") && !text_ends("c", "bc"));
	ck_assert(text_is_blank(NULL) && text_is_blank("") && text_is_blank(" \t\r\n") && !text_is_blank(" x"));
}
END_TEST

static const struct {
	const char *pattern, *name;
	bool fits;
} globs[] = {
	{ "carbons/*", "carbons/inbound/phone-gets", true }, /* a star goes over slashes */
	{ "*", "a/b/c", true },
	{ "carbons", "carbons/inbound", false },
	{ "*/phone-*", "carbons/inbound/phone-gets", true },
	{ "sm/*,carbons/*", "carbons/inbound", true },
	{ "sm/* , carbons/*", "carbons/inbound", true },
	{ "sm/*,archive/*", "carbons/inbound", false },
	{ ",,sm/*,", "sm/acks", true },
	{ "", "sm/acks", false },
	{ ",", "", false },
	{ "sm/ack?", "sm/acks", true },
	{ "sm/[a-c]cks", "sm/acks", true },
	{ "sm/[", "sm/acks", false },
};

START_TEST(glob)
{
	ck_assert_msg(text_glob(globs[_i].pattern, globs[_i].name) == globs[_i].fits, "'%s' and '%s'",
		globs[_i].pattern, globs[_i].name);
}
END_TEST

START_TEST(slugs)
{
	static const char *const good[] = { "a", "0", "a-b-1", "a-" },
				 *const bad[] = { "", "-a", "A", "a_b", "a b", "a/b", "\xc3\xa4", NULL };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ck_assert_msg(text_is_slug(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!text_is_slug(bad[i]), "%s", bad[i] ? bad[i] : "(none)");
}
END_TEST

START_TEST(numbers)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-", "--1", "0x10", "1.0", "one",
		"9223372036854775808", "-9223372036854775809", NULL };
	int64_t n = 5;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(text_to_number(bad[i], INT64_MIN, INT64_MAX, &n) == -1, "%s", bad[i] ? bad[i] : "(none)");
	ck_assert_int_eq(n, 5); /* untouched */
	ck_assert(text_to_number("9223372036854775807", INT64_MIN, INT64_MAX, &n) == 0 && n == INT64_MAX);
	ck_assert(text_to_number("-9223372036854775808", INT64_MIN, INT64_MAX, &n) == 0 && n == INT64_MIN);
	ck_assert(text_to_number("007", 0, 7, &n) == 0 && n == 7);
	ck_assert_int_eq(text_to_number("8", 0, 7, &n), -1);
	ck_assert_int_eq(text_to_number("-1", 0, 7, &n), -1);
}
END_TEST

START_TEST(durations)
{
	static const char *const bad[] = { "", "5", "s", "5 s", "-5s", "5h", "5S", "5s ", "1.5s", "1000001s",
		"99999999999999999999s" };
	int64_t n = 5;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(text_to_duration(bad[i], &n) == -1, "%s", bad[i]);
	ck_assert_int_eq(n, 5);
	ck_assert(text_to_duration("250ms", &n) == 0 && n == 250000000);
	ck_assert(text_to_duration("2s", &n) == 0 && n == 2000000000);
	ck_assert(text_to_duration("1m", &n) == 0 && n == INT64_C(60000000000));
	ck_assert(text_to_duration("0s", &n) == 0 && n == 0);
	ck_assert(text_to_duration("1000000m", &n) == 0 && n == INT64_C(60000000000) * 1000000);
}
END_TEST

START_TEST(words)
{
	struct arena a = ARENA_INIT;
	struct vec v = VEC_INIT;
	text_words(&a, " \t", &v);
	ck_assert_uint_eq(v.count, 0);
	text_words(&a, "  one\ttwo\r\nthree ", &v);
	ck_assert_uint_eq(v.count, 3);
	ck_assert_str_eq(v.items[0], "one");
	ck_assert_str_eq(v.items[2], "three");
	vec_release(&v);
	arena_release(&a);
}
END_TEST

START_TEST(nearest)
{
	static const char *const verbs[] = { "sends", "gets", "never",
		"a-name-that-is-longer-than-any-other-and-too-long-to-be-compared-at-all" };
	const size_t count = sizeof verbs / sizeof *verbs;
	ck_assert_str_eq(text_nearest("send", verbs, count), "sends");
	ck_assert_str_eq(text_nearest("sedns", verbs, count), "sends");
	ck_assert_str_eq(text_nearest("gets", verbs, count), "gets");
	ck_assert_str_eq(text_nearest("nevr", verbs, count), "never");
	ck_assert_ptr_null(text_nearest("carries", verbs, count));
	ck_assert_ptr_null(text_nearest("", verbs, count));
	ck_assert_ptr_null(text_nearest("send", verbs, 0));
	AUTO_TEXT endless = memory_printf("%0*d", 5000, 0);
	ck_assert_ptr_null(text_nearest(endless, verbs, 3));
}
END_TEST

static const struct {
	const char *text, *expanded;
} expansions[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "${a}", "1" },
	{ "x${a}${b}y", "x1y" }, /* b is set, and empty */
	{ "$${a}", "${a}" },
	{ "$$$${a}", "$${a}" },
	{ "$", "$" },
	{ "a$b", "a$b" },
	{ "${a", "${a" },
	{ "{a}", "{a}" },
	{ "${c.d}", "${a}" }, /* values are not expanded again */
	{ "${}", NULL },
	{ "x${missing}", NULL },
	{ "${ a}", NULL },
};

START_TEST(expand)
{
	struct map m = MAP_INIT;
	BUF_AUTO out = BUF_INIT;
	struct err e = { .class = ERR_NONE };
	map_set(&m, "a", "1");
	map_set(&m, "b", "");
	map_set(&m, "c.d", "${a}");
	int result = text_expand(expansions[_i].text, &m, &out, &e);
	if (expansions[_i].expanded) {
		ck_assert_msg(result == 0, "%s: %s", expansions[_i].text, e.message);
		ck_assert_str_eq(out.data, expansions[_i].expanded);
	} else {
		ck_assert_int_eq(result, -1);
		ck_assert_int_eq(e.class, ERR_SCRIPT);
		ck_assert_ptr_nonnull(strstr(e.message, "has no value"));
	}
	map_release(&m);
}
END_TEST

Suite *suite_text(void)
{
	Suite *s = suite_create("text");
	TCase *c = tcase_create("all");
	tcase_add_test(c, equality);
	tcase_add_loop_test(c, glob, 0, (int)(sizeof globs / sizeof *globs));
	tcase_add_test(c, slugs);
	tcase_add_test(c, numbers);
	tcase_add_test(c, durations);
	tcase_add_test(c, words);
	tcase_add_test(c, nearest);
	tcase_add_loop_test(c, expand, 0, (int)(sizeof expansions / sizeof *expansions));
	suite_add_tcase(s, c);
	return s;
}
