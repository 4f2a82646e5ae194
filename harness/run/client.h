/* run/client.h: the client under test on stage: what its steps do, and what the gateway does to it. */
#ifndef ASSAY_RUN_CLIENT_H
#define ASSAY_RUN_CLIENT_H
#include "run/steps.h"
#include "target/client.h"

#define CLIENT_START                                                                                                   \
	(60 * CLOCK_SECOND) /* that an adapter has to say `ready`: a machine may be busy, and a client large */

/* What a device of a client under test needs; `config->client` and the texts in it are the arena's. */
int client_configure(const struct client *c, const struct target *t, struct arena *a, struct device_config *config);
/* Starts the adapter, without an account, and with a folder of its own. NULL with ERR_ENVIRONMENT. */
struct adapter *client_start(const struct client *c, struct loop *l, const struct adapter_callbacks *callbacks,
	void *context, struct err *e);
/* Starts the adapter once, without an account, to hear which client it is: sets c->product. ERR_ENVIRONMENT or ERR_UNSUPPORTED with
 * what is wrong with it. */
int client_describe(struct client *c, struct err *e);

/* STEP_DOES, STEP_FINDS, STEP_WITHHOLDS, STEP_LOSES, STEP_OVERLOOKS, STEP_RELEASES, STEP_REPEATS, and STEP_CUTS of a client. */
enum outcome client_play(struct stage *g, const struct step *step, struct finding *f);
/* An element passes the gateway (struct device_callbacks). */
bool client_passes(struct player *p, bool from_client, xmlNode *element, int64_t when);
/* Whether an element that came is for the inbox: a stanza, or a thing shown. A remark goes into the journal; for what the contract does
 * not know the adapter is ended, whose fault it is. */
bool client_shows(struct player *p, const xmlNode *element);
/* How long the person who operates the client may take for one thing, ns; 0 where none does. */
int64_t client_slow(const struct stage *g);
/* Until when to wait for what a client does or shows, since an instant: where a person tells it, longer than to `deadline`, unless they
 * have said after that that nothing more is shown. */
int64_t client_until(const struct player *p, int64_t since, int64_t deadline);
/* What messages call it: "the client", or its actor's name where there are two. */
const char *client_called(const struct player *p);
bool client_has_session(const struct player *p); /* it is connected, bound or resumed */
/* Whether its adapter has said that it is ready. */
bool client_has_started(const struct player *p);
/* Gives the client a ping of its server with the id of the fence that is awaited. */
void client_ping(struct player *p);
/* FENCE_IDLE: whether it has come. Gives the client the next ping where it has asked something since the last one. */
bool client_is_idle(struct player *p);
/* Takes what it has sent and shown so far out of the sight of later steps. */
void client_overlook(struct player *p);
/* Forgets what is kept back, and what could be repeated. */
void client_release(struct player *p);
/* Ends the adapters of the clients on stage; where one had to be ended by force, `remark` (size bytes) says so. */
void client_retire_all(struct stage *g, char *remark, size_t size);
#endif
