/* A target that one process tells another: all that connecting needs arrives, and no password. */
#include "base/text.h"
#include "target/passing.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[32];

static void begin(void)
{
	strcpy(folder, "/tmp/assay-passing-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void end(void)
{
	AUTO_TEXT command = memory_printf("rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static struct target *load(const char *more)
{
	struct err e;
	AUTO_TEXT ca = memory_printf("%s/ca.pem", folder);
	AUTO_TEXT path = memory_printf("%s/mine.ini", folder);
	AUTO_TEXT text = memory_printf("[target]\ndomain = example.org\n%s[account romeo]\npassword = orchard\n"
				       "[account juliet]\npassword = balcony\n",
		more);
	ck_assert_int_eq(file_write(ca, "AUTHORITY\n", 10, &e), 0);
	ck_assert_int_eq(file_write(path, text, strlen(text), &e), 0);
	struct target *t = target_load(path, &e);
	ck_assert_msg(t != NULL, "%s", e.message);
	return t;
}

START_TEST(all_that_connecting_needs)
{
	struct err e;
	BUF_AUTO authority = BUF_INIT;
	struct target *t = load("host = 127.0.0.1\nport = 5299\ndirect-port = 5300\nca = ca.pem\n"
				"websocket = wss://example.org/ws\n");
	t->transport = TRANSPORT_WEBSOCKET;
	json_t *passed = target_pass(t, &e);
	char *text = json_dumps(passed, 0);
	ck_assert_ptr_null(strstr(text, "orchard"));
	ck_assert_ptr_null(strstr(text, "balcony"));
	free(text);
	AUTO_TEXT ca = memory_printf("%s/copy.pem", folder);
	struct target *other = target_passed(passed, ca, &e);
	ck_assert_str_eq(other->name, t->name);
	ck_assert_str_eq(other->domain, "example.org");
	ck_assert_str_eq(other->host, "127.0.0.1");
	ck_assert_str_eq(other->websocket, "wss://example.org/ws");
	ck_assert_ptr_null(other->bosh);
	ck_assert_str_eq(other->ca_file, ca);
	ck_assert(other->port == 5299 && other->direct_port == 5300 && other->verify &&
		other->transport == TRANSPORT_WEBSOCKET && other->fixture == 0);
	ck_assert_int_eq(file_read(ca, &authority, &e), 0);
	ck_assert_str_eq(authority.data, "AUTHORITY\n");
	json_decref(passed);
	target_free(other);
	target_free(t);
}
END_TEST

START_TEST(the_systems_authorities)
{
	struct err e;
	struct target *t = load("");
	json_t *passed = target_pass(t, &e);
	AUTO_TEXT ca = memory_printf("%s/copy.pem", folder);
	struct target *other = target_passed(passed, ca, &e);
	ck_assert_ptr_null(other->ca_file);
	ck_assert_ptr_null(other->host);
	ck_assert(!file_exists(ca));
	json_decref(passed);
	target_free(other);
	target_free(t);
}
END_TEST

START_TEST(what_is_no_target)
{
	struct err e;
	json_t *none = json_pack("{s:s, s:i}", "domain", "example.org", "transport", 17);
	ck_assert_ptr_null(target_passed(none, "unused", &e));
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	ck_assert_ptr_null(target_passed(NULL, "unused", &e));
	json_decref(none);
	struct target *t = load("ca = ca.pem\n");
	AUTO_TEXT ca = memory_printf("%s/ca.pem", folder);
	ck_assert_int_eq(unlink(ca), 0);
	ck_assert_ptr_null(target_pass(t, &e));
	target_free(t);
}
END_TEST

Suite *suite_passing(void)
{
	Suite *s = suite_create("target/passing");
	TCase *t = tcase_create("passing");
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, all_that_connecting_needs);
	tcase_add_test(t, the_systems_authorities);
	tcase_add_test(t, what_is_no_target);
	return s;
}
