#include "measure/compare.h"
#include "base/text.h"
#include "measure/figures.h"
#include <stdlib.h>
#include <string.h>

#define SURE 0.05 /* the probability that a comparison of what is the same finds a regression, at most */

static const char *const nothing[] = { NULL };

static const json_t *workloads_of(const struct compared *side)
{
	return json_object_get(side->result, "workloads");
}

/* ---- what is looked at ---- */

static bool has_values(const json_t *series)
{
	return json_integer_value(json_object_get(series, "count")) > 0;
}

/* In how many figures a regression is looked for. */
static size_t count_gated(const struct compared *list, size_t count, const char *const *percentiles)
{
	size_t gated = 0, k, m;
	const json_t *w, *s;
	for (size_t i = 1; i < count; i++)
		json_array_foreach(workloads_of(&list[0]), k, w)
			json_array_foreach(json_object_get(w, "series"), m, s) {
				const json_t *theirs = figures_named(workloads_of(&list[i]), figures_text(w, "name"));
				const json_t *other =
					figures_named(json_object_get(theirs, "series"), figures_text(s, "name"));
				for (size_t p = 0; percentiles[p]; p++)
					gated += has_values(s) && has_values(other) &&
						json_object_get(json_object_get(s, "percentiles"), percentiles[p]) &&
						json_object_get(json_object_get(other, "percentiles"), percentiles[p]);
			}
	return gated;
}

/* The names of the percentiles that a measurement tells, of the first series that has any. */
static const json_t *told(const struct compared *side)
{
	size_t k;
	const json_t *w;
	json_array_foreach(workloads_of(side), k, w) {
		const json_t *p = json_object_get(json_array_get(json_object_get(w, "series"), 0), "percentiles");
		if (json_object_size(p))
			return p;
	}
	return NULL;
}

static int check_percentiles(const struct compared *base, const char *const *percentiles, struct err *e)
{
	const json_t *known = told(base);
	for (size_t i = 0; known && percentiles[i]; i++) {
		const char *name;
		json_t *value;
		BUF_AUTO names = BUF_INIT;
		if (figures_percent(percentiles[i]) > 0 && json_object_get(known, percentiles[i]))
			continue;
		json_object_foreach((json_t *)known, name, value)
			if (figures_percent(name) > 0)
				buf_printf(&names, "%s%s", names.len ? ", " : "", name + 1);
		return err_set(e, ERR_USAGE, base->path, "has no %sth percentile; it has %s", percentiles[i] + 1,
			buf_text(&names));
	}
	return 0;
}

static int check_settings(const json_t *settings, const struct compared *list, bool force, struct err *e)
{
	size_t i, system = 0;
	const json_t *s;
	BUF_AUTO said = BUF_INIT;
	json_array_foreach(settings, i, s) {
		const char *workload = figures_text(s, "workload"), *name = figures_text(s, "name");
		size_t number = (size_t)json_integer_value(json_object_get(s, "system"));
		if (!json_is_true(json_object_get(s, "grave")) || (system && number != system))
			continue;
		system = number;
		buf_printf(&said, "%s%s%s%s", said.len ? ", " : "", workload, *workload ? " " : "", name);
		if (!text_equal(name, "definition"))
			buf_printf(&said, " %s and not %s", figures_text(s, "other"), figures_text(s, "base"));
	}
	if (!system || force)
		return 0;
	return err_set(e, ERR_USAGE, list[system - 1].path,
		"was measured otherwise than %s (%s), so figures cannot be compared; --force does it all the same",
		list[0].path, buf_text(&said));
}

/* ---- what was compared ---- */

static json_t *systems(const struct compared *list, size_t count)
{
	json_t *made = json_array();
	for (size_t i = 0; i < count; i++) {
		const char *name;
		json_t *value, *one = json_pack("{s:i, s:s}", "number", (int)i + 1, "label", list[i].label);
		json_object_foreach((json_t *)list[i].result, name, value)
			if (text_equal(name, "target") || text_equal(name, "rounds") ||
				!(json_is_object(value) || json_is_array(value)))
				json_object_set_new(one, name, json_deep_copy(value));
		json_object_del(one, "assay");
		json_object_del(one, "format");
		json_array_append_new(made, one);
	}
	return made;
}

static int compare_starts(const void *a, const void *b)
{
	const json_t *x = *(const json_t *const *)a, *y = *(const json_t *const *)b;
	int order = strcmp(figures_text(x, "started"), figures_text(y, "started"));
	json_int_t one = json_integer_value(json_object_get(x, "system")),
		   other = json_integer_value(json_object_get(y, "system"));
	return order ? order : (one > other) - (one < other);
}

/* In which order they were measured: what was measured in rounds says when each began. */
static json_t *order_of(const struct compared *list, size_t count)
{
	struct vec runs = VEC_INIT;
	json_t *made = json_array();
	for (size_t i = 0; i < count; i++) {
		size_t k;
		const json_t *started, *rounds = json_object_get(list[i].result, "rounds");
		json_array_foreach(rounds, k, started)
			vec_push(&runs, json_pack("{s:i, s:O}", "system", (int)i + 1, "started", started));
		if (!json_array_size(rounds))
			vec_push(&runs,
				json_pack("{s:i, s:s}", "system", (int)i + 1, "started",
					figures_text(list[i].result, "started")));
	}
	qsort(runs.items, runs.count, sizeof *runs.items, compare_starts);
	for (size_t i = 0; i < runs.count; i++)
		json_array_append_new(made, runs.items[i]);
	vec_release(&runs);
	return made;
}

/* ---- workloads ---- */

static void gather(const struct compared *list, size_t count, const char *name, const json_t **of)
{
	for (size_t i = 0; i < count; i++)
		of[i] = figures_named(workloads_of(&list[i]), name);
}

static int add_workloads(struct figures *f, json_t *made, struct err *e)
{
	const json_t **of = memory_alloc(f->count * sizeof *of);
	int fault = 0;
	for (size_t i = 0; i < f->count && !fault; i++) {
		size_t k;
		const json_t *w;
		json_array_foreach(workloads_of(&f->sides[i]), k, w) {
			bool seen = false;
			gather(f->sides, f->count, figures_text(w, "name"), of);
			for (size_t before = 0; before < i; before++)
				seen = seen || of[before];
			json_t *one = seen ? NULL : figures_of_workload(f, of, e);
			if (one)
				json_array_append_new(made, one);
			else if (!seen && (fault = -1))
				break;
		}
	}
	free(of);
	return fault;
}

/* What the harness itself cost on each side, which tells of the machine and decides nothing. */
static json_t *echoes(const struct figures *f, struct err *e)
{
	struct figures own = *f;
	const json_t **of = memory_alloc(f->count * sizeof *of);
	for (size_t i = 0; i < f->count; i++)
		of[i] = json_object_get(f->sides[i].result, "echo");
	own.gated = nothing;
	own.regressions = json_array();
	json_t *made = figures_of_workload(&own, of, e);
	json_decref(own.regressions);
	free(of);
	return made;
}

json_t *latency_compare(const struct compared *list, size_t count, const struct compare_options *o, struct err *e)
{
	struct figures f = {
		.sides = list, .count = count, .gated = o->percentiles, .bound = o->bound, .least = o->least
	};
	json_t *settings = settings_compare(list, count), *echo = NULL;
	if (check_percentiles(&list[0], o->percentiles, e) || check_settings(settings, list, o->force, e)) {
		json_decref(settings);
		return NULL;
	}
	size_t gated = count_gated(list, count, o->percentiles);
	json_t *made = json_array(), *percentiles = json_array();
	f.regressions = json_array();
	f.gate_tail = gated > 2 ? SURE / (double)gated : FIGURES_TAIL;
	for (size_t i = 0; o->percentiles[i]; i++)
		json_array_append_new(percentiles, json_real(figures_percent(o->percentiles[i])));
	int fault = add_workloads(&f, made, e);
	if (!fault)
		fault = (echo = echoes(&f, e)) ? 0 : -1;
	json_t *whole = json_pack("{s:s, s:i, s:s, s:f, s:o, s:f, s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "assay",
		"latency-comparison", "format", 1, "version", ASSAY_VERSION, "bound", 100 * o->bound, "percentiles",
		percentiles, "least_ns", o->least, "gated", (json_int_t)gated, "forced", o->force, "systems",
		systems(list, count), "order", order_of(list, count), "settings", settings, "echo",
		echo ? echo : json_null(), "workloads", made, "regressions", f.regressions);
	if (!fault)
		return whole;
	json_decref(whole);
	return NULL;
}

size_t latency_compared(const json_t *comparison)
{
	size_t i, k, found = 0;
	const json_t *w, *s;
	json_array_foreach(json_object_get(comparison, "workloads"), i, w) {
		bool both = false;
		json_array_foreach(json_object_get(w, "series"), k, s)
			both = both || json_array_size(json_object_get(s, "pairs"));
		found += both;
	}
	return found;
}
