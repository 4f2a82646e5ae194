/* Files and folders: read whole, written so that nobody ever sees half, listed in order. */
#include "base/text.h"
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct arena a;

static void set_up(void)
{
	strcpy(folder, "/tmp/assay-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void tear_down(void)
{
	struct vec files = VEC_INIT;
	directory_files(&a, folder, "", &files, NULL);
	for (size_t i = 0; i < files.count; i++)
		unlink(files.items[i]);
	vec_release(&files);
	rmdir(arena_printf(&a, "%s/one/two", folder));
	rmdir(arena_printf(&a, "%s/one", folder));
	rmdir(arena_printf(&a, "%s/.hidden", folder));
	rmdir(folder);
	arena_release(&a);
}

static char *at(const char *name)
{
	return arena_printf(&a, "%s/%s", folder, name);
}

static void put(const char *name, const char *text)
{
	struct err e = { .class = ERR_NONE };
	ck_assert_msg(file_write(at(name), text, strlen(text), &e) == 0, "%s", e.message);
}

START_TEST(read_and_write)
{
	struct err e = { .class = ERR_NONE };
	BUF_AUTO out = BUF_INIT;
	char bytes[40000];
	memset(bytes, 'x', sizeof bytes);
	bytes[7] = 0;
	ck_assert_int_eq(file_write(at("a"), bytes, sizeof bytes, &e), 0);
	ck_assert_int_eq(file_read(at("a"), &out, &e), 0);
	ck_assert_uint_eq(out.len, sizeof bytes);
	ck_assert_int_eq(memcmp(out.data, bytes, sizeof bytes), 0);
	put("a", "");
	buf_clear(&out);
	ck_assert_int_eq(file_read(at("a"), &out, &e), 0);
	ck_assert_uint_eq(out.len, 0);
	ck_assert_int_eq(file_read(at("b"), &out, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_str_eq(e.where, at("b"));
	ck_assert_int_eq(file_read(folder, &out, &e), -1);
}
END_TEST

/* Who has the old file open keeps it whole; a failed attempt leaves the old one and nothing else. */
START_TEST(write_is_atomic)
{
	struct err e = { .class = ERR_NONE };
	char bytes[8] = "";
	put("a", "old");
	int reader = open(at("a"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(reader, 0);
	put("a", "new and longer");
	ck_assert_int_eq(read(reader, bytes, sizeof bytes), 3);
	ck_assert_str_eq(bytes, "old");
	close(reader);
	ck_assert_int_eq(directory_make(at("one/two"), &e), 0);
	ck_assert_int_eq(file_write(at("one"), "x", 1, &e), -1);
	ck_assert_int_eq(e.class, ERR_ENVIRONMENT);
	ck_assert_int_eq(file_write(at("none/a"), "x", 1, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	struct vec files = VEC_INIT;
	ck_assert_int_eq(directory_files(&a, folder, "", &files, &e), 0);
	ck_assert_uint_eq(files.count, 1);
	vec_release(&files);
}
END_TEST

START_TEST(folders)
{
	struct err e = { .class = ERR_NONE };
	ck_assert_int_eq(directory_make(at("one/two"), &e), 0);
	ck_assert_int_eq(directory_make(at("one/two/"), &e), 0); /* it is there */
	ck_assert(file_is_directory(at("one")) && !file_exists(at("one")));
	put("file", "x");
	ck_assert(!file_is_directory(at("file")) && file_exists(at("file")) && !file_exists(at("none")));
	ck_assert_int_eq(directory_make(at("file"), &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_int_eq(directory_make(at("file/below"), &e), -1);
}
END_TEST

START_TEST(listing_is_sorted)
{
	struct err e = { .class = ERR_NONE };
	struct vec files = VEC_INIT;
	ck_assert_int_eq(directory_make(at("one/two"), &e), 0);
	ck_assert_int_eq(directory_make(at(".hidden"), &e), 0);
	put("z.scn", "");
	put("a.scn", "");
	put("one/two/m.scn", "");
	put("one/b.txt", "");
	vec_push(&files, "before");
	ck_assert_int_eq(directory_files(&a, folder, ".scn", &files, &e), 0);
	ck_assert_uint_eq(files.count, 4);
	ck_assert_str_eq(files.items[0], "before"); /* what was there stays where it was */
	ck_assert_str_eq(files.items[1], at("a.scn"));
	ck_assert_str_eq(files.items[2], at("one/two/m.scn"));
	ck_assert_str_eq(files.items[3], at("z.scn"));
	vec_clear(&files);
	ck_assert_int_eq(directory_files(&a, at("a.scn"), ".scn", &files, &e), 0);
	ck_assert_uint_eq(files.count, 1);
	ck_assert_int_eq(directory_files(&a, at("a.scn"), ".scs", &files, &e), 0);
	ck_assert_uint_eq(files.count, 1);
	ck_assert_int_eq(directory_files(&a, at("none"), ".scn", &files, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	vec_release(&files);
}
END_TEST

START_TEST(data)
{
	const char *set = getenv("ASSAY_DATA");
	AUTO_TEXT kept = memory_copy_text(set);
	setenv("ASSAY_DATA", "/somewhere", 1);
	ck_assert_str_eq(data_path(&a, "suites/common"), "/somewhere/suites/common");
	setenv("ASSAY_DATA", "", 1); /* as if it were not set */
	ck_assert(text_ends(data_path(&a, "suites"), "/suites"));
	ck_assert_str_ne(data_path(&a, "suites"), "/suites");
	if (kept)
		setenv("ASSAY_DATA", kept, 1);
	else
		unsetenv("ASSAY_DATA");
}
END_TEST

Suite *suite_file(void)
{
	Suite *s = suite_create("file");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, read_and_write);
	tcase_add_test(c, write_is_atomic);
	tcase_add_test(c, folders);
	tcase_add_test(c, listing_is_sorted);
	tcase_add_test(c, data);
	suite_add_tcase(s, c);
	return s;
}
