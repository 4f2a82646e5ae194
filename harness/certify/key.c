/* Keys and certificates of signers. */
#include "base/text.h"
#include "certify/private.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define RSA_BITS_LEAST 2048

/* ---- reading ---- */

struct question {
	const struct certify_request *request;
	bool asked, answered;
};

/* OpenSSL asks for the passphrase of an encrypted key. */
static int give_passphrase(char *out, int size, int writing, void *context)
{
	(void)writing;
	struct question *q = context;
	q->asked = true;
	char *secret = q->request->ask ? q->request->ask(q->request->context) : NULL;
	size_t length = secret ? strlen(secret) : 0;
	q->answered = length > 0 && length <= (size_t)size;
	if (q->answered)
		memcpy(out, secret, length);
	if (secret)
		OPENSSL_cleanse(secret, length);
	free(secret);
	return q->answered ? (int)length : -1;
}

static EVP_PKEY *private_key_read(const struct certify_request *r, struct err *e)
{
	struct buf text = BUF_INIT;
	struct question q = { r, false, false };
	if (file_read(r->key, &text, e)) {
		buf_cleanse(&text);
		return NULL;
	}
	BIO *bio = BIO_new_mem_buf(buf_text(&text), (int)text.len);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &q);
	BIO_free(bio);
	buf_cleanse(&text);
	ERR_clear_error();
	if (key)
		return key;
	if (q.asked && !q.answered)
		err_set(e, ERR_USAGE, r->key, "is encrypted: give --password-file, or answer a terminal");
	else if (q.asked)
		err_set(e, ERR_USAGE, r->key, "cannot be decrypted: the passphrase is wrong, or the file is damaged");
	else
		err_set(e, ERR_USAGE, r->key, "holds no private key in PEM");
	return NULL;
}

/* For what must not be encrypted: without it OpenSSL would ask the terminal itself. */
static int give_nothing(char *out, int size, int writing, void *context)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

EVP_PKEY *key_public_read(const char *text, size_t length)
{
	BIO *bio = BIO_new_mem_buf(text, (int)length);
	EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, give_nothing, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return key;
}

int certificates_read(const char *text, size_t length, struct vec *out)
{
	BIO *bio = BIO_new_mem_buf(text, (int)length);
	for (X509 *one; (one = PEM_read_bio_X509(bio, NULL, give_nothing, NULL));)
		vec_push(out, one);
	/* At the end there is no further line that begins one; anything else is a broken one. */
	bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	BIO_free(bio);
	ERR_clear_error();
	return whole && out->count ? 0 : -1;
}

void certificates_release(struct vec *certificates)
{
	for (size_t i = 0; i < certificates->count; i++)
		X509_free(certificates->items[i]);
	vec_release(certificates);
}

/* ---- names ---- */

void key_fingerprint(EVP_PKEY *key, char out[DIGEST_SIZE])
{
	unsigned char *der = NULL;
	int length = i2d_PUBKEY(key, &der);
	digest_bytes(der, length > 0 ? (size_t)length : 0, out);
	OPENSSL_free(der);
}

void certificate_fingerprint(X509 *certificate, char out[DIGEST_SIZE])
{
	unsigned char *der = NULL;
	int length = i2d_X509(certificate, &der);
	digest_bytes(der, length > 0 ? (size_t)length : 0, out);
	OPENSSL_free(der);
}

static char *name_text(const X509_NAME *name)
{
	char *data, *text = NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		long length = BIO_get_mem_data(bio, &data);
		text = memory_copy_bytes(data, length > 0 ? (size_t)length : 0);
	}
	BIO_free(bio);
	if (text && !text_is_plain(text))
		memory_free_text(&text);
	return text ? text : memory_copy_text("");
}

char *certificate_subject(X509 *certificate)
{
	return name_text(X509_get_subject_name(certificate));
}

static char *key_pem(EVP_PKEY *key)
{
	char *data;
	BIO *bio = BIO_new(BIO_s_mem());
	PEM_write_bio_PUBKEY(bio, key);
	long length = BIO_get_mem_data(bio, &data);
	char *text = memory_copy_bytes(data, length > 0 ? (size_t)length : 0);
	BIO_free(bio);
	return text;
}

json_t *signer_describe(const struct signer *s)
{
	json_t *object = json_object();
	json_object_set_new(object, "kind", json_string(s->certificate ? "x509" : "ed25519"));
	json_object_set_new(object, "fingerprint", json_string(s->fingerprint));
	if (!s->certificate) {
		AUTO_TEXT pem = key_pem(s->key);
		json_object_set_new(object, "public_key", json_string(pem));
		return object;
	}
	AUTO_TEXT subject = certificate_subject(s->certificate);
	AUTO_TEXT issuer = name_text(X509_get_issuer_name(s->certificate));
	json_t *list = json_array();
	for (size_t i = 0; i < s->certificates.count; i++) {
		char digest[DIGEST_SIZE];
		certificate_fingerprint(s->certificates.items[i], digest);
		json_array_append_new(list, json_string(digest));
	}
	json_object_set_new(object, "subject", json_string(subject));
	json_object_set_new(object, "issuer", json_string(issuer));
	json_object_set_new(object, "certificates", list);
	return object;
}

/* ---- signers ---- */

static int check_key(const struct certify_request *r, const struct signer *s, struct err *e)
{
	int kind = EVP_PKEY_get_base_id(s->key);
	if (!r->certificate)
		return kind == EVP_PKEY_ED25519 ? 0
						: err_set(e, ERR_USAGE, r->key,
							  "is no Ed25519 key; any other needs its X.509 certificate: "
							  "--certificate FILE");
	if (kind == EVP_PKEY_EC)
		return 0;
	if (kind != EVP_PKEY_RSA)
		return err_set(e, ERR_USAGE, r->key,
			"is neither RSA nor ECDSA, and with --certificate it must be; an Ed25519 key signs without one");
	return EVP_PKEY_get_bits(s->key) >= RSA_BITS_LEAST
		? 0
		: err_set(e, ERR_USAGE, r->key, "has %d bits; %d are the least that can be trusted",
			  EVP_PKEY_get_bits(s->key), RSA_BITS_LEAST);
}

static int read_certificates(const struct certify_request *r, struct signer *s, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (file_read(r->certificate, &text, e))
		return -1;
	if (certificates_read(buf_text(&text), text.len, &s->certificates))
		return err_set(e, ERR_USAGE, r->certificate, "holds no X.509 certificate in PEM, or a broken one");
	s->certificate = s->certificates.items[0];
	if (X509_check_private_key(s->certificate, s->key) != 1) {
		ERR_clear_error();
		return err_set(e, ERR_USAGE, r->certificate, "begins with a certificate that is not the key's");
	}
	int64_t now = r->now;
	if (X509_cmp_time(X509_get0_notBefore(s->certificate), &(time_t){ now }) > 0)
		return err_set(e, ERR_USAGE, r->certificate, "is not valid yet");
	if (X509_cmp_time(X509_get0_notAfter(s->certificate), &(time_t){ now }) < 0)
		return err_set(e, ERR_USAGE, r->certificate, "is not valid any more");
	certificate_fingerprint(s->certificate, s->fingerprint);
	return 0;
}

int signer_open(struct signer *s, const struct certify_request *r, struct err *e)
{
	*s = (struct signer){ .key = private_key_read(r, e) };
	if (!s->key)
		return -1;
	key_fingerprint(s->key, s->fingerprint);
	if (check_key(r, s, e) == 0 && (!r->certificate || read_certificates(r, s, e) == 0))
		return 0;
	signer_release(s);
	return -1;
}

void signer_release(struct signer *s)
{
	EVP_PKEY_free(s->key);
	certificates_release(&s->certificates);
	*s = (struct signer){ 0 };
}

/* ---- Ed25519 ---- */

int key_sign(EVP_PKEY *key, const struct buf *text, struct buf *out, struct err *e)
{
	unsigned char signature[64];
	size_t length = sizeof signature;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
		EVP_DigestSign(context, signature, &length, (const unsigned char *)buf_text(text), text->len) == 1;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	if (!good)
		return err_set(e, ERR_INTERNAL, NULL, "OpenSSL cannot sign with this key");
	buf_add(out, signature, length);
	return 0;
}

bool key_verify(EVP_PKEY *key, const struct buf *text, const struct buf *signature)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 && context &&
		EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
		EVP_DigestVerify(context, (const unsigned char *)buf_text(signature), signature->len,
			(const unsigned char *)buf_text(text), text->len) == 1;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return good;
}
