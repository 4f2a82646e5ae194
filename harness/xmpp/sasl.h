/* xmpp/sasl.h: which mechanism, and what it says; private to this room.
 *
 * A mechanism may be asked for with the type of its channel binding behind a slash
 * ("SCRAM-SHA-256-PLUS/tls-server-end-point"); without, the strongest type that both sides have is taken. */
#ifndef ASSAY_XMPP_SASL_H
#define ASSAY_XMPP_SASL_H
#include "xmpp/scram.h"
#include <openssl/ssl.h>

struct sasl_offer {
	const char *mechanisms;    /* words parted by blanks */
	const char *binding_types; /* likewise, as announced by XEP-0440; "" where it is not */
	bool in_the_clear;         /* there is no TLS: nothing but SCRAM is taken */
};

struct sasl {
	char name[48];    /* "SCRAM-SHA-256-PLUS", "" before sasl_begin */
	char binding[32]; /* "tls-exporter", "" without a binding */
	bool plain;
	struct scram scram;
};

/* The digest of a mechanism of SCRAM, as OpenSSL names it; NULL for others. */
const char *sasl_digest(const char *name);

/* Chooses a mechanism (`wanted` NULL: the strongest) and appends the initial response to `initial`, not yet in base64.
 * ERR_UNSUPPORTED where there is none that both sides have, with what was offered. */
int sasl_begin(struct sasl *x, const struct sasl_offer *offer, const char *wanted, SSL *ssl, const char *user,
	const char *password, struct buf *initial, struct err *e);
/* `data` is the challenge, decoded. */
int sasl_challenge(struct sasl *x, const struct buf *data, struct buf *response, struct err *e);
/* At <success/>; `data` is empty where it carried none. Fails where the server owed a proof of itself and gave none. */
int sasl_success(struct sasl *x, const struct buf *data, struct err *e);
void sasl_release(struct sasl *x);

/* The data of a channel binding of this connection; false where it has none of that type. */
bool channel_binding(SSL *ssl, const char *type, struct buf *out);

bool words_have(const char *words, const char *word);
#endif
