/* A device of OpenPGP: its own key, and what it publishes of it (XEP-0373 section 4). */
#include "crypto/openpgp.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/text.h"
#include "crypto/openpgp_private.h"
#include "xml/xml.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

struct openpgp *openpgp_of_ring(const char *bare_jid, rnp_ffi_t *ring, rnp_key_handle_t key)
{
	struct openpgp *o = memory_alloc(sizeof *o);
	o->jid = memory_copy_text(bare_jid);
	rnp_fingerprint(key, o->fingerprint);
	o->ring = *ring;
	*ring = NULL;
	return o;
}

struct openpgp *openpgp_new(const char *bare_jid, struct err *e)
{
	QUIET;
	AUTO_RING ring = NULL;
	AUTO_KEY key = NULL;
	AUTO_TEXT id = memory_printf("xmpp:%s", bare_jid);
	if (ring_new(&ring, e))
		return NULL;
	rnp_result_t code = rnp_generate_key_25519(ring, id, NULL, &key);
	if (code == RNP_SUCCESS)
		return openpgp_of_ring(bare_jid, &ring, key);
	rnp_failed(code, "make a key", e);
	return NULL;
}

struct openpgp *openpgp_copy_key(const struct openpgp *o, struct err *e)
{
	QUIET;
	AUTO_RING ring = NULL;
	AUTO_OUTPUT secret = NULL;
	AUTO_KEY key = NULL;
	size_t length = 0;
	if (ring_new(&ring, e))
		return NULL;
	rnp_result_t code = ring_export(o->ring, o->fingerprint, RNP_KEY_EXPORT_SECRET, &secret);
	if (code == RNP_SUCCESS) {
		const uint8_t *bytes = output_bytes(secret, &length);
		code = ring_import(ring, bytes, length, RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS);
	}
	if (code != RNP_SUCCESS) {
		rnp_failed(code, "copy a key", e);
		return NULL;
	}
	if (ring_only_key(ring, &key, e))
		return NULL;
	return openpgp_of_ring(o->jid, &ring, key);
}

void openpgp_free(struct openpgp *o)
{
	QUIET;
	if (!o)
		return;
	ring_release(&o->ring);
	for (size_t i = 0; i < o->contacts.count; i++)
		contact_free(o->contacts.items[i]);
	vec_release(&o->contacts);
	free(o->jid);
	OPENSSL_cleanse(o, sizeof *o);
	free(o);
}

const char *openpgp_jid(const struct openpgp *o)
{
	return o->jid;
}

const char *openpgp_fingerprint(const struct openpgp *o)
{
	return o->fingerprint;
}

int openpgp_print_key(const struct openpgp *o, struct buf *out, struct err *e)
{
	QUIET;
	AUTO_OUTPUT key = NULL;
	size_t length = 0;
	rnp_result_t code = ring_export(o->ring, o->fingerprint, RNP_KEY_EXPORT_PUBLIC, &key);
	if (code != RNP_SUCCESS)
		return rnp_failed(code, "export a key", e);
	const uint8_t *bytes = output_bytes(key, &length);
	buf_printf(out, "<pubkey xmlns='%s'><data>", NS_OPENPGP);
	base64_encode(bytes, length, out);
	buf_add_text(out, "</data></pubkey>");
	return 0;
}

void openpgp_print_list(const struct openpgp *const *owners, size_t count, struct buf *out)
{
	char now[CLOCK_STAMP_SIZE];
	clock_stamp(now);
	buf_printf(out, "<public-keys-list xmlns='%s'>", NS_OPENPGP);
	for (size_t i = 0; i < count; i++) {
		bool there = false;
		for (size_t k = 0; k < i; k++)
			there |= text_equal(owners[k]->fingerprint, owners[i]->fingerprint);
		if (!there)
			buf_printf(
				out, "<pubkey-metadata v4-fingerprint='%s' date='%s'/>", owners[i]->fingerprint, now);
	}
	buf_add_text(out, "</public-keys-list>");
}
