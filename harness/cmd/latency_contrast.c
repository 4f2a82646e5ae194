/* A comparison of measurements on the terminal: each system against the first, a row for each percentile of each series. */
#include "base/clock.h"
#include "base/text.h"
#include "cmd/comparing_latency.h"
#include "cmd/measuring.h"
#include "report/contrast.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The item of a list that is of that system, or of that percentile. */
static const json_t *find(const json_t *list, const char *member, double wanted)
{
	size_t i;
	const json_t *one;
	json_array_foreach(list, i, one)
		if (measuring_real(one, member) == wanted)
			return one;
	return NULL;
}

/* Text of a result, on one line and without what a terminal would obey. */
static void print_text(const char *before, const char *text, const char *after)
{
	BUF_AUTO clean = BUF_INIT;
	contrast_label(text, &clean);
	printf("%s%s%s", before, buf_text(&clean), after);
}

/* ---- figures ---- */

static void limit(char out[24], const json_t *number, double unit, int digits)
{
	if (json_is_number(number))
		snprintf(out, 24, "%.*f", digits, json_number_value(number) / unit);
	else
		strcpy(out, "-");
}

/* "0.612 [0.605, 0.620]"; a limit that there is not is a hyphen. */
static const char *interval(char out[96], double value, const json_t *low, const json_t *high, double unit, int digits)
{
	char from[24], to[24];
	limit(from, low, unit, digits);
	limit(to, high, unit, digits);
	snprintf(out, 96, "%.*f [%s, %s]", digits, value / unit, from, to);
	return out;
}

static void print_figure(const json_t *side, double percent)
{
	char out[96] = "-";
	const json_t *p = find(json_object_get(side, "percentiles"), "percentile", percent);
	if (p)
		interval(out, measuring_real(p, "value"), json_object_get(p, "low"), json_object_get(p, "high"),
			CLOCK_MILLISECOND, 3);
	printf(" %25s", out);
}

static void print_contrast(const json_t *c)
{
	char out[96];
	const char *why = measuring_text(c, "why");
	interval(out, measuring_real(c, "ratio"), json_object_get(c, "low"), json_object_get(c, "high"), 1, 2);
	printf(" %19s  %s%s", out, measuring_text(c, "word"),
		json_is_true(json_object_get(c, "regression")) ? ", REGRESSION" : "");
	if (text_equal(why, "spread"))
		printf(" (no more than two repetitions differ by)");
	else if (text_equal(why, "small"))
		printf(" (too small to matter)");
	else if (text_equal(why, "few"))
		printf(" (too few requests)");
	else if (text_equal(why, "wide"))
		printf(" (it varies too much)");
	printf("\n");
}

static void print_series(const json_t *series, double system)
{
	const json_t *pair = find(json_object_get(series, "pairs"), "system", system), *c;
	const json_t *base = find(json_object_get(series, "systems"), "system", 1);
	const json_t *other = find(json_object_get(series, "systems"), "system", system);
	const json_t *shift = json_object_get(pair, "median_shift");
	char out[96];
	size_t i;
	json_array_foreach(json_object_get(pair, "percentiles"), i, c) {
		double percent = measuring_real(c, "percentile");
		printf("  %-10s %5g", i ? "" : measuring_text(series, "name"), percent);
		print_figure(base, percent);
		print_figure(other, percent);
		print_contrast(c);
	}
	if (!pair)
		return;
	interval(out, measuring_real(shift, "value"), json_object_get(shift, "low"), json_object_get(shift, "high"),
		CLOCK_MILLISECOND, 3);
	printf("  %-10s a request to the other takes longer in %.1f %% of pairs; its median is later by %s ms\n", "",
		100 * measuring_real(pair, "longer"), out);
}

/* ---- workloads ---- */

static void print_faults(const json_t *state, const char *label)
{
	const char *kind;
	json_t *count;
	json_object_foreach(json_object_get(state, "faults"), kind, count)
		if (json_integer_value(count)) {
			print_text("  ", label, ": ");
			printf("%lld of %lld ", (long long)json_integer_value(count),
				(long long)measuring_real(state, "sent"));
			print_text("", kind, "\n");
		}
}

static void print_state(const json_t *state, const char *label)
{
	size_t i;
	const json_t *warning;
	if (!text_equal(measuring_text(state, "state"), "measured")) {
		print_text("  ", label, ": ");
		print_text("", measuring_text(state, "state"), *measuring_text(state, "reason") ? ": " : "");
		print_text("", measuring_text(state, "reason"), "\n");
	}
	print_faults(state, label);
	json_array_foreach(json_object_get(state, "warnings"), i, warning) {
		print_text("  ", label, ": ");
		print_text("warning: the figures are also those of this machine (",
			json_is_string(warning) ? json_string_value(warning) : "?", ")\n");
	}
}

static void print_workload(const json_t *w, double system, const char *base, const char *other)
{
	size_t i;
	const json_t *s, *states = json_object_get(w, "systems");
	const char *about = measuring_text(json_object_get(w, "about"), "en");
	print_text("", measuring_text(w, "name"), *about ? ". " : "\n");
	if (*about)
		print_text("", about, "\n");
	print_state(find(states, "system", 1), base);
	print_state(find(states, "system", system), other);
	json_array_foreach(json_object_get(w, "series"), i, s)
		print_series(s, system);
}

/* ---- the whole ---- */

static const char *label_of(const json_t *comparison, double system)
{
	return measuring_text(find(json_object_get(comparison, "systems"), "number", system), "label");
}

static void print_settings(const json_t *comparison, double system)
{
	size_t i;
	const json_t *s;
	json_array_foreach(json_object_get(comparison, "settings"), i, s) {
		if (measuring_real(s, "system") != system)
			continue;
		const char *workload = measuring_text(s, "workload");
		print_text(json_is_true(json_object_get(s, "grave")) ? "  NOT COMPARABLE: " : "  set otherwise: ",
			workload, *workload ? " " : "");
		print_text("", measuring_text(s, "name"), " ");
		print_text("", *measuring_text(s, "base") ? measuring_text(s, "base") : "not told", ", ");
		print_text("", *measuring_text(s, "other") ? measuring_text(s, "other") : "not told", "\n");
	}
}

static void print_order(const json_t *comparison)
{
	size_t i;
	const json_t *run, *order = json_object_get(comparison, "order");
	printf("measured in this order:");
	json_array_foreach(order, i, run)
		print_text(i ? ", " : " ", label_of(comparison, measuring_real(run, "system")), "");
	printf("\n");
}

static void print_pair(const json_t *comparison, double system)
{
	size_t i;
	const json_t *w;
	const char *base = label_of(comparison, 1), *other = label_of(comparison, system);
	print_text("\n", other, "");
	print_text(" against ", base, ", the base\n");
	print_settings(comparison, system);
	printf("  %-10s %5s %25s %25s %19s\n", "", "", "base, ms", "the other, ms", "ratio");
	json_array_foreach(json_object_get(comparison, "workloads"), i, w)
		print_workload(w, system, base, other);
	printf("what the harness itself costs:\n");
	json_array_foreach(json_object_get(json_object_get(comparison, "echo"), "series"), i, w)
		print_series(w, system);
}

static void print_regression(const json_t *comparison, const json_t *r)
{
	const char *kind = measuring_text(r, "kind");
	print_text("  ", label_of(comparison, measuring_real(r, "system")), ": ");
	print_text("", measuring_text(r, "workload"), " ");
	if (text_equal(kind, "slower")) {
		print_text("", measuring_text(r, "series"), ", ");
		printf("percentile %g: %.2f times as long, at least %.2f\n", measuring_real(r, "percentile"),
			measuring_real(r, "ratio"), measuring_real(r, "at_least"));
	} else if (text_equal(kind, "fault")) {
		printf("%.0f of %.0f ", measuring_real(r, "count"), measuring_real(r, "sent"));
		print_text("", measuring_text(r, "fault"), "");
		printf(", and %.0f of %.0f before\n", measuring_real(r, "base_count"), measuring_real(r, "base_sent"));
	} else {
		print_text("failed: ", measuring_text(r, "reason"), "\n");
	}
}

void latency_contrast_print(const json_t *comparison)
{
	size_t i;
	const json_t *r, *regressions = json_object_get(comparison, "regressions");
	double gated = measuring_real(comparison, "gated");
	print_order(comparison);
	for (size_t k = 2; k <= json_array_size(json_object_get(comparison, "systems")); k++)
		print_pair(comparison, (double)k);
	if (gated > 0)
		printf("\nA regression is slower by more than %g %%, beyond chance in all %g figures that were looked at together.\n",
			measuring_real(comparison, "bound"), gated);
	printf("%s%s", gated > 0 ? "" : "\n",
		json_array_size(regressions) ? "Worse than the base:\n"
			: gated > 0          ? "No regression.\n"
					     : "No message went wrong that did not in the base.\n");
	json_array_foreach(regressions, i, r)
		print_regression(comparison, r);
}
