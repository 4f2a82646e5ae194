/* measure/ranks_plugin.h: what the plugin for Open MPI gives (harness/plugins/mpi.c); both sides include nothing else of each other. */
#ifndef ASSAY_MEASURE_RANKS_PLUGIN_H
#define ASSAY_MEASURE_RANKS_PLUGIN_H
#include <stddef.h>
#include <stdint.h>

#define RANKS_PLUGIN_VERSION 1
#define RANKS_PLUGIN_SYMBOL  "assay_ranks"

/* Each begins its work and returns; it is over when `is_over` says so, one at a time. Buffers stay the caller's until then. */
struct ranks_operations {
	int version;
	int (*join)(int *rank, int *size); /* not 0: it failed */
	void (*leave)(void);
	void (*abort)(int status);
	void (*wait)(void);
	void (*sum)(uint64_t *numbers, int count);
	void (*greatest)(int64_t *numbers, int count);
	void (*tell)(char *bytes, int count); /* from rank 0 to all */
	int (*is_over)(void);                 /* not 0: yes */
};
#endif
