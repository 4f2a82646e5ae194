/* SHA-256: the examples of FIPS 180-4, chains, and a folder as `sha256sum` would have it. */
#include "base/digest.h"
#include "base/text.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *text, *digest;
} known[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
};

START_TEST(examples)
{
	char digest[DIGEST_SIZE];
	digest_bytes(known[_i].text, strlen(known[_i].text), digest);
	ck_assert_str_eq(digest, known[_i].digest);
}
END_TEST

START_TEST(chained)
{
	char digest[DIGEST_SIZE];
	digest_chained("a", "bc", 2, digest);
	ck_assert_str_eq(digest, known[1].digest);
}
END_TEST

START_TEST(folder_digest)
{
	struct err e;
	char digest[DIGEST_SIZE], other[DIGEST_SIZE];
	char folder[] = "/tmp/assay-test-XXXXXX";
	ck_assert_ptr_nonnull(mkdtemp(folder));
	AUTO_TEXT inner = memory_printf("%s/b", folder);
	AUTO_TEXT first = memory_printf("%s/a.scn", folder);
	AUTO_TEXT second = memory_printf("%s/b/c", folder);
	ck_assert_int_eq(directory_make(inner, &e), 0);
	ck_assert_int_eq(file_write(first, "abc", 3, &e), 0);
	ck_assert_int_eq(file_write(second, "", 0, &e), 0);
	AUTO_TEXT lines = memory_printf("%s  a.scn\n%s  b/c\n", known[1].digest, known[0].digest);
	digest_bytes(lines, strlen(lines), other);
	ck_assert_int_eq(digest_folder(folder, digest, &e), 0);
	ck_assert_str_eq(digest, other);
	AUTO_TEXT slash = memory_printf("%s/", folder);
	ck_assert_int_eq(digest_folder(slash, other, &e), 0);
	ck_assert_str_eq(digest, other);
	ck_assert_int_eq(file_write(second, "x", 1, &e), 0);
	ck_assert_int_eq(digest_folder(folder, other, &e), 0);
	ck_assert_str_ne(digest, other);
	unlink(first);
	unlink(second);
	rmdir(inner);
	rmdir(folder);
	ck_assert_int_eq(digest_folder(folder, other, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
}
END_TEST

Suite *suite_digest(void);
Suite *suite_digest(void)
{
	Suite *s = suite_create("digest");
	TCase *t = tcase_create("digest");
	tcase_add_loop_test(t, examples, 0, 2);
	tcase_add_test(t, chained);
	tcase_add_test(t, folder_digest);
	suite_add_tcase(s, t);
	return s;
}
