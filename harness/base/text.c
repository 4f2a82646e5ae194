#include "base/text.h"
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

bool text_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
	size_t length = strlen(text), end = strlen(suffix);
	return length >= end && strcmp(text + length - end, suffix) == 0;
}

bool text_is_blank(const char *text)
{
	return !text || text[strspn(text, " \t\r\n")] == 0;
}

bool text_glob(const char *pattern, const char *name)
{
	while (*pattern) {
		size_t length = strcspn(pattern, ",");
		AUTO_TEXT one = memory_copy_bytes(pattern, length);
		char *start = one + strspn(one, " \t");
		for (size_t end = strlen(start); end && isspace((unsigned char)start[end - 1]); end--)
			start[end - 1] = 0;
		if (*start && fnmatch(start, name, 0) == 0)
			return true;
		pattern += length + (pattern[length] == ',');
	}
	return false;
}

bool text_is_slug(const char *text)
{
	if (!text || !*text || *text == '-')
		return false;
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == 0;
}

int text_to_number(const char *text, int64_t lowest, int64_t highest, int64_t *out)
{
	char *end;
	if (!text || !(isdigit((unsigned char)*text) || (*text == '-' && isdigit((unsigned char)text[1]))))
		return -1;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno || *end || value < lowest || value > highest)
		return -1;
	*out = value;
	return 0;
}

int text_to_duration(const char *text, int64_t *nanoseconds)
{
	static const struct {
		const char *unit;
		int64_t size;
	} units[] = { { "ms", 1000000 }, { "s", 1000000000 }, { "m", INT64_C(60000000000) } };
	size_t digits = strspn(text, "0123456789");
	AUTO_TEXT number = memory_copy_bytes(text, digits);
	int64_t count;
	if (text_to_number(number, 0, 1000000, &count))
		return -1;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (strcmp(text + digits, units[i].unit) != 0)
			continue;
		*nanoseconds = count * units[i].size;
		return 0;
	}
	return -1;
}

void text_words(struct arena *a, const char *text, struct vec *words)
{
	static const char blank[] = " \t\r\n";
	for (text += strspn(text, blank); *text; text += strspn(text, blank)) {
		size_t length = strcspn(text, blank);
		vec_push(words, arena_bytes(a, text, length));
		text += length;
	}
}

/* Levenshtein's distance of two short words. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], columns = strlen(b);
	if (columns >= sizeof row / sizeof *row)
		return SIZE_MAX;
	for (size_t j = 0; j <= columns; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= columns; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[columns];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t count)
{
	const char *nearest = NULL;
	size_t best = strlen(word) / 3 + 1; /* a third of the letters may differ */
	for (size_t i = 0; i < count; i++) {
		size_t d = distance(word, candidates[i]);
		if (d > best || (d == best && nearest))
			continue;
		best = d;
		nearest = candidates[i];
	}
	return nearest;
}

int text_expand(const char *text, const struct map *variables, struct buf *out, struct err *e)
{
	buf_add(out, "", 0);
	while (*text) {
		size_t plain = strcspn(text, "$");
		buf_add(out, text, plain);
		text += plain;
		if (!*text)
			break;
		if (text[1] == '$') {
			buf_add_char(out, '$');
			text += 2;
			continue;
		}
		const char *end = text[1] == '{' ? strchr(text, '}') : NULL;
		if (!end) {
			buf_add_char(out, *text++);
			continue;
		}
		AUTO_TEXT name = memory_copy_bytes(text + 2, (size_t)(end - text - 2));
		const char *value = map_get(variables, name);
		if (!value)
			return err_set(e, ERR_SCRIPT, NULL, "the variable ${%s} has no value", name);
		buf_add_text(out, value);
		text = end + 1;
	}
	return 0;
}
