/* report/sides.h: one of several results that are compared (report/comparison.h), and what it says of a check. */
#ifndef ASSAY_REPORT_SIDES_H
#define ASSAY_REPORT_SIDES_H
#include "base/memory.h"
#include "report/stored.h"
#include <stdbool.h>

struct side {
	const char *path;        /* borrowed */
	json_t *result, *checks; /* `checks`: by id */
	char *label;             /* what a person would call it; NULL before sides_name */
	const char *started;     /* as the result has it, perhaps ""; borrowed from it */
};

/* NULL with ERR_USAGE where there is no result that can be read. `path` must live as long as the side. */
struct side *side_read(const char *path, struct err *e);
void side_free(struct side *s);
const json_t *side_check(const struct side *s, const char *id); /* NULL where it is absent; borrowed */
const char *side_verdict(const struct side *s, const char *id); /* one of the nine, or "absent"; borrowed */
bool verdict_played(const char *verdict); /* the check came to a verdict about the server, or to an error */
/* What changed from one to the other: "worse", "better", "new" (played now), "gone" (no more), "unclear" (in one of them nothing is known),
 * "judged" (the same behaviour, but a baseline calls it otherwise); NULL where nothing did. */
const char *side_change(const struct side *before, const struct side *after, const char *id);
/* The last folder of a path: "x/y/result.json", "x/y/latency.json" and "x/y/" are "y". free(). */
char *side_folder(const char *path);
/* Gives each side (struct side *) a label of its own: the product, else the name, of the client or the target, else the folder; with the
 * folder or a number where that is not enough. */
void sides_name(const struct vec *sides);
#endif
