#include "base/text.h"
#include "place.h"
#include "target/target.h"
#include "xml/redact.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TARGET    "[target]\ndomain = example.org\n"
#define COMPONENT "[component]\ndomain = bridge.example.org\nport = 5347\n"
#define ACCOUNT   "[account romeo]\npassword = julietscapulet\n"

/* Every fault is ERR_USAGE, at this line, and says this. */
static const struct {
	const char *text;
	int line;
	const char *message;
} faults[] = {
	{ "", 1, "no [target] section" },
	{ "# nothing\n", 1, "no [target] section" },
	{ "domain = example.org\n", 1, "before the first section" },
	{ "[target]\nhost = example.org\n", 1, "says no domain" },
	{ "[target\ndomain = example.org\n", 1, "closing bracket" },
	{ "[traget]\ndomain = example.org\n", 1, "did you mean 'target'" },
	{ "[zzzzzzzz]\n", 1, "there are target, accounts, account, admin, allow, claims, baseline, component, load" },
	{ "[]\n", 1, "there is no section ''" },
	{ "[target extra]\n", 1, "a word too many" },
	{ TARGET "domian = example.net\n", 3, "did you mean 'domain'" },
	{ TARGET "domain = example.net\n", 3, "stands in line 2 already" },
	{ TARGET "[target]\n", 3, "[target] stands in line 1 already" },
	{ TARGET "host\n", 3, "host has no value" },
	{ TARGET "host =\n", 3, "host has no value" },
	{ TARGET "  = value\n", 3, "there is no key ''" },
	{ "[target]\ndomain = two words\n", 2, "is no domain" },
	{ "[target]\ndomain = romeo@example.org\n", 2, "is no domain" },
	{ TARGET "host = example.org/x\n", 3, "neither a host name nor an address" },
	{ TARGET "port = many\n", 3, "port is a number" },
	{ TARGET "port = 65536\n", 3, "port is a number" },
	{ TARGET "direct-port = -1\n", 3, "direct-port is a number" },
	{ TARGET "port = 0\n" ACCOUNT, 1, "neither port nor direct-port" },
	{ TARGET "ca = missing.crt\n", 3, "there is no file" },
	{ TARGET "verify = maybe\n", 3, "verify is yes or no" },
	{ TARGET, 1, "there are no accounts" },
	{ TARGET "[accounts]\nprovisioning = fixed\n", 4, "there are no accounts" },
	{ TARGET "[accounts]\nprovisioning = registre\n", 4, "did you mean 'register'" },
	{ TARGET "[accounts]\nprovisioning = register\n", 4, "register = yes" },
	{ TARGET "[accounts]\nprovisioning = admin\n[allow]\nregister = yes\n", 4, "needs a section [admin]" },
	{ TARGET "[accounts]\nprovisioning = command\n[allow]\nregister = yes\n", 4, "needs command = PROGRAM" },
	{ TARGET "[accounts]\ncommand = true\n" ACCOUNT, 4, "is for provisioning = command" },
	{ TARGET "[accounts]\ncommand = ./nothing\n", 4, "is no program that can be run" },
	{ TARGET "[accounts]\npassword-file = nothing\n", 4, "there is no file" },
	{ TARGET "[accounts]\nprovisioning = register\n[allow]\nregister = yes\n" ACCOUNT, 7,
		"is for provisioning = fixed" },
	{ TARGET "[load]\nallow = perhaps\n", 4, "allow is yes or no" },
	{ TARGET "[load]\nmost-rate = 0\n", 4, "most-rate is a number from 1" },
	{ TARGET "[load]\nmost-connections = 1e3\n", 4, "most-connections is a number from 1" },
	{ TARGET "[load]\nmost-time = long\n", 4, "most-time is a time" },
	{ TARGET "[load]\nmost-tme = 5s\n", 4, "did you mean 'most-time'" },
	{ TARGET "[load]\nwithout-tls = yes\n", 4, "without-tls is no, loopback or anywhere" },
	{ TARGET "[load]\nwebsocket = wss://example.org/ws\n", 4, "websocket is a URL that begins with ws://" },
	{ TARGET "[load]\nbosh = https://example.org/bosh\n", 4, "bosh is a URL that begins with http://" },
	{ TARGET "websocket = ws://example.org/ws\n", 3, "websocket is a URL that begins with wss://" },
	{ TARGET "[account]\npassword = secretive\n", 3, "an account has a name" },
	{ TARGET "[account a b]\n", 3, "a word too many" },
	{ TARGET ACCOUNT ACCOUNT, 5, "stands in line 3 already" },
	{ TARGET ACCOUNT "[account other]\nuser = romeo\npassword = secretive\n", 5, "has a section already" },
	{ TARGET "[account romeo]\npasword = secretive\n", 4, "did you mean 'password'" },
	{ TARGET "[account romeo]\nuser = romeo@example.net\npassword = secretive\n", 3, "is not at example.org" },
	{ TARGET "[account romeo]\nuser = ro meo\npassword = secretive\n", 3, "is no user name" },
	{ TARGET "[account romeo]\npassword = half ;other\n", 4, "would be a comment" },
	{ TARGET "[account romeo]\npassword = a\npassword-env = HOME\n", 3, "is enough" },
	{ TARGET "[account romeo]\npassword-env = ASSAY_TEST_UNSET\n", 3, "ASSAY_TEST_UNSET" },
	{ TARGET "[account romeo]\nrole = owner\n", 3, "no password for romeo@example.org" },
	{ TARGET ACCOUNT "role = ownr\n", 5, "did you mean 'owner'" },
	{ TARGET ACCOUNT "[admin]\npassword = secretive\n", 5, "[admin] says no user" },
	{ TARGET ACCOUNT "[allow]\nregister = true\n", 6, "register is yes or no" },
	{ TARGET ACCOUNT "[allow]\nflod = yes\n", 6, "did you mean 'flood'" },
	{ TARGET ACCOUNT "[claims]\ncarbons = yes\n", 6, "one word a line" },
	{ TARGET ACCOUNT "[claims]\ntwo words\n", 6, "one word a line" },
	{ TARGET ACCOUNT "[baseline]\nfile = nothing.tsv\n", 6, "there is no file" },
	{ TARGET ACCOUNT "[component]\nport = 5347\nsecret = verysecret\n", 5, "[component] says no domain" },
	{ TARGET ACCOUNT "[component]\n", 5, "[component] says no domain" },
	{ TARGET ACCOUNT "[component]\ndomain = example.org\nport = 5347\nsecret = verysecret\n", 5, "is its own" },
	{ TARGET ACCOUNT "[component]\ndomain = x.example.org\nsecret = verysecret\n", 5, "[component] says no port" },
	{ TARGET ACCOUNT "[component]\ndomain = x.example.org\nport = 5347\n", 5, "[component] says no secret" },
	{ TARGET ACCOUNT "[component]\ndomain = a b\n", 6, "is no domain" },
	{ TARGET ACCOUNT "[component]\nhost = a/b\n", 6, "neither a host name nor an address" },
	{ TARGET ACCOUNT "[component]\nport = many\n", 6, "port is a number" },
	{ TARGET ACCOUNT "[component]\npasword = many\n", 6, "there is no key 'pasword'" },
	{ TARGET ACCOUNT "[component]\nsecret = half ;other\n", 6, "such a secret goes into a secret-file" },
	{ TARGET ACCOUNT "[component]\nsecret-file = nothing\n", 6, "there is no file" },
	{ TARGET ACCOUNT COMPONENT "secret = verysecret\nsecret-env = HOME\n", 5, "is enough" },
	{ TARGET ACCOUNT COMPONENT "secret-env = ASSAY_TEST_UNSET\n", 5, "ASSAY_TEST_UNSET" },
};

START_TEST(fault_has_its_line)
{
	const char *path = place_file("faulty.ini", faults[_i].text);
	struct err e = { .class = ERR_NONE };
	struct target *t = target_load(path, &e);
	AUTO_TEXT where = memory_printf("%s:%d", path, faults[_i].line);
	ck_assert_msg(!t, "was taken: %s", faults[_i].text);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_msg(text_equal(e.where, where), "%s instead of %s: %s", e.where, where, e.message);
	ck_assert_msg(strstr(e.message, faults[_i].message), "%s", e.message);
}
END_TEST

START_TEST(line_too_long)
{
	BUF_AUTO text = BUF_INIT;
	buf_add_text(&text, TARGET "name = ");
	for (int i = 0; i < 300; i++)
		buf_add_char(&text, 'x');
	struct err e;
	ck_assert_ptr_null(target_load(place_file("long.ini", text.data), &e));
	ck_assert_ptr_nonnull(strstr(e.where, "long.ini:3"));
	ck_assert_ptr_nonnull(strstr(e.message, "at most"));
}
END_TEST

START_TEST(not_a_text)
{
	struct err e;
	const char *path = place_path("binary.ini");
	ck_assert_int_eq(file_write(path, "[target]\0\n", 10, &e), 0);
	ck_assert_ptr_null(target_load(path, &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_ptr_null(target_load(place_path("nothing.ini"), &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(e.where, "nothing.ini"));
}
END_TEST

START_TEST(everything_is_read)
{
	place_file("ca.pem", "x");
	place_file("expected.tsv", "# none\n");
	place_file("one.secret", "swordfish mind;the;gap\nsecond line\n");
	place_file("many", "# users\nbenvolio  out of love \nmercutio@example.org queenmab\r\n");
	setenv("ASSAY_TEST_SECRET", "fromtheenvironment", 1);
	struct err e;
	struct target *t = target_load(
		place_file("example.ini",
			"; a comment\n# another\r\n[target]\ndomain = example.org\n\thost: 192.0.2.1 ; where it is\nport = 0\ndirect-port=5223\r\ns2s-port = 5270\n"
			"ca = ca.pem\nverify = no\n[accounts]\npassword-file = many\n"
			"[account romeo]\npassword = a=b:c;d#e\nrole = owner\n"
			"[account second]\nuser = juliet@EXAMPLE.org\npassword-env = ASSAY_TEST_SECRET\nrole = contact\n"
			"[account tybalt]\npassword-file = one.secret\n[account mercutio]\n"
			"[admin]\nuser = benvolio\n[allow]\nflood = yes\ndelete = no\n[claims]\ncarbons\nurn:xmpp:mam:2\n"
			"[baseline]\nfile = expected.tsv\n"),
		&e);
	ck_assert_msg(t != NULL, "%s %s", e.where, e.message);
	ck_assert_str_eq(t->name, "example");
	ck_assert_str_eq(t->domain, "example.org");
	ck_assert_str_eq(t->host, "192.0.2.1");
	ck_assert_int_eq(t->port, 0);
	ck_assert_int_eq(t->direct_port, 5223);
	ck_assert_int_eq(t->s2s_port, 5270);
	ck_assert_str_eq(t->ca_file, place_path("ca.pem"));
	ck_assert(!t->verify && t->allow_flood && !t->allow_register && !t->allow_delete);
	ck_assert_int_eq(t->provisioning, PROVISION_FIXED);
	static const char *const users[][3] = { { "romeo", "a=b:c;d#e", "owner" },
		{ "juliet", "fromtheenvironment", "contact" }, { "tybalt", "swordfish mind;the;gap", NULL },
		{ "mercutio", "queenmab", NULL } };
	ck_assert_uint_eq(t->accounts.count, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct target_account *a = t->accounts.items[i];
		ck_assert_str_eq(a->user, users[i][0]);
		ck_assert_str_eq(a->password, users[i][1]);
		ck_assert(text_equal(a->role, users[i][2]));
	}
	ck_assert_str_eq(t->admin->user, "benvolio");
	ck_assert_str_eq(t->admin->password, "out of love ");
	ck_assert_uint_eq(t->claims.count, 2);
	ck_assert_str_eq(t->claims.items[1], "urn:xmpp:mam:2");
	ck_assert_str_eq(t->baseline, place_path("expected.tsv"));
	/* Each password is known to the redaction. */
	BUF_AUTO text = BUF_INIT;
	buf_add_text(&text, "a=b:c;d#e fromtheenvironment queenmab swordfish mind;the;gap");
	redact_text(&text);
	ck_assert_ptr_null(strstr(text.data, "a=b"));
	ck_assert_ptr_null(strstr(text.data, "environment"));
	ck_assert_ptr_null(strstr(text.data, "queen"));
	ck_assert_ptr_null(strstr(text.data, "sword"));
	target_free(t);
}
END_TEST

START_TEST(provisioning_by_others)
{
	struct err e;
	const char *program = place_file("make-account", "#!/bin/sh\n");
	ck_assert_int_eq(chmod(program, 0700), 0);
	struct target *t = target_load(
		place_file("command.ini",
			TARGET
			"[accounts]\nprovisioning = command\ncommand = ./make-account\n[allow]\nregister = yes\n"),
		&e);
	ck_assert_msg(t != NULL, "%s %s", e.where, e.message);
	ck_assert_int_eq(t->provisioning, PROVISION_COMMAND);
	ck_assert(text_ends(t->command, "/./make-account"));
	target_free(t);
	t = target_load(
		place_file("admin.ini",
			TARGET
			"[accounts]\nprovisioning = admin\n[admin]\nuser = admin\npassword = verysecret\n[allow]\nregister = yes\ndelete = yes\n"),
		&e);
	ck_assert_msg(t != NULL, "%s %s", e.where, e.message);
	ck_assert_int_eq(t->provisioning, PROVISION_ADMIN);
	ck_assert_str_eq(t->admin->password, "verysecret");
	target_free(t);
	t = target_load(
		place_file("register.ini", TARGET "[accounts]\nprovisioning = register\n[allow]\nregister = yes\n"),
		&e);
	ck_assert_msg(t != NULL, "%s %s", e.where, e.message);
	ck_assert_int_eq(t->provisioning, PROVISION_REGISTER);
	ck_assert_int_eq(t->port, 5222);
	ck_assert(t->verify);
	target_free(t);
}
END_TEST

START_TEST(a_component)
{
	struct err e = { .class = ERR_NONE };
	place_file("bridge.secret", "verysecret\nno more\n");
	struct target *t =
		target_load(place_file("component.ini", TARGET ACCOUNT COMPONENT "secret-file = bridge.secret\n"), &e);
	ck_assert_msg(t != NULL, "%s %s", e.where, e.message);
	ck_assert_str_eq(t->component->domain, "bridge.example.org");
	ck_assert_str_eq(t->component->host, "example.org");
	ck_assert_str_eq(t->component->secret, "verysecret");
	ck_assert_int_eq(t->component->port, 5347);
	target_free(t);
	t = target_load(
		place_file("component.ini", COMPONENT "secret = otherwise\n" TARGET "host = 192.0.2.1\n" ACCOUNT), &e);
	ck_assert_msg(t != NULL, "%s %s", e.where, e.message);
	ck_assert_str_eq(t->component->host, "192.0.2.1");
	target_free(t);
	t = target_load(
		place_file("component.ini", TARGET ACCOUNT COMPONENT "secret = otherwise\nhost = 192.0.2.2\n"), &e);
	ck_assert_msg(t != NULL, "%s %s", e.where, e.message);
	ck_assert_str_eq(t->component->host, "192.0.2.2");
	target_free(t);
	BUF_AUTO shown = BUF_INIT;
	buf_add_text(&shown, "a verysecret b otherwise c");
	redact_text(&shown);
	ck_assert_str_eq(buf_text(&shown), "a [redacted] b [redacted] c");
	t = target_load(place_file("plain.ini", TARGET ACCOUNT), &e);
	ck_assert_ptr_null(t->component);
	target_free(t);
}
END_TEST

/* Nothing may be measured that does not say so, and then no more than it says. */
START_TEST(load_is_refused_unless_allowed)
{
	struct err e;
	struct target *t = target_load(place_file("plain.ini", TARGET ACCOUNT), &e);
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(target_allows_load(t, 1, 1, 1, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(e.message, "allow = yes in a section [load]"));
	target_free(t);
	t = target_load(
		place_file("open.ini", TARGET ACCOUNT "[load]\nallow = yes\nmost-rate = 20\nmost-time = 90s\n"), &e);
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(target_allows_load(t, 20, 100, 90 * CLOCK_SECOND, &e), 0);
	ck_assert_int_eq(target_allows_load(t, 20.5, 100, 90 * CLOCK_SECOND, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.message, "most-rate = 20"));
	ck_assert_int_eq(target_allows_load(t, 20, 101, 90 * CLOCK_SECOND, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.message, "most-connections = 100"));
	ck_assert_int_eq(target_allows_load(t, 20, 100, 91 * CLOCK_SECOND, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.message, "most-time = 90s"));
	target_free(t);
}
END_TEST

static const struct {
	const char *host, *load, *transport, *says; /* NULL: it is allowed */
} clear[] = {
	{ "127.0.0.1", "", NULL, "without-tls = loopback in a section [load]" },
	{ "127.0.0.1", "without-tls = no\n", NULL, "without-tls = loopback in a section [load]" },
	{ "127.0.0.1", "without-tls = loopback\n", NULL, NULL },
	{ "localhost", "without-tls = loopback\n", "starttls", NULL },
	{ "192.0.2.1", "without-tls = loopback\n", NULL, "192.0.2.1 is not on this machine's loopback" },
	{ "192.0.2.1", "without-tls = anywhere\n", NULL, NULL },
	{ "127.0.0.1", "without-tls = loopback\n", "direct", "over direct TLS there is nothing to measure" },
	{ "127.0.0.1", "without-tls = loopback\n", "ws", "no way over ws without TLS is known: say `websocket`" },
	{ "127.0.0.1", "without-tls = loopback\n", "bosh", "no way over bosh without TLS is known: say `bosh`" },
	{ "192.0.2.1", "without-tls = loopback\nwebsocket = ws://[::1]:5280/ws\n", "ws", NULL },
	{ "127.0.0.1", "without-tls = loopback\nbosh = http://192.0.2.1:5280/b\n", "bosh",
		"192.0.2.1 is not on this machine's loopback" },
	{ "127.0.0.1", "without-tls = loopback\n", "udp", "there is no transport 'udp'" },
};

START_TEST(without_tls_where_it_says_so)
{
	struct err e;
	AUTO_TEXT text =
		memory_printf(TARGET "host = %s\n" ACCOUNT "[load]\nallow = yes\n%s", clear[_i].host, clear[_i].load);
	struct target *t = target_load(place_file("clear.ini", text), &e);
	ck_assert_msg(t != NULL, "%s", e.message);
	int refused = target_choose_clear(t, clear[_i].transport, &e);
	ck_assert_msg(refused == (clear[_i].says ? -1 : 0), "%s", e.message);
	if (clear[_i].says) {
		ck_assert_int_eq(e.class, ERR_USAGE);
		ck_assert_msg(strstr(e.message, clear[_i].says) != NULL, "%s", e.message);
	}
	target_free(t);
}
END_TEST

Suite *suite_target_file(void)
{
	Suite *s = suite_create("target file");
	TCase *c = tcase_create("parse");
	tcase_add_checked_fixture(c, place_begin, place_end);
	tcase_add_loop_test(c, fault_has_its_line, 0, (int)(sizeof faults / sizeof *faults));
	tcase_add_test(c, load_is_refused_unless_allowed);
	tcase_add_loop_test(c, without_tls_where_it_says_so, 0, (int)(sizeof clear / sizeof *clear));
	tcase_add_test(c, line_too_long);
	tcase_add_test(c, not_a_text);
	tcase_add_test(c, everything_is_read);
	tcase_add_test(c, provisioning_by_others);
	tcase_add_test(c, a_component);
	suite_add_tcase(s, c);
	return s;
}
