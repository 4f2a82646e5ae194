/* Messages that come (XEP-0373 section 3.2). */
#include "base/text.h"
#include "crypto/openpgp_private.h"
#include "xml/xml.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* Which of the signatures is the sender's. */
static void find_signer(rnp_op_verify_t op, const struct openpgp *o, const char *sender, struct protection *found)
{
	size_t count = 0;
	rnp_op_verify_get_signature_count(op, &count);
	found->has_signature = count > 0;
	found->fault = "it is not signed";
	for (size_t i = 0; i < count && !*found->signer; i++) {
		AUTO_KEY key = NULL;
		rnp_op_verify_signature_t signature = NULL;
		char fingerprint[OPENPGP_FINGERPRINT_SIZE] = "";
		if (rnp_op_verify_get_signature_at(op, i, &signature) != RNP_SUCCESS)
			continue;
		rnp_result_t code = rnp_op_verify_signature_get_status(signature);
		if (code == RNP_SUCCESS && rnp_op_verify_signature_get_key(signature, &key) == RNP_SUCCESS)
			rnp_fingerprint(key, fingerprint);
		if (!*fingerprint)
			found->fault = code == RNP_ERROR_KEY_NOT_FOUND ? "it is signed by a key that is not known"
								       : "its signature is wrong";
		else if (!openpgp_knows(o, sender, fingerprint))
			found->fault = "it is signed by a key that is not the sender's";
		else
			memcpy(found->signer, fingerprint, sizeof fingerprint);
	}
}

static int decryption_failed(rnp_result_t code, struct err *e)
{
	if (code == RNP_ERROR_NO_SUITABLE_KEY)
		return err_set(e, ERR_PROTOCOL, NULL, "it is not encrypted for this key");
	return err_set(e, ERR_PROTOCOL, NULL, "it cannot be decrypted: %s", rnp_result_to_string(code));
}

static int run(rnp_op_verify_t op, const struct openpgp *o, const char *sender, struct protection *found, struct err *e)
{
	AUTO_RNP_TEXT mode = NULL;
	bool whole = false;
	/* A message with a wrong signature is read nevertheless where it is encrypted, so that it can be said what is wrong. */
	rnp_op_verify_set_flags(op, RNP_VERIFY_IGNORE_SIGS_ON_DECRYPT);
	rnp_result_t code = rnp_op_verify_execute(op);
	rnp_op_verify_get_protection_info(op, &mode, NULL, &whole);
	found->encrypted = mode && !text_equal(mode, "none");
	if (o)
		find_signer(op, o, sender, found);
	found->not_for_us = code == RNP_ERROR_NO_SUITABLE_KEY;
	if (code != RNP_SUCCESS && !found->encrypted && found->has_signature)
		return err_set(e, ERR_PROTOCOL, NULL, "%s", found->fault);
	if (code != RNP_SUCCESS)
		return decryption_failed(code, e);
	return found->encrypted && !whole
		? err_set(e, ERR_PROTOCOL, NULL, "it is encrypted in a way that does not show changes")
		: 0;
}

int message_open(rnp_ffi_t ring, const struct openpgp *o, const char *sender, const struct buf *bytes,
	struct buf *plaintext, struct protection *found, struct err *e)
{
	AUTO_INPUT input = NULL;
	AUTO_OUTPUT output = NULL;
	rnp_op_verify_t op = NULL;
	size_t length = 0;
	*found = (struct protection){ .fault = "it is not signed" };
	rnp_result_t code = rnp_input_from_memory(&input, (const uint8_t *)bytes->data, bytes->len, false);
	if (code == RNP_SUCCESS)
		code = rnp_output_to_memory(&output, OPENPGP_LIMIT);
	if (code == RNP_SUCCESS)
		code = rnp_op_verify_create(&op, ring, input, output);
	if (code != RNP_SUCCESS)
		return rnp_failed(code, "begin to read a message", e);
	int result = run(op, o, sender, found, e);
	const uint8_t *made = result == 0 ? output_bytes(output, &length) : NULL;
	if (made)
		buf_add(plaintext, made, length);
	rnp_op_verify_destroy(op);
	return result;
}

/* Section 3.1: what each content element must and must not be. */
static int check_protection(enum openpgp_kind kind, const struct protection *found, struct err *e)
{
	const char *name = content_name(kind);
	if (kind == OPENPGP_SIGN && found->encrypted)
		return err_set(e, ERR_PROTOCOL, NULL, "<%s/> is encrypted, and must not be", name);
	if (kind != OPENPGP_SIGN && !found->encrypted)
		return err_set(e, ERR_PROTOCOL, NULL, "<%s/> is not encrypted", name);
	if (kind == OPENPGP_CRYPT && found->has_signature)
		return err_set(e, ERR_PROTOCOL, NULL, "<%s/> is signed, and must not be", name);
	if (kind != OPENPGP_CRYPT && !*found->signer)
		return err_set(e, ERR_PROTOCOL, NULL, "<%s/>: %s", name, found->fault);
	return 0;
}

void openpgp_reading_release(struct openpgp_reading *r)
{
	free(r->time);
	*r = (struct openpgp_reading){ 0 };
}

int openpgp_decrypt(const struct openpgp *o, const char *sender, const char *to, const xmlNode *openpgp,
	struct buf *plaintext, struct openpgp_reading *facts, struct err *e)
{
	QUIET;
	struct protection found;
	struct buf content = BUF_INIT;
	BUF_AUTO bytes = BUF_INIT;
	BUF_AUTO body = BUF_INIT;
	*facts = (struct openpgp_reading){ 0 };
	if (!xml_is(openpgp, "openpgp", NS_OPENPGP))
		return err_set(e, ERR_PROTOCOL, NULL, "it is no <openpgp xmlns='%s'/>", NS_OPENPGP);
	if (openpgp_bytes(openpgp, &bytes, e))
		return -1;
	int result = message_open(o->ring, o, sender, &bytes, &content, &found, e);
	facts->encrypted = found.encrypted;
	facts->has_signature = found.has_signature;
	facts->not_for_us = found.not_for_us;
	memcpy(facts->signer, found.signer, sizeof facts->signer);
	if (result == 0)
		result = content_read(&content, to, &body, facts, e);
	if (result == 0)
		result = check_protection(facts->kind, &found, e);
	if (result == 0)
		buf_add(plaintext, buf_text(&body), body.len);
	buf_cleanse(&content);
	return result;
}
