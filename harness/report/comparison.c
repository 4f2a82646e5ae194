/* Several results as one document. */
#include "report/comparison.h"
#include "base/clock.h"
#include "base/text.h"
#include "report/private.h"
#include "report/sides.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry { /* a check that is in one of them at least */
	const char *id;
	size_t order; /* in which they were met */
};

struct table {
	struct comparison *out;
	struct vec sides, entries; /* struct side *, struct entry * */
	bool strict, only_different;
};

static const struct {
	const char *name, *suffix;
} formats[] = {
	[COMPARISON_TEXT] = { "text", "text.xsl" },
	[COMPARISON_HTML] = { "html", "html.xsl" },
	[COMPARISON_MARKDOWN] = { "markdown", "markdown.xsl" },
	[COMPARISON_XML] = { "xml", NULL },
};

int comparison_format_from_name(const char *name, enum comparison_format *format)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (strcmp(formats[i].name, name) == 0) {
			*format = (enum comparison_format)i;
			return 0;
		}
	}
	return -1;
}

enum agreement { AGREEMENT_NONE, AGREEMENT_SAME, AGREEMENT_DIFFERENT };

/* NONE: too few played it to say; strictly, what was not played is a verdict like another. */
static enum agreement agreement(const struct table *t, const char *id, bool *one_sided)
{
	const char *first = NULL;
	size_t players = 0, others = 0;
	bool same = true;
	for (size_t i = 0; i < t->sides.count; i++) {
		const char *verdict = side_verdict(t->sides.items[i], id);
		if (verdict_played(verdict))
			players++;
		else
			others++;
		if (!t->strict && !verdict_played(verdict))
			continue;
		if (first)
			same = same && strcmp(first, verdict) == 0;
		else
			first = verdict;
	}
	*one_sided = players && others;
	if (!same)
		return AGREEMENT_DIFFERENT;
	return players > 1 ? AGREEMENT_SAME : AGREEMENT_NONE;
}

/* ---- the checks ---- */

static void add_entries(struct table *t, const struct side *s, json_t *seen)
{
	size_t i;
	json_t *check;
	json_array_foreach(json_object_get(s->result, "checks"), i, check) {
		const char *id = json_member_text(check, "id");
		if (json_object_get(seen, id))
			continue;
		json_object_set_new(seen, id, json_true());
		struct entry *entry = memory_alloc(sizeof *entry);
		entry->id = id;
		entry->order = t->entries.count;
		vec_push(&t->entries, entry);
	}
}

static int compare_parts(const char *a, size_t a_length, const char *b, size_t b_length)
{
	int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
	return order ? order : (a_length > b_length) - (a_length < b_length);
}

/* Without its last part: the scenario. */
static size_t scenario_length(const char *id)
{
	const char *slash = strrchr(id, '/');
	return slash ? (size_t)(slash - id) : strlen(id);
}

/* By suite, then by scenario, then as the scripts have them. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
	int order = compare_parts(x->id, strcspn(x->id, "/"), y->id, strcspn(y->id, "/"));
	if (!order)
		order = compare_parts(x->id, scenario_length(x->id), y->id, scenario_length(y->id));
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static void gather_entries(struct table *t)
{
	json_t *seen = json_object();
	for (size_t i = 0; i < t->sides.count; i++)
		add_entries(t, t->sides.items[i], seen);
	json_decref(seen);
	if (t->entries.count)
		qsort(t->entries.items, t->entries.count, sizeof *t->entries.items, compare_entries);
}

static void table_release(struct table *t)
{
	for (size_t i = 0; i < t->sides.count; i++)
		side_free(t->sides.items[i]);
	for (size_t i = 0; i < t->entries.count; i++)
		free(t->entries.items[i]);
	vec_release(&t->sides);
	vec_release(&t->entries);
}

/* ---- the document ---- */

/* Seconds since 1970; -1 where it is no DateTime. */
static long long seconds_of(const char *stamp)
{
	int64_t seconds;
	return clock_read_stamp(stamp, &seconds) ? -1 : (long long)seconds;
}

static void set_counts(xmlNode *node, const unsigned counts[OUTCOMES], unsigned checks)
{
	node_set_count(node, "checks", checks);
	for (int o = 0; o < OUTCOMES; o++)
		node_set_count(node, outcome_name((enum outcome)o), counts[o]);
}

/* Counts the verdicts on the checks from `first` up to, not with, `end`. */
static void add_counts(xmlNode *node, const struct table *t, const struct side *s, size_t first, size_t end)
{
	unsigned counts[OUTCOMES] = { 0 }, checks = 0;
	for (size_t i = first; i < end; i++) {
		const char *verdict = side_verdict(s, ((const struct entry *)t->entries.items[i])->id);
		for (int o = 0; o < OUTCOMES; o++) {
			if (strcmp(outcome_name((enum outcome)o), verdict) != 0)
				continue;
			counts[o]++;
			checks++;
		}
	}
	set_counts(node, counts, checks);
}

/* What it takes to say the grade in another language, where the result has the profile that gave it. */
static void describe_grade(xmlNode *node, const json_t *profile)
{
	const char *reached = json_member_text(profile, "grade"), *state = *reached ? "none" : "open", *language;
	size_t i;
	json_t *level, *title;
	json_array_foreach(json_object_get(profile, "levels"), i, level) {
		if (strcmp(json_member_text(level, "name"), reached) != 0)
			continue;
		state = json_is_true(json_object_get(level, "flawed")) ? "flawed" : "reached";
		json_object_foreach(json_object_get(level, "title"), language, title) {
			xmlNode *words = node_add(node, "title");
			node_set(words, "lang", language);
			node_text_member(words, json_object_get(level, "title"), language);
		}
	}
	node_set(node, "state", state);
}

static void add_grades(xmlNode *run, const json_t *result)
{
	size_t i;
	json_t *grade;
	const json_t *profile = json_object_get(result, "profile");
	json_array_foreach(json_object_get(result, "grades"), i, grade) {
		xmlNode *node = node_add(run, "grade");
		node_set_member(node, "name", grade, "profile");
		node_set_member(node, "value", grade, "grade");
		if (profile && strcmp(json_member_text(profile, "name"), json_member_text(grade, "profile")) == 0)
			describe_grade(node, profile);
	}
}

static void add_run(xmlNode *root, const struct table *t, size_t number)
{
	static const char *const members[][3] = { { "target", "name", "target" }, { "target", "domain", "domain" },
		{ NULL, "product", "product" }, { "tool", "name", "tool" }, { "tool", "version", "version" },
		{ "tool", "driver", "driver" }, { "tool", "transport", "transport" }, { "tool", "profile", "profile" },
		{ "tool", "started", "started" } };
	const struct side *s = t->sides.items[number];
	xmlNode *run = node_add(root, "run");
	node_set_count(run, "number", (long long)number + 1);
	node_set(run, "label", s->label);
	AUTO_TEXT folder = side_folder(s->path);
	node_set(run, "folder", folder);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		node_set(run, members[i][2],
			members[i][0] ? stored_text(s->result, members[i][0], members[i][1])
				      : stored_tested(s->result, members[i][1]));
	if (*stored_text(s->result, "client", "name"))
		node_set(run, "client", stored_text(s->result, "client", "name"));
	node_set_count(run, "seconds", seconds_of(s->started));
	node_set(run, "complete", json_is_true(json_object_get(s->result, "complete")) ? "true" : "false");
	add_counts(run, t, s, 0, t->entries.count);
	add_grades(run, s->result);
}

/* The title and the level are those of the newest that knows the check. */
static void set_about(xmlNode *node, const struct table *t, const char *id)
{
	const json_t *check = NULL;
	for (size_t i = t->sides.count; i-- > 0 && !check;)
		check = side_check(t->sides.items[i], id);
	node_set(node, "id", id);
	node_set_member(node, "title", check, "title");
	node_set_member(node, "level", check, "level");
}

static void add_cell(xmlNode *parent, const struct side *s, size_t number, const char *id)
{
	const json_t *check = side_check(s, id);
	xmlNode *cell = node_add(parent, "cell");
	node_set_count(cell, "run", (long long)number + 1);
	node_set(cell, "verdict", side_verdict(s, id));
	if (check && strcmp(stored_observed(check), side_verdict(s, id)) != 0)
		node_set(cell, "observed", stored_observed(check));
	if (check)
		node_text_member(cell, check, "message");
}

static bool add_check(xmlNode *suite, struct table *t, const char *id)
{
	bool one_sided;
	enum agreement found = agreement(t, id, &one_sided);
	t->out->same += found == AGREEMENT_SAME;
	t->out->different += found == AGREEMENT_DIFFERENT;
	t->out->one_sided += one_sided;
	if (t->only_different && found != AGREEMENT_DIFFERENT)
		return false;
	xmlNode *node = node_add(suite, "check");
	set_about(node, t, id);
	node_set(node, "slug", id + strcspn(id, "/") + (strchr(id, '/') != NULL));
	node_set(node, "different", found == AGREEMENT_DIFFERENT ? "true" : "false");
	for (size_t i = 0; i < t->sides.count; i++)
		add_cell(node, t->sides.items[i], i, id);
	return found == AGREEMENT_DIFFERENT;
}

static size_t suite_end(const struct table *t, size_t first)
{
	const char *id = ((const struct entry *)t->entries.items[first])->id;
	size_t length = strcspn(id, "/"), end = first;
	while (end < t->entries.count) {
		const char *other = ((const struct entry *)t->entries.items[end])->id;
		if (strcspn(other, "/") != length || strncmp(other, id, length) != 0)
			break;
		end++;
	}
	return end;
}

static void add_suite(xmlNode *root, struct table *t, size_t first, size_t end)
{
	const char *id = ((const struct entry *)t->entries.items[first])->id;
	AUTO_TEXT name = memory_copy_bytes(id, strcspn(id, "/"));
	size_t different = 0;
	xmlNode *suite = node_add(root, "suite");
	node_set(suite, "name", name);
	node_set_count(suite, "checks", (long long)(end - first));
	for (size_t i = 0; i < t->sides.count; i++) {
		xmlNode *totals = node_add(suite, "totals");
		node_set_count(totals, "run", (long long)i + 1);
		add_counts(totals, t, t->sides.items[i], first, end);
	}
	for (size_t i = first; i < end; i++)
		different += add_check(suite, t, ((const struct entry *)t->entries.items[i])->id);
	node_set_count(suite, "different", (long long)different);
}

/* What changed from a run to the next. */
static void add_step(xmlNode *root, const struct table *t, size_t after)
{
	static const char *const kinds[] = { "worse", "better", "new", "gone", "unclear", "judged" };
	const struct side *a = t->sides.items[after - 1], *b = t->sides.items[after];
	xmlNode *step = node_add(root, "step");
	node_set_count(step, "before", (long long)after);
	node_set_count(step, "after", (long long)after + 1);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		long long count = 0;
		for (size_t i = 0; i < t->entries.count; i++) {
			const char *id = ((const struct entry *)t->entries.items[i])->id;
			const char *kind = side_change(a, b, id);
			if (!kind || strcmp(kind, kinds[k]) != 0)
				continue;
			const json_t *check = side_check(verdict_played(side_verdict(b, id)) ? b : a, id);
			xmlNode *node = node_add(step, "change");
			node_set(node, "kind", kind);
			node_set(node, "id", id);
			node_set(node, "before", side_verdict(a, id));
			node_set(node, "after", side_verdict(b, id));
			node_set_member(node, "title", check, "title");
			node_text_member(node, side_check(b, id), "message");
			count++;
		}
		node_set_count(step, kinds[k], count);
	}
}

static xmlNode *begin_document(struct table *t, const char *kind)
{
	t->out->formats = kind;
	t->out->doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *root = xmlNewDocNode(t->out->doc, NULL, (const xmlChar *)"comparison", NULL);
	xmlDocSetRootElement(t->out->doc, root);
	node_set(root, "format", "1");
	node_set(root, "kind", kind);
	sides_name(&t->sides);
	gather_entries(t);
	for (size_t i = 0; i < t->sides.count; i++)
		add_run(root, t, i);
	return root;
}

static int read_sides(struct table *t, const struct vec *paths, struct err *e)
{
	for (size_t i = 0; i < paths->count; i++) {
		struct side *s = side_read(paths->items[i], e);
		if (!s)
			return -1;
		vec_push(&t->sides, s);
	}
	return 0;
}

int comparison_make(struct comparison *c, const struct vec *paths, bool strict, bool only_different, struct err *e)
{
	struct table t = { .out = c, .strict = strict, .only_different = only_different };
	*c = (struct comparison){ .doc = NULL };
	if (read_sides(&t, paths, e)) {
		table_release(&t);
		return -1;
	}
	xmlNode *root = begin_document(&t, "compare");
	for (size_t first = 0, end; first < t.entries.count; first = end) {
		end = suite_end(&t, first);
		add_suite(root, &t, first, end);
	}
	if (t.sides.count == 2)
		add_step(root, &t, 1);
	node_set(root, "strict", strict ? "true" : "false");
	node_set(root, "only-different", only_different ? "true" : "false");
	node_set_count(root, "checks", (long long)t.entries.count);
	node_set_count(root, "same", (long long)c->same);
	node_set_count(root, "differing", (long long)c->different);
	node_set_count(root, "one-sided", (long long)c->one_sided);
	table_release(&t);
	return 0;
}

/* ---- history ---- */

static int compare_sides(const void *a, const void *b)
{
	const struct side *x = *(struct side *const *)a, *y = *(struct side *const *)b;
	int order = strcmp(x->started, y->started);
	return order ? order : strcmp(x->path, y->path);
}

/* Leaves only those of the target; without one, all must be of the same. */
static int choose_target(struct table *t, const char *target, struct err *e)
{
	for (size_t i = 0; i < t->sides.count; i++) {
		struct side *s = t->sides.items[i];
		const char *name = stored_tested(s->result, "name");
		const char *first = stored_tested(((struct side *)t->sides.items[0])->result, "name");
		if (target ? strcmp(name, target) == 0 : strcmp(name, first) == 0)
			continue;
		if (!target)
			return err_set(e, ERR_USAGE, s->path,
				"is of '%s', and %s of '%s': a history is of one target; choose with --target", name,
				((struct side *)t->sides.items[0])->path, first);
		side_free(s);
		vec_remove(&t->sides, i--);
	}
	if (!t->sides.count)
		return err_set(e, ERR_USAGE, NULL, "no result is of the target '%s'", target ? target : "");
	return 0;
}

/* A day must be known of each, or it has no place. */
static int check_dates(const struct table *t, struct err *e)
{
	for (size_t i = 0; i < t->sides.count; i++) {
		const struct side *s = t->sides.items[i];
		if (seconds_of(s->started) < 0)
			return err_set(e, ERR_USAGE, s->path, "does not say when it began (tool.started)");
	}
	return 0;
}

int history_make(struct comparison *c, const struct vec *paths, const char *target, struct err *e)
{
	struct table t = { .out = c };
	*c = (struct comparison){ .doc = NULL };
	int result = read_sides(&t, paths, e);
	if (!result)
		result = choose_target(&t, target, e);
	if (!result)
		result = check_dates(&t, e);
	if (result) {
		table_release(&t);
		return -1;
	}
	qsort(t.sides.items, t.sides.count, sizeof *t.sides.items, compare_sides);
	xmlNode *root = begin_document(&t, "history");
	for (size_t i = 1; i < t.sides.count; i++)
		add_step(root, &t, i);
	node_set_count(root, "checks", (long long)t.entries.count);
	table_release(&t);
	return 0;
}

int comparison_print(const struct comparison *c, enum comparison_format format, struct buf *out, struct err *e)
{
	if (!formats[format].suffix)
		return document_print(c->doc, out, e);
	AUTO_TEXT name = memory_printf("%s-%s", c->formats, formats[format].suffix);
	return document_transform(c->doc, name, format == COMPARISON_TEXT ? NULL : c->language, out, e);
}

void comparison_release(struct comparison *c)
{
	xmlFreeDoc(c->doc);
	*c = (struct comparison){ .doc = NULL };
}
