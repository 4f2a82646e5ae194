/* crypto/private.h: what the files of this room share. */
#ifndef ASSAY_CRYPTO_PRIVATE_H
#define ASSAY_CRYPTO_PRIVATE_H
#include "base/memory.h"
#include "crypto/omemo.h"
#include <omemo/curve.h>
#include <omemo/signal_protocol.h>

#define KEY_SIZE       32
#define KEY_SIZE_LIMIT 33 /* a key of axolotl has a byte for its type in front */
#define SIGNATURE_SIZE 64

/* ---- a device's state: bytes only, so that a copy is one ---- */

/* A record as libomemo-c serialises it. */
struct record {
	uint32_t id;
	uint8_t *bytes;
	size_t length;
};

struct bundle_key {
	uint32_t id;
	uint8_t bytes[KEY_SIZE_LIMIT];
};

/* A peer's bundle, checked; keys as the version writes them. */
struct bundle {
	uint8_t identity[KEY_SIZE_LIMIT], signature[SIGNATURE_SIZE];
	struct bundle_key signed_prekey, *prekeys;
	size_t prekey_count;
};

/* A peer's device. */
struct peer {
	char *jid;
	uint32_t id;
	uint8_t *identity; /* as libomemo-c serialises it; NULL before one was seen */
	size_t identity_length;
	struct record session; /* `bytes` NULL without one */
	struct bundle bundle;  /* `prekey_count` 0 without one */
	uint8_t heartbeat_key[KEY_SIZE_LIMIT];
	bool heartbeat_due;
};

struct omemo {
	enum omemo_version version;
	char *jid;
	uint32_t id;
	struct record identity_public, identity_private;
	struct record signed_prekeys[2]; /* the newest first */
	struct record prekeys[OMEMO_PREKEYS];
	uint32_t next_prekey;
	struct vec peers;
	signal_context *context;
	signal_protocol_store_context *store;
};

/* libomemo-c's number for the version. */
uint32_t ratchet_version(enum omemo_version version);
/* -1 with what a code of libomemo-c means, "WHAT: " before it. */
int ratchet_fault(int code, const char *what, struct err *e);

/* ---- provider.c: OpenSSL for libomemo-c and for this room ---- */
int provider_install(signal_context *context);
int provider_random(void *bytes, size_t length, struct err *e);
/* Whether X25519 with this key has an outcome: false for the points of small order, which make every secret zero (RFC 7748 section
 * 6.1). */
bool provider_point_is_sound(const uint8_t key[KEY_SIZE]);
bool provider_ed25519_verifies(
	const uint8_t key[KEY_SIZE], const void *message, size_t length, const uint8_t signature[SIGNATURE_SIZE]);

/* ---- payload.c ---- */
#define PAYLOAD_KEY_LIMIT 48

/* What protects a payload and goes through the ratchet. */
struct payload_key {
	uint8_t bytes[PAYLOAD_KEY_LIMIT];
	size_t length;
	uint8_t iv[12]; /* of axolotl */
};
/* `bytes` NULL: a key without a payload. The ciphertext is appended. The caller cleanses the key. */
int payload_seal(enum omemo_version version, const void *bytes, size_t length, struct payload_key *key,
	struct buf *ciphertext, struct err *e);
/* `iv` is of axolotl. ERR_PROTOCOL where key, iv or payload are too short or the tag is wrong. */
int payload_open(enum omemo_version version, const uint8_t *key, size_t key_length, const struct buf *iv,
	const struct buf *ciphertext, struct buf *plaintext, struct err *e);

/* ---- store.c ---- */
int store_install(struct omemo *o); /* a code of libomemo-c's */
void record_set(struct record *r, uint32_t id, const uint8_t *bytes, size_t length);
void record_release(struct record *r);
void bundle_release(struct bundle *b);
struct peer *peer_find(const struct omemo *o, const char *jid, uint32_t id); /* NULL where it is not known */
struct peer *peer_make(struct omemo *o, const char *jid, uint32_t id);
void peer_remove(struct omemo *o, const struct peer *p);
void peer_forget_identity(struct peer *p);
/* Copies everything but the contexts. */
void store_copy(const struct omemo *from, struct omemo *to);
void store_release(struct omemo *o);

/* ---- device.c ---- */
int device_fill_prekeys(struct omemo *o, struct err *e); /* makes those that are missing */

/* ---- bundle.c ---- */
/* The text of an element in base64, white space allowed, appended. -1 where it is none. */
int bytes_from_text(const xmlNode *node, struct buf *out);
/* An attribute that is a number from `lowest` to OMEMO_ID_LIMIT. */
int id_from_attribute(const xmlNode *node, const char *name, uint32_t lowest, uint32_t *out);
size_t key_length(enum omemo_version version);
/* A session with this peer by one of its bundle's prekeys, chosen at random and taken out of it. */
int bundle_open_session(struct omemo *o, struct peer *p, struct err *e);

/* ---- chain.c: around the reading of a message; codes of libomemo-c's ---- */
/* The sessions as they are before; SIGNAL_UNREF. */
int chain_note(const struct omemo *o, const signal_protocol_address *address, session_record **before);
/* Where the message began a new chain of our own, sets right what its messages will tell of the one before. */
int chain_mend(const struct omemo *o, const signal_protocol_address *address, session_record *before);

/* ---- sce.c ---- */
/* Reads an envelope of XEP-0420 into `facts` and its body into `body`. ERR_PROTOCOL where it is none. */
int sce_read(const struct buf *bytes, struct buf *body, struct omemo_reading *facts, struct err *e);
#endif
