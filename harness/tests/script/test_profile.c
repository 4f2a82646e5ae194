/* Profiles: what is read, and what is refused with a place and a reason. */
#include "base/text.h"
#include "script/profile.h"
#include "script_file.h"
#include <check.h>
#include <libgen.h>
#include <string.h>

/* Writes NAME.ini beside the others and returns their folder. */
static const char *write(const char *name, const char *text)
{
	static char folder[512];
	AUTO_TEXT file = memory_printf("%s.ini", name);
	snprintf(folder, sizeof folder, "%s", script_file(file, text));
	return dirname(folder);
}

static const struct profile_part *row(const struct profile *p, size_t index)
{
	ck_assert_uint_lt(index, p->rows.count);
	return p->rows.items[index];
}

START_TEST(whole)
{
	struct err e;
	struct profile p;
	write("basis",
		"[profile]\ntitle = Basis\nchecks = never/*\n[level least]\ntitle = Least\n"
		"[row first]\nfrom = least\nrequired = a/*\n");
	const char *folder = write("top",
		"; a comment\n[profile]\ntitle = Top\ntitle.de = Oben\nincludes = basis\nchecks = x/*,\n  y/*\n"
		"[level most]\ntitle = Most\n"
		"[row second]\nfrom = most\ntitle = Second\ntext = One\n  two\nchecks = b/*, c/*\n"
		"[row third]\npaper = A contract\n");
	ck_assert_msg(profile_load(&p, folder, "top", &e) == 0, "%s: %s", e.where, e.message);
	AUTO_TEXT globs = profile_globs(&p, false);
	ck_assert_str_eq(globs, "x/*, y/*,a/*,b/*, c/*");
	ck_assert_str_eq(map_get(&p.head.texts, "title"), "Top");
	ck_assert_str_eq(map_get(&p.head.texts, "title.de"), "Oben");
	ck_assert_uint_eq(p.levels.count, 2);
	ck_assert_uint_eq(p.rows.count, 3);
	ck_assert_str_eq(row(&p, 0)->from, "least");
	ck_assert_str_eq(row(&p, 0)->required, "a/*");
	ck_assert_str_eq(map_get(&row(&p, 1)->texts, "text"), "One two");
	ck_assert_ptr_null(row(&p, 2)->from);
	ck_assert_ptr_null(row(&p, 2)->checks);
	profile_release(&p);
}
END_TEST

static const struct {
	const char *text, *where, *message;
} faults[] = {
	{ "[profile]\ntitle = x\n", "faulty.ini", "has no `checks`" },
	{ "[profile]\nchecks = a/*\ncolour = red\n", "faulty.ini:3", "unknown key 'colour' in [profile]" },
	{ "[profile]\nchecks = a/*\n[verdict x]\na = b\n", "faulty.ini:4", "unknown section [verdict x]" },
	{ "[profile]\nchecks = a/*\n[row Not-a-slug]\ntitle = b\n", "faulty.ini:4", "unknown section" },
	{ "[profile]\nchecks = a/*\n[row r]\nfrom = top\n", "faulty.ini:4", "there is no [level top] before" },
	{ "[profile]\nchecks = a/*\n[level l]\nchecks = b/*\n", "faulty.ini:4", "unknown key 'checks' in [level l]" },
	{ "[profile]\nchecks = a/*\ntitle.english = b\n", "faulty.ini:3", "unknown key 'title.english'" },
	{ "[profile]\nchecks = a/*\nnonsense\n", "faulty.ini:3", "is no `key = value`" },
	{ "[profile]\nincludes = nobody\n", "", "there is no profile 'nobody'; there is: faulty" },
	{ "[profile]\nincludes = faulty\n", "faulty.ini", "include one another without end" },
};

START_TEST(faulty)
{
	struct err e;
	struct profile p;
	const char *folder = write("faulty", faults[_i].text);
	ck_assert_int_eq(profile_load(&p, folder, "faulty", &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_msg(strstr(e.message, faults[_i].message), "'%s', not '%s'", e.message, faults[_i].message);
	ck_assert_msg(strstr(e.where, faults[_i].where), "at '%s', not '%s'", e.where, faults[_i].where);
}
END_TEST

START_TEST(not_there)
{
	static const char *const names[] = { "none", "../faulty", "" };
	struct err e;
	struct profile p;
	const char *folder = write("other", "[profile]\nchecks = a/*\n");
	ck_assert_int_eq(profile_load(&p, folder, names[_i], &e), -1);
	ck_assert_msg(strstr(e.message, "there is: other"), "%s", e.message);
}
END_TEST

Suite *suite_profile(void)
{
	Suite *s = suite_create("profile");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, script_folder_make, script_folder_remove);
	tcase_add_test(c, whole);
	tcase_add_loop_test(c, faulty, 0, (int)(sizeof faults / sizeof *faults));
	tcase_add_loop_test(c, not_there, 0, 3);
	suite_add_tcase(s, c);
	return s;
}
