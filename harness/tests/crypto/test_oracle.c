/* Long conversations with devices of python-omemo (oracle.py), which was written by others: messages are lost, come late and twice,
 * and both sides restart. Whatever is delivered must be read, and say what was written. Skipped in words where the Python modules are
 * not installed (ci/set-up oracle). */
#include "base/clock.h"
#include "tests/crypto/devices.h"
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PYTHON         "/usr/bin/python3"
#define MESSAGES       1000 /* in each direction, in each version */
#define CONVERSATIONS  5    /* in each version, each with new devices */
#define UNDER_WAY      6    /* messages that may be on their way in one direction */
#define MISSING_STATUS 89
#define DEADLINE       (60 * CLOCK_SECOND)

extern char **environ;

/* ---- the other program ---- */

struct oracle {
	pid_t process;
	int in, out;
	struct buf unread;
};

static bool read_line(struct oracle *o, struct buf *line)
{
	int64_t deadline = clock_now() + DEADLINE;
	char bytes[65536];
	for (;;) {
		const char *end = o->unread.len ? memchr(o->unread.data, '\n', o->unread.len) : NULL;
		if (end) {
			size_t length = (size_t)(end - o->unread.data);
			buf_add(line, o->unread.data, length);
			buf_consume(&o->unread, length + 1);
			return true;
		}
		struct pollfd ready = { .fd = o->out, .events = POLLIN };
		ck_assert_msg(poll(&ready, 1, clock_poll_timeout(deadline)) == 1, "the oracle does not answer");
		ssize_t got = read(o->out, bytes, sizeof bytes);
		if (got <= 0)
			return false;
		buf_add(&o->unread, bytes, (size_t)got);
	}
}

/* False where the modules are not there. */
static bool oracle_start(struct oracle *o)
{
	struct arena a = ARENA_INIT;
	int to[2], from[2];
	BUF_AUTO line = BUF_INIT;
	posix_spawn_file_actions_t actions;
	*o = (struct oracle){ .unread = BUF_INIT };
	if (access(PYTHON, X_OK))
		return false;
	char *script = data_path(&a, "harness/tests/crypto/oracle.py"), python[] = PYTHON;
	char *const arguments[] = { python, script, NULL };
	ck_assert(pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, to[0], 0);
	posix_spawn_file_actions_adddup2(&actions, from[1], 1);
	ck_assert_int_eq(posix_spawn(&o->process, PYTHON, &actions, NULL, arguments, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(to[0]);
	close(from[1]);
	o->in = to[1];
	o->out = from[0];
	arena_release(&a);
	if (read_line(o, &line))
		return true;
	int status = 0;
	waitpid(o->process, &status, 0);
	close(o->in);
	close(o->out);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == MISSING_STATUS, "the oracle does not start");
	return false;
}

static void oracle_stop(struct oracle *o)
{
	int status = 0;
	close(o->in);
	waitpid(o->process, &status, 0);
	close(o->out);
	buf_release(&o->unread);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The answer to a request, both as json_pack has them; json_decref. */
static json_t *ask(struct oracle *o, json_t *request)
{
	BUF_AUTO line = BUF_INIT;
	ck_assert_ptr_nonnull(request);
	char *text = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	AUTO_TEXT whole = memory_printf("%s\n", text);
	free(text);
	for (size_t at = 0, length = strlen(whole); at < length;) {
		ssize_t written = write(o->in, whole + at, length - at);
		ck_assert_int_gt(written, 0);
		at += (size_t)written;
	}
	ck_assert_msg(read_line(o, &line), "the oracle ended");
	json_t *answer = json_loads(line.data, 0, NULL);
	ck_assert_ptr_nonnull(answer);
	return answer;
}

static void ask_quietly(struct oracle *o, json_t *request)
{
	json_t *answer = ask(o, request);
	const char *fault = json_string_value(json_object_get(answer, "error"));
	ck_assert_msg(!fault, "%s", fault);
	json_decref(answer);
}

static void ask_for_xml(struct oracle *o, json_t *request, struct buf *out)
{
	json_t *answer = ask(o, request);
	const char *xml = json_string_value(json_object_get(answer, "xml"));
	ck_assert_msg(xml != NULL, "%s", json_string_value(json_object_get(answer, "error")));
	buf_add_text(out, xml);
	json_decref(answer);
}

/* ---- chance, the same in each run ---- */

static uint64_t chance;

static unsigned below(unsigned limit)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (unsigned)(chance >> 33) % limit;
}

/* ---- a conversation ---- */

struct letter {
	char *text; /* NULL: without payload */
	struct buf message;
	unsigned overtaken;
};

struct way {
	struct letter letters[UNDER_WAY];
	size_t count;
	size_t written, read;
};

struct conversation {
	struct oracle *oracle;
	struct omemo *us;
	enum omemo_version version;
	uint32_t number; /* of both devices */
	struct way there, back;
};

#define THEM "oracle@python.lit"
#define US   "assay@c.lit"

static char *new_text(const struct conversation *c)
{
	static const char *const words[] = { "", "a", "<&>'\"", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\xb9", "two\nlines",
		"long" };
	unsigned word = below(8);
	if (word >= 6)
		return NULL;
	return memory_printf("%zu %s %*s", c->there.written, words[word], word == 5 ? (int)below(5000) : 1, "");
}

static struct letter *new_letter(struct way *w, char *text)
{
	struct letter *l = &w->letters[w->count++];
	*l = (struct letter){ .text = text };
	w->written++;
	return l;
}

static void write_there(struct conversation *c)
{
	struct err e;
	const struct omemo_recipient them = { THEM, c->number };
	struct letter *l = new_letter(&c->there, new_text(c));
	int result = omemo_encrypt(c->us, &them, 1, l->text, NULL, &l->message, &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
}

static void write_back(struct conversation *c)
{
	struct letter *l = new_letter(&c->back, new_text(c));
	ask_for_xml(c->oracle,
		json_pack("{ss ss s[[si]] ss?}", "do", "encrypt", "device", "d", "to", US, (int)c->number, "text",
			l->text),
		&l->message);
}

static void read_there(struct conversation *c, const struct letter *l)
{
	json_t *answer = ask(c->oracle,
		json_pack("{ss ss ss ss}", "do", "decrypt", "device", "d", "from", US, "xml", l->message.data));
	const char *fault = json_string_value(json_object_get(answer, "error"));
	ck_assert_msg(!fault, "%s cannot read message %zu: %s", THEM, c->there.read, fault);
	const char *text = json_string_value(json_object_get(answer, "text"));
	ck_assert(text_equal(text, l->text));
	json_decref(answer);
	c->there.read++;
}

static void read_back(struct conversation *c, const struct letter *l)
{
	struct err e;
	BUF_AUTO body = BUF_INIT;
	AUTO_READING facts;
	int result = device_read(c->us, THEM, &l->message, &body, &facts, &e);
	ck_assert_msg(result == 0, "%s cannot read message %zu: %s", US, c->back.read, result ? e.message : "");
	ck_assert_int_eq(facts.outcome, OMEMO_READ);
	ck_assert_int_eq(facts.key_only, l->text == NULL);
	ck_assert_str_eq(buf_text(&body), l->text ? l->text : "");
	ck_assert(c->version == OMEMO_AXOLOTL || !l->text || (facts.padded && text_equal(facts.from, THEM)));
	c->back.read++;
	buf_clear(&body);
	omemo_reading_release(&facts);
	if (below(8) == 0) { /* once more */
		ck_assert_int_eq(device_read(c->us, THEM, &l->message, &body, &facts, &e), 0);
		ck_assert_int_eq(facts.outcome, OMEMO_REPEATED);
	}
}

/* Delivers or loses one of the messages on their way; none is overtaken by more than two. */
static void deliver(struct conversation *c, struct way *w, bool lossy)
{
	size_t at = below((unsigned)w->count);
	for (size_t i = at; i-- > 0;)
		if (w->letters[i].overtaken >= 2)
			at = i;
	for (size_t i = 0; i < at; i++)
		w->letters[i].overtaken++;
	struct letter taken = w->letters[at];
	memmove(w->letters + at, w->letters + at + 1, (w->count - at - 1) * sizeof *w->letters);
	w->count--;
	if (lossy && below(10) == 0)
		; /* lost */
	else if (w == &c->there)
		read_there(c, &taken);
	else
		read_back(c, &taken);
	free(taken.text);
	buf_release(&taken.message);
}

static void restart(struct conversation *c)
{
	struct err e;
	if (below(2)) {
		struct omemo *again = omemo_copy(c->us, &e);
		ck_assert_ptr_nonnull(again);
		omemo_free(c->us);
		c->us = again;
	} else {
		ask_quietly(c->oracle, json_pack("{ss ss}", "do", "restart", "device", "d"));
	}
}

static void rotate(struct conversation *c)
{
	struct err e;
	if (below(2))
		ck_assert_int_eq(omemo_rotate(c->us, &e), 0);
	else
		ask_quietly(c->oracle, json_pack("{ss ss}", "do", "rotate", "device", "d"));
}

/* Each learns the other's bundle. */
static void meet(struct conversation *c)
{
	struct err e;
	BUF_AUTO ours = BUF_INIT, theirs = BUF_INIT;
	ck_assert_int_eq(omemo_print_bundle(c->us, &ours, &e), 0);
	ask_quietly(c->oracle,
		json_pack("{ss ss ss si ss}", "do", "learn", "device", "d", "jid", US, "id", (int)c->number, "xml",
			ours.data));
	ask_for_xml(c->oracle, json_pack("{ss ss}", "do", "bundle", "device", "d"), &theirs);
	xmlDoc *doc = element_of(&theirs);
	int result = omemo_learn(c->us, THEM, c->number, xml_root(doc), &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
	xmlFreeDoc(doc);
}

/* One of the two writes first, and the other only when it has read something: were both to open a session at once, which of the two
 * goes on would be each program's own business. */
static void talk(struct conversation *c, bool we_open, size_t messages)
{
	struct way *opening = we_open ? &c->there : &c->back, *other = we_open ? &c->back : &c->there;
	for (size_t step = 0; c->there.written < messages || c->back.written < messages; step++) {
		bool may_open = opening->count < UNDER_WAY && opening->written < messages;
		bool may_answer = other->count < UNDER_WAY && other->written < messages && opening->read;
		unsigned what = below(20);
		if (what < 6 && may_open) {
			if (we_open)
				write_there(c);
			else
				write_back(c);
		} else if (what < 12 && may_answer) {
			if (we_open)
				write_back(c);
			else
				write_there(c);
		} else if (what < 18) {
			struct way *w = below(2) ? opening : other;
			if (w->count)
				deliver(c, w, true);
		} else if (what == 18) {
			restart(c);
		} else if (below(10) == 0) {
			rotate(c);
		}
		ck_assert_uint_lt(step, 100 * messages);
	}
	while (c->there.count)
		deliver(c, &c->there, false);
	while (c->back.count)
		deliver(c, &c->back, false);
}

START_TEST(conversations)
{
	struct oracle oracle;
	size_t there = 0, back = 0;
	if (!oracle_start(&oracle)) {
		printf("oracle: skipped, the Python modules of ci/set-up oracle are not installed\n");
		return;
	}
	chance = 0x9e3779b97f4a7c15 + (uint64_t)_i;
	for (uint32_t i = 0; i < CONVERSATIONS; i++) {
		struct conversation c = { .oracle = &oracle, .version = (enum omemo_version)_i, .number = i + 1 };
		c.us = device_make(c.version, US, c.number);
		ask_quietly(&oracle,
			json_pack("{ss ss ss ss si}", "do", "make", "device", "d", "version",
				_i == OMEMO_2 ? "2" : "axolotl", "jid", THEM, "id", (int)c.number));
		meet(&c);
		talk(&c, i % 2 == 0, MESSAGES / CONVERSATIONS);
		there += c.there.read;
		back += c.back.read;
		omemo_free(c.us);
	}
	oracle_stop(&oracle);
	printf("oracle: %s, of %d messages each way %zu and %zu were delivered, and all of them read\n",
		omemo_namespace(_i), MESSAGES, there, back);
}
END_TEST

Suite *suite_oracle(void)
{
	Suite *s = suite_create("oracle");
	TCase *t = tcase_create("python-omemo");
	tcase_set_timeout(t, 600);
	tcase_set_tags(t, "integration heavy");
	tcase_add_loop_test(t, conversations, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, t);
	return s;
}
