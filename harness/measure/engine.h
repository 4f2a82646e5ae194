/* measure/engine.h: requests on a schedule, and what came of each; private to this room.
 *
 * One repetition: `total` requests, of which the first `warm` are sent and checked like the others but not counted in the
 * figures. Each request carries its number and a text that follows from it, so that what arrives can be checked: a number that
 * never arrives is lost, one that arrives twice at one receiver is repeated, one that arrives behind a later one is
 * reordered, one whose text is another is altered. */
#ifndef ASSAY_MEASURE_ENGINE_H
#define ASSAY_MEASURE_ENGINE_H
#include "measure/crew.h"
#include "measure/histogram.h"
#include "measure/latency.h"
#include "measure/schedule.h"

#define SERIES_MOST 8

struct series {
	const char *name, *about, *about_de; /* a slug, and what is measured, in English and German */
};

struct engine;
struct workload {
	const char *name, *title, *title_de, *about, *about_de;
	struct series series[SERIES_MOST]; /* the first one is the workload's own figure; ended by a NULL name */
	unsigned part;      /* its rate is the rate asked for divided by this: some requests weigh more than others */
	unsigned parameter; /* occupants, items: its own matter */
	bool ordered;       /* what arrives at one receiver must be in order (RFC 6120 section 10.1) */
	bool optional;      /* only when it is asked for by name */
	bool draws_phases;  /* its series but the last are phases that follow each other and sum up to the last */
	size_t devices;     /* connections at once, at most, for the target's limit */
	/* Connects the members and prepares. -1 with ERR_UNSUPPORTED where the server does not offer it. */
	int (*set_up)(struct engine *g, struct err *e);
	void (*send)(struct engine *g, size_t number);
	void (*received)(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
	void (*changed)(struct engine *g, struct member *m, enum device_state state); /* or NULL */
	void (*tear_down)(struct engine *g);                                          /* or NULL */
};

struct request {
	int64_t from;     /* the instant that its latency is counted from; 0 before it was sent */
	int64_t sent;     /* its first byte; 0 where that is not known */
	int64_t written;  /* how long it took to hand it to the kernel, from then on, ns; -1 where that is not known */
	unsigned arrived; /* at how many receivers */
	bool finished;
};

struct receiver {
	unsigned char *seen; /* a bit for each request */
	int64_t *newest;     /* of each lane; -1 before any */
};

struct engine {
	struct crew crew;
	const struct workload *workload;
	const struct latency_options *options;
	void *own;      /* the workload's, its to free in tear_down */
	char token[20]; /* begins each identifier and text of this repetition */
	size_t total, warm, sent, finished;
	struct request *requests; /* `total` */
	int64_t *values;          /* total times SERIES_MOST, ns; INT64_MIN where there is none */
	size_t receivers;         /* set by set_up, at least 1 */
	size_t lanes;             /* senders that take turns, at least 1: between them there is no order */
	struct receiver *receiver;
	struct latency_faults faults;
	struct schedule schedule;
	bool over;                /* the repetition is: what comes now was lost, and is looked at for repeats only */
	struct histogram reading; /* of all that came: from its arrival until it was read and is looked at */
	int64_t began, ended, processor, idle;
};

/* Prepares `total` requests; `crew` and `options` must be set. */
void engine_init(struct engine *g, const struct workload *w, const struct latency_options *o);
void engine_release(struct engine *g);
/* One repetition, after set_up. -1 where a device was lost. */
int engine_run(struct engine *g, double rate, size_t total, size_t warm, unsigned repetition, struct err *e);

/* ---- for workloads ---- */

/* The text that request `number` carries, and its identifier. */
void engine_text(const struct engine *g, size_t number, struct buf *out);
void engine_id(const struct engine *g, size_t number, struct buf *out);
/* Sends the stanza as request `number` and notes when. */
void engine_send(struct engine *g, struct member *m, size_t number, const struct buf *stanza);
/* What has arrived at receiver `r`: its number, checked and counted; -1 where it is of no request, came before, or is altered.
 * `id` or `text` may be NULL: then it is not looked at (an iq's answer has no text, a presence may have lost its identifier). */
int64_t engine_arrived(struct engine *g, size_t r, const char *id, const char *text);
/* The number that an identifier of ours stands for; -1 where it is not ours. */
int64_t engine_number(const struct engine *g, const char *id);
void engine_value(struct engine *g, size_t number, unsigned series, int64_t ns);
void engine_finish(struct engine *g, size_t number);
/* The request was answered by an error, or could not be made: it counts as refused. */
void engine_refuse(struct engine *g, size_t number);
/* engine_arrived(), then: series 0 gets the time until it had arrived everywhere, and the request is finished. */
void engine_deliver(struct engine *g, size_t r, const char *id, const char *text, int64_t when);
/* The same for many receivers: series 0 is the last of them, series 1 the first. */
void engine_fan_out(struct engine *g, size_t r, const char *id, const char *text, int64_t when);
#endif
