/* run/plan.h: which scenarios apply to a target: what they need against what was discovered. */
#ifndef ASSAY_RUN_PLAN_H
#define ASSAY_RUN_PLAN_H
#include "run/run.h"
#include "run/system.h"

/* Whether every need of the scenario is met by the SYSTEMS of the run; else false, and `reason` says in one sentence which is not. */
bool plan_applies(const struct scenario *s, const struct system *systems, unsigned capabilities, const char *driver,
	char *reason, size_t size);
/* Whether each target has accounts enough for the scenario, where it cannot make its own; `reason` as above. */
bool plan_has_accounts(const struct scenario *s, const struct system *systems, char *reason, size_t size);
/* Whether the SUT advertises a feature, whichever way (`must-if`): server, account or stream. */
bool plan_advertised(const struct features *f, const char *feature);
#endif
