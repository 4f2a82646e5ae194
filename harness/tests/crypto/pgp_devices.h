/* tests/crypto/pgp_devices.h: what the tests of OpenPGP share. Every failure in here fails the test. */
#ifndef ASSAY_TESTS_CRYPTO_PGP_DEVICES_H
#define ASSAY_TESTS_CRYPTO_PGP_DEVICES_H
#include "crypto/openpgp_private.h"
#include "tests/crypto/devices.h"

#define NURSE "nurse@capulet.lit"

#define AUTO_FACTS __attribute__((cleanup(openpgp_reading_release))) struct openpgp_reading

struct openpgp *pgp_make(const char *jid);
/* `to` learns the list and the key of `from`. */
void pgp_meet(const struct openpgp *from, struct openpgp *to);
/* What `from` prints of its key, or of the list of its keys; xmlFreeDoc. */
xmlDoc *pgp_key(const struct openpgp *from);
xmlDoc *pgp_list(const struct openpgp *from);
/* <pubkey/> of a key as RFC 4880 has it; xmlFreeDoc. */
xmlDoc *pgp_element(const char *name, const void *bytes, size_t length);
/* openpgp_learn, of a document that is freed. */
int pgp_learns(struct openpgp *o, const char *jid, xmlDoc *pubkey, struct err *e);
/* The fault is the peer's, and its message holds these words. */
void pgp_fault(int result, const struct err *e, const char *words);
/* A message for one account; appended. */
void pgp_write(const struct openpgp *from, enum openpgp_kind kind, const char *to, const char *body, struct buf *out);
/* The same of bytes as they are. */
void pgp_seal(const struct openpgp *from, enum openpgp_kind kind, const char *to, const char *bytes, struct buf *out);
/* openpgp_decrypt of a text. */
int pgp_read(const struct openpgp *o, const char *sender, const char *to, const struct buf *message, struct buf *body,
	struct openpgp_reading *facts, struct err *e);
/* The message is read, and says `body`. */
void pgp_reads(
	const struct openpgp *o, const char *sender, const char *to, const struct buf *message, const char *body);
/* It is refused, with these words. */
void pgp_refuses(
	const struct openpgp *o, const char *sender, const char *to, const struct buf *message, const char *words);
#endif
