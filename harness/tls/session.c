#include "base/text.h"
#include "tls/attempt.h"
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#define LIMIT             (5 * CLOCK_SECOND)
#define RENEGOTIATE_LIMIT (2 * CLOCK_SECOND)

enum purpose { LOOK_AT_CERTIFICATE, VERIFY_CERTIFICATE, RENEGOTIATE };

struct session {
	struct scan *scan;
	const struct scan_place *place;
	enum purpose purpose;
	struct connection *connection;
	struct xml_reader *reader;
	bool greeting, secured, asked, done;
	struct err error;
};

/* ---- the certificate ---- */

static char *name_of(const X509_NAME *name)
{
	char *bytes;
	BIO *text = BIO_new(BIO_s_mem());
	X509_NAME_print_ex(text, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
	long length = BIO_get_mem_data(text, &bytes);
	char *copy = memory_copy_bytes(bytes, (size_t)length);
	BIO_free(text);
	return copy;
}

static void put_day(const ASN1_TIME *when, char *out, size_t size)
{
	struct tm day;
	if (ASN1_TIME_to_tm(when, &day))
		strftime(out, size, "%Y-%m-%d", &day);
}

static void note_key(struct scan_certificate *c, EVP_PKEY *key)
{
	char curve[32] = "";
	if (!key)
		return;
	c->key_bits = EVP_PKEY_get_bits(key);
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL) == 1) {
		const char *common = EC_curve_nid2nist(OBJ_txt2nid(curve));
		snprintf(c->key, sizeof c->key, "EC %s", common ? common : curve);
	} else {
		snprintf(c->key, sizeof c->key, "%s", OBJ_nid2sn(EVP_PKEY_get_base_id(key)));
		if (text_equal(c->key, "rsaEncryption"))
			snprintf(c->key, sizeof c->key, "RSA");
	}
}

static void note_certificate(struct session *n, SSL *ssl)
{
	struct scan_certificate *c = &n->scan->certificate;
	X509 *x = SSL_get0_peer_certificate(ssl);
	BUF_AUTO names = BUF_INIT;
	int days, seconds;
	if (!x || c->subject)
		return;
	c->subject = name_of(X509_get_subject_name(x));
	c->issuer = name_of(X509_get_issuer_name(x));
	certificate_names(x, &names);
	c->names = memory_copy_text(buf_text(&names));
	put_day(X509_get0_notBefore(x), c->from, sizeof c->from);
	put_day(X509_get0_notAfter(x), c->until, sizeof c->until);
	if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x)))
		c->days_left = days;
	note_key(c, X509_get0_pubkey(x));
	snprintf(c->signature, sizeof c->signature, "%s", OBJ_nid2ln(X509_get_signature_nid(x)));
}

/* ---- what happens ---- */

static void secured(struct session *n)
{
	SSL *ssl = net_ssl(n->connection);
	n->secured = true;
	switch (n->purpose) {
	case LOOK_AT_CERTIFICATE:
		note_certificate(n, ssl);
		prelude_greet(n->connection, n->place); /* tickets of TLS 1.3 come with the first words */
		break;
	case VERIFY_CERTIFICATE:
		n->done = true;
		break;
	case RENEGOTIATE:
		SSL_clear_options(ssl, SSL_OP_NO_RENEGOTIATION); /* which net/ sets for all others */
		n->asked = SSL_renegotiate(ssl) == 1;
		if (n->asked)
			SSL_do_handshake(ssl);
		n->done = !n->asked;
		break;
	}
}

static void start_tls(struct session *n)
{
	const struct net_tls tls = { .server_name = n->place->domain,
		.ca_file = n->place->ca_file,
		.verify = n->purpose == VERIFY_CERTIFICATE,
		.s2s = n->place->s2s,
		.alpn = prelude_alpn(n->place),
		.highest_version = n->purpose == RENEGOTIATE ? TLS1_2_VERSION : 0 };
	n->greeting = false;
	net_start_tls(n->connection, &tls);
}

static void take_data(struct session *n)
{
	if (n->greeting) {
		enum prelude p = prelude_take(n->connection, n->reader, NULL, NULL, &n->error);
		if (p == PRELUDE_OVER)
			start_tls(n);
		n->done = p == PRELUDE_FAILED;
		return;
	}
	buf_clear(net_input(n->connection));
	if (n->purpose != LOOK_AT_CERTIFICATE)
		return;
	const SSL_SESSION *ticket = SSL_get0_session(net_ssl(n->connection));
	if (ticket && SSL_version(net_ssl(n->connection)) >= TLS1_3_VERSION) {
		n->scan->resumes = SSL_SESSION_is_resumable(ticket) && SSL_SESSION_has_ticket(ticket);
		n->scan->early_data = SSL_SESSION_get_max_early_data(ticket);
	}
	n->done = true;
}

static void happened(struct connection *c, enum net_event event, void *context)
{
	struct session *n = context;
	n->connection = c;
	if (n->done)
		return;
	switch (event) {
	case NET_CONNECTED:
		if (n->greeting)
			prelude_greet(c, n->place);
		else
			start_tls(n);
		break;
	case NET_SECURED:
		secured(n);
		break;
	case NET_DATA:
		take_data(n);
		break;
	case NET_CLOSED:
		n->done = true;
		if (!n->secured)
			err_set(&n->error, ERR_CONNECTION, NULL, "it ended the connection within the handshake");
		break;
	case NET_FAILED:
		n->done = true;
		n->error = *net_error(c);
		break;
	}
}

/* A whole handshake; true where it was completed. */
static bool play(struct session *n, struct loop *loop)
{
	int64_t deadline = clock_now() + LIMIT;
	n->greeting = !n->place->direct;
	n->error = (struct err){ .class = ERR_NONE };
	n->reader = xml_reader_new(NULL);
	n->connection = net_connect(loop, n->place->host, n->place->port, happened, n);
	n->scan->handshakes++;
	while (!n->done && clock_now() < deadline) {
		loop_once(loop, deadline);
		SSL *ssl = n->asked && !n->done ? net_ssl(n->connection) : NULL;
		if (ssl && !SSL_renegotiate_pending(ssl) && !SSL_in_init(ssl))
			n->done = n->scan->client_renegotiates = true;
		if (n->asked && deadline > clock_now() + RENEGOTIATE_LIMIT)
			deadline = clock_now() + RENEGOTIATE_LIMIT;
	}
	if (!n->done && !n->secured)
		err_set(&n->error, ERR_CONNECTION, NULL, "the handshake does not end in time");
	n->scan->certificate_asked |= net_certificate_asked(n->connection);
	net_cut(n->connection);
	xml_reader_free(n->reader);
	return n->secured;
}

static void keep_fault(struct scan_certificate *c, const struct err *why)
{
	free(c->fault);
	c->fault = memory_copy_text(why->message);
}

void session_look(struct scan *s, const struct scan_place *place, struct loop *loop)
{
	struct session look = { .scan = s, .place = place, .purpose = LOOK_AT_CERTIFICATE };
	struct session verify = { .scan = s, .place = place, .purpose = VERIFY_CERTIFICATE };
	struct session again = { .scan = s, .place = place, .purpose = RENEGOTIATE };
	if (!play(&look, loop)) {
		keep_fault(&s->certificate, &look.error); /* too weak for OpenSSL, mostly */
		return;
	}
	if (!play(&verify, loop))
		keep_fault(&s->certificate, &verify.error);
	if (s->versions[TLS_1_2 - TLS_SSL3].accepted)
		play(&again, loop);
}
