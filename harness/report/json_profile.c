/* result.json: the questions of the profile, and the grade. */
#include "base/text.h"
#include "report/json_parts.h"
#include <string.h>

/* {"en": …, "de": …} of the words of that name; NULL where there are none. */
static json_t *words(const xmlNode *node, const char *name)
{
	json_t *object = NULL;
	for (const xmlNode *one = part_first(node, "words"); one; one = part_next(one, "words")) {
		if (strcmp(part_text(one, "name"), name) != 0)
			continue;
		if (!object)
			object = json_object();
		put_content(object, part_text(one, "lang"), one);
	}
	return object;
}

static void put_words(json_t *object, const xmlNode *node)
{
	static const char *const names[] = { "title", "about", "text", "reference", "article", "paper" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		json_t *found = words(node, names[i]);
		if (found)
			json_object_set_new(object, names[i], found);
	}
}

static json_t *row_object(const xmlNode *row)
{
	json_t *object = json_object(), *needs = json_array();
	put_text(object, "name", part_text(row, "name"));
	put_text(object, "state", part_text(row, "state"));
	if (*part_text(row, "from"))
		put_text(object, "from", part_text(row, "from"));
	put_words(object, row);
	for (const xmlNode *one = part_first(row, "needs"); one; one = part_next(one, "needs")) {
		json_t *need = json_object();
		put_text(need, "check", part_text(one, "check"));
		put_text(need, "verdict", part_text(one, "verdict"));
		put_flag(need, "required", one, "required");
		json_array_append_new(needs, need);
	}
	json_object_set_new(object, "checks", needs);
	return object;
}

json_t *profile_object(const xmlNode *profile)
{
	json_t *object = json_object(), *rows = json_array(), *levels = json_array();
	put_text(object, "name", part_text(profile, "name"));
	put_flag(object, "narrowed", profile, "narrowed");
	if (xml_attribute(profile, "grade"))
		put_text(object, "grade", part_text(profile, "grade"));
	put_words(object, profile);
	for (const xmlNode *one = part_first(part_first(profile, "levels"), "level"); one;
		one = part_next(one, "level")) {
		json_t *level = json_object();
		put_text(level, "name", part_text(one, "name"));
		put_flag(level, "reached", one, "reached");
		put_flag(level, "flawed", one, "flawed");
		put_words(level, one);
		json_array_append_new(levels, level);
	}
	for (const xmlNode *one = part_first(part_first(profile, "rows"), "row"); one; one = part_next(one, "row"))
		json_array_append_new(rows, row_object(one));
	json_object_set_new(object, "levels", levels);
	json_object_set_new(object, "rows", rows);
	return object;
}

/* The grade as certificates and histories want it: the level's title, or why there is none. */
json_t *grades_object(const xmlNode *profile)
{
	static const char rule[] =
		"The highest level whose questions, and those of the levels before it, are all answered with yes.";
	json_t *one = json_object(), *list = json_array();
	const char *grade = part_text(profile, "grade");
	const xmlNode *level = part_first(part_first(profile, "levels"), "level");
	while (level && strcmp(part_text(level, "name"), grade) != 0)
		level = part_next(level, "level");
	json_t *title = level ? words(level, "title") : NULL;
	const char *name = title ? json_string_value(json_object_get(title, "en")) : NULL;
	AUTO_TEXT text = level ? memory_printf("%s%s", name ? name : grade,
					 strcmp(part_text(level, "flawed"), "true") == 0 ? ", with faults" : "")
			       : memory_copy_text(*grade ? "no level" : "not graded");
	put_text(one, "profile", part_text(profile, "name"));
	put_text(one, "grade", text);
	put_text(one, "rule", rule);
	json_array_append_new(list, one);
	json_decref(title);
	return list;
}
