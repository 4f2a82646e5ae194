/* The encrypted backup of the secret key (XEP-0373 section 5). */
#include "base/base64.h"
#include "base/text.h"
#include "crypto/openpgp_private.h"
#include "crypto/private.h"
#include "xml/xml.h"
#include <openssl/crypto.h>
#include <string.h>

/* The code is random enough as it is: hashing it often would only cost time. */
#define HASHED_BYTES 65536

/* Section 5.4: 24 characters out of 34, in groups of four. */
static int make_code(char code[CODE_SIZE], struct err *e)
{
	static const char alphabet[] = "123456789ABCDEFGHIJKLMNPQRSTUVWXYZ";
	enum { LETTERS = sizeof alphabet - 1 };
	for (size_t i = 0; i < CODE_SIZE - 1;) {
		uint8_t random = 0;
		if (i % 5 == 4) {
			code[i++] = '-';
			continue;
		}
		if (provider_random(&random, 1, e))
			return -1;
		if (random < 256 / LETTERS * LETTERS) /* so that each is as likely as any other */
			code[i++] = alphabet[random % LETTERS];
	}
	code[CODE_SIZE - 1] = '\0';
	return 0;
}

static rnp_result_t lock(const struct openpgp *o, const uint8_t *bytes, size_t length, rnp_output_t *out)
{
	AUTO_INPUT input = NULL;
	rnp_op_encrypt_t op = NULL;
	rnp_result_t code = rnp_input_from_memory(&input, bytes, length, false);
	if (code == RNP_SUCCESS)
		code = rnp_output_to_memory(out, 0);
	if (code == RNP_SUCCESS)
		code = rnp_op_encrypt_create(&op, o->ring, input, *out);
	if (code == RNP_SUCCESS)
		code = rnp_op_encrypt_add_password(op, o->code, RNP_ALGNAME_SHA256, HASHED_BYTES, RNP_ALGNAME_AES_256);
	if (code == RNP_SUCCESS)
		code = rnp_op_encrypt_set_cipher(op, RNP_ALGNAME_AES_256);
	if (code == RNP_SUCCESS)
		code = rnp_op_encrypt_execute(op);
	if (op)
		rnp_op_encrypt_destroy(op);
	return code;
}

int openpgp_print_backup(struct openpgp *o, struct buf *out, struct err *e)
{
	QUIET;
	AUTO_OUTPUT secret = NULL;
	AUTO_OUTPUT locked = NULL;
	size_t length = 0;
	if (!*o->code && make_code(o->code, e))
		return -1;
	/* The key has no passphrase of its own, as section 5.4 asks for. */
	rnp_result_t code = ring_export(o->ring, o->fingerprint, RNP_KEY_EXPORT_SECRET, &secret);
	if (code == RNP_SUCCESS) {
		const uint8_t *bytes = output_bytes(secret, &length);
		code = lock(o, bytes, length, &locked);
	}
	if (code != RNP_SUCCESS)
		return rnp_failed(code, "back up a key", e);
	const uint8_t *bytes = output_bytes(locked, &length);
	buf_printf(out, "<secretkey xmlns='%s'>", NS_OPENPGP);
	base64_encode(bytes, length, out);
	buf_add_text(out, "</secretkey>");
	return 0;
}

const char *openpgp_backup_code(const struct openpgp *o)
{
	return o->code;
}

static bool tell_code(rnp_ffi_t ring, void *context, rnp_key_handle_t key, const char *purpose, char *out, size_t size)
{
	(void)ring;
	(void)key;
	(void)purpose;
	size_t length = strlen(context);
	if (length >= size)
		return false;
	memcpy(out, context, length + 1);
	return true;
}

/* The ring with the one key that the backup holds. */
static int unlock(rnp_ffi_t ring, const char *code, const struct buf *bytes, struct err *e)
{
	struct protection found;
	struct buf secret = BUF_INIT;
	AUTO_TEXT told = memory_copy_text(code);
	rnp_ffi_set_pass_provider(ring, tell_code, told);
	int result = message_open(ring, NULL, NULL, bytes, &secret, &found, e);
	rnp_ffi_set_pass_provider(ring, NULL, NULL);
	if (result == 0 && !found.encrypted)
		result = err_set(e, ERR_PROTOCOL, NULL, "the backup is not encrypted");
	if (result == 0) {
		rnp_result_t fault = ring_import(
			ring, buf_text(&secret), secret.len, RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS);
		if (fault != RNP_SUCCESS)
			result = err_set(e, ERR_PROTOCOL, NULL, "the key in the backup is broken: %s",
				rnp_result_to_string(fault));
	}
	buf_cleanse(&secret);
	OPENSSL_cleanse(told, strlen(told));
	return result;
}

struct openpgp *openpgp_restore(const char *bare_jid, const xmlNode *secretkey, const char *code, struct err *e)
{
	QUIET;
	AUTO_RING ring = NULL;
	AUTO_KEY key = NULL;
	BUF_AUTO bytes = BUF_INIT;
	bool secret = false, locked = false;
	if (!xml_is(secretkey, "secretkey", NS_OPENPGP)) {
		err_set(e, ERR_PROTOCOL, NULL, "it is no <secretkey xmlns='%s'/>", NS_OPENPGP);
		return NULL;
	}
	if (openpgp_bytes(secretkey, &bytes, e) || ring_new(&ring, e) || unlock(ring, code, &bytes, e) ||
		ring_only_key(ring, &key, e))
		return NULL;
	rnp_key_have_secret(key, &secret);
	rnp_key_is_protected(key, &locked);
	if (!secret || locked || !key_is_of(key, bare_jid)) {
		err_set(e, ERR_PROTOCOL, NULL, "the backup holds no secret key of %s that can be used", bare_jid);
		return NULL;
	}
	struct openpgp *o = openpgp_of_ring(bare_jid, &ring, key);
	snprintf(o->code, sizeof o->code, "%s", code);
	return o;
}
