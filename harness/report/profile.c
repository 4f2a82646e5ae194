/* What a run says about the questions of its profile (script/profile.h), and the grade. */
#include "base/text.h"
#include "report/private.h"
#include <string.h>

/* In the order of gravity: what is known of a row is the gravest that holds. */
enum row_state {
	ROW_MET,
	ROW_WEAK,        /* met, but for something that is only recommended */
	ROW_FLAWED,      /* what is required is met, but something else of it violates a requirement */
	ROW_NOT_OFFERED, /* the system does not claim it */
	ROW_OPEN,        /* something was not played, or ended otherwise */
	ROW_NOT_MET,
	ROW_PAPER, /* only paper can show it */
};
static const char *const state_names[] = { "met", "weak", "flawed", "not-offered", "open", "not-met", "paper" };

/* A row while its checks are looked at. */
struct sum {
	enum row_state state;
	unsigned counted; /* checks that say something: not those that may be left out and are */
	unsigned left_out;
};

static void make_graver(struct sum *s, enum row_state state)
{
	if (state > s->state)
		s->state = state;
}

/* What the system did, whatever a baseline expects of it. */
static void count_check(struct sum *s, const struct check_entry *check, bool required)
{
	/* What a server MAY do is nothing that it must offer. */
	required = required && strcmp(json_member_text(check->announced, "level"), "may") != 0;
	s->counted++;
	switch (check->observed) {
	case OUTCOME_PASS:
	case OUTCOME_FIXED:
		break;
	case OUTCOME_WEAK:
		make_graver(s, ROW_WEAK);
		break;
	case OUTCOME_UNSUPPORTED:
		if (required)
			make_graver(s, ROW_NOT_OFFERED);
		s->counted -= !required;
		s->left_out += !required;
		break;
	case OUTCOME_FAIL:
	case OUTCOME_KNOWN:
		make_graver(s, required ? ROW_NOT_MET : ROW_FLAWED);
		break;
	case OUTCOME_INCONCLUSIVE:
	case OUTCOME_ERROR:
	case OUTCOME_NOT_RUN:
		make_graver(s, ROW_OPEN);
		break;
	}
}

static bool is_counted(const xmlNode *row, const struct check_entry *check)
{
	for (const xmlNode *one = xml_child(row, "needs", NULL); one; one = xml_next(one, "needs", NULL))
		if (strcmp(xml_attribute(one, "check"), check->id) == 0)
			return true;
	return false;
}

/* Every glob must find something, or else the row was not looked at as a whole. What several of them find counts for
 * the first, so that `checks` may name a suite of which some is required. */
static void count_globs(xmlNode *row, const struct model *m, const char *globs, bool required, struct sum *s)
{
	for (size_t length; *(globs += strspn(globs, ", ")); globs += length) {
		length = strcspn(globs, ",");
		AUTO_TEXT glob = memory_copy_bytes(globs, length);
		unsigned found = 0;
		for (size_t i = 0; i < m->checks.count; i++) {
			const struct check_entry *check = m->checks.items[i];
			if (!text_glob(glob, check->id))
				continue;
			found++;
			if (is_counted(row, check))
				continue;
			count_check(s, check, required);
			xmlNode *node = node_add(row, "needs");
			node_set(node, "check", check->id);
			node_set(node, "verdict", outcome_name(check->observed));
			node_set(node, "required", required ? "true" : "false");
		}
		if (!found)
			make_graver(s, ROW_OPEN);
	}
}

static enum row_state row_state(xmlNode *row, const struct model *m, const json_t *part)
{
	struct sum s = { ROW_MET, 0, 0 };
	const char *required = json_member_text(part, "required"), *checks = json_member_text(part, "checks");
	if (!*required && !*checks)
		return ROW_PAPER;
	count_globs(row, m, required, true, &s);
	count_globs(row, m, checks, false, &s);
	if (!s.counted && s.left_out)
		make_graver(&s, ROW_NOT_OFFERED);
	/* The target file did not tell how to come as a component: that says nothing of the server. */
	bool told = json_is_true(json_object_get(json_object_get(m->run, "target"), "component"));
	if (s.state == ROW_NOT_OFFERED && *json_member_text(part, "needs") && !told)
		return ROW_OPEN;
	return s.state;
}

/* "title.de" becomes <words name="title" lang="de">. */
static void add_words(xmlNode *node, const json_t *part)
{
	const char *name;
	json_t *text;
	json_object_foreach(json_object_get(part, "texts"), name, text) {
		const char *dot = strchr(name, '.');
		AUTO_TEXT base = memory_copy_bytes(name, strcspn(name, "."));
		xmlNode *words = node_add(node, "words");
		node_set(words, "name", base);
		node_set(words, "lang", dot ? dot + 1 : "en");
		node_text_member(words, json_object_get(part, "texts"), name);
	}
}

static size_t level_index(const json_t *levels, const char *name)
{
	size_t i;
	json_t *level;
	json_array_foreach(levels, i, level) {
		if (strcmp(json_member_text(level, "name"), name) == 0)
			return i;
	}
	return json_array_size(levels);
}

void profile_add(xmlNode *root, const struct model *m)
{
	size_t i;
	json_t *part;
	const json_t *levels = json_object_get(m->profile, "levels"), *rows = json_object_get(m->profile, "rows");
	if (!json_array_size(rows))
		return;
	bool narrowed = !json_is_false(json_object_get(m->run, "narrowed")), failed = false;
	size_t reached = json_array_size(levels); /* so many levels, from the least, have every row met */
	size_t flawless = reached;                /* and of these so many without a flaw */
	xmlNode *node = node_add(root, "profile");
	node_set_member(node, "name", m->profile, "name");
	node_set(node, "narrowed", narrowed ? "true" : "false");
	add_words(node, m->profile);
	xmlNode *list = node_add(node, "rows");
	json_array_foreach(rows, i, part) {
		xmlNode *row = node_add(list, "row");
		node_set_member(row, "name", part, "name");
		enum row_state state = row_state(row, m, part);
		node_set(row, "state", state_names[state]);
		add_words(row, part);
		const char *from = json_member_text(part, "from");
		if (!*from)
			continue;
		node_set(row, "from", from);
		size_t needed_from = level_index(levels, from);
		if (state > ROW_FLAWED && state != ROW_PAPER && needed_from < reached)
			reached = needed_from;
		if (state == ROW_FLAWED && needed_from < flawless)
			flawless = needed_from;
		failed |= needed_from == 0 && (state == ROW_NOT_MET || state == ROW_NOT_OFFERED);
	}
	xmlNode *grades = node_add(node, "levels");
	json_array_foreach(levels, i, part) {
		xmlNode *level = node_add(grades, "level");
		node_set_member(level, "name", part, "name");
		node_set(level, "reached", i < reached && !narrowed ? "true" : "false");
		node_set(level, "flawed", i >= flawless ? "true" : "false");
		add_words(level, part);
	}
	if (!json_array_size(levels))
		return;
	/* What is not known is not held against the system, but it gives no grade either. */
	const json_t *best = reached ? json_array_get(levels, reached - 1) : NULL;
	if (narrowed)
		node_set(node, "grade", "");
	else if (best)
		node_set_member(node, "grade", best, "name");
	else
		node_set(node, "grade", failed ? "none" : "");
}
