/* What the journal says about a run as a whole. */
#include "run/record.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "run/journal.h"
#include <stdlib.h>

static json_t *milliseconds(int64_t span)
{
	return json_real((double)(span / 1000) / 1000.0);
}

/* Which suites the run is made with. A folder that cannot be read leaves it out: a run may need none of it. */
static void put_suites(json_t *run)
{
	struct arena arena = ARENA_INIT;
	char digest[DIGEST_SIZE];
	if (digest_folder(data_path(&arena, "suites"), digest, NULL) == 0)
		json_object_set_new(run, "suites", json_string(digest));
	arena_release(&arena);
}

static json_t *record_target(const struct target *t)
{
	static const char *const ways[] = { "fixed", "register", "admin", "command" };
	json_t *target = json_pack("{s:s, s:s, s:s, s:s}", "name", t->name, "domain", t->domain, "product",
		t->product ? t->product : "", "provisioning", ways[t->provisioning]);
	json_object_set_new(target, "component", json_boolean(t->component));
	return target;
}

json_t *record_run(const struct run_options *o, const struct target *t, unsigned jobs, size_t planned)
{
	char stamp[CLOCK_STAMP_SIZE];
	clock_stamp(stamp);
	json_t *arguments = json_array();
	for (size_t i = 0; o->arguments && o->arguments[i]; i++)
		json_array_append_new(arguments, json_string(o->arguments[i]));
	json_t *run = json_pack("{s:s, s:i, s:i, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:i, s:i}", "e", "run", "t", 0,
		"format", 1, "tool", "assay", "version", ASSAY_VERSION, "started", stamp, "target", record_target(t),
		"driver", o->driver, "transport", transport_name(t->transport), "profile",
		o->profile ? o->profile->head.name : "", "arguments", arguments, "jobs", (int)jobs, "planned",
		(int)planned);
	json_object_set_new(run, "narrowed", json_boolean(o->narrowed));
	if (o->peer) {
		json_t *peer = record_target(o->peer);
		json_object_set_new(peer, "peer", json_string(o->peer_name));
		json_object_set_new(run, "peer", peer);
	}
	if (o->client)
		json_object_set_new(run, "client",
			json_pack("{s:s, s:s}", "name", o->client->name, "product",
				o->client->product ? o->client->product : ""));
	if (o->second)
		json_object_set_new(run, "second_client",
			json_pack("{s:s, s:s}", "name", o->second->name, "product",
				o->second->product ? o->second->product : ""));
	put_suites(run);
	return run;
}

static json_t *record_part(const struct profile_part *part)
{
	json_t *texts = json_object();
	for (size_t i = 0; i < part->texts.count; i++)
		json_object_set_new(texts, part->texts.keys[i], json_string(part->texts.values[i]));
	json_t *object = json_pack("{s:s, s:o}", "name", part->name, "texts", texts);
	const char *members[][2] = { { "from", part->from }, { "required", part->required }, { "checks", part->checks },
		{ "needs", part->needs } };
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (members[i][1])
			json_object_set_new(object, members[i][0], json_string(members[i][1]));
	return object;
}

static json_t *record_parts(const struct vec *parts)
{
	json_t *list = json_array();
	for (size_t i = 0; i < parts->count; i++)
		json_array_append_new(list, record_part(parts->items[i]));
	return list;
}

json_t *record_profile(const struct run_options *o)
{
	json_t *object = record_part(&o->profile->head);
	json_object_set_new(object, "e", json_string("profile"));
	json_object_set_new(object, "t", json_integer(0));
	json_object_set_new(object, "levels", record_parts(&o->profile->levels));
	json_object_set_new(object, "rows", record_parts(&o->profile->rows));
	return object;
}

json_t *record_baseline(const struct baseline *b, const struct vec *scenarios)
{
	json_t *checks = json_object();
	for (size_t i = 0; i < scenarios->count; i++) {
		const struct scenario *s = scenarios->items[i];
		for (size_t k = 0; k < scenario_checks(s); k++) {
			BUF_AUTO id = BUF_INIT;
			const char *check = scenario_check_id(s, k, &id);
			const struct baseline_line *l = baseline_find(b, check);
			if (!l)
				continue;
			json_t *entry = json_pack("{s:s, s:s}", "verdict", l->verdict, "reason", l->reason);
			if (*l->link)
				json_object_set_new(entry, "link", json_string(l->link));
			if (*l->expires)
				json_object_set_new(entry, "expires", json_string(l->expires));
			if (l->glob)
				json_object_set_new(entry, "pattern", json_string(l->check));
			json_object_set_new(checks, check, entry);
		}
	}
	return json_pack("{s:s, s:i, s:o}", "e", "baseline", "t", 0, "checks", checks);
}

json_t *record_catalogue(const struct catalogue *catalogue, const struct vec *scenarios)
{
	json_t *entries = json_object();
	for (size_t i = 0; catalogue && i < scenarios->count; i++) {
		const struct scenario *s = scenarios->items[i];
		for (size_t k = 0; s->cites[k]; k++) {
			const struct requirement *q = catalogue_find(catalogue, s->cites[k]);
			if (q && !json_object_get(entries, q->key))
				json_object_set_new(entries, q->key,
					json_pack("{s:s, s:s, s:s}", "section", q->section, "level",
						level_name(q->level), "text", q->text));
		}
	}
	return json_pack("{s:s, s:i, s:o}", "e", "catalogue", "t", 0, "entries", entries);
}

json_t *record_discovered(const struct system *system, int64_t when)
{
	BUF_AUTO text = BUF_INIT;
	features_print(system->features, &text);
	json_t *features = json_loads(buf_text(&text), 0, NULL);
	json_t *event = json_pack("{s:s, s:o, s:o}", "e", "discovered", "t", milliseconds(when), "features",
		features ? features : json_object());
	if (system->name)
		json_object_set_new(event, "peer", json_string(system->name));
	return event;
}

json_t *record_summary(const struct run_totals *t, bool complete)
{
	return json_pack("{s:s, s:o, s:b, s:o, s:o, s:o, s:o, s:b}", "e", "summary", "t", milliseconds(t->wall),
		"complete", complete, "wall_ms", milliseconds(t->wall), "idle_ms", milliseconds(t->idle),
		"harness_cpu_ms", milliseconds(t->harness_processor), "server_cpu_ms",
		milliseconds(t->server_processor), "interrupted", t->interrupted);
}
