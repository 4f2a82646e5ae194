/* Mechanisms of hashed tokens; the figures come from another implementation of HMAC. */
#include "base/memory.h"
#include "xmpp/hashed_token.h"
#include <check.h>
#include <stdio.h>

#define TOKEN "secret-token:fast-abc"

static char *hexadecimal(const struct buf *bytes, size_t from)
{
	struct buf out = BUF_INIT;
	for (size_t i = from; i < bytes->len; i++)
		buf_printf(&out, "%02x", (unsigned char)bytes->data[i]);
	return buf_take(&out);
}

START_TEST(both_sides_of_a_login)
{
	struct err e;
	BUF_AUTO binding = BUF_INIT, initial = BUF_INIT, answer = BUF_INIT;
	ck_assert_int_eq(hashed_token_prove("HT-SHA-256-NONE", "romeo", TOKEN, &binding, &initial, &answer, &e), 0);
	ck_assert_mem_eq(initial.data, "romeo", 6);
	AUTO_TEXT hash = hexadecimal(&initial, 6);
	ck_assert_str_eq(hash, "31a40f95e222589afb8c28c212119413c99f1530ed11458f2ccd141988ee709e");
}
END_TEST

START_TEST(binding_is_hashed_too)
{
	struct err e;
	BUF_AUTO binding = BUF_INIT, initial = BUF_INIT, answer = BUF_INIT;
	buf_add(&binding, "\x01\x00\x02", 3);
	ck_assert_int_eq(hashed_token_prove("HT-SHA-512-EXPR", "romeo", TOKEN, &binding, &initial, &answer, &e), 0);
	AUTO_TEXT hash = hexadecimal(&answer, 0);
	ck_assert_str_eq(hash,
		"61888a03f434fe7d378712bb1bc0dceebf495898e143301c7a5cc94e48618e13"
		"4a9c12ca2c1249cdb63c5f4dd2da1b697436df5fd1314a9d943b12f93a76cb03");
}
END_TEST

START_TEST(names_of_mechanisms)
{
	ck_assert_str_eq(hashed_token_binding("HT-SHA-256-NONE"), "");
	ck_assert_str_eq(hashed_token_binding("HT-SHA3-512-EXPR"), "tls-exporter");
	ck_assert_str_eq(hashed_token_binding("HT-SHA-256-ENDP"), "tls-server-end-point");
	ck_assert_str_eq(hashed_token_binding("HT-SHA-256-UNIQ"), "tls-unique");
	ck_assert_ptr_null(hashed_token_binding("HT-SHA-256"));
	ck_assert_ptr_null(hashed_token_binding("HT-NONE"));
	ck_assert_ptr_null(hashed_token_binding("SCRAM-SHA-1"));
	struct err e;
	BUF_AUTO nothing = BUF_INIT, out = BUF_INIT;
	ck_assert_int_eq(hashed_token_prove("HT-MURMUR-NONE", "romeo", TOKEN, &nothing, &out, &out, &e), -1);
	ck_assert_int_eq(e.class, ERR_UNSUPPORTED);
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

Suite *suite_hashed_token(void)
{
	Suite *suite = suite_create("hashed token");
	TCase *t = tcase_create("hashed token");
	tcase_add_test(t, both_sides_of_a_login);
	tcase_add_test(t, binding_is_hashed_too);
	tcase_add_test(t, names_of_mechanisms);
	suite_add_tcase(suite, t);
	return suite;
}
