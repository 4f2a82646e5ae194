/* `assay names` with a real resolver, whose zones are signed and not signed. */
#include "base/text.h"
#include "program.h"
#include "target/target.h"
#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MISSING 69

static char *folder;
static struct babbler service;
static pid_t resolver;
static char resolver_place[32];

/* A port of 127.0.0.1 that nobody uses. */
static int free_port(void)
{
	struct sockaddr_in place = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof place;
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(s, (struct sockaddr *)&place, length), 0);
	ck_assert_int_eq(getsockname(s, (struct sockaddr *)&place, &length), 0);
	close(s);
	return ntohs(place.sin_port);
}

static void become_resolver(int port, int said)
{
	struct arena a = ARENA_INIT;
	char *argv[] = { data_path(&a, "fixtures/dns/start"), arena_printf(&a, "%s/dns", folder), "127.0.0.1",
		arena_printf(&a, "%d", port), arena_printf(&a, "%d", service.port), "1", NULL };
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(said, 1);
	dup2(said, 2);
	execv(argv[0], argv);
	_exit(127);
}

/* Reads what the resolver says until it is ready; its whole words where it ended before. */
static bool wait_until_ready(int said, struct buf *words)
{
	char bytes[512];
	ssize_t got;
	buf_add_text(words, "");
	while ((got = read(said, bytes, sizeof bytes)) > 0) {
		buf_add(words, bytes, (size_t)got);
		buf_add_char(words, '\0');
		words->len--;
		if (strstr(words->data, "start of service"))
			return true;
	}
	return false;
}

/* Whether there is a resolver to test with. */
static bool start_resolver(void)
{
	int said[2], status, port = free_port();
	BUF_AUTO words = BUF_INIT;
	ck_assert_int_eq(pipe2(said, O_CLOEXEC), 0);
	resolver = fork();
	if (resolver == 0)
		become_resolver(port, said[1]);
	close(said[1]);
	snprintf(resolver_place, sizeof resolver_place, "127.0.0.1:%d", port);
	bool ready = wait_until_ready(said[0], &words);
	if (ready)
		return true; /* the pipe stays open for what it says later */
	ck_assert_int_eq(waitpid(resolver, &status, 0), resolver);
	resolver = 0;
	ck_assert_msg(
		WIFEXITED(status) && WEXITSTATUS(status) == MISSING, "the resolver does not start: %s", words.data);
	printf("SKIPPED: %s", words.data);
	return false;
}

static void set_up(void)
{
	folder = program_folder();
	service = babbler_start("", 0, 0);
	resolver = 0;
}

static void tear_down(void)
{
	if (resolver) {
		kill(resolver, SIGTERM);
		waitpid(resolver, NULL, 0);
	}
	babbler_stop(&service);
	program_remove(folder);
}

static json_t *look(const char *domain, int status)
{
	json_error_t fault;
	struct outcome_of_program o = PROGRAM(folder, 60, "names", domain, "--resolver", resolver_place, "--json");
	ck_assert_msg(o.status == status, "status %d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	json_t *all = json_loads(buf_text(&o.out), 0, &fault);
	ck_assert_msg(all != NULL, "%s", fault.text);
	program_release(&o);
	return all;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

/* How often the item was found, and with what worth. */
static unsigned found(const json_t *all, const char *item, const char *worth)
{
	size_t i;
	json_t *finding;
	unsigned count = 0;
	json_array_foreach(json_object_get(all, "findings"), i, finding)
		count += text_equal(text_of(finding, "item"), item) && text_equal(text_of(finding, "worth"), worth);
	return count;
}

static json_t *place_of(const json_t *all, size_t service_index, size_t place)
{
	json_t *one = json_array_get(json_object_get(all, "services"), service_index);
	return json_array_get(json_object_get(one, "places"), place);
}

START_TEST(signed_zone)
{
	if (!start_resolver())
		return;
	json_t *all = look("names.test", 1);
	static const char *const order[] = { "heavy.names.test", "light.names.test", "late.names.test" };
	for (size_t i = 0; i < 3; i++)
		ck_assert_str_eq(text_of(place_of(all, 0, i), "host"), order[i]);
	const json_t *clients = json_array_get(json_object_get(all, "services"), 0);
	const json_t *direct = json_array_get(json_object_get(all, "services"), 1);
	ck_assert(json_is_true(json_object_get(clients, "signed")));
	ck_assert(json_is_true(json_object_get(direct, "refused")));
	const json_t *address = json_array_get(json_object_get(place_of(all, 0, 0), "addresses"), 0);
	ck_assert_str_eq(text_of(address, "address"), "127.0.0.1");
	ck_assert(json_is_true(json_object_get(address, "accepts")));
	ck_assert_uint_eq(json_array_size(json_object_get(place_of(all, 0, 0), "tlsa")), 1);
	ck_assert(json_is_true(json_object_get(place_of(all, 0, 0), "tlsa_signed")));
	ck_assert_uint_eq(found(all, "partly-dead", "weak"), 1); /* late, by IPv6 */
	ck_assert_uint_eq(found(all, "alias", "fail"), 1);
	ck_assert_uint_eq(found(all, "all-dead", "fail"), 1); /* of the servers */
	ck_assert_uint_eq(found(all, "dead", "weak"), 2);
	ck_assert_uint_eq(found(all, "dane-unsigned", "fail"), 0);
	ck_assert_uint_eq(found(all, "not-signed", "weak"), 0);
	json_decref(all);
}
END_TEST

START_TEST(unsigned_zone)
{
	if (!start_resolver())
		return;
	json_t *all = look("unsigned.test", 1);
	ck_assert_uint_eq(found(all, "dane-unsigned", "fail"), 1);
	ck_assert_uint_eq(found(all, "not-signed", "weak"), 3);
	json_decref(all);
}
END_TEST

START_TEST(for_people)
{
	if (!start_resolver())
		return;
	struct outcome_of_program o = PROGRAM(folder, 60, "names", "names.test", "--resolver", resolver_place);
	static const char *const lines[] = { "clients, STARTTLS: _xmpp-client._tcp.names.test, signed\n",
		"clients, direct TLS: _xmpps-client._tcp.names.test, says that there is no such service\n",
		"servers, direct TLS: _xmpps-server._tcp.names.test, no record\n", "  TLSA 3 1 1\n",
		"::1 (accepts nothing)" };
	ck_assert_int_eq(o.status, 1);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		ck_assert_msg(strstr(buf_text(&o.out), lines[i]), "no '%s' in: %s", lines[i], buf_text(&o.out));
	program_release(&o);
}
END_TEST

static void expect_refused(struct outcome_of_program o, const char *text)
{
	ck_assert_msg(o.status == 2, "status %d: %s", o.status, buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.err), text), "no '%s' in: %s", text, buf_text(&o.err));
	ck_assert_uint_eq(o.out.len, 0);
	program_release(&o);
}

START_TEST(bad_input)
{
	expect_refused(PROGRAM(folder, 10, "names"), "one DOMAIN");
	expect_refused(PROGRAM(folder, 10, "names", "a.test", "b.test"), "one DOMAIN");
	expect_refused(PROGRAM(folder, 10, "names", "a b"), "'a b' is no domain");
	expect_refused(PROGRAM(folder, 10, "names", "a.test", "--resolver", "here"), "not 'here'");
	expect_refused(PROGRAM(folder, 10, "names", "a.test", "--resolver", "127.0.0.1:0"), "not '127.0.0.1:0'");
}
END_TEST

START_TEST(nobody_answers)
{
	AUTO_TEXT nobody = memory_printf("127.0.0.1:%d", free_port());
	struct outcome_of_program o = PROGRAM(folder, 60, "names", "a.test", "--resolver", nobody);
	ck_assert_msg(o.status != 0 && o.status != 1, "status %d", o.status);
	ck_assert_msg(strstr(buf_text(&o.err), "the resolver gives no answer"), "%s", buf_text(&o.err));
	program_release(&o);
}
END_TEST

Suite *suite_names_command(void);
Suite *suite_names_command(void)
{
	Suite *s = suite_create("names command");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_set_tags(c, "integration");
	tcase_add_test(c, signed_zone);
	tcase_add_test(c, unsigned_zone);
	tcase_add_test(c, for_people);
	tcase_add_test(c, bad_input);
	tcase_add_test(c, nobody_answers);
	suite_add_tcase(s, c);
	return s;
}
