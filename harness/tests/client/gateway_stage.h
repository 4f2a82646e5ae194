/* tests/client/gateway_stage.h: the gateway between our own stream, which is the client here, and a scripted server. */
#ifndef ASSAY_TESTS_GATEWAY_STAGE_H
#define ASSAY_TESTS_GATEWAY_STAGE_H
#include "base/text.h"
#include "client/gateway.h"
#include "tests/xmpp/script.h"

static struct client c;
static struct gateway *gateway;
static char *certificate_file, *key_file, *authority_key_file;
static struct buf seen, events, notes; /* what was shown, one a line behind `>` from the client, `<` from the server */
static const char *kept_back;          /* elements with this text in them are not passed on; or NULL */

HELPER bool on_came(void *context, enum gateway_side from, xmlNode *element, int64_t when)
{
	BUF_AUTO text = BUF_INIT;
	(void)context;
	ck_assert_int_gt(when, 0);
	xml_print(element, &text);
	buf_printf(&seen, "%c%s\n", from == GATEWAY_CLIENT ? '>' : '<', buf_text(&text));
	return !kept_back || !strstr(buf_text(&text), kept_back);
}

HELPER void on_changed(void *context, enum gateway_event event)
{
	(void)context;
	buf_printf(&events, "%d", event);
}

HELPER void on_note(void *context, const char *text)
{
	(void)context;
	buf_printf(&notes, "%s\n", text);
}

static const struct gateway_callbacks callbacks = { on_came, on_changed, on_note };

HELPER char *write_key(const struct identity *i)
{
	char *path = strdup("/tmp/assay-test-XXXXXX");
	FILE *file = fdopen(mkstemp(path), "w");
	ck_assert_ptr_nonnull(file);
	PEM_write_PrivateKey(file, i->key, NULL, NULL, 0, NULL, NULL);
	fclose(file);
	return path;
}

HELPER void set_up(void)
{
	xml_start();
	client_init(&c);
	certificate_file = identity_write(&c.identity);
	key_file = write_key(&c.identity);
	authority_key_file = write_key(&c.authority);
	kept_back = NULL;
}

HELPER void tear_down(void)
{
	gateway_free(gateway);
	gateway = NULL;
	if (c.server.process)
		client_release(&c);
	unlink(certificate_file);
	unlink(key_file);
	unlink(authority_key_file);
	free(certificate_file);
	free(key_file);
	free(authority_key_file);
	buf_release(&seen);
	buf_release(&events);
	buf_release(&notes);
}

/* In front of the server at c.options.port; the client is sent to the gateway instead. */
HELPER void open_gateway(void)
{
	struct err e;
	const struct gateway_options options = { .domain = DOMAIN,
		.host = "127.0.0.1",
		.port = c.options.port,
		.ca_file = c.ca_file,
		.verify = true,
		.certificate = certificate_file,
		.key = key_file,
		.authority = c.ca_file,
		.authority_key = authority_key_file };
	gateway = gateway_new(c.loop, &options, &callbacks, NULL, &e);
	ck_assert_msg(gateway != NULL, "%s: %s", e.where, e.message);
	c.options.port = gateway_port(gateway);
	c.options.direct_port = gateway_direct_port(gateway);
}

HELPER void serve(struct script *script, int connections)
{
	client_serve(&c, script, connections, 0);
	open_gateway();
}

HELPER void until_shown(const char *text)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (!strstr(buf_text(&seen), text) && clock_now() < end)
		loop_once(c.loop, end);
	ck_assert_msg(strstr(buf_text(&seen), text) != NULL, "'%s' was not shown: %s", text, buf_text(&seen));
}

HELPER void until_noted(const char *text)
{
	int64_t end = clock_now() + 15 * CLOCK_SECOND;
	while (!strstr(buf_text(&notes), text) && clock_now() < end)
		loop_once(c.loop, end);
	ck_assert_msg(strstr(buf_text(&notes), text) != NULL, "'%s' was not noted: %s", text, buf_text(&notes));
}
#endif
