/* What a comparison is plotted from, as gnuplot reads it: made anew from the results, so that no name of a file of somebody's is in a
 * script. Systems have their numbers in names. Times are milliseconds. */
#include "base/clock.h"
#include "base/text.h"
#include "measure/figures.h"
#include <stdlib.h>

static double ms(const json_t *number)
{
	return json_number_value(number) / CLOCK_MILLISECOND;
}

static int write_as(const char *folder, const char *name, const char *end, const struct buf *text, struct err *e)
{
	AUTO_TEXT path = memory_printf("%s/%s%s", folder, name, end);
	return file_write(path, buf_text(text), text->len, e);
}

/* The item of a list that is of that system, or that percentile. */
static const json_t *find(const json_t *list, const char *member, double wanted)
{
	size_t i;
	const json_t *one;
	json_array_foreach(list, i, one)
		if (json_number_value(json_object_get(one, member)) == wanted)
			return one;
	return NULL;
}

/* ---- of each system ---- */

static int write_distribution(const json_t *series, const char *name, const char *folder, struct err *e)
{
	struct histogram h;
	BUF_AUTO text = BUF_INIT;
	histogram_init(&h);
	int fault = histogram_from_json(&h, json_object_get(series, "histogram"), name, e);
	if (!fault)
		histogram_percentile_text(&h, &text);
	histogram_release(&h);
	return fault ? -1 : write_as(folder, name, ".hgrm", &text, e);
}

/* A line for each second of the whole, repetitions one after the other with a gap, so that no line is drawn between them. */
static int write_time(const json_t *series, const char *name, const char *folder, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	size_t i;
	const json_t *second;
	json_int_t turn = -1, begin = 0, at = 0;
	buf_add_text(&text, "second,p50_ms,p90_ms,p99_ms,greatest_ms\n");
	json_array_foreach(json_object_get(series, "intervals"), i, second) {
		json_int_t repetition = json_integer_value(json_array_get(second, 0));
		if (turn >= 0 && repetition != turn) {
			begin = at + 1;
			buf_add_text(&text, "\n");
		}
		turn = repetition;
		at = begin + json_integer_value(json_array_get(second, 1));
		buf_printf(&text, "%lld,%.6f,%.6f,%.6f,%.6f\n", (long long)at, ms(json_array_get(second, 3)),
			ms(json_array_get(second, 4)), ms(json_array_get(second, 5)), ms(json_array_get(second, 6)));
	}
	return write_as(folder, name, ".seconds.csv", &text, e);
}

/* ---- of all ---- */

/* What each phase took on average, a row for each system: averages add up to that of the whole, which medians do not. */
static int write_phases(const json_t *w, const char *folder, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	size_t i, k;
	const json_t *s, *state, *list = json_object_get(w, "series");
	buf_add_text(&text, "system");
	json_array_foreach(list, k, s)
		if (k > 0)
			buf_printf(&text, ",%s", figures_text(s, "name"));
	buf_add_text(&text, "\n");
	json_array_foreach(json_object_get(w, "systems"), i, state) {
		double number = json_number_value(json_object_get(state, "system"));
		buf_printf(&text, "%g", number);
		json_array_foreach(list, k, s) {
			const json_t *side = find(json_object_get(s, "systems"), "system", number);
			if (k > 0)
				buf_printf(&text, ",%.6f", ms(json_object_get(side, "mean")));
		}
		buf_add_text(&text, "\n");
	}
	return write_as(folder, figures_text(w, "name"), ".phases.csv", &text, e);
}

static void add_title(struct buf *out, const json_t *w, const char *language)
{
	const char *title = figures_text(json_object_get(w, "title"), language);
	buf_add_char(out, '\t');
	for (title = *title ? title : figures_text(w, "name"); *title; title++)
		if (*title != '"' && *title != '\\' && (unsigned char)*title >= ' ')
			buf_add_char(out, *title);
}

/* A row for each workload and system that measured it: where it stands, what it is called, the 50th and the 99th percentile with their
 * intervals; a limit that there is not is empty. */
static void add_overview(struct buf *out, const json_t *w, size_t row, size_t systems)
{
	static const double percents[] = { 50, 99 };
	const json_t *series = json_array_get(json_object_get(w, "series"), 0);
	for (size_t i = 1; i <= systems; i++) {
		const json_t *side = find(json_object_get(series, "systems"), "system", (double)i);
		if (!side)
			continue;
		buf_printf(out, "%zu\t%zu\t%s", row, i, figures_text(w, "name"));
		add_title(out, w, "en");
		add_title(out, w, "de");
		for (size_t p = 0; p < 2; p++) {
			const json_t *of = find(json_object_get(side, "percentiles"), "percentile", percents[p]);
			buf_printf(out, "\t%.6f\t%.6f\t", ms(json_object_get(of, "value")),
				ms(json_object_get(of, "low")));
			if (json_is_number(json_object_get(of, "high")))
				buf_printf(out, "%.6f", ms(json_object_get(of, "high")));
		}
		buf_add_char(out, '\n');
	}
}

static int write_overview(const json_t *comparison, size_t systems, const char *folder, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	size_t i, row = 0;
	const json_t *w;
	buf_add_text(
		&text, "row\tsystem\tworkload\ttitle\ttitle_de\tp50_ms\tlow_ms\thigh_ms\tp99_ms\tlow_ms\thigh_ms\n");
	json_array_foreach(json_object_get(comparison, "workloads"), i, w)
		if (json_array_size(json_object_get(w, "series")))
			add_overview(&text, w, ++row, systems);
	return write_as(folder, "overview", ".tsv", &text, e);
}

static int write_systems(const json_t *w, const struct compared *list, size_t count, const char *folder, struct err *e)
{
	const char *name = figures_text(w, "name");
	for (size_t i = 0; i < count; i++) {
		const json_t *of = figures_named(json_object_get(list[i].result, "workloads"), name);
		const json_t *series = json_array_get(json_object_get(of, "series"), 0);
		AUTO_TEXT numbered = memory_printf("%s-%zu", name, i + 1);
		if (json_integer_value(json_object_get(series, "count")) > 0 &&
			(write_distribution(series, numbered, folder, e) || write_time(series, numbered, folder, e)))
			return -1;
	}
	return 0;
}

int compare_write_data(
	const json_t *comparison, const struct compared *list, size_t count, const char *folder, struct err *e)
{
	size_t i;
	const json_t *w;
	json_array_foreach(json_object_get(comparison, "workloads"), i, w)
		if (write_systems(w, list, count, folder, e) ||
			(json_is_true(json_object_get(w, "phases")) && write_phases(w, folder, e)))
			return -1;
	return write_overview(comparison, count, folder, e);
}
