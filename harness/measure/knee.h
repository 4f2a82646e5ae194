/* measure/knee.h: the search for the highest rate that a server keeps up with; private to this room.
 *
 * Stage after stage the rate grows by a factor until one is not kept; then the search goes between the highest rate that was kept
 * and the lowest that was not, at their geometric mean, until they are near enough to each other. If already the first one is not
 * kept, the rate falls by the same factor until one is. Pure arithmetic: who searches says what came of each stage. */
#ifndef ASSAY_MEASURE_KNEE_H
#define ASSAY_MEASURE_KNEE_H
#include <stdbool.h>

struct knee {
	double rate;         /* of the stage that comes next, a second */
	double least, most;  /* never below, never above */
	double factor;       /* above 1 */
	double near;         /* over when not kept / kept is at most this, above 1 */
	double kept, missed; /* the highest that was kept and the lowest that was not; 0: none yet */
	unsigned stages, stages_most;
	bool over;
};
enum knee_state {
	KNEE_FOUND,    /* between `kept` and `missed` */
	KNEE_ABOVE,    /* every rate was kept, the highest allowed one too */
	KNEE_BELOW,    /* not even the lowest was */
	KNEE_UNSETTLED /* the stages were used up: it is between `kept` and `missed`, as far as they are known */
};
/* What came of the stage at `rate`; sets the next, or `over`. */
void knee_stage(struct knee *k, bool kept);
enum knee_state knee_state(const struct knee *k);
const char *knee_state_name(enum knee_state s); /* "found", "above", "below", "unsettled" */
#endif
