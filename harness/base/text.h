/* base/text.h: small work on text, numbers and files. */
#ifndef ASSAY_BASE_TEXT_H
#define ASSAY_BASE_TEXT_H
#include "base/buf.h"
#include "base/err.h"
#include "base/memory.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_equal(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
bool text_is_blank(const char *text); /* only white space, or NULL */
/* Shell globs over a name with slashes: `*` also matches a slash; several patterns may be parted by commas. */
bool text_glob(const char *pattern, const char *name);
bool text_is_slug(const char *text);                                                 /* [a-z0-9] then [a-z0-9-]* */
int text_to_number(const char *text, int64_t lowest, int64_t highest, int64_t *out); /* decimal, whole; 0 or -1 */
int text_to_duration(const char *text, int64_t *nanoseconds);                        /* "250ms", "2s", "1m"; 0 or -1 */
/* Splits at white space into words; the words are the arena's. */
void text_words(struct arena *a, const char *text, struct vec *words);
/* The nearest of `count` candidates by edit distance, NULL when none is near: for "did you mean". */
const char *text_nearest(const char *word, const char *const *candidates, size_t count);

/* Expands `${name}` from `variables` into `out`; `$$` is a dollar. -1 and ERR_SCRIPT at a name that is not set. */
int text_expand(const char *text, const struct map *variables, struct buf *out, struct err *e);

int file_read(const char *path, struct buf *out, struct err *e); /* whole; ERR_USAGE with the path where it fails */
int file_write(const char *path, const char *bytes, size_t length, struct err *e); /* by a temporary name and rename */
bool file_exists(const char *path);
bool file_is_directory(const char *path);
int directory_make(const char *path, struct err *e); /* with its parents; fine if it is there */
/* Every file below `path` (or `path` itself when it is a file) whose name ends in `suffix`, sorted; the names are
 * the arena's. */
int directory_files(struct arena *a, const char *path, const char *suffix, struct vec *files, struct err *e);
/* Where the program's data (suites/, fixtures/, reports/) is: $ASSAY_DATA, else the source tree or the installed
 * share/assay above the running binary, else the share folder that was built in. `name` is a path below it. The text is
 * the arena's. */
char *data_path(struct arena *a, const char *name);
/* The folder of the running binary; the arena's. NULL where it cannot be known. */
char *binary_folder(struct arena *a);
#endif
