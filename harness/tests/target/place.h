/* A folder of its own for a test, and files in it. */
#ifndef ASSAY_TESTS_TARGET_PLACE_H
#define ASSAY_TESTS_TARGET_PLACE_H
/* Begins a test: a fresh folder, the data found, no terminal and no password in the environment. */
void place_begin(void);
void place_end(void);
/* Writes a file into the folder; its path lives until place_end. */
const char *place_file(const char *name, const char *text);
const char *place_path(const char *name);
#endif
