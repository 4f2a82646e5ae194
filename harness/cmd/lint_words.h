/* cmd/lint_words.h: whether all that reports say of suites and catalogues is translated. */
#ifndef ASSAY_CMD_LINT_WORDS_H
#define ASSAY_CMD_LINT_WORDS_H
#include "script/script.h"

/* Prints a line for each text that lacks a translation to a language of reports/texts, and for each translation of what there is not.
 * `names`: "SUITE/SCENARIO", "SUITE/SCENARIO:about" and "SUITE/SCENARIO/CHECK" of all suites (const char *). How many, or -1 where a
 * table is broken. */
int lint_words(const struct vec *names, const struct catalogue *catalogue, struct err *e);
#endif
