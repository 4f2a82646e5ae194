#include "measure/schedule.h"
#include "base/clock.h"
#include <math.h>

uint64_t schedule_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

double schedule_random_unit(uint64_t *state)
{
	return (double)((schedule_random(state) >> 11) + 1) * 0x1p-53;
}

static double next_gap(struct schedule *s)
{
	switch (s->arrivals) {
	case ARRIVALS_CONSTANT:
		return s->gap;
	case ARRIVALS_POISSON:
		return -log(schedule_random_unit(&s->state)) * s->gap;
	}
	return s->gap;
}

void schedule_init(
	struct schedule *s, enum loop_kind loop, enum arrivals arrivals, double rate, uint64_t seed, int64_t start)
{
	*s = (struct schedule){
		.loop = loop, .arrivals = arrivals, .gap = CLOCK_SECOND / rate, .start = start, .state = seed
	};
	if (arrivals == ARRIVALS_POISSON)
		s->offset = next_gap(s);
}

int64_t schedule_due(const struct schedule *s)
{
	if (s->unanswered)
		return CLOCK_FOREVER;
	switch (s->loop) {
	case LOOP_OPEN:
		return s->start + llround(s->offset);
	case LOOP_CLOSED:
		/* `offset` is the gap since the last one here. */
		return (s->taken ? s->last : s->start) + (int64_t)s->offset;
	}
	return CLOCK_FOREVER;
}

int64_t schedule_take(struct schedule *s, int64_t now)
{
	int64_t due = schedule_due(s);
	s->taken++;
	switch (s->loop) {
	case LOOP_OPEN:
		/* A product and not a sum, so that a million gaps of a rate that is no whole number of ns do not drift. */
		s->offset = s->arrivals == ARRIVALS_CONSTANT ? (double)s->taken * s->gap : s->offset + next_gap(s);
		return due;
	case LOOP_CLOSED:
		s->last = now;
		s->unanswered = true;
		s->offset = next_gap(s);
		return now;
	}
	return due;
}

void schedule_answered(struct schedule *s)
{
	s->unanswered = false;
}

const char *arrivals_name(enum arrivals a)
{
	switch (a) {
	case ARRIVALS_CONSTANT:
		return "constant";
	case ARRIVALS_POISSON:
		return "poisson";
	}
	return "?";
}

const char *loop_name(enum loop_kind l)
{
	switch (l) {
	case LOOP_OPEN:
		return "open";
	case LOOP_CLOSED:
		return "closed";
	}
	return "?";
}
