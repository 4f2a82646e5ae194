/* xml/capabilities.h: the hash that stands for what an entity can do (XEP-0115). */
#ifndef ASSAY_XML_CAPABILITIES_H
#define ASSAY_XML_CAPABILITIES_H
#include "base/buf.h"
#include <libxml/tree.h>

/* Appends the hash, in base64, of the identities, features and forms in `query`, an answer of disco#info (section 5.1). `algorithm`: a
 * name of IANA's registry of textual names of hash functions, as "sha-1"; nothing is appended where it is none that OpenSSL has. */
void capabilities_hash(const xmlNode *query, const char *algorithm, struct buf *out);
#endif
