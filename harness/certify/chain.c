/* Files in pieces, each with a value that depends on all before it. Since the values are signed, one piece alone can be looked at
 * with the signed value of the one before it: so every changed place is found, not only the first. */
#include "base/text.h"
#include "certify/private.h"
#include <stdlib.h>
#include <string.h>

#define TITLE "assay chain 1"
/* How many places of one file are told one by one. */
#define PLACES_MOST 10

size_t chain_least(const char *file)
{
	return strcmp(file, "journal.jsonl") == 0 ? 1 : 1024;
}

void chain_add(struct chain *c, size_t length, const char *value)
{
	if (c->count == c->capacity) {
		c->capacity = c->capacity ? 2 * c->capacity : 64;
		c->pieces = memory_resize(c->pieces, c->capacity * sizeof *c->pieces);
	}
	struct piece *p = &c->pieces[c->count++];
	p->length = length;
	snprintf(p->value, sizeof p->value, "%s", value);
}

void chain_release(struct chain *c)
{
	free(c->name);
	free(c->pieces);
	*c = (struct chain){ 0 };
}

static size_t piece_length(const char *bytes, size_t left, size_t least)
{
	size_t most = left < PIECE_MOST ? left : PIECE_MOST;
	if (most <= least)
		return most;
	const char *newline = memchr(bytes + least - 1, '\n', most - least + 1);
	return newline ? (size_t)(newline - bytes) + 1 : most;
}

void chain_make(struct chain *c, const char *name, const char *bytes, size_t length, size_t least)
{
	*c = (struct chain){ .name = memory_copy_text(name) };
	AUTO_TEXT before = memory_copy_text(name);
	for (size_t at = 0; at < length;) {
		char value[DIGEST_SIZE];
		size_t piece = piece_length(bytes + at, length - at, least);
		digest_chained(c->count ? c->pieces[c->count - 1].value : before, bytes + at, piece, value);
		chain_add(c, piece, value);
		at += piece;
	}
}

void chains_print(const struct vec *chains, struct buf *out)
{
	buf_add_text(out, TITLE "\n");
	for (size_t i = 0; i < chains->count; i++) {
		const struct chain *c = chains->items[i];
		buf_printf(out, "file %s\n", c->name);
		for (size_t k = 0; k < c->count; k++)
			buf_printf(out, "%zu %s\n", c->pieces[k].length, c->pieces[k].value);
	}
}

void chains_release(struct vec *chains)
{
	for (size_t i = 0; i < chains->count; i++) {
		chain_release(chains->items[i]);
		free(chains->items[i]);
	}
	vec_release(chains);
}

static bool is_digest(const char *text)
{
	return strlen(text) == DIGEST_SIZE - 1 && strspn(text, "0123456789abcdef") == DIGEST_SIZE - 1;
}

static int read_line(char *line, struct vec *chains)
{
	int64_t length;
	if (text_starts(line, "file ")) {
		struct chain *c = memory_alloc(sizeof *c);
		c->name = memory_copy_text(line + 5);
		vec_push(chains, c);
		return 0;
	}
	char *space = strchr(line, ' ');
	if (!space || !chains->count)
		return -1;
	*space = 0;
	if (text_to_number(line, 1, PIECE_MOST, &length) || !is_digest(space + 1))
		return -1;
	chain_add(chains->items[chains->count - 1], (size_t)length, space + 1);
	return 0;
}

int chains_read(const char *text, struct vec *chains)
{
	AUTO_TEXT copy = memory_copy_text(text);
	bool titled = false;
	for (char *line = copy; *line;) {
		char *end = strchr(line, '\n');
		if (!end)
			return -1;
		*end = 0;
		if (titled ? read_line(line, chains) : strcmp(line, TITLE) != 0)
			return -1;
		titled = true;
		line = end + 1;
	}
	return titled ? 0 : -1;
}

const struct chain *chains_find(const struct vec *chains, const char *name)
{
	for (size_t i = 0; i < chains->count; i++)
		if (strcmp(((const struct chain *)chains->items[i])->name, name) == 0)
			return chains->items[i];
	return NULL;
}

/* ---- what changed ---- */

struct comparison {
	const struct chain *chain;
	const char *file, *bytes;
	size_t length;
	struct verified *out;
};

/* Whether piece `index` stands at offset `at`. */
static bool fits(const struct comparison *c, size_t index, size_t at)
{
	char value[DIGEST_SIZE];
	const struct piece *p = &c->chain->pieces[index];
	if (at > c->length || c->length - at < p->length)
		return false;
	digest_chained(index ? c->chain->pieces[index - 1].value : c->chain->name, c->bytes + at, p->length, value);
	return strcmp(value, p->value) == 0;
}

/* Nothing was added or taken away: each run of pieces that changed. */
static size_t compare_in_place(const struct comparison *c)
{
	size_t places = 0, from = 0, at = 0;
	bool broken = false;
	for (size_t i = 0; i <= c->chain->count; i++) {
		bool good = i == c->chain->count || fits(c, i, at);
		if (good && broken && ++places <= PLACES_MOST)
			found_at(c->out, c->file, c->bytes, from, at, "changed since it was signed");
		if (!good && !broken)
			from = at;
		broken = !good;
		if (i < c->chain->count)
			at += c->chain->pieces[i].length;
	}
	if (places > PLACES_MOST)
		found(c->out, c->file, "changed in %zu more places", places - PLACES_MOST);
	return places;
}

/* Something was added, taken away or moved: what is between the pieces at the beginning and those at the end that are still there. */
static size_t compare_moved(const struct comparison *c)
{
	size_t first = 0, last = c->chain->count, at = 0, end = c->length, signed_bytes = 0;
	while (first < last && fits(c, first, at))
		at += c->chain->pieces[first++].length;
	while (last > first && end >= at + c->chain->pieces[last - 1].length &&
		fits(c, last - 1, end - c->chain->pieces[last - 1].length))
		end -= c->chain->pieces[--last].length;
	for (size_t i = first; i < last; i++)
		signed_bytes += c->chain->pieces[i].length;
	if (at == end)
		found_at(c->out, c->file, c->bytes, at, end, "%zu bytes are missing here", signed_bytes);
	else if (!signed_bytes)
		found_at(c->out, c->file, c->bytes, at, end, "added since it was signed");
	else
		found_at(c->out, c->file, c->bytes, at, end, "is not what was signed; %zu bytes were here",
			signed_bytes);
	return 1;
}

size_t chain_compare(const struct chain *chain, const char *file, const char *bytes, size_t length, struct verified *v)
{
	struct comparison c = { chain, file, bytes, length, v };
	size_t total = 0;
	for (size_t i = 0; i < chain->count; i++)
		total += chain->pieces[i].length;
	return total == length ? compare_in_place(&c) : compare_moved(&c);
}
