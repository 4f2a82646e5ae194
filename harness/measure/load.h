/* measure/load.h: how much of what people do a server keeps up with, with every message checked.
 *
 * A load brings up its connections, leaves them alone for a while, and then goes through stages: in each, requests go out at a rate
 * on a schedule that does not wait for answers (measure/schedule.h), and each is checked. A stage is kept when the 99th percentile
 * of its first series stays under the bound, nothing was lost, repeated, reordered, altered or refused, and every connection has
 * answered behind it. The knee is the highest rate that is kept (measure/knee.h). One process holds its connections on one epoll
 * loop; several ranks (measure/ranks.h) divide connections and rate among them, each with both ends of its messages. Bounded in
 * connections, rate, stages and time. */
#ifndef ASSAY_MEASURE_LOAD_H
#define ASSAY_MEASURE_LOAD_H
#include "driver/driver.h"
#include "measure/ranks.h"
#include "measure/schedule.h"
#include "target/target.h"
#include <jansson.h>

#define LOAD_CONNECTIONS_MOST 100000

struct load_options {
	const char *profile;    /* load_profiles() */
	size_t connections;     /* of all ranks together */
	double connect_rate;    /* new ones a second, of all together */
	size_t connecting;      /* at once, of all together */
	double rate, most_rate; /* of the first stage, and the highest, requests a second of all together */
	double factor;          /* from stage to stage, above 1 */
	bool fixed;             /* one stage at `rate`, no search */
	unsigned stages;        /* at most */
	int64_t hold;           /* ns of a stage */
	int64_t idle;           /* ns for which the connections are held before the first */
	int64_t bound;          /* ns that the 99th percentile may take */
	int64_t within;         /* ns after which a request that was not answered is lost */
	int64_t most_time;      /* ns of the whole; a stage that would not end before it is not begun */
	double warm_up;         /* requests that go before in each stage, as a part of its count */
	enum arrivals arrivals;
	uint64_t seed;
	size_t size;           /* bytes of a message's text */
	size_t occupants;      /* of a room */
	const char *mechanism; /* NULL: the strongest that both know */
	const char *out;       /* folder for raw data, which exists; NULL: none is written */
	/* Told of what is done: the connections so far (stage NULL), then each stage as in load.json, borrowed. Or NULL. */
	void (*progress)(void *context, size_t up, size_t wanted, const json_t *stage);
	void *context;
};

/* The profiles by name with their definitions, as JSON; the caller's. */
json_t *load_profiles(void);
/* The highest rate, connections and the longest time that the options ask for, for target_allows_load(). ERR_USAGE where they do not
 * fit together. */
int load_demand(const struct load_options *o, double *rate, int64_t *connections, int64_t *time, struct err *e);
/* Loads; every rank calls it with the same options and accounts. The result (docs/load.md) is the same at all ranks and the caller's.
 * NULL with ERR_ENVIRONMENT or ERR_USAGE; what the server does wrong, or cannot do, is in the result. */
json_t *load_run(struct driver *driver, const struct target *t, const struct driver_account *accounts, size_t count,
	struct ranks *ranks, const struct load_options *o, struct err *e);
/* Whether a connection failed or was lost, or a message was, in a stage that was to be kept: in every stage where the rate was fixed,
 * in one at or below the knee else; or no stage was kept. */
bool load_is_faulty(const json_t *result);
#endif
