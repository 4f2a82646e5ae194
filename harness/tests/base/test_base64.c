/* Base64 against the vectors of RFC 4648 section 10, both ways, and what is none. */
#include "base/base64.h"
#include <check.h>
#include <string.h>

START_TEST(vectors)
{
	static const char *const texts[] = { "", "", "f", "Zg==", "fo", "Zm8=", "foo", "Zm9v", "foob",
		"Zm9vYg==", "fooba", "Zm9vYmE=", "foobar", "Zm9vYmFy" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i += 2) {
		BUF_AUTO made = BUF_INIT;
		base64_encode(texts[i], strlen(texts[i]), &made);
		ck_assert_str_eq(buf_text(&made), texts[i + 1]);
	}
}
END_TEST

START_TEST(base64_both_ways)
{
	static const char bytes[] = "any carnal pleas\0\xff\xfe";
	for (size_t length = 0; length < sizeof bytes; length++) {
		BUF_AUTO text = BUF_INIT, back = BUF_INIT;
		base64_encode(bytes, length, &text);
		ck_assert_int_eq(base64_decode(buf_text(&text), text.len, &back), 0);
		ck_assert_uint_eq(back.len, length);
		ck_assert(length == 0 || memcmp(back.data, bytes, length) == 0);
	}
	static const char *const bad[] = { "a", "ab", "abc", "a===", "====", "ab=c", "ab==abcd", "ab c",
		"ab\n=", "ab-_" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		BUF_AUTO out = BUF_INIT;
		ck_assert_msg(base64_decode(bad[i], strlen(bad[i]), &out) == -1, "'%s' was taken", bad[i]);
	}
}
END_TEST

Suite *suite_base64(void)
{
	Suite *s = suite_create("base64");
	TCase *t = tcase_create("all");
	tcase_add_test(t, vectors);
	tcase_add_test(t, base64_both_ways);
	suite_add_tcase(s, t);
	return s;
}
