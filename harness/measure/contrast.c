#include "measure/contrast.h"
#include <math.h>

#define TELLING 2.0 /* an interval that holds 1 and as much as this says nothing */

const char *contrast_word_name(enum contrast_word w)
{
	switch (w) {
	case WORD_FASTER:
		return "faster";
	case WORD_SLOWER:
		return "slower";
	case WORD_SAME:
		return "no difference";
	case WORD_UNKNOWN:
		return "not known";
	}
	return "?";
}

const char *contrast_reason_name(enum contrast_reason r)
{
	switch (r) {
	case REASON_NONE:
		return "";
	case REASON_INTERVAL:
		return "interval";
	case REASON_SPREAD:
		return "spread";
	case REASON_SMALL:
		return "small";
	case REASON_FEW:
		return "few";
	case REASON_WIDE:
		return "wide";
	}
	return "?";
}

static struct range range_of(const struct estimate *e)
{
	return (struct range){ (double)e->value, e->low, e->high };
}

static struct range logarithms(struct range r)
{
	/* Of nothing there is none; a missing lower limit is then as far away as can be. */
	return (struct range){ log(fmax(r.value, 1)), r.low > 0 ? log(r.low) : -INFINITY, log(fmax(r.high, 1)) };
}

static struct range subtract(struct range from, struct range to)
{
	double value = to.value - from.value;
	return (struct range){ value, value - hypot(to.value - to.low, from.high - from.value),
		value + hypot(to.high - to.value, from.value - from.low) };
}

struct range contrast_ratio(const struct estimate *from, const struct estimate *to)
{
	struct range r = subtract(logarithms(range_of(from)), logarithms(range_of(to)));
	return (struct range){ exp(r.value), exp(r.low), exp(r.high) };
}

struct range contrast_difference(const struct estimate *from, const struct estimate *to)
{
	return subtract(range_of(from), range_of(to));
}

enum contrast_word contrast_word(const struct estimate *from, const struct estimate *to, double spread, double least,
	enum contrast_reason *reason)
{
	struct range ratio = contrast_ratio(from, to);
	double apart = fabs((double)to->value - (double)from->value);
	bool holds_one = ratio.low <= 1 && ratio.high >= 1;
	*reason = REASON_NONE;
	if (holds_one && (ratio.low < 1 / TELLING || ratio.high > TELLING)) {
		*reason = isinf(from->high) || isinf(to->high) ? REASON_FEW : REASON_WIDE;
		return WORD_UNKNOWN;
	}
	if (holds_one)
		*reason = REASON_INTERVAL;
	else if (apart <= spread)
		*reason = REASON_SPREAD;
	else if (apart < least)
		*reason = REASON_SMALL;
	if (*reason != REASON_NONE)
		return WORD_SAME;
	return to->value > from->value ? WORD_SLOWER : WORD_FASTER;
}
