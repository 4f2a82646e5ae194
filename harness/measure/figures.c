#include "measure/figures.h"
#include "base/text.h"
#include "measure/contrast.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

double figures_percent(const char *name)
{
	char *end;
	double percent = name[0] == 'p' && name[1] >= '0' && name[1] <= '9' ? strtod(name + 1, &end) : 0;
	return percent > 0 && percent < 100 && !*end ? percent : 0;
}

const char *figures_text(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

const json_t *figures_named(const json_t *list, const char *name)
{
	size_t i;
	const json_t *one;
	json_array_foreach(list, i, one)
		if (text_equal(figures_text(one, "name"), name))
			return one;
	return NULL;
}

static bool is_gated(const struct figures *f, const char *percentile)
{
	for (size_t i = 0; f->gated[i]; i++)
		if (text_equal(f->gated[i], percentile))
			return true;
	return false;
}

/* null where there is no such limit. */
static json_t *limit(double ns)
{
	return isinf(ns) ? json_null() : json_integer(llround(ns));
}

/* Of a ratio; below 0.000001 there is no limit either. */
static json_t *part(double number)
{
	return isinf(number) || number < 1e-6 ? json_null() : json_real(round(number * 1e6) / 1e6);
}

/* ---- a side alone ---- */

static json_t *percentile_of(const struct sample *s, const char *name, double percent)
{
	struct estimate e = sample_estimate(s, percent, FIGURES_TAIL);
	double spread = sample_spread(s, name);
	return json_pack("{s:f, s:I, s:o, s:o, s:o, s:s, s:I}", "percentile", percent, "value", (json_int_t)e.value,
		"low", limit(e.low), "high", limit(e.high), "spread", spread < 0 ? json_null() : limit(spread), "basis",
		basis_name(e.basis), "worth", (json_int_t)e.worth);
}

static json_t *side_of(const struct sample *s, size_t number)
{
	const char *name;
	json_t *value, *list = json_array();
	json_object_foreach(json_object_get(s->series, "percentiles"), name, value)
		if (figures_percent(name) > 0)
			json_array_append_new(list, percentile_of(s, name, figures_percent(name)));
	return json_pack("{s:i, s:I, s:i, s:b, s:I, s:I, s:f, s:o}", "system", (int)number + 1, "count",
		(json_int_t)s->all.count, "repetitions", (int)s->repetitions, "raw", s->values != NULL, "least",
		(json_int_t)histogram_least(&s->all), "greatest", (json_int_t)histogram_greatest(&s->all), "mean",
		round(histogram_mean(&s->all)), "percentiles", list);
}

/* ---- a pair ---- */

struct pair {
	const char *workload;
	size_t number; /* of the side that is compared with the first */
	const struct sample *from, *to;
};

static double rounded(double number)
{
	return round(number * 1e6) / 1e6;
}

/* Looks for a regression, and notes it. */
static void gate(struct figures *f, const struct pair *p, double percent, bool slower, json_t *made)
{
	struct estimate a = sample_estimate(p->from, percent, f->gate_tail);
	struct estimate b = sample_estimate(p->to, percent, f->gate_tail);
	struct range ratio = contrast_ratio(&a, &b);
	bool worse = slower && ratio.low > 1 + f->bound;
	json_object_set_new(made, "at_least", json_real(rounded(ratio.low)));
	json_object_set_new(made, "regression", json_boolean(worse));
	if (worse)
		json_array_append_new(f->regressions,
			json_pack("{s:s, s:i, s:s, s:O, s:f, s:f, s:f}", "kind", "slower", "system", (int)p->number + 1,
				"workload", p->workload, "series", json_object_get(p->to->series, "name"), "percentile",
				percent, "ratio", rounded(ratio.value), "at_least", rounded(ratio.low)));
}

static json_t *contrast_of(struct figures *f, const struct pair *p, const char *name, double percent)
{
	struct estimate a = sample_estimate(p->from, percent, FIGURES_TAIL);
	struct estimate b = sample_estimate(p->to, percent, FIGURES_TAIL);
	enum contrast_reason why;
	double spread = fmax(sample_spread(p->from, name), sample_spread(p->to, name));
	enum contrast_word word = contrast_word(&a, &b, spread, f->least, &why);
	struct range ratio = contrast_ratio(&a, &b), apart = contrast_difference(&a, &b);
	json_t *made = json_pack("{s:f, s:f, s:o, s:o, s:I, s:o, s:o, s:s, s:s}", "percentile", percent, "ratio",
		rounded(ratio.value), "low", part(ratio.low), "high", part(ratio.high), "difference",
		(json_int_t)apart.value, "difference_low", limit(apart.low), "difference_high", limit(apart.high),
		"word", contrast_word_name(word), "why", contrast_reason_name(why));
	if (is_gated(f, name))
		gate(f, p, percent, word == WORD_SLOWER, made);
	return made;
}

static json_t *pair_of(struct figures *f, const struct pair *p)
{
	const char *name;
	json_t *value, *list = json_array();
	const json_t *others = json_object_get(p->to->series, "percentiles");
	json_object_foreach(json_object_get(p->from->series, "percentiles"), name, value)
		if (figures_percent(name) > 0 && json_object_get(others, name))
			json_array_append_new(list, contrast_of(f, p, name, figures_percent(name)));
	struct estimate a = sample_estimate(p->from, 50, FIGURES_TAIL), b = sample_estimate(p->to, 50, FIGURES_TAIL);
	struct range shift = contrast_difference(&a, &b);
	double longer = sample_longer(p->from, p->to);
	return json_pack("{s:i, s:f, s:f, s:{s:I, s:o, s:o}, s:o}", "system", (int)p->number + 1, "longer",
		rounded(longer), "delta", rounded(2 * longer - 1), "median_shift", "value", (json_int_t)shift.value,
		"low", limit(shift.low), "high", limit(shift.high), "percentiles", list);
}

json_t *figures_of_series(struct figures *f, const char *workload, const struct sample *samples)
{
	json_t *sides = json_array(), *pairs = json_array();
	const json_t *series = NULL;
	for (size_t i = 0; i < f->count; i++) {
		if (!samples[i].all.count)
			continue;
		series = series ? series : samples[i].series;
		json_array_append_new(sides, side_of(&samples[i], i));
		if (i > 0 && samples[0].all.count)
			json_array_append_new(
				pairs, pair_of(f, &(struct pair){ workload, i, &samples[0], &samples[i] }));
	}
	json_t *about = json_object_get(series, "about");
	return json_pack("{s:O, s:o, s:o, s:o}", "name", json_object_get(series, "name"), "about",
		about ? json_deep_copy(about) : json_object(), "systems", sides, "pairs", pairs);
}
