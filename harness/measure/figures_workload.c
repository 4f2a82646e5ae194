/* A workload on all sides of a comparison: its state, its faults, and each of its series. */
#include "base/text.h"
#include "measure/figures.h"
#include "measure/statistics.h"
#include <stdlib.h>

static json_int_t whole(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

/* ---- faults ---- */

/* One that the base has not is worse in any number; of those that it has, more than chance would make of equal shares. */
static bool faults_are_worse(double base, double base_sent, double other, double other_sent)
{
	if (other < 1 || base < 1)
		return other >= 1;
	double share = base_sent + other_sent > 0 ? other_sent / (base_sent + other_sent) : 0.5;
	return binomial_at_least(other, base + other, share) < FIGURES_TAIL;
}

static void compare_faults(struct figures *f, size_t number, const json_t *base, const json_t *other)
{
	const char *kind, *name = figures_text(other, "name");
	json_t *count;
	json_object_foreach(json_object_get(other, "faults"), kind, count) {
		json_int_t before = whole(json_object_get(base, "faults"), kind), now = json_integer_value(count);
		json_int_t before_of = whole(base, "sent"), now_of = whole(other, "sent");
		if (faults_are_worse((double)before, (double)before_of, (double)now, (double)now_of))
			json_array_append_new(f->regressions,
				json_pack("{s:s, s:i, s:s, s:s, s:I, s:I, s:I, s:I}", "kind", "fault", "system",
					(int)number + 1, "workload", name, "fault", kind, "count", now, "sent", now_of,
					"base_count", before, "base_sent", before_of));
	}
	if (text_equal(figures_text(other, "state"), "failed") && !text_equal(figures_text(base, "state"), "failed"))
		json_array_append_new(f->regressions,
			json_pack("{s:s, s:i, s:s, s:s}", "kind", "failed", "system", (int)number + 1, "workload", name,
				"reason", figures_text(other, "reason")));
}

/* ---- raw data ---- */

struct raw {
	struct buf csv;
	char *path; /* NULL where there are none */
};

static int raw_read(struct raw *r, const struct compared *side, const char *workload, struct err *e)
{
	AUTO_TEXT path = memory_printf("%s/%s.requests.csv", side->raw ? side->raw : "", workload);
	if (!side->raw || !file_exists(path))
		return 0;
	r->path = path;
	path = NULL;
	return file_read(r->path, &r->csv, e);
}

static void raw_free(struct raw *raw, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_release(&raw[i].csv);
		free(raw[i].path);
	}
	free(raw);
}

/* ---- series ---- */

static const json_t *series_of(const json_t *workload, const char *name)
{
	return figures_named(json_object_get(workload, "series"), name);
}

static int add_series(struct figures *f, const json_t *const *of, const struct raw *raw, const char *workload,
	const char *name, json_t *list, struct err *e)
{
	struct sample *samples = memory_alloc(f->count * sizeof *samples);
	bool any = false;
	int fault = 0;
	for (size_t i = 0; i < f->count && !fault; i++) {
		const json_t *series = series_of(of[i], name);
		if (series)
			fault = sample_read(&samples[i], series, raw[i].path ? &raw[i].csv : NULL,
				raw[i].path ? raw[i].path : f->sides[i].path, e);
		any = any || samples[i].all.count;
	}
	if (!fault && any)
		json_array_append_new(list, figures_of_series(f, workload, samples));
	for (size_t i = 0; i < f->count; i++)
		sample_release(&samples[i]);
	free(samples);
	return fault;
}

/* Each series that one of them has, in the order in which they come. */
static int add_each_series(struct figures *f, const json_t *const *of, const struct raw *raw, const char *workload,
	json_t *list, struct err *e)
{
	for (size_t i = 0; i < f->count; i++) {
		size_t k;
		const json_t *s;
		json_array_foreach(json_object_get(of[i], "series"), k, s) {
			bool seen = false;
			for (size_t before = 0; before < i; before++)
				seen = seen || series_of(of[before], figures_text(s, "name"));
			if (!seen && add_series(f, of, raw, workload, figures_text(s, "name"), list, e))
				return -1;
		}
	}
	return 0;
}

/* ---- the whole ---- */

static void set_copy(json_t *to, const json_t *from, const char *member)
{
	json_t *value = json_object_get(from, member);
	if (value)
		json_object_set_new(to, member, json_deep_copy(value));
}

static json_t *state_of(const json_t *workload, size_t number)
{
	static const char *const kept[] = { "reason", "rate", "count", "warm_up", "sent", "faults", "warnings" };
	json_t *made = json_pack("{s:i, s:s}", "system", (int)number + 1, "state",
		workload ? figures_text(workload, "state") : "absent");
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		set_copy(made, workload, kept[i]);
	return made;
}

static const json_t *first_of(const json_t *const *of)
{
	while (!*of)
		of++;
	return *of;
}

json_t *figures_of_workload(struct figures *f, const json_t *const *of, struct err *e)
{
	const json_t *first = first_of(of);
	const char *name = figures_text(first, "name");
	struct raw *raw = memory_alloc(f->count * sizeof *raw);
	json_t *states = json_array(), *series = json_array();
	json_t *made = json_pack("{s:s, s:b, s:o, s:o}", "name", name, "phases",
		json_is_true(json_object_get(first, "phases")), "systems", states, "series", series);
	int fault = 0;
	set_copy(made, first, "title");
	set_copy(made, first, "about");
	for (size_t i = 0; i < f->count && !fault; i++) {
		fault = raw_read(&raw[i], &f->sides[i], name, e);
		json_array_append_new(states, state_of(of[i], i));
		if (i > 0 && of[0] && of[i])
			compare_faults(f, i, of[0], of[i]);
	}
	if (!fault)
		fault = add_each_series(f, of, raw, name, series, e);
	raw_free(raw, f->count);
	if (!fault)
		return made;
	json_decref(made);
	return NULL;
}
