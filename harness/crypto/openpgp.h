/* crypto/openpgp.h: OpenPGP for XMPP (XEP-0373, and its profile for messages, XEP-0374), as one device of one account.
 *
 * A `struct openpgp` is the device's key in memory, an Ed25519 key for signatures with a Curve25519 subkey for encryption, and what the
 * device has learned of others: the keys that they announce, and those of them that were fetched. It prints what is published and sent,
 * and reads what others publish and send. The formats of RFC 4880 and their cryptography are librnp's; this room has what lies around
 * them. It sends nothing, judges no client, and prints and logs nothing. Several devices of an account have the same key: a copy of it
 * (openpgp_copy_key), or one out of the encrypted backup (section 5).
 *
 * Ownership: every pointer that goes in is borrowed for the call. Buffers are appended to. Two devices share nothing, not even those
 * with the same key. As librnp speaks on stderr, that is pointed elsewhere while it works: not for two threads at once.
 *
 * Errors: ERR_PROTOCOL, the peer's data is wrong, and the message says what of it; ERR_SCRIPT, a call that cannot be (no key of a
 * recipient is known); ERR_ENVIRONMENT, librnp cannot do its work here.
 *
 * Limits: addresses are compared as they are, so whoever calls has normalised them (section 7.3). Keys are of version 4. A backup holds
 * one key. Trust is whatever was announced for the address, and nothing else. What is read is at most OPENPGP_LIMIT bytes long. Secret
 * keys are wiped when a device is freed; copies that librnp makes while it works are its own to wipe. */
#ifndef ASSAY_CRYPTO_OPENPGP_H
#define ASSAY_CRYPTO_OPENPGP_H
#include "base/buf.h"
#include "base/err.h"
#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#define NS_OPENPGP               "urn:xmpp:openpgp:0"
#define OPENPGP_KEYS_NODE        "urn:xmpp:openpgp:0:public-keys"
#define OPENPGP_FINGERPRINT_SIZE 41        /* 40 upper-case hexadecimal digits (section 4.1), and a NUL */
#define OPENPGP_LIMIT            (1 << 20) /* bytes of a key or of a message, decrypted */

struct openpgp;

/* ---- a device ---- */

/* A new key for the account, with the user id that section 8.5 asks for. It expires in two years. NULL with an error. openpgp_free. */
struct openpgp *openpgp_new(const char *bare_jid, struct err *e);
/* Another device of the same account with the same key, which knows nobody yet. NULL with ERR_ENVIRONMENT. openpgp_free. */
struct openpgp *openpgp_copy_key(const struct openpgp *o, struct err *e);
void openpgp_free(struct openpgp *o);                     /* wipes its key; takes NULL */
const char *openpgp_jid(const struct openpgp *o);         /* borrowed */
const char *openpgp_fingerprint(const struct openpgp *o); /* borrowed */

/* ---- what is published (section 4) ---- */

/* <pubkey/>, the payload of the item on the node OPENPGP_KEYS_NODE:FINGERPRINT. */
int openpgp_print_key(const struct openpgp *o, struct buf *out, struct err *e);
/* <public-keys-list/>, the payload of the item on OPENPGP_KEYS_NODE: the keys of these devices, each once, dated now. */
void openpgp_print_list(const struct openpgp *const *owners, size_t count, struct buf *out);

/* ---- others' keys ---- */

/* Learns which keys an account announces; a list that was learned before is forgotten, and so are the keys that are not announced any
 * more. ERR_PROTOCOL, and nothing has changed, where it is no <public-keys-list/>, or a fingerprint or date in it is missing, malformed
 * or there twice (section 4.2). */
int openpgp_learn_list(struct openpgp *o, const char *bare_jid, const xmlNode *list, struct err *e);
bool openpgp_is_announced(const struct openpgp *o, const char *bare_jid, const char *fingerprint);
/* Learns one of the announced keys out of a <pubkey/>. `node`: the node that it was on, or NULL where that is not known.
 * ERR_PROTOCOL where it is not base64, not just one public key, has another user id than xmpp:ADDRESS (section 3.2), is not announced
 * or not what the node's name says (section 4.1), has expired or was revoked, or cannot encrypt and sign. ERR_SCRIPT where no list was
 * learned. */
int openpgp_learn(struct openpgp *o, const char *bare_jid, const char *node, const xmlNode *pubkey, struct err *e);
/* How many keys of the account were learned. */
size_t openpgp_learned_keys(const struct openpgp *o, const char *bare_jid);

/* ---- messages (section 3) ---- */

enum openpgp_kind {
	OPENPGP_SIGNCRYPT, /* signed and encrypted: what messages between people are (XEP-0374 section 3.1) */
	OPENPGP_SIGN,      /* signed, readable by everybody */
	OPENPGP_CRYPT,     /* encrypted, by nobody knows whom */
};

/* What a content element holds; NULL leaves a part out. */
struct openpgp_content {
	enum openpgp_kind kind;
	const char *const *to; /* addresses */
	size_t to_count;
	const char *time; /* XEP-0082 */
	const char *body; /* <body xmlns='jabber:client'/> in its payload */
	bool without_padding;
};
void openpgp_print_content(const struct openpgp_content *c, struct buf *out);

/* Appends <openpgp/> with the text for the accounts of these bare addresses, which the content element names, and encrypted (but for
 * OPENPGP_SIGN) with all of their keys that were learned (XEP-0374 section 2.3.1) and with the own one, so that the own devices can
 * read it as well. ERR_SCRIPT where no key of an account is known. */
int openpgp_encrypt(const struct openpgp *o, enum openpgp_kind kind, const char *const *recipients, size_t count,
	const char *body, struct buf *out, struct err *e);
/* The same with bytes as they are, one at least, such as a content element of one's own, right or wrong. */
int openpgp_encrypt_bytes(const struct openpgp *o, enum openpgp_kind kind, const char *const *recipients, size_t count,
	const void *bytes, size_t length, struct buf *out, struct err *e);

/* What openpgp_decrypt found; filled as far as it came, also with -1. openpgp_reading_release. */
struct openpgp_reading {
	enum openpgp_kind kind;
	bool encrypted, has_signature;         /* of the message; the signature right or wrong */
	bool not_for_us;                       /* with -1: it is encrypted, and not with the own key */
	bool padded, has_body;                 /* of the content element */
	char signer[OPENPGP_FINGERPRINT_SIZE]; /* the sender's key that signed it, "" where none did */
	char *time;                            /* NULL where there was none */
};
void openpgp_reading_release(struct openpgp_reading *r);

/* Reads an <openpgp/> of the sender with that bare address, out of a message whose `to` has the bare address `to` (a copy of what one's
 * own device sent has the other's). The body is appended to `plaintext`. ERR_PROTOCOL where it is not base64, not for this key, broken,
 * no content element as section 3.1 has it, not signed by a key of the sender though it should be, signed or encrypted though it should
 * not be, or meant for another than `to` (section 3.2). Whether its time is plausible is for the caller. `facts` needs no initialising. */
int openpgp_decrypt(const struct openpgp *o, const char *sender, const char *to, const xmlNode *openpgp,
	struct buf *plaintext, struct openpgp_reading *facts, struct err *e);

/* ---- the backup of the secret key (section 5) ---- */

/* Appends <secretkey/>, the payload of the item on the node of the backup: the key, encrypted by the backup code (section 5.4). The code is
 * made when it is first needed. */
int openpgp_print_backup(struct openpgp *o, struct buf *out, struct err *e);
/* The code, "" before there was a backup; borrowed. Whoever has it has the key: it must not leave memory. */
const char *openpgp_backup_code(const struct openpgp *o);
/* The device of that account whose key the backup holds. ERR_PROTOCOL where the code does not open it, or it holds anything but one
 * secret key of the account. openpgp_free. */
struct openpgp *openpgp_restore(const char *bare_jid, const xmlNode *secretkey, const char *code, struct err *e);
#endif
