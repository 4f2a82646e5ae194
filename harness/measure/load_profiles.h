/* measure/load_profiles.h: what the connections of a load do; private to this room. Each family has a file of its own.
 *
 * Of a profile's workload only what a stage needs is there: series, `send`, `received`, `changed`. Its members are those of the fleet. */
#ifndef ASSAY_MEASURE_LOAD_PROFILES_H
#define ASSAY_MEASURE_LOAD_PROFILES_H
#include "measure/engine.h"
#include "measure/fleet.h"
#include "measure/load.h"

struct load_profile {
	struct workload workload;
	const char *unit, *unit_de; /* of what its rate counts */
	size_t fewest;              /* connections of one rank */
	bool managed, quiet;        /* fleet.h */
	/* After all are up: rooms and the like; sets receivers and lanes of the engine. ERR_UNSUPPORTED where the server has no such
	 * thing. */
	int (*prepare)(struct engine *g, const struct load_options *o, struct err *e);
	void (*end)(struct engine *g); /* or NULL */
};
extern const struct load_profile *const load_profile_list[];    /* ended by NULL */
const struct load_profile *load_profile_find(const char *name); /* NULL where there is none */
json_t *load_profile_json(const struct load_profile *p);        /* as in load.json; the caller's */

/* load_chats.c */
int idle_prepare(struct engine *g, const struct load_options *o, struct err *e);
void idle_send(struct engine *g, size_t number);
void idle_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
int office_prepare(struct engine *g, const struct load_options *o, struct err *e);
void office_send(struct engine *g, size_t number);
void office_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);

/* load_rooms.c */
int rooms_prepare(struct engine *g, const struct load_options *o, struct err *e);
void rooms_send(struct engine *g, size_t number);
void rooms_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void rooms_end(struct engine *g);

/* load_reconnect.c */
int reconnect_prepare(struct engine *g, const struct load_options *o, struct err *e);
void reconnect_send(struct engine *g, size_t number);
void reconnect_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void reconnect_changed(struct engine *g, struct member *m, enum device_state state);
void reconnect_end(struct engine *g);
#endif
