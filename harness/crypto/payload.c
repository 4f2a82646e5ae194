/* What a message carries: one ciphertext for all its recipients, with a key that goes to each through the ratchet. */
#include "crypto/private.h"
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <stdlib.h>
#include <string.h>

#define GCM_KEY_SIZE 16
#define TAG_SIZE     16 /* in both versions */
#define CBC_KEY_SIZE 32

static int failed(struct err *e)
{
	return err_set(e, ERR_ENVIRONMENT, NULL, "OpenSSL cannot encrypt");
}

/* ---- axolotl: AES-128-GCM, the tag after the key (XEP-0384 0.3.0 section 4.4) ---- */

static int gcm_seal(const void *bytes, size_t length, struct payload_key *key, struct buf *ciphertext, struct err *e)
{
	if (provider_random(key->bytes, GCM_KEY_SIZE, e) || provider_random(key->iv, sizeof key->iv, e))
		return -1;
	key->length = GCM_KEY_SIZE;
	if (!bytes)
		return 0;
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t *out = memory_alloc(length + TAG_SIZE);
	int made = 0, last = 0;
	bool done = c && EVP_EncryptInit_ex2(c, EVP_aes_128_gcm(), key->bytes, key->iv, NULL) == 1 &&
		EVP_EncryptUpdate(c, out, &made, bytes, (int)length) == 1 &&
		EVP_EncryptFinal_ex(c, out + made, &last) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, key->bytes + GCM_KEY_SIZE) == 1;
	if (done) {
		key->length += TAG_SIZE;
		buf_add(ciphertext, out, (size_t)(made + last));
	}
	EVP_CIPHER_CTX_free(c);
	free(out);
	return done ? 0 : failed(e);
}

static int gcm_open(const uint8_t *key, size_t key_length, const struct buf *iv, const struct buf *ciphertext,
	struct buf *plaintext, struct err *e)
{
	uint8_t tag[TAG_SIZE];
	size_t length = ciphertext->len;
	if (iv->len != 12 && iv->len != 16) /* older clients wrote 16 bytes */
		return err_set(e, ERR_PROTOCOL, NULL, "the iv has %zu bytes, not 12", iv->len);
	if (key_length == GCM_KEY_SIZE && length >= TAG_SIZE) { /* older clients left the tag at the payload's end */
		length -= TAG_SIZE;
		memcpy(tag, ciphertext->data + length, TAG_SIZE);
	} else if (key_length == GCM_KEY_SIZE + TAG_SIZE) {
		memcpy(tag, key + GCM_KEY_SIZE, TAG_SIZE);
	} else {
		return err_set(e, ERR_PROTOCOL, NULL, "key and tag have %zu bytes, not 32", key_length);
	}
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t *out = memory_alloc(length + TAG_SIZE);
	int made = 0, last = 0;
	bool ready = c && EVP_DecryptInit_ex2(c, EVP_aes_128_gcm(), NULL, NULL, NULL) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, (int)iv->len, NULL) == 1 &&
		EVP_DecryptInit_ex2(c, NULL, key, (const uint8_t *)iv->data, NULL) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1;
	bool right = ready &&
		EVP_DecryptUpdate(c, out, &made, (const uint8_t *)buf_text(ciphertext), (int)length) == 1 &&
		EVP_DecryptFinal_ex(c, out + made, &last) == 1;
	if (right)
		buf_add(plaintext, out, (size_t)(made + last));
	EVP_CIPHER_CTX_free(c);
	OPENSSL_cleanse(out, length);
	free(out);
	if (!ready)
		return failed(e);
	return right ? 0 : err_set(e, ERR_PROTOCOL, NULL, "the payload does not fit its tag");
}

/* ---- OMEMO_2: HKDF-SHA-256, AES-256-CBC, HMAC-SHA-256 cut to 16 bytes (section 4.4) ---- */

struct derived {
	uint8_t encryption[32], authentication[32], iv[16];
};

static bool derive(const uint8_t key[CBC_KEY_SIZE], struct derived *out)
{
	static char digest[] = "SHA256", info[] = "OMEMO Payload";
	static uint8_t salt[32]; /* 256 zero-bits */
	uint8_t secret[CBC_KEY_SIZE];
	memcpy(secret, key, sizeof secret);
	const OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, sizeof secret),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, sizeof salt),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(info)),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	bool done = context && EVP_KDF_derive(context, (uint8_t *)out, sizeof *out, parameters) == 1;
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
	OPENSSL_cleanse(secret, sizeof secret);
	return done;
}

static bool authenticate(const struct derived *d, const void *bytes, size_t length, uint8_t tag[TAG_SIZE])
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	if (!HMAC(EVP_sha256(), d->authentication, sizeof d->authentication, bytes, length, hash, &size))
		return false;
	memcpy(tag, hash, TAG_SIZE);
	OPENSSL_cleanse(hash, sizeof hash);
	return true;
}

static bool cbc(bool encrypt, const struct derived *d, const void *bytes, size_t length, struct buf *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t *made = memory_alloc(length + 32);
	int first = 0, last = 0;
	bool done = c && EVP_CipherInit_ex2(c, EVP_aes_256_cbc(), d->encryption, d->iv, encrypt, NULL) == 1 &&
		EVP_CipherUpdate(c, made, &first, bytes, (int)length) == 1 &&
		EVP_CipherFinal_ex(c, made + first, &last) == 1;
	if (done)
		buf_add(out, made, (size_t)(first + last));
	EVP_CIPHER_CTX_free(c);
	OPENSSL_cleanse(made, length + 32);
	free(made);
	return done;
}

static int cbc_seal(const void *bytes, size_t length, struct payload_key *key, struct buf *ciphertext, struct err *e)
{
	struct derived d;
	size_t before = ciphertext->len;
	key->length = CBC_KEY_SIZE;
	if (!bytes) { /* section 5.5.3: 32 zero-bytes, and no tag */
		memset(key->bytes, 0, CBC_KEY_SIZE);
		return 0;
	}
	if (provider_random(key->bytes, CBC_KEY_SIZE, e))
		return -1;
	bool done = derive(key->bytes, &d) && cbc(true, &d, bytes, length, ciphertext) &&
		authenticate(&d, ciphertext->data + before, ciphertext->len - before, key->bytes + CBC_KEY_SIZE);
	key->length += TAG_SIZE;
	OPENSSL_cleanse(&d, sizeof d);
	return done ? 0 : failed(e);
}

static int cbc_open(
	const uint8_t *key, size_t key_length, const struct buf *ciphertext, struct buf *plaintext, struct err *e)
{
	struct derived d;
	uint8_t tag[TAG_SIZE];
	if (key_length != CBC_KEY_SIZE + TAG_SIZE)
		return err_set(e, ERR_PROTOCOL, NULL, "key and tag have %zu bytes, not 48", key_length);
	int result = 0;
	if (!derive(key, &d) || !authenticate(&d, buf_text(ciphertext), ciphertext->len, tag))
		result = failed(e);
	else if (CRYPTO_memcmp(tag, key + CBC_KEY_SIZE, TAG_SIZE) != 0)
		result = err_set(e, ERR_PROTOCOL, NULL, "the payload does not fit its tag");
	else if (!cbc(false, &d, buf_text(ciphertext), ciphertext->len, plaintext))
		result = err_set(e, ERR_PROTOCOL, NULL, "the payload's padding is wrong");
	OPENSSL_cleanse(&d, sizeof d);
	return result;
}

int payload_seal(enum omemo_version version, const void *bytes, size_t length, struct payload_key *key,
	struct buf *ciphertext, struct err *e)
{
	if (length > INT_MAX - 64)
		return err_set(e, ERR_SCRIPT, NULL, "a payload of %zu bytes is too large", length);
	return version == OMEMO_2 ? cbc_seal(bytes, length, key, ciphertext, e)
				  : gcm_seal(bytes, length, key, ciphertext, e);
}

int payload_open(enum omemo_version version, const uint8_t *key, size_t length, const struct buf *iv,
	const struct buf *ciphertext, struct buf *plaintext, struct err *e)
{
	if (ciphertext->len > INT_MAX - 64)
		return err_set(e, ERR_PROTOCOL, NULL, "a payload of %zu bytes is too large", ciphertext->len);
	return version == OMEMO_2 ? cbc_open(key, length, ciphertext, plaintext, e)
				  : gcm_open(key, length, iv, ciphertext, plaintext, e);
}
