/* Several journals as one: proofs that they belong together, then their lines, numbered anew. */
#include "report/combine.h"
#include "base/text.h"
#include "report/private.h"
#include <stdlib.h>
#include <string.h>

struct part {                /* of the combined run: one run as it was made */
	json_t *about;       /* owned: arguments, profile, started, complete, perhaps shard */
	const char *path;    /* of the journal that tells of it */
	long long shard, of; /* 0, 0 where it was whole */
	char *group;         /* what the shards of one run have in common */
};

struct combination {
	struct model *models;
	size_t count;
	const struct vec *paths;
	struct vec parts;   /* struct part *: in the order of the models */
	size_t *first_part; /* by model */
	json_t *owners;     /* scenario id -> number of the model that it is taken from */
	json_t *missing;    /* texts */
};

/* ---- do they belong together? ---- */

static const char *fact(const struct model *m, const char *name)
{
	return json_member_text(json_object_get(m->discovered, "facts"), name);
}

static int refuse(
	const struct combination *c, size_t number, const char *what, const char *is, const char *first, struct err *e)
{
	return err_set(e, ERR_USAGE, c->paths->items[number], "has the %s '%s', and %s '%s': they are not of one run",
		what, is, (const char *)c->paths->items[0], first);
}

/* What is not said is not held against it: journals of older versions say less. */
static bool differ(const char *a, const char *b)
{
	return *a && *b && strcmp(a, b) != 0;
}

/* The first model before `number` whose run has a second target: those that have none go with any. */
static const struct model *with_peer(const struct combination *c, size_t number)
{
	for (size_t n = 0; n < number; n++)
		if (json_object_get(c->models[n].run, "peer"))
			return &c->models[n];
	return &c->models[0];
}

/* The client under test (`which`: or the second one) and its version; "" where there was none. */
static const char *client_of(const struct model *m, const char *which)
{
	const json_t *client = json_object_get(m->run, which);
	const char *product = json_member_text(client, "product");
	return *product ? product : json_member_text(client, "name");
}

static int check_kinship(const struct combination *c, size_t number, struct err *e)
{
	static const char *const of_target[] = { "name", "domain", "product" };
	static const char *const of_run[] = { "version", "suites", "driver", "transport" };
	static const char *const facts[] = { "version.name", "version.version" };
	static const char *const clients[][2] = { { "client", "client under test" },
		{ "second_client", "second client" } };
	const struct model *first = &c->models[0], *m = &c->models[number];
	const json_t *a = json_object_get(first->run, "target"), *b = json_object_get(m->run, "target");
	const json_t *peer = json_object_get(with_peer(c, number)->run, "peer"),
		     *other = json_object_get(m->run, "peer");
	for (size_t i = 0; i < sizeof of_target / sizeof *of_target; i++)
		if (differ(json_member_text(a, of_target[i]), json_member_text(b, of_target[i])))
			return refuse(c, number, i ? of_target[i] : "target", json_member_text(b, of_target[i]),
				json_member_text(a, of_target[i]), e);
	for (size_t i = 0; i < sizeof of_target / sizeof *of_target; i++)
		if (differ(json_member_text(peer, of_target[i]), json_member_text(other, of_target[i])))
			return refuse(c, number, "second target", json_member_text(other, of_target[i]),
				json_member_text(peer, of_target[i]), e);
	for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
		const char *client = client_of(first, clients[i][0]), *other_client = client_of(m, clients[i][0]);
		if (strcmp(client, other_client) != 0)
			return refuse(c, number, clients[i][1], *other_client ? other_client : "none",
				*client ? client : "none", e);
	}
	for (size_t i = 0; i < sizeof of_run / sizeof *of_run; i++)
		if (differ(json_member_text(first->run, of_run[i]), json_member_text(m->run, of_run[i])))
			return refuse(c, number, i ? of_run[i] : "version of the program",
				json_member_text(m->run, of_run[i]), json_member_text(first->run, of_run[i]), e);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (differ(fact(first, facts[i]), fact(m, facts[i])))
			return refuse(c, number, i ? "version of the server" : "software", fact(m, facts[i]),
				fact(first, facts[i]), e);
	return 0;
}

/* ---- parts and shards ---- */

/* The value of an option among arguments, "" where it is not there; borrowed. */
static const char *option_of(const json_t *arguments, const char *name)
{
	size_t length = strlen(name);
	const char *value = "";
	for (size_t i = 0; i < json_array_size(arguments); i++) {
		const char *word = json_string_value(json_array_get(arguments, i));
		const char *next = json_string_value(json_array_get(arguments, i + 1));
		if (!word || strncmp(word, "--", 2) != 0 || strncmp(word + 2, name, length) != 0)
			continue;
		if (word[2 + length] == '=')
			value = word + 3 + length;
		else if (!word[2 + length] && next)
			value = next;
	}
	return value;
}

static void read_shard(struct part *p, const json_t *arguments)
{
	int64_t of, shard;
	const char *text = option_of(arguments, "shard"), *slash = strchr(text, '/');
	AUTO_TEXT left = slash ? memory_copy_bytes(text, (size_t)(slash - text)) : NULL;
	if (!left || text_to_number(slash + 1, 1, 1000, &of) || text_to_number(left, 1, of, &shard))
		return;
	p->shard = shard;
	p->of = of;
}

/* Options that leave out some of a profile's checks, beside the shard. */
static const char *const choices[] = { "suite", "check", "tag" };

static bool chooses(const json_t *arguments)
{
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		if (*option_of(arguments, choices[i]))
			return true;
	return false;
}

static void add_part(struct combination *c, const char *path, json_t *about)
{
	const json_t *arguments = json_object_get(about, "arguments");
	struct part *p = memory_alloc(sizeof *p);
	BUF_AUTO group = BUF_INIT;
	p->about = about;
	p->path = path;
	read_shard(p, arguments);
	buf_printf(&group, "profile %s", json_member_text(about, "profile"));
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		if (*option_of(arguments, choices[i]))
			buf_printf(&group, " --%s %s", choices[i], option_of(arguments, choices[i]));
	p->group = buf_take(&group);
	vec_push(&c->parts, p);
}

static void add_parts(struct combination *c, size_t number)
{
	const struct model *m = &c->models[number];
	size_t i;
	json_t *part, *parts = json_object_get(m->run, "parts");
	c->first_part[number] = c->parts.count;
	json_array_foreach(parts, i, part)
		add_part(c, c->paths->items[number], json_deep_copy(part));
	if (c->parts.count > c->first_part[number])
		return;
	json_t *arguments = json_object_get(m->run, "arguments");
	bool narrowed = json_is_true(json_object_get(m->run, "narrowed"));
	add_part(c, c->paths->items[number],
		json_pack("{s:s, s:s, s:o, s:b, s:b}", "profile", json_member_text(m->run, "profile"), "started",
			json_member_text(m->run, "started"), "arguments",
			arguments ? json_deep_copy(arguments) : json_array(), "complete",
			json_is_true(json_object_get(m->summary, "complete")), "narrowed",
			chooses(arguments) || (narrowed && !*option_of(arguments, "shard"))));
}

static bool has_shard(const struct combination *c, const struct part *like, long long shard)
{
	for (size_t i = 0; i < c->parts.count; i++) {
		const struct part *p = c->parts.items[i];
		if (p->shard == shard && strcmp(p->group, like->group) == 0)
			return true;
	}
	return false;
}

static void miss(struct combination *c, const char *what, long long shard, const struct part *p)
{
	AUTO_TEXT name =
		p->of ? memory_printf("shard %lld/%lld of %s", shard, p->of, p->group) : memory_copy_text(p->group);
	AUTO_TEXT text = memory_printf("%s%s", what, name);
	json_array_append_new(c->missing, json_string(text));
}

/* All shards of a run must be of the same number of them. Those that are not here are missing. */
static int check_shards(struct combination *c, struct err *e)
{
	for (size_t i = 0; i < c->parts.count; i++) {
		const struct part *p = c->parts.items[i], *first = NULL;
		for (size_t k = 0; k < i && !first && p->of; k++) {
			const struct part *other = c->parts.items[k];
			if (other->of && strcmp(other->group, p->group) == 0)
				first = other;
		}
		if (!json_is_true(json_object_get(p->about, "complete")))
			miss(c, "the end of ", p->shard, p);
		if (first && first->of != p->of)
			return err_set(e, ERR_USAGE, p->path, "is shard %lld of %lld, and %s is one of %lld", p->shard,
				p->of, first->path, first->of);
		for (long long shard = 1; !first && shard <= p->of; shard++)
			if (!has_shard(c, p, shard))
				miss(c, "", shard, p);
	}
	return 0;
}

/* ---- whose scenario is it? ---- */

static const struct scenario_entry *scenario_in(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->scenarios.count; i++) {
		const struct scenario_entry *s = m->scenarios.items[i];
		if (strcmp(s->id, id) == 0)
			return s;
	}
	return NULL;
}

static const struct check_entry *check_in(const struct model *m, const char *id)
{
	const json_t *at = json_object_get(m->index, id);
	return at ? m->checks.items[json_integer_value(at)] : NULL;
}

static size_t count_verdicts(const struct scenario_entry *s)
{
	size_t count = 0;
	for (size_t i = 0; i < s->checks.count; i++)
		count += ((const struct check_entry *)s->checks.items[i])->observed != OUTCOME_NOT_RUN;
	return count;
}

/* Both have the scenario: what both have must agree, and one must have all that the other has. */
static int check_twins(
	const struct combination *c, const struct scenario_entry *s, size_t has, size_t keeps, struct err *e)
{
	const char *path = c->paths->items[has], *other_path = c->paths->items[keeps];
	for (size_t i = 0; i < s->checks.count; i++) {
		const struct check_entry *check = s->checks.items[i], *other = check_in(&c->models[keeps], check->id);
		if (check->observed == OUTCOME_NOT_RUN)
			continue;
		if (!other || other->observed == OUTCOME_NOT_RUN)
			return err_set(e, ERR_USAGE, path, "has %s, and %s the same scenario without it", check->id,
				other_path);
		if (other->observed != check->observed)
			return err_set(e, ERR_USAGE, path, "%s is %s here, and %s in %s", check->id,
				outcome_name(check->observed), outcome_name(other->observed), other_path);
	}
	return 0;
}

static int choose_owners(struct combination *c, struct err *e)
{
	for (size_t n = 0; n < c->count; n++) {
		for (size_t i = 0; i < c->models[n].scenarios.count; i++) {
			const struct scenario_entry *s = c->models[n].scenarios.items[i];
			const json_t *owner = json_object_get(c->owners, s->id);
			size_t keeps = (size_t)json_integer_value(owner);
			if (!owner || count_verdicts(s) > count_verdicts(scenario_in(&c->models[keeps], s->id)))
				json_object_set_new(c->owners, s->id, json_integer((json_int_t)n));
		}
	}
	for (size_t n = 0; n < c->count; n++) {
		for (size_t i = 0; i < c->models[n].scenarios.count; i++) {
			const struct scenario_entry *s = c->models[n].scenarios.items[i];
			size_t keeps = (size_t)json_integer_value(json_object_get(c->owners, s->id));
			if (keeps != n && check_twins(c, s, n, keeps, e))
				return -1;
		}
	}
	return 0;
}

/* ---- what all have together ---- */

static int join_baselines(const struct combination *c, json_t *all, struct err *e)
{
	for (size_t n = 0; n < c->count; n++) {
		const char *id;
		json_t *entry;
		json_object_foreach(c->models[n].baseline, id, entry) {
			const json_t *before = json_object_get(all, id);
			if (before &&
				strcmp(json_member_text(before, "verdict"), json_member_text(entry, "verdict")) != 0)
				return err_set(e, ERR_USAGE, c->paths->items[n],
					"its baseline expects %s of %s, and another one %s",
					json_member_text(entry, "verdict"), id, json_member_text(before, "verdict"));
			if (!before)
				json_object_set(all, id, entry);
		}
	}
	return 0;
}

static void add_line(struct buf *out, json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(15));
	if (text) {
		buf_add_text(out, text);
		buf_add_char(out, '\n');
	}
	free(text);
	json_decref(line);
}

/* A count that a journal tells of; none is as large as to overflow when they are added. */
static json_int_t count_in(const json_t *object, const char *name)
{
	json_int_t count = json_integer_value(json_object_get(object, name));
	return count < 0 ? 0 : count < 1000000000 ? count : 1000000000;
}

/* Scenario runs that were planned, without those that are left out because another journal has the same. */
static json_int_t planned_in(const struct combination *c, size_t n)
{
	json_int_t planned = count_in(c->models[n].run, "planned");
	for (size_t i = 0; i < c->models[n].scenarios.count; i++) {
		const struct scenario_entry *s = c->models[n].scenarios.items[i];
		if ((size_t)json_integer_value(json_object_get(c->owners, s->id)) != n)
			planned -= (json_int_t)s->attempts.count;
	}
	return planned;
}

static void add_run(const struct combination *c, struct buf *out)
{
	json_t *run = json_deep_copy(c->models[0].run), *parts = json_array();
	BUF_AUTO profiles = BUF_INIT;
	struct map seen = MAP_INIT;
	json_int_t planned = 0, jobs = 0;
	bool narrowed = json_array_size(c->missing) > 0;
	const char *started = json_member_text(c->models[0].run, "started");
	for (size_t n = 0; n < c->count; n++) {
		const char *began = json_member_text(c->models[n].run, "started");
		json_int_t at_once = count_in(c->models[n].run, "jobs");
		planned += planned_in(c, n);
		jobs = at_once > jobs ? at_once : jobs;
		if (!json_object_get(run, "peer") && json_object_get(c->models[n].run, "peer"))
			json_object_set(run, "peer", json_object_get(c->models[n].run, "peer"));
		started = *began && strcmp(began, started) < 0 ? began : started;
	}
	for (size_t i = 0; i < c->parts.count; i++) {
		const struct part *p = c->parts.items[i];
		const char *profile = json_member_text(p->about, "profile");
		json_array_append(parts, p->about);
		narrowed |= json_is_true(json_object_get(p->about, "narrowed"));
		if (!*profile || map_get(&seen, profile))
			continue;
		map_set(&seen, profile, "");
		buf_printf(&profiles, "%s%s", profiles.len ? ", " : "", profile);
	}
	json_object_set_new(run, "started", json_string(started));
	json_object_set_new(run, "profile", json_string(buf_text(&profiles)));
	json_object_set_new(run, "planned", json_integer(planned));
	json_object_set_new(run, "jobs", json_integer(jobs));
	json_object_set_new(run, "narrowed", json_boolean(narrowed));
	json_object_set_new(run, "parts", parts);
	json_object_set_new(run, "missing", json_deep_copy(c->missing));
	map_release(&seen);
	add_line(out, run);
}

/* The questions of the profile that all have played; of several profiles there is no common one. */
static void add_profile(const struct combination *c, struct buf *out)
{
	for (size_t n = 0; n < c->count; n++)
		if (!c->models[n].profile || !json_equal(c->models[n].profile, c->models[0].profile))
			return;
	add_line(out, json_deep_copy(c->models[0].profile));
}

static void add_catalogue(const struct combination *c, struct buf *out)
{
	json_t *entries = json_object();
	for (size_t n = 0; n < c->count; n++)
		json_object_update_missing(entries, c->models[n].catalogue);
	add_line(out, json_pack("{s:s, s:i, s:o}", "e", "catalogue", "t", 0, "entries", entries));
}

static void add_discovered(const struct combination *c, struct buf *out)
{
	bool told = false, peer_told = false;
	for (size_t n = 0; n < c->count; n++) {
		const struct model *m = &c->models[n];
		if (!told && json_object_size(m->discovered))
			add_line(out,
				json_pack("{s:s, s:i, s:O}", "e", "discovered", "t", 0, "features", m->discovered));
		if (!peer_told && json_object_size(m->peer_discovered))
			add_line(out,
				json_pack("{s:s, s:i, s:O, s:s}", "e", "discovered", "t", 0, "features",
					m->peer_discovered, "peer",
					json_member_text(json_object_get(m->run, "peer"), "peer")));
		told |= json_object_size(m->discovered) > 0;
		peer_told |= json_object_size(m->peer_discovered) > 0;
	}
}

/* Times are those of the machines together. */
static void add_summary(const struct combination *c, struct buf *out)
{
	static const char *const sums[] = { "wall_ms", "idle_ms", "harness_cpu_ms", "server_cpu_ms" };
	bool interrupted = false;
	json_t *summary = json_pack("{s:s, s:i}", "e", "summary", "t", 0);
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
		double sum = 0;
		for (size_t n = 0; n < c->count; n++)
			sum += json_member_number(c->models[n].summary, sums[i]);
		json_object_set_new(summary, sums[i], json_real(sum));
	}
	for (size_t n = 0; n < c->count; n++)
		interrupted |= json_is_true(json_object_get(c->models[n].summary, "interrupted"));
	json_object_set_new(summary, "complete", json_boolean(!json_array_size(c->missing)));
	json_object_set_new(summary, "interrupted", json_boolean(interrupted));
	add_line(out, summary);
}

/* The part that a scenario run of that journal belongs to. */
static size_t part_of(const struct combination *c, size_t n, const struct attempt *attempt)
{
	size_t end = n + 1 < c->count ? c->first_part[n + 1] : c->parts.count, first = c->first_part[n];
	bool known = attempt->part > 0 && (size_t)attempt->part < end - first;
	return first + (known ? (size_t)attempt->part : 0);
}

/* The lines of its scenarios, which are numbered from `offset` on. */
static void add_scenarios(const struct combination *c, size_t n, size_t offset, struct buf *out)
{
	const struct model *m = &c->models[n];
	size_t i;
	json_t *line;
	json_array_foreach(m->lines, i, line) {
		char key[32];
		const json_t *number = json_object_get(line, "s");
		snprintf(key, sizeof key, "%lld", (long long)json_integer_value(number));
		const json_t *at = json_object_get(m->attempt_index, key);
		if (!json_is_integer(number) || !at)
			continue;
		const struct attempt *attempt = m->attempts.items[json_integer_value(at)];
		if ((size_t)json_integer_value(json_object_get(c->owners, attempt->scenario->id)) != n)
			continue;
		json_t *copy = json_copy(line);
		json_object_set_new(copy, "s", json_integer((json_int_t)offset + json_integer_value(at)));
		if (strcmp(json_member_text(line, "e"), "scenario") == 0)
			json_object_set_new(copy, "part", json_integer((json_int_t)part_of(c, n, attempt)));
		add_line(out, copy);
	}
}

static int write_journal(const struct combination *c, struct buf *out, struct err *e)
{
	json_t *baseline = json_object();
	if (join_baselines(c, baseline, e)) {
		json_decref(baseline);
		return -1;
	}
	add_run(c, out);
	add_profile(c, out);
	if (json_object_size(baseline))
		add_line(out, json_pack("{s:s, s:i, s:O}", "e", "baseline", "t", 0, "checks", baseline));
	json_decref(baseline);
	add_catalogue(c, out);
	add_discovered(c, out);
	size_t offset = 1;
	for (size_t n = 0; n < c->count; n++) {
		add_scenarios(c, n, offset, out);
		offset += c->models[n].attempts.count;
	}
	add_summary(c, out);
	return 0;
}

static void release(struct combination *c)
{
	for (size_t i = 0; i < c->count; i++)
		model_release(&c->models[i]);
	for (size_t i = 0; i < c->parts.count; i++) {
		struct part *p = c->parts.items[i];
		json_decref(p->about);
		free(p->group);
		free(p);
	}
	vec_release(&c->parts);
	json_decref(c->owners);
	json_decref(c->missing);
	free(c->models);
	free(c->first_part);
}

int journals_combine(const struct vec *paths, struct buf *out, struct err *e)
{
	struct combination c = { .paths = paths, .owners = json_object(), .missing = json_array() };
	int result = 0;
	c.models = memory_alloc((paths->count + 1) * sizeof *c.models);
	c.first_part = memory_alloc((paths->count + 1) * sizeof *c.first_part);
	for (size_t i = 0; i < paths->count && !result; i++) {
		result = model_read(&c.models[i], paths->items[i], e);
		c.count++;
		if (result)
			break;
		model_merge(&c.models[i]);
		result = i ? check_kinship(&c, i, e) : 0;
		add_parts(&c, i);
	}
	if (!result)
		result = check_shards(&c, e);
	if (!result)
		result = choose_owners(&c, e);
	if (!result)
		result = write_journal(&c, out, e);
	release(&c);
	return result;
}
