/* The side that listens, against the side that connects, in one loop. */
#include "base/memory.h"
#include "net/net.h"
#include "tests/net/peer.h"

#define DAY      (24L * 3600)
#define PATIENCE (10 * CLOCK_SECOND)

struct end { /* of a connection */
	struct connection *connection;
	bool connected, secured, closed, failed;
	char text[64], alpn[32];
	struct err error;
};

static struct loop *loop;
static struct listener *listener;
static struct end ours, theirs; /* who came, who connected */
static bool taken, secure;
static struct net_identity *who;
static struct identity authority, identity;
static char *ca_file, *certificate_file, *key_file;

static void on_event(struct connection *c, enum net_event event, void *context)
{
	struct end *end = context;
	switch (event) {
	case NET_CONNECTED:
		end->connected = true;
		break;
	case NET_SECURED: {
		const unsigned char *protocol;
		unsigned length;
		end->secured = true;
		SSL_get0_alpn_selected(net_ssl(c), &protocol, &length);
		snprintf(end->alpn, sizeof end->alpn, "%.*s", (int)length, length ? (const char *)protocol : "");
		break;
	}
	case NET_DATA:
		snprintf(end->text, sizeof end->text, "%s", net_input(c)->data);
		break;
	case NET_CLOSED:
		end->closed = true;
		break;
	case NET_FAILED:
		end->failed = true;
		end->error = *net_error(c);
		break;
	}
}

static void on_accepted(struct listener *n, struct connection *c, void *context)
{
	(void)n;
	(void)context;
	if (!taken)
		return;
	ours.connection = c;
	net_take(c, on_event, &ours);
	if (secure)
		net_accept_tls(c, who);
}

static char *write_key(const struct identity *i)
{
	char *path = strdup("/tmp/assay-test-XXXXXX");
	FILE *file = fdopen(mkstemp(path), "w");
	ck_assert_ptr_nonnull(file);
	PEM_write_PrivateKey(file, i->key, NULL, NULL, 0, NULL, NULL);
	fclose(file);
	return path;
}

static void set_up(void)
{
	struct err e;
	loop = loop_new();
	taken = true;
	secure = false;
	ours = theirs = (struct end){ 0 };
	authority = identity_make(NULL, NULL, -DAY, DAY);
	identity = identity_make("DNS:chat.test", &authority, -DAY, DAY);
	ca_file = identity_write(&authority);
	certificate_file = identity_write(&identity);
	key_file = write_key(&identity);
	who = net_identity_load(certificate_file, key_file, &e);
	ck_assert_msg(who != NULL, "%s", e.message);
	listener = net_listen(loop, "127.0.0.1", 0, on_accepted, NULL, &e);
	ck_assert_msg(listener != NULL, "%s", e.message);
	theirs.connection = net_connect(loop, "127.0.0.1", listener_port(listener), on_event, &theirs);
}

static void remove_file(char *path)
{
	unlink(path);
	free(path);
}

static void tear_down(void)
{
	listener_free(listener);
	net_identity_free(who);
	loop_free(loop);
	remove_file(ca_file);
	remove_file(certificate_file);
	remove_file(key_file);
	identity_release(&authority);
	identity_release(&identity);
}

static void until(const bool *flag)
{
	int64_t end = clock_now() + PATIENCE;
	while (!*flag && clock_now() < end)
		loop_once(loop, end);
	ck_assert(*flag);
}

static void until_text(struct end *end, const char *text)
{
	int64_t limit = clock_now() + PATIENCE;
	while (strcmp(end->text, text) != 0 && clock_now() < limit)
		loop_once(loop, limit);
	ck_assert_str_eq(end->text, text);
}

static void begin_tls(const char *authority_file)
{
	const struct net_tls tls = {
		.server_name = "chat.test", .ca_file = authority_file, .verify = true, .alpn = "xmpp-client"
	};
	until(&theirs.connected);
	net_start_tls(theirs.connection, &tls);
}

START_TEST(both_ways_in_the_clear)
{
	until(&theirs.connected);
	net_write(theirs.connection, "hark", 4);
	until_text(&ours, "hark");
	ck_assert_ptr_nonnull(strstr(net_peer(ours.connection), "127.0.0.1:"));
	net_write(ours.connection, "who", 3);
	until_text(&theirs, "who");
	net_close(theirs.connection);
	until(&ours.closed);
	net_close(ours.connection);
}
END_TEST

START_TEST(with_tls)
{
	secure = true;
	begin_tls(ca_file);
	until(&theirs.secured);
	until(&ours.secured);
	ck_assert_str_eq(theirs.alpn, "xmpp-client");
	net_write(theirs.connection, "hark", 4);
	until_text(&ours, "hark");
	net_write(ours.connection, "who", 3);
	until_text(&theirs, "who");
}
END_TEST

/* Whoever does not know the authority goes away, and says so. */
START_TEST(not_trusted)
{
	struct identity other = identity_make("DNS:elsewhere.test", NULL, -DAY, DAY);
	AUTO_TEXT other_file = identity_write(&other);
	secure = true;
	begin_tls(other_file);
	until(&theirs.failed);
	until(&ours.failed);
	ck_assert_ptr_nonnull(strstr(theirs.error.message, "certificate"));
	ck_assert_int_eq(ours.error.class, ERR_PROTOCOL);
	ck_assert_msg(strstr(ours.error.message, "unknown ca") != NULL, "%s", ours.error.message);
	unlink(other_file);
	identity_release(&other);
}
END_TEST

/* What is sent in the clear, in front of TLS, is not taken for something that came over it. */
START_TEST(clear_text_is_thrown_away)
{
	until(&theirs.connected);
	net_write(theirs.connection, "forged", 6);
	until_text(&ours, "forged");
	net_accept_tls(ours.connection, who);
	begin_tls(ca_file);
	until(&ours.secured);
	net_write(theirs.connection, "hark", 4);
	until_text(&ours, "hark");
}
END_TEST

START_TEST(nobody_takes_it)
{
	taken = false;
	until(&theirs.failed);
	ck_assert_int_eq(theirs.error.class, ERR_CONNECTION);
}
END_TEST

START_TEST(place_is_taken)
{
	struct err e;
	ck_assert_ptr_null(net_listen(loop, "127.0.0.1", listener_port(listener), on_accepted, NULL, &e));
	ck_assert_int_eq(e.class, ERR_ENVIRONMENT);
	ck_assert_ptr_null(net_listen(loop, "nowhere", 0, on_accepted, NULL, &e));
	ck_assert_int_eq(e.class, ERR_ENVIRONMENT);
}
END_TEST

START_TEST(certificates_that_are_none)
{
	struct err e;
	ck_assert_ptr_null(net_identity_load("/nonexistent", key_file, &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_str_eq(e.where, "/nonexistent");
	ck_assert_ptr_null(net_identity_load(certificate_file, ca_file, &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_str_eq(e.where, ca_file);
}
END_TEST

Suite *suite_listener(void)
{
	Suite *s = suite_create("net/listener");
	TCase *t = tcase_create("listener");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, both_ways_in_the_clear);
	tcase_add_test(t, with_tls);
	tcase_add_test(t, not_trusted);
	tcase_add_test(t, clear_text_is_thrown_away);
	tcase_add_test(t, nobody_takes_it);
	tcase_add_test(t, place_is_taken);
	tcase_add_test(t, certificates_that_are_none);
	suite_add_tcase(s, t);
	return s;
}
