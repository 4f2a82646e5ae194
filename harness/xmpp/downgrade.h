/* xmpp/downgrade.h: protection of what is offered for logging in against being taken away on the way (XEP-0474). */
#ifndef ASSAY_XMPP_DOWNGRADE_H
#define ASSAY_XMPP_DOWNGRADE_H
#include "base/buf.h"
#include "base/err.h"
#include "xml/xml.h"
#include <stdbool.h>

/* Appends what the server must send as attribute h of its first message (XEP-0474 section 6.1), in base64: a hash, by the digest of
 * the SCRAM mechanism, of the mechanisms in these stream features (`sasl2`: those of XEP-0388) and of the announced channel
 * bindings. ERR_UNSUPPORTED for a mechanism that is no SCRAM. */
int downgrade_hash(const xmlNode *features, bool sasl2, const char *mechanism, struct buf *out, struct err *e);
#endif
