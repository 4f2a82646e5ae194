#include "client/adapter.h"
#include "base/process.h"
#include "base/text.h"
#include "client/event.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MOST    ((size_t)4096)            /* of its standard error that are kept */
#define END_GRACE     (200 * CLOCK_MILLISECOND) /* between the end of its output and its own */
#define READS_AT_ONCE 16

struct adapter {
	struct loop *loop;
	struct adapter_callbacks callbacks;
	void *context;
	struct process process, keeper;
	char *directory;
	int input, output, errors; /* our ends of its pipes; -1 closed */
	struct buf line, words;    /* what has come of a line; the end of its standard error */
	char last_words[256];
	size_t bytes, events;
	bool ready, asked, ended;
	bool by_itself; /* its end was */
	enum adapter_answer answer;
	char reason[512], client[128], version[128];
	int64_t slow, jobs;
	struct err error;
};

/* ---- its end ---- */

static void close_pipe(struct adapter *a, int *descriptor)
{
	if (*descriptor < 0)
		return;
	if (descriptor != &a->input)
		loop_watch(a->loop, *descriptor, NULL, NULL);
	close(*descriptor);
	*descriptor = -1;
}

static void close_pipes(struct adapter *a)
{
	close_pipe(a, &a->input);
	close_pipe(a, &a->output);
	close_pipe(a, &a->errors);
}

/* Only the end of it is kept: it is for people, where something went wrong. */
static void read_errors(void *context)
{
	struct adapter *a = context;
	char bytes[4096];
	for (int i = 0; i < READS_AT_ONCE && a->errors >= 0; i++) {
		ssize_t got = read(a->errors, bytes, sizeof bytes);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			return;
		if (got <= 0) {
			close_pipe(a, &a->errors);
			return;
		}
		buf_add(&a->words, bytes, (size_t)got);
		if (a->words.len > WORDS_MOST)
			buf_consume(&a->words, a->words.len - WORDS_MOST);
	}
}

static bool is_fault(int signal)
{
	return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE || signal == SIGABRT;
}

/* With what came on its standard error, where that says more. */
static void set_error(struct adapter *a, enum err_class class, const char *text)
{
	read_errors(a);
	const char *words = adapter_last_words(a);
	if (a->error.class == ERR_NONE)
		err_set(&a->error, class, NULL, "%s%s%s", text, *words ? "; its last words: " : "", words);
}

static void explain_status(struct adapter *a, bool by_itself)
{
	char text[160];
	int status = a->process.status;
	if (a->error.class != ERR_NONE)
		return;
	if (!by_itself) {
		set_error(a, ERR_ENVIRONMENT, "the adapter closed its standard output, and went on");
	} else if (WIFSIGNALED(status) && is_fault(WTERMSIG(status))) {
		snprintf(text, sizeof text, "the client crashed: its process was ended by signal %d (%s)",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
		set_error(a, ERR_PROTOCOL, text);
	} else if (WIFSIGNALED(status)) {
		snprintf(text, sizeof text, "the adapter was ended by signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
		set_error(a, ERR_ENVIRONMENT, text);
	} else if (WEXITSTATUS(status) == ADAPTER_EXIT_UNSUPPORTED) {
		set_error(a, ERR_UNSUPPORTED, "the adapter says that the client cannot do this");
	} else {
		snprintf(text, sizeof text, "the adapter ended with status %d", WEXITSTATUS(status));
		set_error(a, ERR_ENVIRONMENT, text);
	}
}

/* Takes it and all of its group away. */
static void put_away(struct adapter *a)
{
	process_kill_group(&a->process);
	close_pipes(a);
}

static void tell_answer(const struct adapter *a)
{
	if (a->callbacks.answered)
		a->callbacks.answered(a->context);
}

static void tell_end(struct adapter *a)
{
	if (a->ended)
		return;
	a->ended = true;
	if (a->callbacks.ended)
		a->callbacks.ended(a->context);
}

void adapter_fail(struct adapter *a, enum err_class class, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	set_error(a, class, text);
	put_away(a);
	tell_end(a);
}

/* ---- what it says ---- */

/* A number that `ready` may have. */
static bool take_number(const xmlNode *event, const char *name, int64_t most, int64_t *number)
{
	const char *value = xml_attribute(event, name);
	return !value || text_to_number(value, 1, most, number) == 0;
}

static void take_ready(struct adapter *a, const xmlNode *event)
{
	const char *contract = xml_attribute(event, "contract"), *client = xml_attribute(event, "client"),
		   *version = xml_attribute(event, "version");
	int64_t number;
	if (a->ready) {
		adapter_fail(a, ERR_ENVIRONMENT, "the adapter said `ready` twice");
	} else if (!contract || text_to_number(contract, 0, INT32_MAX, &number) || !client || !*client || !version) {
		adapter_fail(a, ERR_ENVIRONMENT, "`ready` needs the members contract, client and version");
	} else if (number != ADAPTER_CONTRACT) {
		adapter_fail(a, ERR_ENVIRONMENT,
			"the adapter keeps version %lld of the contract, and this is version %d", (long long)number,
			ADAPTER_CONTRACT);
	} else if (!take_number(event, "slow", ADAPTER_SLOW_MOST, &a->slow) ||
		!take_number(event, "jobs", ADAPTER_JOBS_MOST, &a->jobs)) {
		adapter_fail(a, ERR_ENVIRONMENT,
			"`slow` is a number of seconds from 1 to %d, and `jobs` one from 1 to %d", ADAPTER_SLOW_MOST,
			ADAPTER_JOBS_MOST);
	} else {
		a->ready = true;
		snprintf(a->client, sizeof a->client, "%s", client);
		snprintf(a->version, sizeof a->version, "%s", version);
		tell_answer(a);
	}
}

static void take_answer(struct adapter *a, const xmlNode *event, enum adapter_answer answer)
{
	AUTO_TEXT text = xml_text(event);
	if (!a->asked) {
		adapter_fail(a, ERR_ENVIRONMENT, "the adapter said `%s`, and no command was to be answered",
			(const char *)event->name);
		return;
	}
	a->asked = false;
	a->answer = answer;
	snprintf(a->reason, sizeof a->reason, "%s", text ? text : "");
	tell_answer(a);
}

/* Takes the document. */
static void take_event(struct adapter *a, xmlDoc *doc)
{
	static const struct {
		const char *name;
		enum adapter_answer answer;
	} answers[] = { { "done", ADAPTER_DONE }, { "failed", ADAPTER_FAILED },
		{ "unsupported", ADAPTER_UNSUPPORTED } };
	const xmlNode *event = xml_root(doc);
	const char *name = (const char *)event->name;
	bool taken = true;
	if (text_equal(name, "ready")) {
		take_ready(a, event);
	} else if (!a->ready) {
		adapter_fail(a, ERR_ENVIRONMENT, "the adapter's first event was `%.40s`, and not `ready`", name);
	} else if (text_equal(name, "crashed")) {
		AUTO_TEXT text = xml_text(event);
		adapter_fail(
			a, ERR_PROTOCOL, "the client crashed: %.300s", text && *text ? text : "its adapter says so");
	} else {
		taken = false;
		for (size_t i = 0; i < sizeof answers / sizeof *answers && !taken; i++)
			if ((taken = text_equal(name, answers[i].name)))
				take_answer(a, event, answers[i].answer);
	}
	if (taken || !a->callbacks.event)
		xmlFreeDoc(doc);
	else
		a->callbacks.event(a->context, doc, clock_now());
}

static void take_line(struct adapter *a, const char *line, size_t length)
{
	struct err e;
	if (strspn(line, " \t\r") == length)
		return;
	if (++a->events > ADAPTER_EVENTS_MOST) {
		adapter_fail(a, ERR_ENVIRONMENT, "the adapter floods: more than %d events came", ADAPTER_EVENTS_MOST);
		return;
	}
	xmlDoc *doc = event_read(line, length, &e);
	if (doc)
		take_event(a, doc);
	else
		adapter_fail(a, ERR_ENVIRONMENT, "the adapter breaks the contract: %s", e.message);
}

static void take_bytes(struct adapter *a, const char *bytes, size_t count)
{
	a->bytes += count;
	buf_add(&a->line, bytes, count);
	char *start = a->line.data, *newline;
	while (!a->ended && (newline = memchr(start, '\n', a->line.len - (size_t)(start - a->line.data)))) {
		*newline = 0;
		take_line(a, start, (size_t)(newline - start));
		start = newline + 1;
	}
	buf_consume(&a->line, (size_t)(start - a->line.data));
	if (a->ended)
		return;
	if (a->line.len > ADAPTER_LINE_MOST)
		adapter_fail(a, ERR_ENVIRONMENT, "the adapter floods: a line of more than %zu bytes came",
			ADAPTER_LINE_MOST);
	else if (a->bytes > ADAPTER_BYTES_MOST)
		adapter_fail(a, ERR_ENVIRONMENT, "the adapter floods: more than %zu bytes came", ADAPTER_BYTES_MOST);
}

static void output_ended(struct adapter *a)
{
	struct pollfd wait = { .fd = a->process.handle, .events = POLLIN };
	close_pipe(a, &a->output);
	if (wait.fd >= 0)
		poll(&wait, 1, clock_poll_timeout(clock_now() + END_GRACE));
	a->by_itself = process_kill_group(&a->process);
	explain_status(a, a->by_itself);
	close_pipes(a);
	tell_end(a);
}

static void read_output(void *context)
{
	struct adapter *a = context;
	char bytes[16384];
	for (int i = 0; i < READS_AT_ONCE && a->output >= 0 && !a->ended; i++) {
		ssize_t got = read(a->output, bytes, sizeof bytes);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			output_ended(a);
			return;
		}
		take_bytes(a, bytes, (size_t)got);
	}
}

/* ---- life ---- */

static int open_pipes(struct adapter *a, int theirs[3])
{
	int pipes[3][2];
	for (int i = 0; i < 3; i++) {
		if (pipe2(pipes[i], O_CLOEXEC) == 0)
			continue;
		while (i-- > 0) {
			close(pipes[i][0]);
			close(pipes[i][1]);
		}
		return -1;
	}
	a->input = pipes[0][1];
	a->output = pipes[1][0];
	a->errors = pipes[2][0];
	theirs[0] = pipes[0][0];
	theirs[1] = pipes[1][1];
	theirs[2] = pipes[2][1];
	const int ours[] = { a->input, a->output, a->errors };
	for (int i = 0; i < 3; i++)
		fcntl(ours[i], F_SETFL, O_NONBLOCK);
	return 0;
}

struct adapter *adapter_start(struct loop *l, const struct adapter_options *options,
	const struct adapter_callbacks *callbacks, void *context, struct err *e)
{
	int theirs[3];
	struct arena arena = ARENA_INIT;
	struct adapter *a = memory_alloc(sizeof *a);
	*a = (struct adapter){ .loop = l,
		.callbacks = *callbacks,
		.context = context,
		.process = PROCESS_INIT,
		.keeper = PROCESS_INIT,
		.directory = memory_copy_text(options->directory),
		.input = -1,
		.output = -1,
		.errors = -1 };
	if (open_pipes(a, theirs)) {
		err_set(e, ERR_ENVIRONMENT, NULL, "no pipe: %s", strerror(errno));
		adapter_free(a);
		return NULL;
	}
	int started = process_start(&a->process, options->argv, process_environment(&arena, options->environment),
		theirs[0], theirs[1], theirs[2], e);
	for (int i = 0; i < 3; i++)
		close(theirs[i]);
	arena_release(&arena);
	if (started) {
		adapter_free(a);
		return NULL;
	}
	if (a->directory)
		keeper_start(&a->keeper, &a->process, a->directory);
	loop_watch(l, a->output, read_output, a);
	loop_watch(l, a->errors, read_errors, a);
	return a;
}

void adapter_say(struct adapter *a, const char *line)
{
	if (a->ended)
		return;
	AUTO_TEXT bytes = memory_printf("%s\n", line);
	size_t length = strlen(bytes);
	a->asked = true;
	a->answer = ADAPTER_WAITS;
	a->reason[0] = '\0';
	/* One command at a time, each shorter than a pipe holds: what does not go in at once is not read at all. */
	ssize_t put = write(a->input, bytes, length);
	if (put < 0 && errno == EPIPE)
		return; /* its output is at its end too, and says why */
	if (put != (ssize_t)length)
		adapter_fail(a, ERR_ENVIRONMENT, "the adapter does not read its commands");
}

bool adapter_end(struct adapter *a, int64_t deadline)
{
	if (a->ended || !a->process.pid)
		return true;
	a->callbacks = (struct adapter_callbacks){ NULL, NULL, NULL };
	if (write(a->input, "quit\n", 5) == 5)
		a->asked = true;
	close_pipe(a, &a->input);
	while (!a->ended && clock_now() < deadline)
		loop_once(a->loop, deadline);
	put_away(a);
	a->ended = true;
	return a->by_itself;
}

void adapter_free(struct adapter *a)
{
	if (!a)
		return;
	put_away(a);
	close_pipes(a);
	if (a->keeper.pid) {
		kill(a->keeper.pid, SIGKILL);
		process_ended(&a->keeper, CLOCK_FOREVER);
	}
	if (a->directory)
		directory_remove(a->directory);
	free(a->directory);
	buf_release(&a->line);
	buf_release(&a->words);
	free(a);
}

/* ---- looking ---- */

bool adapter_is_ready(const struct adapter *a)
{
	return a->ready && !a->ended;
}

bool adapter_has_ended(const struct adapter *a)
{
	return a->ended;
}

enum adapter_answer adapter_answer(const struct adapter *a)
{
	return a->answer;
}

const char *adapter_reason(const struct adapter *a)
{
	return a->reason;
}

const char *adapter_client(const struct adapter *a)
{
	return a->client;
}

const char *adapter_version(const struct adapter *a)
{
	return a->version;
}

int64_t adapter_slow(const struct adapter *a)
{
	return a->slow * CLOCK_SECOND;
}

unsigned adapter_jobs(const struct adapter *a)
{
	return (unsigned)a->jobs;
}

const char *adapter_directory(const struct adapter *a)
{
	return a->directory ? a->directory : "";
}

const char *adapter_last_words(const struct adapter *a)
{
	struct adapter *own = (struct adapter *)a;
	size_t end = a->words.len;
	while (end && strchr(" \t\r\n", a->words.data[end - 1]))
		end--;
	size_t begin = end;
	while (begin && a->words.data[begin - 1] != '\n')
		begin--;
	snprintf(own->last_words, sizeof own->last_words, "%.*s", (int)(end - begin), end ? a->words.data + begin : "");
	return own->last_words;
}

bool adapter_shows(const struct adapter *a, const char *text)
{
	return a->process.pid && process_shows(a->process.pid, text);
}

int adapter_status(const struct adapter *a)
{
	return a->by_itself && WIFEXITED(a->process.status) ? WEXITSTATUS(a->process.status) : -1;
}

const struct err *adapter_error(const struct adapter *a)
{
	return &a->error;
}
