/* certify/private.h: what the files of this room share. chain.c cuts files into pieces and finds what changed; key.c and cms.c
 * sign and verify; scope.c and statement.c say what is certified; badge.c draws it; certify.c and verify.c put it together. */
#ifndef ASSAY_CERTIFY_PRIVATE_H
#define ASSAY_CERTIFY_PRIVATE_H
#include "base/digest.h"
#include "certify/certify.h"
#include <jansson.h>
#include <openssl/types.h>

/* ---- pieces and chains ---- */

/* A file is cut into pieces, each with a value that the one before goes into: SHA-256 of that value's 64 digits (for the first:
 * of the file's name) and the piece's bytes. */
struct piece {
	size_t length;
	char value[DIGEST_SIZE];
};
struct chain {
	char *name;
	struct piece *pieces;
	size_t count, capacity;
};
#define PIECE_MOST 4096
/* A piece ends with the first line that ends after `least` bytes, at PIECE_MOST bytes, or with the file. */
void chain_make(struct chain *c, const char *name, const char *bytes, size_t length, size_t least);
void chain_release(struct chain *c);
void chain_add(struct chain *c, size_t length, const char *value);
/* How finely a file is cut: each line of a journal, else about a kilobyte. */
size_t chain_least(const char *file);
/* The file STEM.chain: every chain of the vector (struct chain *). */
void chains_print(const struct vec *chains, struct buf *out);
/* Reads it again; -1 where it is none. The chains are then the caller's: chains_release. */
int chains_read(const char *text, struct vec *chains);
void chains_release(struct vec *chains);
const struct chain *chains_find(const struct vec *chains, const char *name); /* or NULL */
/* Adds a finding for each place where the bytes are not those of the chain. Returns how many. */
size_t chain_compare(const struct chain *c, const char *file, const char *bytes, size_t length, struct verified *v);

/* ---- findings ---- */
void found(struct verified *v, const char *file, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* `first` and `last` are offsets from 0 in `bytes`, `last` behind the last. */
void found_at(struct verified *v, const char *file, const char *bytes, size_t first, size_t last, const char *format,
	...) __attribute__((format(printf, 6, 7)));
/* From the first byte that differs to behind the last, in `bytes` and in what they should be; all 0 where they are equal. */
struct difference {
	size_t first, last, expected_last;
};
struct difference difference_find(const struct buf *bytes, const struct buf *expected);
/* The place from the first byte that differs to the last, where `bytes` should be `expected`. */
void found_difference(struct verified *v, const char *file, const struct buf *bytes, const struct buf *expected);
void noted(struct verified *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- keys ---- */
struct signer {
	EVP_PKEY *key;
	X509 *certificate;             /* NULL: the bare key */
	struct vec certificates;       /* X509 *: `certificate` first, then those between it and the authority */
	char fingerprint[DIGEST_SIZE]; /* of the public key (SubjectPublicKeyInfo, DER), or of the certificate (DER) */
};
int signer_open(struct signer *s, const struct certify_request *q, struct err *e);
void signer_release(struct signer *s);
/* What the statement says of the signer. */
json_t *signer_describe(const struct signer *s);
/* The raw signature of 64 bytes (RFC 8032). */
int key_sign(EVP_PKEY *key, const struct buf *text, struct buf *out, struct err *e);
bool key_verify(EVP_PKEY *key, const struct buf *text, const struct buf *signature);
EVP_PKEY *key_public_read(const char *text, size_t length); /* PEM; NULL where it is none; EVP_PKEY_free */
void key_fingerprint(EVP_PKEY *key, char out[DIGEST_SIZE]);
void certificate_fingerprint(X509 *certificate, char out[DIGEST_SIZE]);
char *certificate_subject(X509 *certificate); /* RFC 2253; free() */
/* Every certificate of a PEM text; -1 where there is none or one is broken. */
int certificates_read(const char *text, size_t length, struct vec *out);
void certificates_release(struct vec *certificates);

/* What a verification has to judge by, read once. */
struct judge {
	const struct verify_request *request;
	EVP_PKEY *key;          /* that must have signed, or NULL */
	struct vec authorities; /* X509 * */
	struct verified *out;
};

/* ---- CMS (RFC 5652) ---- */
int cms_sign(const struct signer *s, const struct buf *text, struct buf *out, struct err *e);
/* Tells what is wrong; `signer` is what the statement says of the signer, `name` the name of the signature's file. Returns whether
 * the signature is one of this statement, whoever made it. */
bool cms_verify(const struct judge *j, const json_t *signer, const char *name, const struct buf *signature,
	const struct buf *text);

/* ---- the statement ---- */
#define STATEMENT_FORMAT 1
/* The files that a certificate can stand for, in this order; ended by NULL. */
extern const char *const certified_files[];
#define BADGE "badge.svg"
/* YYYY-MM-DDThh:mm:ssZ. */
#define STAMP_SIZE 24
void stamp_print(int64_t seconds, char out[STAMP_SIZE]);
/* -1 where it is none. */
int stamp_read(const char *text, int64_t *seconds);
/* What ran and what did not, and why, from result.json; `run` is the journal's first line. */
json_t *scope_make(const json_t *results, const json_t *run);
/* All but `badge`, `files` and `chain`, which are added when they are known. */
json_t *statement_make(const struct certify_request *q, const struct signer *s, const json_t *results,
	const json_t *run, const char *valid_until);
/* As text, with its seal: the last member, the pieces of what stands above it. */
void statement_print(const json_t *statement, struct buf *out);
/* Finds where a statement whose signature does not fit was changed, as far as its seal tells. */
void seal_compare(const char *file, const struct buf *text, const char *signature_file, struct verified *v);
const char *text_at(const json_t *object, const char *name); /* "" where there is none; borrowed */
/* A text for the statement and the badge: no control characters, valid UTF-8, at most 500 bytes. */
bool text_is_plain(const char *text);

void badge_print(const json_t *statement, struct buf *out);

/* STEM.json with another ending; free(). */
char *sibling(const char *path, const char *ending);
const char *name_of(const char *path); /* without its folders */
char *folder_of(const char *path);     /* free() */
#endif
