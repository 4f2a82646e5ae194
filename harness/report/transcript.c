/* What one attempt of a scenario said and heard, in the order of time. */
#include "report/private.h"
#include <stdlib.h>
#include <string.h>

struct moment {
	double t;
	size_t order; /* in the journal, where times are equal */
	json_t *event;
};

static int compare_moments(const void *a, const void *b)
{
	const struct moment *left = a, *right = b;
	if (left->t < right->t)
		return -1;
	if (left->t > right->t)
		return 1;
	return left->order < right->order ? -1 : 1;
}

/* A stanza carries the instant when it was read, which may be before the step that looked at it: sorted by time. */
static struct moment *sorted_moments(const struct attempt *attempt)
{
	struct moment *moments = memory_alloc((attempt->events.count + 1) * sizeof *moments);
	for (size_t i = 0; i < attempt->events.count; i++)
		moments[i] = (struct moment){ json_member_number(attempt->events.items[i], "t"), i,
			attempt->events.items[i] };
	qsort(moments, attempt->events.count, sizeof *moments, compare_moments);
	return moments;
}

static bool is_event(const json_t *event, const char *name)
{
	return strcmp(json_member_text(event, "e"), name) == 0;
}

static bool same_place(const json_t *a, const json_t *b)
{
	return json_integer_value(json_object_get(a, "line")) == json_integer_value(json_object_get(b, "line")) &&
		strcmp(json_member_text(a, "file"), json_member_text(b, "file")) == 0;
}

const json_t *check_step(const struct attempt *attempt, const json_t *check)
{
	const json_t *last = NULL;
	for (size_t i = 0; i < attempt->events.count; i++) {
		const json_t *event = attempt->events.items[i];
		if (event == check)
			break;
		if (is_event(event, "step") && (!last || !same_place(last, check) || same_place(event, check)))
			last = event;
	}
	return last;
}

static void stanza_key(const char *actor, const json_t *number, struct buf *out)
{
	buf_clear(out);
	buf_printf(out, "%lld %s", (long long)json_integer_value(number), actor);
}

/* Which stanzas decided which checks: "7 phone" -> the checks' slugs, and whether all of these passed. */
static json_t *matches(const struct attempt *attempt)
{
	json_t *map = json_object(), *number;
	BUF_AUTO key = BUF_INIT;
	BUF_AUTO slugs = BUF_INIT;
	for (size_t i = 0; i < attempt->events.count; i++) {
		const json_t *check = attempt->events.items[i];
		size_t n;
		if (!is_event(check, "check"))
			continue;
		const char *slug = check_slug(json_member_text(check, "id"), attempt->scenario->id);
		bool passed = strcmp(json_member_text(check, "verdict"), "pass") == 0;
		json_array_foreach(json_object_get(check, "matched"), n, number) {
			stanza_key(json_member_text(check_step(attempt, check), "actor"), number, &key);
			const json_t *before = json_object_get(map, buf_text(&key));
			const char *others = json_member_text(before, "slugs");
			buf_clear(&slugs);
			buf_printf(&slugs, "%s%s%s", others, *others ? " " : "", slug);
			passed = passed && !(before && json_is_false(json_object_get(before, "passed")));
			json_object_set_new(map, buf_text(&key),
				json_pack("{s:s, s:b}", "slugs", buf_text(&slugs), "passed", passed));
		}
	}
	return map;
}

static void add_stanza(
	xmlNode *node, const json_t *event, bool incoming, const struct attempt *attempt, const json_t *map)
{
	struct gist gist;
	BUF_AUTO raw = BUF_INIT;
	clean_text(json_object_get(event, "xml"), &raw);
	const json_t *actors = json_object_get(attempt->scenario->line, "actors");
	bool bytes = json_is_true(json_object_get(event, "raw"));
	if (json_is_true(json_object_get(event, "fence")))
		node_set(node, "fence", "true");
	if (json_object_get(event, "n")) {
		BUF_AUTO key = BUF_INIT;
		stanza_key(json_member_text(event, "actor"), json_object_get(event, "n"), &key);
		const json_t *match = json_object_get(map, buf_text(&key));
		node_set_count(node, "number", json_integer_value(json_object_get(event, "n")));
		if (match) {
			node_set_member(node, "matched", match, "slugs");
			node_set(node, "passed", json_is_true(json_object_get(match, "passed")) ? "true" : "false");
		}
	}
	if (bytes) {
		node_set(node, "raw", "true");
		node_text(node, buf_text(&raw));
		return;
	}
	gist_make(&gist, buf_text(&raw), incoming, actors);
	const struct {
		const char *name;
		const struct buf *text;
	} parts[] = { { "kind", &gist.kind }, { "type", &gist.type }, { "peer", &gist.peer },
		{ "payload", &gist.payload }, { "body", &gist.body } };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].text->len)
			node_set(node, parts[i].name, buf_text(parts[i].text));
	node_text(node, buf_text(&gist.pretty));
	gist_release(&gist);
}

static void add_moment(xmlNode *run, const struct moment *moment, const struct attempt *attempt, const json_t *map)
{
	const json_t *event = moment->event;
	const char *name = json_member_text(event, "e");
	xmlNode *node = node_add(run, is_event(event, "check") ? "verdict" : name);
	node_set_number(node, "at", moment->t - attempt->begun);
	if (!is_event(event, "check") && !is_event(event, "measure"))
		node_set_member(node, "actor", event, "actor");
	if (is_event(event, "step")) {
		set_file(node, event, attempt->scenario);
		node_set_count(node, "line", json_integer_value(json_object_get(event, "line")));
		node_text_member(node, event, "text");
	} else if (is_event(event, "note")) {
		node_text_member(node, event, "text");
	} else if (is_event(event, "check")) {
		node_set_member(node, "check", event, "id");
		node_set(node, "slug", check_slug(json_member_text(event, "id"), attempt->scenario->id));
		node_set_member(node, "verdict", event, "verdict");
	} else if (is_event(event, "measure")) {
		node_set_member(node, "label", event, "label");
		node_set_number(node, "ms", json_member_number(event, "ms"));
	} else {
		add_stanza(node, event, !is_event(event, "out"), attempt, map);
	}
}

void transcript_add(xmlNode *run, const struct attempt *attempt)
{
	struct moment *moments = sorted_moments(attempt);
	json_t *map = matches(attempt);
	for (size_t i = 0; i < attempt->events.count; i++)
		add_moment(run, &moments[i], attempt, map);
	json_decref(map);
	free(moments);
}
