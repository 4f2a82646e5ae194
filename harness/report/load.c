/* A load as a page with plots: its JSON as a document, by reports/load-html.xsl. */
#include "report/load.h"
#include "base/text.h"
#include "report/gnuplot.h"
#include "report/measured.h"
#include "report/private.h"
#include <stdio.h>
#include <string.h>

/* Stages have numbers, and series that have names. */
static bool are_slugs(const json_t *stages)
{
	size_t i;
	const json_t *stage;
	json_array_foreach(stages, i, stage)
		if (!measured_are_slugs(json_object_get(stage, "series")))
			return false;
	return true;
}

static bool is_good(const json_t *result)
{
	return text_is_slug(json_member_text(json_object_get(result, "profile"), "name")) &&
		json_is_array(json_object_get(result, "stages")) && are_slugs(json_object_get(result, "stages"));
}

static void note_plots(xmlNode *root, const char *directory)
{
	static const char *const kinds[] = { "throughput", "seconds", "distribution", "connecting" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		measured_note_plot(root, directory, "", kinds[i]);
}

static const struct measured load = { "load", "result of `assay load`", "load", "load-html.xsl", "load.html", is_good,
	note_plots };

json_t *load_read(const char *directory, struct err *e)
{
	AUTO_TEXT path = memory_printf("%s/load.json", directory);
	return measured_read(&load, path, e);
}

static bool has_values(const json_t *stage)
{
	return json_integer_value(json_object_get(json_array_get(json_object_get(stage, "series"), 0), "count")) > 0;
}

/* 0 where it was not. */
static double kept_rate(const json_t *stage)
{
	return json_is_true(json_object_get(stage, "kept")) ? json_number_value(json_object_get(stage, "rate")) : 0;
}

/* The highest stage that was kept, else the first that has something to draw. NULL where there is none. */
static const json_t *best_stage(const json_t *result)
{
	size_t i;
	const json_t *stage, *stages = json_object_get(result, "stages"), *best = NULL;
	json_array_foreach(stages, i, stage)
		if (has_values(stage) && (!best || kept_rate(stage) > kept_rate(best)))
			best = stage;
	return best;
}

static int draw_distribution(const json_t *stage, const char *directory, const char *language, struct err *e)
{
	BUF_AUTO variables = BUF_INIT, series = BUF_INIT;
	size_t i;
	const json_t *s;
	json_array_foreach(json_object_get(stage, "series"), i, s)
		if (json_integer_value(json_object_get(s, "count")) > 1) /* of one there is nothing to draw */
			buf_printf(&series, "%s%s", series.len ? " " : "", json_member_text(s, "name"));
	if (!series.len)
		return 0;
	AUTO_TEXT name = memory_printf("stage-%lld", (long long)json_integer_value(json_object_get(stage, "number")));
	gnuplot_set(&variables, "name", name);
	gnuplot_set(&variables, "series", series.data);
	return gnuplot_draw(directory, "distribution", "distribution", &variables, language, e);
}

int load_plots(const json_t *result, const char *directory, const char *language, struct err *e)
{
	BUF_AUTO variables = BUF_INIT;
	char bound[32];
	const json_t *unit = json_object_get(json_object_get(result, "profile"), "unit"), *best = best_stage(result);
	snprintf(bound, sizeof bound, "%g", json_number_value(json_object_get(result, "bound_ns")) / 1e6);
	gnuplot_set(&variables, "bound", bound);
	gnuplot_set(&variables, "unit", json_member_text(unit, *json_member_text(unit, language) ? language : "en"));
	if (gnuplot_prepare(directory, e))
		return -1;
	if (json_object_get(result, "holding") &&
		gnuplot_draw(directory, "load-connecting", "connecting", &variables, language, e))
		return -1;
	if (!best)
		return 0;
	return gnuplot_draw(directory, "load-throughput", "throughput", &variables, language, e) ||
			gnuplot_draw(directory, "load-seconds", "seconds", &variables, language, e) ||
			draw_distribution(best, directory, language, e)
		? -1
		: 0;
}

int load_page(const json_t *result, const char *directory, const char *language, struct err *e)
{
	return measured_page(&load, result, directory, language, e);
}
