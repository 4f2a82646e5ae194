/* measure/ranks.h: several processes, perhaps on several machines, that act as one.
 *
 * Each process of a distributed load (mpirun assay load …) is a rank with a part of the connections. Ranks meet between phases: they
 * wait for each other, and add up what each of them counted, so that a histogram of all is exact, cell for cell. All of them get the
 * same sums, so all of them decide the same without being told. While one waits for the others it goes on serving its connections:
 * `meanwhile` is called again and again.
 *
 * Open MPI is not linked in: it is a plugin that lies beside the program, loaded where mpirun has started it, so that all else works
 * where there is no MPI. A process that is alone needs none: every call then returns at once. */
#ifndef ASSAY_MEASURE_RANKS_H
#define ASSAY_MEASURE_RANKS_H
#include "base/err.h"
#include "measure/histogram.h"
#include "measure/ranks_plugin.h"
#include <stdbool.h>

struct ranks {
	int rank, size;                      /* 0 <= rank < size */
	const struct ranks_operations *many; /* NULL: alone */
	void (*meanwhile)(void *context);    /* waits a millisecond at most; may be NULL */
	void *context;
};

/* Joins the others where mpirun has started this process; `plugin` is the path of the plugin. ERR_USAGE where it was, and the plugin
 * is missing or does not load. */
int ranks_join(struct ranks *r, const char *plugin, struct err *e);
void ranks_leave(struct ranks *r);
/* Ends all ranks with that exit status: for a fault of one of them, where the others would wait for ever. Returns where alone. */
void ranks_abort(struct ranks *r, int status);

void ranks_wait(struct ranks *r); /* until all are here */
/* Each number becomes the sum of that number of all ranks. */
void ranks_sum(struct ranks *r, uint64_t *numbers, size_t count);
/* Each number becomes the greatest of that number of all ranks. */
void ranks_greatest(struct ranks *r, int64_t *numbers, size_t count);
/* The histogram becomes the merged one of all ranks, at all ranks. */
void ranks_merge(struct ranks *r, struct histogram *h);
/* Rank 0's bytes at all ranks: `bytes` is replaced by what free() takes, ended by a NUL that is not counted. */
void ranks_tell(struct ranks *r, char **bytes, size_t *length);
#endif
