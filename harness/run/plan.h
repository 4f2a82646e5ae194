/* run/plan.h: which scenarios apply to a target: what they need against what was discovered. */
#ifndef ASSAY_RUN_PLAN_H
#define ASSAY_RUN_PLAN_H
#include "run/run.h"

/* Whether every need of the scenario is met; else false, and `reason` says in one sentence which is not. */
bool plan_applies(const struct scenario *s, const struct target *t, const struct features *f, unsigned capabilities,
	const char *driver, char *reason, size_t size);
/* Whether the target has accounts enough for the scenario, where it cannot make its own; `reason` as above. */
bool plan_has_accounts(const struct scenario *s, const struct target *t, char *reason, size_t size);
/* Whether the SUT advertises a feature, whichever way (`must-if`): server, account or stream. */
bool plan_advertised(const struct features *f, const char *feature);
#endif
