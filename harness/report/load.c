/* A load as a page with plots: its JSON as a document, by reports/load-html.xsl. */
#include "report/load.h"
#include "base/text.h"
#include "report/gnuplot.h"
#include "report/private.h"
#include <stdio.h>
#include <string.h>

static const char *const kinds[] = { "throughput", "seconds", "distribution", "connecting" };

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

static bool has_slugs(const json_t *result)
{
	size_t i, k;
	const json_t *stage, *series;
	bool good = text_is_slug(text_of(json_object_get(result, "profile"), "name"));
	json_array_foreach(json_object_get(result, "stages"), i, stage)
		json_array_foreach(json_object_get(stage, "series"), k, series)
			good = good && text_is_slug(text_of(series, "name"));
	return good;
}

json_t *load_read(const char *directory, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT path = memory_printf("%s/load.json", directory);
	json_error_t fault;
	if (file_read(path, &text, e))
		return NULL;
	json_t *result = json_loadb(buf_text(&text), text.len, JSON_REJECT_DUPLICATES, &fault);
	if (result && strcmp(json_member_text(result, "assay"), "load") == 0 &&
		json_member_number(result, "format") == 1 && json_is_array(json_object_get(result, "stages")) &&
		has_slugs(result))
		return result;
	json_decref(result);
	err_set(e, ERR_USAGE, path, "is no result of `assay load` that this version knows");
	return NULL;
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
			buf_printf(&series, "%s%s", series.len ? " " : "", text_of(s, "name"));
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
	gnuplot_set(&variables, "unit", text_of(unit, *text_of(unit, language) ? language : "en"));
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
	BUF_AUTO html = BUF_INIT;
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewDocNode(doc, NULL, BAD_CAST "load", NULL);
	xmlDocSetRootElement(doc, root);
	node_add_json(root, result);
	xmlNode *plot = node_add(root, "plot");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		AUTO_TEXT name = memory_printf("plots/%s.svg", kinds[i]);
		AUTO_TEXT path = memory_printf("%s/%s", directory, name);
		if (file_exists(path))
			node_set(plot, kinds[i], name);
	}
	int fault = document_transform_as(doc, language ? language : "en", "load-html.xsl", &html, e);
	xmlFreeDoc(doc);
	AUTO_TEXT path = memory_printf("%s/load.html", directory);
	return fault || file_write(path, buf_text(&html), html.len, e) ? -1 : 0;
}
