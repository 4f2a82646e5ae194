/* The life of a fixture. What a server needs is in fixtures/servers/NAME; the contract is fixtures/README.md. */
#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "target/place.h"
#include "target/private.h"
#include "target/target.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_LIMIT    (60 * CLOCK_SECOND)
#define DESCRIBE_LIMIT (20 * CLOCK_SECOND)
#define LOOK_AGAIN     (5 * CLOCK_MILLISECOND) /* a refused connection tells nothing of when it will be accepted */
/* What the server holds is thrown away with it: one that says long goodbyes is killed. */
#define STOP_GRACE     (250 * CLOCK_MILLISECOND)
#define ATTEMPTS       5
#define STATUS_LACKING 69

struct fixture {
	struct process server, keeper;
	pid_t owner;
	struct place place;
};

/* ---- names and scripts ---- */

void fixture_names(struct arena *a, struct vec *names)
{
	const char *folder = data_path(a, "fixtures/servers");
	struct dirent **entries;
	int count = folder ? scandir(folder, &entries, NULL, alphasort) : -1;
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		if (text_is_slug(name) && access(arena_printf(a, "%s/%s/start", folder, name), X_OK) == 0)
			vec_push(names, arena_text(a, name));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

const char *fixture_folder(struct arena *a, const char *name, struct err *e)
{
	struct vec names = VEC_INIT;
	BUF_AUTO list = BUF_INIT;
	const char *found = NULL;
	fixture_names(a, &names);
	for (size_t i = 0; i < names.count; i++) {
		buf_printf(&list, "%sfixture:%s", i ? ", " : "", (char *)names.items[i]);
		if (text_equal(name, names.items[i]))
			found = arena_printf(a, "%s/%s", data_path(a, "fixtures/servers"), name);
	}
	if (!names.count)
		err_set(e, ERR_ENVIRONMENT, NULL,
			"the folder fixtures/servers is not found; set ASSAY_DATA to the folder that holds it");
	else if (!found) {
		const char *nearest = text_nearest(name, (const char *const *)names.items, names.count);
		err_set(e, ERR_USAGE, NULL, "there is no fixture '%s'%s%s; there are %s", name,
			nearest ? "; did you mean fixture:" : "", nearest ? nearest : "", buf_text(&list));
	}
	vec_release(&names);
	return found;
}

const char *last_line(struct arena *a, const char *text)
{
	const char *found = NULL;
	size_t length = 0;
	while (text && *text) {
		size_t size = strcspn(text, "\n");
		if (strspn(text, " \t\r") < size) {
			found = text;
			length = size;
		}
		text += size + (text[size] == '\n');
	}
	return found ? arena_bytes(a, found, length) : NULL;
}

char *fixture_describe(const char *name, struct err *e)
{
	struct arena a = ARENA_INIT;
	char *product = NULL;
	const char *folder = fixture_folder(&a, name, e);
	int pipes[2];
	if (folder && pipe2(pipes, O_CLOEXEC)) {
		err_set(e, ERR_ENVIRONMENT, NULL, "no pipe: %s", strerror(errno));
		folder = NULL;
	}
	if (folder) {
		char *argv[] = { arena_printf(&a, "%s/describe", folder), NULL };
		struct process p = PROCESS_INIT;
		char text[512] = "";
		size_t length = 0;
		int64_t deadline = clock_now() + DESCRIBE_LIMIT;
		int started = process_start(&p, argv, process_environment(&a, NULL), -1, pipes[1], pipes[1], e);
		close(pipes[1]);
		struct pollfd wait = { .fd = pipes[0], .events = POLLIN };
		while (started == 0 && length < sizeof text - 1 && poll(&wait, 1, clock_poll_timeout(deadline)) > 0) {
			ssize_t more = read(pipes[0], text + length, sizeof text - 1 - length);
			if (more <= 0)
				break;
			length += (size_t)more;
		}
		close(pipes[0]);
		if (started == 0 && !process_ended(&p, deadline)) {
			process_end(&p, 0);
			err_set(e, ERR_ENVIRONMENT, argv[0], "did not end in time");
		} else if (started == 0) {
			const char *line = last_line(&a, text);
			if (WIFEXITED(p.status) && WEXITSTATUS(p.status) == 0 && line)
				product = memory_copy_text(line);
			else
				err_set(e, ERR_ENVIRONMENT, NULL, "fixture:%s: %s", name,
					line ? line : "nothing is known about it");
		}
	}
	arena_release(&a);
	return product;
}

/* ---- waiting for it ---- */

/* Says hello and waits for an answer: a server may hold its port open long before it serves it. */
static bool answers(struct fixture *f, int s, const char *domain, int64_t deadline)
{
	AUTO_TEXT hello =
		memory_printf("<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:client' "
			      "xmlns:stream='http://etherx.jabber.org/streams'>",
			domain);
	char answer;
	if (send(s, hello, strlen(hello), MSG_NOSIGNAL) != (ssize_t)strlen(hello))
		return false;
	struct pollfd wait[] = { { .fd = s, .events = POLLIN }, { .fd = f->server.handle, .events = POLLIN } };
	poll(wait, 2, clock_poll_timeout(deadline));
	return (wait[0].revents & POLLIN) && recv(s, &answer, 1, MSG_DONTWAIT) == 1;
}

/* Waits until the server serves; the target that its script described, or NULL. */
static struct target *wait_ready(struct fixture *f, const char *directory, int64_t deadline, struct err *e)
{
	AUTO_TEXT path = memory_printf("%s/target.ini", directory);
	struct target *t = NULL;
	while (clock_now() < deadline) {
		int s = place_connect(&f->place);
		if (s >= 0) {
			bool loaded = t || (t = target_load(path, e));
			bool ready = loaded && answers(f, s, t->domain, deadline);
			close(s);
			if (ready)
				return t;
			if (!loaded)
				return NULL;
		}
		if (process_ended(&f->server, clock_now() + LOOK_AGAIN))
			break;
	}
	target_free(t);
	err_set(e, ERR_ENVIRONMENT, NULL, f->server.pid ? "it did not answer within %d s" : "it ended at once",
		(int)(START_LIMIT / CLOCK_SECOND));
	return NULL;
}

/* Why the server did not start: the last words of its script or of its log. True when an address was taken, so that
 * another is worth a try. */
static bool explain(struct arena *a, const char *name, const char *directory, const struct fixture *f, struct err *e)
{
	static const char *const logs[] = { "output.log", "server.log" };
	const char *words = NULL;
	bool taken = false;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		BUF_AUTO text = BUF_INIT;
		if (file_read(arena_printf(a, "%s/%s", directory, logs[i]), &text, NULL))
			continue;
		const char *line = last_line(a, buf_text(&text));
		if (line && !words)
			words = line;
		taken = taken || strcasestr(buf_text(&text), "eaddrinuse") || strcasestr(buf_text(&text), "in use");
	}
	bool lacking = !f->server.pid && WIFEXITED(f->server.status) && WEXITSTATUS(f->server.status) == STATUS_LACKING;
	if (lacking)
		err_set(e, ERR_ENVIRONMENT, NULL, "fixture:%s: %s", name, words ? words : "a package is missing");
	else
		err_set(e, ERR_ENVIRONMENT, NULL, "fixture:%s did not start: %s%s%s", name, e->message,
			words ? ": " : "", words ? words : "");
	return taken && !lacking;
}

/* ---- start and stop ---- */

static void fixture_end(struct fixture *f, const char *directory)
{
	process_end(&f->server, STOP_GRACE);
	directory_remove(directory);
	if (f->keeper.pid) {
		kill(f->keeper.pid, SIGKILL);
		process_ended(&f->keeper, CLOCK_FOREVER);
	}
}

/* A server that was asked to be wrong is named so wherever its product is: no report on it may pass for one on the
 * product. Takes `product`. */
static char *name_fault(char *product, const char *name, const struct vec *options)
{
	static const char option[] = "ASSAY_FIXTURE_FAULT=";
	for (size_t i = 0; options && i < options->count; i++) {
		const char *fault = options->items[i];
		if (!text_starts(fault, option) || !fault[strlen(option)])
			continue;
		char *named = memory_printf("%s with the fault %s", product ? product : name, fault + strlen(option));
		free(product);
		product = named;
	}
	return product;
}

/* One attempt. `again` is set when another may go better. */
static struct target *attempt(
	struct arena *a, const char *name, const char *folder, const struct vec *options, bool *again, struct err *e)
{
	struct fixture f = { .server = PROCESS_INIT, .keeper = PROCESS_INIT, .owner = getpid() };
	struct err local = { .class = ERR_NONE };
	*again = false;
	if (place_choose(&f.place, e))
		return NULL;
	char *directory = directory_temporary(e);
	if (!directory)
		return NULL;
	struct target *t = NULL;
	struct vec variables = VEC_INIT;
	vec_push(&variables, arena_printf(a, "ASSAY_FIXTURE_ADDRESS=%s", f.place.address));
	vec_push(&variables, arena_printf(a, "ASSAY_FIXTURE_PORT=%d", f.place.port));
	for (size_t i = 0; options && i < options->count; i++)
		vec_push(&variables, options->items[i]);
	char *argv[] = { arena_printf(a, "%s/start", folder), directory, NULL };
	int output = open(arena_printf(a, "%s/output.log", directory), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int started = output < 0
		? err_set(&local, ERR_ENVIRONMENT, directory, "no file can be made: %s", strerror(errno))
		: process_start(&f.server, argv, process_environment(a, &variables), -1, output, output, &local);
	vec_release(&variables);
	if (output >= 0)
		close(output);
	if (started == 0) {
		keeper_start(&f.keeper, &f.server, directory);
		/* While it starts, ask what it is. A fixture that cannot say is no worse a server. */
		char *product = name_fault(fixture_describe(name, NULL), name, options);
		t = wait_ready(&f, directory, clock_now() + START_LIMIT, &local);
		if (!t)
			*again = explain(a, name, directory, &f, &local);
		else
			t->product = product;
		if (!t)
			free(product);
	}
	if (!t) {
		fixture_end(&f, directory);
		free(directory);
		err_set(e, local.class, local.where, "%s", local.message);
		return NULL;
	}
	free(t->name);
	t->name = memory_printf("fixture:%s", name);
	t->fixture = f.server.pid;
	t->directory = directory;
	t->running = memory_alloc(sizeof f);
	*t->running = f;
	return t;
}

static int check_options(const struct vec *options, struct err *e)
{
	for (size_t i = 0; options && i < options->count; i++) {
		const char *option = options->items[i];
		size_t length = strspn(option, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		if (!length || option[length] != '=')
			return err_set(e, ERR_USAGE, NULL,
				"an option of a fixture is KEY=VALUE with a key in capitals, not '%s'", option);
	}
	return 0;
}

struct target *fixture_start(const char *name, const struct vec *options, struct err *e)
{
	if (check_options(options, e))
		return NULL;
	struct arena a = ARENA_INIT;
	struct target *t = NULL;
	bool again = true;
	const char *folder = fixture_folder(&a, name, e);
	for (int i = 0; folder && !t && again && i < ATTEMPTS; i++)
		t = attempt(&a, name, folder, options, &again, e);
	arena_release(&a);
	return t;
}

void fixture_stop(struct target *t)
{
	if (t->running->owner == getpid())
		fixture_end(t->running, t->directory);
	free(t->running);
	t->running = NULL;
	t->fixture = 0;
}

int64_t fixture_processor(const struct target *t)
{
	return t->fixture ? process_processor(t->fixture) : -1;
}
