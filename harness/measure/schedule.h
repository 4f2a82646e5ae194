/* measure/schedule.h: when the next request is due.
 *
 * In the open loop the instants are fixed before anything is measured: evenly spaced, or as a Poisson process (exponential gaps
 * from a seeded generator, so that a run can be repeated). They do not depend on answers. A request that goes out late because
 * the peer, or this machine, has stalled keeps the instant at which it was meant to go out, and its latency is counted from
 * there: waiting for a stalled peer is part of what a user would have seen, and leaving it out is known as coordinated omission.
 *
 * In the closed loop, which is there to compare, a request is due when the one before it was answered and its gap has passed, and
 * its latency counts from when it really went out: a peer that stalls is simply asked less, and the stall hides. */
#ifndef ASSAY_MEASURE_SCHEDULE_H
#define ASSAY_MEASURE_SCHEDULE_H
#include <stdbool.h>
#include <stdint.h>

enum arrivals { ARRIVALS_CONSTANT, ARRIVALS_POISSON };
enum loop_kind { LOOP_OPEN, LOOP_CLOSED };

struct schedule {
	enum loop_kind loop;
	enum arrivals arrivals;
	double gap;      /* ns, of constant arrivals; the mean of Poisson's */
	int64_t start;   /* monotonic ns */
	double offset;   /* ns since `start` of the request that is due next (open), exact to below 2^53 ns, 104 days */
	uint64_t taken;  /* requests so far */
	int64_t last;    /* when the last one went out, closed loop */
	bool unanswered; /* closed loop: the last one is */
	uint64_t state;  /* of the generator */
};

/* `rate` is in requests a second, above 0; the first is due at `start` where arrivals are constant, one random gap after it where
 * they are Poisson's. */
void schedule_init(
	struct schedule *s, enum loop_kind loop, enum arrivals arrivals, double rate, uint64_t seed, int64_t start);
/* When the next request is due; CLOCK_FOREVER where an answer must come first. */
int64_t schedule_due(const struct schedule *s);
/* Takes the request that is due (call only when it is) at `now`, right before it goes out. Returns the instant from which its
 * latency counts: when it was due in the open loop, `now` in the closed. */
int64_t schedule_take(struct schedule *s, int64_t now);
/* The last request was answered, or given up. Nothing happens in the open loop. */
void schedule_answered(struct schedule *s);

/* The generator, for who else needs numbers that a seed repeats: SplitMix64. */
uint64_t schedule_random(uint64_t *state);
/* Above 0 and at most 1. */
double schedule_random_unit(uint64_t *state);

const char *arrivals_name(enum arrivals a); /* "constant", "poisson" */
const char *loop_name(enum loop_kind l);    /* "open", "closed" */
#endif
