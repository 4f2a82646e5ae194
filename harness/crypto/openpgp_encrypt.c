/* Messages that are sent (XEP-0373 section 3.1). */
#include "base/base64.h"
#include "base/clock.h"
#include "crypto/openpgp_private.h"

/* Makes a key one of those that it is encrypted with. */
static rnp_result_t add_recipient(rnp_op_encrypt_t op, rnp_ffi_t ring, const char *fingerprint)
{
	AUTO_KEY key = NULL;
	rnp_result_t code = rnp_locate_key(ring, "fingerprint", fingerprint, &key);
	if (code == RNP_SUCCESS && !key)
		code = RNP_ERROR_KEY_NOT_FOUND;
	return code == RNP_SUCCESS ? rnp_op_encrypt_add_recipient(op, key) : code;
}

static int add_account(rnp_op_encrypt_t op, const struct openpgp *o, const char *bare_jid, struct err *e)
{
	const struct contact *c = contact_find(o, bare_jid);
	size_t count = 0;
	for (size_t i = 0; c && i < c->announced.count; i++) {
		const char *fingerprint = c->announced.keys[i];
		if (!openpgp_knows(o, bare_jid, fingerprint))
			continue;
		rnp_result_t code = add_recipient(op, o->ring, fingerprint);
		if (code != RNP_SUCCESS)
			return rnp_failed(code, "encrypt with a key that was learned", e);
		count++;
	}
	return count ? 0 : err_set(e, ERR_SCRIPT, NULL, "no key of %s was learned", bare_jid);
}

static bool is_own(const struct openpgp *o, const char *bare_jid)
{
	return openpgp_knows(o, bare_jid, o->fingerprint);
}

static int encrypt(const struct openpgp *o, enum openpgp_kind kind, const char *const *recipients, size_t count,
	rnp_input_t input, rnp_output_t output, struct err *e)
{
	AUTO_KEY own = NULL;
	rnp_op_encrypt_t op = NULL;
	int result = 0;
	rnp_result_t code = rnp_op_encrypt_create(&op, o->ring, input, output);
	for (size_t i = 0; code == RNP_SUCCESS && result == 0 && i < count; i++)
		result = is_own(o, recipients[i]) ? 0 : add_account(op, o, recipients[i], e);
	if (result == 0 && code == RNP_SUCCESS)
		code = add_recipient(op, o->ring, o->fingerprint);
	if (result == 0 && code == RNP_SUCCESS && kind == OPENPGP_SIGNCRYPT) {
		code = rnp_locate_key(o->ring, "fingerprint", o->fingerprint, &own);
		if (code == RNP_SUCCESS)
			code = rnp_op_encrypt_add_signature(op, own, NULL);
	}
	if (result == 0 && code == RNP_SUCCESS)
		code = rnp_op_encrypt_execute(op);
	if (op)
		rnp_op_encrypt_destroy(op);
	return result == 0 && code != RNP_SUCCESS ? rnp_failed(code, "encrypt", e) : result;
}

static int sign(const struct openpgp *o, rnp_input_t input, rnp_output_t output, struct err *e)
{
	AUTO_KEY own = NULL;
	rnp_op_sign_t op = NULL;
	rnp_result_t code = rnp_op_sign_create(&op, o->ring, input, output);
	if (code == RNP_SUCCESS)
		code = rnp_locate_key(o->ring, "fingerprint", o->fingerprint, &own);
	if (code == RNP_SUCCESS)
		code = rnp_op_sign_add_signature(op, own, NULL);
	if (code == RNP_SUCCESS)
		code = rnp_op_sign_execute(op);
	if (op)
		rnp_op_sign_destroy(op);
	return code == RNP_SUCCESS ? 0 : rnp_failed(code, "sign", e);
}

int openpgp_encrypt_bytes(const struct openpgp *o, enum openpgp_kind kind, const char *const *recipients, size_t count,
	const void *bytes, size_t length, struct buf *out, struct err *e)
{
	QUIET;
	AUTO_INPUT input = NULL;
	AUTO_OUTPUT output = NULL;
	size_t made = 0;
	rnp_result_t code = rnp_input_from_memory(&input, bytes, length, false);
	if (code == RNP_SUCCESS)
		code = rnp_output_to_memory(&output, 0);
	if (code != RNP_SUCCESS)
		return rnp_failed(code, "begin a message", e);
	if (kind == OPENPGP_SIGN ? sign(o, input, output, e) : encrypt(o, kind, recipients, count, input, output, e))
		return -1;
	const uint8_t *message = output_bytes(output, &made);
	buf_printf(out, "<openpgp xmlns='%s'>", NS_OPENPGP);
	base64_encode(message, made, out);
	buf_add_text(out, "</openpgp>");
	return 0;
}

int openpgp_encrypt(const struct openpgp *o, enum openpgp_kind kind, const char *const *recipients, size_t count,
	const char *body, struct buf *out, struct err *e)
{
	char now[CLOCK_STAMP_SIZE];
	BUF_AUTO content = BUF_INIT;
	clock_stamp(now);
	const struct openpgp_content c = {
		.kind = kind,
		.to = recipients,
		.to_count = kind == OPENPGP_CRYPT ? 0 : count,
		.time = now,
		.body = body,
	};
	openpgp_print_content(&c, &content);
	return openpgp_encrypt_bytes(o, kind, recipients, count, content.data, content.len, out, e);
}
