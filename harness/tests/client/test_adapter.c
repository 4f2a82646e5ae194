/* Adapters that keep the contract, and those that do not: shell scripts, each started as a real one is. */
#include "base/process.h"
#include "base/text.h"
#include "client/adapter.h"
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READY "echo '{\"event\":\"ready\",\"contract\":1,\"client\":\"test\",\"version\":\"7\"}'\n"
/* Answers each command as the script's function `carry_out` does. */
#define LOOP "while read -r command rest; do [ \"$command\" = quit ] && exit 0; carry_out; done\n"

static struct loop *loop;
static struct adapter *adapter;
static struct buf events;
static bool told;
static unsigned answers; /* with `ready` */
static char *directory;

static void on_event(void *context, xmlDoc *doc, int64_t when)
{
	(void)context;
	ck_assert_int_gt(when, 0);
	xml_print(xml_root(doc), &events);
	buf_add_char(&events, '\n');
	xmlFreeDoc(doc);
}

static void on_answered(void *context)
{
	(void)context;
	answers++;
}

static void on_ended(void *context)
{
	(void)context;
	ck_assert(!told);
	told = true;
}

static void set_up(void)
{
	struct err e;
	xml_start();
	signal(SIGPIPE, SIG_IGN);
	loop = loop_new();
	told = false;
	answers = 0;
	directory = directory_temporary(&e);
	ck_assert_ptr_nonnull(directory);
}

static void tear_down(void)
{
	adapter_free(adapter);
	adapter = NULL;
	ck_assert(!file_exists(directory)); /* it was the adapter's */
	free(directory);
	loop_free(loop);
	buf_release(&events);
}

static void start(const char *script)
{
	struct err e;
	struct vec environment = VEC_INIT;
	static const struct adapter_callbacks callbacks = { on_event, on_answered, on_ended };
	AUTO_TEXT path = memory_printf("%s/adapter", directory);
	AUTO_TEXT own = memory_printf("ASSAY_DIRECTORY=%s", directory);
	ck_assert_int_eq(file_write(path, script, strlen(script), &e), 0);
	vec_push(&environment, own);
	char *argv[] = { "/bin/sh", path, NULL };
	const struct adapter_options options = { argv, &environment, directory };
	adapter = adapter_start(loop, &options, &callbacks, NULL, &e);
	ck_assert_msg(adapter != NULL, "%s", e.message);
	vec_release(&environment);
}

static void until_ready(void)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (!adapter_is_ready(adapter) && !adapter_has_ended(adapter) && clock_now() < end)
		loop_once(loop, end);
	ck_assert_msg(adapter_is_ready(adapter), "%s", adapter_error(adapter)->message);
}

static void until_answered(enum adapter_answer answer)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (adapter_answer(adapter) == ADAPTER_WAITS && !adapter_has_ended(adapter) && clock_now() < end)
		loop_once(loop, end);
	ck_assert_msg(
		adapter_answer(adapter) == answer, "%d: %s", adapter_answer(adapter), adapter_error(adapter)->message);
}

static void until_ended(enum err_class class, const char *words)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (!adapter_has_ended(adapter) && clock_now() < end)
		loop_once(loop, end);
	const struct err *e = adapter_error(adapter);
	ck_assert(adapter_has_ended(adapter));
	ck_assert(told);
	ck_assert_msg(e->class == class, "%s: %s", err_class_name(e->class), e->message);
	ck_assert_msg(strstr(e->message, words) != NULL, "'%s' lacks '%s'", e->message, words);
}

/* ---- one that keeps the contract ---- */

START_TEST(commands_and_events)
{
	start(READY
		"carry_out() { case $command in\n"
		"send) printf '%s\\n' '{\"event\":\"message\",\"from\":\"juliet@x\",\"text\":\"a \\u0007 <b> & \\u00fc\","
		"\"carbon\":true,\"delayed\":false,\"n\":3,\"nick\":null}'; echo; echo '{\"event\":\"done\"}' ;;\n"
		"block) echo '{\"event\":\"unsupported\",\"text\":\"no blocking\"}' ;;\n"
		"*) echo \"{\\\"event\\\":\\\"failed\\\",\\\"text\\\":\\\"$rest\\\"}\" ;; esac; }\n" LOOP);
	until_ready();
	ck_assert_str_eq(adapter_client(adapter), "test");
	ck_assert_str_eq(adapter_version(adapter), "7");
	adapter_say(adapter, "send juliet@x hark");
	until_answered(ADAPTER_DONE);
	ck_assert_str_eq(buf_text(&events),
		"<message xmlns='urn:assay:client:0' from='juliet@x' carbon='yes' n='3'>a "
		"\xef\xbf\xbd &lt;b&gt; &amp; \xc3\xbc</message>\n");
	adapter_say(adapter, "block juliet@x");
	until_answered(ADAPTER_UNSUPPORTED);
	ck_assert_str_eq(adapter_reason(adapter), "no blocking");
	adapter_say(adapter, "join there nobody");
	until_answered(ADAPTER_FAILED);
	ck_assert_str_eq(adapter_reason(adapter), "there nobody");
	ck_assert_uint_eq(answers, 4);
	ck_assert(adapter_end(adapter, clock_now() + 5 * CLOCK_SECOND));
	ck_assert(!told); /* who ends it knows */
}
END_TEST

START_TEST(environment_is_its_own)
{
	setenv("ASSAY_SECRET_OF_THE_CALLER", "x", 1);
	start(READY "carry_out() { echo \"{\\\"event\\\":\\\"failed\\\",\\\"text\\\":\\\"$ASSAY_DIRECTORY "
		    "${ASSAY_SECRET_OF_THE_CALLER:-none}\\\"}\"; }\n" LOOP);
	unsetenv("ASSAY_SECRET_OF_THE_CALLER");
	until_ready();
	adapter_say(adapter, "connect");
	until_answered(ADAPTER_FAILED);
	AUTO_TEXT wanted = memory_printf("%s none", directory);
	ck_assert_str_eq(adapter_reason(adapter), wanted);
}
END_TEST

/* ---- those that end ---- */

static const struct {
	const char *script;
	enum err_class class;
	const char *words;
} ends[] = {
	{ "exit 0", ERR_ENVIRONMENT, "ended with status 0" },
	{ "echo one >&2; echo 'no such library' >&2; exit 3", ERR_ENVIRONMENT,
		"ended with status 3; its last words: no such library" },
	{ READY "exit 89", ERR_UNSUPPORTED, "cannot do this" },
	{ READY "kill -SEGV $$", ERR_PROTOCOL, "crashed" },
	{ READY "kill -ABRT $$", ERR_PROTOCOL, "signal 6" },
	{ READY "kill -TERM $$", ERR_ENVIRONMENT, "signal 15" },
	{ READY "echo '{\"event\":\"crashed\",\"text\":\"out of memory\"}'; sleep 60", ERR_PROTOCOL, "out of memory" },
	{ READY "exec >&-; sleep 60", ERR_ENVIRONMENT, "closed its standard output" },
	{ "echo '{\"event\":\"connected\"}'; sleep 60", ERR_ENVIRONMENT, "first event was `connected`" },
	{ READY READY "sleep 60", ERR_ENVIRONMENT, "`ready` twice" },
	{ "echo '{\"event\":\"ready\"}'; sleep 60", ERR_ENVIRONMENT, "needs the members contract" },
	{ "echo '{\"event\":\"ready\",\"contract\":2,\"client\":\"x\",\"version\":\"1\"}'; sleep 60", ERR_ENVIRONMENT,
		"version 2 of the contract" },
	{ READY "echo '{\"event\":\"done\"}'; sleep 60", ERR_ENVIRONMENT, "no command was to be answered" },
	{ READY "echo hello; sleep 60", ERR_ENVIRONMENT, "no JSON" },
	{ READY "echo '[1]'; sleep 60", ERR_ENVIRONMENT, "no JSON object" },
	{ READY "echo '{\"from\":\"x\"}'; sleep 60", ERR_ENVIRONMENT, "a member 'event'" },
	{ READY "echo '{\"event\":\"Message\"}'; sleep 60", ERR_ENVIRONMENT, "of small letters" },
	{ READY "echo '{\"event\":\"message\",\"a b\":\"x\"}'; sleep 60", ERR_ENVIRONMENT, "no name of a member" },
	{ READY "echo '{\"event\":\"message\",\"x\":{}}'; sleep 60", ERR_ENVIRONMENT, "an event is flat" },
	/* Floods: of lines, of one line, of bytes in lines that are none. */
	{ READY "yes '{\"event\":\"note\"}'", ERR_ENVIRONMENT, "more than 10000 events" },
	{ READY "tr '\\0' x </dev/zero", ERR_ENVIRONMENT, "a line of more than" },
	{ READY "yes ''", ERR_ENVIRONMENT, "more than 8388608 bytes" },
};

START_TEST(what_ends_it)
{
	start(ends[_i].script);
	until_ended(ends[_i].class, ends[_i].words);
}
END_TEST

START_TEST(a_program_that_is_not_there)
{
	struct err e;
	char *argv[] = { "/nonexistent/adapter", NULL };
	static const struct adapter_callbacks callbacks = { on_event, on_answered, on_ended };
	const struct adapter_options options = { argv, NULL, directory };
	adapter = adapter_start(loop, &options, &callbacks, NULL, &e);
	ck_assert_ptr_nonnull(adapter);
	until_ended(ERR_ENVIRONMENT, "cannot be started");
}
END_TEST

/* What floods its standard error is read on, and only the end of it kept. */
START_TEST(long_complaints)
{
	start("i=0; while [ $i -lt 3000 ]; do echo \"complaint $i, which nobody reads\" >&2; i=$((i+1)); done\n" READY
	      "echo 'the last' >&2; exit 1");
	until_ended(ERR_ENVIRONMENT, "its last words: the last");
}
END_TEST

/* ---- those that do not end ---- */

static pid_t read_pid(void)
{
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT path = memory_printf("%s/child", directory);
	ck_assert_int_eq(file_read(path, &text, NULL), 0);
	return (pid_t)strtol(buf_text(&text), NULL, 10);
}

/* A process that was killed and is nobody's to wait for is gone within moments: its reaper is another process. */
static bool is_gone(pid_t pid)
{
	int64_t end = clock_now() + 10 * CLOCK_SECOND;
	while (kill(pid, 0) == 0 && clock_now() < end) {
		AUTO_TEXT path = memory_printf("/proc/%ld/stat", (long)pid);
		BUF_AUTO text = BUF_INIT;
		if (file_read(path, &text, NULL) || strstr(buf_text(&text), ") Z "))
			return true;
		loop_once(loop, clock_now() + 10 * CLOCK_MILLISECOND);
	}
	return kill(pid, 0) != 0;
}

#define WITH_CHILD "sleep 600 & echo $! >\"$ASSAY_DIRECTORY/child\"\n"

START_TEST(one_that_ignores_quit)
{
	start(WITH_CHILD "trap '' TERM\n" READY "while :; do read -r line || sleep 1; done");
	until_ready();
	pid_t child = read_pid();
	ck_assert_int_eq(kill(child, 0), 0);
	ck_assert(!adapter_end(adapter, clock_now() + 300 * CLOCK_MILLISECOND));
	ck_assert(is_gone(child));
}
END_TEST

/* It goes, and leaves the client behind. */
START_TEST(one_that_leaves_a_child_behind)
{
	start(WITH_CHILD READY "carry_out() { :; }\n" LOOP);
	until_ready();
	pid_t child = read_pid();
	/* The child holds the standard output open: that the script has ended shows only by its process. */
	ck_assert(!adapter_end(adapter, clock_now() + 300 * CLOCK_MILLISECOND));
	ck_assert(is_gone(child));
}
END_TEST

/* What stands on a command line is found, in it and in what it has started; what stands in its environment is not. */
START_TEST(secrets_on_command_lines)
{
	start("sh -c 'sleep 600; : in-the-child' &\n" READY "sleep 600");
	until_ready();
	int64_t end = clock_now() + 10 * CLOCK_SECOND;
	while (!adapter_shows(adapter, "in-the-child") && clock_now() < end) /* it may not have become what it is yet */
		loop_once(loop, clock_now() + 5 * CLOCK_MILLISECOND);
	ck_assert(adapter_shows(adapter, "in-the-child"));
	ck_assert(adapter_shows(adapter, "/bin/sh"));
	AUTO_TEXT variable = memory_printf("ASSAY_DIRECTORY=%s", directory);
	ck_assert(!adapter_shows(adapter, variable));
	ck_assert(!adapter_shows(adapter, "in-no-process"));
}
END_TEST

START_TEST(one_that_does_not_answer)
{
	start(WITH_CHILD READY "sleep 600");
	until_ready();
	pid_t child = read_pid();
	adapter_say(adapter, "connect");
	loop_once(loop, clock_now() + 50 * CLOCK_MILLISECOND);
	ck_assert_int_eq(adapter_answer(adapter), ADAPTER_WAITS);
	adapter_fail(adapter, ERR_ENVIRONMENT, "the adapter did not answer `%s`", "connect");
	until_ended(ERR_ENVIRONMENT, "did not answer `connect`");
	ck_assert(is_gone(child));
}
END_TEST

START_TEST(one_that_never_reads)
{
	start(READY "sleep 600");
	until_ready();
	AUTO_TEXT command = memory_alloc(100001);
	memset(command, 'x', 100000);
	adapter_say(adapter, command);
	until_ended(ERR_ENVIRONMENT, "does not read");
}
END_TEST

Suite *suite_adapter(void)
{
	Suite *s = suite_create("client/adapter");
	TCase *t = tcase_create("adapter");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, commands_and_events);
	tcase_add_test(t, environment_is_its_own);
	tcase_add_loop_test(t, what_ends_it, 0, (int)(sizeof ends / sizeof *ends));
	tcase_add_test(t, a_program_that_is_not_there);
	tcase_add_test(t, long_complaints);
	tcase_add_test(t, one_that_ignores_quit);
	tcase_add_test(t, one_that_leaves_a_child_behind);
	tcase_add_test(t, secrets_on_command_lines);
	tcase_add_test(t, one_that_does_not_answer);
	tcase_add_test(t, one_that_never_reads);
	suite_add_tcase(s, t);
	return s;
}
