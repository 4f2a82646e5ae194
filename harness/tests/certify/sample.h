/* tests/certify/sample.h: a folder of a run, keys and X.509 certificates to certify it with. The keys are made when a test begins
 * (the Ed25519 ones from fixed numbers, so that what is signed is the same every time); none is kept. */
#ifndef ASSAY_TESTS_CERTIFY_SAMPLE_H
#define ASSAY_TESTS_CERTIFY_SAMPLE_H
#include "base/text.h"
#include "certify/certify.h"

#define SAMPLE_NOW  INT64_C(1800000000) /* 2027-01-15T08:00:00Z */
#define SAMPLE_DAY  INT64_C(86400)
#define SAMPLE_WORD "hark what light"

enum sample_key { SAMPLE_ED25519, SAMPLE_RSA, SAMPLE_EC };

struct sample {
	char folder[64];
	char *run; /* folder/run: journal and reports, which are written once for the whole process */
};
/* A fresh folder with a run in it. */
void sample_open(struct sample *s);
void sample_close(struct sample *s);
/* The path of a file below the folder; the caller frees it. */
char *sample_path(const struct sample *s, const char *name);
/* Writes NAME.key, NAME.pub, and for Ed25519 NAME.enc (the same, encrypted with SAMPLE_WORD). `seed` is for Ed25519. */
void sample_key(const struct sample *s, const char *name, enum sample_key kind, int seed);
/* Writes NAME.pem, the certificate of NAME.key, signed by AUTHORITY (NULL: by itself), valid for some days from SAMPLE_NOW on. */
void sample_certificate(const struct sample *s, const char *name, const char *authority, int days);
/* Certifies with NAME.key (and NAME.pem, except for Ed25519); the test fails where that fails. */
void sample_certify(const struct sample *s, const char *name, bool x509);
/* Verifies run/certificate.json. */
struct verified sample_verify(const struct sample *s, const struct verify_request *more);
/* The findings in one text, for messages of tests; the caller frees it. */
char *sample_findings(const struct verified *v);
void sample_report_read(const char *path, struct buf *out);
void sample_write(const char *path, const struct buf *bytes);
void sample_golden(const char *name, const struct buf *text); /* as golden_compare in tests/report */
#endif
