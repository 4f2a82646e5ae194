/* Channel bindings for TLS: RFC 5929 and RFC 9266. */
#include "base/text.h"
#include "xmpp/sasl.h"
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <string.h>

#define EXPORTER_LABEL "EXPORTER-Channel-Binding" /* RFC 9266 section 2 */
#define EXPORTER_SIZE  32

/* RFC 9266 section 3: below TLS 1.3 the exporter binds only with the extended master secret. */
static bool bind_exporter(SSL *ssl, struct buf *out)
{
	unsigned char data[EXPORTER_SIZE];
	if (SSL_version(ssl) < TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1)
		return false;
	if (SSL_export_keying_material(ssl, data, sizeof data, EXPORTER_LABEL, strlen(EXPORTER_LABEL),
		    (const unsigned char *)"", 0, 1) != 1)
		return false;
	buf_add(out, data, sizeof data);
	return true;
}

/* RFC 5929 section 3: the first Finished message, which is the client's as net/ never resumes a TLS session. Not
 * defined for TLS 1.3 (RFC 8446 appendix C.5). */
static bool bind_unique(SSL *ssl, struct buf *out)
{
	unsigned char data[EVP_MAX_MD_SIZE];
	if (SSL_version(ssl) >= TLS1_3_VERSION || SSL_session_reused(ssl))
		return false;
	size_t length = SSL_get_finished(ssl, data, sizeof data);
	if (!length || length > sizeof data)
		return false;
	buf_add(out, data, length);
	return true;
}

/* RFC 5929 section 4.1: hashed with the digest of the certificate's signature, SHA-256 in place of MD5 and SHA-1;
 * undefined where the signature has no digest of its own (Ed25519). */
static bool bind_end_point(SSL *ssl, struct buf *out)
{
	X509 *certificate = SSL_get0_peer_certificate(ssl);
	int digest = NID_undef;
	if (!certificate || X509_get_signature_info(certificate, &digest, NULL, NULL, NULL) != 1 || digest == NID_undef)
		return false;
	const EVP_MD *how = digest == NID_md5 || digest == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(digest);
	unsigned char data[EVP_MAX_MD_SIZE];
	unsigned length;
	if (!how || X509_digest(certificate, how, data, &length) != 1)
		return false;
	buf_add(out, data, length);
	return true;
}

bool channel_binding(SSL *ssl, const char *type, struct buf *out)
{
	if (!ssl)
		return false;
	if (text_equal(type, "tls-exporter"))
		return bind_exporter(ssl, out);
	if (text_equal(type, "tls-unique"))
		return bind_unique(ssl, out);
	return text_equal(type, "tls-server-end-point") && bind_end_point(ssl, out);
}
