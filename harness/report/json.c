/* result.json from <results>. docs/results.md is its promise: names and types here do not change within a format. */
#include "report/json_parts.h"
#include <stdlib.h>
#include <string.h>

static json_t *texts(const xmlNode *parent, const char *name)
{
	json_t *list = json_array();
	for (const xmlNode *item = part_first(parent, name); item; item = part_next(item, name)) {
		AUTO_TEXT text = xml_text(item);
		json_array_append_new(list, json_string(text ? text : ""));
	}
	return list;
}

static json_t *tool(const xmlNode *root)
{
	static const char *const members[] = { "name", "version", "driver", "profile", "started" };
	const xmlNode *node = part_first(root, "tool");
	json_t *object = json_object();
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		put_text(object, members[i], part_text(node, members[i]));
	if (*part_text(node, "transport"))
		put_text(object, "transport", part_text(node, "transport"));
	json_object_set_new(object, "arguments", texts(node, "argument"));
	if (part_first(node, "missing"))
		json_object_set_new(object, "missing", texts(node, "missing"));
	put_count(object, "jobs", node, "jobs");
	put_count(object, "planned", node, "planned");
	put_count(object, "begun", node, "begun");
	return object;
}

static void put_lists(json_t *object, const xmlNode *parent)
{
	for (const xmlNode *list = part_first(parent, "list"); list; list = part_next(list, "list"))
		json_object_set_new(object, part_text(list, "name"), texts(list, "item"));
}

static json_t *features(const xmlNode *root)
{
	const xmlNode *node = part_first(root, "discovered");
	json_t *object = json_object(), *services = json_array(), *facts = json_object();
	put_lists(object, node);
	for (const xmlNode *service = part_first(node, "service"); service; service = part_next(service, "service")) {
		json_t *one = json_object();
		put_text(one, "address", part_text(service, "address"));
		put_text(one, "kind", part_text(service, "kind"));
		put_lists(one, service);
		json_array_append_new(services, one);
	}
	for (const xmlNode *fact = part_first(node, "fact"); fact; fact = part_next(fact, "fact"))
		put_text(facts, part_text(fact, "name"), part_text(fact, "value"));
	json_object_set_new(object, "services", services);
	json_object_set_new(object, "facts", facts);
	return object;
}

static json_t *system_object(const xmlNode *node)
{
	static const char *const members[] = { "name", "domain", "product", "provisioning" };
	json_t *object = json_object();
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		put_text(object, members[i], part_text(node, members[i]));
	return object;
}

/* The second target, and what scenarios call it. */
static json_t *peer(const xmlNode *node)
{
	json_t *object = system_object(node);
	put_text(object, "peer", part_text(node, "peer"));
	return object;
}

static json_t *client(const xmlNode *node)
{
	json_t *object = json_object();
	put_text(object, "name", part_text(node, "name"));
	put_text(object, "product", part_text(node, "product"));
	return object;
}

static json_t *target(const xmlNode *root)
{
	json_t *object = system_object(part_first(root, "target"));
	json_object_set_new(object, "features", features(root));
	return object;
}

static json_t *summary(const xmlNode *root)
{
	json_t *object = json_object();
	for (int o = 0; o < OUTCOMES; o++)
		put_count(object, outcome_name((enum outcome)o), part_first(root, "summary"),
			outcome_name((enum outcome)o));
	return object;
}

static json_t *timing(const xmlNode *root)
{
	static const char *const members[] = { "wall", "idle", "harness_processor", "server_processor" };
	json_t *object = json_object();
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		put_real(object, members[i], part_first(root, "timing"), members[i]);
	return object;
}

static json_t *requirements(const xmlNode *root)
{
	static const char *const members[] = { "label", "section", "level", "address" };
	json_t *object = json_object();
	for (const xmlNode *node = part_first(root, "requirement"); node; node = part_next(node, "requirement")) {
		json_t *one = json_object();
		for (size_t i = 0; i < sizeof members / sizeof *members; i++)
			put_text(one, members[i], part_text(node, members[i]));
		put_content(one, "text", node);
		json_object_set_new(object, part_text(node, "key"), one);
	}
	return object;
}

static json_t *cites(const xmlNode *check)
{
	json_t *list = json_array();
	for (const xmlNode *cite = part_first(check, "cite"); cite; cite = part_next(cite, "cite"))
		json_array_append_new(list, json_string(part_text(cite, "ref")));
	return list;
}

/* What is only there when it says something: repeats that differ, a baseline. */
static void put_history(json_t *object, const xmlNode *check)
{
	static const char *const more[] = { "link", "expires", "pattern" };
	const xmlNode *baseline = part_first(check, "baseline");
	put_count(object, "runs", check, "runs");
	put_flag(object, "unstable", check, "unstable");
	if (part_first(check, "seen")) {
		json_t *verdicts = json_object();
		for (const xmlNode *seen = part_first(check, "seen"); seen; seen = part_next(seen, "seen"))
			put_count(verdicts, part_text(seen, "verdict"), seen, "times");
		json_object_set_new(object, "verdicts", verdicts);
	}
	if (baseline) {
		json_t *known = json_object();
		put_text(known, "verdict", part_text(baseline, "verdict"));
		put_content(known, "reason", baseline);
		for (size_t i = 0; i < sizeof more / sizeof *more; i++)
			if (*part_text(baseline, more[i]))
				put_text(known, more[i], part_text(baseline, more[i]));
		json_object_set_new(object, "baseline", known);
	}
	if (*part_text(check, "observed"))
		put_text(object, "observed", part_text(check, "observed"));
}

/* Each product once, with the text in each language. */
static json_t *mends(const xmlNode *check)
{
	json_t *list = json_array();
	for (const xmlNode *one = part_first(check, "mend"); one; one = part_next(one, "mend")) {
		if (strcmp(part_text(one, "lang"), "en") == 0) {
			json_array_append_new(list, json_object());
			put_text(json_array_get(list, json_array_size(list) - 1), "product", part_text(one, "product"));
		}
		put_content(json_array_get(list, json_array_size(list) - 1), part_text(one, "lang"), one);
	}
	return list;
}

static json_t *check_object(const xmlNode *check, const char *scenario)
{
	json_t *object = json_object();
	put_text(object, "id", part_text(check, "id"));
	put_text(object, "verdict", part_text(check, "verdict"));
	put_text(object, "level", part_text(check, "level"));
	put_flag(object, "raised", check, "raised");
	json_object_set_new(object, "cites", cites(check));
	put_text(object, "title", part_text(check, "title"));
	put_text(object, "scenario", scenario);
	put_text(object, "script", part_text(check, "file"));
	put_count(object, "line", check, "line");
	put_real(object, "milliseconds", check, "ms");
	put_count(object, "repeat", check, "repeat");
	put_content(object, "message", part_first(check, "message"));
	if (part_first(check, "expected"))
		put_content(object, "expected", part_first(check, "expected"));
	if (part_first(check, "actual"))
		put_content(object, "actual", part_first(check, "actual"));
	if (*part_text(check, "path"))
		put_text(object, "path", part_text(check, "path"));
	put_history(object, check);
	put_content(object, "again", part_first(check, "again"));
	if (part_first(check, "mend"))
		json_object_set_new(object, "mends", mends(check));
	return object;
}

static json_t *value_object(const xmlNode *value)
{
	json_t *object = json_object();
	AUTO_TEXT text = xml_text(value);
	put_text(object, "id", part_text(value, "id"));
	put_text(object, "title", part_text(value, "title"));
	put_text(object, "text", text);
	return object;
}

static json_t *latency_object(const xmlNode *latency, const char *scenario)
{
	json_t *object = json_object(), *values = json_array();
	put_text(object, "label", part_text(latency, "label"));
	put_text(object, "scenario", scenario);
	put_count(object, "count", latency, "count");
	put_real(object, "minimum", latency, "minimum");
	put_real(object, "median", latency, "median");
	put_real(object, "maximum", latency, "maximum");
	for (const xmlNode *value = part_first(latency, "value"); value; value = part_next(value, "value"))
		json_array_append_new(values, json_real(strtod(part_text(value, "ms"), NULL)));
	json_object_set_new(object, "milliseconds", values);
	return object;
}

static json_t *scenario_object(const xmlNode *scenario)
{
	json_t *object = json_object();
	put_text(object, "id", part_text(scenario, "id"));
	put_text(object, "title", part_text(scenario, "title"));
	put_text(object, "verdict", part_text(scenario, "verdict"));
	put_text(object, "message", part_text(scenario, "message"));
	put_text(object, "script", part_text(scenario, "file"));
	put_real(object, "milliseconds", scenario, "ms");
	put_count(object, "runs", scenario, "runs");
	for (const xmlNode *run = part_first(scenario, "run"); run; run = part_next(run, "run"))
		if (*part_text(run, "postamble") && !json_object_get(object, "postamble"))
			put_text(object, "postamble", part_text(run, "postamble"));
	return object;
}

int results_print_json(const struct results *r, struct buf *out, struct err *e)
{
	const xmlNode *root = xml_root(r->doc);
	json_t *object = json_object(), *checks = json_array(), *latencies = json_array(), *scenarios = json_array();
	json_t *encryption = json_array(), *values = json_array();
	put_count(object, "format", root, "format");
	put_flag(object, "complete", root, "complete");
	put_flag(object, "interrupted", root, "interrupted");
	put_count(object, "exit", root, "status");
	json_object_set_new(object, "tool", tool(root));
	json_object_set_new(object, "target", target(root));
	if (part_first(root, "peer"))
		json_object_set_new(object, "peer", peer(part_first(root, "peer")));
	if (part_first(root, "client"))
		json_object_set_new(object, "client", client(part_first(root, "client")));
	if (part_first(root, "second-client"))
		json_object_set_new(object, "second_client", client(part_first(root, "second-client")));
	json_object_set_new(object, "summary", summary(root));
	json_object_set_new(object, "timing", timing(root));
	json_object_set_new(object, "requirements", requirements(root));
	if (part_first(root, "profile"))
		json_object_set_new(object, "profile", profile_object(part_first(root, "profile")));
	if (part_first(root, "profile") && xml_attribute(part_first(root, "profile"), "grade"))
		json_object_set_new(object, "grades", grades_object(part_first(root, "profile")));
	for (const xmlNode *suite = part_first(root, "suite"); suite; suite = part_next(suite, "suite")) {
		for (const xmlNode *node = part_first(suite, "scenario"); node; node = part_next(node, "scenario")) {
			const char *id = part_text(node, "id");
			json_array_append_new(scenarios, scenario_object(node));
			for (const xmlNode *check = part_first(node, "check"); check; check = part_next(check, "check"))
				json_array_append_new(checks, check_object(check, id));
			for (const xmlNode *one = part_first(node, "value"); one; one = part_next(one, "value"))
				json_array_append_new(values, value_object(one));
			for (const xmlNode *one = part_first(node, "latency"); one; one = part_next(one, "latency"))
				json_array_append_new(latencies, latency_object(one, id));
			for (const xmlNode *one = part_first(node, "encryption"); one;
				one = part_next(one, "encryption"))
				json_array_append_new(encryption, encryption_object(one, id));
		}
	}
	json_object_set_new(object, "checks", checks);
	json_object_set_new(object, "scenarios", scenarios);
	json_object_set_new(object, "values", values);
	json_object_set_new(object, "latencies", latencies);
	json_object_set_new(object, "encryption", encryption);
	char *text = json_dumps(object, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
	json_decref(object);
	if (!text)
		return err_set(e, ERR_INTERNAL, "result.json", "cannot be made from the results");
	buf_add_text(out, text);
	buf_add_char(out, '\n');
	free(text);
	return 0;
}
