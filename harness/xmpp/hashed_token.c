#include "xmpp/hashed_token.h"
#include "base/memory.h"
#include "base/text.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#define FAMILY "HT-"

const char *hashed_token_binding(const char *mechanism)
{
	static const struct {
		const char *word, *type;
	} types[] = {
		{ "-NONE", "" },
		{ "-UNIQ", "tls-unique" },
		{ "-ENDP", "tls-server-end-point" },
		{ "-EXPR", "tls-exporter" },
	};
	const char *last = text_starts(mechanism, FAMILY) ? strrchr(mechanism + strlen(FAMILY), '-') : NULL;
	for (size_t i = 0; last && i < sizeof types / sizeof *types; i++)
		if (text_equal(last, types[i].word))
			return types[i].type;
	return NULL;
}

static const EVP_MD *digest_of(const char *mechanism)
{
	const char *from = mechanism + strlen(FAMILY), *last = strrchr(from, '-');
	AUTO_TEXT name = memory_copy_bytes(from, (size_t)(last - from));
	return EVP_get_digestbyname(text_equal(name, "SHA-256") ? "SHA256"
			: text_equal(name, "SHA-512")           ? "SHA512"
								: name);
}

static void add_hash(
	const EVP_MD *digest, const char *token, const char *word, const struct buf *binding, struct buf *out)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	BUF_AUTO message = BUF_INIT;
	buf_add_text(&message, word);
	buf_add(&message, buf_text(binding), binding->len);
	HMAC(digest, token, (int)strlen(token), (const unsigned char *)message.data, message.len, hash, &length);
	buf_add(out, hash, length);
	OPENSSL_cleanse(hash, sizeof hash);
}

int hashed_token_prove(const char *mechanism, const char *user, const char *token, const struct buf *binding,
	struct buf *initial, struct buf *answer, struct err *e)
{
	const EVP_MD *digest = hashed_token_binding(mechanism) ? digest_of(mechanism) : NULL;
	if (!digest)
		return err_set(
			e, ERR_UNSUPPORTED, NULL, "%s is no mechanism of hashed tokens that is known here", mechanism);
	buf_add(initial, user, strlen(user) + 1);
	add_hash(digest, token, "Initiator", binding, initial);
	add_hash(digest, token, "Responder", binding, answer);
	return 0;
}
