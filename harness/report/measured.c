#include "report/measured.h"
#include "base/text.h"
#include "report/private.h"
#include <string.h>

json_t *measured_read(const struct measured *m, const char *path, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (file_read(path, &text, e))
		return NULL;
	json_t *result = json_loadb(buf_text(&text), text.len, JSON_REJECT_DUPLICATES, NULL);
	if (strcmp(json_member_text(result, "assay"), m->kind) == 0 && json_member_number(result, "format") == 1 &&
		m->is_good(result))
		return result;
	json_decref(result);
	err_set(e, ERR_USAGE, path, "is no %s that this version knows", m->what);
	return NULL;
}

int measured_page(
	const struct measured *m, const json_t *result, const char *directory, const char *language, struct err *e)
{
	BUF_AUTO html = BUF_INIT;
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewDocNode(doc, NULL, BAD_CAST m->root, NULL);
	xmlDocSetRootElement(doc, root);
	node_add_json(root, result);
	m->note_plots(root, directory);
	int fault = document_transform_as(doc, language ? language : "en", m->sheet, &html, e);
	xmlFreeDoc(doc);
	AUTO_TEXT path = memory_printf("%s/%s", directory, m->page);
	return fault || file_write(path, buf_text(&html), html.len, e) ? -1 : 0;
}

bool measured_are_slugs(const json_t *list)
{
	size_t i;
	const json_t *one;
	json_array_foreach(list, i, one)
		if (!text_is_slug(json_member_text(one, "name")) || !measured_are_slugs(json_object_get(one, "series")))
			return false;
	return true;
}

void measured_note_plot(xmlNode *node, const char *directory, const char *name, const char *kind)
{
	AUTO_TEXT file = memory_printf("plots/%s%s%s.svg", name, *name ? "-" : "", kind);
	AUTO_TEXT path = memory_printf("%s/%s", directory, file);
	if (file_exists(path))
		node_set(node_add(node, "plot"), kind, file);
}

void measured_note_workloads(xmlNode *root, const char *directory)
{
	static const char *const kinds[] = { "distribution", "time", "phases" };
	xmlNode *list = xml_child(root, "workloads", NULL);
	for (xmlNode *w = list ? xml_child(list, "item", NULL) : NULL; w; w = xml_next(w, "item", NULL))
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
			measured_note_plot(w, directory, xml_attribute(w, "name"), kinds[i]);
}
