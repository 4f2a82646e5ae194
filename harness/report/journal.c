/* Journal lines into the model. A journal is written by another process that may be killed at any moment, and may come
 * from anybody: each line is checked for what the reports need of it, and nothing else is assumed. */
#include "base/text.h"
#include "report/private.h"
#include <stdlib.h>
#include <string.h>

#define FORMAT_NEWEST 1

struct line {
	struct model *model;
	json_t *object;
	char where[256]; /* path:number */
	struct err *error;
};

static int bad_line(const struct line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int bad_line(const struct line *l, const char *format, ...)
{
	va_list args;
	BUF_AUTO message = BUF_INIT;
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	return err_set(l->error, ERR_USAGE, l->where, "%s", buf_text(&message));
}

/* A member that must be a text that is not empty. */
static const char *need_text(const struct line *l, const char *name)
{
	const char *text = json_member_text(l->object, name);
	if (!*text)
		bad_line(l, "is no journal line: '%s' is missing or no text", name);
	return *text ? text : NULL;
}

static int read_run(struct line *l)
{
	struct model *m = l->model;
	const json_t *format = json_object_get(l->object, "format");
	if (m->run)
		return bad_line(l, "begins a second run: a journal holds one");
	if (!json_is_integer(format) || json_integer_value(format) < 1)
		return bad_line(l, "is no journal line: 'format' is missing or no number");
	if (json_integer_value(format) > FORMAT_NEWEST)
		return bad_line(l, "is of a newer format than this program knows; use a newer one");
	m->run = l->object;
	return 0;
}

static int read_baseline(struct line *l)
{
	l->model->baseline = json_object_get(l->object, "checks");
	return 0;
}

static int read_catalogue(struct line *l)
{
	l->model->catalogue = json_object_get(l->object, "entries");
	return 0;
}

static int read_discovered(struct line *l)
{
	bool peer = *json_member_text(l->object, "peer");
	*(peer ? &l->model->peer_discovered : &l->model->discovered) = json_object_get(l->object, "features");
	return 0;
}

static int read_profile(struct line *l)
{
	l->model->profile = l->object;
	return 0;
}

static int read_summary(struct line *l)
{
	l->model->summary = l->object;
	return 0;
}

static struct scenario_entry *scenario_of(struct model *m, const char *id)
{
	const json_t *at = json_object_get(m->scenario_index, id);
	if (at)
		return m->scenarios.items[json_integer_value(at)];
	struct scenario_entry *entry = arena_alloc(&m->arena, sizeof *entry);
	entry->id = id;
	json_object_set_new(m->scenario_index, id, json_integer((json_int_t)m->scenarios.count));
	vec_push(&m->scenarios, entry);
	return entry;
}

/* The length of what stands before "suites/ID.EXTENSION" in the path of a scenario that lies in a folder of suites. */
static size_t root_length(const char *file, const char *id)
{
	AUTO_TEXT place = memory_printf("suites/%s.", id);
	const char *found = strstr(file, place);
	return found && (found == file || found[-1] == '/') ? (size_t)(found - file) : 0;
}

static struct check_entry *check_of(struct model *m, struct scenario_entry *scenario, const char *id)
{
	const json_t *at = json_object_get(m->index, id);
	if (at)
		return m->checks.items[json_integer_value(at)];
	struct check_entry *entry = arena_alloc(&m->arena, sizeof *entry);
	entry->id = id;
	json_object_set_new(m->index, id, json_integer((json_int_t)m->checks.count));
	vec_push(&m->checks, entry);
	vec_push(&scenario->checks, entry);
	return entry;
}

static int scenario_number(const struct line *l, char key[32])
{
	const json_t *number = json_object_get(l->object, "s");
	if (!json_is_integer(number))
		return bad_line(l, "is no journal line: 's' is missing or no number");
	snprintf(key, 32, "%lld", (long long)json_integer_value(number));
	return 0;
}

static struct attempt *attempt_of(const struct line *l)
{
	char key[32];
	if (scenario_number(l, key))
		return NULL;
	const json_t *at = json_object_get(l->model->attempt_index, key);
	if (at)
		return l->model->attempts.items[json_integer_value(at)];
	bad_line(l, "belongs to scenario run %s, which no line before it began", key);
	return NULL;
}

static int read_scenario(struct line *l)
{
	struct model *m = l->model;
	char key[32];
	const char *id = need_text(l, "id");
	if (!id || scenario_number(l, key))
		return -1;
	if (json_object_get(m->attempt_index, key))
		return bad_line(l, "begins scenario run %s a second time", key);
	struct scenario_entry *scenario = scenario_of(m, id);
	if (!scenario->line) {
		scenario->line = l->object;
		scenario->root = root_length(json_member_text(l->object, "file"), id);
	}
	struct attempt *attempt = arena_alloc(&m->arena, sizeof *attempt);
	attempt->number = json_integer_value(json_object_get(l->object, "s"));
	attempt->repeat = json_integer_value(json_object_get(l->object, "repeat"));
	attempt->part = json_integer_value(json_object_get(l->object, "part"));
	attempt->begun = json_member_number(l->object, "t");
	attempt->scenario = scenario;
	json_object_set_new(m->attempt_index, key, json_integer((json_int_t)m->attempts.count));
	vec_push(&m->attempts, attempt);
	vec_push(&scenario->attempts, attempt);
	size_t i;
	json_t *check;
	json_array_foreach(json_object_get(l->object, "checks"), i, check) {
		const char *check_id = json_member_text(check, "id");
		if (!*check_id)
			return bad_line(l, "announces a check without 'id'");
		struct check_entry *entry = check_of(m, scenario, check_id);
		if (!entry->announced)
			entry->announced = check;
	}
	return 0;
}

static int read_event(struct line *l)
{
	struct attempt *attempt = attempt_of(l);
	if (!attempt)
		return -1;
	vec_push(&attempt->events, l->object);
	return 0;
}

static int read_reading(struct line *l)
{
	struct attempt *attempt = attempt_of(l);
	if (!attempt)
		return -1;
	vec_push(&attempt->readings, l->object);
	return 0;
}

static int read_hidden(struct line *l)
{
	struct attempt *attempt = attempt_of(l);
	if (!attempt)
		return -1;
	vec_push(&attempt->hidden, l->object);
	return 0;
}

static int read_check(struct line *l)
{
	enum outcome outcome;
	struct attempt *attempt = attempt_of(l);
	const char *id = attempt ? need_text(l, "id") : NULL;
	const char *verdict = id ? need_text(l, "verdict") : NULL;
	if (!verdict)
		return -1;
	if (outcome_from_verdict(verdict, &outcome))
		return bad_line(l, "has a verdict that does not exist: '%s'", verdict);
	check_of(l->model, attempt->scenario, id);
	vec_push(&attempt->events, l->object);
	return 0;
}

static int read_value(struct line *l)
{
	struct attempt *attempt = attempt_of(l);
	if (!attempt || !need_text(l, "id") || !need_text(l, "title") || !need_text(l, "text"))
		return -1;
	vec_push(&attempt->values, l->object);
	return 0;
}

static int read_end(struct line *l)
{
	struct attempt *attempt = attempt_of(l);
	if (!attempt)
		return -1;
	if (!attempt->end)
		attempt->end = l->object;
	return 0;
}

static const struct {
	const char *event;
	int (*read)(struct line *l);
} readers[] = {
	{ "run", read_run },
	{ "profile", read_profile },
	{ "baseline", read_baseline },
	{ "catalogue", read_catalogue },
	{ "discovered", read_discovered },
	{ "scenario", read_scenario },
	{ "step", read_event },
	{ "out", read_event },
	{ "in", read_event },
	{ "shown", read_event },
	{ "note", read_event },
	{ "measure", read_event },
	{ "reading", read_reading },
	{ "hidden", read_hidden },
	{ "value", read_value },
	{ "check", read_check },
	{ "end", read_end },
	{ "summary", read_summary },
};

/* Events that a later version may add are passed over. */
static int dispatch(struct line *l)
{
	const char *event = need_text(l, "e");
	if (!event)
		return -1;
	if (!l->model->run && strcmp(event, "run") != 0)
		return bad_line(l, "is no journal: its first line must be the event 'run'");
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
		if (strcmp(readers[i].event, event) == 0)
			return readers[i].read(l);
	return 0;
}

static int read_line(struct model *m, const char *text, size_t length, unsigned number, bool last, struct err *e)
{
	json_error_t fault;
	struct line l = { .model = m, .error = e };
	snprintf(l.where, sizeof l.where, "%s:%u", m->path, number);
	l.object = json_loadb(text, length, JSON_ALLOW_NUL, &fault);
	if (!l.object && last)
		return 0;
	if (!l.object)
		return err_set(e, ERR_USAGE, l.where, "is not JSON: %s", fault.text);
	json_array_append_new(m->lines, l.object);
	return json_is_object(l.object) ? dispatch(&l) : bad_line(&l, "is no journal line: it is no object");
}

static int compare_scenarios(const void *a, const void *b)
{
	const struct scenario_entry *const *left = a, *const *right = b;
	return strcmp((*left)->id, (*right)->id);
}

int model_read(struct model *m, const char *path, struct err *e)
{
	BUF_AUTO bytes = BUF_INIT;
	*m = (struct model){ .path = path,
		.lines = json_array(),
		.index = json_object(),
		.scenario_index = json_object(),
		.attempt_index = json_object() };
	if (file_read(path, &bytes, e))
		return -1;
	const char *at = buf_text(&bytes), *end = at + bytes.len;
	for (unsigned number = 1; at < end; number++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline ? newline : end) - at);
		if (length && read_line(m, at, length, number, !newline, e))
			return -1;
		at += length + 1;
	}
	if (!m->run)
		return err_set(e, ERR_USAGE, path, "holds no run: nothing was recorded, or it is no journal");
	if (m->scenarios.count)
		qsort(m->scenarios.items, m->scenarios.count, sizeof *m->scenarios.items, compare_scenarios);
	return 0;
}

void model_release(struct model *m)
{
	for (size_t i = 0; i < m->attempts.count; i++) {
		struct attempt *attempt = m->attempts.items[i];
		vec_release(&attempt->events);
		vec_release(&attempt->readings);
		vec_release(&attempt->hidden);
		vec_release(&attempt->values);
	}
	for (size_t i = 0; i < m->scenarios.count; i++) {
		struct scenario_entry *scenario = m->scenarios.items[i];
		vec_release(&scenario->attempts);
		vec_release(&scenario->checks);
	}
	vec_release(&m->attempts);
	vec_release(&m->scenarios);
	vec_release(&m->checks);
	arena_release(&m->arena);
	json_decref(m->index);
	json_decref(m->scenario_index);
	json_decref(m->attempt_index);
	json_decref(m->lines);
}

int results_from_journal(struct results *r, const char *journal_path, struct err *e)
{
	struct model m;
	*r = (struct results){ 0 };
	int result = model_read(&m, journal_path, e);
	if (!result) {
		model_merge(&m);
		r->doc = document_new(&m, r);
		result = mends_add(r->doc, e);
	}
	model_release(&m);
	if (result)
		results_release(r);
	return result;
}

void results_release(struct results *r)
{
	xmlFreeDoc(r->doc);
	*r = (struct results){ 0 };
}
