/* report/stored.h: a result.json that an earlier run left behind (docs/results.md), read again. */
#ifndef ASSAY_REPORT_STORED_H
#define ASSAY_REPORT_STORED_H
#include "base/err.h"
#include <jansson.h>

/* Reads `path`, or result.json in it where it is a folder. What comes back is an object whose `checks` is a list of objects, each
 * with the texts `id` and `verdict`, the latter one of the nine, no id twice; json_decref. Nothing else is certain: an old result, or one
 * that somebody made, may lack the rest. NULL with ERR_USAGE and the file where it is no such thing. */
json_t *stored_result(const char *path, struct err *e);
/* What the server did, without a baseline: "pass" … "not_run"; for known and fixed what was observed. Borrowed. */
const char *stored_observed(const json_t *check);
/* A text of a member object, "" where there is none: stored_text(result, "tool", "version"). Borrowed. */
const char *stored_text(const json_t *result, const char *object, const char *member);
/* The `name` or the `product` of what was tested: of the client, where one was, and else of the target. Borrowed. */
const char *stored_tested(const json_t *result, const char *member);
#endif
