/* From a payload to <encrypted/> (XEP-0384 section 5.5). */
#include "base/base64.h"
#include "base/clock.h"
#include "base/text.h"
#include "crypto/private.h"
#include "xml/xml.h"
#include <omemo/protocol.h>
#include <omemo/session_cipher.h>
#include <openssl/crypto.h>
#include <string.h>

/* Nothing may have moved where one of the recipients cannot be written to, so all are looked at first. */
static int check_recipients(
	const struct omemo *o, const struct omemo_recipient *recipients, size_t count, struct err *e)
{
	if (!count)
		return err_set(e, ERR_SCRIPT, NULL, "a message needs a device to encrypt for");
	for (size_t i = 0; i < count; i++) {
		const char *jid = recipients[i].bare_jid;
		uint32_t id = recipients[i].device_id;
		const struct peer *p = peer_find(o, jid, id);
		if (id == o->id && text_equal(jid, o->jid))
			return err_set(e, ERR_SCRIPT, NULL, "a device does not encrypt for itself");
		if (!p || (!p->session.bytes && !p->bundle.prekey_count))
			return err_set(e, ERR_SCRIPT, NULL,
				"there is neither a session with %s, device %u, nor a bundle of it", jid, id);
		for (size_t j = 0; j < i; j++)
			if (recipients[j].device_id == id && text_equal(recipients[j].bare_jid, jid))
				return err_set(e, ERR_SCRIPT, NULL, "%s, device %u, is named twice", jid, id);
	}
	return 0;
}

static int print_message(const struct omemo *o, const struct peer *p, ciphertext_message *m, struct buf *out)
{
	const signal_buffer *bytes = ciphertext_message_get_serialized(m);
	bool exchange = ciphertext_message_get_type(m) == CIPHERTEXT_PREKEY_TYPE;
	if (!bytes)
		return SG_ERR_UNKNOWN;
	buf_printf(out, "<key rid='%u'%s>", p->id,
		!exchange                       ? ""
			: o->version == OMEMO_2 ? " kex='true'"
						: " prekey='true'");
	base64_encode(signal_buffer_const_data(bytes), signal_buffer_len(bytes), out);
	buf_add_text(out, "</key>");
	return 0;
}

static int encrypt_key(struct omemo *o, struct peer *p, const struct payload_key *key, struct buf *out, struct err *e)
{
	const signal_protocol_address address = {
		.name = p->jid, .name_len = strlen(p->jid), .device_id = (int32_t)p->id
	};
	session_cipher *cipher = NULL;
	ciphertext_message *message = NULL;
	if (!p->session.bytes && bundle_open_session(o, p, e))
		return -1;
	int result = session_cipher_create(&cipher, o->store, &address, o->context);
	if (result == 0) {
		session_cipher_set_version(cipher, ratchet_version(o->version));
		result = session_cipher_encrypt(cipher, key->bytes, key->length, &message);
		session_cipher_free(cipher);
	}
	if (result == 0)
		result = print_message(o, p, message, out);
	SIGNAL_UNREF(message);
	if (result < 0)
		return ratchet_fault(result, "a key to encrypt", e);
	p->heartbeat_due = false; /* this message moves the ratchet, as a heartbeat would */
	return 0;
}

/* <keys/> of OMEMO_2: the devices of one account under its address, each account where it first stands in the list. */
static int print_accounts(struct omemo *o, const struct omemo_recipient *recipients, size_t count,
	const struct payload_key *key, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		const char *jid = recipients[i].bare_jid;
		bool seen = false;
		for (size_t j = 0; j < i && !seen; j++)
			seen = text_equal(recipients[j].bare_jid, jid);
		if (seen)
			continue;
		buf_add_text(out, "<keys jid='");
		xml_escape(jid, out);
		buf_add_text(out, "'>");
		for (size_t j = i; j < count; j++)
			if (text_equal(recipients[j].bare_jid, jid) &&
				encrypt_key(o, peer_find(o, jid, recipients[j].device_id), key, out, e))
				return -1;
		buf_add_text(out, "</keys>");
	}
	return 0;
}

static int print_devices(struct omemo *o, const struct omemo_recipient *recipients, size_t count,
	const struct payload_key *key, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < count; i++)
		if (encrypt_key(o, peer_find(o, recipients[i].bare_jid, recipients[i].device_id), key, out, e))
			return -1;
	buf_add_text(out, "<iv>");
	base64_encode(key->iv, sizeof key->iv, out);
	buf_add_text(out, "</iv>");
	return 0;
}

int omemo_encrypt_bytes(struct omemo *o, const struct omemo_recipient *recipients, size_t count, const void *bytes,
	size_t length, struct buf *out, struct err *e)
{
	struct payload_key key = { .length = 0 };
	BUF_AUTO ciphertext = BUF_INIT;
	BUF_AUTO element = BUF_INIT;
	if (check_recipients(o, recipients, count, e) ||
		payload_seal(o->version, bytes, length, &key, &ciphertext, e)) {
		OPENSSL_cleanse(&key, sizeof key);
		return -1;
	}
	buf_printf(&element, "<encrypted xmlns='%s'><header sid='%u'>", omemo_namespace(o->version), o->id);
	int result = o->version == OMEMO_2 ? print_accounts(o, recipients, count, &key, &element, e)
					   : print_devices(o, recipients, count, &key, &element, e);
	OPENSSL_cleanse(&key, sizeof key);
	if (result)
		return -1;
	buf_add_text(&element, "</header>");
	if (bytes) {
		buf_add_text(&element, "<payload>");
		base64_encode(buf_text(&ciphertext), ciphertext.len, &element);
		buf_add_text(&element, "</payload>");
	}
	buf_add_text(&element, "</encrypted>");
	buf_add(out, element.data, element.len);
	return 0;
}

int omemo_encrypt(struct omemo *o, const struct omemo_recipient *recipients, size_t count, const char *body,
	const char *group, struct buf *out, struct err *e)
{
	if (!body || o->version == OMEMO_AXOLOTL)
		return omemo_encrypt_bytes(o, recipients, count, body, body ? strlen(body) : 0, out, e);
	char stamp[CLOCK_STAMP_SIZE];
	struct buf envelope = BUF_INIT;
	clock_stamp(stamp);
	omemo_print_envelope(
		&(struct omemo_envelope){ .body = body, .from = o->jid, .to = group, .time = stamp }, &envelope);
	int result = omemo_encrypt_bytes(o, recipients, count, envelope.data, envelope.len, out, e);
	buf_cleanse(&envelope);
	return result;
}
