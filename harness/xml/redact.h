/* xml/redact.h: secrets never leave. Two nets, and both are always used: by meaning (the text of SASL elements,
 * passwords of registration and password forms, FAST tokens, keys) and by value (each secret that was registered, plain,
 * as XML and JSON escape it, percent-encoded, in base64 alone and as SASL PLAIN sends it, is replaced in any text). */
#ifndef ASSAY_XML_REDACT_H
#define ASSAY_XML_REDACT_H
#include "xml/xml.h"

/* Remembers a secret for this process and its later children (at least 4 bytes, shorter ones are ignored). `user`
 * may be NULL; with it the SASL PLAIN form `\0user\0secret` is known too. */
void redact_secret(const char *secret, const char *user);
void redact_forget_all(void); /* cleanses the memory */

/* Prints `node` for a transcript, with secrets by meaning and by value replaced by "[redacted]". */
void redact_print(const xmlNode *node, struct buf *out);
/* Appends what a scenario sends by hand, well-formed or not, in the same way; as it is where it holds no secret. */
void redact_bytes(const char *bytes, struct buf *out);
/* Replaces secrets by value in `text`, in place. */
void redact_text(struct buf *text);
#endif
