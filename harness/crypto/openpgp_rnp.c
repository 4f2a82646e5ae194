/* librnp's objects, as this room uses them. */
#include "base/text.h"
#include "crypto/openpgp_private.h"
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <unistd.h>

/* In glibc stderr is a variable like any other (its manual, "Standard Streams"). */
FILE *quiet_begin(void)
{
	FILE *before = stderr, *nowhere = fopen("/dev/null", "we");
	if (nowhere)
		stderr = nowhere;
	return before;
}

void quiet_end(FILE **before)
{
	FILE *nowhere = stderr;
	stderr = *before;
	if (nowhere != *before)
		fclose(nowhere);
}

void key_release(rnp_key_handle_t *key)
{
	if (*key)
		rnp_key_handle_destroy(*key);
	*key = NULL;
}

void input_release(rnp_input_t *input)
{
	if (*input)
		rnp_input_destroy(*input);
	*input = NULL;
}

void output_release(rnp_output_t *output)
{
	size_t length = 0;
	uint8_t *bytes = NULL;
	if (!*output)
		return;
	if (rnp_output_memory_get_buf(*output, &bytes, &length, false) == RNP_SUCCESS && bytes)
		OPENSSL_cleanse(bytes, length);
	rnp_output_destroy(*output);
	*output = NULL;
}

void ring_release(rnp_ffi_t *ring)
{
	if (*ring)
		rnp_ffi_destroy(*ring);
	*ring = NULL;
}

void rnp_text_release(char **text)
{
	if (*text)
		rnp_buffer_destroy(*text);
	*text = NULL;
}

int rnp_failed(rnp_result_t code, const char *what, struct err *e)
{
	return err_set(e, ERR_ENVIRONMENT, NULL, "librnp cannot %s: %s", what, rnp_result_to_string(code));
}

int ring_new(rnp_ffi_t *out, struct err *e)
{
	/* What a ring says of itself goes to a stream of its own, which it closes in the end. */
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	rnp_result_t code = nowhere < 0 ? RNP_ERROR_ACCESS : rnp_ffi_create(out, RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG);
	if (code == RNP_SUCCESS)
		code = rnp_ffi_set_log_fd(*out, nowhere);
	if (code == RNP_SUCCESS)
		return 0;
	if (nowhere >= 0)
		close(nowhere);
	ring_release(out);
	return rnp_failed(code, "begin", e);
}

const uint8_t *output_bytes(rnp_output_t output, size_t *length)
{
	uint8_t *bytes = NULL;
	*length = 0;
	return rnp_output_memory_get_buf(output, &bytes, length, false) == RNP_SUCCESS ? bytes : NULL;
}

void rnp_fingerprint(rnp_key_handle_t key, char out[OPENPGP_FINGERPRINT_SIZE])
{
	bool primary = false;
	AUTO_RNP_TEXT text = NULL;
	rnp_key_is_primary(key, &primary);
	rnp_result_t code = primary ? rnp_key_get_fprint(key, &text) : rnp_key_get_primary_fprint(key, &text);
	bool right = code == RNP_SUCCESS && text && strlen(text) == OPENPGP_FINGERPRINT_SIZE - 1;
	snprintf(out, OPENPGP_FINGERPRINT_SIZE, "%s", right ? text : "");
}

int ring_only_key(rnp_ffi_t ring, rnp_key_handle_t *key, struct err *e)
{
	rnp_identifier_iterator_t at = NULL;
	const char *fingerprint = NULL;
	size_t count = 0;
	*key = NULL;
	rnp_result_t code = rnp_identifier_iterator_create(ring, &at, "fingerprint");
	while (code == RNP_SUCCESS && rnp_identifier_iterator_next(at, &fingerprint) == RNP_SUCCESS && fingerprint) {
		AUTO_KEY found = NULL;
		bool primary = false;
		if (rnp_locate_key(ring, "fingerprint", fingerprint, &found) != RNP_SUCCESS || !found ||
			rnp_key_is_primary(found, &primary) != RNP_SUCCESS || !primary || count++ > 0)
			continue;
		*key = found;
		found = NULL;
	}
	if (at)
		rnp_identifier_iterator_destroy(at);
	if (count == 1)
		return 0;
	key_release(key);
	return err_set(e, ERR_PROTOCOL, NULL, "there %s in it, not one", count ? "are several keys" : "is no key");
}

rnp_result_t ring_export(rnp_ffi_t ring, const char *fingerprint, uint32_t flags, rnp_output_t *out)
{
	AUTO_KEY key = NULL;
	rnp_result_t code = rnp_locate_key(ring, "fingerprint", fingerprint, &key);
	if (code == RNP_SUCCESS && !key)
		code = RNP_ERROR_KEY_NOT_FOUND;
	if (code == RNP_SUCCESS)
		code = rnp_output_to_memory(out, 0);
	return code == RNP_SUCCESS ? rnp_key_export(key, *out, flags | RNP_KEY_EXPORT_SUBKEYS) : code;
}

rnp_result_t ring_import(rnp_ffi_t ring, const void *bytes, size_t length, uint32_t flags)
{
	AUTO_INPUT input = NULL;
	rnp_result_t code = rnp_input_from_memory(&input, bytes, length, false);
	return code == RNP_SUCCESS ? rnp_import_keys(ring, input, flags, NULL) : code;
}

bool key_is_of(rnp_key_handle_t key, const char *bare_jid)
{
	size_t count = 0;
	AUTO_TEXT wanted = memory_printf("xmpp:%s", bare_jid);
	rnp_key_get_uid_count(key, &count);
	for (size_t i = 0; i < count; i++) {
		AUTO_RNP_TEXT text = NULL;
		rnp_uid_handle_t id = NULL;
		bool valid = false;
		if (rnp_key_get_uid_at(key, i, &text) == RNP_SUCCESS && text_equal(text, wanted) &&
			rnp_key_get_uid_handle_at(key, i, &id) == RNP_SUCCESS)
			rnp_uid_is_valid(id, &valid);
		if (id)
			rnp_uid_handle_destroy(id);
		if (valid)
			return true;
	}
	return false;
}
