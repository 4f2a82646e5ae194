/* Accounts made and removed against real servers: by an administrator's commands, and by a program of the operator's.
 * A small suite is played with each; afterwards nobody is left but the administrator. */
#include "base/process.h"
#include "base/text.h"
#include "run/run.h"
#include "run/talk.h"
#include "scene.h"
#include "xml/redact.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ADMIN_PASSWORD "administrator-of-a-fixture"

static char folder[64];
static struct target *server;
static struct arena arena;

static void set_up(void)
{
	xml_start();
	strcpy(folder, "/tmp/assay-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chmod(folder, 0755), 0);
}

static void tear_down(void)
{
	target_free(server);
	server = NULL;
	directory_remove(folder);
	arena_release(&arena);
	redact_forget_all();
}

static bool start(const char *fixture)
{
	struct err e = { .class = ERR_NONE };
	AUTO_TEXT product = fixture_describe(fixture, &e);
	if (!product) {
		printf("SKIPPED fixture:%s: %s\n", fixture, e.message);
		return false;
	}
	server = fixture_start(fixture, NULL, &e);
	ck_assert_msg(server != NULL, "%s", e.message);
	char *argv[] = { data_path(&arena, arena_printf(&arena, "fixtures/servers/%s/register", fixture)),
		server->directory, "admin", ADMIN_PASSWORD, NULL };
	pid_t pid = fork();
	if (pid == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	return true;
}

static char *write_file(const char *name, mode_t mode, const char *text)
{
	struct err e;
	char *path = arena_printf(&arena, "%s/%s", folder, name);
	ck_assert_int_eq(file_write(path, text, strlen(text), &e), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
	return path;
}

static struct target *open_target(const char *accounts)
{
	struct err e = { .class = ERR_NONE };
	AUTO_TEXT text = memory_printf(
		"[target]\ndomain = %s\nhost = %s\nport = %d\nca = %s\n[accounts]\n%s[allow]\nregister = yes\ndelete = yes\n",
		server->domain, server->host, server->port, server->ca_file, accounts);
	struct target *t = target_load(write_file("target.ini", 0600, text), &e);
	ck_assert_msg(t != NULL, "%s: %s", e.where, e.message);
	return t;
}

/* Plays the suite of receipts; what it says of the server is not asked here, but that it could be played. */
static void play(struct target *t)
{
	struct err e = { .class = ERR_NONE };
	struct vec files = VEC_INIT, scenarios = VEC_INIT, errors = VEC_INIT;
	struct run_totals totals;
	ck_assert_int_eq(directory_files(&arena, data_path(&arena, "suites/receipts"), ".scn", &files, &e), 0);
	for (size_t i = 0; i < files.count; i++) {
		struct scenario *s = scenario_load(files.items[i], NULL, &errors);
		ck_assert_ptr_nonnull(s);
		vec_push(&scenarios, s);
	}
	const struct run_options options = {
		.driver = "native", .jobs = 2, .out = arena_printf(&arena, "%s/out", folder)
	};
	ck_assert_msg(run_scenarios(&options, t, &scenarios, &totals, &e) == 0, "%s: %s", e.where, e.message);
	ck_assert_uint_gt(totals.counts[VERDICT_PASS], 0);
	ck_assert_uint_eq(totals.counts[VERDICT_ERROR] + totals.counts[VERDICT_INCONCLUSIVE], 0);
	BUF_AUTO journal = BUF_INIT;
	ck_assert_int_eq(file_read(arena_printf(&arena, "%s/out/journal.jsonl", folder), &journal, &e), 0);
	ck_assert_ptr_null(strstr(journal.data, ADMIN_PASSWORD));
	size_t clean = 0;
	for (const char *at = journal.data; (at = strstr(at, "\"postamble\":\"ok\"")); at++)
		clean++;
	ck_assert_msg(clean == scenarios.count, "%s", strstr(journal.data, "\"postamble\""));
	for (size_t i = 0; i < scenarios.count; i++)
		scenario_free(scenarios.items[i]);
	vec_release(&scenarios);
	vec_release(&files);
}

/* Prosody keeps a file for each account. */
static void expect_accounts_of_prosody(void)
{
	struct err e;
	struct vec files = VEC_INIT;
	const char *kept = arena_printf(&arena, "%s/data/prosody%%2etest/accounts", server->directory);
	ck_assert_int_eq(directory_files(&arena, kept, ".dat", &files, &e), 0);
	ck_assert_uint_eq(files.count, 1);
	ck_assert(text_ends(files.items[0], "/admin.dat"));
	vec_release(&files);
}

/* ejabberd shows its accounts to an administrator as items of a node. */
static void expect_accounts_of_ejabberd(struct target *t)
{
	struct err e;
	struct talk k;
	struct driver *driver = driver_new("native", &e);
	int result = talk_begin(
		&k, driver, t, TRANSPORT_STARTTLS, "admin", ADMIN_PASSWORD, clock_now() + 10 * CLOCK_SECOND, &e);
	ck_assert_msg(result == 0, "%s", e.message);
	AUTO_TEXT request = memory_printf(
		"<iq type='get' to='%s'><query xmlns='" NS_DISCO_ITEMS "' node='all users'/></iq>", t->domain);
	const xmlNode *answer = talk_ask(&k, request, &e);
	ck_assert_msg(answer != NULL, "%s", e.message);
	const xmlNode *item = xml_find(answer, "item", NS_DISCO_ITEMS);
	ck_assert_ptr_nonnull(item);
	ck_assert_str_eq(xml_attribute(item, "jid"), "admin@ejabberd.test");
	ck_assert_ptr_null(xml_next(item, "item", NS_DISCO_ITEMS));
	talk_end(&k);
	driver_free(driver);
}

#define BY_ADMIN "provisioning = admin\n[admin]\nuser = admin\npassword = "

START_TEST(administrator_of_prosody)
{
	if (!start("prosody"))
		return;
	struct target *t = open_target(BY_ADMIN ADMIN_PASSWORD "\n");
	play(t);
	expect_accounts_of_prosody();
	target_free(t);
}
END_TEST

START_TEST(administrator_of_ejabberd)
{
	if (!start("ejabberd"))
		return;
	struct target *t = open_target(BY_ADMIN ADMIN_PASSWORD "\n");
	play(t);
	expect_accounts_of_ejabberd(t);
	target_free(t);
}
END_TEST

/* An account without the right to: the server's refusal is told, and it is none of the checks' verdicts. */
START_TEST(no_administrator)
{
	if (!start("prosody"))
		return;
	struct err e = { .class = ERR_NONE };
	struct features features = { 0 };
	struct target *t = open_target(BY_ADMIN "not-the-password\n");
	ck_assert_int_eq(run_discover(t, &features, &e), -1);
	ck_assert_int_eq(e.class, ERR_REFUSED);
	ck_assert_ptr_null(strstr(e.message, "not-the-password"));
	features_release(&features);
	target_free(t);
}
END_TEST

START_TEST(program_of_the_operator)
{
	if (!start("prosody"))
		return;
	AUTO_TEXT script = memory_printf(
		"#!/bin/sh\nset -eu\nread -r password\n"
		"echo \"$1 $2 $3\" >>'%s/record'\n"
		"as_owner() { if [ \"$(id -u)\" = 0 ]; then setpriv --reuid=nobody --regid=\"$(id -g nobody)\" --clear-groups "
		"-- \"$@\"; else \"$@\"; fi; }\n"
		"case $1 in\n"
		"create) as_owner prosodyctl --config '%s/prosody.cfg.lua' register \"$2\" \"$3\" \"$password\" >/dev/null ;;\n"
		"delete) as_owner prosodyctl --config '%s/prosody.cfg.lua' deluser \"$2@$3\" >/dev/null ;;\n"
		"esac\n",
		folder, server->directory, server->directory);
	write_file("account.sh", 0755, script);
	struct target *t = open_target("provisioning = command\ncommand = ./account.sh\n");
	play(t);
	expect_accounts_of_prosody();
	BUF_AUTO record = BUF_INIT;
	struct err e;
	ck_assert_int_eq(file_read(arena_printf(&arena, "%s/record", folder), &record, &e), 0);
	size_t made = 0, removed = 0;
	for (const char *at = record.data; *at; at = strchr(at, '\n') + 1) {
		made += text_starts(at, "create ");
		removed += text_starts(at, "delete ");
	}
	ck_assert_uint_gt(made, 0);
	ck_assert_uint_eq(made, removed);
	target_free(t);
}
END_TEST

Suite *suite_provision(void)
{
	Suite *s = suite_create("provision");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_set_tags(c, "integration");
	tcase_add_test(c, administrator_of_prosody);
	tcase_add_test(c, administrator_of_ejabberd);
	tcase_add_test(c, no_administrator);
	tcase_add_test(c, program_of_the_operator);
	suite_add_tcase(s, c);
	return s;
}
