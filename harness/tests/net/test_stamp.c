/* When what is read had come, and what is on loopback. */
#include "base/memory.h"
#include "net/http.h"
#include "net/net.h"
#include "tests/net/peer.h"

#define DAY      (24L * 3600)
#define PATIENCE (10 * CLOCK_SECOND)

static struct identity authority, server_identity;
static char *ca_file;

static void set_up(void)
{
	authority = identity_make(NULL, NULL, -DAY, DAY);
	server_identity = identity_make("DNS:peer.test", &authority, -DAY, DAY);
	ca_file = identity_write(&authority);
}

static void tear_down(void)
{
	unlink(ca_file);
	free(ca_file);
	identity_release(&authority);
	identity_release(&server_identity);
}

struct talk {
	bool tls, asked;
	int64_t came, read; /* of what was read last; 0 before */
};

static void on_event(struct connection *c, enum net_event event, void *context)
{
	struct talk *t = context;
	const struct net_tls tls = { .server_name = "peer.test", .ca_file = ca_file, .verify = true };
	switch (event) {
	case NET_CONNECTED:
		net_deadline(c, clock_now() + PATIENCE, "too slow");
		if (t->tls) {
			net_start_tls(c, &tls);
			break;
		}
		__attribute__((fallthrough));
	case NET_SECURED:
		net_write(c, "hello", 5);
		t->asked = true;
		break;
	case NET_DATA:
		ck_assert_str_eq(net_input(c)->data, "welcome");
		t->came = net_came_at(c);
		t->read = net_read_at(c);
		break;
	case NET_CLOSED:
		break;
	case NET_FAILED:
		ck_abort_msg("%s", net_error(c)->message);
	}
}

static void answer(struct peer *p)
{
	if (p->identity)
		ck_assert_int_eq(peer_tls(p), 1);
	peer_expect(p, "hello");
	peer_say(p, "welcome");
}

/* Nobody looks at the answer before the peer, which has sent it, has ended. */
static void read_late(bool stamps, bool tls, struct talk *t, int64_t *before, int64_t *after)
{
	const struct peer plain = { .socket = -1 }, secured = { .socket = -1, .identity = &server_identity };
	struct peer_server server = peer_start(answer, 1, tls ? &secured : &plain);
	struct loop *l = loop_new();
	int64_t end = clock_now() + PATIENCE;
	*t = (struct talk){ .tls = tls };
	if (stamps)
		loop_stamp_arrivals(l);
	struct connection *c = net_connect(l, "127.0.0.1", server.port, on_event, t);
	*before = clock_now();
	while (!t->asked && clock_now() < end)
		loop_once(l, end);
	peer_finish(&server);
	*after = clock_now();
	while (!t->read && clock_now() < end)
		loop_once(l, end);
	net_close(c);
	loop_free(l);
}

START_TEST(arrivals_are_known)
{
	struct talk t;
	int64_t before, after;
	read_late(true, _i, &t, &before, &after);
	ck_assert_int_gt(t.came, before);
	ck_assert_int_lt(t.came, after);
	ck_assert_int_gt(t.read, after);
}
END_TEST

START_TEST(without_stamps_it_is_the_reading)
{
	struct talk t;
	int64_t before, after;
	read_late(false, _i, &t, &before, &after);
	ck_assert_int_gt(t.read, after);
	ck_assert_int_eq(t.came, t.read);
}
END_TEST

START_TEST(what_is_on_loopback)
{
	static const struct {
		const char *host;
		bool is;
	} hosts[] = {
		{ "127.0.0.1", true },
		{ "127.255.3.4", true },
		{ "::1", true },
		{ "::ffff:127.0.0.1", true },
		{ "localhost", true },
		{ "128.0.0.1", false },
		{ "0.0.0.0", false },
		{ "10.127.0.1", false },
		{ "192.0.2.1", false },
		{ "::2", false },
		{ "::ffff:192.0.2.1", false },
		{ "2001:db8::1", false },
		{ "no such name", false },
	};
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		ck_assert_msg(net_name_is_loopback(hosts[i].host) == hosts[i].is, "%s", hosts[i].host);
}
END_TEST

/* ---- requests without TLS ---- */

struct request {
	bool done;
	long status;
	struct err error;
};

static void answered(void *context, const struct http_answer *a)
{
	struct request *r = context;
	*r = (struct request){ true, a->status, *a->error };
}

static struct request ask(const char *url, enum net_clear clear)
{
	struct loop *l = loop_new();
	const struct http_options options = { .url = url, .verify = true, .clear = clear };
	struct http *http = http_new(l, &options);
	struct request r = { .done = false };
	int64_t end = clock_now() + PATIENCE;
	http_request(http, NULL, 0, answered, NULL, &r);
	while (!r.done && clock_now() < end)
		loop_once(l, end);
	ck_assert(r.done);
	http_free(http);
	loop_free(l);
	return r;
}

static void serve(struct peer *p)
{
	peer_expect(p, "\r\n\r\n");
	peer_say(p, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

START_TEST(http_only_where_it_is_asked_for)
{
	const struct peer plain = { .socket = -1 };
	struct peer_server server = peer_start(serve, 1, &plain);
	AUTO_TEXT url = memory_printf("http://127.0.0.1:%d/", server.port);
	struct request r = ask(url, NET_CLEAR_NEVER);
	ck_assert_int_eq(r.error.class, ERR_PROTOCOL);
	r = ask("https://127.0.0.1:1/", NET_CLEAR_ON_LOOPBACK);
	ck_assert_int_eq(r.error.class, ERR_PROTOCOL);
	r = ask("http://192.0.2.1:1/", NET_CLEAR_ON_LOOPBACK); /* it is never asked: no limit has to pass */
	ck_assert_str_eq(r.error.message, NET_NOT_LOOPBACK);
	r = ask(url, NET_CLEAR_ON_LOOPBACK);
	ck_assert_int_eq(r.status, 204);
	peer_finish(&server);
}
END_TEST

Suite *suite_stamp(void);
Suite *suite_stamp(void)
{
	Suite *s = suite_create("stamp");
	TCase *t = tcase_create("stamp");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, arrivals_are_known, 0, 2);
	tcase_add_loop_test(t, without_stamps_it_is_the_reading, 0, 2);
	tcase_add_test(t, what_is_on_loopback);
	tcase_add_test(t, http_only_where_it_is_asked_for);
	suite_add_tcase(s, t);
	return s;
}
