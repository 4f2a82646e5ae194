/* measure/crew.h: the devices that a measurement speaks through; private to this room.
 *
 * All of them live in one process, on one monotonic clock and one loop, so that an instant at one end can be subtracted from one
 * at the other. What a device sends is text that was made before its instant is taken: right before the first byte is written.
 * What comes has the instant at which the kernel had its last byte (driver_stamp_arrivals), over BOSH that at which it was read. */
#ifndef ASSAY_MEASURE_CREW_H
#define ASSAY_MEASURE_CREW_H
#include "driver/driver.h"
#include "target/target.h"

struct crew;
struct member {
	struct crew *crew;
	struct device *device;
	struct device_config config;
	char *resource, *bare;
	size_t receiver; /* which receiver of a workload it is, where that matters */
	void *own;       /* the workload's */
};

struct crew {
	struct driver *driver;
	const struct target *target;
	enum transport transport;
	enum net_clear
		without_tls; /* for the owner to set after crew_init(), where the target allows it (target_choose_clear) */
	const struct driver_account *accounts; /* borrowed */
	size_t account_count;
	struct vec members; /* struct member * */
	/* Borrowed stanza; what answers crew_ask() does not come here. */
	void (*received)(void *context, struct member *m, const xmlNode *stanza, int64_t when);
	/* Where set, a device that is lost is the workload's business. */
	void (*changed)(void *context, struct member *m, enum device_state state);
	void *context;
	const struct member *asking;
	char asked[24];
	xmlDoc *answer;
	unsigned questions;
	struct err broken; /* why the first device was lost; class ERR_NONE while all is well */
};

void crew_init(struct crew *c, struct driver *driver, const struct target *t, enum transport transport,
	const struct driver_account *accounts, size_t count);
/* Closes and frees every member; the crew can be used again. */
void crew_dismiss(struct crew *c);
/* A device of that account that is not connected yet. */
struct member *crew_add(struct crew *c, size_t account, const char *resource);
/* A device that takes no part in XMPP: it is connected to this port of 127.0.0.1 by TCP and left as it is. */
struct member *crew_add_bare(struct crew *c, int port);
/* Connects all that were added, CREW_AT_ONCE at a time, and waits until they are online; ERR_CONNECTION and the like. */
#define CREW_AT_ONCE                                                                                                   \
	5 /* what comes beyond a short backlog is dropped by the kernel, and tried again after a second or more */
int crew_connect(struct crew *c, int64_t deadline, struct err *e);
/* Sends this initial presence (NULL: an empty one) from all, and waits until the server has dealt with it. */
int crew_appear(struct crew *c, const char *presence, int64_t deadline, struct err *e);
/* Sends `<iq …` with an id of its own behind "<iq", and waits for the answer, the caller's to free; an error is an answer. */
xmlDoc *crew_ask(struct member *m, const char *iq, int64_t deadline, struct err *e);
/* The same, where an error is ERR_UNSUPPORTED with the condition and `what`. */
int crew_must(struct member *m, const char *iq, const char *what, int64_t deadline, struct err *e);
/* Sends text that is one whole stanza in jabber:client and returns the instant of its first byte. */
int64_t crew_send(struct member *m, const char *stanza, size_t length);
/* Works until something was dispatched or the deadline. -1 with the error when a device was lost. */
int crew_pump(struct crew *c, int64_t deadline, struct err *e);
const char *member_jid(const struct member *m); /* "" before it is bound */
/* "time.began" and the like (driver/driver.h), monotonic ns; 0 where it has not got that far. */
int64_t member_instant(const struct member *m, const char *name);
#endif
