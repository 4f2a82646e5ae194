/* run/worker.h: what happens inside a worker process. */
#ifndef ASSAY_RUN_WORKER_H
#define ASSAY_RUN_WORKER_H
#include "run/mutation.h"
#include "run/run.h"
#include "run/system.h"

struct worker_task {
	const struct scenario *scenario;
	struct system systems[SYSTEMS];
	const char *driver;
	int64_t step_deadline, scenario_deadline; /* ns */
	int64_t begin;                            /* when the run began, monotonic */
	unsigned number, repeat;
	bool trace;
	const char *checks;              /* glob over check ids: only these are told; NULL all */
	const struct mutation *mutation; /* NULL none; else the scenario ends after its check, and only that counts */
	struct target_account *
		*leased; /* one for each account of the scenario, NULL for those that are made; NULL where all are */
};

/* Plays one scenario and writes its events to `descriptor`; stops early when `control` is at its end. Never judges
 * what it does not know. */
void worker_play(const struct worker_task *task, int descriptor, int control);
#endif
