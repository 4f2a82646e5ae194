/* A device's own keys, and its life from new to free. */
#include "base/text.h"
#include "crypto/private.h"
#include <omemo/key_helper.h>
#include <omemo/ratchet.h>
#include <omemo/session_pre_key.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* libomemo-c never removes the prekey with the largest id it has (PRE_KEY_MEDIUM_MAX_VALUE): it stays unused. */
#define PREKEY_ID_LIMIT (PRE_KEY_MEDIUM_MAX_VALUE - 1)

uint32_t ratchet_version(enum omemo_version version)
{
	return version == OMEMO_2 ? 4 : 3;
}

int ratchet_fault(int code, const char *what, struct err *e)
{
	static const struct {
		int code;
		enum err_class class;
		const char *text;
	} faults[] = {
		{ SG_ERR_NOMEM, ERR_ENVIRONMENT, "no memory" },
		{ SG_ERR_DUPLICATE_MESSAGE, ERR_PROTOCOL, "it was read before" },
		{ SG_ERR_INVALID_KEY, ERR_PROTOCOL, "a key in it is none, or its signature is wrong" },
		{ SG_ERR_INVALID_KEY_ID, ERR_PROTOCOL, "it names a prekey that was used before, or that never was" },
		{ SG_ERR_INVALID_MAC, ERR_PROTOCOL, "its authentication code is wrong" },
		{ SG_ERR_INVALID_MESSAGE, ERR_PROTOCOL, "no session of this device fits it" },
		{ SG_ERR_INVALID_VERSION, ERR_PROTOCOL, "its version is not this one" },
		{ SG_ERR_LEGACY_MESSAGE, ERR_PROTOCOL, "its version is too old" },
		{ SG_ERR_NO_SESSION, ERR_PROTOCOL, "there is no session with its sender" },
		{ SG_ERR_UNTRUSTED_IDENTITY, ERR_REFUSED, "its identity key is not the one that was first seen" },
		{ SG_ERR_INVALID_PROTO_BUF, ERR_PROTOCOL, "its bytes are no message of this version" },
	};
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (faults[i].code == code)
			return err_set(e, faults[i].class, NULL, "%s: %s", what, faults[i].text);
	return err_set(e, ERR_PROTOCOL, NULL, "%s: it cannot be worked with (%d)", what, code);
}

static int cannot(const char *what, struct err *e)
{
	return err_set(e, ERR_ENVIRONMENT, NULL, "libomemo-c cannot %s", what);
}

/* ---- contexts ---- */

static void log_nothing(int level, const char *message, size_t length, void *unused)
{
	(void)level;
	(void)message;
	(void)length;
	(void)unused;
}

static int open_contexts(struct omemo *o, struct err *e)
{
	if (signal_context_create(&o->context, o) || provider_install(o->context) ||
		signal_context_set_log_function(o->context, log_nothing) ||
		signal_protocol_store_context_create(&o->store, o->context) || store_install(o))
		return cannot("be set up", e);
	return 0;
}

void omemo_free(struct omemo *o)
{
	if (!o)
		return;
	if (o->store)
		signal_protocol_store_context_destroy(o->store);
	if (o->context)
		signal_context_destroy(o->context);
	store_release(o);
	free(o);
}

/* ---- keys ---- */

static int keep(struct record *r, uint32_t id, signal_buffer *serialized)
{
	if (!serialized)
		return -1;
	record_set(r, id, signal_buffer_data(serialized), signal_buffer_len(serialized));
	signal_buffer_bzero_free(serialized);
	return 0;
}

static int make_identity(struct omemo *o, struct err *e)
{
	ratchet_identity_key_pair *pair = NULL;
	signal_buffer *public_data = NULL, *private_data = NULL;
	int result = signal_protocol_key_helper_generate_identity_key_pair(&pair, o->context);
	if (result == 0)
		result = ec_public_key_serialize(&public_data, ratchet_identity_key_pair_get_public(pair));
	if (result == 0)
		result = ec_private_key_serialize(&private_data, ratchet_identity_key_pair_get_private(pair));
	bool kept = keep(&o->identity_public, 0, public_data) == 0;
	kept = keep(&o->identity_private, 0, private_data) == 0 && kept;
	SIGNAL_UNREF(pair);
	return result == 0 && kept ? 0 : cannot("make an identity key", e);
}

int omemo_rotate(struct omemo *o, struct err *e)
{
	ratchet_identity_key_pair *identity = NULL;
	session_signed_pre_key *made = NULL;
	signal_buffer *serialized = NULL;
	uint32_t id = o->signed_prekeys[0].id % OMEMO_ID_LIMIT + 1;
	int result = signal_protocol_identity_get_key_pair(o->store, &identity);
	if (result == 0)
		result = signal_protocol_key_helper_generate_signed_pre_key(
			&made, identity, id, (uint64_t)time(NULL) * 1000, o->context);
	if (result == 0)
		result = session_signed_pre_key_serialize(&serialized, made);
	SIGNAL_UNREF(identity);
	SIGNAL_UNREF(made);
	if (result || !serialized)
		return cannot("make a signed prekey", e);
	record_release(&o->signed_prekeys[1]);
	o->signed_prekeys[1] = o->signed_prekeys[0];
	o->signed_prekeys[0] = (struct record){ 0 };
	return keep(&o->signed_prekeys[0], id, serialized);
}

/* The next id that no prekey has: they come round after sixteen million, and old prekeys may still be there. */
static uint32_t free_prekey_id(const struct omemo *o)
{
	for (uint32_t id = o->next_prekey;; id = id % PREKEY_ID_LIMIT + 1) {
		bool taken = false;
		for (size_t i = 0; i < OMEMO_PREKEYS; i++)
			taken = taken || (o->prekeys[i].bytes && o->prekeys[i].id == id);
		if (!taken)
			return id;
	}
}

static int make_prekey(struct omemo *o, struct record *r, struct err *e)
{
	ec_key_pair *pair = NULL;
	session_pre_key *made = NULL;
	signal_buffer *serialized = NULL;
	uint32_t id = free_prekey_id(o);
	int result = curve_generate_key_pair(o->context, &pair);
	if (result == 0)
		result = session_pre_key_create(&made, id, pair);
	if (result == 0)
		result = session_pre_key_serialize(&serialized, made);
	SIGNAL_UNREF(pair);
	SIGNAL_UNREF(made);
	if (result || keep(r, id, serialized))
		return cannot("make a prekey", e);
	o->next_prekey = id % PREKEY_ID_LIMIT + 1;
	return 0;
}

int device_fill_prekeys(struct omemo *o, struct err *e)
{
	for (size_t i = 0; i < OMEMO_PREKEYS; i++)
		if (!o->prekeys[i].bytes && make_prekey(o, &o->prekeys[i], e))
			return -1;
	return 0;
}

static int random_id(uint32_t *id, struct err *e)
{
	do {
		if (provider_random(id, sizeof *id, e))
			return -1;
		*id &= OMEMO_ID_LIMIT;
	} while (!*id);
	return 0;
}

struct omemo *omemo_new(enum omemo_version version, const char *bare_jid, uint32_t device_id, struct err *e)
{
	if (device_id > OMEMO_ID_LIMIT) {
		err_set(e, ERR_SCRIPT, NULL, "a device id is between 1 and 2147483647, not %u", device_id);
		return NULL;
	}
	struct omemo *o = memory_alloc(sizeof *o);
	o->version = version;
	o->jid = memory_copy_text(bare_jid);
	o->id = device_id;
	o->next_prekey = 1;
	if ((!device_id && random_id(&o->id, e)) || open_contexts(o, e) || make_identity(o, e) || omemo_rotate(o, e) ||
		device_fill_prekeys(o, e)) {
		omemo_free(o);
		return NULL;
	}
	return o;
}

/* ---- copies ---- */

struct omemo *omemo_copy(const struct omemo *o, struct err *e)
{
	struct omemo *copy = memory_alloc(sizeof *copy);
	store_copy(o, copy);
	if (open_contexts(copy, e)) {
		omemo_free(copy);
		return NULL;
	}
	return copy;
}

/* The contexts hold nothing of a device but its address, which stays. */
void omemo_restore(struct omemo *o, const struct omemo *copy)
{
	if (o == copy)
		return;
	store_release(o);
	store_copy(copy, o);
}

/* ---- what is known of it and of others ---- */

uint32_t omemo_device_id(const struct omemo *o)
{
	return o->id;
}

const char *omemo_jid(const struct omemo *o)
{
	return o->jid;
}

enum omemo_version omemo_version(const struct omemo *o)
{
	return o->version;
}

/* A key as libomemo-c serialises it: a byte for the type, then the Curve25519 form. */
static void add_hexadecimal(const uint8_t *key, size_t length, struct buf *out)
{
	for (size_t i = length - KEY_SIZE; i < length; i++)
		buf_printf(out, "%02x", key[i]);
}

void omemo_fingerprint(const struct omemo *o, struct buf *out)
{
	add_hexadecimal(o->identity_public.bytes, o->identity_public.length, out);
}

bool omemo_peer_fingerprint(const struct omemo *o, const char *bare_jid, uint32_t device_id, struct buf *out)
{
	const struct peer *p = peer_find(o, bare_jid, device_id);
	if (!p || p->identity_length < KEY_SIZE)
		return false;
	add_hexadecimal(p->identity, p->identity_length, out);
	return true;
}

size_t omemo_learned_prekeys(const struct omemo *o, const char *bare_jid, uint32_t device_id)
{
	const struct peer *p = peer_find(o, bare_jid, device_id);
	return p ? p->bundle.prekey_count : 0;
}

bool omemo_has_session(const struct omemo *o, const char *bare_jid, uint32_t device_id)
{
	const struct peer *p = peer_find(o, bare_jid, device_id);
	return p && p->session.bytes;
}

bool omemo_forget_session(struct omemo *o, const char *bare_jid, uint32_t device_id)
{
	struct peer *p = peer_find(o, bare_jid, device_id);
	if (!p || !p->session.bytes)
		return false;
	record_release(&p->session);
	p->heartbeat_due = false;
	return true;
}

bool omemo_forget_device(struct omemo *o, const char *bare_jid, uint32_t device_id)
{
	const struct peer *p = peer_find(o, bare_jid, device_id);
	if (p)
		peer_remove(o, p);
	return p != NULL;
}

bool omemo_heartbeat_due(const struct omemo *o, const char *bare_jid, uint32_t device_id)
{
	const struct peer *p = peer_find(o, bare_jid, device_id);
	return p && p->heartbeat_due;
}
