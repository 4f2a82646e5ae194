/* tests/script/script_file.h: scripts as files in a temporary folder. */
#ifndef ASSAY_TESTS_SCRIPT_FILE_H
#define ASSAY_TESTS_SCRIPT_FILE_H
#include "script/script.h"

/* The folder of the running test: made and removed by these. */
void script_folder_make(void);
void script_folder_remove(void);
/* Writes a file there and returns its path; borrowed until the next call. */
const char *script_file(const char *name, const char *text);
/* Loads `text` as NAME; the faults, "line:column: message" one a line, in `faults` (borrowed until the next call). */
struct scenario *script_load(const char *name, const char *text, const char **faults);
#endif
