/* crypto/openpgp_private.h: OpenPGP from within. */
#ifndef ASSAY_CRYPTO_OPENPGP_PRIVATE_H
#define ASSAY_CRYPTO_OPENPGP_PRIVATE_H
#include "base/memory.h"
#include "crypto/openpgp.h"
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>
#include <stdint.h>
#include <stdio.h>

#define CODE_SIZE 30 /* six times four characters, the dashes between them, and a NUL (section 5.4) */

struct contact { /* another account, or the own one */
	char *jid;
	struct map announced; /* fingerprint -> "" or "learned" */
};

struct openpgp {
	char *jid;
	char fingerprint[OPENPGP_FINGERPRINT_SIZE];
	char code[CODE_SIZE];
	rnp_ffi_t ring; /* the own secret key, and everybody's public keys */
	struct vec contacts;
};

/* ---- openpgp_rnp.c: librnp's objects ---- */
/* While a variable of this kind is in scope, what librnp writes to stderr goes nowhere: Debian's librnp tells every fault there, and
 * has no way to silence it. */
FILE *quiet_begin(void);
void quiet_end(FILE **before);
#define QUIET __attribute__((cleanup(quiet_end), unused)) FILE *before_quiet = quiet_begin()

void key_release(rnp_key_handle_t *key);
void input_release(rnp_input_t *input);
void output_release(rnp_output_t *output); /* wipes what it holds in memory */
void ring_release(rnp_ffi_t *ring);
void rnp_text_release(char **text);
#define AUTO_KEY      __attribute__((cleanup(key_release))) rnp_key_handle_t
#define AUTO_INPUT    __attribute__((cleanup(input_release))) rnp_input_t
#define AUTO_OUTPUT   __attribute__((cleanup(output_release))) rnp_output_t
#define AUTO_RING     __attribute__((cleanup(ring_release))) rnp_ffi_t
#define AUTO_RNP_TEXT __attribute__((cleanup(rnp_text_release))) char *

int ring_new(rnp_ffi_t *out, struct err *e);
/* -1 with ERR_ENVIRONMENT: "librnp cannot WHAT: …". */
int rnp_failed(rnp_result_t code, const char *what, struct err *e);
/* What an output in memory holds; borrowed, NULL where it is empty. */
const uint8_t *output_bytes(rnp_output_t output, size_t *length);
/* The key's primary key's fingerprint, "" where there is none of version 4. */
void rnp_fingerprint(rnp_key_handle_t key, char out[OPENPGP_FINGERPRINT_SIZE]);
/* The only primary key in a ring: 0, and the handle is the caller's; ERR_PROTOCOL where there are none or several. */
int ring_only_key(rnp_ffi_t ring, rnp_key_handle_t *key, struct err *e);
/* Exports a key with its subkeys; `flags` RNP_KEY_EXPORT_PUBLIC or RNP_KEY_EXPORT_SECRET. */
rnp_result_t ring_export(rnp_ffi_t ring, const char *fingerprint, uint32_t flags, rnp_output_t *out);
rnp_result_t ring_import(rnp_ffi_t ring, const void *bytes, size_t length, uint32_t flags);
/* Whether one of the key's user ids, rightly signed, is xmpp:ADDRESS (section 8.5). */
bool key_is_of(rnp_key_handle_t key, const char *bare_jid);

/* ---- openpgp.c ---- */
/* A device with that ring, which is taken, and the one key in it. */
struct openpgp *openpgp_of_ring(const char *bare_jid, rnp_ffi_t *ring, rnp_key_handle_t key);

/* ---- openpgp_keys.c ---- */
struct contact *contact_find(const struct openpgp *o, const char *bare_jid); /* NULL where it is not known */
void contact_free(struct contact *c);
/* Whether a key is one of the account's that were learned, or the own one. */
bool openpgp_knows(const struct openpgp *o, const char *bare_jid, const char *fingerprint);
/* The text of an element in base64 as bytes that are OpenPGP without ASCII armor (sections 3.1 and 4.1). ERR_PROTOCOL. */
int openpgp_bytes(const xmlNode *node, struct buf *out, struct err *e);

/* ---- openpgp_content.c ---- */
const char *content_name(enum openpgp_kind kind);
/* XEP-0082 section 3.2. */
bool time_is_right(const char *stamp);
/* Reads a content element into `facts`, and its body. ERR_PROTOCOL where it is not as section 3.1 has it, or not for `to`. */
int content_read(
	const struct buf *bytes, const char *to, struct buf *body, struct openpgp_reading *facts, struct err *e);

/* ---- openpgp_decrypt.c ---- */
/* What protected the bytes that were read. */
struct protection {
	bool encrypted, has_signature, not_for_us;
	char signer[OPENPGP_FINGERPRINT_SIZE]; /* the key of `sender` that signed it, or "" */
	const char *fault;                     /* why there is none */
};
/* Decrypts and verifies. `o` and `sender` NULL: signatures do not matter. ERR_PROTOCOL where it cannot be decrypted, or its encryption
 * does not show changes. */
int message_open(rnp_ffi_t ring, const struct openpgp *o, const char *sender, const struct buf *bytes,
	struct buf *plaintext, struct protection *found, struct err *e);
#endif
