/* Runs with a client under test: the one that comes with Assay, right and wrong, and adapters that misbehave. */
#include "base/text.h"
#include "program.h"
#include "xml/xml.h"
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY "echo '{\"event\":\"ready\",\"contract\":1,\"client\":\"test\",\"version\":\"7\"}'\n"

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

/* The journal as text. */
static void read_journal(struct buf *text)
{
	struct err e;
	AUTO_TEXT path = memory_printf("%s/report/journal.jsonl", folder);
	ck_assert_msg(file_read(path, text, &e) == 0, "%s", e.message);
}

/* The verdict of a check in the journal; "" where it has none. The message, if wanted, is the caller's to free. */
static const char *verdict_of(const char *check, char **message)
{
	static char verdict[32];
	BUF_AUTO text = BUF_INIT;
	*verdict = 0;
	read_journal(&text);
	for (char *line = strtok(text.data, "\n"); line; line = strtok(NULL, "\n")) {
		json_t *event = json_loads(line, 0, NULL);
		const char *id = json_string_value(json_object_get(event, "id"));
		if (text_equal(json_string_value(json_object_get(event, "e")), "check") && text_equal(id, check)) {
			snprintf(verdict, sizeof verdict, "%s", json_string_value(json_object_get(event, "verdict")));
			if (message)
				*message = memory_copy_text(json_string_value(json_object_get(event, "message")));
		}
		json_decref(event);
	}
	return verdict;
}

/* On our own stream it does everything right. What libstrophe does wrong, its application cannot help: that is known (its baseline). */
static const struct {
	const char *name;
	bool known;
} right[] = { { "native", false }, { "strophe", true } };

START_TEST(right_client)
{
	if (!program_has_fixture("prosody"))
		return;
	struct outcome_of_program o = PROGRAM(folder, 120, "run", "--client", right[_i].name, "--out", "report");
	program_ended(&o, 0);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), " checks: "));
	ck_assert_msg((strstr(buf_text(&o.out), " known\n") != NULL) == right[_i].known, "%s", buf_text(&o.out));
	static const char *const none[] = { "fail", "weak", "inconclusive", "error", "unsupported" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ck_assert_msg(!strstr(buf_text(&o.out), none[i]), "%s", buf_text(&o.out));
	BUF_AUTO text = BUF_INIT;
	read_journal(&text);
	AUTO_TEXT named = memory_printf("\"client\":{\"name\":\"%s\"", right[_i].name);
	ck_assert_ptr_nonnull(strstr(buf_text(&text), named));
	ck_assert_ptr_nonnull(strstr(buf_text(&text), "\"e\":\"shown\""));
	ck_assert_ptr_nonnull(strstr(buf_text(&text),
		"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>[redacted]"));
	program_release(&o);
}
END_TEST

/* ---- clients that are wrong on purpose ---- */

static struct buf fault_list;
enum { FAULTS_MOST = 256 };
static struct {
	const char *name, *checks;
} faults[FAULTS_MOST];
static int fault_count;

static void read_faults(void)
{
	struct arena a = ARENA_INIT;
	struct err e;
	if (file_read(data_path(&a, "fixtures/clients/own/faults.tsv"), &fault_list, &e))
		abort();
	for (char *line = strchr(fault_list.data, '\n'); line && line[1];) {
		char *next = strchr(++line, '\n');
		if (next)
			*next = 0;
		char *what = strchr(line, '\t'), *checks = what ? strchr(what + 1, '\t') : NULL;
		if (!checks || fault_count == FAULTS_MOST)
			abort();
		*what = *checks = 0;
		faults[fault_count].name = line;
		faults[fault_count++].checks = checks + 1;
		line = next;
	}
	arena_release(&a);
}

/* What is wrong with how a fault was caught; nothing where it was as it should be. */
static void play_fault(int fault, struct buf *wrong)
{
	struct arena a = ARENA_INIT;
	struct vec checks = VEC_INIT;
	text_words(&a, faults[fault].checks, &checks);
	BUF_AUTO globs = BUF_INIT;
	for (size_t i = 0; i < checks.count; i++)
		buf_printf(&globs, "%s%s", i ? "," : "", (const char *)checks.items[i]);
	AUTO_TEXT option = memory_printf("ASSAY_CLIENT_FAULT=%s", faults[fault].name);
	struct outcome_of_program o = PROGRAM(folder, 180, "run", "--client", "strophe", "--client-option", option,
		"--check", checks.count ? buf_text(&globs) : "client-requests/*", "--within", "5s", "--out", "report");
	if (o.status != (strstr(buf_text(&o.out), " fail") ? 1 : 0))
		buf_printf(wrong, "status %d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	for (size_t i = 0; i < checks.count; i++) {
		const char *verdict = verdict_of(checks.items[i], NULL);
		if (!text_equal(verdict, "fail") && !text_equal(verdict, "weak"))
			buf_printf(wrong, "%s is '%s'\n", (const char *)checks.items[i], verdict);
	}
	if (!checks.count && (strstr(buf_text(&o.out), "fail") || strstr(buf_text(&o.out), "weak")))
		buf_printf(wrong, "what is no mistake is taken for one: %s", buf_text(&o.out));
	program_release(&o);
	vec_release(&checks);
	arena_release(&a);
}

/* A fault is mostly waited for: several are played at once, each by a process in a folder of its own. Returns where it writes. */
static FILE *begin_fault(int fault)
{
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		BUF_AUTO wrong = BUF_INIT;
		folder = program_folder();
		play_fault(fault, &wrong);
		program_remove(folder);
		_exit(write(ends[1], buf_text(&wrong), wrong.len) < 0);
	}
	close(ends[1]);
	return fdopen(ends[0], "r");
}

#define FAULTS_AT_ONCE 8

/* ASSAY_FAULTS=K/N plays every N-th only; without it all are played. */
static bool is_played(int fault)
{
	const char *share = getenv("ASSAY_FAULTS");
	int part, parts;
	return !share || sscanf(share, "%d/%d", &part, &parts) != 2 || parts < 1 || fault % parts == part % parts;
}

START_TEST(wrong_clients)
{
	FILE *children[FAULTS_AT_ONCE] = { NULL };
	BUF_AUTO wrong = BUF_INIT;
	int first = _i * FAULTS_AT_ONCE;
	char line[4096];
	if (!program_has_fixture("prosody"))
		return;
	for (int i = 0; i < FAULTS_AT_ONCE && first + i < fault_count; i++)
		children[i] = is_played(first + i) ? begin_fault(first + i) : NULL;
	for (int i = 0; i < FAULTS_AT_ONCE; i++) {
		if (!children[i])
			continue;
		while (fgets(line, sizeof line, children[i]))
			buf_printf(&wrong, "%s: %s", faults[first + i].name, line);
		fclose(children[i]);
		wait(NULL);
	}
	ck_assert_msg(wrong.len == 0, "%s", buf_text(&wrong));
}
END_TEST

/* ---- adapters that misbehave ---- */

static const struct {
	const char *script, *verdict, *words;
} adapters[] = {
	{ READY "read -r line; sleep 600", "error", "did not answer `connect` in time" },
	{ READY "read -r line; echo 'no display' >&2; exit 3", "error",
		"ended with status 3; its last words: no display" },
	{ READY "read -r line; yes '{\"event\":\"note\",\"text\":\"x\"}'", "error", "floods" },
	{ READY "read -r line; echo '{\"event\":\"seen\"}'; sleep 600", "error", "no event `seen`" },
	{ READY "read -r line; echo '{\"event\":\"message\",\"text\":\"x\"}'; sleep 600", "error", "no member 'from'" },
	{ READY "read -r line; echo '{\"event\":\"done\"}'; sleep 600", "error", "has not come to the gateway" },
	{ READY "read -r line; echo '{\"event\":\"failed\",\"text\":\"no network\"}'; read -r line", "inconclusive",
		"did not log in: no network" },
	{ READY "read -r line; echo '{\"event\":\"unsupported\"}'; read -r line", "unsupported", "cannot log in" },
	{ "sh -c \"sleep 60; : $ASSAY_PASSWORD\" & exec \"$ASSAY_PROGRAMS/assay-client-strophe\"", "error",
		"password on a command line" },
	{ READY "read -r line; exit 89", "unsupported", "cannot do this" },
	{ READY "read -r line; kill -SEGV $$", "inconclusive", "the client crashed" },
};

static void run_adapter(const char *script, struct outcome_of_program *o)
{
	AUTO_TEXT text =
		memory_printf("#!/bin/sh\n[ -n \"$ASSAY_JID\" ] || { " READY " read -r line; exit 0; }\n%s\n", script);
	AUTO_TEXT path = program_file(folder, "adapter", text);
	ck_assert_int_eq(chmod(path, 0700), 0);
	*o = PROGRAM(folder, 100, "run", "--client", "./adapter", "--suite", "client-contract", "--within", "500ms",
		"--out", "report");
}

START_TEST(misbehaving)
{
	struct outcome_of_program o;
	AUTO_TEXT message = NULL;
	if (!program_has_fixture("prosody"))
		return;
	run_adapter(adapters[_i].script, &o);
	const char *verdict = verdict_of("client-contract/conversation/connected", &message);
	ck_assert_msg(
		text_equal(verdict, adapters[_i].verdict), "'%s': %s", verdict, message ? message : buf_text(&o.err));
	ck_assert_msg(strstr(message, adapters[_i].words) != NULL, "'%s' lacks '%s'", message, adapters[_i].words);
	program_release(&o);
}
END_TEST

/* Its verdicts stay; that it had to be ended by force is told. */
START_TEST(ignores_quit)
{
	if (!program_has_fixture("prosody"))
		return;
	struct outcome_of_program o = PROGRAM(folder, 100, "run", "--client", "strophe", "--client-option",
		"ASSAY_CLIENT_FAULT=quit-ignored", "--suite", "client-contract", "--out", "report");
	program_ended(&o, 0);
	BUF_AUTO text = BUF_INIT;
	read_journal(&text);
	ck_assert_ptr_nonnull(strstr(buf_text(&text), "did not end when it was told to quit"));
	program_release(&o);
}
END_TEST

/* ---- command lines ---- */

static void refused(const struct outcome_of_program *o, const char *words)
{
	program_ended(o, 2);
	ck_assert_msg(strstr(buf_text(&o->err), words) != NULL, "%s", buf_text(&o->err));
}

START_TEST(command_lines)
{
	struct outcome_of_program o = PROGRAM(folder, 30, "run", "--client", "strohe");
	refused(&o, "did you mean strophe?");
	program_release(&o);
	o = PROGRAM(folder, 30, "run", "--client", "./nothing");
	refused(&o, "no program that can be started");
	program_release(&o);
	o = PROGRAM(folder, 30, "run", "example.org", "--client", "strophe");
	refused(&o, "in front of a fixture");
	program_release(&o);
	o = PROGRAM(folder, 30, "run", "--client-option", "A=b");
	refused(&o, "there is none");
	program_release(&o);
	o = PROGRAM(folder, 30, "run", "--client", "strophe", "--client-option", "a b");
	refused(&o, "KEY=VALUE");
	program_release(&o);
}
END_TEST

START_TEST(adapter_check)
{
	struct outcome_of_program o = PROGRAM(folder, 60, "adapter-check", "skeleton", "--offline");
	program_ended(&o, 0);
	ck_assert_ptr_null(strstr(buf_text(&o.out), "wrong"));
	program_release(&o);
	static const char *const scripts[][2] = {
		{ "exit 0", "ended with status 0" },
		{ READY "while read -r line; do echo '{\"event\":\"done\"}'; done", "is answered with `unsupported`" },
		{ READY "while read -r line; do echo '{\"event\":\"unsupported\"}'; done; sleep 60", "told to `quit`" },
		{ READY "while read -r line; do echo '{\"event\":\"connected\"}'; echo '{\"event\":\"unsupported\"}'; done",
			"no member 'jid'" },
	};
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		AUTO_TEXT text = memory_printf("#!/bin/sh\n%s\n", scripts[i][0]);
		AUTO_TEXT path = program_file(folder, "adapter", text);
		ck_assert_int_eq(chmod(path, 0700), 0);
		o = PROGRAM(folder, 60, "adapter-check", "./adapter", "--offline");
		program_ended(&o, 1);
		const char *wrong = strstr(buf_text(&o.out), "wrong  ");
		ck_assert_msg(wrong && strstr(wrong, scripts[i][1]), "%s", buf_text(&o.out));
		program_release(&o);
	}
}
END_TEST

/* A check that no row of the profile rests on would not be played. */
START_TEST(rows_have_every_check)
{
	struct outcome_of_program rows = PROGRAM(folder, 30, "list", "--profile", "client");
	struct outcome_of_program all = PROGRAM(folder, 30, "list", "--suite", "client-*");
	program_ended(&rows, 0);
	program_ended(&all, 0);
	ck_assert_uint_gt(rows.out.len, 10000);
	ck_assert_msg(
		strcmp(buf_text(&rows.out), buf_text(&all.out)) == 0, "suites/profiles/client.ini lacks some checks");
	program_release(&rows);
	program_release(&all);
}
END_TEST

/* The page is what the program prints. */
START_TEST(page_agrees)
{
	struct err e;
	BUF_AUTO kept = BUF_INIT;
	struct outcome_of_program o = PROGRAM(folder, 30, "adapter-check", "--page");
	program_ended(&o, 0);
	ck_assert_int_eq(file_read("docs/adapters.md", &kept, &e), 0);
	ck_assert_msg(strcmp(buf_text(&o.out), buf_text(&kept)) == 0, "docs/adapters.md is not what --page prints");
	program_release(&o);
}
END_TEST

Suite *suite_client_run(void)
{
	Suite *s = suite_create("client runs");
	TCase *t = tcase_create("client"), *wrong = tcase_create("wrong clients");
	read_faults();
	tcase_set_tags(t, "integration");
	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, right_client, 0, sizeof right / sizeof *right);
	tcase_add_loop_test(t, misbehaving, 0, (int)(sizeof adapters / sizeof *adapters));
	tcase_add_test(t, ignores_quit);
	tcase_add_test(t, command_lines);
	tcase_add_test(t, adapter_check);
	tcase_add_test(t, rows_have_every_check);
	tcase_add_test(t, page_agrees);
	suite_add_tcase(s, t);
	tcase_set_tags(wrong, "integration heavy");
	tcase_set_timeout(wrong, 300);
	tcase_add_checked_fixture(wrong, set_up, tear_down);
	tcase_add_loop_test(wrong, wrong_clients, 0, (fault_count + FAULTS_AT_ONCE - 1) / FAULTS_AT_ONCE);
	suite_add_tcase(s, wrong);
	return s;
}
