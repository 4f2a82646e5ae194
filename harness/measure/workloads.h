/* measure/workloads.h: the table of what is measured; private to this room. Each family has a file of its own. */
#ifndef ASSAY_MEASURE_WORKLOADS_H
#define ASSAY_MEASURE_WORKLOADS_H
#include "measure/engine.h"

#define SET_UP_LIMIT (60 * CLOCK_SECOND) /* for the preparations of one workload */

extern const struct workload *const workloads[]; /* ended by NULL */
extern const struct workload workload_echo;      /* echo.c; in no table: it needs no server */

/* messages.c */
#define NS_RECEIPTS "urn:xmpp:receipts"
/* Sends a chat message with the text of request `number`, and `extra` behind its body. */
void chat_send(struct engine *g, struct member *from, const char *to, size_t number, const char *extra);
/* Sends what answers the message of that request: a receipt, a marker. */
void chat_answer(
	struct engine *g, struct member *from, const char *to, size_t number, const char *element, const char *ns);
/* Whether it is no message, or an error, which is counted. */
bool chat_is_other(struct engine *g, const xmlNode *stanza);
int pair_set_up(struct engine *g, struct err *e); /* romeo's and juliet's device, members 0 and 1, both available */
int answered_set_up(struct engine *g, struct err *e);
int carbon_set_up(struct engine *g, struct err *e);
int ping_set_up(struct engine *g, struct err *e);
void ping_send(struct engine *g, size_t number);
void ping_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void message_send(struct engine *g, size_t number);
void message_to_anybody(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void message_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void receipt_send(struct engine *g, size_t number);
void receipt_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void marker_send(struct engine *g, size_t number);
void marker_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void carbon_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);

/* archive.c */
int archive_set_up(struct engine *g, struct err *e);
void archive_send(struct engine *g, size_t number);
void archive_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void archive_tear_down(struct engine *g);

/* presence.c */
int presence_set_up(struct engine *g, struct err *e);
void presence_send(struct engine *g, size_t number);
void presence_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void presence_tear_down(struct engine *g);
int events_set_up(struct engine *g, struct err *e);
void events_send(struct engine *g, size_t number);
void events_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void events_tear_down(struct engine *g);

/* rooms.c */
char *room_new_address(
	struct member *m, struct err *e); /* free(); NULL with ERR_UNSUPPORTED where there are no rooms */
struct room_entry {
	size_t entered;     /* occupants that have seen themselves come in (section 7.2.2) */
	struct err refused; /* why the first was not let in; class ERR_NONE: none */
};
/* Has all of the members (struct member *) enter a new room, the first as its owner; nicknames have their receivers' numbers. Who is told
 * what comes hands presence to room_entry_came(). ERR_UNSUPPORTED where the room refuses, ERR_CONNECTION where it is too slow. */
int room_fill(struct crew *c, struct room_entry *in, void *const *seats, size_t count, const char *address,
	int64_t deadline, struct err *e);
void room_entry_came(struct room_entry *in, const xmlNode *presence);
void room_say(struct engine *g, struct member *m, const char *address, size_t number);
void room_destroy(struct member *owner, const char *address, int64_t deadline);
int room_set_up(struct engine *g, struct err *e);
void room_send(struct engine *g, size_t number);
void room_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void room_tear_down(struct engine *g);

/* connecting.c */
int connect_set_up(struct engine *g, struct err *e);
void connect_send(struct engine *g, size_t number);
void connect_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void connect_changed(struct engine *g, struct member *m, enum device_state state);
void connect_tear_down(struct engine *g);
int fast_set_up(struct engine *g, struct err *e);
int resume_set_up(struct engine *g, struct err *e);
void resume_send(struct engine *g, size_t number);
void resume_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
void resume_changed(struct engine *g, struct member *m, enum device_state state);

/* transfer.c */
int upload_set_up(struct engine *g, struct err *e);
void upload_send(struct engine *g, size_t number);
void upload_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when);
int download_set_up(struct engine *g, struct err *e);
void download_send(struct engine *g, size_t number);
void transfer_tear_down(struct engine *g);

/* services.c: the first service of the domain with this feature, by disco (XEP-0030); free(). NULL with ERR_UNSUPPORTED. */
char *service_find(struct member *m, const char *feature, const char *what, struct err *e);
/* Text of the first child of that name in any namespace; free(). NULL without one. */
char *child_text(const xmlNode *stanza, const char *name);
#endif
