/* The model as <results>; reports/results.rng says what is where. */
#include "report/private.h"
#include <stdlib.h>
#include <string.h>

const char *check_slug(const char *check, const char *scenario)
{
	size_t length = strlen(scenario);
	return strncmp(check, scenario, length) == 0 && check[length] == '/' && check[length + 1] ? check + length + 1
												  : check;
}

static void set_flag(xmlNode *node, const char *name, bool value)
{
	node_set(node, name, value ? "true" : "false");
}

/* What is no level reads as the strictest. */
static const char *level_word(const char *level)
{
	return strcmp(level, "should") == 0 || strcmp(level, "may") == 0 ? level : "must";
}

/* ---- the run as a whole ---- */

static void add_tool(xmlNode *root, const struct model *m)
{
	static const char *const members[] = { "version", "driver", "profile", "started" };
	xmlNode *tool = node_add(root, "tool");
	node_set_member(tool, "name", m->run, "tool");
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		node_set_member(tool, members[i], m->run, members[i]);
	if (*json_member_text(m->run, "transport"))
		node_set_member(tool, "transport", m->run, "transport");
	node_set_count(tool, "jobs", json_integer_value(json_object_get(m->run, "jobs")));
	node_set_count(tool, "planned", json_integer_value(json_object_get(m->run, "planned")));
	node_set_count(tool, "begun", (long long)m->attempts.count);
	size_t i;
	json_t *word;
	json_array_foreach(json_object_get(m->run, "arguments"), i, word)
		node_text(node_add(tool, "argument"), json_is_string(word) ? json_string_value(word) : "");
	json_array_foreach(json_object_get(m->run, "missing"), i, word)
		node_text(node_add(tool, "missing"), json_is_string(word) ? json_string_value(word) : "");
}

/* The target, or the second one of a run that has one: then `peer` is what its scenarios call it. */
static void add_target(xmlNode *root, const json_t *target, const json_t *discovered, const char *element)
{
	static const char *const members[] = { "name", "domain", "provisioning" };
	const json_t *facts = json_object_get(discovered, "facts");
	const char *product = json_member_text(target, "product"), *name = json_member_text(facts, "version.name");
	const char *version = json_member_text(facts, "version.version");
	xmlNode *node = node_add(root, element);
	if (*json_member_text(target, "peer"))
		node_set_member(node, "peer", target, "peer");
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		node_set_member(node, members[i], target, members[i]);
	/* Where nobody said what it is, what it calls itself (XEP-0092). */
	AUTO_TEXT said = memory_printf("%s%s%s", name, *name && *version ? " " : "", version);
	node_set(node, "product", *product ? product : said);
}

/* The client under test: the target is then what it was tested with. */
static void add_client(xmlNode *root, const json_t *client, const char *name)
{
	xmlNode *node = node_add(root, name);
	node_set_member(node, "name", client, "name");
	node_set_member(node, "product", client, "product");
}

static void add_list(xmlNode *parent, const char *name, const json_t *texts)
{
	size_t i;
	json_t *text;
	xmlNode *list = node_add(parent, "list");
	node_set(list, "name", name);
	json_array_foreach(texts, i, text) {
		if (json_is_string(text))
			node_text(node_add(list, "item"), json_string_value(text));
	}
}

static void add_service(xmlNode *parent, json_t *service)
{
	const char *name;
	json_t *value;
	xmlNode *node = node_add(parent, "service");
	node_set_member(node, "address", service, "address");
	node_set_member(node, "kind", service, "kind");
	json_object_foreach(service, name, value) {
		if (json_is_array(value))
			add_list(node, name, value);
	}
}

/* What a server offers is kept as it was found: lists of texts, services (objects in a list) and facts (texts in an
 * object), whatever their names. */
static void add_discovered(xmlNode *root, const struct model *m)
{
	const char *name, *fact;
	json_t *value, *inner;
	size_t i;
	xmlNode *node = node_add(root, "discovered");
	json_object_foreach(m->discovered, name, value) {
		if (json_is_array(value) && !json_is_object(json_array_get(value, 0))) {
			add_list(node, name, value);
		} else if (json_is_array(value)) {
			json_array_foreach(value, i, inner)
				add_service(node, inner);
		} else {
			json_object_foreach(value, fact, inner) {
				xmlNode *known = node_add(node, "fact");
				node_set(known, "name", fact);
				node_set(known, "value", json_is_string(inner) ? json_string_value(inner) : "");
			}
		}
	}
}

static void add_timing(xmlNode *root, const struct model *m)
{
	static const char *const members[][2] = { { "wall", "wall_ms" }, { "idle", "idle_ms" },
		{ "harness_processor", "harness_cpu_ms" }, { "server_processor", "server_cpu_ms" } };
	if (!m->summary)
		return;
	xmlNode *node = node_add(root, "timing");
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		node_set_number(node, members[i][0], json_member_number(m->summary, members[i][1]));
}

/* ---- requirements ---- */

/* How a citation reads and where it leads. */
static void set_reference(xmlNode *node, const char *key, const json_t *entry)
{
	BUF_AUTO section = BUF_INIT;
	BUF_AUTO label = BUF_INIT;
	BUF_AUTO address = BUF_INIT;
	clean_text(json_object_get(entry, "section"), &section);
	cite_label(key, buf_text(&section), &label);
	cite_address(key, buf_text(&section), &address);
	node_set(node, "label", buf_text(&label));
	if (address.len)
		node_set(node, "address", buf_text(&address));
}

/* What the citations of the checks mean, once for all of them. */
static void add_requirements(xmlNode *root, const struct model *m)
{
	const char *key;
	json_t *entry;
	json_object_foreach(m->catalogue, key, entry) {
		BUF_AUTO clean = BUF_INIT;
		clean_bytes(key, strlen(key), &clean);
		if (!clean.len || !json_is_object(entry))
			continue;
		xmlNode *node = node_add(root, "requirement");
		node_set(node, "key", buf_text(&clean));
		node_set_member(node, "section", entry, "section");
		node_set(node, "level", level_word(json_member_text(entry, "level")));
		set_reference(node, buf_text(&clean), entry);
		node_text_member(node, entry, "text");
	}
}

/* ---- one check ---- */

void set_file(xmlNode *node, const json_t *object, const struct scenario_entry *scenario)
{
	const char *file = json_member_text(object, "file"), *own = json_member_text(scenario->line, "file");
	if (scenario->root && strncmp(file, own, scenario->root) == 0)
		node_set(node, "file", file + scenario->root);
	else
		node_set_member(node, "file", object, "file");
}

static void add_cites(xmlNode *node, const struct model *m, const json_t *cites)
{
	size_t i;
	json_t *cite;
	json_array_foreach(cites, i, cite) {
		BUF_AUTO ref = BUF_INIT;
		clean_text(cite, &ref);
		if (!ref.len)
			continue;
		const json_t *known = json_object_get(m->catalogue, json_string_value(cite));
		xmlNode *link = node_add(node, "cite");
		node_set(link, "ref", buf_text(&ref));
		set_reference(link, buf_text(&ref), known);
	}
}

static xmlNode *add_evidence(xmlNode *node, const char *name, const json_t *line)
{
	BUF_AUTO raw = BUF_INIT;
	BUF_AUTO pretty = BUF_INIT;
	clean_text(json_object_get(line, name), &raw);
	if (!raw.len)
		return NULL;
	pretty_text(buf_text(&raw), &pretty);
	xmlNode *evidence = node_add(node, name);
	node_text(evidence, buf_text(&pretty));
	return evidence;
}

/* Whether the check is one that something does not come: its step is "ACTOR never …". */
static bool is_negative(const struct check_entry *check)
{
	const char *text = json_member_text(check_step(check->attempt, check->evidence), "text");
	return strncmp(text + strcspn(text, " "), " never", 6) == 0;
}

static void add_verdicts(xmlNode *node, const struct check_entry *check)
{
	node_set_count(node, "runs", check->runs);
	bool unstable = check->counts[check->observed] != check->runs;
	if (unstable)
		node_set(node, "unstable", "true");
	for (int o = 0; o < OUTCOMES && unstable; o++) {
		if (!check->counts[o])
			continue;
		xmlNode *count = node_add(node, "seen");
		node_set(count, "verdict", outcome_name((enum outcome)o));
		node_set_count(count, "times", check->counts[o]);
	}
}

static void add_message(xmlNode *node, const struct check_entry *check)
{
	static const char never[] = "The run ended before this check was reached.";
	if (!check->evidence)
		node_text(node_add(node, "message"), never);
	else if (*json_member_text(check->evidence, "message"))
		node_text_member(node_add(node, "message"), check->evidence, "message");
}

/* The run that an attempt was made in: of a merged one, the part. */
static const json_t *run_of(const struct model *m, const struct attempt *attempt)
{
	const json_t *parts = json_object_get(m->run, "parts");
	const json_t *part = attempt && attempt->part >= 0 ? json_array_get(parts, (size_t)attempt->part) : NULL;
	return part ? part : m->run;
}

static void add_check(
	xmlNode *parent, const struct model *m, const struct check_entry *check, const struct scenario_entry *scenario)
{
	const json_t *line = check->evidence ? check->evidence : check->announced;
	BUF_AUTO again = BUF_INIT;
	xmlNode *node = node_add(parent, "check");
	node_set(node, "id", check->id);
	node_set(node, "slug", check_slug(check->id, scenario->id));
	node_set(node, "verdict", outcome_name(check->outcome));
	if (check->observed != check->outcome)
		node_set(node, "observed", outcome_name(check->observed));
	node_set(node, "level", level_word(json_member_text(line, "level")));
	set_flag(node, "raised", json_is_true(json_object_get(line, "raised")));
	node_set_member(node, "title", line, "title");
	set_file(node, line, scenario);
	node_set_count(node, "line", json_integer_value(json_object_get(line, "line")));
	node_set_number(node, "ms", json_member_number(check->evidence, "ms"));
	if (check->attempt)
		node_set_count(node, "run", check->attempt->number);
	if (check->attempt)
		node_set_count(node, "repeat", check->attempt->repeat);
	if (*json_member_text(line, "path"))
		node_set_member(node, "path", line, "path");
	add_verdicts(node, check);
	add_cites(node, m, json_object_get(line, "cites"));
	add_message(node, check);
	xmlNode *expected = add_evidence(node, "expected", check->evidence);
	if (expected && is_negative(check))
		node_set(expected, "negative", "true");
	add_evidence(node, "actual", check->evidence);
	if (check->expected_verdict) {
		xmlNode *baseline = node_add(node, "baseline");
		node_set(baseline, "verdict", check->expected_verdict);
		if (*check->link)
			node_set(baseline, "link", check->link);
		if (*check->expires)
			node_set(baseline, "expires", check->expires);
		if (*check->pattern)
			node_set(baseline, "pattern", check->pattern);
		node_text(baseline, check->reason);
	}
	again_command(run_of(m, check->attempt), check->id, &again);
	node_text(node_add(node, "again"), buf_text(&again));
}

/* ---- one scenario ---- */

static int compare_numbers(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;
	return left < right ? -1 : left > right;
}

static void add_latency(xmlNode *parent, const char *label, const json_t *values)
{
	size_t count = json_array_size(values);
	double *sorted = memory_alloc(count * sizeof *sorted);
	for (size_t i = 0; i < count; i++)
		sorted[i] = json_number_value(json_array_get(values, i));
	xmlNode *node = node_add(parent, "latency");
	node_set(node, "label", label);
	node_set_count(node, "count", (long long)count);
	qsort(sorted, count, sizeof *sorted, compare_numbers);
	node_set_number(node, "minimum", sorted[0]);
	node_set_number(node, "median", (sorted[(count - 1) / 2] + sorted[count / 2]) / 2);
	node_set_number(node, "maximum", sorted[count - 1]);
	for (size_t i = 0; i < count; i++) {
		xmlNode *value = node_add(node, "value");
		node_set_number(value, "ms", json_number_value(json_array_get(values, i)));
	}
	free(sorted);
}

static void add_latencies(xmlNode *parent, const struct scenario_entry *scenario)
{
	json_t *labels = json_object(), *values;
	const char *label;
	for (size_t a = 0; a < scenario->attempts.count; a++) {
		const struct attempt *attempt = scenario->attempts.items[a];
		for (size_t i = 0; i < attempt->events.count; i++) {
			const json_t *event = attempt->events.items[i];
			if (strcmp(json_member_text(event, "e"), "measure") != 0)
				continue;
			label = json_member_text(event, "label");
			if (!json_object_get(labels, label))
				json_object_set_new(labels, label, json_array());
			json_array_append_new(
				json_object_get(labels, label), json_real(json_member_number(event, "ms")));
		}
	}
	json_object_foreach(labels, label, values)
		add_latency(parent, label, values);
	json_decref(labels);
}

/* What was found out about the server: of each value the last. */
static void add_values(xmlNode *parent, const struct scenario_entry *scenario)
{
	json_t *last = json_object();
	const json_t *event;
	const char *id;
	for (size_t a = 0; a < scenario->attempts.count; a++) {
		const struct attempt *attempt = scenario->attempts.items[a];
		for (size_t i = 0; i < attempt->values.count; i++)
			json_object_set(
				last, json_member_text(attempt->values.items[i], "id"), attempt->values.items[i]);
	}
	json_object_foreach(last, id, event) {
		BUF_AUTO text = BUF_INIT;
		xmlNode *node = node_add(parent, "value");
		node_set(node, "id", id);
		node_set_member(node, "title", event, "title");
		clean_text(json_object_get(event, "text"), &text);
		node_text(node, buf_text(&text));
	}
	json_decref(last);
}

/* Only an attempt that a check takes its evidence from keeps its transcript: twenty repeats are not twenty reports. */
static bool is_evidence(const struct scenario_entry *scenario, const struct attempt *attempt)
{
	for (size_t i = 0; i < scenario->checks.count; i++)
		if (((const struct check_entry *)scenario->checks.items[i])->attempt == attempt)
			return true;
	return !scenario->checks.count && scenario->attempts.items[0] == attempt;
}

static void add_run(xmlNode *parent, const struct attempt *attempt)
{
	enum outcome verdict = OUTCOME_NOT_RUN;
	const char *postamble = json_member_text(attempt->end, "postamble");
	outcome_from_verdict(json_member_text(attempt->end, "verdict"), &verdict);
	xmlNode *run = node_add(parent, "run");
	node_set_count(run, "number", attempt->number);
	node_set_count(run, "repeat", attempt->repeat);
	node_set(run, "verdict", outcome_name(verdict));
	node_set_number(run, "begun", attempt->begun);
	node_set_number(run, "ms", json_member_number(attempt->end, "ms"));
	set_flag(run, "ended", attempt->end != NULL);
	node_set_member(run, "message", attempt->end, "message");
	node_set(run, "postamble", strcmp(postamble, "ok") == 0 ? "" : postamble);
	if (is_evidence(attempt->scenario, attempt))
		transcript_add(run, attempt);
}

/* The worst of its checks; one that was cut short is not run, unless something worse than a pass was found. */
static enum outcome scenario_outcome(const struct scenario_entry *scenario)
{
	enum outcome worst = OUTCOME_NOT_RUN;
	bool cut = false;
	for (size_t i = 0; i < scenario->checks.count; i++) {
		const struct check_entry *check = scenario->checks.items[i];
		cut |= check->outcome == OUTCOME_NOT_RUN;
		if (outcome_rank(check->outcome) > outcome_rank(worst))
			worst = check->outcome;
	}
	for (size_t i = 0; i < scenario->attempts.count && !scenario->checks.count; i++) {
		const struct attempt *attempt = scenario->attempts.items[i];
		enum outcome one = OUTCOME_NOT_RUN;
		outcome_from_verdict(json_member_text(attempt->end, "verdict"), &one);
		if (outcome_rank(one) > outcome_rank(worst))
			worst = one;
	}
	return cut && outcome_rank(worst) <= outcome_rank(OUTCOME_PASS) ? OUTCOME_NOT_RUN : worst;
}

static const char *scenario_message(const struct scenario_entry *scenario)
{
	for (size_t i = 0; i < scenario->attempts.count; i++) {
		const struct attempt *attempt = scenario->attempts.items[i];
		const char *message = json_member_text(attempt->end, "message");
		if (*message)
			return message;
		if (!attempt->end)
			return "The run ended before this scenario did.";
	}
	return "";
}

static void add_actors(xmlNode *node, const struct scenario_entry *scenario)
{
	static const char *const members[] = { "name", "account", "resource", "jid" };
	size_t i;
	json_t *actor;
	json_array_foreach(json_object_get(scenario->line, "actors"), i, actor) {
		xmlNode *device = node_add(node, "actor");
		for (size_t member = 0; member < sizeof members / sizeof *members; member++)
			node_set_member(device, members[member], actor, members[member]);
		set_flag(device, "hidden", json_is_true(json_object_get(actor, "hidden")));
		if (*json_member_text(actor, "peer"))
			node_set_member(device, "peer", actor, "peer");
		if (json_is_true(json_object_get(actor, "client")))
			node_set(device, "client", "true");
	}
}

static double add_scenario(xmlNode *suite, const struct model *m, const struct scenario_entry *scenario)
{
	double took = 0;
	const char *slash = strchr(scenario->id, '/');
	xmlNode *node = node_add(suite, "scenario");
	for (size_t i = 0; i < scenario->attempts.count; i++)
		took += json_member_number(((const struct attempt *)scenario->attempts.items[i])->end, "ms");
	node_set(node, "id", scenario->id);
	node_set(node, "slug", slash ? slash + 1 : scenario->id);
	node_set_member(node, "title", scenario->line, "title");
	set_file(node, scenario->line, scenario);
	node_set(node, "verdict", outcome_name(scenario_outcome(scenario)));
	node_set(node, "message", scenario_message(scenario));
	node_set_number(node, "ms", took);
	node_set_count(node, "runs", (long long)scenario->attempts.count);
	if (*json_member_text(scenario->line, "about"))
		node_text_member(node_add(node, "about"), scenario->line, "about");
	add_actors(node, scenario);
	for (size_t i = 0; i < scenario->checks.count; i++)
		add_check(node, m, scenario->checks.items[i], scenario);
	add_values(node, scenario);
	add_latencies(node, scenario);
	for (size_t i = 0; i < scenario->attempts.count; i++)
		if (is_evidence(scenario, scenario->attempts.items[i]))
			encryption_add(node, scenario->attempts.items[i]);
	for (size_t i = 0; i < scenario->attempts.count; i++)
		add_run(node, scenario->attempts.items[i]);
	return took;
}

/* ---- suites and counts ---- */

static void count_checks(struct results *counts, const struct scenario_entry *scenario)
{
	for (size_t i = 0; i < scenario->checks.count; i++) {
		++*results_count(counts, ((const struct check_entry *)scenario->checks.items[i])->outcome);
		counts->checks++;
	}
}

static void set_counts(xmlNode *node, struct results *counts)
{
	node_set_count(node, "checks", counts->checks);
	for (int o = 0; o < OUTCOMES; o++)
		node_set_count(node, outcome_name((enum outcome)o), *results_count(counts, (enum outcome)o));
}

/* A scenario without a folder stands in a suite of its own name. */
static size_t suite_length(const char *id)
{
	return strcspn(id, "/");
}

/* Scenarios are sorted by id, so those of a suite follow one another, but for names such as a/x, a-b/x: those of one
 * suite are gathered. Returns whether the scenario at `first` begins a suite. */
static bool begins_suite(const struct model *m, size_t first, const char *id, size_t length)
{
	for (size_t i = 0; i < first; i++) {
		const char *other = ((const struct scenario_entry *)m->scenarios.items[i])->id;
		if (suite_length(other) == length && strncmp(other, id, length) == 0)
			return false;
	}
	return true;
}

static void add_suite(xmlNode *root, const struct model *m, size_t first)
{
	const char *id = ((const struct scenario_entry *)m->scenarios.items[first])->id;
	size_t length = suite_length(id);
	struct results counts = { 0 };
	double took = 0;
	long long scenarios = 0;
	if (!begins_suite(m, first, id, length))
		return;
	AUTO_TEXT name = memory_copy_bytes(id, length);
	xmlNode *suite = node_add(root, "suite");
	node_set(suite, "name", name);
	for (size_t i = first; i < m->scenarios.count; i++) {
		const struct scenario_entry *scenario = m->scenarios.items[i];
		if (suite_length(scenario->id) != length || strncmp(scenario->id, id, length) != 0)
			continue;
		count_checks(&counts, scenario);
		took += add_scenario(suite, m, scenario);
		scenarios++;
	}
	node_set_count(suite, "scenarios", scenarios);
	set_counts(suite, &counts);
	node_set_number(suite, "ms", took);
}

xmlDoc *document_new(const struct model *m, struct results *r)
{
	xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *root = xmlNewDocNode(doc, NULL, (const xmlChar *)"results", NULL);
	xmlDocSetRootElement(doc, root);
	for (size_t i = 0; i < m->scenarios.count; i++)
		count_checks(r, m->scenarios.items[i]);
	r->complete = json_is_true(json_object_get(m->summary, "complete"));
	node_set(root, "format", "1");
	set_flag(root, "complete", r->complete);
	set_flag(root, "interrupted", json_is_true(json_object_get(m->summary, "interrupted")));
	add_tool(root, m);
	add_target(root, json_object_get(m->run, "target"), m->discovered, "target");
	if (json_object_get(m->run, "peer"))
		add_target(root, json_object_get(m->run, "peer"), m->peer_discovered, "peer");
	if (json_object_get(m->run, "client"))
		add_client(root, json_object_get(m->run, "client"), "client");
	if (json_object_get(m->run, "second_client"))
		add_client(root, json_object_get(m->run, "second_client"), "second-client");
	add_discovered(root, m);
	add_timing(root, m);
	add_requirements(root, m);
	set_counts(node_add(root, "summary"), r);
	profile_add(root, m);
	for (size_t i = 0; i < m->scenarios.count; i++)
		add_suite(root, m, i);
	node_set_count(root, "status", report_exit_status(r));
	return doc;
}
