/* A person as the adapter of a client: fixtures/clients/manual, played through a terminal in both languages; and how long is waited for one. */
#include "base/text.h"
#include "program.h"
#include "xml/xml.h"
#include <check.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 20000 /* ms for one thing to be said */

/* ---- the person ---- */

/* The adapter between two ends: the contract's, and the terminal's. */
struct sitting {
	pid_t pid;
	int commands, events, terminal;
	struct buf told, shown; /* by the adapter: to Assay, and on the terminal */
	size_t told_at, shown_at;
};

static void sit_down(struct sitting *s, const char *language)
{
	int in[2], out[2];
	AUTO_TEXT spoken = memory_printf("ASSAY_LANGUAGE=%s", language);
	AUTO_TEXT path = memory_printf("PATH=%s", getenv("PATH"));
	*s = (struct sitting){ .terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC) };
	ck_assert(s->terminal >= 0 && grantpt(s->terminal) == 0 && unlockpt(s->terminal) == 0);
	ck_assert(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	AUTO_TEXT where = memory_printf("ASSAY_TERMINAL=%s", ptsname(s->terminal));
	char *environment[] = { path, where, spoken, "ASSAY_JID=romeo@capulet.test", "ASSAY_PASSWORD=s3cret",
		"ASSAY_RESOURCE=phone", "ASSAY_HOST=127.0.0.1", "ASSAY_PORT=5222", NULL };
	s->pid = fork();
	if (s->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execle("fixtures/clients/manual/adapter", "adapter", (char *)NULL, environment);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	s->commands = in[1];
	s->events = out[0];
}

/* Waits until text stands behind what was heard before. */
static void hear(int descriptor, struct buf *heard, size_t *at, const char *text)
{
	char bytes[4096];
	const char *found;
	while (!(found = strstr(buf_text(heard) + *at, text))) {
		struct pollfd wait = { .fd = descriptor, .events = POLLIN };
		ck_assert_msg(
			poll(&wait, 1, PATIENCE) == 1, "'%s' did not come; there is: %s", text, buf_text(heard) + *at);
		ssize_t got = read(descriptor, bytes, sizeof bytes);
		ck_assert_msg(got > 0, "'%s' did not come before the end; there is: %s", text, buf_text(heard) + *at);
		buf_add(heard, bytes, (size_t)got);
	}
	*at = (size_t)(found - buf_text(heard)) + strlen(text);
}

static void put(int descriptor, const char *text)
{
	AUTO_TEXT line = memory_printf("%s\n", text);
	ck_assert(write(descriptor, line, strlen(line)) == (ssize_t)strlen(line));
}

/* One exchange: a command of Assay's, what the person reads, what they type, and what Assay is told. NULL: not. */
static const struct exchange {
	const char *command, *reads[2], *types, *told;
} conversation[] = {
	{ NULL, { NULL, NULL }, NULL,
		"{\"event\": \"ready\", \"contract\": 1, \"client\": \"manual\", \"version\": \"unknown\", \"slow\": 600, \"jobs\": 1}" },
	{ "send juliet@capulet.test hark", { NULL, NULL }, NULL,
		"{\"event\": \"failed\", \"text\": \"it is not online\"}" },
	{ "dance", { NULL, NULL }, NULL, "{\"event\": \"unsupported\"}" },
	{ "connect", { "address: romeo@capulet.test", "Adresse: romeo@capulet.test" }, NULL, NULL },
	{ NULL, { "password: s3cret", "Passwort: s3cret" }, NULL, NULL },
	{ NULL, { "STARTTLS: 127.0.0.1 5222", "STARTTLS: 127.0.0.1 5222" }, NULL, NULL },
	{ NULL, { "Enter: done", "Enter: getan" }, "",
		"{\"event\": \"connected\", \"jid\": \"romeo@capulet.test/phone\"}" },
	{ NULL, { "What is shown", "Was wird gezeigt" }, NULL, "{\"event\": \"done\"}" },
	{ "send juliet@capulet.test a\\nb", { "Write to juliet@capulet.test", "An juliet@capulet.test schreiben" },
		NULL, NULL },
	{ NULL, { "a\r\nb\r\n", "a\r\nb\r\n" }, NULL, NULL },
	{ NULL, { "Enter: done", "Enter: getan" }, "f", NULL },
	{ NULL, { "What does the client say?", "Was sagt der Client?" }, "no network",
		"{\"event\": \"failed\", \"text\": \"no network\"}" },
	{ NULL, { "What is shown", "Was wird gezeigt" }, "m", NULL },
	{ NULL, { "In whose chat?", "In wessen Gespräch?" }, "1", NULL },
	{ NULL, { "Shown as whose?", "Als wessen?" }, "", NULL },
	{ NULL, { "Its text", "Ihr Text" }, "hark \"größer\"", NULL },
	{ NULL, { "Signs on it?", "Zeichen daran?" }, "k",
		"{\"event\": \"message\", \"text\": \"hark \\\"größer\\\"\", \"corrected\": true, \"from\": \"juliet@capulet.test\"}" },
	{ NULL, { "What is shown", "Was wird gezeigt" }, "r", NULL },
	{ NULL, { "In whose chat?", "In wessen Gespräch?" }, "jul",
		"{\"event\": \"receipt\", \"from\": \"juliet@capulet.test\"}" },
	{ NULL, { "What is shown", "Was wird gezeigt" }, "p", NULL },
	{ NULL, { "In whose chat?", "In wessen Gespräch?" }, "nurse", NULL },
	{ NULL, { "How?", "Wie?" }, "o",
		"{\"event\": \"presence\", \"from\": \"nurse@capulet.test\", \"show\": \"offline\"}" },
	{ NULL, { "What is shown", "Was wird gezeigt" }, "y", NULL },
	{ NULL, { "none of the letters", "keiner der Buchstaben" }, NULL, NULL },
	{ NULL, { "What is shown", "Was wird gezeigt" }, "", "{\"event\": \"settled\"}" },
	{ "join room@muc.test romy",
		{ "Enter the room room@muc.test, as romy", "Den Raum room@muc.test betreten, als romy" }, NULL, NULL },
	{ NULL, { "Enter: done", "Enter: getan" }, "", "{\"event\": \"done\"}" },
	{ "list room@muc.test", { "Enter: done", "Enter: getan" }, "", NULL },
	{ NULL, { "or one more?", "oder noch eine?" }, "m", NULL },
	{ NULL, { "In whose chat?", "In wessen Gespräch?" }, "3", NULL },
	{ NULL, { "nickname", "Spitzname" }, "romy", NULL },
	{ NULL, { "Its text", "Ihr Text" }, "hello", NULL },
	{ NULL, { "Signs on it?", "Zeichen daran?" }, "",
		"{\"event\": \"listed\", \"text\": \"hello\", \"from\": \"room@muc.test\", \"room\": true, \"nick\": \"romy\", \"own\": true}" },
	{ NULL, { "or one more?", "oder noch eine?" }, "", "{\"event\": \"done\"}" },
	{ "block nurse@capulet.test", { "Enter: done", "Enter: getan" }, "u", "{\"event\": \"unsupported\"}" },
	{ "disconnect", { "Enter: done", "Enter: getan" }, "", "{\"event\": \"done\"}" },
	{ "quit", { "The scenario is over", "Das Szenario ist zu Ende" }, NULL, NULL },
};

START_TEST(person)
{
	struct sitting s;
	int status;
	sit_down(&s, _i ? "de" : "en");
	for (size_t i = 0; i < sizeof conversation / sizeof *conversation; i++) {
		const struct exchange *x = &conversation[i];
		if (x->command)
			put(s.commands, x->command);
		if (x->reads[_i])
			hear(s.terminal, &s.shown, &s.shown_at, x->reads[_i]);
		if (x->types)
			put(s.terminal, x->types);
		if (x->told)
			hear(s.events, &s.told, &s.told_at, x->told);
	}
	ck_assert(waitpid(s.pid, &status, 0) == s.pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "it ended with %d", status);
	ck_assert_ptr_null(strstr(buf_text(&s.told), "s3cret"));
	close(s.commands);
	close(s.events);
	close(s.terminal);
	buf_release(&s.told);
	buf_release(&s.shown);
}
END_TEST

/* Each text is there in both languages, with the same places for words. */
START_TEST(texts)
{
	struct err e;
	BUF_AUTO table = BUF_INIT;
	ck_assert_int_eq(file_read("fixtures/clients/manual/texts.tsv", &table, &e), 0);
	for (char *line = strtok(table.data, "\n"); line; line = strtok(NULL, "\n")) {
		const char *english = strchr(line, '\t'), *german = english ? strchr(english + 1, '\t') : NULL;
		ck_assert_msg(german && german > english + 1 && german[1] && !strchr(german + 1, '\t'), "%s", line);
		for (const char *at = german; at && (at = strchr(at, '{')); at++) {
			AUTO_TEXT place = memory_copy_bytes(at, 3);
			ck_assert_msg(strstr(english, place) < german, "%s", line);
		}
	}
}
END_TEST

/* ---- how long is waited for a person ---- */

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

/* A client that a program operates, and what a person would be: late, or sure that there is nothing. */
static const struct {
	const char *ready, *message, *verdict;
} people[] = {
	{ ",\"slow\":120", "sleep 2; printf '%s\\n' \"$line\"", "\"verdict\":\"pass\"" },
	{ "", "sleep 2; printf '%s\\n' \"$line\"", "\"verdict\":\"fail\"" },
	{ ",\"slow\":120", "sleep 2; echo '{\"event\":\"settled\"}'", "\"verdict\":\"fail\"" },
};

START_TEST(slow)
{
	struct err e;
	BUF_AUTO journal = BUF_INIT;
	if (!program_has_fixture("prosody"))
		return;
	AUTO_TEXT text =
		memory_printf("#!/bin/sh\n"
			      "\"$ASSAY_PROGRAMS/assay-client-strophe\" | while read -r line; do case $line in\n"
			      "*'\"event\":\"ready\"'*) printf '%%s%s}\\n' \"${line%%\\}}\" ;;\n"
			      "*'\"event\":\"message\"'*) %s ;;\n"
			      "*) printf '%%s\\n' \"$line\" ;; esac; done\n",
			people[_i].ready, people[_i].message);
	AUTO_TEXT path = program_file(folder, "adapter", text);
	ck_assert_int_eq(chmod(path, 0700), 0);
	struct outcome_of_program o = PROGRAM(folder, 60, "run", "--client", "./adapter", "--check",
		"client-contract/conversation/message", "--within", "1s", "--out", "report");
	AUTO_TEXT where = memory_printf("%s/report/journal.jsonl", folder);
	ck_assert_int_eq(file_read(where, &journal, &e), 0);
	const char *check = strstr(buf_text(&journal), "\"id\":\"client-contract/conversation/message\",\"");
	ck_assert_msg(check != NULL, "%s", buf_text(&o.err));
	for (const char *next; (next = strstr(check + 1, "\"id\":\"client-contract/conversation/message\",\""));)
		check = next;
	AUTO_TEXT line = memory_copy_bytes(check, strcspn(check, "\n"));
	ck_assert_msg(strstr(line, people[_i].verdict) != NULL, "%s", line);
	program_release(&o);
}
END_TEST

Suite *suite_manual(void)
{
	Suite *s = suite_create("a person as the adapter");
	TCase *t = tcase_create("person"), *waiting = tcase_create("waiting for a person");
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, person, 0, 2);
	tcase_add_test(t, texts);
	suite_add_tcase(s, t);
	tcase_set_tags(waiting, "integration");
	tcase_set_timeout(waiting, 120);
	tcase_add_checked_fixture(waiting, set_up, tear_down);
	tcase_add_loop_test(waiting, slow, 0, (int)(sizeof people / sizeof *people));
	suite_add_tcase(s, waiting);
	return s;
}
