/* target/fault.h: mistakes that a fixture can be made to make, one at a time (fixtures/servers/NAME/faults/README.md). */
#ifndef ASSAY_TARGET_FAULT_H
#define ASSAY_TARGET_FAULT_H
#include "base/err.h"
#include "base/memory.h"

struct fault {
	const char *name;   /* of the module: mod_NAME.lua */
	const char *place;  /* host or rooms */
	const char *what;   /* what is wrong, a clause */
	const char *checks; /* globs of the checks that have to do with it, parted by commas */
};

/* The folder of the faults of "fixture:NAME", the arena's. ERR_USAGE where that fixture has none. */
const char *fault_folder(struct arena *a, const char *target, struct err *e);
/* Reads FOLDER/faults.tsv into `faults` (struct fault *, the arena's), in its order; a folder without one has no list, which
 * is fine. ERR_USAGE at file:line. */
int fault_list(struct arena *a, const char *folder, struct vec *faults, struct err *e);
/* Adds what makes `target` (a fixture) start with that fault to `options`, for fixture_start; the texts are the arena's.
 * `folder`: the user's own, or NULL for the fixture's. ERR_USAGE for a fault that does not exist, a folder that is none,
 * or a list that cannot be read. */
int fault_choose(
	struct arena *a, const char *target, const char *name, const char *folder, struct vec *options, struct err *e);
#endif
