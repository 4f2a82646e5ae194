/* tls/hello.h: the first words of a TLS handshake, in bytes of our own making, so that anything can be offered.
 *
 * The room promises: what a server really accepts is found by handshakes, not by its word; a handshake goes no further than the
 * server's first answer, but for one that OpenSSL makes whole to see the certificate. Nothing is judged here but by the rows of
 * a policy (tls/policy.h). No length that a peer sends is trusted. */
#ifndef ASSAY_TLS_HELLO_H
#define ASSAY_TLS_HELLO_H
#include "base/buf.h"
#include "tls/names.h"
#include <stdbool.h>

/* What a ClientHello offers. The lists are borrowed. */
struct tls_offer {
	uint16_t version; /* the highest that we say we speak; TLS_1_3 is offered alone */
	const uint16_t *suites, *groups;
	size_t suite_count, group_count; /* without groups there is no such extension */
	const char *server_name;         /* NULL: no SNI */
	const char *alpn;                /* NULL: none */
	bool compression;                /* DEFLATE beside none */
	bool fallback;                   /* TLS_FALLBACK_SCSV (RFC 7507) */
};
/* Appends the record that holds it: RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2. TLS 1.3 goes without a key share, so a
 * server that agrees names the group that it wants (section 4.1.4). */
void tls_hello(const struct tls_offer *offer, struct buf *out);

enum tls_reaction {
	TLS_UNDECIDED, /* more is needed */
	TLS_ACCEPTED,  /* a ServerHello or a HelloRetryRequest */
	TLS_ALERT,
	TLS_NONSENSE, /* no TLS, or TLS that is broken */
};
struct tls_answer {
	enum tls_reaction reaction;
	uint16_t version, suite;
	uint16_t group;              /* 0 where none was named */
	unsigned dh_bits;            /* of the prime, for DHE in the clear; 0 else */
	bool compression;            /* the server chose DEFLATE */
	bool renegotiation_info;     /* RFC 5746 */
	bool ticket;                 /* RFC 5077 */
	bool extended_master_secret; /* RFC 7627 */
	bool encrypt_then_mac;       /* RFC 7366 */
	bool alpn;                   /* it chose our protocol */
	unsigned char alert;         /* its description */
	const char *fault;           /* of nonsense; static */
};
/* Reads all bytes that have come so far, from the first. Up to TLS 1.2 an answer is whole with the key exchange or the end of the
 * server's words, so that its group is known. */
void tls_read_answer(const struct tls_offer *offer, const void *bytes, size_t length, struct tls_answer *answer);
#endif
