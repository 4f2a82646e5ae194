/* result.json from <results>. docs/results.md is its promise: names and types here do not change within a format. */
#include "report/private.h"
#include <stdlib.h>
#include <string.h>

static const char *attribute(const xmlNode *node, const char *name)
{
	const char *value = node ? xml_attribute(node, name) : NULL;
	return value ? value : "";
}

static const xmlNode *first(const xmlNode *node, const char *name)
{
	return node ? xml_child(node, name, NULL) : NULL;
}

static const xmlNode *next(const xmlNode *node, const char *name)
{
	return xml_next(node, name, NULL);
}

static void put_text(json_t *object, const char *name, const char *value)
{
	json_object_set_new(object, name, json_string(value));
}

static void put_content(json_t *object, const char *name, const xmlNode *node)
{
	AUTO_TEXT text = node ? xml_text(node) : NULL;
	put_text(object, name, text ? text : "");
}

static void put_count(json_t *object, const char *name, const xmlNode *node, const char *member)
{
	json_object_set_new(object, name, json_integer(strtoll(attribute(node, member), NULL, 10)));
}

static void put_real(json_t *object, const char *name, const xmlNode *node, const char *member)
{
	json_object_set_new(object, name, json_real(strtod(attribute(node, member), NULL)));
}

static void put_flag(json_t *object, const char *name, const xmlNode *node, const char *member)
{
	json_object_set_new(object, name, json_boolean(strcmp(attribute(node, member), "true") == 0));
}

static json_t *texts(const xmlNode *parent, const char *name)
{
	json_t *list = json_array();
	for (const xmlNode *item = first(parent, name); item; item = next(item, name)) {
		AUTO_TEXT text = xml_text(item);
		json_array_append_new(list, json_string(text ? text : ""));
	}
	return list;
}

static json_t *tool(const xmlNode *root)
{
	static const char *const members[] = { "name", "version", "driver", "profile", "started" };
	const xmlNode *node = first(root, "tool");
	json_t *object = json_object();
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		put_text(object, members[i], attribute(node, members[i]));
	if (*attribute(node, "transport"))
		put_text(object, "transport", attribute(node, "transport"));
	json_object_set_new(object, "arguments", texts(node, "argument"));
	if (first(node, "missing"))
		json_object_set_new(object, "missing", texts(node, "missing"));
	put_count(object, "jobs", node, "jobs");
	put_count(object, "planned", node, "planned");
	put_count(object, "begun", node, "begun");
	return object;
}

static void put_lists(json_t *object, const xmlNode *parent)
{
	for (const xmlNode *list = first(parent, "list"); list; list = next(list, "list"))
		json_object_set_new(object, attribute(list, "name"), texts(list, "item"));
}

static json_t *features(const xmlNode *root)
{
	const xmlNode *node = first(root, "discovered");
	json_t *object = json_object(), *services = json_array(), *facts = json_object();
	put_lists(object, node);
	for (const xmlNode *service = first(node, "service"); service; service = next(service, "service")) {
		json_t *one = json_object();
		put_text(one, "address", attribute(service, "address"));
		put_text(one, "kind", attribute(service, "kind"));
		put_lists(one, service);
		json_array_append_new(services, one);
	}
	for (const xmlNode *fact = first(node, "fact"); fact; fact = next(fact, "fact"))
		put_text(facts, attribute(fact, "name"), attribute(fact, "value"));
	json_object_set_new(object, "services", services);
	json_object_set_new(object, "facts", facts);
	return object;
}

static json_t *target(const xmlNode *root)
{
	static const char *const members[] = { "name", "domain", "product", "provisioning" };
	const xmlNode *node = first(root, "target");
	json_t *object = json_object();
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		put_text(object, members[i], attribute(node, members[i]));
	json_object_set_new(object, "features", features(root));
	return object;
}

static json_t *summary(const xmlNode *root)
{
	json_t *object = json_object();
	for (int o = 0; o < OUTCOMES; o++)
		put_count(object, outcome_name((enum outcome)o), first(root, "summary"), outcome_name((enum outcome)o));
	return object;
}

static json_t *timing(const xmlNode *root)
{
	static const char *const members[] = { "wall", "idle", "harness_processor", "server_processor" };
	json_t *object = json_object();
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		put_real(object, members[i], first(root, "timing"), members[i]);
	return object;
}

static json_t *requirements(const xmlNode *root)
{
	static const char *const members[] = { "label", "section", "level", "address" };
	json_t *object = json_object();
	for (const xmlNode *node = first(root, "requirement"); node; node = next(node, "requirement")) {
		json_t *one = json_object();
		for (size_t i = 0; i < sizeof members / sizeof *members; i++)
			put_text(one, members[i], attribute(node, members[i]));
		put_content(one, "text", node);
		json_object_set_new(object, attribute(node, "key"), one);
	}
	return object;
}

/* {"en": …, "de": …} of the words of that name; NULL where there are none. */
static json_t *words(const xmlNode *node, const char *name)
{
	json_t *object = NULL;
	for (const xmlNode *one = first(node, "words"); one; one = next(one, "words")) {
		if (strcmp(attribute(one, "name"), name) != 0)
			continue;
		if (!object)
			object = json_object();
		put_content(object, attribute(one, "lang"), one);
	}
	return object;
}

static void put_words(json_t *object, const xmlNode *node)
{
	static const char *const names[] = { "title", "about", "text", "reference", "article", "paper" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		json_t *found = words(node, names[i]);
		if (found)
			json_object_set_new(object, names[i], found);
	}
}

static json_t *row_object(const xmlNode *row)
{
	json_t *object = json_object(), *needs = json_array();
	put_text(object, "name", attribute(row, "name"));
	put_text(object, "state", attribute(row, "state"));
	if (*attribute(row, "from"))
		put_text(object, "from", attribute(row, "from"));
	put_words(object, row);
	for (const xmlNode *one = first(row, "needs"); one; one = next(one, "needs")) {
		json_t *need = json_object();
		put_text(need, "check", attribute(one, "check"));
		put_text(need, "verdict", attribute(one, "verdict"));
		put_flag(need, "required", one, "required");
		json_array_append_new(needs, need);
	}
	json_object_set_new(object, "checks", needs);
	return object;
}

static json_t *profile_object(const xmlNode *profile)
{
	json_t *object = json_object(), *rows = json_array(), *levels = json_array();
	put_text(object, "name", attribute(profile, "name"));
	put_flag(object, "narrowed", profile, "narrowed");
	if (xml_attribute(profile, "grade"))
		put_text(object, "grade", attribute(profile, "grade"));
	put_words(object, profile);
	for (const xmlNode *one = first(first(profile, "levels"), "level"); one; one = next(one, "level")) {
		json_t *level = json_object();
		put_text(level, "name", attribute(one, "name"));
		put_flag(level, "reached", one, "reached");
		put_flag(level, "flawed", one, "flawed");
		put_words(level, one);
		json_array_append_new(levels, level);
	}
	for (const xmlNode *one = first(first(profile, "rows"), "row"); one; one = next(one, "row"))
		json_array_append_new(rows, row_object(one));
	json_object_set_new(object, "levels", levels);
	json_object_set_new(object, "rows", rows);
	return object;
}

/* The grade as certificates and histories want it: the level's title, or why there is none. */
static json_t *grades(const xmlNode *profile)
{
	static const char rule[] =
		"The highest level whose questions, and those of the levels before it, are all answered with yes.";
	json_t *one = json_object(), *list = json_array();
	const char *grade = attribute(profile, "grade");
	const xmlNode *level = first(first(profile, "levels"), "level");
	while (level && strcmp(attribute(level, "name"), grade) != 0)
		level = next(level, "level");
	json_t *title = level ? words(level, "title") : NULL;
	const char *name = title ? json_string_value(json_object_get(title, "en")) : NULL;
	AUTO_TEXT text = level ? memory_printf("%s%s", name ? name : grade,
					 strcmp(attribute(level, "flawed"), "true") == 0 ? ", with faults" : "")
			       : memory_copy_text(*grade ? "no level" : "not graded");
	put_text(one, "profile", attribute(profile, "name"));
	put_text(one, "grade", text);
	put_text(one, "rule", rule);
	json_array_append_new(list, one);
	json_decref(title);
	return list;
}

static json_t *cites(const xmlNode *check)
{
	json_t *list = json_array();
	for (const xmlNode *cite = first(check, "cite"); cite; cite = next(cite, "cite"))
		json_array_append_new(list, json_string(attribute(cite, "ref")));
	return list;
}

/* What is only there when it says something: repeats that differ, a baseline. */
static void put_history(json_t *object, const xmlNode *check)
{
	static const char *const more[] = { "link", "expires", "pattern" };
	const xmlNode *baseline = first(check, "baseline");
	put_count(object, "runs", check, "runs");
	put_flag(object, "unstable", check, "unstable");
	if (first(check, "seen")) {
		json_t *verdicts = json_object();
		for (const xmlNode *seen = first(check, "seen"); seen; seen = next(seen, "seen"))
			put_count(verdicts, attribute(seen, "verdict"), seen, "times");
		json_object_set_new(object, "verdicts", verdicts);
	}
	if (baseline) {
		json_t *known = json_object();
		put_text(known, "verdict", attribute(baseline, "verdict"));
		put_content(known, "reason", baseline);
		for (size_t i = 0; i < sizeof more / sizeof *more; i++)
			if (*attribute(baseline, more[i]))
				put_text(known, more[i], attribute(baseline, more[i]));
		json_object_set_new(object, "baseline", known);
	}
	if (*attribute(check, "observed"))
		put_text(object, "observed", attribute(check, "observed"));
}

/* Each product once, with the text in each language. */
static json_t *mends(const xmlNode *check)
{
	json_t *list = json_array();
	for (const xmlNode *one = first(check, "mend"); one; one = next(one, "mend")) {
		if (strcmp(attribute(one, "lang"), "en") == 0) {
			json_array_append_new(list, json_object());
			put_text(json_array_get(list, json_array_size(list) - 1), "product", attribute(one, "product"));
		}
		put_content(json_array_get(list, json_array_size(list) - 1), attribute(one, "lang"), one);
	}
	return list;
}

static json_t *check_object(const xmlNode *check, const char *scenario)
{
	json_t *object = json_object();
	put_text(object, "id", attribute(check, "id"));
	put_text(object, "verdict", attribute(check, "verdict"));
	put_text(object, "level", attribute(check, "level"));
	put_flag(object, "raised", check, "raised");
	json_object_set_new(object, "cites", cites(check));
	put_text(object, "title", attribute(check, "title"));
	put_text(object, "scenario", scenario);
	put_text(object, "script", attribute(check, "file"));
	put_count(object, "line", check, "line");
	put_real(object, "milliseconds", check, "ms");
	put_count(object, "repeat", check, "repeat");
	put_content(object, "message", first(check, "message"));
	if (first(check, "expected"))
		put_content(object, "expected", first(check, "expected"));
	if (first(check, "actual"))
		put_content(object, "actual", first(check, "actual"));
	if (*attribute(check, "path"))
		put_text(object, "path", attribute(check, "path"));
	put_history(object, check);
	put_content(object, "again", first(check, "again"));
	if (first(check, "mend"))
		json_object_set_new(object, "mends", mends(check));
	return object;
}

static json_t *latency_object(const xmlNode *latency, const char *scenario)
{
	json_t *object = json_object(), *values = json_array();
	put_text(object, "label", attribute(latency, "label"));
	put_text(object, "scenario", scenario);
	put_count(object, "count", latency, "count");
	put_real(object, "minimum", latency, "minimum");
	put_real(object, "median", latency, "median");
	put_real(object, "maximum", latency, "maximum");
	for (const xmlNode *value = first(latency, "value"); value; value = next(value, "value"))
		json_array_append_new(values, json_real(strtod(attribute(value, "ms"), NULL)));
	json_object_set_new(object, "milliseconds", values);
	return object;
}

/* Text members that are left out where there is nothing to say. */
static void put_known(json_t *object, const char *name, const xmlNode *node, const char *member)
{
	if (*attribute(node, member))
		put_text(object, name, attribute(node, member));
}

static void put_known_count(json_t *object, const char *name, const xmlNode *node, const char *member)
{
	if (*attribute(node, member))
		put_count(object, name, node, member);
}

static json_t *reading_object(const xmlNode *node)
{
	json_t *object = json_object();
	put_text(object, "device", attribute(node, "actor"));
	put_text(object, "way", attribute(node, "way"));
	put_flag(object, "read", node, "read");
	put_known(object, "why", node, "why");
	put_flag(object, "expected", node, "expected");
	return object;
}

/* What everybody who carries a message can see of it. */
static json_t *seen_object(const xmlNode *message)
{
	static const char *const members[] = { "from", "to", "id", "type", "element" };
	json_t *object = json_object(), *clear = json_array(), *recipients = json_array();
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		put_text(object, members[i], attribute(message, members[i]));
	put_known(object, "device", message, "device");
	put_known_count(object, "devices", message, "devices");
	put_known_count(object, "bytes", message, "bytes");
	for (const xmlNode *r = first(message, "recipient"); r; r = next(r, "recipient")) {
		json_t *one = json_object();
		put_known(one, "account", r, "account");
		put_text(one, "device", attribute(r, "device"));
		json_array_append_new(recipients, one);
	}
	for (const xmlNode *c = first(message, "clear"); c; c = next(c, "clear")) {
		json_t *one = json_object();
		put_text(one, "name", attribute(c, "name"));
		put_text(one, "namespace", attribute(c, "ns"));
		put_known_count(one, "bytes", c, "bytes");
		json_array_append_new(clear, one);
	}
	json_object_set_new(object, "recipients", recipients);
	json_object_set_new(object, "clear", clear);
	return object;
}

static json_t *message_object(const xmlNode *message)
{
	json_t *object = json_object(), *got = json_array(), *readings = json_array();
	put_text(object, "name", attribute(message, "name"));
	put_real(object, "milliseconds", message, "at");
	put_text(object, "encryption", attribute(message, "encryption"));
	put_known(object, "writer", message, "writer");
	for (const xmlNode *copy = first(message, "got"); copy; copy = next(copy, "got"))
		json_array_append_new(got,
			json_pack("{s:s, s:s}", "device", attribute(copy, "actor"), "way", attribute(copy, "way")));
	for (const xmlNode *reading = first(message, "reading"); reading; reading = next(reading, "reading"))
		json_array_append_new(readings, reading_object(reading));
	json_object_set_new(object, "got", got);
	json_object_set_new(object, "readings", readings);
	if (first(message, "got"))
		json_object_set_new(object, "seen", seen_object(message));
	return object;
}

static json_t *encryption_object(const xmlNode *encryption, const char *scenario)
{
	json_t *object = json_object(), *messages = json_array(), *hidden = json_array();
	put_text(object, "scenario", scenario);
	put_count(object, "repeat", encryption, "repeat");
	for (const xmlNode *m = first(encryption, "message"); m; m = next(m, "message"))
		json_array_append_new(messages, message_object(m));
	for (const xmlNode *h = first(encryption, "hidden"); h; h = next(h, "hidden")) {
		json_t *one = json_object();
		put_count(one, "stanzas", h, "stanzas");
		put_flag(one, "expected", h, "expected");
		put_known(one, "device", h, "actor");
		json_array_append_new(hidden, one);
	}
	json_object_set_new(object, "messages", messages);
	json_object_set_new(object, "hidden", hidden);
	return object;
}

static json_t *scenario_object(const xmlNode *scenario)
{
	json_t *object = json_object();
	put_text(object, "id", attribute(scenario, "id"));
	put_text(object, "title", attribute(scenario, "title"));
	put_text(object, "verdict", attribute(scenario, "verdict"));
	put_text(object, "message", attribute(scenario, "message"));
	put_text(object, "script", attribute(scenario, "file"));
	put_real(object, "milliseconds", scenario, "ms");
	put_count(object, "runs", scenario, "runs");
	for (const xmlNode *run = first(scenario, "run"); run; run = next(run, "run"))
		if (*attribute(run, "postamble") && !json_object_get(object, "postamble"))
			put_text(object, "postamble", attribute(run, "postamble"));
	return object;
}

int results_print_json(const struct results *r, struct buf *out, struct err *e)
{
	const xmlNode *root = xml_root(r->doc);
	json_t *object = json_object(), *checks = json_array(), *latencies = json_array(), *scenarios = json_array();
	json_t *encryption = json_array();
	put_count(object, "format", root, "format");
	put_flag(object, "complete", root, "complete");
	put_flag(object, "interrupted", root, "interrupted");
	put_count(object, "exit", root, "status");
	json_object_set_new(object, "tool", tool(root));
	json_object_set_new(object, "target", target(root));
	json_object_set_new(object, "summary", summary(root));
	json_object_set_new(object, "timing", timing(root));
	json_object_set_new(object, "requirements", requirements(root));
	if (first(root, "profile"))
		json_object_set_new(object, "profile", profile_object(first(root, "profile")));
	if (first(root, "profile") && xml_attribute(first(root, "profile"), "grade"))
		json_object_set_new(object, "grades", grades(first(root, "profile")));
	for (const xmlNode *suite = first(root, "suite"); suite; suite = next(suite, "suite")) {
		for (const xmlNode *node = first(suite, "scenario"); node; node = next(node, "scenario")) {
			const char *id = attribute(node, "id");
			json_array_append_new(scenarios, scenario_object(node));
			for (const xmlNode *check = first(node, "check"); check; check = next(check, "check"))
				json_array_append_new(checks, check_object(check, id));
			for (const xmlNode *one = first(node, "latency"); one; one = next(one, "latency"))
				json_array_append_new(latencies, latency_object(one, id));
			for (const xmlNode *one = first(node, "encryption"); one; one = next(one, "encryption"))
				json_array_append_new(encryption, encryption_object(one, id));
		}
	}
	json_object_set_new(object, "checks", checks);
	json_object_set_new(object, "scenarios", scenarios);
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
