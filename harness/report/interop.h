/* report/interop.h: the page of a matrix of clients (docs/interop.md). */
#ifndef ASSAY_REPORT_INTEROP_H
#define ASSAY_REPORT_INTEROP_H
#include "base/err.h"
#include <jansson.h>

/* Reads DIRECTORY/interop.json back; the caller's. NULL with ERR_USAGE where it is none, or names in it are no slugs, which links are
 * made of. */
json_t *interop_read(const char *directory, struct err *e);
/* Writes DIRECTORY/interop.html. `language` NULL: English. */
int interop_page(const json_t *result, const char *directory, const char *language, struct err *e);
#endif
