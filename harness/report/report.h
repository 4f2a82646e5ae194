/* report/report.h: from the journal to what people read.
 *
 * The room promises: every report is made from a journal alone (run/journal.h writes it, docs/journal.md describes it),
 * whole or cut off at any byte; the same journal gives the same bytes. Results are one XML document
 * (reports/results.rng); JSON is written from it directly, HTML, JUnit, TAP and Markdown by XSLT
 * (reports/html.xsl, reports/junit.xsl, …). Nothing in a journal is trusted: text stays text in every format, without control characters,
 * and one text is at most REPORT_TEXT_MOST bytes long. docs/results.md describes the formats. */
#ifndef ASSAY_REPORT_REPORT_H
#define ASSAY_REPORT_REPORT_H
#include "xml/xml.h"

#define REPORT_TEXT_MOST 65536

struct results {
	xmlDoc *doc; /* <results>, valid against reports/results.rng */
	bool complete;
	/* How many checks have each verdict, after the baseline was applied. */
	unsigned pass, weak, fail, unsupported, inconclusive, error, known, fixed, not_run;
	unsigned checks;
	/* The language of the reports for people (HTML, Markdown), such as "de": the name of a file in reports/texts, and of tables beside the suites and
	 * catalogues. NULL is English. Set by the owner, borrowed. */
	const char *language;
};
/* Adds all translations to that language: "SUITE/SCENARIO", "SUITE/SCENARIO:about", "SUITE/SCENARIO/CHECK" and "SPEC#ANCHOR" ->
 * text. ERR_USAGE at FILE:LINE where a table is broken. */
int report_translations(const char *language, struct map *out, struct err *e);
/* The languages that there are, parted by ", ", into `out`; whether `language` is one of them. */
bool report_has_language(const char *language, struct buf *out);

enum report_format { REPORT_HTML, REPORT_JSON, REPORT_JUNIT, REPORT_XML, REPORT_TEXT, REPORT_TAP, REPORT_MARKDOWN };
/* The format of that name ("html", "json", "junit", "xml", "text", "tap", "markdown") into `format`; -1 where there is none. */
int report_format_from_name(const char *name, enum report_format *format);
/* The name of the file that holds the format in a report's folder: "report.html", "result.json", … */
const char *report_file_name(enum report_format format);

/* Reads a journal. A cut last line is ignored; a broken line elsewhere, or a journal without its first line, is
 * ERR_USAGE at file:line. On failure `r` is empty. */
int results_from_journal(struct results *r, const char *journal_path, struct err *e);
void results_release(struct results *r);
/* Adds the report in one format to `out`. ERR_ENVIRONMENT or ERR_INTERNAL where a transform is missing or broken. */
int report_print(const struct results *r, enum report_format format, struct buf *out, struct err *e);
/* Writes result.json, junit.xml and report.html (and results.xml) into `directory`, which is made where needed. */
int report_write(const struct results *r, const char *directory, struct err *e);
/* The exit status that the results call for: 1 where a check failed, 4 where an error of ours or of this machine hid a
 * verdict, 1 where something is inconclusive or the run is incomplete, 77 where nothing ran, 0 otherwise (weak, known
 * and fixed are as expected). The first that holds. */
int report_exit_status(const struct results *r);
/* The closing lines for the terminal: counts by verdict, then each check that is not as expected, with its message
 * and the command that runs it again. */
void report_summary_text(const struct results *r, bool colour, struct buf *out);
#endif
