/* Whole runs of the program against real servers. */
#include "base/clock.h"
#include "base/text.h"
#include "program.h"
#include "target/target.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static void set_up(void)
{
	xml_start();
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

static json_t *read_result(const char *run)
{
	AUTO_TEXT path = memory_printf("%s/%s/result.json", folder, run);
	json_error_t fault;
	json_t *result = json_load_file(path, 0, &fault);
	ck_assert_msg(result != NULL, "%s: %s", path, fault.text);
	return result;
}

static long long count_of(json_t *result, const char *verdict)
{
	json_t *count = json_object_get(json_object_get(result, "summary"), verdict);
	ck_assert_msg(json_is_integer(count), "no count of %s", verdict);
	return json_integer_value(count);
}

/* Everything is as its baseline says, and every check has a verdict about the server. */
static void run_profile(const char *fixture, const char *profile, int least)
{
	if (!program_has_fixture(fixture))
		return;
	AUTO_TEXT target = memory_printf("fixture:%s", fixture);
	struct outcome_of_program o = PROGRAM(folder, 240, "run", target, "--profile", profile, "--out", "report");
	program_ended(&o, 0);
	json_t *result = read_result("report");
	ck_assert(json_is_true(json_object_get(result, "complete")));
	static const char *const none[] = { "fail", "weak", "inconclusive", "error", "fixed", "not_run" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ck_assert_msg(count_of(result, none[i]) == 0, "%lld checks are %s\n%s", count_of(result, none[i]),
			none[i], buf_text(&o.out));
	ck_assert_int_ge(count_of(result, "pass"), least);
	json_decref(result);
	program_release(&o);
}

START_TEST(prosody)
{
	run_profile("prosody", "default", 700);
	run_profile("prosody", "transport", 100);
}
END_TEST

START_TEST(ejabberd)
{
	run_profile("ejabberd", "default", 600);
	run_profile("ejabberd", "transport", 100);
}
END_TEST

START_TEST(prosody_13)
{
	run_profile("prosody-13", "default", 690);
	run_profile("prosody-13", "transport", 100);
}
END_TEST

START_TEST(drivers_agree)
{
	if (!program_has_fixture("prosody"))
		return;
	struct outcome_of_program one = PROGRAM(folder, 240, "run", "--out", "native");
	struct outcome_of_program two = PROGRAM(folder, 240, "run", "--driver", "strophe", "--out", "strophe");
	struct outcome_of_program o = PROGRAM(folder, 20, "compare", "native", "strophe");
	program_ended(&o, 0);
	program_release(&one);
	program_release(&two);
	program_release(&o);
}
END_TEST

/* ---- secrets ---- */

static const char *const users[] = { "romeo", "juliet", "mercutio" };
static const char *const passwords[] = { "kestrel-Anvil+7", "pilgrim<Thimble>9", "ORCHARD\"quay'33" };

static char *base64(const char *bytes, size_t length)
{
	char *out = memory_alloc(4 * ((length + 2) / 3) + 1);
	EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)bytes, (int)length);
	return out;
}

static void expect_absent(const char *name, const struct buf *text, const char *secret)
{
	ck_assert_msg(!text->len || !memmem(text->data, text->len, secret, strlen(secret)), "%s holds a secret", name);
}

static void search_output(const char *name, const struct buf *text)
{
	for (size_t i = 0; i < 3; i++) {
		BUF_AUTO plain = BUF_INIT;
		BUF_AUTO escaped = BUF_INIT;
		buf_add(&plain, "", 1);
		buf_add(&plain, users[i], strlen(users[i]) + 1);
		buf_add_text(&plain, passwords[i]);
		xml_escape(passwords[i], &escaped);
		AUTO_TEXT alone = base64(passwords[i], strlen(passwords[i]));
		AUTO_TEXT sasl = base64(plain.data, plain.len);
		expect_absent(name, text, passwords[i]);
		expect_absent(name, text, escaped.data);
		expect_absent(name, text, alone);
		expect_absent(name, text, sasl);
	}
}

static struct target *start_with_accounts(void)
{
	struct err e;
	struct arena a = ARENA_INIT;
	struct target *t = fixture_start("prosody", NULL, &e);
	ck_assert_msg(t != NULL, "%s", e.message);
	for (size_t i = 0; i < 3; i++) {
		char *argv[] = { data_path(&a, "fixtures/servers/prosody/register"), t->directory, (char *)users[i],
			(char *)passwords[i], NULL };
		pid_t pid = fork();
		if (pid == 0) {
			execv(argv[0], argv);
			_exit(127);
		}
		int status;
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
	}
	arena_release(&a);
	return t;
}

/* A target file with three accounts of a list, the first with another password when one is given. */
static char *fixed_target(const struct target *t, const char *wrong)
{
	BUF_AUTO text = BUF_INIT;
	BUF_AUTO list = BUF_INIT;
	for (size_t i = 0; i < 3; i++)
		buf_printf(&list, "%s %s\n", users[i], i == 0 && wrong ? wrong : passwords[i]);
	AUTO_TEXT path = program_file(folder, "passwords", list.data);
	buf_printf(&text,
		"[target]\ndomain = %s\nhost = %s\nport = %d\nca = %s\n[accounts]\nprovisioning = fixed\npassword-file = %s\n",
		t->domain, t->host, t->port, t->ca_file, path);
	for (size_t i = 0; i < 3; i++)
		buf_printf(&text, "[account %s]\nuser = %s\n", users[i], users[i]);
	return program_file(folder, "fixed.ini", text.data);
}

START_TEST(no_secret_leaves)
{
	if (!program_has_fixture("prosody"))
		return;
	static const char *const outputs[] = { "journal.jsonl", "result.json", "results.xml", "junit.xml",
		"report.html" };
	struct target *t = start_with_accounts();
	AUTO_TEXT path = fixed_target(t, NULL);
	struct outcome_of_program o = PROGRAM(
		folder, 240, "run", path, "--check", "messages/*,carbons/*,roster/*", "--trace", "--out", "report");
	ck_assert_msg(o.status <= 1, "status %d\n%s", o.status, buf_text(&o.out));
	json_t *result = read_result("report");
	ck_assert_int_gt(count_of(result, "pass"), 20);
	ck_assert_int_eq(count_of(result, "error"), 0);
	ck_assert_int_eq(count_of(result, "inconclusive"), 0);
	json_decref(result);
	search_output("standard output", &o.out);
	search_output("standard error", &o.err);
	for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
		struct err e;
		BUF_AUTO text = BUF_INIT;
		AUTO_TEXT file = memory_printf("%s/report/%s", folder, outputs[i]);
		ck_assert_msg(file_read(file, &text, &e) == 0, "%s: %s", file, e.message);
		ck_assert_uint_gt(text.len, 1000);
		search_output(outputs[i], &text);
	}
	program_release(&o);
	target_free(t);
}
END_TEST

START_TEST(account_that_cannot_log_in)
{
	if (!program_has_fixture("prosody"))
		return;
	struct target *t = start_with_accounts();
	AUTO_TEXT path = fixed_target(t, "not-the-password");
	struct outcome_of_program o = PROGRAM(folder, 60, "run", path, "--suite", "disco", "--out", "report");
	program_ended(&o, 2);
	ck_assert_ptr_nonnull(strstr(o.err.data, "romeo"));
	ck_assert_ptr_null(strstr(o.err.data, "not-the-password"));
	AUTO_TEXT out = memory_printf("%s/report", folder);
	ck_assert(!file_is_directory(out));
	program_release(&o);
	target_free(t);
}
END_TEST

/* ---- other ends ---- */

#define SCRIPT_HEAD "id own/%s\ntitle T\nactor phone romeo/phone\n---\ninclude common/online.inc phone\n"
#define FAILING                                                                                                        \
	"phone asks\n    <iq type=\"get\" to=\"${domain}\"><ping xmlns=\"urn:xmpp:ping\"/></iq>\n"                     \
	"phone is answered must XEP-0199#result as never-so\n    <iq type=\"error\"/>\n"

START_TEST(not_conforming)
{
	if (!program_has_fixture("prosody"))
		return;
	AUTO_TEXT text = memory_printf(SCRIPT_HEAD "%s", "fails", FAILING);
	AUTO_TEXT path = program_file(folder, "fails.scn", text);
	struct outcome_of_program o = PROGRAM(folder, 60, "run", path, "--out", "report");
	program_ended(&o, 1);
	ck_assert_ptr_nonnull(strstr(o.out.data, "own/fails/never-so"));
	json_t *result = read_result("report"), *check = json_array_get(json_object_get(result, "checks"), 0);
	ck_assert_int_eq(count_of(result, "fail"), 1);
	ck_assert_str_eq(json_string_value(json_object_get(check, "verdict")), "fail");
	ck_assert_ptr_nonnull(
		strstr(json_string_value(json_object_get(check, "message")), "'type' is 'result', expected 'error'"));
	json_decref(result);
	program_release(&o);
	/* the same, expected */
	AUTO_TEXT baseline = program_file(folder, "baseline.tsv", "own/fails/never-so\tfail\tit is written so\n");
	o = PROGRAM(folder, 60, "run", path, "--baseline", baseline, "--out", "report");
	program_ended(&o, 0);
	result = read_result("report");
	ck_assert_int_eq(count_of(result, "known"), 1);
	json_decref(result);
	program_release(&o);
}
END_TEST

START_TEST(preamble_that_fails)
{
	if (!program_has_fixture("prosody"))
		return;
	AUTO_TEXT text = memory_printf(
		SCRIPT_HEAD "phone gets within 100ms\n    <message id=\"nobody-sends-this\"/>\n%s", "stops", FAILING);
	AUTO_TEXT path = program_file(folder, "stops.scn", text);
	struct outcome_of_program o = PROGRAM(folder, 60, "run", path, "--out", "report");
	program_ended(&o, 1);
	json_t *result = read_result("report");
	ck_assert_int_eq(count_of(result, "inconclusive"), 1);
	ck_assert_int_eq(count_of(result, "fail"), 0);
	json_decref(result);
	program_release(&o);
}
END_TEST

START_TEST(postamble_always_runs)
{
	if (!program_has_fixture("prosody"))
		return;
	AUTO_TEXT text = memory_printf(SCRIPT_HEAD
		"phone gets within 100ms\n    <message id=\"nobody-sends-this\"/>\n%sfinally\nphone sends\n"
		"    <presence><status>the postamble ran</status></presence>\n",
		"ends", FAILING);
	AUTO_TEXT path = program_file(folder, "ends.scn", text);
	struct outcome_of_program o = PROGRAM(folder, 60, "run", path, "--trace", "--out", "report");
	ck_assert_ptr_nonnull(strstr(o.err.data, "the postamble ran"));
	program_release(&o);
}
END_TEST

START_TEST(over_its_deadline)
{
	if (!program_has_fixture("prosody"))
		return;
	AUTO_TEXT text = memory_printf(SCRIPT_HEAD
		"phone gets must XEP-0199#result within 20s\n    <message id=\"nobody-sends-this\"/>\n",
		"waits");
	AUTO_TEXT path = program_file(folder, "waits.scn", text);
	struct outcome_of_program o = PROGRAM(folder, 60, "run", path, "--limit", "1s", "--out", "report");
	program_ended(&o, 4);
	json_t *result = read_result("report");
	ck_assert_int_eq(count_of(result, "error"), 1); /* never a verdict on the server */
	json_decref(result);
	program_release(&o);
}
END_TEST

START_TEST(scansion_folder)
{
	if (!program_has_fixture("prosody"))
		return;
	free(program_file(folder, "ping.scs",
		"# Ping\n\n[Client] Romeo\n\tjid: romeo@localhost\n\tpassword: x\n\n-----\n\nRomeo connects\n\n"
		"Romeo sends:\n\t<iq type='get' id='p1' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>\n\n"
		"Romeo receives:\n\t<iq type='result' id='p1' from='localhost'/>\n\nRomeo receives: nothing\n\nRomeo disconnects\n"));
	free(program_file(folder, "wrong.scs",
		"# Wrong\n\n[Client] Romeo\n\tjid: romeo@localhost\n\tpassword: x\n\n-----\n\nRomeo connects\n\n"
		"Romeo sends:\n\t<iq type='get' id='p1' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>\n\n"
		"Romeo receives:\n\t<iq type='result' id='p2'/>\n"));
	struct outcome_of_program o = PROGRAM(folder, 60, "run", folder, "--out", "report");
	program_ended(&o, 1);
	json_t *result = read_result("report");
	ck_assert_int_eq(count_of(result, "pass"), 1);
	ck_assert_int_eq(count_of(result, "fail"), 1);
	json_decref(result);
	program_release(&o);
}
END_TEST

/* ---- interruption ---- */

/* Starts a long run and waits until it has told of a few scenarios. */
static pid_t start_long_run(int *err)
{
	int pipes[2];
	ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
	const char *binary = getenv("ASSAY_BINARY");
	AUTO_TEXT path = realpath(binary ? binary : "build/assay", NULL);
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		dup2(open("/dev/null", O_RDWR), 1);
		dup2(pipes[1], 2);
		if (chdir(folder) == 0)
			execl(path, "assay", "run", "--repeat", "200", "--suite", "messages", "--out", "report", NULL);
		_exit(126);
	}
	close(pipes[1]);
	*err = pipes[0];
	BUF_AUTO said = BUF_INIT;
	int lines = 0;
	char c;
	while (lines < 5 && read(pipes[0], &c, 1) == 1) {
		buf_add_char(&said, c);
		lines += c == '\n';
	}
	ck_assert_msg(lines == 5, "it ended too early and said: %s", buf_text(&said));
	return pid;
}

static void wait_end(pid_t pid, int err)
{
	char bytes[4096];
	int status;
	while (read(err, bytes, sizeof bytes) > 0)
		; /* to the end: every process that holds it is gone */
	close(err);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}

START_TEST(interrupted)
{
	if (!program_has_fixture("prosody"))
		return;
	int err;
	pid_t pid = start_long_run(&err);
	kill(pid, SIGINT);
	wait_end(pid, err);
	json_t *result = read_result("report");
	ck_assert(json_is_false(json_object_get(result, "complete")));
	ck_assert_int_gt(count_of(result, "pass"), 0);
	ck_assert_int_eq(count_of(result, "error"), 0);
	json_decref(result);
}
END_TEST

START_TEST(killed)
{
	if (!program_has_fixture("prosody"))
		return;
	int err;
	pid_t pid = start_long_run(&err);
	kill(pid, SIGKILL);
	wait_end(pid, err);
	struct outcome_of_program o = PROGRAM(folder, 30, "report", "report");
	ck_assert_msg(o.status <= 1, "status %d: %s", o.status, buf_text(&o.err));
	json_t *result = read_result("report");
	ck_assert(json_is_false(json_object_get(result, "complete")));
	ck_assert_int_gt(count_of(result, "pass"), 0);
	json_decref(result);
	program_release(&o);
}
END_TEST

START_TEST(lint_of_the_suites)
{
	struct outcome_of_program o = PROGRAM(NULL, 60, "lint");
	program_ended(&o, 0);
	ck_assert_ptr_nonnull(strstr(o.out.data, " 0 errors, 0 warnings"));
	program_release(&o);
}
END_TEST

Suite *suite_whole_run(void)
{
	Suite *s = suite_create("whole run");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 600);
	tcase_set_tags(c, "integration");
	tcase_add_test(c, lint_of_the_suites);
	tcase_add_test(c, prosody);
	tcase_add_test(c, ejabberd);
	tcase_add_test(c, prosody_13);
	tcase_add_test(c, drivers_agree);
	tcase_add_test(c, no_secret_leaves);
	tcase_add_test(c, account_that_cannot_log_in);
	tcase_add_test(c, not_conforming);
	tcase_add_test(c, preamble_that_fails);
	tcase_add_test(c, postamble_always_runs);
	tcase_add_test(c, over_its_deadline);
	tcase_add_test(c, scansion_folder);
	tcase_add_test(c, interrupted);
	tcase_add_test(c, killed);
	suite_add_tcase(s, c);
	return s;
}
