/* What shells are given, and the man pages: every command and option is in them, because both are made from the tables. */
#include "base/memory.h"
#include "base/text.h"
#include "cmd/options.h"
#include "program.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

/* Runs a command of the shell; its status. What it prints is added to `out`. */
static int shell(const char *command, struct buf *out)
{
	char bytes[4096];
	size_t got;
	FILE *pipe = popen(command, "r");
	ck_assert_ptr_nonnull(pipe);
	while ((got = fread(bytes, 1, sizeof bytes, pipe)) > 0)
		buf_add(out, bytes, got);
	int status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The script for a shell, in a file; free(). */
static char *script_for(const char *name)
{
	struct outcome_of_program o = PROGRAM(NULL, 20, "completion", name);
	ck_assert_int_eq(o.status, 0);
	ck_assert_uint_eq(o.err.len, 0);
	char *path = program_file(folder, name, buf_text(&o.out));
	program_release(&o);
	return path;
}

START_TEST(every_option_is_known)
{
	AUTO_TEXT bash = script_for("bash");
	AUTO_TEXT zsh = script_for("zsh");
	AUTO_TEXT fish = script_for("fish");
	const char *const paths[] = { bash, zsh, fish };
	size_t options = 0;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct err e;
		BUF_AUTO text = BUF_INIT;
		ck_assert_int_eq(file_read(paths[i], &text, &e), 0);
		for (size_t k = 0; commands[k]; k++) {
			struct option_known known[64];
			ck_assert_ptr_nonnull(strstr(buf_text(&text), commands[k]->name));
			size_t count = options_of(commands[k], known, 64);
			options += count;
			for (size_t o = 0; o < count; o++) {
				AUTO_TEXT looked = memory_printf("%s%s", i == 2 ? "-l " : "--", known[o].name);
				ck_assert_msg(strstr(buf_text(&text), looked) != NULL, "%s: no %s of %s", paths[i],
					looked, commands[k]->name);
			}
		}
	}
	ck_assert_uint_gt(options, 100);
}
END_TEST

START_TEST(shells_can_read_their_script)
{
	static const char *const readers[] = { "bash -n", "zsh -n", "fish --no-execute" };
	static const char *const names[] = { "bash", "zsh", "fish" };
	BUF_AUTO out = BUF_INIT;
	AUTO_TEXT path = script_for(names[_i]);
	AUTO_TEXT has = memory_printf("command -v %s >/dev/null", names[_i]);
	if (shell(has, &out)) {
		printf("SKIPPED: %s is not installed\n", names[_i]);
		return;
	}
	AUTO_TEXT command = memory_printf("%s %s 2>&1", readers[_i], path);
	ck_assert_int_eq(shell(command, &out), 0);
	ck_assert_str_eq(buf_text(&out), "");
}
END_TEST

static const struct {
	const char *line, *answer; /* the answers, each with a space after it */
} lines[] = {
	{ "assay lan", "language " },
	{ "assay help muta", "mutate " },
	{ "assay run --fault-", "--fault-dir " },
	{ "assay run --no-such", "" },
	{ "assay run --profile enc", "encryption " },
	{ "assay run --profile=enc", "encryption " },
	{ "assay run fixture:prosody-", "prosody-13 " },
	{ "assay run --suite block", "blocking " },
	{ "assay run --account fix", "" },
	{ "assay run --check carbons/bare-address/less-available-", "carbons/bare-address/less-available-twice " },
	{ "assay run --fault private_c", "private_carbons " },
	{ "assay report --out suites/prof", "suites/profiles " },
	{ "assay show --", "" },
};

START_TEST(bash_completes)
{
	BUF_AUTO out = BUF_INIT;
	AUTO_TEXT script = script_for("bash");
	AUTO_TEXT binary = memory_copy_text(getenv("ASSAY_BINARY") ? getenv("ASSAY_BINARY") : "build/assay");
	AUTO_TEXT command =
		memory_printf("bash -c 'assay() { %s \"$@\"; }; . %s; COMP_LINE=\"%s\"; COMP_POINT=${#COMP_LINE};"
			      " COMP_WORDS=($COMP_LINE); _assay; printf \"%%s \" \"${COMPREPLY[@]}\"' 2>&1",
			binary, script, lines[_i].line);
	ck_assert_int_eq(shell(command, &out), 0);
	ck_assert_str_eq(*lines[_i].answer || out.len > 1 ? buf_text(&out) : "", lines[_i].answer);
}
END_TEST

START_TEST(words_that_are_none)
{
	struct outcome_of_program o = PROGRAM(NULL, 20, "completion", "words", "nonsense");
	ck_assert_int_eq(o.status, 2);
	program_release(&o);
	o = PROGRAM(NULL, 20, "completion", "csh");
	ck_assert_int_eq(o.status, 2);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.err), "'csh'"));
	program_release(&o);
}
END_TEST

/* Every command has a page that names each of its options, and no page has a line that its reader warns of. */
START_TEST(man_pages)
{
	struct err e;
	BUF_AUTO out = BUF_INIT;
	AUTO_TEXT make = memory_printf(
		"ci/manual %s %s/man 2>&1", getenv("ASSAY_BINARY") ? getenv("ASSAY_BINARY") : "build/assay", folder);
	ck_assert_msg(shell(make, &out) == 0 && out.len == 0, "%s", buf_text(&out));
	for (size_t k = 0; commands[k]; k++) {
		struct option_known known[64];
		BUF_AUTO text = BUF_INIT;
		AUTO_TEXT page = memory_printf("%s/man/assay-%s.1", folder, commands[k]->name);
		ck_assert_int_eq(file_read(page, &text, &e), 0);
		size_t count = options_of(commands[k], known, 64);
		for (size_t o = 0; o < count; o++) {
			BUF_AUTO looked = BUF_INIT;
			buf_printf(&looked, "\\-\\-");
			for (const char *at = known[o].name; *at; at++)
				buf_printf(&looked, *at == '-' ? "\\-" : "%c", *at);
			ck_assert_msg(strstr(buf_text(&text), buf_text(&looked)) != NULL, "%s does not name --%s", page,
				known[o].name);
		}
	}
	AUTO_TEXT language = memory_printf("%s/man/assay-scenario.5", folder);
	ck_assert(file_exists(language));
	AUTO_TEXT lint = memory_printf("command -v mandoc >/dev/null || exit 0; mandoc -T lint -W warning %s/man/* |"
				       " grep -v 'missing date'",
		folder);
	buf_clear(&out);
	shell(lint, &out);
	ck_assert_str_eq(buf_text(&out), "");
}
END_TEST

Suite *suite_completion(void);
Suite *suite_completion(void)
{
	Suite *suite = suite_create("completion and manual");
	TCase *tcase = tcase_create("program");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_set_tags(tcase, "integration");
	tcase_add_test(tcase, every_option_is_known);
	tcase_add_loop_test(tcase, shells_can_read_their_script, 0, 3);
	tcase_add_loop_test(tcase, bash_completes, 0, (int)(sizeof lines / sizeof *lines));
	tcase_add_test(tcase, words_that_are_none);
	tcase_add_test(tcase, man_pages);
	suite_add_tcase(suite, tcase);
	return suite;
}
