/* crypto/omemo.h: OMEMO (XEP-0384), as one device of one account.
 *
 * The room promises: a `struct omemo` is a whole device in memory. It holds an identity, a signed prekey and prekeys, knows the
 * bundles, sessions and identity keys of the devices it met, prints what it publishes and sends, and reads what others publish and
 * send. Two versions that cannot speak with each other: `eu.siacs.conversations.axolotl` (version 0.3.0 of the XEP, what most clients
 * use) and `urn:xmpp:omemo:2` (version 0.8 and later, with the envelopes of XEP-0420). The double ratchet is libomemo-c's, the
 * primitives are OpenSSL's; this room has what lies around them. It sends nothing, publishes nothing, judges no client, and prints and
 * logs nothing; what it prints into a buffer never holds a private key.
 *
 * Ownership: every pointer that goes in is borrowed for the call. Buffers are appended to. A device is not for two threads at once;
 * two devices share nothing, not even where one is a copy of the other.
 *
 * Errors: ERR_PROTOCOL, the peer's data is wrong, and the message says what of it; ERR_REFUSED, just one thing: the identity key is
 * not the one that was first seen for this address and device; ERR_SCRIPT, a call that cannot be (no session and no bundle to make one
 * of, a bad device id); ERR_ENVIRONMENT, OpenSSL or libomemo-c cannot do their work here.
 *
 * Limits: a bundle of at most OMEMO_BUNDLE_LIMIT prekeys; a message that skips over 2,000 others is refused, and the keys of skipped
 * messages are kept for the last five chains of a session (libomemo-c's numbers; section 4.3 recommends 1,000). Trust is "on first
 * use" and nothing else. Labels of devices are neither printed nor read. A used prekey is deleted at once (section 8 allows it). Keys
 * are wiped when a device is freed; copies that libomemo-c makes while it works are its own to wipe. */
#ifndef ASSAY_CRYPTO_OMEMO_H
#define ASSAY_CRYPTO_OMEMO_H
#include "base/buf.h"
#include "base/err.h"
#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_OMEMO_AXOLOTL   "eu.siacs.conversations.axolotl"
#define NS_OMEMO_2         "urn:xmpp:omemo:2"
#define NS_SCE             "urn:xmpp:sce:1"
#define OMEMO_PREKEYS      100  /* section 4.2: around 100 in a bundle, never fewer than 25 */
#define OMEMO_BUNDLE_LIMIT 1000 /* prekeys that a peer's bundle may hold */
#define OMEMO_ID_LIMIT     INT32_MAX
#define OMEMO_HEARTBEAT    53 /* section 6: the counter from which a ratchet key asks for a heartbeat */

enum omemo_version { OMEMO_AXOLOTL, OMEMO_2 };
struct omemo;

/* ---- a device ---- */

/* `device_id` 0: a random one between 1 and 2^31-1 (section 5.1). NULL with ERR_SCRIPT for an id out of these bounds. omemo_free. */
struct omemo *omemo_new(enum omemo_version version, const char *bare_jid, uint32_t device_id, struct err *e);
void omemo_free(struct omemo *o); /* wipes its keys; takes NULL */
uint32_t omemo_device_id(const struct omemo *o);
const char *omemo_jid(const struct omemo *o); /* borrowed */
enum omemo_version omemo_version(const struct omemo *o);
/* The identity key in its Curve25519 form as 64 lowercase hexadecimal digits, as people compare it (section 8). */
void omemo_fingerprint(const struct omemo *o, struct buf *out);
/* The same of the key that was first seen for a peer's device; false where none was. */
bool omemo_peer_fingerprint(const struct omemo *o, const char *bare_jid, uint32_t device_id, struct buf *out);

/* A copy of the whole device as it is now, or NULL with ERR_ENVIRONMENT. omemo_free. For what restarts, backups and replays do. */
struct omemo *omemo_copy(const struct omemo *o, struct err *e);
/* Makes a device what the copy is; the copy stays as it is, and can be used again. */
void omemo_restore(struct omemo *o, const struct omemo *copy);

/* ---- what is published ---- */

/* The PEP node of device lists, and of a bundle with the id of its item (sections 5.3.1 and 5.3.2; in axolotl each bundle has a node
 * of its own and its item is `current`). */
const char *omemo_list_node(enum omemo_version version);
void omemo_bundle_node(enum omemo_version version, uint32_t device_id, struct buf *node, struct buf *item);
const char *omemo_namespace(enum omemo_version version);

/* <bundle/>, the payload of the item: the newest signed prekey and every prekey not yet used. */
int omemo_print_bundle(const struct omemo *o, struct buf *out, struct err *e);
/* <list/> or <devices/>. */
void omemo_print_devices(enum omemo_version version, const uint32_t *ids, size_t count, struct buf *out);
/* The ids of a <list/> or <devices/>, each once, in order; *ids is the caller's to free(), NULL where there are none. ERR_PROTOCOL for
 * another element, and for an id that is missing or out of bounds. */
int omemo_read_devices(enum omemo_version version, const xmlNode *list, uint32_t **ids, size_t *count, struct err *e);
/* A new signed prekey; the one before is kept for messages on their way, the one before that is dropped (section 4.2). */
int omemo_rotate(struct omemo *o, struct err *e);

/* ---- others' devices ---- */

/* Learns a bundle: checks its form, keys and signature, and trusts its identity key if none was seen before. A session is made of it
 * by the next omemo_encrypt that finds none (section 6: not before it is needed). ERR_PROTOCOL for a bundle that is wrong, ERR_REFUSED
 * where the identity key changed; both leave everything as it was. */
int omemo_learn(struct omemo *o, const char *bare_jid, uint32_t device_id, const xmlNode *bundle, struct err *e);
/* Prekeys of the bundle that was last learned which no session of this device was made with; 0 without a bundle. Section 4.2 wants 25 or
 * more in a bundle; omemo_learn wants one. */
size_t omemo_learned_prekeys(const struct omemo *o, const char *bare_jid, uint32_t device_id);
bool omemo_has_session(const struct omemo *o, const char *bare_jid, uint32_t device_id);
/* Forgets the session; bundle and identity key stay, so that the next message opens a new one. False where there was none. */
bool omemo_forget_session(struct omemo *o, const char *bare_jid, uint32_t device_id);
/* Forgets all of a device, its identity key too. False where nothing was known. */
bool omemo_forget_device(struct omemo *o, const char *bare_jid, uint32_t device_id);
/* Whether this device's messages ask for a heartbeat (section 6): one on a new ratchet key had a counter of 53 or higher, and nothing
 * was encrypted for it since. */
bool omemo_heartbeat_due(const struct omemo *o, const char *bare_jid, uint32_t device_id);

/* ---- messages ---- */

struct omemo_recipient {
	const char *bare_jid;
	uint32_t device_id;
};

/* What an envelope of XEP-0420 holds; NULL leaves a part out. */
struct omemo_envelope {
	const char *body;      /* <body xmlns='jabber:client'/> in its content */
	const char *more;      /* XML of further elements in its content, as it is */
	const char *from, *to; /* bare JIDs; section 5.5.1: SHOULD, and MUST in a group chat */
	const char *time;      /* XEP-0082 */
	bool without_padding;  /* leaves out <rpad/>, which section 5.5.1 forbids */
};
void omemo_print_envelope(const struct omemo_envelope *v, struct buf *out);

/* Appends <encrypted/> for these devices, a session made where there is none. `body` NULL: a message without payload, which carries a
 * key only (section 5.5.3). In OMEMO_2 the body goes into an envelope with `from`, `time` and padding, and with `to` where `group` is
 * not NULL. ERR_SCRIPT where a device is this one, or neither a session nor a bundle of it is known: then nothing has changed. */
int omemo_encrypt(struct omemo *o, const struct omemo_recipient *recipients, size_t count, const char *body,
	const char *group, struct buf *out, struct err *e);
/* The same with a payload as it is, such as an envelope of one's own, right or wrong. `bytes` NULL: without payload. */
int omemo_encrypt_bytes(struct omemo *o, const struct omemo_recipient *recipients, size_t count, const void *bytes,
	size_t length, struct buf *out, struct err *e);

enum omemo_outcome {
	OMEMO_UNREADABLE,       /* with -1: broken, forged, or of a session that is another */
	OMEMO_NO_SESSION,       /* with -1: no key exchange, and no session with the sender */
	OMEMO_PREKEY_GONE,      /* with -1: a key exchange by a prekey that was used before or never was */
	OMEMO_IDENTITY_CHANGED, /* with -1 and ERR_REFUSED */
	OMEMO_NOT_FOR_US,       /* no <key/> for this device */
	OMEMO_REPEATED,         /* this message was read before: to be ignored (section 6) */
	OMEMO_READ,
};

/* What omemo_decrypt found; filled as far as it came, also with -1. omemo_reading_release. */
struct omemo_reading {
	enum omemo_outcome outcome;
	uint32_t sender;   /* device id; 0 where the message has none */
	bool key_exchange; /* the <key/> for us says that it carries a key exchange */
	bool new_session;  /* and it opened a session: the bundle has changed, publish it, and answer (section 6) */
	bool key_only;     /* there was no <payload/> */
	bool key_is_zeros; /* what a message without payload must carry in OMEMO_2 (section 5.5.3) */
	uint32_t counter;  /* the message's number on its ratchet key, from 0 */
	bool has_body;     /* OMEMO_2: the envelope's content has a body; axolotl: there was a payload */
	bool padded;       /* OMEMO_2: the envelope has <rpad/> */
	char *from, *to, *time; /* OMEMO_2: the envelope's affix elements, NULL where absent */
	struct buf envelope;    /* OMEMO_2: the envelope as it came */
};
void omemo_reading_release(struct omemo_reading *r);

/* Reads an <encrypted/> of the sender with that bare JID. 0: `outcome` is one of the last three, and where it is OMEMO_READ the body
 * was appended to `plaintext`. The affix elements are told, not compared with the stanza (XEP-0420 section 4 asks the caller to).
 * A payload that is wrong (ERR_PROTOCOL) still consumed its key. A prekey that was used is replaced. `facts` needs no initialising. */
int omemo_decrypt(struct omemo *o, const char *sender, const xmlNode *encrypted, struct buf *plaintext,
	struct omemo_reading *facts, struct err *e);
#endif
