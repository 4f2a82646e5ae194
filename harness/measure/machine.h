/* measure/machine.h: what the machine had to do beside measuring, from Linux' /proc; private to this room.
 *
 * A figure that was limited by the machine which measures is none of the server's. So each one is told with how idle the machine
 * was, and where the server runs on the same machine, with what it used. Where /proc is not there, nothing is told. */
#ifndef ASSAY_MEASURE_MACHINE_H
#define ASSAY_MEASURE_MACHINE_H
#include <jansson.h>
#include <stdint.h>
#include <sys/types.h>

struct machine_ticks {
	unsigned long long idle, all; /* of all cores, in ticks of the clock; 0 where unknown */
};
struct machine_ticks machine_ticks(void);
/* Between two readings, 0 to 1; below 0 where unknown. */
double machine_idle(const struct machine_ticks *before, const struct machine_ticks *after);

/* What a process and those that descend from it have used so far. */
struct machine_use {
	int64_t processor; /* ns, those included that have ended and were waited for */
	int64_t memory;    /* bytes resident now */
};
/* Zeros where there is no such process. */
struct machine_use machine_use(pid_t process);
int64_t machine_own_memory(void); /* bytes resident now, of this process; 0 where unknown */

/* The warnings of a measurement (docs/latency.md): an array of "late" (requests went out late by more than a tenth of the latency
 * at the 99th percentile; both in ns), "busy" (this process used that share of a core), "machine" (hardly anything was idle). */
json_t *machine_warnings(int64_t lag, int64_t latency, double own_share, double idle_share);
#endif
