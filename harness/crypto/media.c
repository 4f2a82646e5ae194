#include "crypto/media.h"
#include "base/memory.h"
#include "base/text.h"
#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LINK_SCHEME    "aesgcm://"
#define ADDRESS_SCHEME "https://"
#define IV_LENGTH      12
#define OLD_IV_LENGTH  16

static int failed(struct err *e)
{
	return err_set(e, ERR_ENVIRONMENT, NULL, "OpenSSL cannot encrypt a file");
}

int media_make_key(struct media_key *k, struct err *e)
{
	*k = (struct media_key){ .iv_length = IV_LENGTH };
	if (RAND_bytes(k->iv, IV_LENGTH) != 1 || RAND_bytes(k->key, sizeof k->key) != 1)
		return failed(e);
	return 0;
}

static bool begin(EVP_CIPHER_CTX *c, bool encrypt, const struct media_key *k)
{
	return c && EVP_CipherInit_ex2(c, EVP_aes_256_gcm(), NULL, NULL, encrypt, NULL) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, (int)k->iv_length, NULL) == 1 &&
		EVP_CipherInit_ex2(c, NULL, k->key, k->iv, encrypt, NULL) == 1;
}

int media_seal(const struct media_key *k, const void *bytes, size_t length, struct buf *sealed, struct err *e)
{
	if (length > MEDIA_MOST)
		return err_set(e, ERR_SCRIPT, NULL, "a file of %zu bytes is larger than %u", length, MEDIA_MOST);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t *out = memory_alloc(length + MEDIA_TAG), tag[MEDIA_TAG];
	int made = 0, last = 0;
	bool done = begin(c, true, k) && EVP_CipherUpdate(c, out, &made, bytes, (int)length) == 1 &&
		EVP_CipherFinal_ex(c, out + made, &last) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, MEDIA_TAG, tag) == 1;
	if (done) {
		buf_add(sealed, out, (size_t)(made + last));
		buf_add(sealed, tag, MEDIA_TAG);
	}
	EVP_CIPHER_CTX_free(c);
	free(out);
	return done ? 0 : failed(e);
}

int media_open(const struct media_key *k, const void *sealed, size_t length, struct buf *bytes, struct err *e)
{
	if (length < MEDIA_TAG)
		return err_set(e, ERR_PROTOCOL, NULL, "the file has %zu bytes, fewer than its tag", length);
	if (length > MEDIA_MOST + MEDIA_TAG)
		return err_set(e, ERR_PROTOCOL, NULL, "the file has %zu bytes, more than %u", length, MEDIA_MOST);
	length -= MEDIA_TAG;
	uint8_t tag[MEDIA_TAG];
	memcpy(tag, (const uint8_t *)sealed + length, MEDIA_TAG);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t *out = memory_alloc(length + MEDIA_TAG);
	int made = 0, last = 0;
	bool ready = begin(c, false, k) && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, MEDIA_TAG, tag) == 1;
	bool right = ready && EVP_CipherUpdate(c, out, &made, sealed, (int)length) == 1 &&
		EVP_CipherFinal_ex(c, out + made, &last) == 1;
	if (right)
		buf_add(bytes, out, (size_t)(made + last));
	EVP_CIPHER_CTX_free(c);
	OPENSSL_cleanse(out, length);
	free(out);
	if (!ready)
		return failed(e);
	return right ? 0 : err_set(e, ERR_PROTOCOL, NULL, "the file does not fit its tag");
}

/* ---- links ---- */

static void print_digits(const uint8_t *bytes, size_t length, struct buf *out)
{
	for (size_t i = 0; i < length; i++)
		buf_printf(out, "%02x", bytes[i]);
}

int media_print_link(const char *address, const struct media_key *k, struct buf *link, struct err *e)
{
	if (!text_starts(address, ADDRESS_SCHEME) || strchr(address, '#'))
		return err_set(e, ERR_SCRIPT, NULL, "'%s' must not become a link to an encrypted file", address);
	buf_printf(link, LINK_SCHEME "%s#", address + strlen(ADDRESS_SCHEME));
	print_digits(k->iv, k->iv_length, link);
	print_digits(k->key, sizeof k->key, link);
	return 0;
}

static unsigned digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
}

static const char *read_digits(const char *text, uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++, text += 2)
		bytes[i] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
	return text;
}

int media_read_link(const char *link, struct media_key *k, struct buf *address, struct err *e)
{
	size_t line = strcspn(link, "\n"), before = strcspn(link, "#\n"), digits = 0;
	if (!text_starts(link, LINK_SCHEME) || before == strlen(LINK_SCHEME))
		return err_set(e, ERR_PROTOCOL, NULL, "it is no link that begins with " LINK_SCHEME " and an address");
	if (link[line] && !text_starts(link + line, "\ndata:image/jpeg,"))
		return err_set(e, ERR_PROTOCOL, NULL, "what follows the link is no thumbnail");
	for (size_t i = 0; i < before; i++)
		if (!isgraph((unsigned char)link[i]))
			return err_set(
				e, ERR_PROTOCOL, NULL, "the address in the link has a character that none may have");
	const char *fragment = link + before + (link[before] == '#');
	while (isxdigit((unsigned char)fragment[digits]))
		digits++;
	*k = (struct media_key){ .iv_length = digits / 2 == OLD_IV_LENGTH + sizeof k->key ? OLD_IV_LENGTH : IV_LENGTH };
	if (fragment + digits != link + line || digits != 2 * (k->iv_length + sizeof k->key))
		return err_set(e, ERR_PROTOCOL, NULL,
			"the link has a fragment of %zu characters, not of 88 or 96 hexadecimal digits",
			line - (size_t)(fragment - link));
	read_digits(read_digits(fragment, k->iv, k->iv_length), k->key, sizeof k->key);
	buf_add_text(address, ADDRESS_SCHEME);
	buf_add(address, link + strlen(LINK_SCHEME), before - strlen(LINK_SCHEME));
	return 0;
}
