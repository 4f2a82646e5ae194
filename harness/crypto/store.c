/* What a device remembers, in memory, and libomemo-c's ways to it. */
#include "base/text.h"
#include "crypto/private.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* ---- records and peers ---- */

void record_release(struct record *r)
{
	if (r->bytes)
		OPENSSL_cleanse(r->bytes, r->length);
	free(r->bytes);
	*r = (struct record){ 0 };
}

void record_set(struct record *r, uint32_t id, const uint8_t *bytes, size_t length)
{
	record_release(r);
	r->id = id;
	r->bytes = (uint8_t *)memory_copy_bytes((const char *)bytes, length);
	r->length = length;
}

static void record_copy(const struct record *from, struct record *to)
{
	if (from->bytes)
		record_set(to, from->id, from->bytes, from->length);
	else
		record_release(to);
}

void bundle_release(struct bundle *b)
{
	free(b->prekeys);
	*b = (struct bundle){ 0 };
}

static void bundle_copy(const struct bundle *from, struct bundle *to)
{
	*to = *from;
	to->prekeys = NULL;
	if (from->prekey_count)
		to->prekeys = (struct bundle_key *)memory_copy_bytes(
			(const char *)from->prekeys, from->prekey_count * sizeof *from->prekeys);
}

void peer_forget_identity(struct peer *p)
{
	free(p->identity);
	p->identity = NULL;
	p->identity_length = 0;
}

static void peer_free(struct peer *p)
{
	record_release(&p->session);
	bundle_release(&p->bundle);
	peer_forget_identity(p);
	free(p->jid);
	free(p);
}

struct peer *peer_find(const struct omemo *o, const char *jid, uint32_t id)
{
	for (size_t i = 0; i < o->peers.count; i++) {
		struct peer *p = o->peers.items[i];
		if (p->id == id && text_equal(p->jid, jid))
			return p;
	}
	return NULL;
}

struct peer *peer_make(struct omemo *o, const char *jid, uint32_t id)
{
	struct peer *p = peer_find(o, jid, id);
	if (p)
		return p;
	p = memory_alloc(sizeof *p);
	p->jid = memory_copy_text(jid);
	p->id = id;
	vec_push(&o->peers, p);
	return p;
}

void peer_remove(struct omemo *o, const struct peer *p)
{
	for (size_t i = 0; i < o->peers.count; i++)
		if (o->peers.items[i] == p) {
			peer_free(o->peers.items[i]);
			vec_remove(&o->peers, i);
			return;
		}
}

static struct peer *peer_copy(const struct peer *from)
{
	struct peer *to = memory_alloc(sizeof *to);
	to->jid = memory_copy_text(from->jid);
	to->id = from->id;
	if (from->identity)
		to->identity = (uint8_t *)memory_copy_bytes((const char *)from->identity, from->identity_length);
	to->identity_length = from->identity_length;
	record_copy(&from->session, &to->session);
	bundle_copy(&from->bundle, &to->bundle);
	memcpy(to->heartbeat_key, from->heartbeat_key, sizeof to->heartbeat_key);
	to->heartbeat_due = from->heartbeat_due;
	return to;
}

void store_copy(const struct omemo *from, struct omemo *to)
{
	to->version = from->version;
	to->jid = memory_copy_text(from->jid);
	to->id = from->id;
	to->next_prekey = from->next_prekey;
	record_copy(&from->identity_public, &to->identity_public);
	record_copy(&from->identity_private, &to->identity_private);
	for (size_t i = 0; i < 2; i++)
		record_copy(&from->signed_prekeys[i], &to->signed_prekeys[i]);
	for (size_t i = 0; i < OMEMO_PREKEYS; i++)
		record_copy(&from->prekeys[i], &to->prekeys[i]);
	for (size_t i = 0; i < from->peers.count; i++)
		vec_push(&to->peers, peer_copy(from->peers.items[i]));
}

void store_release(struct omemo *o)
{
	record_release(&o->identity_public);
	record_release(&o->identity_private);
	for (size_t i = 0; i < 2; i++)
		record_release(&o->signed_prekeys[i]);
	for (size_t i = 0; i < OMEMO_PREKEYS; i++)
		record_release(&o->prekeys[i]);
	for (size_t i = 0; i < o->peers.count; i++)
		peer_free(o->peers.items[i]);
	vec_release(&o->peers);
	free(o->jid);
	o->jid = NULL;
}

/* ---- the callbacks; `device` is the struct omemo ---- */

static struct peer *peer_at(const signal_protocol_address *address, void *device)
{
	return peer_find(device, address->name, (uint32_t)address->device_id);
}

static int give(const struct record *r, signal_buffer **out)
{
	*out = signal_buffer_create(r->bytes, r->length);
	return *out ? 0 : SG_ERR_NOMEM;
}

static int load_session(
	signal_buffer **record, signal_buffer **extra, const signal_protocol_address *address, void *device)
{
	const struct peer *p = peer_at(address, device);
	(void)extra;
	if (!p || !p->session.bytes)
		return 0;
	int result = give(&p->session, record);
	return result < 0 ? result : 1;
}

static int list_sessions(signal_int_list **sessions, const char *name, size_t length, void *device)
{
	const struct omemo *o = device;
	signal_int_list *list = signal_int_list_alloc();
	(void)length;
	if (!list)
		return SG_ERR_NOMEM;
	for (size_t i = 0; i < o->peers.count; i++) {
		const struct peer *p = o->peers.items[i];
		if (p->session.bytes && text_equal(p->jid, name) && signal_int_list_push_back(list, (int)p->id) < 0) {
			signal_int_list_free(list);
			return SG_ERR_NOMEM;
		}
	}
	*sessions = list;
	return (int)signal_int_list_size(list);
}

static int store_session(const signal_protocol_address *address, uint8_t *record, size_t length, uint8_t *extra,
	size_t extra_length, void *device)
{
	(void)extra;
	(void)extra_length;
	struct peer *p = peer_make(device, address->name, (uint32_t)address->device_id);
	record_set(&p->session, p->id, record, length);
	return 0;
}

static int contains_session(const signal_protocol_address *address, void *device)
{
	const struct peer *p = peer_at(address, device);
	return p && p->session.bytes;
}

static int delete_session(const signal_protocol_address *address, void *device)
{
	struct peer *p = peer_at(address, device);
	if (!p || !p->session.bytes)
		return 0;
	record_release(&p->session);
	return 1;
}

static int delete_sessions(const char *name, size_t length, void *device)
{
	const struct omemo *o = device;
	int deleted = 0;
	(void)length;
	for (size_t i = 0; i < o->peers.count; i++) {
		struct peer *p = o->peers.items[i];
		if (p->session.bytes && text_equal(p->jid, name)) {
			record_release(&p->session);
			deleted++;
		}
	}
	return deleted;
}

/* The record with that id among `count`, NULL where there is none. */
static struct record *record_find(struct record *records, size_t count, uint32_t id)
{
	for (size_t i = 0; i < count; i++)
		if (records[i].bytes && records[i].id == id)
			return &records[i];
	return NULL;
}

static struct record *prekey_find(uint32_t id, void *device)
{
	return record_find(((struct omemo *)device)->prekeys, OMEMO_PREKEYS, id);
}

static struct record *signed_prekey_find(uint32_t id, void *device)
{
	return record_find(((struct omemo *)device)->signed_prekeys, 2, id);
}

static int load_prekey(signal_buffer **record, uint32_t id, void *device)
{
	const struct record *found = prekey_find(id, device);
	return found ? give(found, record) : SG_ERR_INVALID_KEY_ID;
}

static int contains_prekey(uint32_t id, void *device)
{
	return prekey_find(id, device) != NULL;
}

static int remove_prekey(uint32_t id, void *device)
{
	struct record *found = prekey_find(id, device);
	if (found)
		record_release(found);
	return 0;
}

static int load_signed_prekey(signal_buffer **record, uint32_t id, void *device)
{
	const struct record *found = signed_prekey_find(id, device);
	return found ? give(found, record) : SG_ERR_INVALID_KEY_ID;
}

static int contains_signed_prekey(uint32_t id, void *device)
{
	return signed_prekey_find(id, device) != NULL;
}

/* Prekeys are made and dropped by device.c alone. */
static int store_no_prekey(uint32_t id, uint8_t *record, size_t length, void *device)
{
	(void)id;
	(void)record;
	(void)length;
	(void)device;
	return SG_ERR_INVAL;
}

static int remove_no_prekey(uint32_t id, void *device)
{
	(void)id;
	(void)device;
	return SG_ERR_INVAL;
}

static int give_identity(signal_buffer **public_data, signal_buffer **private_data, void *device)
{
	const struct omemo *o = device;
	if (give(&o->identity_public, public_data))
		return SG_ERR_NOMEM;
	if (give(&o->identity_private, private_data) == 0)
		return 0;
	signal_buffer_free(*public_data);
	*public_data = NULL;
	return SG_ERR_NOMEM;
}

static int give_registration(void *device, uint32_t *id)
{
	*id = ((const struct omemo *)device)->id;
	return 0;
}

static int save_identity(const signal_protocol_address *address, uint8_t *key, size_t length, void *device)
{
	struct peer *p = peer_make(device, address->name, (uint32_t)address->device_id);
	peer_forget_identity(p);
	if (key) {
		p->identity = (uint8_t *)memory_copy_bytes((const char *)key, length);
		p->identity_length = length;
	}
	return 0;
}

static int trusts_identity(const signal_protocol_address *address, uint8_t *key, size_t length, void *device)
{
	const struct peer *p = peer_at(address, device);
	return !p || !p->identity || (p->identity_length == length && memcmp(p->identity, key, length) == 0);
}

static void nothing_to_free(void *device)
{
	(void)device;
}

int store_install(struct omemo *o)
{
	const signal_protocol_session_store sessions = {
		.load_session_func = load_session,
		.get_sub_device_sessions_func = list_sessions,
		.store_session_func = store_session,
		.contains_session_func = contains_session,
		.delete_session_func = delete_session,
		.delete_all_sessions_func = delete_sessions,
		.destroy_func = nothing_to_free,
		.user_data = o,
	};
	const signal_protocol_pre_key_store prekeys = {
		.load_pre_key = load_prekey,
		.store_pre_key = store_no_prekey,
		.contains_pre_key = contains_prekey,
		.remove_pre_key = remove_prekey,
		.destroy_func = nothing_to_free,
		.user_data = o,
	};
	const signal_protocol_signed_pre_key_store signed_prekeys = {
		.load_signed_pre_key = load_signed_prekey,
		.store_signed_pre_key = store_no_prekey,
		.contains_signed_pre_key = contains_signed_prekey,
		.remove_signed_pre_key = remove_no_prekey,
		.destroy_func = nothing_to_free,
		.user_data = o,
	};
	const signal_protocol_identity_key_store identities = {
		.get_identity_key_pair = give_identity,
		.get_local_registration_id = give_registration,
		.save_identity = save_identity,
		.is_trusted_identity = trusts_identity,
		.destroy_func = nothing_to_free,
		.user_data = o,
	};
	int result = signal_protocol_store_context_set_session_store(o->store, &sessions);
	if (result == 0)
		result = signal_protocol_store_context_set_pre_key_store(o->store, &prekeys);
	if (result == 0)
		result = signal_protocol_store_context_set_signed_pre_key_store(o->store, &signed_prekeys);
	return result == 0 ? signal_protocol_store_context_set_identity_key_store(o->store, &identities) : result;
}
