#include "xmpp/scram.h"
#include "base/memory.h"
#include "base/text.h"
#include "xmpp/sasl.h"
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stringprep.h>

/* ---- small tools ---- */

static bool is_plain_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e)
			return false;
	return true;
}

int saslprep(const char *text, struct buf *out, struct err *e)
{
	if (is_plain_ascii(text)) {
		buf_add_text(out, text);
		return 0;
	}
	char *prepared = NULL;
	int fault = stringprep_profile(text, &prepared, "SASLprep", 0);
	if (fault != STRINGPREP_OK)
		return err_set(e, ERR_UNSUPPORTED, NULL, "a user name or password holds what SASLprep forbids: %s",
			stringprep_strerror(fault));
	buf_add_text(out, prepared);
	OPENSSL_cleanse(prepared, strlen(prepared));
	free(prepared);
	return 0;
}

/* ---- salted passwords that were derived already ---- */

#define KEYS_KEPT 256
struct salted {
	unsigned char name[32]; /* SHA-256 over digest, iterations, salt and password: no password is kept */
	unsigned char key[EVP_MAX_MD_SIZE];
};
static struct salted *salted_keys;
static size_t salted_count;

void scram_forget_keys(void)
{
	if (salted_keys)
		OPENSSL_cleanse(salted_keys, KEYS_KEPT * sizeof *salted_keys);
	free(salted_keys);
	salted_keys = NULL;
	salted_count = 0;
}

static bool salted_name(const struct scram *s, const struct buf *salt, int iterations, unsigned char name[32])
{
	struct buf all = BUF_INIT;
	buf_printf(&all, "%s %d %zu ", s->digest_name, iterations, salt->len);
	buf_add(&all, salt->data, salt->len);
	buf_add(&all, s->password.data, s->password.len);
	bool made = EVP_Digest(all.data, all.len, name, NULL, EVP_sha256(), NULL) == 1;
	buf_cleanse(&all);
	return made;
}

/* Hi() of RFC 5802 section 2.2, or the same from before. */
static int salted_password(const struct scram *s, const struct buf *salt, int iterations,
	unsigned char key[EVP_MAX_MD_SIZE], struct err *e)
{
	unsigned char name[32];
	size_t size = (size_t)EVP_MD_get_size(s->digest);
	if (!salted_name(s, salt, iterations, name))
		return err_set(e, ERR_ENVIRONMENT, NULL, "OpenSSL cannot hash");
	size_t kept = salted_count < KEYS_KEPT ? salted_count : KEYS_KEPT;
	for (size_t i = 0; i < kept; i++)
		if (memcmp(salted_keys[i].name, name, sizeof name) == 0) {
			memcpy(key, salted_keys[i].key, size);
			return 0;
		}
	if (PKCS5_PBKDF2_HMAC(buf_text(&s->password), (int)s->password.len, (const unsigned char *)salt->data,
		    (int)salt->len, iterations, s->digest, (int)size, key) != 1)
		return err_set(e, ERR_ENVIRONMENT, NULL, "OpenSSL cannot derive a key from the password");
	if (!salted_keys)
		salted_keys = memory_alloc(KEYS_KEPT * sizeof *salted_keys);
	struct salted *slot = &salted_keys[salted_count++ % KEYS_KEPT];
	memcpy(slot->name, name, sizeof name);
	memcpy(slot->key, key, size);
	return 0;
}

/* ---- the exchange ---- */

/* RFC 5802 section 5.1: commas and equals signs of a user name are escaped. */
static void add_escaped_name(struct buf *out, const char *name)
{
	for (; *name; name++) {
		if (*name == ',')
			buf_add_text(out, "=2C");
		else if (*name == '=')
			buf_add_text(out, "=3D");
		else
			buf_add_char(out, *name);
	}
}

int scram_begin(struct scram *s, const char *digest_name, const char *user, const char *password, const char *gs2,
	const struct buf *binding, const char *nonce, struct err *e)
{
	*s = (struct scram){ .digest = EVP_get_digestbyname(digest_name), .digest_name = digest_name };
	if (!s->digest)
		return err_set(e, ERR_UNSUPPORTED, NULL, "OpenSSL has no %s here", digest_name);
	struct buf name = BUF_INIT;
	if (saslprep(password, &s->password, e) || saslprep(user, &name, e)) {
		buf_release(&name);
		scram_release(s);
		return -1;
	}
	if (nonce) {
		snprintf(s->nonce, sizeof s->nonce, "%s", nonce);
	} else {
		unsigned char random[24];
		BUF_AUTO text = BUF_INIT;
		if (RAND_bytes(random, sizeof random) != 1) {
			buf_release(&name);
			scram_release(s);
			return err_set(e, ERR_ENVIRONMENT, NULL, "OpenSSL has no random numbers");
		}
		base64_encode(random, sizeof random, &text);
		snprintf(s->nonce, sizeof s->nonce, "%s", buf_text(&text));
	}
	buf_add_text(&s->first_bare, "n=");
	add_escaped_name(&s->first_bare, buf_text(&name));
	buf_printf(&s->first_bare, ",r=%s", s->nonce);
	buf_add_text(&s->header, gs2);
	s->header_length = s->header.len;
	if (binding && binding->len)
		buf_add(&s->header, binding->data, binding->len);
	buf_release(&name);
	return 0;
}

void scram_release(struct scram *s)
{
	buf_cleanse(&s->password);
	buf_release(&s->first_bare);
	buf_release(&s->header);
	OPENSSL_cleanse(s, sizeof *s);
	*s = (struct scram){ 0 };
}

void scram_first(const struct scram *s, struct buf *out)
{
	buf_add(out, s->header.data, s->header_length);
	buf_add(out, s->first_bare.data, s->first_bare.len);
}

/* The value of the attribute `name` that must stand at *at; *at moves behind it. NULL where something else stands there. */
static char *take_attribute(struct arena *a, const char **at, char name)
{
	if ((*at)[0] != name || (*at)[1] != '=')
		return NULL;
	const char *begin = *at + 2, *end = begin + strcspn(begin, ",");
	*at = *end ? end + 1 : end;
	return arena_bytes(a, begin, (size_t)(end - begin));
}

struct server_first {
	const char *nonce;
	struct buf salt;
	int iterations;
};

/* Salt and count as they stand in the message, decoded and within bounds. */
static int read_salt(struct server_first *f, const char *salt, const char *count, struct err *e)
{
	int64_t iterations;
	if (base64_decode(salt, strlen(salt), &f->salt) || !f->salt.len)
		return err_set(e, ERR_PROTOCOL, NULL, "SCRAM: the salt is not base64");
	if (text_to_number(count, 1, INT32_MAX, &iterations))
		return err_set(e, ERR_PROTOCOL, NULL, "SCRAM: the iteration count is no number");
	if (iterations > SCRAM_ITERATIONS_LIMIT)
		return err_set(e, ERR_PROTOCOL, NULL, "SCRAM: %lld iterations are refused, %d are the limit",
			(long long)iterations, SCRAM_ITERATIONS_LIMIT);
	f->iterations = (int)iterations;
	return 0;
}

static int read_server_first(
	const struct scram *s, struct arena *a, const char *text, struct server_first *f, struct err *e)
{
	const char *at = text;
	if (text_starts(text, "m="))
		return err_set(e, ERR_PROTOCOL, NULL, "SCRAM: the server demands an extension that nobody knows");
	f->nonce = take_attribute(a, &at, 'r');
	const char *salt = f->nonce ? take_attribute(a, &at, 's') : NULL;
	const char *count = salt ? take_attribute(a, &at, 'i') : NULL;
	if (!count)
		return err_set(
			e, ERR_PROTOCOL, NULL, "SCRAM: the server's first message lacks nonce, salt or iterations");
	size_t ours = strlen(s->nonce);
	if (strncmp(f->nonce, s->nonce, ours) != 0 || strlen(f->nonce) == ours)
		return err_set(e, ERR_PROTOCOL, NULL, "SCRAM: the server's nonce does not extend ours");
	return read_salt(f, salt, count, e);
}

static bool keyed_hash(const struct scram *s, const unsigned char *key, const void *bytes, size_t length,
	unsigned char out[EVP_MAX_MD_SIZE])
{
	return HMAC(s->digest, key, EVP_MD_get_size(s->digest), bytes, length, out, NULL) != NULL;
}

/* RFC 5802 section 3: proof for the server, and what the server must prove to us. */
static int compute_proof(struct scram *s, const struct server_first *f, const struct buf *message,
	unsigned char proof[EVP_MAX_MD_SIZE], struct err *e)
{
	unsigned char salted[EVP_MAX_MD_SIZE], client[EVP_MAX_MD_SIZE], stored[EVP_MAX_MD_SIZE],
		server[EVP_MAX_MD_SIZE], signature[EVP_MAX_MD_SIZE];
	int size = EVP_MD_get_size(s->digest), result = salted_password(s, &f->salt, f->iterations, salted, e);
	if (result == 0 &&
		!(keyed_hash(s, salted, "Client Key", 10, client) &&
			EVP_Digest(client, (size_t)size, stored, NULL, s->digest, NULL) == 1 &&
			keyed_hash(s, stored, message->data, message->len, signature) &&
			keyed_hash(s, salted, "Server Key", 10, server) &&
			keyed_hash(s, server, message->data, message->len, s->server_signature)))
		result = err_set(e, ERR_ENVIRONMENT, NULL, "OpenSSL cannot compute the proof of SCRAM");
	for (int i = 0; result == 0 && i < size; i++)
		proof[i] = client[i] ^ signature[i];
	s->signature_length = result ? 0 : (unsigned)size;
	OPENSSL_cleanse(salted, sizeof salted);
	OPENSSL_cleanse(client, sizeof client);
	OPENSSL_cleanse(stored, sizeof stored);
	OPENSSL_cleanse(server, sizeof server);
	OPENSSL_cleanse(signature, sizeof signature);
	return result;
}

int scram_answer(struct scram *s, const char *server_first, struct buf *out, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct server_first f = { .salt = BUF_INIT };
	struct buf final = BUF_INIT, message = BUF_INIT;
	unsigned char proof[EVP_MAX_MD_SIZE];
	int result = read_server_first(s, &a, server_first, &f, e);
	if (result == 0) {
		buf_add_text(&final, "c=");
		base64_encode(s->header.data, s->header.len, &final);
		buf_printf(&final, ",r=%s", f.nonce);
		buf_printf(&message, "%s,%s,%s", buf_text(&s->first_bare), server_first, buf_text(&final));
		result = compute_proof(s, &f, &message, proof, e);
	}
	if (result == 0) {
		buf_add(out, final.data, final.len);
		buf_add_text(out, ",p=");
		base64_encode(proof, s->signature_length, out);
	}
	buf_cleanse(&s->password);
	buf_release(&final);
	buf_release(&message);
	buf_release(&f.salt);
	arena_release(&a);
	return result;
}

int scram_check(struct scram *s, const char *server_final, struct err *e)
{
	struct arena a = ARENA_INIT;
	BUF_AUTO signature = BUF_INIT;
	const char *at = server_final;
	char *value = take_attribute(&a, &at, 'e');
	int result = 0;
	if (value)
		result = err_set(e, ERR_REFUSED, NULL, "SCRAM: the server says %s", value);
	else if (!s->signature_length)
		result = err_set(e, ERR_PROTOCOL, NULL, "SCRAM: the server ends before it has asked for a proof");
	else if (!(value = take_attribute(&a, &at, 'v')) || base64_decode(value, strlen(value), &signature))
		result = err_set(e, ERR_PROTOCOL, NULL, "SCRAM: the server's final message carries no signature");
	else if (signature.len != s->signature_length ||
		CRYPTO_memcmp(signature.data, s->server_signature, signature.len) != 0)
		result = err_set(
			e, ERR_PROTOCOL, NULL, "SCRAM: the server's signature is wrong: it does not know the password");
	s->verified = result == 0;
	arena_release(&a);
	return result;
}

bool scram_attribute(const char *message, char letter, struct buf *out)
{
	for (const char *at = message; *at; at += strcspn(at, ","), at += *at == ',')
		if (at[0] == letter && at[1] == '=') {
			buf_add(out, at + 2, strcspn(at + 2, ","));
			return true;
		}
	return false;
}

int scram_prove(const char *mechanism, const char *password, const char *message, struct buf *proof,
	struct buf *signature, struct err *e)
{
	struct scram s = { .digest_name = sasl_digest(mechanism) };
	struct server_first f = { .salt = BUF_INIT };
	BUF_AUTO salt = BUF_INIT, count = BUF_INIT, all = BUF_INIT;
	unsigned char bytes[EVP_MAX_MD_SIZE];
	if (!s.digest_name || !(s.digest = EVP_get_digestbyname(s.digest_name)))
		return err_set(e, ERR_UNSUPPORTED, NULL, "%s is no mechanism of SCRAM that is known here", mechanism);
	if (!scram_attribute(message, 's', &salt) || !scram_attribute(message, 'i', &count))
		return err_set(e, ERR_PROTOCOL, NULL, "SCRAM: the server's first message lacks salt or iterations");
	buf_add_text(&all, message);
	int result = saslprep(password, &s.password, e) || read_salt(&f, buf_text(&salt), buf_text(&count), e) ||
			compute_proof(&s, &f, &all, bytes, e)
		? -1
		: 0;
	if (result == 0) {
		base64_encode(bytes, s.signature_length, proof);
		base64_encode(s.server_signature, s.signature_length, signature);
	}
	buf_release(&f.salt);
	scram_release(&s);
	return result;
}
