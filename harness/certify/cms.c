/* Detached signatures as CMS SignedData (RFC 5652): one signer, SHA-256, DER.
 *
 * A CMS signature does not cover all of its own bytes (versions, names of algorithms, the certificates beside it). So that
 * a change there is found too, only the one encoding is accepted that follows from its parts: it is made again and compared. */
#include "base/text.h"
#include "certify/private.h"
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

/* ---- signing ---- */

int cms_sign(const struct signer *s, const struct buf *text, struct buf *out, struct err *e)
{
	unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_PARTIAL;
	unsigned char *der = NULL;
	BIO *data = BIO_new_mem_buf(buf_text(text), (int)text->len);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, data, flags);
	bool good = cms && CMS_add1_signer(cms, s->certificate, s->key, EVP_sha256(), flags);
	for (size_t i = 1; good && i < s->certificates.count; i++)
		good = CMS_add1_cert(cms, s->certificates.items[i]) == 1;
	good = good && CMS_final(cms, data, NULL, flags) == 1;
	int length = good ? i2d_CMS_ContentInfo(cms, &der) : -1;
	if (length > 0)
		buf_add(out, der, (size_t)length);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(data);
	ERR_clear_error();
	return length > 0 ? 0 : err_set(e, ERR_INTERNAL, NULL, "OpenSSL cannot sign with this key and certificate");
}

/* ---- the one encoding ---- */

/* Puts a tag and the length before what `b` holds. */
static void wrap(struct buf *b, unsigned char tag)
{
	unsigned char head[2 + sizeof b->len] = { tag };
	size_t digits = 0, size = 2;
	for (size_t left = b->len; left; left >>= 8)
		digits++;
	if (b->len < 128) {
		head[1] = (unsigned char)b->len;
	} else {
		head[1] = (unsigned char)(0x80 | digits);
		for (size_t i = digits; i-- > 0;)
			head[size++] = (unsigned char)(b->len >> (8 * i));
	}
	struct buf whole = BUF_INIT;
	buf_add(&whole, head, size);
	buf_add(&whole, buf_text(b), b->len);
	buf_release(b);
	*b = whole;
}

static void add_wrapped(struct buf *out, struct buf *part, unsigned char tag)
{
	wrap(part, tag);
	buf_add(out, buf_text(part), part->len);
	buf_release(part);
}

#define ADD_DER(out, kind, value)                                                                                      \
	do {                                                                                                           \
		unsigned char *der_ = NULL;                                                                            \
		int length_ = i2d_##kind(value, &der_);                                                                \
		if (length_ > 0)                                                                                       \
			buf_add(out, der_, (size_t)length_);                                                           \
		OPENSSL_free(der_);                                                                                    \
	} while (0)

static const unsigned char version_one[] = { 0x02, 0x01, 0x01 };
static const unsigned char sha256[] = { 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };
static const unsigned char data_type[] = { 0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07,
	0x01 };
static const unsigned char signed_data[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };
static const unsigned char rsa[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05,
	0x00 };
static const unsigned char ecdsa[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };

/* SignerInfo, RFC 5652 section 5.3. */
static void add_signer(struct buf *out, CMS_SignerInfo *info, X509 *certificate)
{
	struct buf whole = BUF_INIT, id = BUF_INIT, attributes = BUF_INIT, signature = BUF_INIT;
	const ASN1_OCTET_STRING *bytes = CMS_SignerInfo_get0_signature(info);
	buf_add(&whole, version_one, sizeof version_one);
	ADD_DER(&id, X509_NAME, X509_get_issuer_name(certificate));
	ADD_DER(&id, ASN1_INTEGER, X509_get_serialNumber(certificate));
	add_wrapped(&whole, &id, 0x30);
	buf_add(&whole, sha256, sizeof sha256);
	for (int i = 0; i < CMS_signed_get_attr_count(info); i++)
		ADD_DER(&attributes, X509_ATTRIBUTE, CMS_signed_get_attr(info, i));
	add_wrapped(&whole, &attributes, 0xa0);
	if (EVP_PKEY_get_base_id(X509_get0_pubkey(certificate)) == EVP_PKEY_RSA)
		buf_add(&whole, rsa, sizeof rsa);
	else
		buf_add(&whole, ecdsa, sizeof ecdsa);
	buf_add(&signature, ASN1_STRING_get0_data(bytes), (size_t)ASN1_STRING_length(bytes));
	add_wrapped(&whole, &signature, 0x04);
	add_wrapped(out, &whole, 0x30);
}

/* ContentInfo with SignedData, RFC 5652 section 5.1. */
static void encode(CMS_SignerInfo *info, X509 *signer, STACK_OF(X509) * certificates, struct buf *out)
{
	struct buf content = BUF_INIT, digests = BUF_INIT, list = BUF_INIT, signers = BUF_INIT;
	buf_add(&content, version_one, sizeof version_one);
	buf_add(&digests, sha256, sizeof sha256);
	add_wrapped(&content, &digests, 0x31);
	buf_add(&content, data_type, sizeof data_type);
	for (int i = 0; i < sk_X509_num(certificates); i++)
		ADD_DER(&list, X509, sk_X509_value(certificates, i));
	add_wrapped(&content, &list, 0xa0);
	add_signer(&signers, info, signer);
	add_wrapped(&content, &signers, 0x31);
	wrap(&content, 0x30);
	wrap(&content, 0xa0);
	buf_add(out, signed_data, sizeof signed_data);
	buf_add(out, buf_text(&content), content.len);
	buf_release(&content);
	wrap(out, 0x30);
}

/* ---- verifying ---- */

/* The certificates beside the signature are those that the statement names. */
static bool certificates_are(STACK_OF(X509) * certificates, const json_t *named)
{
	size_t i, seen = 0;
	json_t *one;
	json_array_foreach(named, i, one) {
		for (int k = 0; k < sk_X509_num(certificates); k++) {
			char digest[DIGEST_SIZE];
			certificate_fingerprint(sk_X509_value(certificates, k), digest);
			if (text_equal(digest, json_string_value(one))) {
				seen++;
				break;
			}
		}
	}
	return seen == json_array_size(named) && seen == (size_t)sk_X509_num(certificates);
}

/* Whether one of the authorities vouches for the signer, now, for whatever use. */
static void check_authority(const struct judge *j, X509 *signer, STACK_OF(X509) * others, const char *name)
{
	const char *file = j->request->authorities;
	AUTO_TEXT subject = certificate_subject(signer);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	for (size_t i = 0; i < j->authorities.count; i++)
		X509_STORE_add_cert(store, j->authorities.items[i]);
	bool good = X509_STORE_CTX_init(context, store, signer, others) == 1;
	if (good) {
		X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
		X509_VERIFY_PARAM_set_time(parameters, (time_t)j->request->now);
		/* An authority in the file is trusted as it stands, whether it is a root or below one. */
		X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
		good = X509_verify_cert(context) == 1;
	}
	if (good)
		noted(j->out, "%s: an authority of %s vouches for the signer", name, file);
	else
		found(j->out, name, "no authority of %s vouches for the signer %s: %s", file, subject,
			X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
}

static void check_trust(const struct judge *j, X509 *signer, STACK_OF(X509) * certificates, const char *name)
{
	char digest[DIGEST_SIZE];
	AUTO_TEXT subject = certificate_subject(signer);
	certificate_fingerprint(signer, digest);
	noted(j->out, "%s: signed by %s, X.509 certificate SHA-256 %s", name, subject, digest);
	if (j->key && EVP_PKEY_eq(j->key, X509_get0_pubkey(signer)) == 1)
		noted(j->out, "%s: the key is that of %s", name, j->request->key);
	else if (j->key)
		found(j->out, name, "signed with another key than that of %s", j->request->key);
	if (j->request->authorities)
		check_authority(j, signer, certificates, name);
	else if (!j->key)
		noted(j->out, "%s: whether that signer is who it says was not looked at: give --ca FILE", name);
}

static bool check_signer(const struct judge *j, CMS_ContentInfo *cms, const json_t *described, const char *name,
	const struct buf *signature)
{
	char digest[DIGEST_SIZE];
	BUF_AUTO again = BUF_INIT;
	STACK_OF(X509) *certificates = CMS_get1_certs(cms), *signers = CMS_get0_signers(cms);
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
	X509 *signer = sk_X509_num(signers) == 1 ? sk_X509_value(signers, 0) : NULL;
	if (!signer || sk_CMS_SignerInfo_num(infos) != 1) {
		found(j->out, name, "has not exactly one signer");
		signer = NULL;
	} else {
		certificate_fingerprint(signer, digest);
		encode(sk_CMS_SignerInfo_value(infos, 0), signer, certificates, &again);
		if (!text_equal(digest, text_at(described, "fingerprint")) ||
			!certificates_are(certificates, json_object_get(described, "certificates")))
			found(j->out, name, "holds other certificates than those that the statement names");
		else if (difference_find(signature, &again).last)
			found_difference(j->out, name, signature, &again);
		check_trust(j, signer, certificates, name);
	}
	sk_X509_free(signers);
	sk_X509_pop_free(certificates, X509_free);
	return signer != NULL;
}

static bool is_signed(CMS_ContentInfo *cms, const struct buf *text)
{
	/* Behind a filter, since CMS_verify of OpenSSL 3.0 copies a BIO in memory, and forgets the copy where it fails. */
	BIO *data = BIO_push(BIO_new(BIO_f_null()), BIO_new_mem_buf(buf_text(text), (int)text->len));
	bool good = CMS_verify(cms, NULL, NULL, data, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
	BIO_free_all(data);
	return good;
}

bool cms_verify(const struct judge *j, const json_t *signer, const char *name, const struct buf *signature,
	const struct buf *text)
{
	const unsigned char *at = (const unsigned char *)buf_text(signature);
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)signature->len);
	bool good = cms && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed && is_signed(cms, text) &&
		check_signer(j, cms, signer, name, signature);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return good;
}
