/* The results in another language: the words that come from suites and catalogues. Those of the reports are in reports/texts. */
#include "base/text.h"
#include "report/private.h"
#include <stdlib.h>
#include <string.h>

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

/* Reads NAME, TAB, TEXT a line, after a first line of headings; what is behind another TAB is not for here. */
static int read_table(const char *path, const char *prefix, struct map *into, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (file_read(path, &text, e))
		return -1;
	int number = 0;
	for (char *rest = text.data, *line; (line = strsep(&rest, "\n"));) {
		number++;
		char *tab = strchr(line, '\t');
		if (!*line || number == 1)
			continue;
		AUTO_TEXT where = memory_printf("%s:%d", path, number);
		if (!tab || tab == line || !tab[1] || tab[1] == '\t')
			return err_set(e, ERR_USAGE, where, "expected a name and its translation, parted by a tab");
		*tab = 0;
		tab[1 + strcspn(tab + 1, "\t")] = 0;
		AUTO_TEXT key = memory_printf("%s%s", prefix, line);
		if (map_get(into, key))
			return err_set(e, ERR_USAGE, where, "'%s' is translated twice", line);
		map_set(into, key, tab + 1);
	}
	return 0;
}

/* suites/SUITE/LANGUAGE.tsv and suites/catalogue/LANGUAGE/SPEC.tsv. What lies elsewhere is no translation. */
static int read_file(const char *path, const char *below, const char *language, struct map *into, struct err *e)
{
	const char *slash = strchr(below, '/');
	AUTO_TEXT first = memory_copy_bytes(below, slash ? (size_t)(slash - below) : 0);
	AUTO_TEXT own = memory_printf("%s.tsv", language);
	AUTO_TEXT catalogue = memory_printf("catalogue/%s/", language);
	if (slash && strcmp(slash + 1, own) == 0) {
		AUTO_TEXT prefix = memory_printf("%s/", first);
		return read_table(path, prefix, into, e);
	}
	if (!text_starts(below, catalogue))
		return 0;
	const char *spec = below + strlen(catalogue);
	AUTO_TEXT prefix = memory_printf("%.*s#", (int)(strlen(spec) - strlen(".tsv")), spec);
	return read_table(path, prefix, into, e);
}

int report_translations(const char *language, struct map *out, struct err *e)
{
	if (!is_language(language))
		return err_set(e, ERR_USAGE, NULL, "'%s' is no language", language);
	struct arena a = ARENA_INIT;
	struct vec files = VEC_INIT;
	const char *suites = data_path(&a, "suites");
	int result = file_is_directory(suites) ? directory_files(&a, suites, ".tsv", &files, e) : 0;
	for (size_t i = 0; i < files.count && result == 0; i++) {
		const char *path = files.items[i];
		result = read_file(path, path + strlen(suites) + 1, language, out, e);
	}
	vec_release(&files);
	arena_release(&a);
	return result;
}

static void mark_untranslated(xmlNode *node)
{
	xml_set_attribute(node, "lang", "en");
}

static void translate_title(xmlNode *node, const struct map *table)
{
	const char *text = map_get(table, xml_attribute(node, "id"));
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

static void translate_message(const struct map *sentences, xmlNode *node, const char *language)
{
	BUF_AUTO translated = BUF_INIT;
	AUTO_TEXT text = node ? xml_text(node) : NULL;
	if (text && message_translate(sentences, text, &translated)) {
		translate_content(node, buf_text(&translated));
		xml_set_attribute(node, "lang", language);
	}
}

struct translation {
	const char *language;
	struct map texts, sentences;
};

static void translate_scenario(const struct translation *t, xmlNode *scenario)
{
	const struct map *table = &t->texts;
	translate_title(scenario, table);
	xmlNode *about = xml_child(scenario, "about", NULL);
	AUTO_TEXT key = memory_printf("%s:about", xml_attribute(scenario, "id"));
	if (about && map_get(table, key))
		translate_content(about, map_get(table, key));
	else if (about)
		mark_untranslated(about);
	for (xmlNode *check = xml_child(scenario, "check", NULL); check; check = xml_next(check, "check", NULL)) {
		translate_title(check, table);
		translate_message(&t->sentences, xml_child(check, "message", NULL), t->language);
	}
	for (xmlNode *value = xml_child(scenario, "value", NULL); value; value = xml_next(value, "value", NULL))
		translate_title(value, table);
}

static void translate_requirement(const struct map *table, xmlNode *node)
{
	const char *text = map_get(table, xml_attribute(node, "key"));
	if (text)
		translate_content(node, text);
	else
		mark_untranslated(node);
}

/* What stands under the root: requirements and suites of results, suites and steps of a comparison. */
static void translate_part(const struct translation *t, xmlNode *part)
{
	const struct map *table = &t->texts;
	if (xml_is(part, "requirement", NULL))
		translate_requirement(table, part);
	for (xmlNode *one = xml_child(part, "scenario", NULL); one; one = xml_next(one, "scenario", NULL))
		translate_scenario(t, one);
	for (xmlNode *one = xml_child(part, "check", NULL); one; one = xml_next(one, "check", NULL))
		translate_title(one, table);
	for (xmlNode *one = xml_child(part, "change", NULL); one; one = xml_next(one, "change", NULL))
		translate_title(one, table);
}

/* reports/messages/LANGUAGE.tsv, where there is one. */
static int read_sentences(const char *language, struct map *into, struct err *e)
{
	struct arena a = ARENA_INIT;
	AUTO_TEXT name = memory_printf("reports/messages/%s.tsv", language);
	const char *path = data_path(&a, name);
	int result = file_exists(path) ? read_table(path, "", into, e) : 0;
	if (!result)
		result = messages_check(into, path, e);
	arena_release(&a);
	return result;
}

xmlDoc *document_translate(const xmlDoc *from, const char *language, struct err *e)
{
	struct translation t = { .language = language };
	xmlDoc *doc = NULL;
	if (!report_translations(language, &t.texts, e) && !read_sentences(language, &t.sentences, e)) {
		doc = xmlCopyDoc((xmlDoc *)from, 1);
		for (xmlNode *part = xmlFirstElementChild(xml_root(doc)); part; part = xmlNextElementSibling(part))
			translate_part(&t, part);
	}
	map_release(&t.texts);
	map_release(&t.sentences);
	return doc;
}
