/* Every input of the fuzz targets' corpora, former crashes among them. */
#include "base/memory.h"
#include "base/text.h"
#include "fuzz.h"
#include <check.h>

int fuzz_stream(const uint8_t *data, size_t size);
int fuzz_scenario(const uint8_t *data, size_t size);
int fuzz_scansion(const uint8_t *data, size_t size);
int fuzz_target(const uint8_t *data, size_t size);
int fuzz_journal(const uint8_t *data, size_t size);
int fuzz_hello(const uint8_t *data, size_t size);
int fuzz_websocket(const uint8_t *data, size_t size);
int fuzz_omemo(const uint8_t *data, size_t size);
int fuzz_openpgp(const uint8_t *data, size_t size);
int fuzz_media(const uint8_t *data, size_t size);

static const struct {
	const char *name;
	int (*run)(const uint8_t *data, size_t size);
} targets[] = {
	{ "stream", fuzz_stream },
	{ "scenario", fuzz_scenario },
	{ "scansion", fuzz_scansion },
	{ "target", fuzz_target },
	{ "journal", fuzz_journal },
	{ "hello", fuzz_hello },
	{ "websocket", fuzz_websocket },
	{ "omemo", fuzz_omemo },
	{ "openpgp", fuzz_openpgp },
	{ "media", fuzz_media },
};

START_TEST(corpus)
{
	struct err e;
	struct arena a = ARENA_INIT;
	struct vec files = VEC_INIT;
	const char *folder = arena_printf(&a, "%s%s", data_path(&a, "harness/tests/fuzz/corpus/"), targets[_i].name);
	ck_assert_int_eq(directory_files(&a, folder, "", &files, &e), 0);
	ck_assert_uint_gt(files.count, 0);
	for (size_t i = 0; i < files.count; i++) {
		BUF_AUTO text = BUF_INIT;
		ck_assert_int_eq(file_read(files.items[i], &text, &e), 0);
		ck_assert_int_eq(targets[_i].run((const uint8_t *)text.data, text.len), 0);
	}
	vec_release(&files);
	arena_release(&a);
}
END_TEST

Suite *suite_corpus(void)
{
	Suite *s = suite_create("corpus");
	TCase *c = tcase_create("all");
	tcase_add_loop_test(c, corpus, 0, (int)(sizeof targets / sizeof *targets));
	suite_add_tcase(s, c);
	return s;
}
