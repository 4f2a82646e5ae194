/* report/report.h: from the journal to what people read.
 *
 * The room promises: every report is made from a journal alone (run/journal.h writes it, docs/journal.md describes it), whole or cut off
 * at any byte; the same journal gives the same bytes. Results are one XML document (reports/results.rng); JSON is
 * written from it directly, HTML and JUnit by XSLT (reports/html.xsl, reports/junit.xsl). */
#ifndef ASSAY_REPORT_REPORT_H
#define ASSAY_REPORT_REPORT_H
#include "xml/xml.h"

struct results {
	xmlDoc *doc;    /* <results>, valid against reports/results.rng */
	bool complete;
	/* How many checks have each verdict, after the baseline was applied. */
	unsigned pass, weak, fail, unsupported, inconclusive, error, known, fixed, not_run;
	unsigned checks;
};

/* Reads a journal. A cut last line is ignored; a broken line elsewhere is ERR_USAGE at file:line. */
int results_from_journal(struct results *r, const char *journal_path, struct err *e);
void results_release(struct results *r);
/* Writes result.json, junit.xml and report.html (and results.xml) into `directory`. */
int report_write(const struct results *r, const char *directory, struct err *e);
/* The exit status that the results call for: 0 as expected, 1 not conforming, 4 an error of ours, 77 nothing ran. */
int report_exit_status(const struct results *r);
/* The closing lines for the terminal: counts by verdict, then each check that is not as expected, with its message
 * and the command that runs it again. */
void report_summary_text(const struct results *r, bool colour, struct buf *out);
#endif
