/* A latency measurement as a page: its JSON as a document, by reports/latency-html.xsl. */
#include "report/latency.h"
#include "base/text.h"
#include "report/private.h"
#include <string.h>

/* Marks what there is a plot of. */
static void note_plots(xmlNode *root, const char *directory)
{
	xmlNode *list = xml_child(root, "workloads", NULL);
	for (xmlNode *w = list ? xml_child(list, "item", NULL) : NULL; w; w = xml_next(w, "item", NULL)) {
		static const char *const kinds[] = { "distribution", "time", "phases" };
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
			AUTO_TEXT name = memory_printf("plots/%s-%s.svg", xml_attribute(w, "name"), kinds[i]);
			AUTO_TEXT path = memory_printf("%s/%s", directory, name);
			if (file_exists(path))
				node_set(node_add(w, "plot"), kinds[i], name);
		}
	}
}

static bool has_slugs(const json_t *workload)
{
	size_t i;
	const json_t *s;
	const char *name = json_string_value(json_object_get(workload, "name"));
	bool good = name && text_is_slug(name);
	json_array_foreach(json_object_get(workload, "series"), i, s) {
		name = json_string_value(json_object_get(s, "name"));
		good = good && name && text_is_slug(name);
	}
	return good;
}

static char *file_of(const char *path)
{
	bool is_file = text_ends(path, ".json") || (file_exists(path) && !file_is_directory(path));
	return is_file ? memory_copy_text(path) : memory_printf("%s/latency.json", path);
}

bool latency_is_there(const char *path)
{
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT file = file_of(path);
	struct err ignored;
	if (file_is_directory(path))
		return file_exists(file);
	if (file_read(file, &text, &ignored))
		return false;
	json_t *result = json_loadb(buf_text(&text), text.len, 0, NULL);
	bool is = strcmp(json_member_text(result, "assay"), "latency") == 0;
	json_decref(result);
	return is;
}

json_t *latency_read(const char *where, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT path = file_of(where);
	json_error_t fault;
	size_t i;
	const json_t *w;
	if (file_read(path, &text, e))
		return NULL;
	json_t *result = json_loadb(buf_text(&text), text.len, JSON_REJECT_DUPLICATES, &fault);
	bool good = result && strcmp(json_member_text(result, "assay"), "latency") == 0 &&
		json_member_number(result, "format") == 1 && has_slugs(json_object_get(result, "echo")) &&
		json_is_array(json_object_get(result, "workloads"));
	json_array_foreach(json_object_get(result, "workloads"), i, w)
		good = good && has_slugs(w);
	if (good)
		return result;
	json_decref(result);
	err_set(e, ERR_USAGE, path, "is no result of `assay latency` that this version knows");
	return NULL;
}

int latency_page(const json_t *result, const char *directory, const char *language, struct err *e)
{
	BUF_AUTO html = BUF_INIT;
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewDocNode(doc, NULL, BAD_CAST "latency", NULL);
	xmlDocSetRootElement(doc, root);
	node_add_json(root, result);
	note_plots(root, directory);
	int fault = document_transform_as(doc, language ? language : "en", "latency-html.xsl", &html, e);
	xmlFreeDoc(doc);
	AUTO_TEXT path = memory_printf("%s/latency.html", directory);
	return fault || file_write(path, buf_text(&html), html.len, e) ? -1 : 0;
}
