#include "client/gateway.h"
#include "base/text.h"
#include "client/private.h"
#include <stdlib.h>

#define SESSIONS_MOST 16
#define ADDRESS       "127.0.0.1"

bool is_stanza(const xmlNode *element)
{
	return xml_is(element, "message", NS_CLIENT) || xml_is(element, "presence", NS_CLIENT) ||
		xml_is(element, "iq", NS_CLIENT);
}

bool gateway_show(struct gateway *g, enum gateway_side from, xmlNode *element, int64_t when)
{
	return !g->callbacks.came || g->callbacks.came(g->context, from, element, when);
}

void gateway_tell(struct gateway *g, enum gateway_event event)
{
	if (g->callbacks.changed)
		g->callbacks.changed(g->context, event);
}

void gateway_note(struct gateway *g, const char *format, ...)
{
	if (!g->callbacks.note)
		return;
	BUF_AUTO text = BUF_INIT;
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	g->callbacks.note(g->context, buf_text(&text));
}

/* ---- those who come ---- */

static void forget_ended(struct gateway *g)
{
	for (size_t i = 0; i < g->sessions.count; i++) {
		struct session *s = g->sessions.items[i];
		if (s->phase != SESSION_ENDED || s == g->current)
			continue;
		session_free(s);
		vec_remove(&g->sessions, i--);
	}
}

static void accepted(struct listener *n, struct connection *c, void *context)
{
	struct gateway *g = context;
	forget_ended(g);
	if (g->sessions.count >= SESSIONS_MOST) {
		gateway_note(g, "the client has %d connections: one more is refused", SESSIONS_MOST);
		return;
	}
	vec_push(&g->sessions, session_new(g, c, n == g->direct ? WAY_DIRECT : n == g->web ? WAY_WEB : WAY_STARTTLS));
	gateway_tell(g, GATEWAY_CONNECTED);
}

/* ---- life ---- */

static void copy_options(struct gateway_options *to, const struct gateway_options *from)
{
	*to = *from;
	to->domain = memory_copy_text(from->domain);
	to->host = memory_copy_text(from->host);
	to->ca_file = memory_copy_text(from->ca_file);
	to->address = memory_copy_text(from->address ? from->address : ADDRESS);
	to->certificate = memory_copy_text(from->certificate);
	to->key = memory_copy_text(from->key);
	to->authority = memory_copy_text(from->authority);
	to->authority_key = memory_copy_text(from->authority_key);
}

struct gateway *gateway_new(struct loop *l, const struct gateway_options *options,
	const struct gateway_callbacks *callbacks, void *context, struct err *e)
{
	struct gateway *g = memory_alloc(sizeof *g);
	g->loop = l;
	g->callbacks = *callbacks;
	g->context = context;
	copy_options(&g->options, options);
	g->identity = net_identity_load(options->certificate, options->key, e);
	if (g->identity)
		g->listener = net_listen(l, g->options.address, 0, accepted, g, e);
	if (g->listener)
		g->direct = net_listen(l, g->options.address, 0, accepted, g, e);
	if (g->direct)
		g->web = net_listen(l, g->options.address, 0, accepted, g, e);
	if (g->web)
		return g;
	gateway_free(g);
	return NULL;
}

void gateway_free(struct gateway *g)
{
	if (!g)
		return;
	listener_free(g->listener);
	listener_free(g->direct);
	listener_free(g->web);
	for (size_t i = 0; i < g->sessions.count; i++)
		session_free(g->sessions.items[i]);
	vec_release(&g->sessions);
	counters_release(&g->counters);
	net_identity_free(g->identity);
	net_identity_free(g->forged);
	buf_release(&g->deed);
	free((char *)g->options.domain);
	free((char *)g->options.host);
	free((char *)g->options.ca_file);
	free((char *)g->options.address);
	free((char *)g->options.certificate);
	free((char *)g->options.key);
	free((char *)g->options.authority);
	free((char *)g->options.authority_key);
	free(g->jid);
	free(g->sm_id);
	free(g);
}

/* ---- the owner's part ---- */

int gateway_port(const struct gateway *g)
{
	return listener_port(g->listener);
}

int gateway_direct_port(const struct gateway *g)
{
	return listener_port(g->direct);
}

int gateway_web_port(const struct gateway *g)
{
	return listener_port(g->web);
}

bool gateway_is_online(const struct gateway *g)
{
	return g->current && g->current->online;
}

bool gateway_give(struct gateway *g, const xmlNode *element)
{
	return gateway_is_online(g) && session_give(g->current, element, GIFT_OWN);
}

bool gateway_give_raw(struct gateway *g, const char *bytes, size_t length)
{
	BUF_AUTO copy = BUF_INIT;
	if (!gateway_is_online(g))
		return false;
	buf_add(&copy, bytes, length);
	framing_write(g->current, &copy);
	return true;
}

bool gateway_release(struct gateway *g, const xmlNode *element)
{
	return gateway_is_online(g) && session_give(g->current, element, GIFT_RELEASED);
}

bool gateway_say(struct gateway *g, const xmlNode *element)
{
	if (!gateway_is_online(g) || !session_say(g->current, element))
		return false;
	if (is_stanza(element))
		counters_said(&g->counters);
	return true;
}

void gateway_cut(struct gateway *g)
{
	for (size_t i = 0; i < g->sessions.count; i++)
		session_cut(g->sessions.items[i]);
}

void gateway_lose(struct gateway *g)
{
	if (gateway_is_online(g))
		g->current->lost = true;
}

void gateway_end(struct gateway *g)
{
	for (size_t i = 0; i < g->sessions.count; i++)
		session_end(g->sessions.items[i]);
}

bool gateway_is_ending(const struct gateway *g)
{
	for (size_t i = 0; i < g->sessions.count; i++) {
		const struct session *s = g->sessions.items[i];
		if (!s->client && s->phase == SESSION_RELAYING)
			return true;
	}
	return false;
}

const char *gateway_jid(const struct gateway *g)
{
	return g->jid;
}

void gateway_fact(const struct gateway *g, const char *name, struct buf *out)
{
	const char *const facts[][2] = { { "tls.version", g->tls_version }, { "tls.cipher", g->tls_cipher },
		{ "sasl.mechanism", g->mechanism } };
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (text_equal(facts[i][0], name))
			buf_add_text(out, facts[i][1]);
	if (text_equal(name, "sm.id") && g->sm_id)
		buf_add_text(out, g->sm_id);
	else if (text_equal(name, "sm.h") && g->counters.down_counts)
		buf_printf(out, "%zu", g->counters.down.count);
	else if (text_equal(name, "sm.sent") && g->counters.up_counts)
		buf_printf(out, "%zu", g->counters.up.count);
}
