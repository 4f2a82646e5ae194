/* Bundles (XEP-0384 section 5.3.2): ours printed, others' read and checked, and sessions made of them. */
#include "base/base64.h"
#include "base/text.h"
#include "crypto/private.h"
#include "xml/xml.h"
#include <omemo/session_builder.h>
#include <omemo/session_pre_key.h>
#include <stdlib.h>
#include <string.h>

/* What the parts of a bundle are called. Ids of keys count from 1 in OMEMO_2, and from 0 in older clients; here 0 is taken from both, for
 * it does no harm. */
static const struct names {
	const char *ns, *signed_prekey, *signed_id, *signature, *identity, *prekey, *prekey_id;
} names_of[] = {
	[OMEMO_AXOLOTL] = { NS_OMEMO_AXOLOTL, "signedPreKeyPublic", "signedPreKeyId", "signedPreKeySignature",
		"identityKey", "preKeyPublic", "preKeyId" },
	[OMEMO_2] = { NS_OMEMO_2, "spk", "id", "spks", "ik", "pk", "id" },
};

size_t key_length(enum omemo_version version)
{
	return version == OMEMO_2 ? KEY_SIZE : KEY_SIZE_LIMIT;
}

/* ---- ours ---- */

/* A key in base64, in the form that the version sends it in. */
static int print_key(const struct omemo *o, const ec_public_key *key, bool identity, struct buf *out)
{
	signal_buffer *form = NULL;
	if (o->version == OMEMO_2)
		form = identity ? ec_public_key_get_ed(key) : ec_public_key_get_mont(key);
	else if (ec_public_key_serialize(&form, key))
		form = NULL;
	if (!form)
		return -1;
	base64_encode(signal_buffer_data(form), signal_buffer_len(form), out);
	signal_buffer_free(form);
	return 0;
}

static int print_signed_prekey(const struct omemo *o, const struct names *n, struct buf *out)
{
	session_signed_pre_key *key = NULL;
	const struct record *r = &o->signed_prekeys[0];
	if (session_signed_pre_key_deserialize(&key, r->bytes, r->length, o->context))
		return -1;
	bool new = o->version == OMEMO_2;
	buf_printf(out, "<%s %s='%u'>", n->signed_prekey, n->signed_id, r->id);
	int result = print_key(o, ec_key_pair_get_public(session_signed_pre_key_get_key_pair(key)), false, out);
	buf_printf(out, "</%s><%s>", n->signed_prekey, n->signature);
	base64_encode(new ? session_signed_pre_key_get_signature_omemo(key) : session_signed_pre_key_get_signature(key),
		new ? session_signed_pre_key_get_signature_omemo_len(key)
		    : session_signed_pre_key_get_signature_len(key),
		out);
	buf_printf(out, "</%s>", n->signature);
	SIGNAL_UNREF(key);
	return result;
}

static int print_identity(const struct omemo *o, const struct names *n, struct buf *out)
{
	ec_public_key *key = NULL;
	if (curve_decode_point(&key, o->identity_public.bytes, o->identity_public.length, o->context))
		return -1;
	buf_printf(out, "<%s>", n->identity);
	int result = print_key(o, key, true, out);
	buf_printf(out, "</%s>", n->identity);
	SIGNAL_UNREF(key);
	return result;
}

static int print_prekeys(const struct omemo *o, const struct names *n, struct buf *out)
{
	int result = 0;
	buf_add_text(out, "<prekeys>");
	for (size_t i = 0; i < OMEMO_PREKEYS && result == 0; i++) {
		session_pre_key *key = NULL;
		if (session_pre_key_deserialize(&key, o->prekeys[i].bytes, o->prekeys[i].length, o->context))
			return -1;
		buf_printf(out, "<%s %s='%u'>", n->prekey, n->prekey_id, o->prekeys[i].id);
		result = print_key(o, ec_key_pair_get_public(session_pre_key_get_key_pair(key)), false, out);
		buf_printf(out, "</%s>", n->prekey);
		SIGNAL_UNREF(key);
	}
	buf_add_text(out, "</prekeys>");
	return result;
}

int omemo_print_bundle(const struct omemo *o, struct buf *out, struct err *e)
{
	const struct names *n = &names_of[o->version];
	buf_printf(out, "<bundle xmlns='%s'>", n->ns);
	if (print_signed_prekey(o, n, out) || print_identity(o, n, out) || print_prekeys(o, n, out))
		return err_set(e, ERR_ENVIRONMENT, NULL, "libomemo-c cannot print a key");
	buf_add_text(out, "</bundle>");
	return 0;
}

/* ---- others': the form ---- */

int bytes_from_text(const xmlNode *node, struct buf *out)
{
	AUTO_TEXT text = xml_text(node);
	size_t length = 0;
	for (const char *p = text; *p; p++) /* xs:base64Binary may hold white space */
		if (!strchr(" \t\r\n", *p))
			text[length++] = *p;
	return base64_decode(text, length, out);
}

int id_from_attribute(const xmlNode *node, const char *name, uint32_t lowest, uint32_t *out)
{
	int64_t number = 0;
	const char *text = xml_attribute(node, name);
	if (!text || text_to_number(text, lowest, OMEMO_ID_LIMIT, &number))
		return -1;
	*out = (uint32_t)number;
	return 0;
}

static int read_bytes(const xmlNode *node, uint8_t *out, size_t size, struct err *e)
{
	BUF_AUTO bytes = BUF_INIT;
	const char *name = (const char *)node->name;
	if (bytes_from_text(node, &bytes))
		return err_set(e, ERR_PROTOCOL, NULL, "<%s/> is not in base64", name);
	if (bytes.len != size)
		return err_set(e, ERR_PROTOCOL, NULL, "<%s/> has %zu bytes, not %zu", name, bytes.len, size);
	memcpy(out, bytes.data, size);
	return 0;
}

/* A key that is no identity key: a point of Curve25519 that is of use. */
static int read_key(enum omemo_version version, const xmlNode *node, uint8_t *out, struct err *e)
{
	const char *name = (const char *)node->name;
	if (read_bytes(node, out, key_length(version), e))
		return -1;
	if (version == OMEMO_AXOLOTL && out[0] != 5)
		return err_set(e, ERR_PROTOCOL, NULL, "the key in <%s/> is of type %u, not 5", name, out[0]);
	if (!provider_point_is_sound(out + key_length(version) - KEY_SIZE))
		return err_set(e, ERR_PROTOCOL, NULL, "the key in <%s/> is a point of small order", name);
	return 0;
}

static int read_keyed(
	enum omemo_version version, const xmlNode *node, const char *id_name, struct bundle_key *out, struct err *e)
{
	if (id_from_attribute(node, id_name, 0, &out->id))
		return err_set(e, ERR_PROTOCOL, NULL, "the %s of <%s/> is not a number between 0 and 2147483647",
			id_name, (const char *)node->name);
	return read_key(version, node, out->bytes, e);
}

static int by_id(const void *a, const void *b)
{
	uint32_t left = ((const struct bundle_key *)a)->id, right = ((const struct bundle_key *)b)->id;
	return left < right ? -1 : left > right;
}

static int read_prekeys(
	const struct names *n, enum omemo_version version, const xmlNode *list, struct bundle *out, struct err *e)
{
	size_t count = 0;
	for (const xmlNode *k = xml_child(list, n->prekey, n->ns); k; k = xml_next(k, n->prekey, n->ns))
		count++;
	if (!count)
		return err_set(e, ERR_PROTOCOL, NULL, "the bundle has no prekeys");
	if (count > OMEMO_BUNDLE_LIMIT)
		return err_set(e, ERR_PROTOCOL, NULL, "the bundle has more than %d prekeys", OMEMO_BUNDLE_LIMIT);
	out->prekeys = memory_alloc(count * sizeof *out->prekeys);
	for (const xmlNode *k = xml_child(list, n->prekey, n->ns); k; k = xml_next(k, n->prekey, n->ns))
		if (read_keyed(version, k, n->prekey_id, &out->prekeys[out->prekey_count++], e))
			return -1;
	qsort(out->prekeys, count, sizeof *out->prekeys, by_id);
	for (size_t i = 1; i < count; i++)
		if (out->prekeys[i].id == out->prekeys[i - 1].id)
			return err_set(e, ERR_PROTOCOL, NULL, "two prekeys have the id %u", out->prekeys[i].id);
	return 0;
}

static int read_bundle(enum omemo_version version, const xmlNode *node, struct bundle *out, struct err *e)
{
	const struct names *n = &names_of[version];
	if (!xml_is(node, "bundle", n->ns))
		return err_set(e, ERR_PROTOCOL, NULL, "this is no <bundle xmlns='%s'/>", n->ns);
	const char *const parts[] = { n->signed_prekey, n->signature, n->identity, "prekeys" };
	const xmlNode *found[4];
	for (size_t i = 0; i < 4; i++) {
		found[i] = xml_child(node, parts[i], n->ns);
		if (!found[i])
			return err_set(e, ERR_PROTOCOL, NULL, "the bundle has no <%s/>", parts[i]);
	}
	if (read_keyed(version, found[0], n->signed_id, &out->signed_prekey, e) ||
		read_bytes(found[1], out->signature, SIGNATURE_SIZE, e))
		return -1;
	/* The identity key of OMEMO_2 is in its Ed25519 form: looked at below. */
	if (version == OMEMO_2 ? read_bytes(found[2], out->identity, KEY_SIZE, e)
			       : read_key(version, found[2], out->identity, e))
		return -1;
	return read_prekeys(n, version, found[3], out, e);
}

/* ---- others': the keys ---- */

static int decode_key(const struct omemo *o, const uint8_t *bytes, bool identity, ec_public_key **out)
{
	if (o->version == OMEMO_AXOLOTL)
		return curve_decode_point(out, bytes, KEY_SIZE_LIMIT, o->context);
	return identity ? curve_decode_point_ed(out, bytes, KEY_SIZE, o->context)
			: curve_decode_point_mont(out, bytes, KEY_SIZE, o->context);
}

static bool signature_is_right(const struct omemo *o, const struct bundle *b, const ec_public_key *identity)
{
	/* OMEMO_2 wants what any Ed25519 verifies (section 4.2), so OpenSSL looks at it, and libomemo-c again by its own code when
	 * a session is made. */
	if (o->version == OMEMO_2)
		return provider_ed25519_verifies(b->identity, b->signed_prekey.bytes, KEY_SIZE, b->signature);
	return curve_verify_signature(identity, b->signed_prekey.bytes, KEY_SIZE_LIMIT, b->signature, SIGNATURE_SIZE) ==
		1;
}

static int check_identity(const struct omemo *o, const struct bundle *b, const ec_public_key *identity, struct err *e)
{
	signal_buffer *form = ec_public_key_get_mont(identity);
	bool sound = form && provider_point_is_sound(signal_buffer_data(form));
	signal_buffer_free(form);
	if (!sound)
		return err_set(e, ERR_PROTOCOL, NULL, "the identity key is a point of small order");
	if (!signature_is_right(o, b, identity))
		return err_set(e, ERR_PROTOCOL, NULL, "the signature of the signed prekey is not by the identity key");
	return 0;
}

static signal_protocol_address address_of(const char *jid, uint32_t id)
{
	return (signal_protocol_address){ .name = jid, .name_len = strlen(jid), .device_id = (int32_t)id };
}

int omemo_learn(struct omemo *o, const char *bare_jid, uint32_t device_id, const xmlNode *bundle, struct err *e)
{
	struct bundle read = { 0 };
	ec_public_key *identity = NULL;
	const signal_protocol_address address = address_of(bare_jid, device_id);
	if (!device_id || device_id > OMEMO_ID_LIMIT)
		return err_set(e, ERR_SCRIPT, NULL, "a device id is between 1 and 2147483647, not %u", device_id);
	if (read_bundle(o->version, bundle, &read, e))
		goto failed;
	if (decode_key(o, read.identity, true, &identity)) {
		err_set(e, ERR_PROTOCOL, NULL, "the identity key is no point of the curve");
		goto failed;
	}
	if (check_identity(o, &read, identity, e))
		goto failed;
	if (signal_protocol_identity_is_trusted_identity(o->store, &address, identity) != 1) {
		err_set(e, ERR_REFUSED, NULL, "the identity key of %s, device %u, is not the one that was first seen",
			bare_jid, device_id);
		goto failed;
	}
	if (signal_protocol_identity_save_identity(o->store, &address, identity)) {
		err_set(e, ERR_ENVIRONMENT, NULL, "libomemo-c cannot keep an identity key");
		goto failed;
	}
	SIGNAL_UNREF(identity);
	struct peer *p = peer_make(o, bare_jid, device_id);
	bundle_release(&p->bundle);
	p->bundle = read;
	return 0;
failed:
	SIGNAL_UNREF(identity);
	bundle_release(&read);
	return err_context(e, "the bundle of %s, device %u", bare_jid, device_id);
}

/* ---- a session ---- */

/* Takes one of the prekeys out of the bundle: each is for one session (section 6). */
static int take_prekey(struct bundle *b, struct bundle_key *out, struct err *e)
{
	uint32_t number = 0;
	if (provider_random(&number, sizeof number, e))
		return -1;
	size_t at = number % b->prekey_count; /* what the remainder prefers is less than a millionth */
	*out = b->prekeys[at];
	memmove(b->prekeys + at, b->prekeys + at + 1, (--b->prekey_count - at) * sizeof *b->prekeys);
	return 0;
}

int bundle_open_session(struct omemo *o, struct peer *p, struct err *e)
{
	struct bundle *b = &p->bundle;
	struct bundle_key chosen;
	const signal_protocol_address address = address_of(p->jid, p->id);
	ec_public_key *identity = NULL, *signed_prekey = NULL, *prekey = NULL;
	session_pre_key_bundle *made = NULL;
	session_builder *builder = NULL;
	if (take_prekey(b, &chosen, e))
		return -1;
	int result = decode_key(o, b->identity, true, &identity);
	if (result == 0)
		result = decode_key(o, b->signed_prekey.bytes, false, &signed_prekey);
	if (result == 0)
		result = decode_key(o, chosen.bytes, false, &prekey);
	if (result == 0)
		result = session_pre_key_bundle_create(&made, p->id, (int)p->id, chosen.id, prekey, b->signed_prekey.id,
			signed_prekey, b->signature, SIGNATURE_SIZE, identity);
	if (result == 0)
		result = session_builder_create(&builder, o->store, &address, o->context);
	if (result == 0) {
		session_builder_set_version(builder, ratchet_version(o->version));
		result = session_builder_process_pre_key_bundle(builder, made);
		session_builder_free(builder);
	}
	SIGNAL_UNREF(made);
	SIGNAL_UNREF(prekey);
	SIGNAL_UNREF(signed_prekey);
	SIGNAL_UNREF(identity);
	return result < 0 ? ratchet_fault(result, "a bundle", e) : 0;
}
