/* run/steps.h: one step of a scenario, carried out.
 *
 * A step never judges by itself: it says what happened (an outcome), and worker.c turns that into a verdict by the
 * step's level. */
#ifndef ASSAY_RUN_STEPS_H
#define ASSAY_RUN_STEPS_H
#include "run/stage.h"

enum outcome {
	OUTCOME_MET,
	OUTCOME_MET_WEAKLY, /* an alternative that the scenario calls acceptable but weak */
	OUTCOME_NOT_MET,    /* the system under test did otherwise */
	OUTCOME_UNKNOWN, /* nothing can be known: an earlier value is missing, the fence did not come, no connection */
	OUTCOME_UNSUPPORTED, /* the system under test or the driver does not offer it */
	OUTCOME_ERROR,       /* our fault or the environment's */
};

/* Carries the step out. Everything but OUTCOME_MET has a message in `f`; the texts of `f` are the caller's to release. */
enum outcome step_play(struct stage *g, const struct step *step, struct finding *f);

/* Waiting steps (run/expect.c, run/answer.c): gets, never, is answered, is closed. */
enum outcome expect_gets(struct stage *g, const struct step *step, struct finding *f);
enum outcome expect_never(struct stage *g, const struct step *step, struct finding *f);
enum outcome expect_answer(struct stage *g, const struct step *step, struct finding *f);
enum outcome expect_closed(struct stage *g, const struct step *step, struct finding *f);
/* Whether a stanza that nothing has consumed fits a `once` step that was met before, or answers the same request: it came
 * again. */
bool expect_repeated(struct stage *g, const struct step *step, struct finding *f);
/* As above for `is answered`: a second answer has come. */
bool answer_repeated(const struct player *p, struct finding *f);
/* Puts a fence of kind FENCE_IQ behind everything that `p` was sent; false when it does not come back. */
bool expect_quiet(struct stage *g, struct player *p);

/* Sets f->message (printf). Returns `o`, so that `return finding_say(...)` reads well. */
enum outcome finding_say(struct finding *f, enum outcome o, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The outcome that an error of a driver or of this machine amounts to, with its text in `f`. */
enum outcome finding_error(struct finding *f, const struct err *e);
#endif
