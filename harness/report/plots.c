/* The plots of a latency measurement. */
#include "base/text.h"
#include "report/gnuplot.h"
#include "report/latency.h"

static int draw_kind(const char *directory, const char *name, const char *series, const char *kind,
	const char *language, struct err *e)
{
	BUF_AUTO variables = BUF_INIT;
	AUTO_TEXT plot = memory_printf("%s-%s", name, kind);
	gnuplot_set(&variables, "name", name);
	gnuplot_set(&variables, "series", series);
	return gnuplot_draw(directory, kind, plot, &variables, language, e);
}

static int draw_workload(const json_t *w, const char *directory, const char *language, struct err *e)
{
	BUF_AUTO series = BUF_INIT;
	size_t i;
	const json_t *s;
	const char *name = json_string_value(json_object_get(w, "name"));
	bool all = true;
	json_array_foreach(json_object_get(w, "series"), i, s) {
		if (json_integer_value(json_object_get(s, "count")))
			buf_printf(
				&series, "%s%s", series.len ? " " : "", json_string_value(json_object_get(s, "name")));
		else if (i == 0)
			return 0; /* nothing to draw */
		else
			all = false;
	}
	if (!series.len)
		return 0;
	bool phases = all && json_is_true(json_object_get(w, "phases"));
	return draw_kind(directory, name, series.data, "distribution", language, e) ||
			draw_kind(directory, name, series.data, "time", language, e) ||
			(phases && draw_kind(directory, name, series.data, "phases", language, e))
		? -1
		: 0;
}

int latency_plots(const json_t *result, const char *directory, const char *language, struct err *e)
{
	size_t i;
	const json_t *w;
	if (gnuplot_prepare(directory, e) || draw_workload(json_object_get(result, "echo"), directory, language, e))
		return -1;
	json_array_foreach(json_object_get(result, "workloads"), i, w)
		if (draw_workload(w, directory, language, e))
			return -1;
	return 0;
}
