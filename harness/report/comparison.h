/* report/comparison.h: several results (result.json, docs/results.md) beside one another, and one after another.
 *
 * Both are one XML document (reports/comparison.rng), from which every format is made by a transform: reports/compare-text.xsl,
 * compare-html.xsl and compare-markdown.xsl, history-text.xsl and so on. HTML and Markdown are in the language that is asked for. Nothing in a result is trusted: text stays text.
 * The same results in the same order give the same bytes. docs/comparison.md tells what is in them. */
#ifndef ASSAY_REPORT_COMPARISON_H
#define ASSAY_REPORT_COMPARISON_H
#include "base/memory.h"
#include "xml/xml.h"

struct comparison {
	xmlDoc *doc;         /* <comparison> */
	const char *formats; /* how its transforms begin: "compare", "history" */
	/* Checks on which all agree that played it, of two or more; on which some disagree; that some played and some did not. */
	size_t same, different, one_sided;
	/* Of HTML and Markdown, such as "de", as in struct results. NULL is English. Set by the owner, borrowed. */
	const char *language;
};

enum comparison_format { COMPARISON_TEXT, COMPARISON_HTML, COMPARISON_MARKDOWN, COMPARISON_XML };
/* The format of that name ("text", "html", "markdown", "xml") into `format`; -1 where there is none. */
int comparison_format_from_name(const char *name, enum comparison_format *format);

/* Compares the results at `paths` (const char *; two or more folders that hold result.json, or such files), in this order. A check
 * that was not played (unsupported, not run, absent) is no difference, with `strict` it is one. With `only_different` the document
 * has no check on which all agree. ERR_USAGE with the file that cannot be read; then `c` is empty. */
int comparison_make(struct comparison *c, const struct vec *paths, bool strict, bool only_different, struct err *e);
/* The results at `paths` (one or more) in the order in which the runs began, and what changed from each to the next. `target`: only
 * results of the target of that name; NULL: all, which must then be of one target (ERR_USAGE otherwise, or where none is left). */
int history_make(struct comparison *c, const struct vec *paths, const char *target, struct err *e);
/* Adds the document in a format to `out`. ERR_ENVIRONMENT or ERR_INTERNAL where a transform is missing or broken, ERR_USAGE at
 * FILE:LINE where a table of translations is. */
int comparison_print(const struct comparison *c, enum comparison_format format, struct buf *out, struct err *e);
void comparison_release(struct comparison *c);
#endif
