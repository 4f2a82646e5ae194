/* A scripted peer for tests: a child process that listens on a loopback port, takes connections one after another and
 * plays a function on each, blocking, with TLS where it asks for it. Certificates are made on the spot. */
#ifndef ASSAY_TESTS_NET_PEER_H
#define ASSAY_TESTS_NET_PEER_H
#include "base/buf.h"
#include <arpa/inet.h>
#include <check.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HELPER static __attribute__((unused))

/* ---- certificates ---- */

struct identity {
	EVP_PKEY *key;
	X509 *certificate;
};

HELPER void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509V3_set_ctx_nodb(&context);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	ck_assert_ptr_nonnull(extension);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

/* `names`: a subjectAltName as OpenSSL's configuration writes it, NULL for an authority; `issuer` NULL: signs itself. Valid from
 * `from` to `to`, seconds from now. */
HELPER struct identity identity_make(const char *names, const struct identity *issuer, long from, long to)
{
	struct identity made = { EVP_EC_gen("P-256"), X509_new() };
	X509 *by = issuer ? issuer->certificate : made.certificate;
	static long serial;
	X509_set_version(made.certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(made.certificate), from);
	X509_gmtime_adj(X509_getm_notAfter(made.certificate), to);
	X509_NAME *name = X509_get_subject_name(made.certificate);
	X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_ASC, (const unsigned char *)(names ? "peer" : "authority"), -1, -1, 0);
	X509_set_issuer_name(made.certificate, X509_get_subject_name(by));
	X509_set_pubkey(made.certificate, made.key);
	add_extension(made.certificate, by, NID_basic_constraints, names ? "CA:FALSE" : "critical,CA:TRUE");
	if (names)
		add_extension(made.certificate, by, NID_subject_alt_name, names);
	X509_sign(made.certificate, issuer ? issuer->key : made.key, EVP_sha256());
	return made;
}

HELPER void identity_release(struct identity *i)
{
	EVP_PKEY_free(i->key);
	X509_free(i->certificate);
	*i = (struct identity){ NULL, NULL };
}

/* Writes the certificate to a temporary file; its name is the caller's to unlink and free. */
HELPER char *identity_write(const struct identity *i)
{
	char *path = strdup("/tmp/assay-test-XXXXXX");
	int descriptor = mkstemp(path);
	FILE *file = fdopen(descriptor, "w");
	ck_assert_ptr_nonnull(file);
	PEM_write_X509(file, i->certificate);
	fclose(file);
	return path;
}

/* As above, with a revocation list of the authority that names one certificate. */
HELPER char *identity_write_revoking(const struct identity *authority, const struct identity *revoked)
{
	char *path = identity_write(authority);
	X509_CRL *list = X509_CRL_new();
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *then = X509_gmtime_adj(NULL, -60), *until = X509_gmtime_adj(NULL, 3600);
	X509_CRL_set_version(list, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(list, X509_get_subject_name(authority->certificate));
	X509_CRL_set1_lastUpdate(list, then);
	X509_CRL_set1_nextUpdate(list, until);
	X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->certificate));
	X509_REVOKED_set_revocationDate(entry, then);
	X509_CRL_add0_revoked(list, entry);
	X509_CRL_sign(list, authority->key, EVP_sha256());
	FILE *file = fopen(path, "a");
	ck_assert_ptr_nonnull(file);
	PEM_write_X509_CRL(file, list);
	fclose(file);
	ASN1_TIME_free(then);
	ASN1_TIME_free(until);
	X509_CRL_free(list);
	return path;
}

/* ---- the child's side ---- */

struct peer {
	int socket;
	int turn; /* which connection this is, from 0 */
	SSL *ssl;
	const struct identity *identity;
	int tls_version;  /* 0: any */
	bool may_be_left; /* the other side may go at any time, and is right to */
	struct buf seen;  /* what came and was not yet expected */
	jmp_buf *closes;  /* where set: it closes when it has said `may_say` bytes, and where the other side has gone */
	size_t may_say, said;
	void *context;
};
typedef void peer_play(struct peer *p);

/* Ends the child as another program, so that no checker of memory judges what a script left behind. */
HELPER void peer_leave(bool well)
{
	const char *program = well ? "/bin/true" : "/bin/false";
	execl(program, program, (char *)NULL);
	_exit(3);
}

HELPER void peer_give_up(const char *why)
{
	fprintf(stderr, "scripted peer: %s\n", why);
	peer_leave(false);
}

HELPER void peer_say_bytes(struct peer *p, const char *text, size_t length)
{
	bool last = p->closes && p->said + length >= p->may_say;
	if (last)
		length = p->may_say - p->said;
	p->said += length;
	if (!length)
		;
	else if (p->ssl)
		SSL_write(p->ssl, text, (int)length);
	else if (send(p->socket, text, length, MSG_NOSIGNAL) < 0 && !last)
		return; /* the other side may be gone: its test says whether that is right */
	if (last)
		longjmp(*p->closes, 1);
}

HELPER void peer_say(struct peer *p, const char *text)
{
	peer_say_bytes(p, text, strlen(text));
}

/* How many bytes came; 0 at the end. */
HELPER size_t peer_read(struct peer *p)
{
	char bytes[4096];
	ssize_t got = p->ssl ? SSL_read(p->ssl, bytes, sizeof bytes) : recv(p->socket, bytes, sizeof bytes, 0);
	if (got <= 0)
		return 0;
	buf_add(&p->seen, bytes, (size_t)got);
	return (size_t)got;
}

/* Reads until `text` was seen; all up to its end is consumed. */
HELPER void peer_expect(struct peer *p, const char *text)
{
	for (;;) {
		const char *at = p->seen.len ? strstr(p->seen.data, text) : NULL;
		if (at) {
			buf_consume(&p->seen, (size_t)(at - p->seen.data) + strlen(text));
			return;
		}
		if (!peer_read(p)) {
			if (p->closes)
				longjmp(*p->closes, 1);
			if (p->may_be_left)
				peer_leave(true);
			fprintf(stderr, "scripted peer: '%s' did not come, '%s' did\n", text, buf_text(&p->seen));
			peer_leave(false);
		}
	}
}

HELPER void peer_expect_end(struct peer *p)
{
	while (peer_read(p))
		;
}

HELPER int peer_choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *in,
	unsigned in_length, void *context)
{
	(void)ssl;
	(void)context;
	*out = in + 1;
	*out_length = in[0];
	return in_length > in[0] ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

/* 1 when the handshake went well. */
HELPER int peer_tls(struct peer *p)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	if (p->tls_version)
		SSL_CTX_set_max_proto_version(context, p->tls_version);
	SSL_CTX_use_certificate(context, p->identity->certificate);
	SSL_CTX_use_PrivateKey(context, p->identity->key);
	SSL_CTX_set_alpn_select_cb(context, peer_choose_alpn, NULL);
	p->ssl = SSL_new(context);
	SSL_CTX_free(context);
	SSL_set_fd(p->ssl, p->socket);
	return SSL_accept(p->ssl) == 1;
}

/* ---- the test's side ---- */

struct peer_server {
	int port;
	pid_t process;
};

/* Starts a child that plays `connections` connections. `p` gives identity, version and context. */
HELPER struct peer_server peer_start(peer_play *play, int connections, const struct peer *template)
{
	struct peer_server server;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	getsockname(listener, (struct sockaddr *)&address, &size);
	server.port = ntohs(address.sin_port);
	server.process = fork();
	ck_assert_int_ge(server.process, 0);
	if (server.process == 0) {
		alarm(30);
		for (int i = 0; i < connections; i++) {
			struct peer p = *template;
			p.turn = i;
			p.socket = accept(listener, NULL, NULL);
			play(&p);
			if (p.ssl)
				SSL_shutdown(p.ssl);
			close(p.socket);
		}
		peer_leave(true);
	}
	close(listener);
	return server;
}

/* Waits for the child; it must have played its part to the end. */
HELPER void peer_finish(struct peer_server *server)
{
	int status;
	ck_assert_int_eq(waitpid(server->process, &status, 0), server->process);
	ck_assert_msg(
		WIFEXITED(status) && WEXITSTATUS(status) == 0, "the scripted peer ended with %#x", (unsigned)status);
}
#endif
