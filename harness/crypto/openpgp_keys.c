/* Others' keys: which they announce, and the keys themselves (XEP-0373 section 4). */
#include "base/text.h"
#include "crypto/openpgp_private.h"
#include "crypto/private.h"
#include "xml/xml.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEARNED "learned"

struct contact *contact_find(const struct openpgp *o, const char *bare_jid)
{
	for (size_t i = 0; i < o->contacts.count; i++) {
		struct contact *c = o->contacts.items[i];
		if (text_equal(c->jid, bare_jid))
			return c;
	}
	return NULL;
}

void contact_free(struct contact *c)
{
	map_release(&c->announced);
	free(c->jid);
	free(c);
}

bool openpgp_is_announced(const struct openpgp *o, const char *bare_jid, const char *fingerprint)
{
	const struct contact *c = contact_find(o, bare_jid);
	return c && map_get(&c->announced, fingerprint);
}

bool openpgp_knows(const struct openpgp *o, const char *bare_jid, const char *fingerprint)
{
	const struct contact *c = contact_find(o, bare_jid);
	if (text_equal(o->jid, bare_jid) && text_equal(o->fingerprint, fingerprint))
		return true;
	return c && text_equal(map_get(&c->announced, fingerprint), LEARNED);
}

size_t openpgp_learned_keys(const struct openpgp *o, const char *bare_jid)
{
	const struct contact *c = contact_find(o, bare_jid);
	size_t count = 0;
	for (size_t i = 0; c && i < c->announced.count; i++)
		count += text_equal(c->announced.values[i], LEARNED);
	return count;
}

/* ---- the list (section 4.2) ---- */

static bool is_fingerprint(const char *text)
{
	return text && strlen(text) == OPENPGP_FINGERPRINT_SIZE - 1 &&
		strspn(text, "0123456789ABCDEF") == OPENPGP_FINGERPRINT_SIZE - 1;
}

static int read_list(const xmlNode *list, struct map *out, struct err *e)
{
	if (!xml_is(list, "public-keys-list", NS_OPENPGP))
		return err_set(e, ERR_PROTOCOL, NULL, "it is no <public-keys-list xmlns='%s'/>", NS_OPENPGP);
	for (const xmlNode *c = xml_child(list, "pubkey-metadata", NS_OPENPGP); c;
		c = xml_next(c, "pubkey-metadata", NS_OPENPGP)) {
		const char *fingerprint = xml_attribute(c, "v4-fingerprint");
		if (!is_fingerprint(fingerprint))
			return err_set(e, ERR_PROTOCOL, NULL, "the list names a key '%s', which is no fingerprint",
				fingerprint ? fingerprint : "");
		if (!time_is_right(xml_attribute(c, "date")))
			return err_set(e, ERR_PROTOCOL, NULL, "the list does not date the key %s", fingerprint);
		if (map_get(out, fingerprint))
			return err_set(e, ERR_PROTOCOL, NULL, "the list names the key %s twice", fingerprint);
		map_set(out, fingerprint, "");
	}
	return out->count ? 0 : err_set(e, ERR_PROTOCOL, NULL, "the list names no key");
}

int openpgp_learn_list(struct openpgp *o, const char *bare_jid, const xmlNode *list, struct err *e)
{
	struct map announced = MAP_INIT;
	if (read_list(list, &announced, e)) {
		map_release(&announced);
		return -1;
	}
	struct contact *c = contact_find(o, bare_jid);
	if (!c) {
		c = memory_alloc(sizeof *c);
		c->jid = memory_copy_text(bare_jid);
		vec_push(&o->contacts, c);
	}
	for (size_t i = 0; i < c->announced.count; i++)
		if (map_get(&announced, c->announced.keys[i]))
			map_set(&announced, c->announced.keys[i], c->announced.values[i]);
	map_release(&c->announced);
	c->announced = announced;
	return 0;
}

/* ---- a key (section 4.1) ---- */

int openpgp_bytes(const xmlNode *node, struct buf *out, struct err *e)
{
	if (bytes_from_text(node, out) || !out->len)
		return err_set(e, ERR_PROTOCOL, NULL, "<%s/> is not in base64", (const char *)node->name);
	/* Every packet begins with this bit (RFC 4880 section 4.2), and ASCII armor does not. */
	if (!(out->data[0] & 0x80))
		return err_set(e, ERR_PROTOCOL, NULL, "<%s/> holds no OpenPGP as it is", (const char *)node->name);
	return 0;
}

/* The kind of the first packet (RFC 4880 section 4.2). */
static unsigned first_tag(const struct buf *bytes)
{
	unsigned first = (uint8_t)bytes->data[0];
	return first & 0x40 ? first & 0x3f : (first & 0x3f) >> 2;
}

static bool is_of_use(rnp_key_handle_t key, const char *usage)
{
	bool valid = false, expired = true, allowed = false;
	return rnp_key_allows_usage(key, usage, &allowed) == RNP_SUCCESS && allowed &&
		rnp_key_is_valid(key, &valid) == RNP_SUCCESS && valid &&
		rnp_key_is_expired(key, &expired) == RNP_SUCCESS && !expired;
}

static bool key_can(rnp_key_handle_t key, const char *usage)
{
	size_t count = 0;
	bool can = is_of_use(key, usage);
	rnp_key_get_subkey_count(key, &count);
	for (size_t i = 0; i < count && !can; i++) {
		AUTO_KEY subkey = NULL;
		can = rnp_key_get_subkey_at(key, i, &subkey) == RNP_SUCCESS && is_of_use(subkey, usage);
	}
	return can;
}

static int check_key(rnp_key_handle_t key, const char *bare_jid, struct err *e)
{
	bool revoked = false, expired = false, valid = false;
	rnp_key_is_revoked(key, &revoked);
	rnp_key_is_expired(key, &expired);
	rnp_key_is_valid(key, &valid);
	if (revoked || expired)
		return err_set(e, ERR_PROTOCOL, NULL, "the key %s", revoked ? "was revoked" : "has expired");
	if (!valid)
		return err_set(e, ERR_PROTOCOL, NULL, "the key is not rightly signed by itself");
	if (!key_is_of(key, bare_jid))
		return err_set(e, ERR_PROTOCOL, NULL, "the key has no user id xmpp:%s", bare_jid);
	if (!key_can(key, "encrypt") || !key_can(key, "sign"))
		return err_set(e, ERR_PROTOCOL, NULL, "the key cannot be used to encrypt and to sign");
	return 0;
}

static int check_name(const struct contact *c, const char *node, const char *fingerprint, struct err *e)
{
	AUTO_TEXT right = memory_printf("%s:%s", OPENPGP_KEYS_NODE, fingerprint);
	if (node && !text_equal(node, right))
		return err_set(e, ERR_PROTOCOL, NULL, "the node is called '%s', and its key is %s", node, fingerprint);
	if (!map_get(&c->announced, fingerprint))
		return err_set(e, ERR_PROTOCOL, NULL, "the key %s is none that %s announces", fingerprint, c->jid);
	return 0;
}

int openpgp_learn(struct openpgp *o, const char *bare_jid, const char *node, const xmlNode *pubkey, struct err *e)
{
	QUIET;
	AUTO_RING ring = NULL;
	AUTO_KEY key = NULL;
	BUF_AUTO bytes = BUF_INIT;
	char fingerprint[OPENPGP_FINGERPRINT_SIZE];
	struct contact *c = contact_find(o, bare_jid);
	const xmlNode *data = xml_is(pubkey, "pubkey", NS_OPENPGP) ? xml_child(pubkey, "data", NS_OPENPGP) : NULL;
	if (!c)
		return err_set(e, ERR_SCRIPT, NULL, "which keys %s announces is not known", bare_jid);
	if (!data)
		return err_set(e, ERR_PROTOCOL, NULL, "it is no <pubkey xmlns='%s'/> with data", NS_OPENPGP);
	if (openpgp_bytes(data, &bytes, e) || ring_new(&ring, e))
		return -1;
	if (bytes.len > OPENPGP_LIMIT)
		return err_set(e, ERR_PROTOCOL, NULL, "a key of %zu bytes is too large", bytes.len);
	if (first_tag(&bytes) != 6)
		return err_set(e, ERR_PROTOCOL, NULL, "it does not begin with a public key");
	/* It is looked at on its own before it comes to the others. */
	rnp_result_t code = ring_import(ring, bytes.data, bytes.len, RNP_LOAD_SAVE_PUBLIC_KEYS);
	if (code != RNP_SUCCESS)
		return err_set(e, ERR_PROTOCOL, NULL, "the key is broken: %s", rnp_result_to_string(code));
	if (ring_only_key(ring, &key, e) || check_key(key, bare_jid, e))
		return -1;
	rnp_fingerprint(key, fingerprint);
	if (check_name(c, node, fingerprint, e))
		return -1;
	code = ring_import(o->ring, bytes.data, bytes.len, RNP_LOAD_SAVE_PUBLIC_KEYS);
	if (code != RNP_SUCCESS)
		return rnp_failed(code, "keep a key", e);
	map_set(&c->announced, fingerprint, LEARNED);
	return 0;
}
