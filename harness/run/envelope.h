/* run/envelope.h: what an envelope of XEP-0420 says of its sender, recipient and time, beside the stanza that it came in. */
#ifndef ASSAY_RUN_ENVELOPE_H
#define ASSAY_RUN_ENVELOPE_H
#include "crypto/omemo.h"

#define ENVELOPE_MARGIN 600 /* seconds between the times; section 4 wants a reasonable margin and gives no number */

/* Whether the affix elements that are there fit the stanza around `encrypted`, as section 4 asks a receiver to compare: `from` the bare
 * address of its sender; `to` that of its recipient, in a groupchat message the room; `time` the time at which the stanza was sent by its
 * own marks of delay (or those of what forwards it), or else now. The envelopes are made by this machine's clock, and the marks by the
 * server's, which is `ahead` of it, in seconds. Where they do not, the difference is appended to `why`. */
bool envelope_fits(const struct omemo_reading *facts, const char *sender, const xmlNode *encrypted, int64_t ahead,
	struct buf *why);
#endif
