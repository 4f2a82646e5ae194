/* measure/contrast.h: a figure of one measurement against the same figure of another.
 *
 * Both have an interval (measure/sample.h), and the two were measured apart from one another, so that the interval of their ratio, or
 * difference, follows from the four limits: on each side by the root of the sum of the squares of what moves it there (of the
 * logarithms, for a ratio). Where a limit is missing the interval has none on that side. */
#ifndef ASSAY_MEASURE_CONTRAST_H
#define ASSAY_MEASURE_CONTRAST_H
#include "measure/sample.h"

enum contrast_word { WORD_FASTER, WORD_SLOWER, WORD_SAME, WORD_UNKNOWN };
const char *contrast_word_name(enum contrast_word w); /* "faster", "slower", "no difference", "not known" */

/* Why there is no difference, or none is known. */
enum contrast_reason {
	REASON_NONE,
	REASON_INTERVAL, /* the ratio's interval holds 1 */
	REASON_SPREAD,   /* no more than what two repetitions of one of them differ by */
	REASON_SMALL,    /* less than what is asked for */
	REASON_FEW,      /* of `not known`: too few requests for this percentile */
	REASON_WIDE,     /* likewise: the ratio's interval holds 1, but twice or half as well */
};
const char *contrast_reason_name(enum contrast_reason r); /* "", "interval", "spread", "small", "few", "wide" */

struct range {
	double value, low, high; /* -INFINITY (of a ratio 0) and INFINITY where there is no limit */
};
/* `to` over `from`; values of 0 ns count as 1 ns, which is what the clock can tell. */
struct range contrast_ratio(const struct estimate *from, const struct estimate *to);
struct range contrast_difference(const struct estimate *from, const struct estimate *to); /* ns */

/* What is to be said of the pair. `spread`: ns that two repetitions of a side are apart, negative where that is not known; `least`: ns below
 * which a difference is none. */
enum contrast_word contrast_word(const struct estimate *from, const struct estimate *to, double spread, double least,
	enum contrast_reason *reason);
#endif
