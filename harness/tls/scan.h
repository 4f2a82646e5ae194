/* tls/scan.h: what one place speaks, found by many short handshakes. */
#ifndef ASSAY_TLS_SCAN_H
#define ASSAY_TLS_SCAN_H
#include "base/memory.h"
#include "net/net.h"
#include "tls/hello.h"

#define TLS_VERSIONS 5

struct scan_place {
	const char *domain; /* `to` of the stream, SNI, and the name that the certificate must show */
	const char *host;
	int port;
	bool direct;         /* TLS from the first byte; else STARTTLS */
	bool s2s;            /* as another server would come; else as a client */
	const char *ca_file; /* NULL: the system's */
};

struct scan_certificate {
	char *subject, *issuer, *names; /* names: those that it is for, parted by blanks */
	char from[12], until[12];       /* 2026-11-23 */
	long days_left;
	char key[40]; /* "RSA", "EC", "Ed25519", … */
	int key_bits;
	char signature[64]; /* "ecdsa-with-SHA256" */
	char *fault;        /* why it is not accepted; NULL: it is */
};

struct scan {
	/* By version, SSLv3 first: the suites that are accepted, in the order in which the server chose them from all. */
	struct scan_version {
		bool accepted;
		uint16_t *suites;
		size_t count;
		bool server_prefers; /* it chooses by its own order; false also where there is but one */
	} versions[TLS_VERSIONS];
	uint16_t *groups; /* up to TLS 1.2 (ECDHE) */
	size_t group_count;
	uint16_t *newest_groups; /* TLS 1.3 */
	size_t newest_group_count;
	unsigned dh_bits; /* the smallest prime of DHE; 0: none */
	/* Of TLS 1.2 and before, where there is one of them. */
	bool older, compression, renegotiation_info, ticket, extended_master_secret, encrypt_then_mac;
	bool client_renegotiates; /* a client may begin it: RFC 5746 or not */
	bool fallback_refused;    /* TLS_FALLBACK_SCSV is honoured; true also where there is but one version */
	bool fallback_known;
	bool alpn;               /* xmpp-client was chosen; direct TLS only */
	bool unknown_name;       /* a handshake with another SNI is completed too */
	bool resumes;            /* TLS 1.3 gave a ticket */
	unsigned early_data;     /* bytes of 0-RTT that it allows */
	bool certificate_asked;  /* a certificate of ours is asked for (XEP-0178) */
	bool starttls_required;  /* <required/> or nothing but STARTTLS was offered; STARTTLS only */
	char *features_in_clear; /* what else was offered before TLS, parted by blanks; STARTTLS only */
	struct scan_certificate certificate;
	unsigned handshakes;
	int64_t took; /* nanoseconds */
};
/* Looks until all is known, with at most eight connections at once. ERR_CONNECTION where nobody listens, ERR_UNSUPPORTED
 * where there is no STARTTLS, ERR_PROTOCOL where no TLS is spoken. Blocks; each handshake has a deadline. */
int scan_run(struct scan *s, const struct scan_place *place, struct err *e);
void scan_release(struct scan *s);
#endif
