/* xmpp/scram.h: the client's side of SCRAM (RFC 5802, RFC 7677), texts in and texts out. */
#ifndef ASSAY_XMPP_SCRAM_H
#define ASSAY_XMPP_SCRAM_H
#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include <openssl/evp.h>
#include <stdbool.h>

#define SCRAM_ITERATIONS_LIMIT 10000000 /* more would be an attack on the client */

struct scram {
	const EVP_MD *digest;
	const char *digest_name; /* "SHA1", "SHA256", "SHA512" */
	struct buf password;     /* prepared; cleansed by scram_answer */
	struct buf first_bare;   /* client-first-message-bare */
	struct buf header;       /* gs2 header and the data of the channel binding: what c= says */
	size_t header_length;    /* of the gs2 header alone */
	char nonce[64];
	unsigned char server_signature[EVP_MAX_MD_SIZE];
	unsigned signature_length; /* 0 before scram_answer */
	bool verified;             /* the server's signature was right */
};

/* `gs2` is the header up to and with its second comma ("n,,", "y,,", "p=tls-exporter,,"), `binding` the data (empty
 * without). `nonce` NULL: a random one. ERR_UNSUPPORTED for a digest that OpenSSL lacks or a password or user name that
 * SASLprep (RFC 4013) forbids. */
int scram_begin(struct scram *s, const char *digest_name, const char *user, const char *password, const char *gs2,
	const struct buf *binding, const char *nonce, struct err *e);
void scram_first(const struct scram *s, struct buf *out);
/* From the server's first message to the client's final one. ERR_PROTOCOL for a message that breaks RFC 5802, a nonce that
 * does not extend ours, or an iteration count out of bounds. */
int scram_answer(struct scram *s, const char *server_first, struct buf *out, struct err *e);
/* Checks the server's final message. ERR_REFUSED where it carries an error, ERR_PROTOCOL for a wrong signature. */
int scram_check(struct scram *s, const char *server_final, struct err *e);
void scram_release(struct scram *s); /* cleanses */

/* For who composes the messages himself, right or wrong. `message` is the AuthMessage of RFC 5802 section 3; the first s= and
 * i= in it are the server's. Proof and server's signature in base64, appended. ERR_UNSUPPORTED for a mechanism or digest that is
 * not known, ERR_PROTOCOL for a message without salt or count, or one out of bounds. */
int scram_prove(const char *mechanism, const char *password, const char *message, struct buf *proof,
	struct buf *signature, struct err *e);
/* Appends the value of the first attribute `letter` of a SCRAM message; false where it has none. */
bool scram_attribute(const char *message, char letter, struct buf *out);

void scram_forget_keys(void);

/* SASLprep (RFC 4013) of `text`, appended to `out`; ERR_UNSUPPORTED where it is forbidden. */
int saslprep(const char *text, struct buf *out, struct err *e);
#endif
