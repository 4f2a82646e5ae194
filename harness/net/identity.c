/* What we show to those that connect to us. */
#include "net/private.h"
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

struct net_identity {
	SSL_CTX *context;
};

/* What is asked for by ALPN (RFC 7301) is granted where it is one of these; else the handshake goes on without. */
static int choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_length,
	const unsigned char *offered, unsigned length, void *context)
{
	static const unsigned char known[] = "\x0bxmpp-client\x08http/1.1";
	unsigned char *found;
	(void)ssl;
	(void)context;
	if (SSL_select_next_proto(&found, chosen_length, known, sizeof known - 1, offered, length) !=
		OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*chosen = found;
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *new_context(struct err *e)
{
	ERR_clear_error();
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	if (!context) {
		err_set(e, ERR_ENVIRONMENT, NULL, "OpenSSL cannot start: %s", openssl_reason());
		return NULL;
	}
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_mode(context,
		SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
	return context;
}

static struct net_identity *new_identity(SSL_CTX *context)
{
	struct net_identity *i = memory_alloc(sizeof *i);
	i->context = context;
	return i;
}

struct net_identity *net_identity_load(const char *certificate, const char *key, struct err *e)
{
	const char *faulty = NULL;
	SSL_CTX *context = new_context(e);
	if (!context)
		return NULL;
	if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
		faulty = certificate;
	else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
		faulty = key;
	if (!faulty)
		return new_identity(context);
	err_set(e, ERR_USAGE, faulty, "cannot be read: %s", openssl_reason());
	SSL_CTX_free(context);
	return NULL;
}

struct net_identity *identity_of(X509 *certificate, X509 *issuer, EVP_PKEY *key, struct err *e)
{
	SSL_CTX *context = new_context(e);
	if (!context)
		return NULL;
	if (SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1 &&
		(!issuer || SSL_CTX_add1_chain_cert(context, issuer) == 1))
		return new_identity(context);
	err_set(e, ERR_ENVIRONMENT, NULL, "OpenSSL does not take its own certificate: %s", openssl_reason());
	SSL_CTX_free(context);
	return NULL;
}

void net_identity_free(struct net_identity *i)
{
	if (!i)
		return;
	SSL_CTX_free(i->context);
	free(i);
}

SSL_CTX *identity_context(const struct net_identity *i)
{
	return i->context;
}
