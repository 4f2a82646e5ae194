/* The loop and TCP. */
#include "net/net.h"
#include "tests/net/peer.h"
#include <errno.h>
#include <fcntl.h>

#define PATIENCE (10 * CLOCK_SECOND)

struct seen {
	int connected, secured, data, closed, failed;
	struct buf text;
	void (*then)(struct connection *c, enum net_event event, struct seen *s);
};

static void on_event(struct connection *c, enum net_event event, void *context)
{
	struct seen *s = context;
	switch (event) {
	case NET_CONNECTED:
		s->connected++;
		break;
	case NET_SECURED:
		s->secured++;
		break;
	case NET_DATA:
		s->data++;
		buf_add(&s->text, net_input(c)->data, net_input(c)->len);
		buf_clear(net_input(c));
		break;
	case NET_CLOSED:
		s->closed++;
		break;
	case NET_FAILED:
		s->failed++;
		break;
	}
	if (s->then)
		s->then(c, event, s);
}

static void run_until(struct loop *l, const int *flag)
{
	int64_t end = clock_now() + PATIENCE;
	while (!*flag && clock_now() < end)
		loop_once(l, end);
	ck_assert_int_eq(*flag, 1);
}

static const struct peer plain = { .socket = -1 };

static void play_echo(struct peer *p)
{
	peer_expect(p, "hello");
	peer_say(p, "welcome");
	peer_expect_end(p);
}

START_TEST(says_and_hears)
{
	struct peer_server server = peer_start(play_echo, 1, &plain);
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct connection *c = net_connect(l, "127.0.0.1", server.port, on_event, &s);
	run_until(l, &s.connected);
	ck_assert_ptr_nonnull(strstr(net_peer(c), "127.0.0.1:"));
	net_write(c, "hel", 3);
	net_write(c, "lo", 2);
	run_until(l, &s.data);
	ck_assert_str_eq(s.text.data, "welcome");
	ck_assert_int_gt(net_read_at(c), 0);
	net_close(c);
	peer_finish(&server);
	loop_free(l);
	buf_release(&s.text);
}
END_TEST

START_TEST(resolves_names_of_the_hosts_file)
{
	struct peer_server server = peer_start(play_echo, 1, &plain);
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct connection *c = net_connect(l, "localhost", server.port, on_event, &s);
	run_until(l, &s.connected);
	net_write(c, "hello", 5);
	run_until(l, &s.data);
	net_close(c);
	peer_finish(&server);
	loop_free(l);
	buf_release(&s.text);
}
END_TEST

static int unused_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof address;
	int s = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(s, (struct sockaddr *)&address, sizeof address), 0);
	getsockname(s, (struct sockaddr *)&address, &size);
	close(s);
	return ntohs(address.sin_port);
}

START_TEST(refused)
{
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct connection *c = net_connect(l, "127.0.0.1", unused_port(), on_event, &s);
	ck_assert_int_eq(s.failed, 0);
	run_until(l, &s.failed);
	ck_assert_int_eq(net_error(c)->class, ERR_CONNECTION);
	ck_assert_ptr_nonnull(strstr(net_error(c)->message, "refused"));
	ck_assert_ptr_nonnull(strstr(net_error(c)->where, "127.0.0.1:"));
	net_close(c);
	loop_free(l);
}
END_TEST

START_TEST(failed_before_it_began)
{
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct err why;
	err_set(&why, ERR_UNSUPPORTED, "here", "no such thing");
	struct connection *c = net_connect_failed(l, &why, on_event, &s);
	run_until(l, &s.failed);
	ck_assert_int_eq(net_error(c)->class, ERR_UNSUPPORTED);
	net_cut(c);
	ck_assert_int_eq(loop_once(l, 0), 0);
	loop_free(l);
}
END_TEST

static void play_leave(struct peer *p)
{
	peer_say(p, "bye");
}

START_TEST(closed_by_the_peer)
{
	struct peer_server server = peer_start(play_leave, 1, &plain);
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct connection *c = net_connect(l, "127.0.0.1", server.port, on_event, &s);
	run_until(l, &s.closed);
	ck_assert_int_eq(s.data, 1);
	ck_assert_int_eq(s.failed, 0);
	net_write(c, "late", 4);
	net_close(c);
	peer_finish(&server);
	loop_free(l);
	buf_release(&s.text);
}
END_TEST

static void play_reset(struct peer *p)
{
	const struct linger reset = { 1, 0 };
	peer_expect(p, "go");
	setsockopt(p->socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

START_TEST(reset_by_the_peer)
{
	struct peer_server server = peer_start(play_reset, 1, &plain);
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct connection *c = net_connect(l, "127.0.0.1", server.port, on_event, &s);
	run_until(l, &s.connected);
	net_write(c, "go", 2);
	run_until(l, &s.failed);
	ck_assert_int_eq(net_error(c)->class, ERR_CONNECTION);
	net_close(c);
	peer_finish(&server);
	loop_free(l);
}
END_TEST

static void play_expect_reset(struct peer *p)
{
	char byte;
	peer_say(p, "ready");
	if (recv(p->socket, &byte, 1, 0) >= 0 || errno != ECONNRESET)
		peer_give_up("no reset came");
}

START_TEST(cut_is_a_reset)
{
	struct peer_server server = peer_start(play_expect_reset, 1, &plain);
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct connection *c = net_connect(l, "127.0.0.1", server.port, on_event, &s);
	run_until(l, &s.data);
	net_cut(c);
	peer_finish(&server);
	loop_free(l);
	buf_release(&s.text);
}
END_TEST

#define MUCH ((size_t)8 << 20)

static void play_slow_reader(struct peer *p)
{
	size_t total = 0, got;
	char go;
	if (read(*(int *)p->context, &go, 1) != 1)
		peer_give_up("nobody said go");
	while ((got = peer_read(p)) > 0) {
		total += got;
		buf_clear(&p->seen);
	}
	if (total != MUCH)
		peer_give_up("bytes are missing");
}

START_TEST(close_sends_what_is_queued)
{
	int ends[2];
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	const struct peer template = { .socket = -1, .context = &ends[0] };
	struct peer_server server = peer_start(play_slow_reader, 1, &template);
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct connection *c = net_connect(l, "127.0.0.1", server.port, on_event, &s);
	run_until(l, &s.connected);
	char *bytes = calloc(1, MUCH);
	net_write(c, bytes, MUCH);
	free(bytes);
	ck_assert(!net_output_empty(c));
	net_close(c);
	ck_assert_int_eq(write(ends[1], "g", 1), 1);
	int status;
	int64_t end = clock_now() + PATIENCE;
	while (waitpid(server.process, &status, WNOHANG) == 0 && clock_now() < end)
		loop_once(l, clock_now() + 20 * CLOCK_MILLISECOND);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	loop_free(l);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

static void play_silence(struct peer *p)
{
	peer_expect_end(p);
}

START_TEST(deadline_of_a_connection)
{
	struct peer_server server = peer_start(play_silence, 1, &plain);
	struct loop *l = loop_new();
	struct seen s = { 0 };
	struct connection *c = net_connect(l, "127.0.0.1", server.port, on_event, &s);
	run_until(l, &s.connected);
	int64_t when = clock_now() + 30 * CLOCK_MILLISECOND;
	net_deadline(c, when, "nothing was said");
	run_until(l, &s.failed);
	ck_assert_int_ge(clock_now(), when);
	ck_assert_int_eq(net_error(c)->class, ERR_CONNECTION);
	ck_assert_str_eq(net_error(c)->message, "nothing was said");
	ck_assert_int_gt(loop_idle(l), 20 * CLOCK_MILLISECOND);
	net_cut(c);
	peer_finish(&server);
	loop_free(l);
}
END_TEST

START_TEST(loop_ends_at_its_deadline)
{
	struct loop *l = loop_new();
	int64_t when = clock_now() + 20 * CLOCK_MILLISECOND;
	ck_assert_int_eq(loop_once(l, when), 0);
	ck_assert_int_ge(clock_now(), when);
	ck_assert_int_lt(clock_now(), when + CLOCK_SECOND);
	ck_assert_int_eq(loop_once(l, 0), 0);
	loop_free(l);
}
END_TEST

static void read_pipe(void *context)
{
	char byte;
	int *ends = context;
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	ends[1] = -1;
}

START_TEST(watches_a_descriptor)
{
	int ends[2], both[2];
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	struct loop *l = loop_new();
	both[0] = ends[0];
	both[1] = 0;
	loop_watch(l, ends[0], read_pipe, both);
	ck_assert_int_eq(loop_once(l, 0), 0);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(loop_once(l, clock_now() + PATIENCE), 1);
	ck_assert_int_eq(both[1], -1);
	loop_watch(l, ends[0], NULL, NULL);
	ck_assert_int_eq(loop_once(l, 0), 0);
	loop_free(l);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

/* Closing within the callback must not free the connection under the loop's feet. */
static void close_at_once(struct connection *c, enum net_event event, struct seen *s)
{
	if (event == NET_DATA) {
		s->closed++;
		net_close(c);
	}
}

START_TEST(close_within_a_callback)
{
	struct peer_server server = peer_start(play_leave, 1, &plain);
	struct loop *l = loop_new();
	struct seen s = { .then = close_at_once };
	net_connect(l, "127.0.0.1", server.port, on_event, &s);
	run_until(l, &s.closed);
	loop_once(l, clock_now() + 50 * CLOCK_MILLISECOND);
	ck_assert_int_eq(s.closed, 1);
	ck_assert_int_eq(s.failed, 0);
	peer_finish(&server);
	loop_free(l);
	buf_release(&s.text);
}
END_TEST

/* ---- SRV records ---- */

static void add_16(struct buf *b, unsigned value)
{
	buf_add_char(b, (char)(value >> 8));
	buf_add_char(b, (char)value);
}

static void add_record(struct buf *b, unsigned priority, unsigned weight, unsigned port, const char *label)
{
	size_t length = strlen(label);
	add_16(b, 0xc00c); /* the name asked for */
	add_16(b, 33);
	add_16(b, 1);
	add_16(b, 0);
	add_16(b, 60);
	add_16(b, (unsigned)(6 + (length ? length + 2 : 1)));
	add_16(b, priority);
	add_16(b, weight);
	add_16(b, port);
	if (length) {
		buf_add_char(b, (char)length);
		buf_add(b, label, length);
	}
	buf_add_char(b, '\0');
}

static void add_answer(struct buf *b, unsigned records)
{
	add_16(b, 1);
	add_16(b, 0x8180);
	add_16(b, 1);
	add_16(b, records);
	add_16(b, 0);
	add_16(b, 0);
	buf_add(b, "\1x\0", 3);
	add_16(b, 33);
	add_16(b, 1);
}

START_TEST(services_in_their_order)
{
	BUF_AUTO b = BUF_INIT;
	struct net_place places[NET_PLACES];
	struct err e;
	add_answer(&b, 4);
	add_record(&b, 20, 0, 1, "last");
	add_record(&b, 10, 1, 2, "light");
	add_record(&b, 10, 9, 3, "heavy");
	add_record(&b, 5, 0, 4, "first");
	ck_assert_int_eq(net_places_read((unsigned char *)b.data, b.len, places, &e), 4);
	ck_assert_str_eq(places[0].host, "first");
	ck_assert_int_eq(places[0].port, 4);
	ck_assert_str_eq(places[1].host, "heavy");
	ck_assert_str_eq(places[2].host, "light");
	ck_assert_str_eq(places[3].host, "last");
}
END_TEST

START_TEST(more_services_than_are_tried)
{
	BUF_AUTO b = BUF_INIT;
	struct net_place places[NET_PLACES];
	struct err e;
	add_answer(&b, NET_PLACES + 4);
	for (unsigned i = 0; i < NET_PLACES + 4; i++)
		add_record(&b, NET_PLACES + 4 - i, 0, i + 1, "host");
	ck_assert_int_eq(net_places_read((unsigned char *)b.data, b.len, places, &e), NET_PLACES);
	ck_assert_int_eq(places[0].port, NET_PLACES + 4);
	ck_assert_int_eq(places[NET_PLACES - 1].port, 5);
}
END_TEST

START_TEST(no_service)
{
	BUF_AUTO b = BUF_INIT;
	struct net_place places[NET_PLACES];
	struct err e;
	add_answer(&b, 1);
	add_record(&b, 0, 0, 0, "");
	ck_assert_int_eq(net_places_read((unsigned char *)b.data, b.len, places, &e), -1);
	ck_assert_int_eq(e.class, ERR_UNSUPPORTED);
	for (size_t cut = 0; cut < b.len; cut++)
		ck_assert_int_le(net_places_read((unsigned char *)b.data, cut, places, &e), 0);
}
END_TEST

Suite *suite_net(void)
{
	Suite *suite = suite_create("net");
	TCase *tcp = tcase_create("tcp");
	tcase_set_timeout(tcp, 30);
	tcase_add_test(tcp, says_and_hears);
	tcase_add_test(tcp, resolves_names_of_the_hosts_file);
	tcase_add_test(tcp, refused);
	tcase_add_test(tcp, failed_before_it_began);
	tcase_add_test(tcp, closed_by_the_peer);
	tcase_add_test(tcp, reset_by_the_peer);
	tcase_add_test(tcp, cut_is_a_reset);
	tcase_add_test(tcp, close_sends_what_is_queued);
	tcase_add_test(tcp, deadline_of_a_connection);
	tcase_add_test(tcp, loop_ends_at_its_deadline);
	tcase_add_test(tcp, watches_a_descriptor);
	tcase_add_test(tcp, close_within_a_callback);
	suite_add_tcase(suite, tcp);
	TCase *services = tcase_create("services");
	tcase_add_test(services, services_in_their_order);
	tcase_add_test(services, more_services_than_are_tried);
	tcase_add_test(services, no_service);
	suite_add_tcase(suite, services);
	return suite;
}
