/* tls/attempt.h: handshakes with what we offer, several at once; private to this room. */
#ifndef ASSAY_TLS_ATTEMPT_H
#define ASSAY_TLS_ATTEMPT_H
#include "tls/scan.h"
#include "xml/xml.h"

/* What came of it; `reaction` TLS_UNDECIDED: the connection ended, or the time, before an answer. */
typedef void attempt_done(void *context, const struct tls_answer *answer);
struct attempts {
	struct loop *loop;
	const struct scan_place *place;
	struct vec waiting, running; /* struct attempt * */
	unsigned made;
	struct err error; /* the first fault of the way itself; all that waits is dropped then */
	bool broken;
	char *features; /* of the stream before TLS, names parted by blanks; NULL before any */
	bool required;
};
void attempts_begin(struct attempts *a, struct loop *loop, const struct scan_place *place);
void attempts_release(struct attempts *a);
/* Queues a handshake. Everything in the offer is copied. The callback may queue more. */
void attempt_add(struct attempts *a, const struct tls_offer *offer, attempt_done *done, void *context);
/* Runs until none is left. 0, or -1 with the fault of the way. */
int attempts_run(struct attempts *a, struct err *e);

/* The words before TLS where it is STARTTLS. */
enum prelude { PRELUDE_GOES_ON, PRELUDE_OVER, PRELUDE_FAILED };
void prelude_greet(struct connection *c, const struct scan_place *place);
/* What ALPN names (XEP-0368 section 2); NULL where it is STARTTLS. */
const char *prelude_alpn(const struct scan_place *place);
/* Takes what came. PRELUDE_FAILED with an error. `features` and `required` may be NULL. */
enum prelude prelude_take(
	struct connection *c, struct xml_reader *reader, char **features, bool *required, struct err *e);

/* session.c: what OpenSSL finds in whole handshakes: the certificate, tickets, renegotiation. */
void session_look(struct scan *s, const struct scan_place *place, struct loop *loop);
#endif
