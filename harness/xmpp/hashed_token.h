/* xmpp/hashed_token.h: the client's side of the mechanisms HT-* (draft-schmaus-kitten-sasl-ht-09), which log in with a token of the
 * server's (FAST, XEP-0484). */
#ifndef ASSAY_XMPP_HASHED_TOKEN_H
#define ASSAY_XMPP_HASHED_TOKEN_H
#include "base/buf.h"
#include "base/err.h"

/* The type of channel binding of a mechanism ("tls-exporter" for HT-SHA-256-EXPR), "" where it has none, NULL where the name is no
 * mechanism of this family. */
const char *hashed_token_binding(const char *mechanism);

/* What the client sends first (its name and a hash, not in base64) and what the server must send to prove that it knows the token too.
 * `binding`: the data of the channel binding, empty without one. ERR_UNSUPPORTED where the digest is not known here. Appends to both. */
int hashed_token_prove(const char *mechanism, const char *user, const char *token, const struct buf *binding,
	struct buf *initial, struct buf *answer, struct err *e);
#endif
