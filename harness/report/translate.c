/* The results in another language: the words that come from suites and catalogues. Those of the reports are in reports/texts. */
#include "base/text.h"
#include "report/private.h"
#include <stdlib.h>
#include <string.h>

struct translation {
	const char *language;
	json_t *suites;       /* "suite/scenario", "suite/scenario:about", "suite/scenario/check" -> text */
	json_t *requirements; /* "XEP-0384#trust" -> text */
};

static bool is_language(const char *language)
{
	return strlen(language) == 2 && language[0] >= 'a' && language[0] <= 'z' && language[1] >= 'a' &&
		language[1] <= 'z';
}

bool report_has_language(const char *language, struct buf *out)
{
	struct err ignored;
	struct arena a = ARENA_INIT;
	struct vec files = VEC_INIT;
	bool found = false;
	if (directory_files(&a, data_path(&a, "reports/texts"), ".xml", &files, &ignored) == 0)
		for (size_t i = 0; i < files.count; i++) {
			const char *base = strrchr(files.items[i], '/') + 1;
			buf_printf(out, "%s%.2s", i ? ", " : "", base);
			found |= is_language(language) && strncmp(base, language, 2) == 0;
		}
	vec_release(&files);
	arena_release(&a);
	return found;
}

/* Reads NAME, TAB, TEXT a line, after a first line of headings; what is behind another TAB is not for here. A file that is not there
 * translates nothing. */
static int read_table(const char *path, const char *prefix, json_t *into, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (!file_exists(path))
		return 0;
	if (file_read(path, &text, e))
		return -1;
	int number = 0;
	for (char *rest = text.data, *line; (line = strsep(&rest, "\n"));) {
		number++;
		char *tab = strchr(line, '\t');
		if (!*line || number == 1)
			continue;
		if (!tab || tab == line || !tab[1] || tab[1] == '\t') {
			AUTO_TEXT where = memory_printf("%s:%d", path, number);
			return err_set(e, ERR_USAGE, where, "expected a name and its translation, parted by a tab");
		}
		*tab = 0;
		tab[1 + strcspn(tab + 1, "\t")] = 0;
		AUTO_TEXT key = memory_printf("%s%s", prefix, line);
		json_object_set_new(into, key, json_string(tab + 1));
	}
	return 0;
}

static int read_suites(struct translation *t, const xmlNode *root, struct err *e)
{
	for (const xmlNode *suite = xml_child(root, "suite", NULL); suite; suite = xml_next(suite, "suite", NULL)) {
		struct arena a = ARENA_INIT;
		const char *name = xml_attribute(suite, "name");
		AUTO_TEXT prefix = memory_printf("%s/", name);
		/* A name with a slash or dots is no suite of ours. */
		const char *path = data_path(&a, arena_printf(&a, "suites/%s/%s.tsv", name, t->language));
		int result = text_is_slug(name) ? read_table(path, prefix, t->suites, e) : 0;
		arena_release(&a);
		if (result)
			return -1;
	}
	return 0;
}

static int read_catalogues(struct translation *t, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct vec files = VEC_INIT;
	char *folder = data_path(&a, arena_printf(&a, "suites/catalogue/%s", t->language));
	int result = file_is_directory(folder) ? directory_files(&a, folder, ".tsv", &files, e) : 0;
	for (size_t i = 0; i < files.count && result == 0; i++) {
		const char *base = strrchr(files.items[i], '/') + 1;
		AUTO_TEXT prefix = memory_printf("%.*s#", (int)(strlen(base) - strlen(".tsv")), base);
		result = read_table(files.items[i], prefix, t->requirements, e);
	}
	vec_release(&files);
	arena_release(&a);
	return result;
}

static const char *look_up(const json_t *table, const char *key)
{
	return json_string_value(json_object_get(table, key));
}

static void mark_untranslated(xmlNode *node)
{
	xml_set_attribute(node, "lang", "en");
}

static void translate_title(xmlNode *node, const json_t *table)
{
	const char *text = look_up(table, xml_attribute(node, "id"));
	if (text)
		xml_set_attribute(node, "title", text);
	else if (*xml_attribute(node, "title"))
		mark_untranslated(node);
}

static void translate_content(xmlNode *node, const char *text)
{
	xmlNodeSetContent(node, NULL);
	node_text(node, text);
}

static void translate_scenario(struct translation *t, xmlNode *scenario)
{
	translate_title(scenario, t->suites);
	xmlNode *about = xml_child(scenario, "about", NULL);
	AUTO_TEXT key = memory_printf("%s:about", xml_attribute(scenario, "id"));
	if (about && look_up(t->suites, key))
		translate_content(about, look_up(t->suites, key));
	else if (about)
		mark_untranslated(about);
	for (xmlNode *check = xml_child(scenario, "check", NULL); check; check = xml_next(check, "check", NULL))
		translate_title(check, t->suites);
}

xmlDoc *document_translate(const struct results *r, struct err *e)
{
	struct translation t = { r->language, json_object(), json_object() };
	xmlDoc *doc = NULL;
	if (!is_language(r->language))
		err_set(e, ERR_USAGE, NULL, "'%s' is no language", r->language);
	else if (read_suites(&t, xml_root(r->doc), e) == 0 && read_catalogues(&t, e) == 0)
		doc = xmlCopyDoc(r->doc, 1);
	xmlNode *root = doc ? xml_root(doc) : NULL;
	for (xmlNode *node = doc ? xml_child(root, "requirement", NULL) : NULL; node;
		node = xml_next(node, "requirement", NULL)) {
		const char *text = look_up(t.requirements, xml_attribute(node, "key"));
		if (text)
			translate_content(node, text);
		else
			mark_untranslated(node);
	}
	for (xmlNode *suite = doc ? xml_child(root, "suite", NULL) : NULL; suite;
		suite = xml_next(suite, "suite", NULL))
		for (xmlNode *one = xml_child(suite, "scenario", NULL); one; one = xml_next(one, "scenario", NULL))
			translate_scenario(&t, one);
	json_decref(t.suites);
	json_decref(t.requirements);
	return doc;
}
