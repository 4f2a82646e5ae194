/* Baselines: what is known to be wrong with a target, so that only news is red. */
#include "base/clock.h"
#include "base/text.h"
#include "target/target.h"
#include <stdlib.h>
#include <string.h>

/* Verdicts that can be expected and are no pass. */
static const char *const expected[] = { "weak", "fail", "unsupported", "inconclusive", "error" };
#define EXPECTED (sizeof expected / sizeof *expected)

enum column { COLUMN_CHECK, COLUMN_VERDICT, COLUMN_REASON, COLUMN_LINK, COLUMN_EXPIRES, COLUMNS };

/* SUITE/SCENARIO/CHECK, each a slug. */
static bool is_check(const char *text)
{
	int parts = 0;
	for (const char *rest = text; rest; parts++) {
		size_t length = strcspn(rest, "/");
		AUTO_TEXT part = memory_copy_bytes(rest, length);
		if (!text_is_slug(part))
			return false;
		rest = rest[length] ? rest + length + 1 : NULL;
	}
	return parts == 3;
}

/* A pattern over checks: no comma, at which text_glob would part it. */
static bool is_glob(const char *text)
{
	return strpbrk(text, "*?[") && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-/*?[]!")];
}

/* Cuts `@TRANSPORT` from a check: its number, -1 where there is none, TRANSPORTS where nobody knows it. */
static int take_transport(char *check)
{
	char *name = strchr(check, '@');
	int transport = 0;
	if (!name)
		return -1;
	*name++ = 0;
	while (transport < TRANSPORTS && !text_equal(name, transport_name((enum transport)transport)))
		transport++;
	return transport;
}

static bool take_digits(const char *text, size_t length, int64_t lowest, int64_t highest, int64_t *out)
{
	AUTO_TEXT digits = memory_copy_bytes(text, length);
	return strspn(digits, "0123456789") == length && text_to_number(digits, lowest, highest, out) == 0;
}

bool baseline_is_date(const char *text)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t year, month, day;
	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || !take_digits(text, 4, 1, 9999, &year) ||
		!take_digits(text + 5, 2, 1, 12, &month) || !take_digits(text + 8, 2, 1, 31, &day))
		return false;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return day <= days[month - 1] + (month == 2 && leap);
}

/* `today` as YYYY-MM-DD, UTC. */
static void write_today(char today[CLOCK_STAMP_SIZE])
{
	clock_stamp(today);
	today[10] = 0;
}

bool baseline_is_past(const char *date)
{
	char today[CLOCK_STAMP_SIZE];
	write_today(today);
	return strcmp(date, today) < 0;
}

/* Cuts a line at its tabs; returns how many columns it has, COLUMNS + 1 where there are more than that. */
static size_t cut(char *line, char *columns[COLUMNS])
{
	size_t count = 0;
	for (char *at = line; at; count++) {
		char *tab = strchr(at, '\t');
		if (tab)
			*tab = 0;
		if (count == COLUMNS)
			return COLUMNS + 1;
		size_t length = strlen(at += strspn(at, " "));
		while (length && at[length - 1] == ' ')
			at[--length] = 0;
		columns[count] = at;
		at = tab ? tab + 1 : NULL;
	}
	return count;
}

static int check_verdict(const char *verdict, const char *where, struct err *e)
{
	for (size_t i = 0; i < EXPECTED; i++)
		if (text_equal(verdict, expected[i]))
			return 0;
	const char *nearest = text_nearest(verdict, expected, EXPECTED);
	return err_set(e, ERR_USAGE, where,
		nearest ? "'%s' is no verdict that can be expected; did you mean '%s'?"
			: "'%s' is no verdict that can be expected; there are %s",
		verdict, nearest ? nearest : "weak, fail, unsupported, inconclusive and error");
}

static int check_expiry(const char *date, bool expired_too, const char *where, struct err *e)
{
	if (!*date)
		return 0;
	if (!baseline_is_date(date))
		return err_set(e, ERR_USAGE, where, "'%s' is no date; the fifth column is YYYY-MM-DD", date);
	if (!expired_too && baseline_is_past(date))
		return err_set(e, ERR_USAGE, where,
			"expired on %s: take the line out, or look at it again and give it another date", date);
	return 0;
}

static int check_link(const char *link, const char *where, struct err *e)
{
	bool fine = !*link || ((text_starts(link, "https://") || text_starts(link, "http://")) && !strchr(link, ' '));
	return fine ? 0
		    : err_set(e, ERR_USAGE, where, "'%s' is no link; the fourth column is an http(s) address", link);
}

static struct baseline_line *find_written(const struct baseline *b, const char *check, int transport)
{
	for (size_t i = 0; i < b->lines.count; i++) {
		struct baseline_line *l = b->lines.items[i];
		if (l->transport == transport && strcmp(l->check, check) == 0)
			return l;
	}
	return NULL;
}

static int take_line(struct baseline *b, char *line, unsigned number, bool expired_too, struct err *e)
{
	char *columns[COLUMNS] = { NULL };
	if (text_is_blank(line) || *line == '#')
		return 0;
	AUTO_TEXT where = memory_printf("%s:%u", b->path, number);
	if (!xmlCheckUTF8((const xmlChar *)line))
		return err_set(e, ERR_USAGE, where, "is no UTF-8");
	size_t count = cut(line, columns);
	if (count <= COLUMN_REASON || !*columns[COLUMN_REASON])
		return err_set(e, ERR_USAGE, where, "a line is CHECK, VERDICT and REASON with tabs between them");
	if (count > COLUMNS)
		return err_set(e, ERR_USAGE, where, "has more columns than CHECK, VERDICT, REASON, LINK and EXPIRY");
	AUTO_TEXT written = memory_copy_text(columns[COLUMN_CHECK]);
	int transport = take_transport(columns[COLUMN_CHECK]);
	const char *check = columns[COLUMN_CHECK];
	const char *link = count > COLUMN_LINK ? columns[COLUMN_LINK] : "";
	const char *expires = count > COLUMN_EXPIRES ? columns[COLUMN_EXPIRES] : "";
	if (transport == TRANSPORTS)
		return err_set(e, ERR_USAGE, where,
			"'%s': there is no such transport; there are starttls, direct, ws and bosh", written);
	if (!is_check(check) && !is_glob(check))
		return err_set(e, ERR_USAGE, where,
			"'%s' is no check; a check is SUITE/SCENARIO/CHECK, or a pattern such as SUITE/*", check);
	if (check_verdict(columns[COLUMN_VERDICT], where, e) || check_link(link, where, e) ||
		check_expiry(expires, expired_too, where, e))
		return -1;
	const struct baseline_line *first = find_written(b, check, transport);
	if (first)
		return err_set(e, ERR_USAGE, where, "%s stands here a second time; the first is line %u", written,
			first->number);
	struct baseline_line *l = arena_alloc(&b->arena, sizeof *l);
	*l = (struct baseline_line){ .check = arena_text(&b->arena, check),
		.transport = transport,
		.glob = is_glob(check),
		.verdict = arena_text(&b->arena, columns[COLUMN_VERDICT]),
		.reason = arena_text(&b->arena, columns[COLUMN_REASON]),
		.link = arena_text(&b->arena, link),
		.expires = arena_text(&b->arena, expires),
		.number = number };
	vec_push(&b->lines, l);
	return 0;
}

static int load(struct baseline *b, const char *path, bool expired_too, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	*b = (struct baseline){ .transport = TRANSPORT_STARTTLS };
	b->path = arena_text(&b->arena, path);
	int result = file_read(path, &text, e);
	if (result == 0 && strlen(buf_text(&text)) != text.len)
		result = err_set(e, ERR_USAGE, path, "is no text: it holds a byte of value 0");
	unsigned number = 1;
	for (char *line = text.data; result == 0 && line && *line; number++) {
		char *next = line + strcspn(line, "\n");
		next += *next == '\n';
		line[strcspn(line, "\r\n")] = 0;
		result = take_line(b, line, number, expired_too, e);
		line = next;
	}
	if (result)
		baseline_release(b);
	return result;
}

int baseline_load(struct baseline *b, const char *path, enum transport transport, struct err *e)
{
	int result = load(b, path, false, e);
	if (result == 0)
		b->transport = transport;
	return result;
}

int baseline_load_expired(struct baseline *b, const char *path, enum transport transport, struct err *e)
{
	int result = load(b, path, true, e);
	if (result == 0)
		b->transport = transport;
	return result;
}

bool baseline_names(const struct baseline_line *l, const char *check)
{
	return l->glob ? text_glob(l->check, check) : strcmp(l->check, check) == 0;
}

int baseline_match(const struct baseline *b, const struct vec *checks, struct err *e)
{
	for (size_t i = 0; i < b->lines.count; i++) {
		const struct baseline_line *l = b->lines.items[i];
		bool found = false;
		for (size_t k = 0; k < checks->count && !found; k++)
			found = baseline_names(l, checks->items[k]);
		if (found)
			continue;
		AUTO_TEXT where = memory_printf("%s:%u", b->path, l->number);
		if (l->glob)
			return err_set(e, ERR_USAGE, where, "no check that there is fits '%s'", l->check);
		const char *near = text_nearest(l->check, (const char *const *)checks->items, checks->count);
		return err_set(e, ERR_USAGE, where, "there is no check '%s'%s%s%s", l->check,
			near ? "; did you mean '" : "; `assay list` shows what there is", near ? near : "",
			near ? "'?" : "");
	}
	return 0;
}

/* A line for one check goes before a pattern; of two such, one for the run's transport before one for any. */
static int rank(const struct baseline *b, const struct baseline_line *l)
{
	return (l->glob ? 0 : 2) + (l->transport == (int)b->transport);
}

const struct baseline_line *baseline_find(const struct baseline *b, const char *check)
{
	const struct baseline_line *best = NULL;
	for (size_t i = 0; i < b->lines.count; i++) {
		const struct baseline_line *l = b->lines.items[i];
		if ((l->transport < 0 || l->transport == (int)b->transport) && (!best || rank(b, l) > rank(b, best)) &&
			baseline_names(l, check))
			best = l;
	}
	return best;
}

void baseline_release(struct baseline *b)
{
	vec_release(&b->lines);
	arena_release(&b->arena);
	b->path = NULL;
}
