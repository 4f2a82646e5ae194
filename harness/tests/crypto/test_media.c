/* Encrypted files and their links. */
#include "base/memory.h"
#include "crypto/media.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void from_digits(const char *digits, uint8_t *bytes)
{
	for (; *digits; digits += 2) {
		unsigned value = 0;
		sscanf(digits, "%2x", &value);
		*bytes++ = (uint8_t)value;
	}
}

/* The first two are test cases 13 and 14 of the GCM submission to NIST; the last one was made by another library. */
static const struct {
	const char *iv, *key, *file, *sealed;
} known[] = {
	{ "000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000000", "",
		"530f8afbc74536b9a963b4f1c4cb738b" },
	{ "000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000000",
		"00000000000000000000000000000000",
		"cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919" },
	{ "6465666768696a6b6c6d6e6f70717273", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"6861726b2077686174206c69676874", "b0d2313ac4634fb9c6d9c1e020bf98605bf1fb95f970d0e06e365cf67f8e12" },
};

START_TEST(known_answers)
{
	struct err e;
	uint8_t file[64], wanted[64];
	BUF_AUTO sealed = BUF_INIT, opened = BUF_INIT;
	struct media_key k = { .iv_length = strlen(known[_i].iv) / 2 };
	from_digits(known[_i].iv, k.iv);
	from_digits(known[_i].key, k.key);
	from_digits(known[_i].file, file);
	from_digits(known[_i].sealed, wanted);
	size_t length = strlen(known[_i].file) / 2;
	ck_assert_int_eq(media_seal(&k, file, length, &sealed, &e), 0);
	ck_assert_uint_eq(sealed.len, length + MEDIA_TAG);
	ck_assert_mem_eq(sealed.data, wanted, sealed.len);
	ck_assert_int_eq(media_open(&k, sealed.data, sealed.len, &opened, &e), 0);
	ck_assert_uint_eq(opened.len, length);
	ck_assert(length == 0 || memcmp(opened.data, file, length) == 0);
}
END_TEST

/* Each byte that is changed, each that is missing and another key are noticed, and nothing comes out. */
START_TEST(what_is_changed_is_refused)
{
	struct err e;
	struct media_key k, other;
	char file[200];
	BUF_AUTO sealed = BUF_INIT, opened = BUF_INIT;
	memset(file, 'x', sizeof file);
	ck_assert_int_eq(media_make_key(&k, &e), 0);
	ck_assert_uint_eq(k.iv_length, 12);
	ck_assert_int_eq(media_make_key(&other, &e), 0);
	ck_assert_int_ne(memcmp(&k, &other, sizeof k), 0);
	ck_assert_int_eq(media_seal(&k, file, sizeof file, &sealed, &e), 0);
	ck_assert_ptr_null(memmem(sealed.data, sealed.len, "xxxx", 4));
	for (size_t at = 0; at < sealed.len; at++) {
		sealed.data[at] ^= 0x20;
		ck_assert_int_eq(media_open(&k, sealed.data, sealed.len, &opened, &e), -1);
		ck_assert_int_eq(e.class, ERR_PROTOCOL);
		sealed.data[at] ^= 0x20;
		ck_assert_int_eq(media_open(&k, sealed.data, at, &opened, &e), -1);
		ck_assert_int_eq(e.class, ERR_PROTOCOL);
	}
	ck_assert_int_eq(media_open(&other, sealed.data, sealed.len, &opened, &e), -1);
	ck_assert_uint_eq(opened.len, 0);
	ck_assert_int_eq(media_open(&k, sealed.data, sealed.len, &opened, &e), 0);
	ck_assert_uint_eq(opened.len, sizeof file);
	ck_assert_mem_eq(opened.data, file, sizeof file);
}
END_TEST

#define IV12 "000102030405060708090a0b"
#define IV16 IV12 "0c0d0e0f"
#define KEY  "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF"

static const struct {
	const char *link, *address; /* NULL where it is none */
	size_t iv_length;
} links[] = {
	{ "aesgcm://files.example.org/a/b%20c.jpg#" IV12 KEY, "https://files.example.org/a/b%20c.jpg", 12 },
	{ "aesgcm://files.example.org:5281/a?b=c#" IV16 KEY, "https://files.example.org:5281/a?b=c", 16 },
	{ "aesgcm://files.example.org/a#" IV12 KEY "\ndata:image/jpeg,AAAA", "https://files.example.org/a", 12 },
	{ "", NULL, 0 },
	{ "https://files.example.org/a#" IV12 KEY, NULL, 0 },
	{ "aesgcm://#" IV12 KEY, NULL, 0 },
	{ "aesgcm://", NULL, 0 },
	{ "aesgcm://files.example.org/a", NULL, 0 },
	{ "aesgcm://files.example.org/a#", NULL, 0 },
	{ "aesgcm://files.example.org/a#" KEY, NULL, 0 },
	{ "aesgcm://files.example.org/a#" IV12 KEY "0", NULL, 0 },
	{ "aesgcm://files.example.org/a#" IV12 KEY "00", NULL, 0 },
	{ "aesgcm://files.example.org/a#" IV16 KEY "00", NULL, 0 },
	{ "aesgcm://files.example.org/a#g00102030405060708090a0b" KEY, NULL, 0 },
	{ "aesgcm://files.example.org/a#" IV12 KEY "#", NULL, 0 },
	{ "aesgcm://files.example.org/a b#" IV12 KEY, NULL, 0 },
	{ "aesgcm://files.example.org/\xc3\xa4#" IV12 KEY, NULL, 0 },
	{ "aesgcm://files.example.org/a#" IV12 KEY " see this", NULL, 0 },
	{ "aesgcm://files.example.org/a#" IV12 KEY "\nsee this", NULL, 0 },
	{ "aesgcm://files.example.org/a\n#" IV12 KEY, NULL, 0 },
};

START_TEST(links_are_read)
{
	struct err e;
	struct media_key k;
	BUF_AUTO address = BUF_INIT;
	int result = media_read_link(links[_i].link, &k, &address, &e);
	ck_assert_msg((result == 0) == !!links[_i].address, "'%s'", links[_i].link);
	ck_assert_str_eq(buf_text(&address), links[_i].address ? links[_i].address : "");
	if (!links[_i].address) {
		ck_assert_int_eq(e.class, ERR_PROTOCOL);
		return;
	}
	uint8_t iv[16], key[32];
	from_digits(IV16, iv);
	from_digits(KEY, key);
	ck_assert_uint_eq(k.iv_length, links[_i].iv_length);
	ck_assert_mem_eq(k.iv, iv, k.iv_length);
	ck_assert_mem_eq(k.key, key, sizeof key);
}
END_TEST

START_TEST(links_are_printed)
{
	struct err e;
	struct media_key k, again;
	BUF_AUTO link = BUF_INIT, address = BUF_INIT;
	ck_assert_int_eq(media_make_key(&k, &e), 0);
	ck_assert_int_eq(media_print_link("https://files.example.org/a.jpg", &k, &link, &e), 0);
	ck_assert_uint_eq(link.len, strlen("aesgcm://files.example.org/a.jpg#") + 88);
	ck_assert_int_eq(media_read_link(buf_text(&link), &again, &address, &e), 0);
	ck_assert_str_eq(buf_text(&address), "https://files.example.org/a.jpg");
	ck_assert_mem_eq(&again, &k, sizeof k);
	static const char *const none[] = { "http://files.example.org/a.jpg", "files.example.org",
		"https://files.example.org/a#b" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		ck_assert_int_eq(media_print_link(none[i], &k, &link, &e), -1);
		ck_assert_int_eq(e.class, ERR_SCRIPT);
	}
}
END_TEST

Suite *suite_media(void);
Suite *suite_media(void)
{
	Suite *s = suite_create("media");
	TCase *c = tcase_create("files");
	tcase_add_loop_test(c, known_answers, 0, sizeof known / sizeof *known);
	tcase_add_test(c, what_is_changed_is_refused);
	tcase_add_loop_test(c, links_are_read, 0, sizeof links / sizeof *links);
	tcase_add_test(c, links_are_printed);
	suite_add_tcase(s, c);
	return s;
}
