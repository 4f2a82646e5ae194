/* Runs with a second target: two real servers that speak with one another on loopback, as fixtures and as an operator would name them. */
#include "base/text.h"
#include "program.h"
#include "target/target.h"
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;
static struct arena arena;
static struct federation *federation;
static struct target *servers[2];

static void set_up(void)
{
	xml_start();
	folder = program_folder();
}

static void tear_down(void)
{
	target_free(servers[0]);
	target_free(servers[1]);
	federation_free(federation);
	servers[0] = servers[1] = NULL;
	federation = NULL;
	arena_release(&arena);
	program_remove(folder);
}

/* Two of a kind, with what lets them find and trust one another. */
static bool start_two(void)
{
	struct err e;
	if (!program_has_fixture("prosody"))
		return false;
	ck_assert_msg((federation = federation_new(&e)) != NULL, "%s", e.message);
	for (int i = 0; i < 2; i++) {
		struct vec options = VEC_INIT;
		federation_options(federation, i == 1, &options);
		servers[i] = fixture_start("prosody", &options, &e);
		ck_assert_msg(servers[i] != NULL, "%s", e.message);
		vec_release(&options);
	}
	ck_assert_msg(federation_join(federation, servers[0], servers[1], &e) == 0, "%s", e.message);
	ck_assert_str_ne(servers[0]->domain, servers[1]->domain);
	return true;
}

static void add_account(const struct target *t, const char *user, const char *password)
{
	char *argv[] = { data_path(&arena, "fixtures/servers/prosody/register"), t->directory, (char *)user,
		(char *)password, NULL };
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* A target file of an operator who gives one account. */
static char *target_file(const struct target *t, const char *name, const char *user, const char *password)
{
	AUTO_TEXT text =
		memory_printf("[target]\ndomain = %s\nhost = %s\nport = %d\nca = %s\n[account %s]\npassword = %s\n",
			t->domain, t->host, t->port, t->ca_file, user, password);
	AUTO_TEXT path = program_file(folder, name, text);
	ck_assert_int_eq(chmod(path, 0600), 0);
	return arena_text(&arena, path);
}

static void read_output(const char *name, struct buf *text)
{
	struct err e;
	AUTO_TEXT path = memory_printf("%s/report/%s", folder, name);
	ck_assert_msg(file_read(path, text, &e) == 0, "%s: %s", path, e.message);
}

/* Every report says which system is which, and nothing of the second one stays. */
START_TEST(two_fixtures)
{
	if (!program_has_fixture("prosody") || !program_has_fixture("ejabberd"))
		return;
	AUTO_TEXT temporary = memory_printf("TMPDIR=%s", folder);
	ck_assert_int_eq(chmod(folder, 0755), 0);
	ck_assert_int_eq(putenv(temporary), 0);
	struct outcome_of_program o = PROGRAM(folder, 120, "run", "fixture:prosody", "--peer", "fixture:ejabberd",
		"--check", "federation/messages/*", "--out", "report");
	unsetenv("TMPDIR");
	program_ended(&o, 0);
	BUF_AUTO result = BUF_INIT, journal = BUF_INIT, page = BUF_INIT, units = BUF_INIT;
	read_output("result.json", &result);
	read_output("journal.jsonl", &journal);
	read_output("report.html", &page);
	read_output("junit.xml", &units);
	json_t *object = json_loads(buf_text(&result), 0, NULL), *peer = json_object_get(object, "peer");
	ck_assert_str_eq(json_string_value(json_object_get(peer, "peer")), "peer");
	ck_assert_str_eq(json_string_value(json_object_get(peer, "name")), "fixture:ejabberd");
	ck_assert_str_eq(json_string_value(json_object_get(peer, "domain")), "peer.test");
	ck_assert_str_eq(
		json_string_value(json_object_get(json_object_get(object, "target"), "name")), "fixture:prosody");
	ck_assert_int_ge(json_integer_value(json_object_get(json_object_get(object, "summary"), "pass")), 12);
	json_decref(object);
	ck_assert_ptr_nonnull(strstr(journal.data, "\"hidden\":false,\"component\":false,\"peer\":\"peer\"}"));
	ck_assert_ptr_nonnull(strstr(journal.data, "\"e\":\"discovered\""));
	ck_assert_ptr_nonnull(strstr(strstr(journal.data, "\"e\":\"discovered\"") + 1, "\"e\":\"discovered\""));
	ck_assert_ptr_nonnull(strstr(page.data, "@peer.test/balcony, at fixture:ejabberd"));
	ck_assert_ptr_nonnull(strstr(units.data, "name=\"peer\" value=\"fixture:ejabberd\""));
	ck_assert_ptr_nonnull(strstr(journal.data, "\"arguments\":[\"run\",\"fixture:prosody\",\"--peer\""));
	AUTO_TEXT left = memory_printf("[ \"$(ls '%s')\" = report ]", folder);
	ck_assert_msg(system(left) == 0, "something of the servers stays in %s", folder);
	program_release(&o);
}
END_TEST

static const char *const secrets[] = { "kestrel-Anvil+7", "pilgrim<Thimble>9" };

static void expect_no_secret(const char *name, const struct buf *text)
{
	for (size_t i = 0; i < 2; i++) {
		BUF_AUTO escaped = BUF_INIT;
		xml_escape(secrets[i], &escaped);
		ck_assert_msg(!strstr(buf_text(text), secrets[i]), "%s holds a secret", name);
		ck_assert_msg(!strstr(buf_text(text), buf_text(&escaped)), "%s holds a secret", name);
	}
}

/* One account here and one there, lent to one scenario after the other: each leaves them as it found them, and what they log in with
 * is in no output. */
START_TEST(accounts_of_a_list)
{
	if (!start_two())
		return;
	static const char *const outputs[] = { "journal.jsonl", "result.json", "results.xml", "junit.xml",
		"report.html" };
	add_account(servers[0], "montague", secrets[0]);
	add_account(servers[1], "capulet", secrets[1]);
	const char *here = target_file(servers[0], "here.ini", "montague", secrets[0]);
	const char *there = target_file(servers[1], "there.ini", "capulet", secrets[1]);
	struct outcome_of_program o = PROGRAM(folder, 120, "run", here, "--peer", there, "--check",
		"federation/messages/*,federation/subscribe/*,federation/removal/*", "--repeat", "2", "--trace",
		"--out", "report");
	program_ended(&o, 0);
	expect_no_secret("standard output", &o.out);
	expect_no_secret("standard error", &o.err);
	for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
		BUF_AUTO text = BUF_INIT;
		read_output(outputs[i], &text);
		ck_assert_uint_gt(text.len, 1000);
		expect_no_secret(outputs[i], &text);
	}
	BUF_AUTO journal = BUF_INIT;
	read_output("journal.jsonl", &journal);
	ck_assert_ptr_nonnull(strstr(journal.data, "it needs 2 accounts at once, and the second target has 1"));
	ck_assert_ptr_nonnull(strstr(journal.data, "\"montague@prosody.test\""));
	ck_assert_ptr_nonnull(strstr(journal.data, "\"capulet@peer.test\""));
	program_release(&o);
}
END_TEST

/* Those that were made are removed on both. */
START_TEST(accounts_that_are_made)
{
	if (!start_two())
		return;
	AUTO_TEXT here = memory_printf("%s/target.ini", servers[0]->directory);
	AUTO_TEXT there = memory_printf("%s/target.ini", servers[1]->directory);
	AUTO_TEXT peer = memory_printf("peer=%s", there);
	struct outcome_of_program o = PROGRAM(folder, 120, "run", here, "--peer", peer, "--check", "federation/order/*",
		"--baseline", "none", "--out", "report");
	program_ended(&o, 0);
	static const char *const kept[] = { "data/prosody%2etest/accounts", "data/peer%2etest/accounts" };
	for (int i = 0; i < 2; i++) {
		struct err e;
		struct vec files = VEC_INIT;
		const char *path = arena_printf(&arena, "%s/%s", servers[i]->directory, kept[i]);
		ck_assert_msg(directory_files(&arena, path, ".dat", &files, &e) == 0, "%s", e.message);
		ck_assert_msg(files.count == 0, "%s has accounts left", path);
		vec_release(&files);
	}
	program_release(&o);
}
END_TEST

#define TARGET_FILE "[target]\ndomain = %s\nhost = 127.0.0.1\nport = 1\n[account romeo]\npassword = secret\n"

/* One line that says what is wrong, before anything is played. */
START_TEST(wrong_lines)
{
	AUTO_TEXT text = memory_printf(TARGET_FILE, "example.org");
	AUTO_TEXT file = program_file(folder, "one.ini", text);
	const struct {
		const char *target, *peer, *expected;
		int status;
	} lines[] = {
		{ "fixture:prosody", "example.org", "a target file or fixture:NAME, not 'example.org'", 2 },
		{ "fixture:prosody", "one.ini", "cannot speak with one another", 2 },
		{ "one.ini", "fixture:prosody", "cannot speak with one another", 2 },
		{ "one.ini", "missing.ini", "missing.ini", 2 },
		{ "one.ini", "elsewhere=one.ini", "has the domain example.org", 2 },
		{ "fixture:prosody", "fixture:prosdy", "did you mean fixture:prosody", 2 },
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (text_starts(lines[i].peer, "fixture:prosdy") && !program_has_fixture("prosody"))
			continue;
		struct outcome_of_program o = PROGRAM(folder, 60, "run", lines[i].target, "--peer", lines[i].peer,
			"--check", "federation/*", "--out", "report");
		program_ended(&o, lines[i].status);
		ck_assert_msg(strstr(buf_text(&o.err), lines[i].expected) != NULL, "%s", buf_text(&o.err));
		AUTO_TEXT report = memory_printf("%s/report", folder);
		ck_assert(!file_is_directory(report));
		program_release(&o);
	}
}
END_TEST

START_TEST(nobody_there)
{
	if (!program_has_fixture("prosody"))
		return;
	struct err e;
	AUTO_TEXT text = memory_printf(TARGET_FILE, "example.net");
	AUTO_TEXT there = program_file(folder, "there.ini", text);
	servers[0] = fixture_start("prosody", NULL, &e);
	ck_assert_msg(servers[0] != NULL, "%s", e.message);
	AUTO_TEXT here = memory_printf("%s/target.ini", servers[0]->directory);
	struct outcome_of_program o =
		PROGRAM(folder, 60, "run", here, "--peer", there, "--check", "federation/*", "--out", "report");
	program_ended(&o, 3);
	ck_assert_msg(strstr(buf_text(&o.err), "the second target 'peer'") != NULL, "%s", buf_text(&o.err));
	program_release(&o);
}
END_TEST

Suite *suite_federation(void)
{
	Suite *s = suite_create("federation");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 240);
	tcase_set_tags(c, "integration");
	tcase_add_test(c, two_fixtures);
	tcase_add_test(c, accounts_of_a_list);
	tcase_add_test(c, accounts_that_are_made);
	tcase_add_test(c, wrong_lines);
	tcase_add_test(c, nobody_there);
	suite_add_tcase(s, c);
	return s;
}
