/* A latency measurement as a page: its JSON as a document, by reports/latency-html.xsl. */
#include "report/latency.h"
#include "base/text.h"
#include "report/private.h"
#include <stdio.h>
#include <string.h>

/* What only programs want. */
static bool is_raw(const char *member)
{
	return strcmp(member, "histogram") == 0 || strcmp(member, "intervals") == 0;
}

/* Members that are plain become attributes; objects elements of their name; the things in an array elements `item`. Names that XML
 * has not ("p99.9" is one that it has) do not occur. */
static void add(xmlNode *to, const json_t *json)
{
	const char *name;
	json_t *value;
	size_t i;
	json_object_foreach((json_t *)json, name, value) {
		char number[40];
		if (is_raw(name))
			continue;
		if (json_is_object(value)) {
			add(node_add(to, name), value);
		} else if (json_is_array(value)) {
			xmlNode *list = node_add(to, name);
			const json_t *one;
			json_array_foreach(value, i, one) {
				xmlNode *item = node_add(list, "item");
				if (json_is_string(one))
					node_text(item, json_string_value(one));
				add(item, one);
			}
		} else if (json_is_string(value)) {
			BUF_AUTO clean = BUF_INIT;
			clean_text(value, &clean);
			node_set(to, name, buf_text(&clean));
		} else if (json_is_boolean(value)) {
			node_set(to, name, json_is_true(value) ? "yes" : "no");
		} else {
			snprintf(number, sizeof number, "%.9g", json_number_value(value));
			node_set(to, name, number);
		}
	}
}

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

json_t *latency_read(const char *directory, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT path = memory_printf("%s/latency.json", directory);
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
	add(root, result);
	note_plots(root, directory);
	int fault = document_transform_as(doc, language ? language : "en", "latency-html.xsl", &html, e);
	xmlFreeDoc(doc);
	AUTO_TEXT path = memory_printf("%s/latency.html", directory);
	return fault || file_write(path, buf_text(&html), html.len, e) ? -1 : 0;
}
