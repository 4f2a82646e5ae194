/* run/readings.h: what the journal is told of encryption (docs/journal.md): each attempt of a device to read a message, and each look for
 * a text that should be nowhere in the clear. Never what was read, nor a key. For every verb that decrypts, whatever the encryption. */
#ifndef ASSAY_RUN_READINGS_H
#define ASSAY_RUN_READINGS_H
#include "crypto/omemo.h"
#include "run/stage.h"

/* One attempt. `encrypted`: the element, in the stanza that the player took last. `why`: NULL where it was read, else a slug, one of those
 * of readings_why. `expected`: whether it went as the scenario says, which a message that is read and holds another text did not. */
void readings_tell(
	const struct stage *g, const struct player *p, const xmlNode *encrypted, const char *why, bool expected);
/* "not-for-us", "no-session", "prekey-gone", "identity-changed", "repeated" or "unreadable"; NULL for OMEMO_READ. */
const char *readings_why(enum omemo_outcome outcome);
/* One look through all that every actor has got so far. `found`: who got the text in the clear, and `stanza` its number at that device;
 * NULL and 0 where nobody did, which is what the scenario expects. */
void readings_tell_hidden(const struct stage *g, const struct player *found, size_t stanza);
#endif
