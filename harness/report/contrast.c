/* The page of a comparison: its JSON as a document, by reports/contrast-html.xsl. */
#include "report/contrast.h"
#include "base/text.h"
#include "report/private.h"
#include <string.h>

void contrast_label(const char *label, struct buf *out)
{
	size_t from = out->len;
	clean_bytes(label, strlen(label), out);
	for (size_t i = from; i < out->len; i++)
		if (out->data[i] == '\n' || out->data[i] == '\t')
			out->data[i] = ' ';
}

/* Marks what there is a plot of. */
static void note_plot(xmlNode *node, const char *directory, const char *name, const char *kind)
{
	AUTO_TEXT file = memory_printf("plots/%s%s%s.svg", name, *name ? "-" : "", kind);
	AUTO_TEXT path = memory_printf("%s/%s", directory, file);
	if (file_exists(path))
		node_set(node_add(node, "plot"), kind, file);
}

static void note_plots(xmlNode *root, const char *directory)
{
	static const char *const kinds[] = { "distribution", "time", "phases" };
	xmlNode *list = xml_child(root, "workloads", NULL);
	note_plot(root, directory, "", "overview");
	for (xmlNode *w = list ? xml_child(list, "item", NULL) : NULL; w; w = xml_next(w, "item", NULL))
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
			note_plot(w, directory, xml_attribute(w, "name"), kinds[i]);
}

static bool are_slugs(const json_t *list)
{
	size_t i;
	const json_t *one;
	json_array_foreach(list, i, one)
		if (!text_is_slug(json_member_text(one, "name")) || !are_slugs(json_object_get(one, "series")))
			return false;
	return true;
}

json_t *contrast_read(const char *directory, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT path = memory_printf("%s/comparison.json", directory);
	if (file_read(path, &text, e))
		return NULL;
	json_t *comparison = json_loadb(buf_text(&text), text.len, JSON_REJECT_DUPLICATES, NULL);
	if (strcmp(json_member_text(comparison, "assay"), "latency-comparison") == 0 &&
		json_member_number(comparison, "format") == 1 && are_slugs(json_object_get(comparison, "workloads")))
		return comparison;
	json_decref(comparison);
	err_set(e, ERR_USAGE, path, "is no comparison of latency measurements that this version knows");
	return NULL;
}

int contrast_page(const json_t *comparison, const char *directory, const char *language, struct err *e)
{
	BUF_AUTO html = BUF_INIT;
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewDocNode(doc, NULL, BAD_CAST "comparison", NULL);
	xmlDocSetRootElement(doc, root);
	node_add_json(root, comparison);
	note_plots(root, directory);
	int fault = document_transform_as(doc, language ? language : "en", "contrast-html.xsl", &html, e);
	xmlFreeDoc(doc);
	AUTO_TEXT path = memory_printf("%s/comparison.html", directory);
	return fault || file_write(path, buf_text(&html), html.len, e) ? -1 : 0;
}
