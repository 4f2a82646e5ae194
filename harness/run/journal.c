#include "run/journal.h"
#include "base/clock.h"
#include "base/text.h"
#include "xml/redact.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_PASS:
		return "pass";
	case VERDICT_WEAK:
		return "weak";
	case VERDICT_FAIL:
		return "fail";
	case VERDICT_UNSUPPORTED:
		return "unsupported";
	case VERDICT_INCONCLUSIVE:
		return "inconclusive";
	case VERDICT_ERROR:
		return "error";
	}
	return "error";
}

enum verdict verdict_named(const char *name)
{
	for (int v = VERDICT_PASS; v < VERDICT_ERROR; v++)
		if (text_equal(verdict_name((enum verdict)v), name))
			return (enum verdict)v;
	return VERDICT_ERROR;
}

void finding_release(struct finding *f)
{
	free(f->expected);
	free(f->actual);
	f->expected = f->actual = NULL;
}

size_t scenario_checks(const struct scenario *s)
{
	if (s->scansion)
		return 1;
	size_t count = 0;
	for (size_t i = 0; i < s->step_count; i++)
		count += s->steps[i].check.level != LEVEL_NONE;
	return count;
}

const struct step *scenario_check(const struct scenario *s, size_t index)
{
	for (size_t i = 0; i < s->step_count && !s->scansion; i++)
		if (s->steps[i].check.level != LEVEL_NONE && index-- == 0)
			return &s->steps[i];
	return NULL;
}

const char *scenario_check_id(const struct scenario *s, size_t index, struct buf *out)
{
	const struct step *step = scenario_check(s, index);
	if (step)
		return step->check.id;
	buf_clear(out);
	buf_printf(out, "%s/runs", s->id);
	return out->data;
}

bool scenario_check_selected(const struct scenario *s, size_t index, const char *glob)
{
	BUF_AUTO id = BUF_INIT;
	return !glob || text_glob(glob, scenario_check_id(s, index, &id));
}

bool scenario_selected(const struct scenario *s, const char *glob)
{
	for (size_t i = 0; i < scenario_checks(s); i++)
		if (scenario_check_selected(s, i, glob))
			return true;
	return !glob;
}

static json_t *milliseconds(int64_t nanoseconds)
{
	return json_real((double)(nanoseconds / 1000) / 1000.0);
}

static void write_all(int descriptor, const char *bytes, size_t length)
{
	while (length) {
		ssize_t wrote = write(descriptor, bytes, length);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return; /* the parent is gone: the worker will see its control pipe close */
		bytes += wrote;
		length -= (size_t)wrote;
	}
}

/* Sends one event with its tag for the parent; takes the object. */
static void send_event(const struct voice *v, const char *tag, json_t *object, int64_t when)
{
	if (v->silent && *tag == 'J') {
		json_decref(object);
		return;
	}
	json_object_set_new(object, "t", milliseconds((when ? when : clock_now()) - v->begin));
	json_object_set_new(object, "s", json_integer(v->number));
	char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(12));
	json_decref(object);
	if (!text)
		return;
	BUF_AUTO line = BUF_INIT;
	buf_printf(&line, "%s\t", tag);
	buf_add_text(&line, text);
	free(text);
	redact_text(&line);
	buf_add_char(&line, '\n');
	write_all(v->descriptor, line.data, line.len);
}

/* A JSON string from text that may not be UTF-8 (what a peer sent raw). */
static json_t *json_text(const char *text)
{
	json_t *s = json_string(text ? text : "");
	if (s)
		return s;
	BUF_AUTO clean = BUF_INIT;
	for (; *text; text++)
		buf_add_char(&clean, (unsigned char)*text < 0x80 ? *text : '?');
	return json_string(buf_text(&clean));
}

/* A script of ours is named from the data's folder, suites/…, so that journals from different machines are equal; any
 * other as the user named it. */
static json_t *json_file(const char *path)
{
	static char suites[PATH_MAX]; /* found once: every step has a file */
	static const char name[] = "suites/";
	if (!*suites) {
		struct arena a = ARENA_INIT;
		snprintf(suites, sizeof suites, "%s", data_path(&a, name));
		arena_release(&a);
	}
	size_t length = strlen(suites);
	return json_text(strncmp(path, suites, length) == 0 ? path + length - (sizeof name - 1) : path);
}

static json_t *json_texts(const char *const *texts)
{
	json_t *list = json_array();
	for (size_t i = 0; texts && texts[i]; i++)
		json_array_append_new(list, json_text(texts[i]));
	return list;
}

static void trace_line(const struct voice *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void trace_line(const struct voice *v, const char *format, ...)
{
	if (!v->trace)
		return;
	va_list args;
	BUF_AUTO text = BUF_INIT;
	buf_printf(&text, "%9.1f  ", (double)(clock_now() - v->begin) / 1e6);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	redact_text(&text);
	fprintf(stderr, "%s\n", buf_text(&text));
}

void journal_scenario(const struct voice *v, const struct scenario *s, const struct map *addresses, unsigned repeat,
	const char *selected)
{
	json_t *actors = json_array(), *checks = json_array();
	for (size_t i = 0; i < s->actor_count; i++) {
		const struct actor *a = &s->actors[i];
		AUTO_TEXT key = memory_printf("%s.bare", a->account->name);
		json_t *actor = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "name", a->name, "account",
			a->account->name, "resource", a->resource ? a->resource : "", "jid",
			map_get(addresses, key) ? map_get(addresses, key) : "", "hidden", a->hidden, "component",
			a->component);
		if (a->client)
			json_object_set_new(actor, "client", json_true());
		if (a->account->peer)
			json_object_set_new(actor, "peer", json_text(a->account->peer));
		json_array_append_new(actors, actor);
	}
	BUF_AUTO id = BUF_INIT;
	for (size_t i = 0; i < scenario_checks(s); i++) {
		const struct step *step = scenario_check(s, i);
		if (!scenario_check_selected(s, i, selected))
			continue;
		json_t *check = json_object();
		json_object_set_new(check, "id", json_text(scenario_check_id(s, i, &id)));
		json_object_set_new(check, "level", json_text(step ? level_name(step->check.level) : "must"));
		json_object_set_new(check, "cites", json_texts(step ? step->check.cites : s->cites));
		json_object_set_new(check, "title", json_text(step && step->check.title ? step->check.title : ""));
		json_object_set_new(check, "file", json_file(step ? step->position.file : s->file));
		json_object_set_new(check, "line", json_integer(step ? step->position.line : 1));
		json_array_append_new(checks, check);
	}
	json_t *event = json_object();
	json_object_set_new(event, "e", json_string("scenario"));
	json_object_set_new(event, "id", json_text(s->id));
	json_object_set_new(event, "title", json_text(s->title));
	json_object_set_new(event, "about", json_text(s->about));
	json_object_set_new(event, "file", json_file(s->file));
	json_object_set_new(event, "actors", actors);
	json_object_set_new(event, "checks", checks);
	json_object_set_new(event, "repeat", json_integer(repeat));
	send_event(v, "J", event, 0);
	trace_line(v, "==== %s", s->id);
}

void journal_step(const struct voice *v, const struct step *step)
{
	send_event(v, "J",
		json_pack("{s:s, s:o, s:i, s:o, s:s}", "e", "step", "file", json_file(step->position.file), "line",
			step->position.line, "text", json_text(step->source), "actor",
			step->actor ? step->actor->name : ""),
		0);
	trace_line(v, "%s:%d: %s", step->position.file, step->position.line, step->source);
}

void journal_stanza(const struct voice *v, enum journal_way way, const char *actor, const xmlNode *node, size_t number,
	bool fence, int64_t when)
{
	static const char *const names[] = { "in", "out", "shown" }, *const arrows[] = { "<-", "->", "shows" };
	BUF_AUTO text = BUF_INIT;
	redact_print(node, &text);
	json_t *event =
		json_pack("{s:s, s:s, s:o}", "e", names[way], "actor", actor, "xml", json_text(buf_text(&text)));
	if (number)
		json_object_set_new(event, "n", json_integer((json_int_t)number));
	if (fence)
		json_object_set_new(event, "fence", json_true());
	send_event(v, "J", event, when);
	trace_line(v, "    %s %s %s%s", actor, arrows[way], fence ? "(fence) " : "", buf_text(&text));
}

void journal_raw(const struct voice *v, const char *actor, const char *bytes)
{
	BUF_AUTO text = BUF_INIT;
	redact_bytes(bytes, &text);
	send_event(v, "J",
		json_pack("{s:s, s:s, s:o, s:b}", "e", "out", "actor", actor, "xml", json_text(buf_text(&text)), "raw",
			1),
		0);
	trace_line(v, "    %s -> (raw) %s", actor, buf_text(&text));
}

void journal_note(const struct voice *v, const char *actor, const char *text)
{
	send_event(v, "J",
		json_pack("{s:s, s:s, s:o}", "e", "note", "actor", actor ? actor : "", "text", json_text(text)), 0);
	trace_line(v, "    %s %s %s", actor ? actor : "", actor ? "--" : "", text);
}

void journal_strike(const struct voice *v, int state)
{
	char tag[32];
	snprintf(tag, sizeof tag, "M %d", state);
	send_event(v, tag, json_object(), 0);
}

void journal_check(
	const struct voice *v, const struct scenario *s, size_t index, const struct step *step, const struct finding *f)
{
	BUF_AUTO id = BUF_INIT;
	const struct step *check = scenario_check(s, index);
	json_t *event = json_object(), *matched = json_array();
	json_object_set_new(event, "e", json_string("check"));
	json_object_set_new(event, "id", json_text(scenario_check_id(s, index, &id)));
	json_object_set_new(event, "verdict", json_string(verdict_name(f->verdict)));
	json_object_set_new(event, "level", json_string(f->raised || !check ? "must" : level_name(check->check.level)));
	json_object_set_new(event, "raised", json_boolean(f->raised));
	json_object_set_new(event, "cites", json_texts(check ? check->check.cites : s->cites));
	json_object_set_new(event, "title", json_text(check && check->check.title ? check->check.title : ""));
	json_object_set_new(event, "file", json_file(step ? step->position.file : s->file));
	json_object_set_new(event, "line", json_integer(step ? step->position.line : 1));
	json_object_set_new(event, "message", json_text(f->message));
	if (f->again)
		json_object_set_new(event, "again", json_true());
	if (f->by)
		json_object_set_new(event, "by", json_text(f->by));
	if (f->expected && f->verdict != VERDICT_PASS)
		json_object_set_new(event, "expected", json_text(f->expected));
	if (f->actual && f->verdict != VERDICT_PASS)
		json_object_set_new(event, "actual", json_text(f->actual));
	if (*f->path && f->verdict != VERDICT_PASS)
		json_object_set_new(event, "path", json_text(f->path));
	json_object_set_new(event, "ms", milliseconds(f->took));
	for (size_t i = 0; i < f->matched_count; i++)
		json_array_append_new(matched, json_integer((json_int_t)f->matched[i]));
	json_object_set_new(event, "matched", matched);
	char tag[64];
	snprintf(tag, sizeof tag, "C %zu %d", index, (int)f->verdict);
	send_event(v, tag, event, 0);
	trace_line(v, "  %s %s%s%s", verdict_name(f->verdict), check ? check->check.id : s->id, *f->message ? ": " : "",
		f->message);
}

void journal_event(const struct voice *v, json_t *event)
{
	send_event(v, "J", event, 0);
}

void journal_value(const struct voice *v, const struct step *step, const char *text)
{
	json_t *event = json_object();
	json_object_set_new(event, "e", json_string("value"));
	json_object_set_new(event, "id", json_text(step->check.id));
	json_object_set_new(event, "title", json_text(step->check.title));
	json_object_set_new(event, "text", json_text(text));
	journal_event(v, event);
}

void journal_measure(const struct voice *v, const char *label, int64_t nanoseconds)
{
	send_event(v, "J",
		json_pack("{s:s, s:s, s:o}", "e", "measure", "label", label, "ms", milliseconds(nanoseconds)), 0);
	trace_line(v, "  measured %s: %.3f ms", label, (double)nanoseconds / 1e6);
}

void journal_end(const struct voice *v, enum verdict verdict, const char *message, int64_t took, const char *postamble,
	int64_t idle)
{
	char tag[64];
	snprintf(tag, sizeof tag, "E %d %lld", (int)verdict, (long long)idle);
	send_event(v, tag,
		json_pack("{s:s, s:s, s:o, s:o, s:o}", "e", "end", "verdict", verdict_name(verdict), "message",
			json_text(message), "ms", milliseconds(took), "postamble", json_text(postamble)),
		0);
	trace_line(v, "==== %s: %s%s%s", v->label, verdict_name(verdict), *message ? ": " : "", message);
}

int journal_open(struct journal *j, const char *directory, struct err *e)
{
	if (directory_make(directory, e))
		return -1;
	AUTO_TEXT path = memory_printf("%s/journal.jsonl", directory);
	j->descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	j->begin = clock_now();
	if (j->descriptor < 0)
		return err_set(
			e, ERR_USAGE, path, "cannot be written: %s; choose another folder with --out", strerror(errno));
	return 0;
}

void journal_close(struct journal *j)
{
	if (j->descriptor >= 0)
		close(j->descriptor);
	j->descriptor = -1;
}

int journal_append(struct journal *j, const char *json, size_t length, struct err *e)
{
	BUF_AUTO line = BUF_INIT;
	buf_add(&line, json, length);
	redact_text(&line);
	buf_add_char(&line, '\n');
	const char *at = line.data;
	size_t left = line.len;
	while (left) {
		ssize_t wrote = write(j->descriptor, at, left);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return err_set(e, ERR_ENVIRONMENT, "journal.jsonl", "cannot be written: %s", strerror(errno));
		at += wrote;
		left -= (size_t)wrote;
	}
	return 0;
}
