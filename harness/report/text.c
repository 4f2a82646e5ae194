/* The closing lines of a run. */
#include "report/private.h"
#include <stdlib.h>
#include <string.h>

#define COLOUR_RESET "\033[0m"

static const char *outcome_colour(enum outcome o)
{
	switch (o) {
	case OUTCOME_PASS:
	case OUTCOME_FIXED:
		return "\033[32m";
	case OUTCOME_FAIL:
	case OUTCOME_ERROR:
		return "\033[31m";
	case OUTCOME_WEAK:
	case OUTCOME_INCONCLUSIVE:
	case OUTCOME_NOT_RUN:
		return "\033[33m";
	case OUTCOME_UNSUPPORTED:
	case OUTCOME_KNOWN:
		break;
	}
	return "\033[2m";
}

static const char *outcome_words(enum outcome o)
{
	return o == OUTCOME_NOT_RUN ? "not run" : outcome_name(o);
}

/* Whether the check is told of by itself. Known, unsupported and not run are only counted. */
static bool is_notable(enum outcome o)
{
	switch (o) {
	case OUTCOME_WEAK:
	case OUTCOME_FAIL:
	case OUTCOME_INCONCLUSIVE:
	case OUTCOME_ERROR:
	case OUTCOME_FIXED:
		return true;
	case OUTCOME_PASS:
	case OUTCOME_UNSUPPORTED:
	case OUTCOME_KNOWN:
	case OUTCOME_NOT_RUN:
		break;
	}
	return false;
}

static enum outcome outcome_of(const char *name)
{
	for (int o = 0; o < OUTCOMES; o++)
		if (strcmp(outcome_name((enum outcome)o), name) == 0)
			return (enum outcome)o;
	return OUTCOME_NOT_RUN;
}

static void add_coloured(struct buf *out, bool colour, enum outcome o, const char *text)
{
	if (colour)
		buf_printf(out, "%s%s%s", outcome_colour(o), text, COLOUR_RESET);
	else
		buf_add_text(out, text);
}

/* Text of several lines under its heading. */
static void add_indented(struct buf *out, const char *indent, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		buf_printf(out, "%s%.*s\n", indent, (int)length, text);
		text += length + (text[length] == '\n');
	}
}

static void add_child(struct buf *out, const xmlNode *check, const char *name, const char *indent)
{
	const xmlNode *child = xml_child(check, name, NULL);
	AUTO_TEXT text = child ? xml_text(child) : NULL;
	if (text && *text)
		add_indented(out, indent, text);
}

static const xmlNode *requirement_of(const xmlNode *cite)
{
	const xmlNode *root = xml_root(cite->doc), *node = xml_child(root, "requirement", NULL);
	while (node && strcmp(xml_attribute(node, "key"), xml_attribute(cite, "ref")) != 0)
		node = xml_next(node, "requirement", NULL);
	return node;
}

/* Each citation with what it says. */
static void add_cites(struct buf *out, const xmlNode *check)
{
	for (const xmlNode *cite = xml_child(check, "cite", NULL); cite; cite = xml_next(cite, "cite", NULL)) {
		const xmlNode *requirement = requirement_of(cite);
		AUTO_TEXT text = requirement ? xml_text(requirement) : NULL;
		AUTO_TEXT line = memory_printf(
			"%s%s%s", xml_attribute(cite, "label"), text && *text ? ": " : "", text ? text : "");
		add_indented(out, "    ", line);
	}
}

static void add_check(struct buf *out, bool colour, const xmlNode *check)
{
	enum outcome outcome = outcome_of(xml_attribute(check, "verdict"));
	if (!is_notable(outcome))
		return;
	const char *title = xml_attribute(check, "title"), *level = xml_attribute(check, "level");
	const xmlNode *baseline = xml_child(check, "baseline", NULL);
	buf_add_char(out, '\n');
	add_coloured(out, colour, outcome, outcome_words(outcome));
	buf_printf(out, " %s (%s)\n", xml_attribute(check, "id"),
		strcmp(level, "must") == 0             ? "MUST"
			: strcmp(level, "should") == 0 ? "SHOULD"
						       : "MAY");
	if (*title)
		add_indented(out, "    ", title);
	add_cites(out, check);
	add_child(out, check, "message", "    ");
	for (const xmlNode *seen = xml_child(check, "seen", NULL); seen; seen = xml_next(seen, "seen", NULL))
		buf_printf(out, "    %s in %s of %s runs\n", outcome_words(outcome_of(xml_attribute(seen, "verdict"))),
			xml_attribute(seen, "times"), xml_attribute(check, "runs"));
	if (baseline && outcome == OUTCOME_FIXED) {
		const char *pattern = xml_attribute(baseline, "pattern");
		buf_printf(out, "    the baseline still expects %s%s%s: take it out\n",
			xml_attribute(baseline, "verdict"), pattern ? " of " : "", pattern ? pattern : "");
	}
	buf_printf(out, "    %s:%s\n", xml_attribute(check, "file"), xml_attribute(check, "line"));
	add_child(out, check, "again", "    again: ");
}

static void add_counts(const struct results *r, bool colour, struct buf *out)
{
	struct results copy = *r;
	const char *before = "";
	buf_printf(out, "%u check%s: ", r->checks, r->checks == 1 ? "" : "s");
	for (int o = 0; o < OUTCOMES; o++) {
		char text[64];
		unsigned count = *results_count(&copy, (enum outcome)o);
		if (!count)
			continue;
		snprintf(text, sizeof text, "%u %s", count, outcome_words((enum outcome)o));
		buf_add_text(out, before);
		add_coloured(out, colour, (enum outcome)o, text);
		before = ", ";
	}
	buf_add_text(out, r->checks ? "\n" : "nothing ran\n");
}

/* The words of that name in English; the caller's, NULL where there are none. */
static char *english(const xmlNode *node, const char *name)
{
	for (const xmlNode *one = xml_child(node, "words", NULL); one; one = xml_next(one, "words", NULL))
		if (strcmp(xml_attribute(one, "name"), name) == 0 && strcmp(xml_attribute(one, "lang"), "en") == 0)
			return xml_text(one);
	return NULL;
}

/* What is known of the rows of the profile, and the grade with its rule. */
static void add_profile(const xmlNode *profile, struct buf *out)
{
	static const char *const states[][2] = { { "met", "met" }, { "weak", "met, but not all that is recommended" },
		{ "flawed", "works, with faults" }, { "not-offered", "NOT OFFERED" }, { "open", "not known" },
		{ "not-met", "NOT MET" }, { "paper", "to be shown on paper" } };
	const xmlNode *row = xml_child(xml_child(profile, "rows", NULL), "row", NULL);
	for (; row; row = xml_next(row, "row", NULL)) {
		AUTO_TEXT title = english(row, "title");
		for (size_t i = 0; i < sizeof states / sizeof *states; i++)
			if (strcmp(states[i][0], xml_attribute(row, "state")) == 0)
				buf_printf(out, "  %s: %s\n", title ? title : xml_attribute(row, "name"), states[i][1]);
	}
	const char *grade = xml_attribute(profile, "grade"), *name = xml_attribute(profile, "name");
	if (!grade)
		return;
	const xmlNode *level = xml_child(xml_child(profile, "levels", NULL), "level", NULL);
	while (level && strcmp(xml_attribute(level, "name"), grade) != 0)
		level = xml_next(level, "level", NULL);
	AUTO_TEXT title = level ? english(level, "title") : NULL;
	if (level)
		buf_printf(out, "%s: %s%s\n", name, title ? title : grade,
			strcmp(xml_attribute(level, "flawed"), "true") == 0 ? ", with faults" : "");
	else
		buf_printf(out, "%s: %s\n", name,
			*grade ? "no level is reached"
				: strcmp(xml_attribute(profile, "narrowed"), "true") == 0
				? "no grade, because only a part was played"
				: "no grade, because something is not known");
}

static void add_state(const struct results *r, struct buf *out)
{
	const xmlNode *root = xml_root(r->doc), *tool = xml_child(root, "tool", NULL);
	if (r->complete)
		return;
	for (const xmlNode *part = xml_child(tool, "missing", NULL); part; part = xml_next(part, "missing", NULL)) {
		AUTO_TEXT text = xml_text(part);
		buf_printf(out, "incomplete: %s is missing\n", text ? text : "");
	}
	if (xml_child(tool, "missing", NULL))
		return;
	long long planned = strtoll(xml_attribute(tool, "planned"), NULL, 10);
	buf_printf(out, "incomplete: the run %s; %s",
		strcmp(xml_attribute(root, "interrupted"), "true") == 0 ? "was interrupted" : "did not end by itself",
		xml_attribute(tool, "begun"));
	if (planned > 0)
		buf_printf(out, " of %lld", planned);
	buf_add_text(out, " scenarios began\n");
}

void report_summary_text(const struct results *r, bool colour, struct buf *out)
{
	const xmlNode *root = xml_root(r->doc), *timing = xml_child(root, "timing", NULL);
	for (const xmlNode *suite = xml_child(root, "suite", NULL); suite; suite = xml_next(suite, "suite", NULL))
		for (const xmlNode *node = xml_child(suite, "scenario", NULL); node;
			node = xml_next(node, "scenario", NULL))
			for (const xmlNode *check = xml_child(node, "check", NULL); check;
				check = xml_next(check, "check", NULL))
				add_check(out, colour, check);
	if (out->len)
		buf_add_char(out, '\n');
	if (xml_child(root, "profile", NULL))
		add_profile(xml_child(root, "profile", NULL), out);
	add_state(r, out);
	add_counts(r, colour, out);
	if (timing)
		buf_printf(out, "in %.1f s\n", strtod(xml_attribute(timing, "wall"), NULL) / 1000);
}
