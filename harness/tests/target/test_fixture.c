/* The real servers, started and stopped. Where one is not installed its tests say SKIPPED. */
#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "place.h"
#include "target/target.h"
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const fixtures[] = { "prosody", "ejabberd" };

static bool installed(const char *name)
{
	struct err e = { .class = ERR_NONE };
	AUTO_TEXT product = fixture_describe(name, &e);
	if (product) {
		ck_assert_msg(text_starts(product, name), "%s", product);
		return true;
	}
	ck_assert_msg(e.class == ERR_ENVIRONMENT && strstr(e.message, "apt-get install"), "%s", e.message);
	printf("SKIPPED fixture:%s: %s\n", name, e.message);
	return false;
}

static struct target *start(const char *name)
{
	struct err e = { .class = ERR_NONE };
	struct target *t = fixture_start(name, NULL, &e);
	ck_assert_msg(t != NULL, "%s: %s", e.where, e.message);
	return t;
}

static int reach(const char *host, int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	ck_assert_int_eq(inet_pton(AF_INET, host, &at.sin_addr), 1);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(s, (struct sockaddr *)&at, sizeof at) == 0)
		return s;
	close(s);
	return -1;
}

/* What the server says to a stream header. */
static void check_serves(const struct target *t)
{
	AUTO_TEXT hello = memory_printf("<stream:stream to='%s' version='1.0' xmlns='jabber:client' "
					"xmlns:stream='http://etherx.jabber.org/streams'>",
		t->domain);
	int s = reach(t->host, t->port);
	ck_assert_int_ge(s, 0);
	ck_assert_int_gt(send(s, hello, strlen(hello), MSG_NOSIGNAL), 0);
	BUF_AUTO answer = BUF_INIT;
	struct pollfd wait = { .fd = s, .events = POLLIN };
	while (!answer.len || !strstr(answer.data, "</stream:features>")) {
		char bytes[4096];
		ck_assert_int_eq(poll(&wait, 1, 10000), 1);
		ssize_t count = recv(s, bytes, sizeof bytes, 0);
		ck_assert_int_gt(count, 0);
		buf_add(&answer, bytes, (size_t)count);
	}
	close(s);
	ck_assert_ptr_nonnull(strstr(answer.data, t->domain));
	ck_assert_ptr_nonnull(strstr(answer.data, "<required/>")); /* STARTTLS */
	s = reach(t->host, t->direct_port);
	ck_assert_int_ge(s, 0);
	close(s);
}

static int run_script(const char *name, const char *script, const char *directory, const char *user)
{
	struct arena a = ARENA_INIT;
	char *folder = data_path(&a, "fixtures/servers");
	char *argv[] = { arena_printf(&a, "%s/%s/%s", folder, name, script), (char *)directory, (char *)user,
		"o'really \"$1\"", NULL };
	char *environment[] = { arena_printf(&a, "PATH=%s", getenv("PATH")), NULL };
	struct process p = PROCESS_INIT;
	struct err e;
	ck_assert_int_eq(process_start(&p, argv, environment, -1, 1, 2, &e), 0);
	ck_assert(process_ended(&p, clock_now() + 30 * CLOCK_SECOND));
	arena_release(&a);
	return WIFEXITED(p.status) ? WEXITSTATUS(p.status) : -1;
}

static int handle_of(pid_t pid)
{
	int handle = (int)syscall(SYS_pidfd_open, pid, 0);
	ck_assert_int_ge(handle, 0);
	return handle;
}

static void check_ended(int handle)
{
	struct pollfd wait = { .fd = handle, .events = POLLIN };
	ck_assert_int_eq(poll(&wait, 1, 10000), 1);
	close(handle);
}

START_TEST(start_and_stop)
{
	const char *name = fixtures[_i];
	if (!installed(name))
		return;
	struct target *t = start(name);
	AUTO_TEXT fixture = memory_printf("fixture:%s", name);
	ck_assert_str_eq(t->name, fixture);
	ck_assert(text_starts(t->product, name));
	ck_assert_int_eq(t->provisioning, PROVISION_REGISTER);
	ck_assert(t->allow_register && t->allow_delete && t->allow_flood && t->verify);
	ck_assert(file_exists(t->ca_file) && file_exists(t->baseline));
	check_serves(t);
	int64_t used = fixture_processor(t);
	ck_assert_int_gt(used, 0);
	ck_assert_int_eq(run_script(name, "register", t->directory, "romeo"), 0);
	ck_assert_int_ge(fixture_processor(t), used);
	int handle = handle_of(t->fixture);
	AUTO_TEXT directory = memory_copy_text(t->directory);
	AUTO_TEXT host = memory_copy_text(t->host);
	int port = t->port;
	target_free(t);
	check_ended(handle);
	ck_assert(!file_is_directory(directory));
	ck_assert_int_lt(reach(host, port), 0);
}
END_TEST

START_TEST(side_by_side)
{
	const char *name = fixtures[_i];
	if (!installed(name))
		return;
	struct target *first = start(name), *second = start(name);
	ck_assert_str_ne(first->directory, second->directory);
	ck_assert(first->port != second->port || !text_equal(first->host, second->host));
	check_serves(first);
	check_serves(second);
	target_free(first);
	check_serves(second);
	target_free(second);
}
END_TEST

/* The keeper is no child of this process: its work can only be looked for. */
static void check_removed(const char *directory)
{
	for (int64_t end = clock_now() + 10 * CLOCK_SECOND; file_is_directory(directory) && clock_now() < end;)
		poll(NULL, 0, 5);
	ck_assert(!file_is_directory(directory));
}

START_TEST(nothing_outlives_a_killed_parent)
{
	const char *name = fixtures[_i];
	int pipes[2];
	char text[512];
	if (!installed(name))
		return;
	ck_assert_int_eq(pipe(pipes), 0);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		struct target *t = fixture_start(name, NULL, NULL);
		dprintf(pipes[1], "%ld %s\n", t ? (long)t->fixture : 0, t ? t->directory : "");
		for (;;)
			pause();
	}
	close(pipes[1]);
	ssize_t length = read(pipes[0], text, sizeof text - 1);
	ck_assert_int_gt(length, 0);
	text[length] = 0;
	close(pipes[0]);
	char *directory = strchr(text, ' ') + 1;
	directory[strcspn(directory, "\n")] = 0;
	pid_t server = atoi(text);
	ck_assert_int_gt(server, 0);
	int handle = handle_of(server);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	check_ended(handle);
	check_removed(directory);
}
END_TEST

/* A worker that ends does not take the server with it. */
START_TEST(children_leave_it_alone)
{
	if (!installed("prosody"))
		return;
	struct target *t = start("prosody");
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		target_free(t);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert(file_is_directory(t->directory));
	check_serves(t);
	target_free(t);
}
END_TEST

/* A folder of fixtures of the test's own, with one that does as `script` says. */
static void use_fixture(const char *script)
{
	struct err e;
	ck_assert_int_eq(directory_make(place_path("fixtures/servers/odd"), &e), 0);
	chmod(place_file("fixtures/servers/odd/start", script), 0700);
	chmod(place_file("fixtures/servers/odd/describe", "#!/bin/sh\necho odd 1\n"), 0700);
	setenv("ASSAY_DATA", place_path(""), 1);
}

static const struct {
	const char *script, *message;
} failures[] = {
	{ "#!/bin/sh\necho 'odd is missing: apt-get install odd' >&2\nexit 69\n",
		"fixture:odd: odd is missing: apt-get install odd" },
	{ "#!/bin/sh\necho first\necho last words\necho\nexit 1\n", "did not start: it ended at once: last words" },
	{ "#!/bin/sh\necho 'in the log' >$1/server.log\nexit 0\n", "in the log" },
	{ "#!/nonexistent\n", "cannot be started" }, { "#!/bin/sh\nkill -9 $$\n", "it ended at once" },
	{ "#!/bin/sh\necho EADDRINUSE\nexit 1\n", "EADDRINUSE" }, /* and it is tried again */
};

START_TEST(failed_start)
{
	struct err e = { .class = ERR_NONE };
	use_fixture(failures[_i].script);
	ck_assert_ptr_null(fixture_start("odd", NULL, &e));
	ck_assert_int_eq(e.class, ERR_ENVIRONMENT);
	ck_assert_msg(strstr(e.message, failures[_i].message), "%s", e.message);
}
END_TEST

/* The environment of a script is its own: options come through, secrets do not. */
START_TEST(clean_environment)
{
	struct err e;
	struct vec options = VEC_INIT;
	use_fixture(
		"#!/bin/sh\necho \"$ASSAY_FIXTURE_MODULES,$ASSAY_PASSWORD,$PPID-$ASSAY_FIXTURE_PARENT,$ASSAY_FIXTURE_ADDRESS\"\nexit 1\n");
	setenv("ASSAY_PASSWORD", "unspeakable", 1);
	vec_push(&options, "ASSAY_FIXTURE_MODULES=fault");
	ck_assert_ptr_null(fixture_start("odd", &options, &e));
	AUTO_TEXT seen = memory_printf("fault,,%ld-%ld,127.", (long)getpid(), (long)getpid());
	ck_assert_msg(strstr(e.message, seen), "%s", e.message);
	vec_release(&options);
}
END_TEST

Suite *suite_fixture(void)
{
	Suite *s = suite_create("fixture");
	TCase *c = tcase_create("fixture");
	int count = (int)(sizeof fixtures / sizeof *fixtures);
	tcase_set_timeout(c, 120);
	tcase_set_tags(c, "integration");
	tcase_add_checked_fixture(c, place_begin, place_end);
	tcase_add_loop_test(c, start_and_stop, 0, count);
	tcase_add_loop_test(c, side_by_side, 0, count);
	tcase_add_loop_test(c, nothing_outlives_a_killed_parent, 0, count);
	tcase_add_test(c, children_leave_it_alone);
	tcase_add_loop_test(c, failed_start, 0, (int)(sizeof failures / sizeof *failures));
	tcase_add_test(c, clean_environment);
	suite_add_tcase(s, c);
	return s;
}
