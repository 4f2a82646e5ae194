/* The way to a server, step by step: peers that are wrong in one way each, and a real one. */
#include "base/clock.h"
#include "base/text.h"
#include "place.h"
#include "target/reach.h"
#include <arpa/inet.h>
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A peer that answers whatever it is sent first with `answer` and then keeps silent, or closes. */
static pid_t peer_start(const char *answer, bool closes, int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&at, size), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&at, &size), 0);
	*port = ntohs(at.sin_port);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			char bytes[4096];
			int s = accept(listener, NULL, NULL);
			if (recv(s, bytes, sizeof bytes, 0) > 0)
				send(s, answer, strlen(answer), MSG_NOSIGNAL);
			if (closes)
				close(s);
		}
	}
	close(listener);
	return child;
}

static void peer_stop(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

#define OPEN                                                                                                           \
	"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' from='example.org'>"
#define FEATURES(content) OPEN "<stream:features>" content "</stream:features>"
#define STARTTLS          "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"

static const struct {
	bool direct, closes;
	const char *answer;
	enum reach_step failed;
	enum err_class class;
	const char *message;
} peers[] = {
	{ false, true, "SSH-2.0-OpenSSH_9.2\r\n", REACH_XMPP, ERR_PROTOCOL, "does not speak XMPP" },
	{ false, true, "", REACH_XMPP, ERR_CONNECTION, "" },
	{ false, false, "", REACH_XMPP, ERR_CONNECTION, "does not answer in time" },
	{ false, false, FEATURES(""), REACH_XMPP, ERR_UNSUPPORTED, "STARTTLS" },
	{ false, false, OPEN "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
		REACH_XMPP, ERR_REFUSED, "host-unknown" },
	{ false, false, FEATURES(STARTTLS) "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", REACH_XMPP,
		ERR_REFUSED, "refuses it" },
	{ false, false, FEATURES(STARTTLS) "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", REACH_TLS,
		ERR_CONNECTION, "in time" },
	{ false, false, "<!DOCTYPE x [<!ENTITY a 'b'>]>" FEATURES(STARTTLS), REACH_XMPP, ERR_PROTOCOL,
		"does not speak XMPP" },
	{ true, false, "HTTP/1.1 400 Bad Request\r\n\r\n", REACH_TLS, ERR_PROTOCOL, "" },
	{ true, false, "", REACH_TLS, ERR_CONNECTION, "in time" },
	{ true, true, "", REACH_TLS, ERR_CONNECTION, "" },
};

START_TEST(wrong_peer)
{
	int port;
	struct reach r;
	pid_t peer = peer_start(peers[_i].answer, peers[_i].closes, &port);
	struct target t = { .domain = "example.org", .host = "127.0.0.1", .verify = true };
	*(peers[_i].direct ? &t.direct_port : &t.port) = port;
	xml_start();
	ck_assert(target_reach(&t, peers[_i].direct, clock_now() + 500 * CLOCK_MILLISECOND, &r));
	ck_assert_msg(r.failed == peers[_i].failed, "%d: %s", r.failed, r.error.message);
	ck_assert_msg(r.error.class == peers[_i].class, "%s: %s", err_class_name(r.error.class), r.error.message);
	ck_assert_msg(strstr(r.error.message, peers[_i].message), "%s", r.error.message);
	ck_assert(!target_reach(&t, !peers[_i].direct, clock_now(), &r));
	peer_stop(peer);
}
END_TEST

START_TEST(nobody_there)
{
	int port;
	struct reach r;
	peer_stop(peer_start("", true, &port)); /* so the port was free a moment ago */
	struct target t = { .domain = "example.org", .host = "127.0.0.1", .port = port };
	ck_assert(target_reach(&t, false, clock_now() + CLOCK_SECOND, &r));
	ck_assert_int_eq(r.failed, REACH_TCP);
	ck_assert_int_eq(r.error.class, ERR_CONNECTION);
	t.host = "no such name";
	ck_assert(target_reach(&t, false, clock_now() + CLOCK_SECOND, &r));
	ck_assert_int_eq(r.failed, REACH_NAME);
}
END_TEST

START_TEST(real_server)
{
	struct err e = { .class = ERR_NONE };
	struct reach r;
	AUTO_TEXT product = fixture_describe("prosody", &e);
	if (!product) {
		printf("SKIPPED fixture:prosody: %s\n", e.message);
		return;
	}
	struct target *t = fixture_start("prosody", NULL, &e);
	ck_assert_msg(t != NULL, "%s", e.message);
	for (int direct = 0; direct < 2; direct++) {
		ck_assert(target_reach(t, direct, clock_now() + 10 * CLOCK_SECOND, &r));
		ck_assert_msg(r.failed == REACH_STEPS, "%d: %s", r.failed, r.error.message);
		ck_assert(text_starts(r.tls, "TLSv1."));
		ck_assert_ptr_nonnull(strstr(r.issuer, "authority"));
		ck_assert_uint_eq(strlen(r.until), strlen("2026-12-23"));
	}
	/* The system's authorities do not know the fixture's. */
	struct target stranger = *t;
	stranger.ca_file = NULL;
	ck_assert(target_reach(&stranger, false, clock_now() + 10 * CLOCK_SECOND, &r));
	ck_assert_int_eq(r.failed, REACH_CERTIFICATE);
	ck_assert_ptr_nonnull(strstr(r.issuer, "authority"));
	stranger.verify = false;
	ck_assert(target_reach(&stranger, false, clock_now() + 10 * CLOCK_SECOND, &r));
	ck_assert_int_eq(r.failed, REACH_STEPS);
	target_free(t);
}
END_TEST

Suite *suite_reach(void)
{
	Suite *s = suite_create("reach");
	TCase *c = tcase_create("reach");
	tcase_set_timeout(c, 60);
	tcase_add_checked_fixture(c, place_begin, place_end);
	tcase_add_loop_test(c, wrong_peer, 0, (int)(sizeof peers / sizeof *peers));
	tcase_add_test(c, nobody_there);
	suite_add_tcase(s, c);
	c = tcase_create("real server");
	tcase_set_timeout(c, 60);
	tcase_set_tags(c, "integration");
	tcase_add_checked_fixture(c, place_begin, place_end);
	tcase_add_test(c, real_server);
	suite_add_tcase(s, c);
	return s;
}
