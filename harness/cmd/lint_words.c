#include "cmd/lint_words.h"
#include "base/text.h"
#include "report/report.h"
#include <stdio.h>
#include <string.h>

static int count_missing(
	const struct map *table, const struct vec *names, const struct catalogue *catalogue, const char *language)
{
	int faults = 0;
	for (size_t i = 0; i < names->count; i++)
		if (!map_get(table, names->items[i])) {
			printf("suites:1:1: error: %s is not translated to '%s'\n", (const char *)names->items[i],
				language);
			faults++;
		}
	for (size_t i = 0; i < catalogue->entries.count; i++) {
		const struct requirement *r = catalogue->entries.items[i];
		if (!map_get(table, r->key)) {
			printf("suites/catalogue:1:1: error: %s is not translated to '%s'\n", r->key, language);
			faults++;
		}
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
	for (size_t i = 0; i < table->count; i++)
		if (!is_known(table->keys[i], names, catalogue)) {
			printf("suites:1:1: error: %s is translated to '%s', but there is no such thing\n",
				table->keys[i], language);
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
