/* TLS by OpenSSL, directly on the non-blocking socket. */
#include "base/text.h"
#include "net/private.h"
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ACCEPTED_FOR (60 * CLOCK_SECOND)

/* Contexts are kept for the life of the process: reading a bundle of authorities costs milliseconds each time, and
 * many connections of one run want the same one. A connection changes nothing in it. */
struct shared_context {
	struct shared_context *next;
	char *ca_file;
	bool verify;
	int highest_version;
	SSL_CTX *context;
	struct buf accepted; /* the chain that was verified last, as it was sent */
	int64_t until;       /* it need not be verified again before */
};
static struct shared_context *contexts;

const char *openssl_reason(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	ERR_clear_error();
	return reason ? reason : "unknown reason";
}

/* Where the file of authorities holds revocation lists too, a certificate must be looked up in that of its issuer
 * (RFC 5280 section 6.3). Without such a list nothing is known of revocation, and nothing is asked of anybody. */
static void check_revocation(SSL_CTX *context)
{
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	const STACK_OF(X509_OBJECT) *known = X509_STORE_get0_objects(store);
	for (int i = 0; i < sk_X509_OBJECT_num(known); i++) {
		if (X509_OBJECT_get_type(sk_X509_OBJECT_value(known, i)) == X509_LU_CRL) {
			X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
			return;
		}
	}
}

/* The certificates that the peer has sent, as it has sent them. */
static void copy_chain(X509_STORE_CTX *v, struct buf *out)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_untrusted(v);
	for (int i = 0; i < sk_X509_num(chain); i++) {
		unsigned char *bytes = NULL;
		int length = i2d_X509(sk_X509_value(chain, i), &bytes);
		if (length > 0)
			buf_add(out, (char *)bytes, (size_t)length);
		OPENSSL_free(bytes);
	}
}

/* Many connections of a run are shown the same chain, and looking at it again comes to the same end: one that was accepted a moment
 * ago is accepted, byte for byte the same, by the same authorities. That the peer has its key, and that it is for the name that was asked
 * for, is seen for each connection. */
static int verify_chain(X509_STORE_CTX *v, void *own)
{
	struct shared_context *s = own;
	BUF_AUTO chain = BUF_INIT;
	copy_chain(v, &chain);
	bool same = chain.len && chain.len == s->accepted.len && memcmp(chain.data, s->accepted.data, chain.len) == 0;
	if (same && clock_now() < s->until) {
		X509_STORE_CTX_set_error(v, X509_V_OK);
		return 1;
	}
	int good = X509_verify_cert(v);
	if (good == 1 && X509_STORE_CTX_get_error(v) == X509_V_OK) {
		buf_clear(&s->accepted);
		buf_add(&s->accepted, chain.data, chain.len);
		s->until = clock_now() + ACCEPTED_FOR;
	}
	return good;
}

static SSL_CTX *make_context(const struct net_tls *t, struct err *e)
{
	ERR_clear_error();
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	if (!context) {
		err_set(e, ERR_ENVIRONMENT, NULL, "OpenSSL cannot start: %s", openssl_reason());
		return NULL;
	}
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	if (t->highest_version)
		SSL_CTX_set_max_proto_version(context, t->highest_version);
	SSL_CTX_set_mode(context,
		SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	/* XMPP has an end of its own, so a missing close_notify truncates nothing. Sessions are never resumed: the
	 * tls-unique binding would then be another one (RFC 5929 section 3.1). */
	SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_read_ahead(context, 1); /* one system call a record, not two */
	SSL_CTX_set_verify(context, t->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
	if (!t->verify)
		return context;
	int loaded = t->ca_file ? SSL_CTX_load_verify_locations(context, t->ca_file, NULL)
				: SSL_CTX_set_default_verify_paths(context);
	if (loaded == 1) {
		check_revocation(context);
		return context;
	}
	if (t->ca_file)
		err_set(e, ERR_USAGE, t->ca_file, "certificates of authorities cannot be read: %s", openssl_reason());
	else
		err_set(e, ERR_ENVIRONMENT, NULL, "the system's authorities cannot be read: %s", openssl_reason());
	SSL_CTX_free(context);
	return NULL;
}

static SSL_CTX *shared_context(const struct net_tls *t, struct err *e)
{
	for (struct shared_context *s = contexts; s; s = s->next)
		if (text_equal(s->ca_file, t->ca_file) && s->verify == t->verify &&
			s->highest_version == t->highest_version)
			return s->context;
	SSL_CTX *context = make_context(t, e);
	if (!context)
		return NULL;
	struct shared_context *s = memory_alloc(sizeof *s);
	*s = (struct shared_context){ .next = contexts,
		.ca_file = memory_copy_text(t->ca_file),
		.verify = t->verify,
		.highest_version = t->highest_version,
		.context = context };
	if (t->verify)
		SSL_CTX_set_cert_verify_callback(context, verify_chain, s);
	contexts = s;
	return context;
}

static bool is_address(const char *name)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

/* Looks at what OpenSSL reads, until something was read. */
static long keep_first_bytes(
	BIO *bio, int operation, const char *bytes, size_t size, int argi, long argl, int result, size_t *count)
{
	struct connection *c = (struct connection *)BIO_get_callback_arg(bio);
	(void)size;
	(void)argi;
	(void)argl;
	if (operation == (BIO_CB_READ | BIO_CB_RETURN) && result > 0 && count && !c->first_length) {
		c->first_length = *count < sizeof c->first_bytes ? *count : sizeof c->first_bytes;
		memcpy(c->first_bytes, bytes, c->first_length);
	}
	return result;
}

/* Called where the peer asks for a certificate. 0 would end the handshake. */
static int show_certificate(SSL *ssl, void *context)
{
	struct connection *c = context;
	X509 *certificate;
	EVP_PKEY *key;
	struct err e;
	c->certificate_asked = true;
	if (!c->tls.own_domain || SSL_get_certificate(ssl))
		return 1;
	if (self_signed(c->tls.own_domain, &certificate, &key, &e))
		return 0;
	int good = SSL_use_certificate(ssl, certificate) == 1 && SSL_use_PrivateKey(ssl, key) == 1;
	X509_free(certificate);
	EVP_PKEY_free(key);
	return good;
}

int tls_begin(struct connection *c, struct err *e)
{
	SSL_CTX *context = shared_context(&c->tls, e);
	if (!context)
		return -1;
	ERR_clear_error();
	c->ssl = SSL_new(context);
	BIO *bio = c->ssl && c->stamped ? stamp_bio(c) : NULL;
	if (bio)
		SSL_set_bio(c->ssl, bio, bio);
	else if (!c->ssl || SSL_set_fd(c->ssl, c->descriptor) != 1)
		return err_set(e, ERR_ENVIRONMENT, c->place, "OpenSSL cannot start: %s", openssl_reason());
	BIO_set_callback_ex(SSL_get_rbio(c->ssl), keep_first_bytes);
	BIO_set_callback_arg(SSL_get_rbio(c->ssl), (char *)c);
	/* RFC 6066 section 3: no addresses in a server name. */
	if (c->tls.server_name && !is_address(c->tls.server_name) &&
		SSL_set_tlsext_host_name(c->ssl, c->tls.server_name) != 1)
		return err_set(e, ERR_USAGE, c->place, "'%s' is no name for a server", c->tls.server_name);
	size_t length = c->tls.alpn ? strlen(c->tls.alpn) : 0;
	if (length && length < 256) {
		unsigned char protocols[256];
		protocols[0] = (unsigned char)length;
		memcpy(protocols + 1, c->tls.alpn, length);
		SSL_set_alpn_protos(c->ssl, protocols, (unsigned)length + 1);
	}
	SSL_set_cert_cb(c->ssl, show_certificate, c);
	SSL_set_connect_state(c->ssl);
	return 0;
}

int tls_await(struct connection *c, SSL_CTX *context, struct err *e)
{
	ERR_clear_error();
	c->ssl = SSL_new(context);
	if (!c->ssl || SSL_set_fd(c->ssl, c->descriptor) != 1)
		return err_set(e, ERR_ENVIRONMENT, c->place, "OpenSSL cannot start: %s", openssl_reason());
	BIO_set_callback_ex(SSL_get_rbio(c->ssl), keep_first_bytes);
	BIO_set_callback_arg(SSL_get_rbio(c->ssl), (char *)c);
	SSL_set_accept_state(c->ssl);
	return 0;
}

void tls_release(struct connection *c)
{
	SSL_free(c->ssl);
	c->ssl = NULL;
	free((char *)c->tls.server_name);
	free((char *)c->tls.ca_file);
	free((char *)c->tls.alpn);
	free((char *)c->tls.own_domain);
	memset(&c->tls, 0, sizeof c->tls);
}

/* What the peer sent first, as far as it can be read by a person. */
static void show_first_bytes(const struct connection *c, struct buf *out)
{
	for (size_t i = 0; i < c->first_length; i++)
		buf_add_char(out, c->first_bytes[i] >= ' ' && c->first_bytes[i] < 127 ? c->first_bytes[i] : '.');
}

static enum transfer handshake_broken(struct connection *c, int kind)
{
	long verified = SSL_get_verify_result(c->ssl);
	unsigned long code = ERR_peek_last_error();
	int saved = errno;
	if (c->tls.verify && verified != X509_V_OK) {
		ERR_clear_error();
		connection_fail(c, ERR_PROTOCOL, "the certificate is not accepted: %s",
			X509_verify_cert_error_string(verified));
	} else if (c->first_length && c->first_bytes[0] != 0x16 && c->first_bytes[0] != 0x15) {
		/* Neither a handshake nor an alert record (RFC 8446 section 5.1). */
		BUF_AUTO text = BUF_INIT;
		show_first_bytes(c, &text);
		ERR_clear_error();
		connection_fail(c, ERR_PROTOCOL, "it does not speak TLS, it sent '%s'", buf_text(&text));
	} else if (kind == SSL_ERROR_ZERO_RETURN || (kind == SSL_ERROR_SYSCALL && !code && !saved)) {
		connection_fail(c, ERR_CONNECTION, "closed by the peer within the TLS handshake");
	} else if (kind == SSL_ERROR_SYSCALL && !code) {
		connection_fail(c, ERR_CONNECTION, "the TLS handshake was cut: %s", strerror(saved));
	} else {
		connection_fail(c, ERR_PROTOCOL, "the TLS handshake failed: %s", openssl_reason());
	}
	return TRANSFER_BROKEN;
}

/* The chain was verified by OpenSSL; the name is compared here because XMPP allows names that OpenSSL cannot. */
static enum transfer check_name(struct connection *c)
{
	if (!c->tls.verify || !c->tls.server_name)
		return TRANSFER_SOME;
	X509 *certificate = SSL_get0_peer_certificate(c->ssl);
	if (certificate && certificate_is_for(certificate, c->tls.server_name, c->tls.s2s))
		return TRANSFER_SOME;
	BUF_AUTO names = BUF_INIT;
	if (certificate)
		certificate_names(certificate, &names);
	connection_fail(c, ERR_PROTOCOL, "the certificate is not accepted: it is for %s, not for %s",
		names.len ? names.data : "nobody", c->tls.server_name);
	return TRANSFER_BROKEN;
}

enum transfer tls_handshake(struct connection *c)
{
	ERR_clear_error();
	errno = 0;
	int result = SSL_do_handshake(c->ssl);
	if (result == 1) {
		c->wants_write = false;
		return check_name(c);
	}
	int kind = SSL_get_error(c->ssl, result);
	c->wants_write = kind == SSL_ERROR_WANT_WRITE;
	if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE)
		return TRANSFER_LATER;
	return handshake_broken(c, kind);
}

enum transfer tls_read(struct connection *c, char *bytes, size_t size, size_t *count)
{
	ERR_clear_error();
	errno = 0;
	int result = SSL_read_ex(c->ssl, bytes, size, count);
	if (result == 1)
		return TRANSFER_SOME;
	int kind = SSL_get_error(c->ssl, result);
	if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE)
		return TRANSFER_LATER;
	if (kind == SSL_ERROR_ZERO_RETURN)
		return TRANSFER_END;
	if (kind == SSL_ERROR_SYSCALL && !ERR_peek_last_error()) {
		if (!errno)
			return TRANSFER_END;
		connection_fail(c, ERR_CONNECTION, "the connection was lost: %s", strerror(errno));
	} else {
		connection_fail(c, ERR_PROTOCOL, "TLS broke: %s", openssl_reason());
	}
	return TRANSFER_BROKEN;
}

enum transfer tls_write(struct connection *c, const char *bytes, size_t length, size_t *count)
{
	ERR_clear_error();
	int result = SSL_write_ex(c->ssl, bytes, length, count);
	if (result == 1)
		return TRANSFER_SOME;
	int kind = SSL_get_error(c->ssl, result);
	if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE)
		return TRANSFER_LATER;
	ERR_clear_error();
	return TRANSFER_BROKEN; /* reading tells why */
}
