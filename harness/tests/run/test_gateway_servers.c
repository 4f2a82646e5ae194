/* The gateway in front of real servers: a session through it, by each way in, and one that is resumed after a cut. The client is our own
 * stream, which logs in by the strongest that is offered and tells the server that it would have known channel binding. */
#include "base/text.h"
#include "client/gateway.h"
#include "target/target.h"
#include "xmpp/stream.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD "a password of nobody's"

static struct loop *loop;
static struct target *server;
static struct gateway *gateway;
static struct stream *stream;
static struct buf received;

static void on_received(void *context, xmlDoc *doc, int64_t when)
{
	(void)context;
	(void)when;
	xml_print(xml_root(doc), &received);
	buf_add_char(&received, '\n');
	xmlFreeDoc(doc);
}

static const struct stream_callbacks callbacks = { on_received, NULL, NULL, NULL };
static const struct gateway_callbacks nobody = { NULL, NULL, NULL };

static void tear_down(void)
{
	stream_free(stream);
	stream = NULL;
	gateway_free(gateway);
	gateway = NULL;
	if (loop)
		loop_free(loop);
	loop = NULL;
	target_free(server);
	server = NULL;
	buf_release(&received);
	stream_forget_secrets();
}

static bool start(const char *fixture)
{
	struct err e;
	struct arena a = ARENA_INIT;
	size_t done = 0;
	xml_start();
	AUTO_TEXT product = fixture_describe(fixture, &e);
	if (!product) {
		printf("SKIPPED fixture:%s: %s\n", fixture, e.message);
		return false;
	}
	server = fixture_start(fixture, NULL, &e);
	ck_assert_msg(server != NULL, "%s", e.message);
	loop = loop_new();
	const struct stream_account account = { "romeo", PASSWORD };
	const struct stream_options options = { .domain = server->domain,
		.host = server->host,
		.port = server->port,
		.ca_file = server->ca_file,
		.verify = true };
	ck_assert_msg(stream_register(loop, &options, &account, 1, &done, clock_now() + 20 * CLOCK_SECOND, &e) == 0,
		"%s", e.message);
	const struct gateway_options in_front = { .domain = server->domain,
		.host = server->host,
		.port = server->port,
		.ca_file = server->ca_file,
		.verify = true,
		.address = server->host,
		.certificate = arena_printf(&a, "%s/certificates/server.crt", server->directory),
		.key = arena_printf(&a, "%s/certificates/server.key", server->directory) };
	gateway = gateway_new(loop, &in_front, &nobody, NULL, &e);
	ck_assert_msg(gateway != NULL, "%s", e.message);
	arena_release(&a);
	return true;
}

static void until(enum stream_state state)
{
	int64_t end = clock_now() + 20 * CLOCK_SECOND;
	while (stream_state(stream) != state && stream_state(stream) != STREAM_ENDED && clock_now() < end)
		loop_once(loop, end);
	ck_assert_msg(stream_state(stream) == state, "%d: %s", stream_state(stream), stream_error(stream)->message);
}

static void await(const char *text)
{
	int64_t end = clock_now() + 20 * CLOCK_SECOND;
	while (!strstr(buf_text(&received), text) && clock_now() < end)
		loop_once(loop, end);
	ck_assert_msg(strstr(buf_text(&received), text) != NULL, "'%s' did not come: %s", text, buf_text(&received));
}

static void say(const char *xml)
{
	struct err e;
	xmlDoc *doc = xml_parse(xml, strlen(xml), &e);
	stream_send(stream, xml_root(doc));
	xmlFreeDoc(doc);
}

static void come(enum transport transport, const struct sm_session *resume)
{
	AUTO_TEXT url = memory_printf("wss://%s:%d/", server->host, gateway_web_port(gateway));
	const struct stream_options options = { .user = "romeo",
		.domain = server->domain,
		.password = PASSWORD,
		.resource = "phone",
		.host = server->host,
		.port = gateway_port(gateway),
		.direct_port = gateway_direct_port(gateway),
		.url = url,
		.transport = transport,
		.ca_file = server->ca_file,
		.verify = true,
		.goal = resume ? STREAM_GOAL_RESUMED : STREAM_GOAL_BOUND,
		.resume = resume,
		.resume_h = -1 };
	stream_free(stream);
	stream = stream_new(loop, &options, &callbacks, NULL);
	until(STREAM_READY);
	ck_assert(gateway_is_online(gateway));
	ck_assert_str_eq(gateway_jid(gateway), stream_jid(stream));
	ck_assert_msg(text_starts(stream_mechanism(stream), "SCRAM-"), "%s", stream_mechanism(stream));
	ck_assert_msg(!strstr(stream_mechanisms(stream), "-PLUS"), "%s", stream_mechanisms(stream));
	ck_assert_str_eq(stream_binding_types(stream), "");
}

static void each_way(const char *fixture)
{
	static const enum transport ways[] = { TRANSPORT_STARTTLS, TRANSPORT_DIRECT, TRANSPORT_WEBSOCKET };
	if (!start(fixture))
		return;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		come(ways[i], NULL);
		AUTO_TEXT message = memory_printf(
			"<message to='%s' id='way-%zu' type='chat'><body>hark</body></message>", stream_jid(stream), i);
		AUTO_TEXT id = memory_printf("way-%zu", i);
		say(message);
		await(id);
		stream_close(stream);
		until(STREAM_ENDED);
		ck_assert_str_eq(stream_ending(stream), "tag");
	}
}

/* One stanza is put in by the gateway, then the connection is cut: the server and the client agree on what each has handled. */
static void resumed(const char *fixture)
{
	struct err e;
	if (!start(fixture))
		return;
	come(TRANSPORT_STARTTLS, NULL);
	say("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
	await("<enabled");
	AUTO_TEXT message = memory_printf(
		"<message to='%s' id='before' type='chat'><body>hark</body></message>", stream_jid(stream));
	say(message);
	await("before");
	xmlDoc *doc = xml_parse("<message id='forged'/>", strlen("<message id='forged'/>"), &e);
	ck_assert(gateway_give(gateway, xml_root(doc)));
	xmlFreeDoc(doc);
	await("forged");
	gateway_cut(gateway);
	until(STREAM_ENDED);
	struct sm_session session = SM_SESSION_INIT;
	sm_session_copy(&session, stream_sm(stream));
	buf_clear(&received);
	come(TRANSPORT_STARTTLS, &session);
	await("<resumed");
	AUTO_TEXT again = memory_printf(
		"<message to='%s' id='after' type='chat'><body>hark</body></message>", stream_jid(stream));
	say(again);
	await("after");
	ck_assert_ptr_null(strstr(buf_text(&received), "before")); /* nothing came twice */
	sm_session_release(&session);
}

START_TEST(prosody_each_way)
{
	each_way("prosody");
}
END_TEST

START_TEST(ejabberd_each_way)
{
	each_way("ejabberd");
}
END_TEST

START_TEST(prosody_resumed)
{
	resumed("prosody");
}
END_TEST

START_TEST(ejabberd_resumed)
{
	resumed("ejabberd");
}
END_TEST

Suite *suite_gateway_servers(void)
{
	Suite *s = suite_create("gateway before servers");
	TCase *t = tcase_create("servers");
	tcase_set_tags(t, "integration");
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, NULL, tear_down);
	tcase_add_test(t, prosody_each_way);
	tcase_add_test(t, ejabberd_each_way);
	tcase_add_test(t, prosody_resumed);
	tcase_add_test(t, ejabberd_resumed);
	suite_add_tcase(s, t);
	return s;
}
