/* The primitives that libomemo-c asks for, by OpenSSL. */
#include "crypto/private.h"
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>

static int random_bytes(uint8_t *data, size_t length, void *unused)
{
	(void)unused;
	return length <= INT_MAX && RAND_bytes(data, (int)length) == 1 ? 0 : SG_ERR_UNKNOWN;
}

int provider_random(void *bytes, size_t length, struct err *e)
{
	return random_bytes(bytes, length, NULL) ? err_set(e, ERR_ENVIRONMENT, NULL, "OpenSSL has no random numbers")
						 : 0;
}

/* ---- HMAC-SHA-256 ---- */

static int hmac_begin(void **context, const uint8_t *key, size_t length, void *unused)
{
	(void)unused;
	char digest[] = "SHA256";
	const OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *made = mac ? EVP_MAC_CTX_new(mac) : NULL;
	EVP_MAC_free(mac);
	if (!made || EVP_MAC_init(made, key, length, parameters) != 1) {
		EVP_MAC_CTX_free(made);
		return SG_ERR_UNKNOWN;
	}
	*context = made;
	return 0;
}

static int hmac_add(void *context, const uint8_t *data, size_t length, void *unused)
{
	(void)unused;
	return EVP_MAC_update(context, data, length) == 1 ? 0 : SG_ERR_UNKNOWN;
}

static int hmac_end(void *context, signal_buffer **output, void *unused)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	size_t length = 0;
	(void)unused;
	if (EVP_MAC_final(context, hash, &length, sizeof hash) != 1)
		return SG_ERR_UNKNOWN;
	*output = signal_buffer_create(hash, length);
	OPENSSL_cleanse(hash, sizeof hash);
	return *output ? 0 : SG_ERR_NOMEM;
}

static void hmac_free(void *context, void *unused)
{
	(void)unused;
	EVP_MAC_CTX_free(context);
}

/* ---- SHA-512 ---- */

static int sha512_begin(void **context, void *unused)
{
	(void)unused;
	EVP_MD_CTX *made = EVP_MD_CTX_new();
	if (!made || EVP_DigestInit_ex(made, EVP_sha512(), NULL) != 1) {
		EVP_MD_CTX_free(made);
		return SG_ERR_UNKNOWN;
	}
	*context = made;
	return 0;
}

static int sha512_add(void *context, const uint8_t *data, size_t length, void *unused)
{
	(void)unused;
	return EVP_DigestUpdate(context, data, length) == 1 ? 0 : SG_ERR_UNKNOWN;
}

/* The context is used again after this, without another call to begin. */
static int sha512_end(void *context, signal_buffer **output, void *unused)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	(void)unused;
	if (EVP_DigestFinal_ex(context, hash, &length) != 1 || EVP_DigestInit_ex(context, EVP_sha512(), NULL) != 1)
		return SG_ERR_UNKNOWN;
	*output = signal_buffer_create(hash, length);
	OPENSSL_cleanse(hash, sizeof hash);
	return *output ? 0 : SG_ERR_NOMEM;
}

static void sha512_free(void *context, void *unused)
{
	(void)unused;
	EVP_MD_CTX_free(context);
}

/* ---- AES ---- */

static const EVP_CIPHER *cipher_of(int cipher, size_t key_size)
{
	if (cipher == SG_CIPHER_AES_CBC_PKCS5)
		return key_size == 16 ? EVP_aes_128_cbc() : key_size == 32 ? EVP_aes_256_cbc() : NULL;
	if (cipher == SG_CIPHER_AES_CTR_NOPADDING)
		return key_size == 16 ? EVP_aes_128_ctr() : key_size == 32 ? EVP_aes_256_ctr() : NULL;
	return NULL;
}

static int crypt_bytes(bool encrypt, signal_buffer **output, int cipher, const uint8_t *key, size_t key_size,
	const uint8_t *iv, size_t iv_size, const uint8_t *in, size_t length)
{
	const EVP_CIPHER *kind = cipher_of(cipher, key_size);
	if (!kind || iv_size != 16 || length > INT_MAX - 32)
		return SG_ERR_INVAL;
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	uint8_t *out = memory_alloc(length + 32);
	int first = 0, last = 0, result = SG_ERR_UNKNOWN;
	if (context && EVP_CipherInit_ex2(context, kind, key, iv, encrypt, NULL) == 1 &&
		EVP_CipherUpdate(context, out, &first, in, (int)length) == 1 &&
		EVP_CipherFinal_ex(context, out + first, &last) == 1) {
		*output = signal_buffer_create(out, (size_t)(first + last));
		result = *output ? 0 : SG_ERR_NOMEM;
	}
	EVP_CIPHER_CTX_free(context);
	OPENSSL_cleanse(out, length + 32);
	free(out);
	return result;
}

static int encrypt_bytes(signal_buffer **output, int cipher, const uint8_t *key, size_t key_size, const uint8_t *iv,
	size_t iv_size, const uint8_t *plaintext, size_t length, void *unused)
{
	(void)unused;
	return crypt_bytes(true, output, cipher, key, key_size, iv, iv_size, plaintext, length);
}

static int decrypt_bytes(signal_buffer **output, int cipher, const uint8_t *key, size_t key_size, const uint8_t *iv,
	size_t iv_size, const uint8_t *ciphertext, size_t length, void *unused)
{
	(void)unused;
	return crypt_bytes(false, output, cipher, key, key_size, iv, iv_size, ciphertext, length);
}

int provider_install(signal_context *context)
{
	static const signal_crypto_provider provider = {
		.random_func = random_bytes,
		.hmac_sha256_init_func = hmac_begin,
		.hmac_sha256_update_func = hmac_add,
		.hmac_sha256_final_func = hmac_end,
		.hmac_sha256_cleanup_func = hmac_free,
		.sha512_digest_init_func = sha512_begin,
		.sha512_digest_update_func = sha512_add,
		.sha512_digest_final_func = sha512_end,
		.sha512_digest_cleanup_func = sha512_free,
		.encrypt_func = encrypt_bytes,
		.decrypt_func = decrypt_bytes,
	};
	return signal_context_set_crypto_provider(context, &provider);
}

/* ---- what libomemo-c does not check ---- */

bool provider_point_is_sound(const uint8_t key[KEY_SIZE])
{
	/* A scalar is a multiple of the cofactor after clamping, so any one tells; this is no secret. */
	static const uint8_t scalar[KEY_SIZE] = { [0] = 8, [31] = 64 };
	uint8_t shared[KEY_SIZE];
	size_t length = sizeof shared;
	EVP_PKEY *ours = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, scalar, sizeof scalar);
	EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, key, KEY_SIZE);
	EVP_PKEY_CTX *context = ours ? EVP_PKEY_CTX_new(ours, NULL) : NULL;
	bool sound = context && theirs && EVP_PKEY_derive_init(context) == 1 &&
		EVP_PKEY_derive_set_peer(context, theirs) == 1 && EVP_PKEY_derive(context, shared, &length) == 1;
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(theirs);
	EVP_PKEY_free(ours);
	return sound;
}

bool provider_ed25519_verifies(
	const uint8_t key[KEY_SIZE], const void *message, size_t length, const uint8_t signature[SIGNATURE_SIZE])
{
	EVP_PKEY *signer = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, KEY_SIZE);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool verifies = signer && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, signer) == 1 &&
		EVP_DigestVerify(context, signature, SIGNATURE_SIZE, message, length) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(signer);
	return verifies;
}
