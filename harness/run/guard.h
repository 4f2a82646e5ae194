/* run/guard.h: whether a client under test is on its guard, and lives through what it meets. */
#ifndef ASSAY_RUN_GUARD_H
#define ASSAY_RUN_GUARD_H
#include "run/steps.h"

/* STEP_DECEIVED: the client connects, and is lied to. */
enum outcome guard_deceived(struct stage *g, const struct step *step, struct finding *f);
/* STEP_SURVIVES: it answers, in the session that it has or in another. */
enum outcome guard_survives(struct stage *g, const struct step *step, struct finding *f);
#endif
