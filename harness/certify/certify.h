/* certify/certify.h: certificates of runs.
 *
 * The room promises: a certificate is made only of a whole run whose reports follow from its journal; it is three files that
 * are put in place together or not at all: the statement (STEM.json), its signature (STEM.sig or STEM.p7s) and the hash chain of
 * every file that it stands for (STEM.chain); and a badge. Any byte of any of them, of the journal or of the reports that
 * changes afterwards is found, and said where. docs/certificates.md describes the formats, and how to verify without us.
 *
 * It is a room of its own, above report/ and beside run/: what is certified is what report/ makes of a journal, and nothing
 * else may decide it; and keys and certificates (OpenSSL) are no matter of reports. Nothing in a certificate is trusted
 * before it is verified: file names come from a fixed list, never from the statement.
 *
 * Bytes and lines in findings are counted from 1, as cmp does. Times are seconds since 1970, UTC. */
#ifndef ASSAY_CERTIFY_CERTIFY_H
#define ASSAY_CERTIFY_CERTIFY_H
#include "base/buf.h"
#include "base/err.h"
#include "base/memory.h"
#include <stdbool.h>
#include <stdint.h>

/* Asks for the passphrase of a key that is encrypted; NULL where there is none, else the caller frees it. */
typedef char *certify_ask(void *context);

struct certify_request {
	const char *folder; /* of the run: journal.jsonl and its reports */
	const char
		*key; /* PEM, PKCS #8 or traditional: Ed25519, or with `certificate` RSA (2048 bits or more) or ECDSA */
	const char *
		certificate; /* PEM: the key's X.509 certificate first, then those between it and the authority; NULL: Ed25519 */
	const char *issuer;  /* who certifies, for people; NULL: the subject of the X.509 certificate, or nothing */
	const char *link;    /* where the badge leads: http(s) or a relative path; NULL: report.html */
	const char *out;     /* the statement, STEM.json; NULL: certificate.json in `folder`. The badge is beside it */
	unsigned days;       /* how long it is valid; cut to the end of the X.509 certificate */
	int64_t now;         /* when it is signed */
	const char *version; /* of the program, for the statement */
	certify_ask *ask;
	void *context;
};
struct certified {         /* what was made; certified_release */
	char *path;        /* of the statement */
	char *fingerprint; /* of the key, or of the X.509 certificate: SHA-256 */
	char *valid_until;
	bool shortened; /* the X.509 certificate ends before `days` are over */
};
/* Certifies a run. ERR_USAGE where the run is incomplete, a report does not follow from the journal, or the key, the certificate,
 * the link or the issuer cannot be used; nothing is written then. ERR_ENVIRONMENT where it cannot be written. */
int certificate_make(const struct certify_request *q, struct certified *made, struct err *e);
void certified_release(struct certified *made);

struct verify_request {
	const char *certificate; /* the statement, STEM.json */
	const char *reports;     /* the folder of the run; NULL: where the statement is */
	const char *key;         /* PEM public key that must have signed; or NULL */
	const char *authorities; /* PEM certificates of those who may vouch for the signer; or NULL */
	bool alone;              /* look at the certificate only, not at the files that it stands for */
	int64_t now;
};
/* One thing that is wrong. Where first_byte is 0 it has no place within the file; last_byte < first_byte: something is missing
 * before first_byte. */
struct finding_place {
	char *file; /* without its folder */
	size_t first_byte, last_byte, first_line, last_line;
	char *text; /* what is wrong */
};
struct verified {            /* verified_release */
	struct vec findings; /* struct finding_place *; none: all is good */
	struct vec notes;    /* char *: what was found to be so, and what it does not prove */
};
/* Verifies a certificate. 0 where it could be looked at, whatever was found; ERR_USAGE where there is no certificate, or the key or
 * the authorities given cannot be read. */
int certificate_verify(const struct verify_request *q, struct verified *v, struct err *e);
void verified_release(struct verified *v);
/* "FILE: line 3, bytes 200 to 311: TEXT" */
void finding_print(const struct finding_place *f, struct buf *out);
#endif
