/* run/talk.h: one device that asks and is answered, for the conversations that are no scenario: discovery, making and
 * removing accounts, leaving accounts as they were found. */
#ifndef ASSAY_RUN_TALK_H
#define ASSAY_RUN_TALK_H
#include "driver/driver.h"
#include "target/target.h"

struct talk {
	struct driver *driver;
	struct device *device;
	struct device_config config;
	unsigned asked;
	struct vec inbox; /* xmlDoc *, everything that came */
	int64_t deadline; /* monotonic; nothing waits longer */
};
/* Connects and binds as user/password of the target. -1 with the device's error (ERR_CONNECTION, ERR_REFUSED …);
 * talk_end is to be called either way. */
int talk_begin(struct talk *k, struct driver *driver, const struct target *t, enum transport transport,
	const char *user, const char *password, int64_t deadline, struct err *e);
/* Sends an iq (the text without an id: `<iq type='get' …>`; id is added) and waits for its answer, which is borrowed
 * until talk_end. NULL with ERR_CONNECTION (or ERR_ENVIRONMENT out of time). An error answer is an answer. */
const xmlNode *talk_ask(struct talk *k, const char *iq, struct err *e);
/* Closes and frees. */
void talk_end(struct talk *k);
#endif
