/* From <encrypted/> to a payload (XEP-0384 section 5.6). */
#include "base/text.h"
#include "crypto/private.h"
#include "xml/xml.h"
#include <omemo/protocol.h>
#include <omemo/session_cipher.h>
#include <stdlib.h>
#include <string.h>

void omemo_reading_release(struct omemo_reading *r)
{
	free(r->from);
	free(r->to);
	free(r->time);
	buf_cleanse(&r->envelope);
	*r = (struct omemo_reading){ 0 };
}

static bool is_true(const char *text)
{
	return text_equal(text, "true") || text_equal(text, "1"); /* xs:boolean */
}

/* ---- one <key/> ---- */

/* A key exchange or a message, whichever <key/> says it is. */
struct received {
	pre_key_signal_message *exchange;
	signal_message *message;
};

static int parse(const struct omemo *o, const struct buf *bytes, bool exchange, uint32_t sender, struct received *out)
{
	const uint8_t *data = (const uint8_t *)buf_text(bytes);
	bool new = o->version == OMEMO_2;
	if (exchange)
		return new
			? pre_key_signal_message_deserialize_omemo(&out->exchange, data, bytes->len, sender, o->context)
			: pre_key_signal_message_deserialize(&out->exchange, data, bytes->len, o->context);
	return new ? signal_message_deserialize_omemo(&out->message, data, bytes->len, o->context)
		   : signal_message_deserialize(&out->message, data, bytes->len, o->context);
}

static bool key_is_sound(const ec_public_key *key)
{
	signal_buffer *form = key ? ec_public_key_get_mont(key) : NULL;
	bool sound = form && provider_point_is_sound(signal_buffer_data(form));
	signal_buffer_free(form);
	return sound;
}

/* What libomemo-c lets pass. */
static int check_exchange(const pre_key_signal_message *m, struct err *e)
{
	if (!pre_key_signal_message_has_pre_key_id(m))
		return err_set(
			e, ERR_PROTOCOL, NULL, "a key exchange: it uses no prekey"); /* section 4.2: MUST be rejected */
	if (!key_is_sound(pre_key_signal_message_get_base_key(m)) ||
		!key_is_sound(pre_key_signal_message_get_identity_key(m)))
		return err_set(e, ERR_PROTOCOL, NULL, "a key exchange: a key in it is a point of small order");
	return 0;
}

/* The first message on a ratchet key with a high counter asks for a heartbeat (section 6). */
static void note_counter(struct peer *p, const signal_message *m, struct omemo_reading *facts)
{
	uint8_t key[KEY_SIZE_LIMIT] = { 0 };
	signal_buffer *form = ec_public_key_get_mont(signal_message_get_sender_ratchet_key(m));
	facts->counter = signal_message_get_counter(m);
	if (form && signal_buffer_len(form) <= sizeof key)
		memcpy(key, signal_buffer_data(form), signal_buffer_len(form));
	signal_buffer_free(form);
	if (!p || facts->counter < OMEMO_HEARTBEAT || memcmp(key, p->heartbeat_key, sizeof key) == 0)
		return;
	memcpy(p->heartbeat_key, key, sizeof key);
	p->heartbeat_due = true;
}

static enum omemo_outcome outcome_of(int code)
{
	switch (code) {
	case SG_ERR_DUPLICATE_MESSAGE:
		return OMEMO_REPEATED;
	case SG_ERR_NO_SESSION:
		return OMEMO_NO_SESSION;
	case SG_ERR_INVALID_KEY_ID:
		return OMEMO_PREKEY_GONE;
	case SG_ERR_UNTRUSTED_IDENTITY:
		return OMEMO_IDENTITY_CHANGED;
	}
	return code < 0 ? OMEMO_UNREADABLE : OMEMO_READ;
}

static size_t count_prekeys(const struct omemo *o)
{
	size_t count = 0;
	for (size_t i = 0; i < OMEMO_PREKEYS; i++)
		count += o->prekeys[i].bytes != NULL;
	return count;
}

static int decrypt_parsed(struct omemo *o, const char *sender, const struct received *r, signal_buffer **key,
	struct omemo_reading *facts, struct err *e)
{
	const signal_protocol_address address = {
		.name = sender, .name_len = strlen(sender), .device_id = (int32_t)facts->sender
	};
	session_cipher *cipher = NULL;
	session_record *sessions = NULL;
	size_t prekeys = count_prekeys(o);
	const struct peer *before = peer_find(o, sender, facts->sender);
	bool known = before, trusted = before && before->identity;
	int result = chain_note(o, &address, &sessions);
	if (result >= 0)
		result = session_cipher_create(&cipher, o->store, &address, o->context);
	if (result >= 0) {
		session_cipher_set_version(cipher, ratchet_version(o->version));
		result = r->exchange ? session_cipher_decrypt_pre_key_signal_message(cipher, r->exchange, NULL, key)
				     : session_cipher_decrypt_signal_message(cipher, r->message, NULL, key);
		session_cipher_free(cipher);
	}
	if (result >= 0)
		result = chain_mend(o, &address, sessions);
	SIGNAL_UNREF(sessions);
	facts->outcome = outcome_of(result);
	struct peer *after = peer_find(o, sender, facts->sender);
	if (result < 0 && after) {
		/* libomemo-c keeps the identity key of a key exchange before it has verified it: a forged one must not be trusted. */
		if (!trusted)
			peer_forget_identity(after);
		if (!known)
			peer_remove(o, after);
	}
	if (facts->outcome == OMEMO_REPEATED)
		return 0;
	if (result < 0)
		return ratchet_fault(result, r->exchange ? "a key exchange" : "a message", e);
	facts->new_session = count_prekeys(o) < prekeys;
	note_counter(after, r->exchange ? pre_key_signal_message_get_signal_message(r->exchange) : r->message, facts);
	return device_fill_prekeys(o, e);
}

static int decrypt_key(struct omemo *o, const char *sender, const xmlNode *node, signal_buffer **key,
	struct omemo_reading *facts, struct err *e)
{
	struct received r = { NULL, NULL };
	BUF_AUTO bytes = BUF_INIT;
	facts->outcome = OMEMO_UNREADABLE;
	facts->key_exchange = is_true(xml_attribute(node, o->version == OMEMO_2 ? "kex" : "prekey"));
	if (bytes_from_text(node, &bytes))
		return err_set(e, ERR_PROTOCOL, NULL, "<key/> is not in base64");
	int result = parse(o, &bytes, facts->key_exchange, facts->sender, &r);
	if (result < 0)
		result = ratchet_fault(result, facts->key_exchange ? "a key exchange" : "a message", e);
	else if (!r.exchange || check_exchange(r.exchange, e) == 0)
		result = decrypt_parsed(o, sender, &r, key, facts, e);
	else
		result = -1;
	SIGNAL_UNREF(r.exchange);
	SIGNAL_UNREF(r.message);
	return result;
}

/* ---- all of it ---- */

/* The next <key/> for this device after `last` (NULL: the first). In axolotl only the device id tells, so that in a room several can
 * fit. */
static const xmlNode *next_key(const struct omemo *o, const xmlNode *header, const xmlNode *last)
{
	const char *ns = omemo_namespace(o->version);
	const xmlNode *account = header;
	if (o->version == OMEMO_2)
		account = last ? last->parent : xml_child(header, "keys", ns);
	for (; account; account = o->version == OMEMO_2 ? xml_next(account, "keys", ns) : NULL) {
		const xmlNode *key = last ? xml_next(last, "key", ns) : xml_child(account, "key", ns);
		last = NULL;
		if (o->version == OMEMO_2 && !text_equal(xml_attribute(account, "jid"), o->jid))
			continue;
		for (; key; key = xml_next(key, "key", ns)) {
			uint32_t id = 0;
			if (id_from_attribute(key, "rid", 1, &id) == 0 && id == o->id)
				return key;
		}
	}
	return NULL;
}

static bool is_zeros(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i])
			return false;
	return true;
}

static int read_payload(struct omemo *o, const xmlNode *encrypted, const signal_buffer *key, struct buf *plaintext,
	struct omemo_reading *facts, struct err *e)
{
	const char *ns = omemo_namespace(o->version);
	const xmlNode *payload = xml_child(encrypted, "payload", ns);
	const xmlNode *iv_node = xml_child(xml_child(encrypted, "header", ns), "iv", ns);
	const uint8_t *bytes = signal_buffer_const_data(key);
	size_t length = signal_buffer_len(key);
	BUF_AUTO ciphertext = BUF_INIT;
	BUF_AUTO iv = BUF_INIT;
	facts->key_only = !payload;
	facts->key_is_zeros = length == KEY_SIZE && is_zeros(bytes, length);
	if (!payload)
		return 0;
	if (bytes_from_text(payload, &ciphertext) || (iv_node && bytes_from_text(iv_node, &iv)))
		return err_set(e, ERR_PROTOCOL, NULL, "<payload/> or <iv/> is not in base64");
	struct buf opened = BUF_INIT;
	int result = payload_open(o->version, bytes, length, &iv, &ciphertext, &opened, e);
	if (result == 0 && o->version == OMEMO_2) {
		result = sce_read(&opened, plaintext, facts, e);
	} else if (result == 0) {
		facts->has_body = true;
		buf_add(plaintext, buf_text(&opened), opened.len);
	}
	buf_cleanse(&opened);
	return result;
}

int omemo_decrypt(struct omemo *o, const char *sender, const xmlNode *encrypted, struct buf *plaintext,
	struct omemo_reading *facts, struct err *e)
{
	const char *ns = omemo_namespace(o->version);
	signal_buffer *key = NULL;
	int result = 0;
	*facts = (struct omemo_reading){ .outcome = OMEMO_UNREADABLE };
	if (!xml_is(encrypted, "encrypted", ns))
		return err_set(e, ERR_PROTOCOL, NULL, "this is no <encrypted xmlns='%s'/>", ns);
	const xmlNode *header = xml_child(encrypted, "header", ns);
	if (!header || id_from_attribute(header, "sid", 1, &facts->sender))
		return err_set(e, ERR_PROTOCOL, NULL, "<encrypted/> has no <header/> with the sender's device id");
	facts->key_only = !xml_child(encrypted, "payload", ns);
	facts->outcome = OMEMO_NOT_FOR_US;
	for (const xmlNode *node = next_key(o, header, NULL); node && !key; node = next_key(o, header, node)) {
		result = decrypt_key(o, sender, node, &key, facts, e);
		if (facts->outcome == OMEMO_REPEATED)
			return 0;
	}
	if (result == 0 && key) {
		result = read_payload(o, encrypted, key, plaintext, facts, e);
		facts->outcome = result ? OMEMO_UNREADABLE : OMEMO_READ;
	}
	signal_buffer_bzero_free(key);
	return result;
}
