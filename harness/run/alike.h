/* run/alike.h: whether two kinds of refusal take the same time. */
#ifndef ASSAY_RUN_ALIKE_H
#define ASSAY_RUN_ALIKE_H
#include "run/steps.h"

/* Two samples of the same size, compared without any assumption on how noise is distributed. Intervals are of 99 %. */
struct alike {
	size_t pairs;
	/* How much later the second comes, nanoseconds: the median of all differences (Hodges and Lehmann), with the interval
	 * that belongs to the rank sum (Mann and Whitney). */
	double shift, low, high;
	/* The effect size: how much more often the second is the later one than the earlier one, from -1 to 1 (Cliff's delta). */
	double delta, delta_low, delta_high;
};
void alike_compare(const int64_t *first, const int64_t *second, size_t count, struct alike *out);

enum alike_verdict {
	ALIKE_SAME,   /* the whole interval is nearer to nothing than ALIKE_TELLING */
	ALIKE_OTHER,  /* the whole interval is farther */
	ALIKE_UNSURE, /* neither: noise is too large for so few tries */
};
/* What one try can tell to somebody at the end of a quiet line. */
#define ALIKE_TELLING (1 * CLOCK_MILLISECOND)
enum alike_verdict alike_judge(const struct alike *a);

/* `A is refused alike`: tries to log in with a wrong password, as the actor's account and as one that there is not, in turns, until
 * the verdict is sure or there were enough tries. */
enum outcome alike_play(struct stage *g, const struct step *step, struct finding *f);
#endif
