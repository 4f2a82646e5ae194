#include "cmd/lint_words.h"
#include "base/text.h"
#include "report/report.h"
#include <stdio.h>
#include <string.h>

/* The table that the name is in, or should be. */
static char *table_of(const char *name, const char *language)
{
	return strchr(name, '#')
		? memory_printf("suites/catalogue/%s/%.*s.tsv", language, (int)strcspn(name, "#"), name)
		: memory_printf("suites/%.*s/%s.tsv", (int)strcspn(name, "/"), name, language);
}

static void say(const char *name, const char *language, const char *what)
{
	AUTO_TEXT table = table_of(name, language);
	printf("%s:1:1: error: %s %s\n", table, name, what);
}

static int count_missing(
	const struct map *table, const struct vec *names, const struct catalogue *catalogue, const char *language)
{
	int faults = 0;
	for (size_t i = 0; i < names->count + catalogue->entries.count; i++) {
		const char *name = i < names->count
			? names->items[i]
			: ((const struct requirement *)catalogue->entries.items[i - names->count])->key;
		if (map_get(table, name))
			continue;
		say(name, language, "is not translated");
		faults++;
	}
	return faults;
}

static bool is_known(const char *key, const struct vec *names, const struct catalogue *catalogue)
{
	if (strchr(key, '#'))
		return catalogue_find(catalogue, key) != NULL;
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], key) == 0)
			return true;
	return false;
}

static int count_stale(
	const struct map *table, const struct vec *names, const struct catalogue *catalogue, const char *language)
{
	int faults = 0;
	for (size_t i = 0; i < table->count; i++) {
		if (is_known(table->keys[i], names, catalogue))
			continue;
		say(table->keys[i], language, "is translated, but there is no such thing");
		faults++;
	}
	return faults;
}

int lint_words(const struct vec *names, const struct catalogue *catalogue, struct err *e)
{
	BUF_AUTO languages = BUF_INIT;
	int faults = 0;
	report_has_language("en", &languages);
	for (char *rest = languages.data, *one; (one = strsep(&rest, ", "));) {
		struct map table = MAP_INIT;
		if (!*one || strcmp(one, "en") == 0)
			continue;
		if (report_translations(one, &table, e)) {
			map_release(&table);
			return -1;
		}
		faults += count_missing(&table, names, catalogue, one);
		faults += count_stale(&table, names, catalogue, one);
		map_release(&table);
	}
	return faults;
}
