/* The badge: a picture of one line that needs nothing else, and says in words what its colour says. */
#include "base/text.h"
#include "certify/private.h"
#include "xml/xml.h"
#include <string.h>

/* White on each of these has a contrast of more than 6 (WCAG 2.2 asks for 4.5). */
#define GREY  "#3b3b3b"
#define GREEN "#1a6429"
#define AMBER "#7a4a00"
#define RED   "#9b1c1c"

#define CHARACTER 7 /* the width that one is given */
#define MARGIN    8

static long long verdicts(const json_t *statement, const char *name)
{
	return json_integer_value(json_object_get(json_object_get(statement, "verdicts"), name));
}

static const char *colour(const json_t *statement)
{
	if (verdicts(statement, "fail"))
		return RED;
	return verdicts(statement, "inconclusive") + verdicts(statement, "error") + verdicts(statement, "known") +
			verdicts(statement, "not_run")
		? AMBER
		: GREEN;
}

/* "12 pass, 3 weak": what there is of each verdict; `brief` sums up those that say nothing about the server. */
static void counts(const json_t *statement, bool brief, struct buf *out)
{
	static const struct {
		const char *name, *words;
		bool other;
	} kinds[] = { { "pass", "pass", false }, { "weak", "weak", false }, { "fail", "fail", false },
		{ "known", "known to fail", false }, { "fixed", "fixed", true },
		{ "inconclusive", "inconclusive", true }, { "error", "error", true }, { "not_run", "not run", true },
		{ "unsupported", "unsupported", true } };
	const char *between = "";
	long long others = 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		long long number = verdicts(statement, kinds[i].name);
		if (brief && kinds[i].other) {
			others += number;
		} else if (number) {
			buf_printf(out, "%s%lld %s", between, number, kinds[i].words);
			between = ", ";
		}
	}
	if (others)
		buf_printf(out, "%s%lld other%s", between, others, others == 1 ? "" : "s");
}

/* The profile with its grade; where it has none, what came out. A part of a profile is never shown as the whole. */
static void result(const json_t *statement, struct buf *out)
{
	size_t i;
	json_t *grade;
	const json_t *grades = json_object_get(statement, "grades");
	bool whole = json_is_true(json_object_get(json_object_get(statement, "scope"), "whole_profile"));
	const char *part_of = whole ? "" : "part of ";
	json_array_foreach(grades, i, grade)
		buf_printf(out, "%s%s%s: grade %s", i ? ", " : "", part_of, text_at(grade, "profile"),
			text_at(grade, "grade"));
	if (json_array_size(grades))
		return;
	if (*text_at(statement, "profile"))
		buf_printf(out, "%s%s: ", part_of, text_at(statement, "profile"));
	counts(statement, true, out);
}

/* For XML: control characters become blanks; U+FFFE and U+FFFF, which are text for JSON and none for XML, a question mark. */
static void escape(const char *text, struct buf *out)
{
	BUF_AUTO clean = BUF_INIT;
	for (; *text; text++) {
		bool none = text_starts(text, "\xef\xbf\xbe") || text_starts(text, "\xef\xbf\xbf");
		buf_add_char(&clean, none ? '?' : (unsigned char)*text < ' ' ? ' ' : *text);
		text += none ? 2 : 0;
	}
	xml_escape(buf_text(&clean), out);
}

static int width(const char *text)
{
	int characters = 0;
	for (; *text; text++)
		characters += (*text & 0xc0) != 0x80;
	return characters * CHARACTER;
}

static void part(struct buf *out, int at, const char *text, const char *fill)
{
	int room = width(text);
	buf_printf(out, " <rect x=\"%d\" width=\"%d\" height=\"22\" fill=\"%s\"/>\n", at, room + 2 * MARGIN, fill);
	buf_printf(out, " <text x=\"%d\" y=\"15\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\">", at + MARGIN,
		room);
	escape(text, out);
	buf_add_text(out, "</text>\n");
}

static void description(const json_t *statement, struct buf *out)
{
	const char *issuer = text_at(statement, "issuer");
	BUF_AUTO numbers = BUF_INIT;
	counts(statement, false, &numbers);
	AUTO_TEXT text = memory_printf("Checks: %s. Valid from %.10s until %.10s%s%s. Assay %s.", buf_text(&numbers),
		text_at(statement, "valid_from"), text_at(statement, "valid_until"), *issuer ? ", certified by " : "",
		issuer, text_at(json_object_get(statement, "tool"), "version"));
	escape(text, out);
}

void badge_print(const json_t *statement, struct buf *out)
{
	BUF_AUTO right = BUF_INIT;
	const char *domain = text_at(json_object_get(statement, "target"), "domain");
	AUTO_TEXT left = memory_printf("XMPP %s", domain);
	result(statement, &right);
	buf_printf(&right, " (%.10s)", text_at(statement, "valid_from"));
	int middle = width(left) + 2 * MARGIN, whole = middle + width(buf_text(&right)) + 2 * MARGIN;
	buf_printf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"22\" viewBox=\"0 0 %d 22\" role=\"img\" "
		"aria-labelledby=\"title description\">\n"
		" <title id=\"title\">Assay certificate of ",
		whole, whole);
	escape(domain, out);
	buf_add_text(out, ": ");
	escape(buf_text(&right), out);
	buf_add_text(out, "</title>\n <desc id=\"description\">");
	description(statement, out);
	buf_add_text(out, "</desc>\n <a href=\"");
	escape(text_at(statement, "link"), out);
	buf_add_text(
		out, "\">\n <g font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"12\" fill=\"#ffffff\">\n");
	part(out, 0, left, GREY);
	part(out, middle, buf_text(&right), colour(statement));
	buf_add_text(out, " </g>\n </a>\n</svg>\n");
}
