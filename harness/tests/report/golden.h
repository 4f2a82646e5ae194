/* tests/report/golden.h: journals kept beside the reports that they must give. */
#ifndef ASSAY_TESTS_GOLDEN_H
#define ASSAY_TESTS_GOLDEN_H
#include "report/report.h"

/* Prepares the XML library and, where the program is not built inside the source tree, says where reports/ is. */
void golden_start(void);
/* The path of a file in the folder of journals; free(). */
char *golden_path(const char *name);
/* The results of the journal NAME.jsonl; the test fails where they cannot be read. */
struct results golden_results(const char *name);
/* Compares text with the file; with UPDATE_GOLDEN in the environment writes the file instead. */
void golden_compare(const char *name, const struct buf *text);
/* A temporary file that holds a journal, and its results. The path is one for the whole process. */
const char *journal_file(const char *text);
#endif
