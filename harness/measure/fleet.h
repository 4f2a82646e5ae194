/* measure/fleet.h: the connections of a load, brought up at a pace, and asked whether they are all there; private to this room.
 *
 * Each is a member of a crew whose `own` is a struct held. It is up when the server has answered behind its greeting: what it
 * wants of the server is then in force (RFC 6120 section 10.1). One that fails or is lost is counted and the first reason kept; it is
 * brought up again only by the next fleet_bring_up(). Roll call asks each one for an answer of its own: whoever answers is held,
 * and what the server had sent it before, a copy of a message say, has come (RFC 6120 section 10.1). */
#ifndef ASSAY_MEASURE_FLEET_H
#define ASSAY_MEASURE_FLEET_H
#include "measure/crew.h"
#include "measure/histogram.h"

enum held_state { HELD_DOWN, HELD_CONNECTING, HELD_GREETING, HELD_UP };

struct held {
	enum held_state state;
	int64_t ready;            /* when it was bound */
	unsigned asked, answered; /* the roll calls in which it was asked last, and has answered last */
	bool busy;                /* in a request of its own, which cuts it: not missed */
	size_t number;            /* of that request */
	unsigned still_open;      /* parts of it */
};

#define FLEET_PHASES 7
extern const struct fleet_phase { /* the whole, then what follows each other */
	const char *name, *about, *about_de;
} fleet_phases[FLEET_PHASES];

struct fleet {
	struct crew *crew;
	bool managed;   /* asks for stream management (XEP-0198) with resumption */
	bool quiet;     /* says that nobody looks (XEP-0352), where that is offered */
	size_t at_once; /* how many may be on their way up */
	double rate;    /* a second */
	size_t connecting, up;
	size_t failed;    /* on the way up, in the last fleet_bring_up() */
	size_t lost;      /* while they were up, since the last fleet_bring_up() */
	struct err first; /* why, the first of either; class ERR_NONE: none */
	unsigned call;
	size_t called, answers, gone; /* asked; answered; lost before they had */
	int64_t *asked_at;            /* of each member, its question's instant */
	struct histogram phases[FLEET_PHASES], answer;
};

void fleet_init(struct fleet *f, struct crew *crew);
void fleet_release(struct fleet *f);
struct held *held_of(const struct member *m);
/* Adds a member to crew and fleet. */
struct member *fleet_add(struct fleet *f, size_t account, const char *resource);
/* Connects all that are down, at the fleet's rate, until each is up or has failed. `tick` (or NULL) is called about once a second.
 * What was not up at `deadline` has failed. */
void fleet_bring_up(struct fleet *f, int64_t deadline, void (*tick)(void *context), void *context);
/* Asks all that are up, `at_once` at a time; returns how many have answered by `deadline`. */
size_t fleet_roll_call(struct fleet *f, int64_t deadline);
/* For the crew's owner, to be called first: true where the stanza was an answer to the fleet. */
bool fleet_received(struct fleet *f, struct member *m, const xmlNode *stanza, int64_t when);
void fleet_changed(struct fleet *f, struct member *m, enum device_state state);
#endif
