/* The plots of a comparison: of all workloads at once, and of each. Scripts get the systems' labels as label_1, label_2 and so on. */
#include "base/text.h"
#include "report/contrast.h"
#include "report/gnuplot.h"
#include "report/private.h"
#include <string.h>

struct drawing {
	const char *directory, *language;
	size_t systems;
	struct buf variables; /* what all plots share */
};

static int draw(const struct drawing *d, const struct buf *more, const char *name, const char *kind, struct err *e)
{
	BUF_AUTO variables = BUF_INIT;
	AUTO_TEXT script = memory_printf("compare-%s", kind);
	AUTO_TEXT plot = memory_printf("%s%s%s", name, *name ? "-" : "", kind);
	buf_add_text(&variables, buf_text(&d->variables));
	if (more)
		buf_add_text(&variables, buf_text(more));
	gnuplot_set(&variables, "name", name);
	return gnuplot_draw(d->directory, script, plot, &variables, d->language, e);
}

/* The numbers of the systems that have a value of the workload's own figure, parted by blanks. */
static void present(const json_t *w, struct buf *out)
{
	size_t i;
	const json_t *side;
	json_array_foreach(json_object_get(json_array_get(json_object_get(w, "series"), 0), "systems"), i, side)
		buf_printf(out, "%s%.0f", i ? " " : "", json_member_number(side, "system"));
}

static void set_title(const json_t *w, const char *language, struct buf *out)
{
	const json_t *title = json_object_get(w, "title");
	BUF_AUTO clean = BUF_INIT;
	const char *text = json_member_text(title, language);
	contrast_label(*text                             ? text
			: *json_member_text(title, "en") ? json_member_text(title, "en")
							 : json_member_text(w, "name"),
		&clean);
	gnuplot_set(out, "heading", buf_text(&clean));
}

static int draw_workload(const struct drawing *d, const json_t *w, struct err *e)
{
	const char *name = json_member_text(w, "name");
	BUF_AUTO variables = BUF_INIT, systems = BUF_INIT, phases = BUF_INIT;
	size_t i;
	const json_t *s, *list = json_object_get(w, "series");
	present(w, &systems);
	if (!systems.len)
		return 0;
	json_array_foreach(list, i, s)
		if (i > 0)
			buf_printf(&phases, "%s%s", phases.len ? " " : "", json_member_text(s, "name"));
	gnuplot_set(&variables, "systems", buf_text(&systems));
	gnuplot_set(&variables, "phases", buf_text(&phases));
	set_title(w, d->language, &variables);
	if (draw(d, &variables, name, "distribution", e) || draw(d, &variables, name, "time", e))
		return -1;
	return phases.len && json_is_true(json_object_get(w, "phases")) ? draw(d, &variables, name, "phases", e) : 0;
}

int contrast_plots(const json_t *comparison, const char *directory, const char *language, struct err *e)
{
	const json_t *one, *systems = json_object_get(comparison, "systems");
	struct drawing d = { directory, language, json_array_size(systems), BUF_INIT };
	size_t i;
	int result = gnuplot_prepare(directory, e);
	json_array_foreach(systems, i, one) {
		BUF_AUTO label = BUF_INIT;
		char variable[32];
		contrast_label(json_member_text(one, "label"), &label);
		snprintf(variable, sizeof variable, "label_%zu", i + 1);
		gnuplot_set(&d.variables, variable, buf_text(&label));
	}
	buf_printf(&d.variables, "count=%zu; ", d.systems);
	if (!result)
		result = draw(&d, NULL, "", "overview", e);
	json_array_foreach(json_object_get(comparison, "workloads"), i, one)
		if (!result)
			result = draw_workload(&d, one, e);
	buf_release(&d.variables);
	return result;
}
