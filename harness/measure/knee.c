#include "measure/knee.h"
#include <math.h>

static double within(const struct knee *k, double rate)
{
	return rate < k->least ? k->least : rate > k->most ? k->most : rate;
}

static bool is_settled(const struct knee *k)
{
	if (k->kept > 0 && k->missed > 0)
		return k->missed / k->kept <= k->near;
	return k->kept > 0 ? k->kept >= k->most : k->missed <= k->least;
}

void knee_stage(struct knee *k, bool kept)
{
	k->stages++;
	/* A rate above one that was not kept is not tried, nor one below one that was: both only get nearer. */
	if (kept)
		k->kept = k->rate;
	else
		k->missed = k->rate;
	k->over = is_settled(k) || k->stages >= k->stages_most;
	if (k->over)
		return;
	if (k->kept > 0 && k->missed > 0)
		k->rate = sqrt(k->kept * k->missed);
	else
		k->rate = within(k, k->kept > 0 ? k->kept * k->factor : k->missed / k->factor);
}

enum knee_state knee_state(const struct knee *k)
{
	if (!is_settled(k))
		return KNEE_UNSETTLED;
	if (k->kept > 0)
		return k->missed > 0 ? KNEE_FOUND : KNEE_ABOVE;
	return KNEE_BELOW;
}

const char *knee_state_name(enum knee_state s)
{
	switch (s) {
	case KNEE_FOUND:
		return "found";
	case KNEE_ABOVE:
		return "above";
	case KNEE_BELOW:
		return "below";
	case KNEE_UNSETTLED:
		return "unsettled";
	}
	return "";
}
