/* TLS against a server of ours: what is accepted, what is not, and what is said then. */
#include "net/net.h"
#include "tests/net/peer.h"

#define DAY      (24L * 3600)
#define PATIENCE (10 * CLOCK_SECOND)

static struct identity authority, server_identity;
static char *ca_file;

static void set_up(void)
{
	authority = identity_make(NULL, NULL, -DAY, DAY);
	ca_file = identity_write(&authority);
}

static void tear_down(void)
{
	unlink(ca_file);
	free(ca_file);
	identity_release(&authority);
	identity_release(&server_identity);
}

struct attempt {
	struct net_tls tls;
	bool secured, failed;
	struct err error;
	char version[16], alpn[32], text[64];
};

static void on_event(struct connection *c, enum net_event event, void *context)
{
	struct attempt *a = context;
	switch (event) {
	case NET_CONNECTED:
		net_deadline(c, clock_now() + PATIENCE, "too slow");
		if (a->tls.server_name)
			net_start_tls(c, &a->tls);
		break;
	case NET_SECURED: {
		const unsigned char *protocol;
		unsigned length;
		a->secured = true;
		snprintf(a->version, sizeof a->version, "%s", SSL_get_version(net_ssl(c)));
		SSL_get0_alpn_selected(net_ssl(c), &protocol, &length);
		snprintf(a->alpn, sizeof a->alpn, "%.*s", (int)length, length ? (const char *)protocol : "");
		net_write(c, "hello", 5);
		break;
	}
	case NET_DATA:
		snprintf(a->text, sizeof a->text, "%s", net_input(c)->data);
		buf_clear(net_input(c));
		break;
	case NET_CLOSED:
		a->failed = true;
		break;
	case NET_FAILED:
		a->failed = true;
		a->error = *net_error(c);
		break;
	}
}

static void attempt_with(struct attempt *a, peer_play *play, const struct peer *template, int64_t limit)
{
	struct peer_server server = peer_start(play, 1, template);
	struct loop *l = loop_new();
	struct connection *c = net_connect(l, "127.0.0.1", server.port, on_event, a);
	int64_t end = clock_now() + PATIENCE;
	while (!a->failed && !a->text[0] && clock_now() < end) {
		loop_once(l, clock_now() + 10 * CLOCK_MILLISECOND);
		if (limit && !a->secured && net_ssl(c)) {
			net_deadline(c, clock_now() + limit, "the handshake stalls");
			limit = 0;
		}
	}
	net_close(c);
	for (int i = 0; i < 3; i++)
		loop_once(l, clock_now() + 10 * CLOCK_MILLISECOND);
	loop_free(l);
	peer_finish(&server);
}

static void play_tls(struct peer *p)
{
	if (!peer_tls(p) || !peer_read(p))
		return;
	peer_expect(p, "hello");
	peer_say(p,
		SSL_get_servername(p->ssl, TLSEXT_NAMETYPE_host_name)
			? SSL_get_servername(p->ssl, TLSEXT_NAMETYPE_host_name)
			: "nobody");
	peer_expect_end(p);
}

static void with_certificate(struct attempt *a, const char *names, const struct identity *issuer, long from, long to)
{
	server_identity = identity_make(names, issuer, from, to);
	const struct peer template = { .identity = &server_identity };
	if (!a->tls.server_name)
		a->tls.server_name = "chat.test";
	if (!a->tls.ca_file)
		a->tls.ca_file = ca_file;
	attempt_with(a, play_tls, &template, 0);
}

static void refused_for(const struct attempt *a, const char *reason)
{
	ck_assert(!a->secured);
	ck_assert(a->failed);
	ck_assert_int_eq(a->error.class, ERR_PROTOCOL);
	ck_assert_msg(strstr(a->error.message, reason), "'%s' lacks '%s'", a->error.message, reason);
}

START_TEST(good_certificate)
{
	struct attempt a = { .tls = { .verify = true } };
	with_certificate(&a, "DNS:chat.test", &authority, -DAY, DAY);
	ck_assert_msg(a.secured, "%s", a.error.message);
	ck_assert_str_eq(a.version, "TLSv1.3");
	ck_assert_str_eq(a.text, "chat.test"); /* the server name that it saw */
	ck_assert_str_eq(a.alpn, "");
}
END_TEST

START_TEST(names_of_xmpp)
{
	static const char *const names[] = { "otherName:1.3.6.1.5.5.7.8.5;UTF8:chat.test",
		"otherName:1.3.6.1.5.5.7.8.7;IA5:_xmpp-client.chat.test", "DNS:*.test" };
	struct attempt a = { .tls = { .verify = true } };
	with_certificate(&a, names[_i], &authority, -DAY, DAY);
	ck_assert_msg(a.secured, "%s", a.error.message);
}
END_TEST

START_TEST(wrong_names)
{
	static const char *const names[] = { "DNS:other.test", "otherName:1.3.6.1.5.5.7.8.5;UTF8:other.test",
		"otherName:1.3.6.1.5.5.7.8.7;IA5:_xmpp-server.chat.test", "DNS:*.chat.test" };
	struct attempt a = { .tls = { .verify = true } };
	with_certificate(&a, names[_i], &authority, -DAY, DAY);
	refused_for(&a, "not for chat.test");
}
END_TEST

START_TEST(expired_certificate)
{
	struct attempt a = { .tls = { .verify = true } };
	with_certificate(&a, "DNS:chat.test", &authority, -2 * DAY, -DAY);
	refused_for(&a, "expired");
}
END_TEST

START_TEST(certificate_of_tomorrow)
{
	struct attempt a = { .tls = { .verify = true } };
	with_certificate(&a, "DNS:chat.test", &authority, DAY, 2 * DAY);
	refused_for(&a, "not yet valid");
}
END_TEST

START_TEST(self_signed_certificate)
{
	struct attempt a = { .tls = { .verify = true } };
	with_certificate(&a, "DNS:chat.test", NULL, -DAY, DAY);
	refused_for(&a, "self-signed");
}
END_TEST

START_TEST(revoked_certificate)
{
	struct attempt a = { .tls = { .verify = true } };
	server_identity = identity_make("DNS:chat.test", &authority, -DAY, DAY);
	struct identity other = identity_make("DNS:chat.test", &authority, -DAY, DAY);
	char *list = identity_write_revoking(&authority, _i ? &other : &server_identity);
	const struct peer template = { .identity = &server_identity };
	a.tls.server_name = "chat.test";
	a.tls.ca_file = list;
	attempt_with(&a, play_tls, &template, 0);
	if (_i)
		ck_assert_msg(a.secured, "%s", a.error.message);
	else
		refused_for(&a, "revoked");
	unlink(list);
	free(list);
	identity_release(&other);
}
END_TEST

START_TEST(certificate_of_an_unknown_authority)
{
	struct identity other = identity_make(NULL, NULL, -DAY, DAY);
	struct attempt a = { .tls = { .verify = true } };
	with_certificate(&a, "DNS:chat.test", &other, -DAY, DAY);
	refused_for(&a, "is not accepted");
	identity_release(&other);
}
END_TEST

/* What was accepted a moment ago is not looked at again; anything else is. */
START_TEST(accepted_before)
{
	struct attempt first = { .tls = { .verify = true } }, again = first, stranger = first, misnamed = first;
	with_certificate(&first, "DNS:chat.test", &authority, -DAY, DAY);
	ck_assert_msg(first.secured, "%s", first.error.message);
	const struct peer same = { .identity = &server_identity };
	again.tls = misnamed.tls = first.tls;
	attempt_with(&again, play_tls, &same, 0);
	ck_assert_msg(again.secured, "%s", again.error.message);
	misnamed.tls.server_name = "other.test";
	attempt_with(&misnamed, play_tls, &same, 0);
	refused_for(&misnamed, "not for other.test");
	identity_release(&server_identity);
	struct identity other = identity_make(NULL, NULL, -DAY, DAY);
	with_certificate(&stranger, "DNS:chat.test", &other, -DAY, DAY);
	refused_for(&stranger, "is not accepted");
	identity_release(&other);
}
END_TEST

START_TEST(nothing_is_verified_where_not_asked)
{
	struct attempt a = { .tls = { .verify = false } };
	with_certificate(&a, "DNS:other.test", NULL, -2 * DAY, -DAY);
	ck_assert_msg(a.secured, "%s", a.error.message);
}
END_TEST

START_TEST(version_is_capped)
{
	struct attempt a = { .tls = { .verify = true, .highest_version = TLS1_2_VERSION } };
	with_certificate(&a, "DNS:chat.test", &authority, -DAY, DAY);
	ck_assert_msg(a.secured, "%s", a.error.message);
	ck_assert_str_eq(a.version, "TLSv1.2");
}
END_TEST

START_TEST(protocol_is_negotiated)
{
	struct attempt a = { .tls = { .verify = true, .alpn = "xmpp-client" } };
	with_certificate(&a, "DNS:chat.test", &authority, -DAY, DAY);
	ck_assert_str_eq(a.alpn, "xmpp-client");
}
END_TEST

START_TEST(no_file_of_authorities)
{
	struct attempt a = { .tls = { .verify = true, .ca_file = "/nonexistent/ca.pem" } };
	const struct peer template = { .socket = -1 };
	a.tls.server_name = "chat.test";
	server_identity = identity_make("DNS:chat.test", &authority, -DAY, DAY);
	attempt_with(&a, peer_expect_end, &template, 0);
	ck_assert_int_eq(a.error.class, ERR_USAGE);
	ck_assert_str_eq(a.error.where, "/nonexistent/ca.pem");
}
END_TEST

static void play_banner(struct peer *p)
{
	peer_say(p, "SSH-2.0-Test_1.0\r\n");
	peer_expect_end(p);
}

START_TEST(not_tls)
{
	struct attempt a = { .tls = { .server_name = "chat.test", .verify = true, .ca_file = ca_file } };
	const struct peer template = { .socket = -1 };
	attempt_with(&a, play_banner, &template, 0);
	refused_for(&a, "SSH-2.0-Test_1.0");
}
END_TEST

START_TEST(stalled_handshake)
{
	struct attempt a = { .tls = { .server_name = "chat.test", .verify = true, .ca_file = ca_file } };
	const struct peer template = { .socket = -1 };
	attempt_with(&a, peer_expect_end, &template, 50 * CLOCK_MILLISECOND);
	ck_assert_int_eq(a.error.class, ERR_CONNECTION);
	ck_assert_str_eq(a.error.message, "the handshake stalls");
}
END_TEST

static void play_close_in_handshake(struct peer *p)
{
	peer_read(p);
}

START_TEST(closed_in_the_handshake)
{
	struct attempt a = { .tls = { .server_name = "chat.test", .verify = true, .ca_file = ca_file } };
	const struct peer template = { .socket = -1 };
	attempt_with(&a, play_close_in_handshake, &template, 0);
	ck_assert_int_eq(a.error.class, ERR_CONNECTION);
	ck_assert_ptr_nonnull(strstr(a.error.message, "handshake"));
}
END_TEST

Suite *suite_tls(void)
{
	Suite *suite = suite_create("tls");
	TCase *t = tcase_create("tls");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, good_certificate);
	tcase_add_loop_test(t, names_of_xmpp, 0, 2);
	tcase_add_loop_test(t, wrong_names, 0, 4);
	tcase_add_test(t, expired_certificate);
	tcase_add_test(t, certificate_of_tomorrow);
	tcase_add_test(t, self_signed_certificate);
	tcase_add_loop_test(t, revoked_certificate, 0, 2);
	tcase_add_test(t, certificate_of_an_unknown_authority);
	tcase_add_test(t, accepted_before);
	tcase_add_test(t, nothing_is_verified_where_not_asked);
	tcase_add_test(t, version_is_capped);
	tcase_add_test(t, protocol_is_negotiated);
	tcase_add_test(t, no_file_of_authorities);
	tcase_add_test(t, not_tls);
	tcase_add_test(t, stalled_handshake);
	tcase_add_test(t, closed_in_the_handshake);
	suite_add_tcase(suite, t);
	return suite;
}
