/* Messages about checks in another language: sentences with gaps, reports/messages/LANGUAGE.tsv. */
#include "base/text.h"
#include "report/private.h"
#include <string.h>

#define GAPS_MOST  6
#define DEPTH_MOST 6

/* The length of a gap at that place: "{}" holds text that stays as it is, "{+}" holds a message; 0 where there is none. */
static size_t gap_length(const char *at)
{
	return text_starts(at, "{}") ? 2 : text_starts(at, "{+}") ? 3 : 0;
}

static const char *next_gap(const char *at)
{
	while (*at && !gap_length(at))
		at++;
	return at;
}

struct match {
	const char *gaps[GAPS_MOST];
	size_t lengths[GAPS_MOST], count, literal; /* `literal`: bytes of the pattern that are no gap */
};

/* Each gap but the last ends where what follows it is found first; none is empty. */
static bool matches(const char *pattern, const char *text, struct match *m)
{
	const char *end = next_gap(pattern);
	*m = (struct match){ .literal = (size_t)(end - pattern) };
	if (strncmp(text, pattern, m->literal) != 0)
		return false;
	text += m->literal;
	while (*end) {
		const char *after = end + gap_length(end);
		end = next_gap(after);
		AUTO_TEXT literal = memory_copy_bytes(after, (size_t)(end - after));
		size_t length = strlen(text);
		if (!length || m->count == GAPS_MOST)
			return false;
		const char *found = *literal ? strstr(text + 1, literal) : text + length;
		if (*literal && !*end)
			found = text_ends(text + 1, literal) ? text + length - strlen(literal) : NULL;
		if (!found)
			return false;
		m->gaps[m->count] = text;
		m->lengths[m->count++] = (size_t)(found - text);
		m->literal += strlen(literal);
		text = found + strlen(literal);
	}
	return !*text;
}

static bool translate(const struct map *table, const char *text, int depth, struct buf *out);

/* The gaps of both sentences are the same, in the same order. */
static bool fill(const struct map *table, const char *sentence, const struct match *m, int depth, struct buf *out)
{
	for (size_t i = 0; i < m->count; i++) {
		const char *gap = next_gap(sentence);
		AUTO_TEXT text = memory_copy_bytes(m->gaps[i], m->lengths[i]);
		buf_add(out, sentence, (size_t)(gap - sentence));
		if (gap_length(gap) == 2)
			buf_add_text(out, text);
		else if (!translate(table, text, depth + 1, out))
			return false;
		sentence = gap + gap_length(gap);
	}
	buf_add_text(out, sentence);
	return true;
}

/* By the sentence that says most of it. */
static bool translate(const struct map *table, const char *text, int depth, struct buf *out)
{
	struct match best = { .literal = 0 };
	const char *sentence = NULL;
	for (size_t i = 0; i < table->count && depth < DEPTH_MOST; i++) {
		struct match m;
		if (!matches(table->keys[i], text, &m) || m.literal <= best.literal)
			continue;
		best = m;
		sentence = table->values[i];
	}
	return sentence && fill(table, sentence, &best, depth, out);
}

bool message_translate(const struct map *table, const char *text, struct buf *out)
{
	BUF_AUTO whole = BUF_INIT;
	if (!translate(table, text, 0, &whole))
		return false;
	buf_add_text(out, buf_text(&whole));
	return true;
}

/* "{}" and "{+}" in their order, as "." and "+". */
static void gaps_of(const char *sentence, struct buf *out)
{
	for (const char *gap = next_gap(sentence); *gap; gap = next_gap(gap + gap_length(gap)))
		buf_add_text(out, gap_length(gap) == 2 ? "." : "+");
}

int messages_check(const struct map *table, const char *path, struct err *e)
{
	for (size_t i = 0; i < table->count; i++) {
		BUF_AUTO here = BUF_INIT;
		BUF_AUTO there = BUF_INIT;
		gaps_of(table->keys[i], &here);
		gaps_of(table->values[i], &there);
		if (strcmp(buf_text(&here), buf_text(&there)) != 0 || here.len > GAPS_MOST)
			return err_set(e, ERR_USAGE, path,
				"'%s' and its translation have not the same gaps, or more than %d", table->keys[i],
				GAPS_MOST);
	}
	return 0;
}
