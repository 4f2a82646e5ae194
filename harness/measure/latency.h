/* measure/latency.h: how long a server takes for what people do with it, with every message checked.
 *
 * The room promises: histograms that merge exactly (measure/histogram.h), arrivals that do not depend on answers
 * (measure/schedule.h), workloads that each say in words what they measure (measure/workloads.c), and results that keep the raw
 * values. Both ends of every message are in this process, on one monotonic clock. An instant at the sender is taken right before
 * the first byte is handed to the kernel (or to TLS), one at the receiver is that at which the kernel had the last byte (over BOSH, that at
 * which it was read). The room
 * judges nothing but what it has sent itself: a message that is lost, repeated, reordered or altered is a fault. Limits: a
 * million requests in one repetition; one process, one core. */
#ifndef ASSAY_MEASURE_LATENCY_H
#define ASSAY_MEASURE_LATENCY_H
#include "driver/driver.h"
#include "measure/schedule.h"
#include "target/target.h"
#include <jansson.h>

#define LATENCY_REQUESTS_MOST 1000000

struct latency_options {
	double rate;          /* requests a second, before a workload's part */
	size_t count;         /* requests of a repetition, likewise; 0: what `time` gives */
	int64_t time;         /* ns of a repetition; 0: what `count` gives */
	unsigned repetitions; /* at least 1 */
	double warm_up;       /* requests that go before, as a part of the count */
	enum loop_kind loop;
	enum arrivals arrivals;
	uint64_t seed;
	int64_t within;        /* ns after which a request that was not answered is lost */
	size_t size;           /* bytes of the text of a message */
	unsigned contacts;     /* who see a presence */
	bool without_tls;      /* as target_choose_clear() has allowed */
	const char *workloads; /* globs parted by commas; NULL: all that are not optional */
	const char *out;       /* folder for raw data, which exists; NULL: none is written */
	/* Told as each workload begins and ends; `result` NULL at the beginning, else its object in latency.json, borrowed. Or NULL. */
	void (*progress)(void *context, const char *name, const json_t *result);
	void *context;
};

struct latency_faults {
	uint64_t lost, repeated, reordered, altered, refused;
};

/* How many accounts a measurement wants: those of a presence and its contacts, and two more for each workload, so that the archive
 * that one fills is not the next one's. It makes do with two. */
size_t latency_accounts(const struct latency_options *o);
/* The highest rate, the most connections and the longest time that the options ask for, for target_allows_load(). ERR_USAGE where no
 * workload fits, or where a repetition would have too many requests. */
int latency_demand(const struct latency_options *o, double *rate, int64_t *connections, int64_t *time, struct err *e);
/* Measures, and writes raw data into o->out as it goes. The result (docs/latency.md) is the caller's. NULL with ERR_CONNECTION,
 * ERR_REFUSED …, where nothing could be measured; a workload that fails alone is in the result, with its error. */
json_t *latency_run(struct driver *driver, const struct target *t, const struct driver_account *accounts, size_t count,
	const struct latency_options *o, struct err *e);
/* Whether any message of a result was lost, repeated, reordered or altered, or a workload failed. */
bool latency_is_faulty(const json_t *result);
/* The workloads by name with their definitions, as JSON; the caller's. */
json_t *latency_workloads(void);

/* ---- measure/echo.c: what the harness itself costs ---- */

/* A peer on 127.0.0.1 that sends back every byte, in a process of its own; it ends with this process. Returns its process and
 * *port, or -1 with ERR_ENVIRONMENT. */
pid_t echo_start(int *port, struct err *e);
void echo_stop(pid_t peer);
/* Measures messages to the echo at `port` and back, over TCP without TLS, like a workload. The caller's; NULL with the error. */
json_t *echo_measure(struct driver *driver, int port, const struct latency_options *o, struct err *e);
#endif
