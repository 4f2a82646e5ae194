/* report/combine.h: the journals of several runs as one, from which every report can be made (docs/journal.md). */
#ifndef ASSAY_REPORT_COMBINE_H
#define ASSAY_REPORT_COMBINE_H
#include "base/buf.h"
#include "base/err.h"
#include "base/memory.h"

/* Adds one journal to `out` that holds what the journals at `paths` (const char *, one or more) hold: shards of a run (`--shard I/N`),
 * runs of several profiles, or what was combined before. A scenario that is in several of them with the same verdicts is kept once.
 * Where shards are missing, or one did not end, the journal says so and is incomplete. ERR_USAGE with the file where one cannot be
 * read, or where they do not belong together: another target or product, version or suites of the program, driver or transport, another
 * number of shards, or another verdict on, or baseline for, the same check; then nothing is added. */
int journals_combine(const struct vec *paths, struct buf *out, struct err *e);
#endif
