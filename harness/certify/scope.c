/* What a certificate is about: what ran, and what did not and why. */
#include "base/text.h"
#include "certify/private.h"
#include <string.h>

const char *text_at(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

/* ---- what was asked for ---- */

/* Options that say where and how, or what the statement says elsewhere; each takes a value. */
static const char *const ways[] = { "account", "password-file", "map", "out", "colour", "jobs", "shuffle", "profile",
	"driver", "transport", "lang", "peer", NULL };

static bool is_among(const char *const *names, const char *word, size_t length)
{
	for (; *names; names++)
		if (strlen(*names) == length && strncmp(*names, word, length) == 0)
			return true;
	return false;
}

/* A word that is no option: one of the scripts that were played instead of a profile. */
static bool is_script(const json_t *run, const char *word)
{
	return !*text_at(run, "profile") && !text_ends(word, ".ini") &&
		strcmp(word, text_at(json_object_get(run, "target"), "name")) != 0;
}

/* The words of the command line that chose checks or changed how they are judged: without accounts, files of passwords and where
 * the reports went. */
static json_t *selection(const json_t *run)
{
	size_t i;
	json_t *word, *list = json_array();
	bool value = false, keep = false;
	json_array_foreach(json_object_get(run, "arguments"), i, word) {
		const char *text = json_string_value(word);
		if (!text || !i)
			continue;
		if (value) {
			value = false;
		} else if (text_starts(text, "--")) {
			size_t length = strcspn(text + 2, "=");
			bool trace = strcmp(text, "--trace") == 0;
			value = !trace && !text[2 + length];
			keep = !trace && !is_among(ways, text + 2, length);
		} else {
			keep = is_script(run, text);
		}
		if (keep)
			json_array_append(list, word);
	}
	return list;
}

/* ---- what became of it ---- */

static void count(json_t *counts, const char *verdict)
{
	json_object_set_new(counts, verdict, json_integer(json_integer_value(json_object_get(counts, verdict)) + 1));
}

/* How many checks of each suite have which verdict. */
static json_t *by_suite(const json_t *checks)
{
	size_t i;
	json_t *check, *suites = json_object();
	json_array_foreach(checks, i, check) {
		const char *id = text_at(check, "id");
		AUTO_TEXT suite = memory_copy_bytes(id, strcspn(id, "/"));
		if (!json_object_get(suites, suite))
			json_object_set_new(suites, suite, json_object());
		count(json_object_get(suites, suite), text_at(check, "verdict"));
	}
	return suites;
}

/* Why a check has its verdict: what the baseline says of it, else its message. */
static const char *reason_of(const json_t *check)
{
	const char *expected = text_at(json_object_get(check, "baseline"), "reason");
	return *expected ? expected : text_at(check, "message");
}

static json_t *remark(json_t *remarks, const json_t *check)
{
	size_t i;
	json_t *one;
	json_array_foreach(remarks, i, one) {
		if (strcmp(text_at(one, "verdict"), text_at(check, "verdict")) == 0 &&
			strcmp(text_at(one, "observed"), text_at(check, "observed")) == 0 &&
			strcmp(text_at(one, "reason"), reason_of(check)) == 0)
			return one;
	}
	one = json_object();
	json_object_set_new(one, "verdict", json_string(text_at(check, "verdict")));
	if (*text_at(check, "observed"))
		json_object_set_new(one, "observed", json_string(text_at(check, "observed")));
	json_object_set_new(one, "reason", json_string(reason_of(check)));
	json_object_set_new(one, "checks", json_array());
	json_array_append_new(remarks, one);
	return one;
}

/* Every check that did not simply pass is named with its reason; those with the same one stand together. */
static json_t *all_remarks(const json_t *checks)
{
	static const char *const order[] = { "fail", "weak", "inconclusive", "error", "known", "fixed", "unsupported",
		"not_run" };
	size_t i;
	json_t *check, *remarks = json_array();
	for (size_t o = 0; o < sizeof order / sizeof *order; o++) {
		json_array_foreach(checks, i, check) {
			if (strcmp(text_at(check, "verdict"), order[o]) == 0)
				json_array_append(json_object_get(remark(remarks, check), "checks"),
					json_object_get(check, "id"));
		}
	}
	return remarks;
}

json_t *scope_make(const json_t *results, const json_t *run)
{
	bool whole = *text_at(run, "profile") && json_is_false(json_object_get(run, "narrowed"));
	json_t *scope = json_object(), *words = selection(run);
	const json_t *checks = json_object_get(results, "checks");
	json_object_set_new(scope, "checks", json_integer((json_int_t)json_array_size(checks)));
	json_object_set_new(
		scope, "scenarios", json_integer((json_int_t)json_array_size(json_object_get(results, "scenarios"))));
	json_object_set_new(scope, "whole_profile", json_boolean(whole));
	json_object_set_new(scope, "selection", words);
	json_object_set_new(scope, "ran", by_suite(checks));
	json_object_set_new(scope, "remarks", all_remarks(checks));
	return scope;
}
