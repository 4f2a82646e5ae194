/* What contacts are told: presence (RFC 6121 section 4.4), and events of personal eventing (XEP-0163). */
#include "base/clock.h"
#include "base/text.h"
#include "measure/workloads.h"
#include <stdlib.h>

#define INTEREST_LIMIT (15 * CLOCK_SECOND)

#define NS_NICK  "http://jabber.org/protocol/nick"
#define NS_EVENT "http://jabber.org/protocol/pubsub#event"
/* Capabilities of a device that wants to be told of nicknames (XEP-0115 section 5.1); the hash is that of the answer below. */
#define CAPS_NODE "urn:assay:client"
#define CAPS_HASH "Wvf/w52mThBig+LQ1g1ZapN6u/0="
#define CAPS_PRESENCE                                                                                                  \
	"<presence xmlns='" NS_CLIENT "'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='" CAPS_NODE     \
	"' ver='" CAPS_HASH "'/></presence>"
#define CAPS_ANSWER                                                                                                    \
	"'><query xmlns='" NS_DISCO_INFO "' node='" CAPS_NODE "#" CAPS_HASH                                            \
	"'><identity category='client' type='pc' name='Assay'/><feature var='" NS_DISCO_INFO                           \
	"'/><feature var='" NS_NICK "+notify'/></query></iq>"

/* Member 0 is who is watched; the others watch. */
static void send_subscription(struct member *from, const struct member *to, const char *type)
{
	BUF_AUTO xml = BUF_INIT;
	buf_printf(&xml, "<presence xmlns='" NS_CLIENT "' type='%s' to='", type);
	xml_escape(to->bare, &xml);
	buf_add_text(&xml, "'/>");
	crew_send(from, xml.data, xml.len);
}

/* One asks to see the other's presence, who approves. What the server does with each is proved by an iq behind it. */
static int subscribe(struct member *watcher, struct member *watched, int64_t deadline, struct err *e)
{
	static const char roster[] = "<iq type='get'><query xmlns='jabber:iq:roster'/></iq>";
	send_subscription(watcher, watched, "subscribe");
	if (crew_must(watcher, roster, "a roster", deadline, e) || crew_must(watched, roster, "a roster", deadline, e))
		return -1;
	send_subscription(watched, watcher, "subscribed");
	if (crew_must(watched, roster, "a roster", deadline, e) || crew_must(watcher, roster, "a roster", deadline, e))
		return -1;
	return 0;
}

/* Both ways, as people have it: an account is told by their presence what a contact's devices want to know. */
static int subscribe_all(struct engine *g, int64_t deadline, struct err *e)
{
	struct member *romeo = g->crew.members.items[0];
	for (size_t i = 1; i < g->crew.members.count; i++)
		if (subscribe(g->crew.members.items[i], romeo, deadline, e) ||
			subscribe(romeo, g->crew.members.items[i], deadline, e))
			return -1;
	return 0;
}

static int contacts_set_up(struct engine *g, const char *presence, struct err *e)
{
	int64_t deadline = clock_now() + SET_UP_LIMIT;
	size_t contacts = g->options->contacts;
	if (contacts > g->crew.account_count - 1)
		contacts = g->crew.account_count - 1;
	for (size_t i = 0; i <= contacts; i++)
		crew_add(&g->crew, i, "measured")->receiver = i - 1;
	g->receivers = contacts;
	if (crew_connect(&g->crew, deadline, e) || crew_appear(&g->crew, presence, deadline, e))
		return -1;
	return subscribe_all(g, deadline, e);
}

static void contacts_tear_down(struct engine *g)
{
	struct err ignored;
	int64_t deadline = clock_now() + 10 * CLOCK_SECOND;
	for (size_t i = 1; i < g->crew.members.count; i++) {
		struct member *pair[] = { g->crew.members.items[0], g->crew.members.items[i] };
		for (int k = 0; k < 2; k++) {
			BUF_AUTO iq = BUF_INIT;
			buf_add_text(&iq,
				"<iq type='set'><query xmlns='jabber:iq:roster'><item subscription='remove' jid='");
			xml_escape(pair[1 - k]->bare, &iq);
			buf_add_text(&iq, "'/></query></iq>");
			xmlFreeDoc(crew_ask(pair[k], iq.data, deadline, &ignored));
		}
	}
}

/* ---- presence ---- */

/* Until a presence of romeo's has reached everybody once: a subscription counts when it does what it is for. */
static int wait_for_subscriptions(struct engine *g, int64_t deadline, struct err *e)
{
	static const char presence[] = "<presence xmlns='" NS_CLIENT "'><status>measured</status></presence>";
	crew_send(g->crew.members.items[0], presence, sizeof presence - 1);
	size_t *seen = g->own;
	while (*seen < g->receivers) {
		if (clock_now() >= deadline)
			return err_set(e, ERR_CONNECTION, NULL, "only %zu of %zu contacts see the presence", *seen,
				g->receivers);
		if (crew_pump(&g->crew, deadline, e))
			return -1;
	}
	return 0;
}

int presence_set_up(struct engine *g, struct err *e)
{
	g->own = memory_alloc(sizeof(size_t));
	return contacts_set_up(g, NULL, e) || wait_for_subscriptions(g, clock_now() + SET_UP_LIMIT, e) ? -1 : 0;
}

void presence_send(struct engine *g, size_t number)
{
	BUF_AUTO xml = BUF_INIT;
	buf_add_text(&xml, "<presence xmlns='" NS_CLIENT "' id='");
	engine_id(g, number, &xml);
	buf_add_text(&xml, "'><status>");
	engine_text(g, number, &xml);
	buf_add_text(&xml, "</status></presence>");
	engine_send(g, g->crew.members.items[0], number, &xml);
}

void presence_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	if (!xml_is(stanza, "presence", NULL) || m == g->crew.members.items[0])
		return;
	AUTO_TEXT status = child_text(stanza, "status");
	if (text_equal(status, "measured"))
		++*(size_t *)g->own;
	else if (status)
		engine_fan_out(g, m->receiver, xml_attribute(stanza, "id"), status, when);
}

void presence_tear_down(struct engine *g)
{
	contacts_tear_down(g);
	free(g->own);
	g->own = NULL;
}

/* ---- events ---- */

static void publish(struct engine *g, const char *id, const char *nick)
{
	BUF_AUTO xml = BUF_INIT;
	buf_printf(&xml,
		"<iq xmlns='" NS_CLIENT "' type='set' id='%s'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
		"<publish node='" NS_NICK "'><item id='current'><nick xmlns='" NS_NICK
		"'>%s</nick></item></publish></pubsub></iq>",
		id, nick);
	int64_t number = engine_number(g, id);
	if (number >= 0)
		engine_send(g, g->crew.members.items[0], (size_t)number, &xml);
	else
		crew_send(g->crew.members.items[0], xml.data, xml.len);
}

static int ask_all(struct engine *g, int64_t deadline, struct err *e)
{
	for (size_t i = 0; i < g->crew.members.count; i++)
		if (crew_must(g->crew.members.items[i], "<iq type='get'><query xmlns='jabber:iq:roster'/></iq>",
			    "a roster", deadline, e))
			return -1;
	return 0;
}

/* A server may need a while until it knows what a device wants to be told of, so something is published until all are told. */
static int wait_for_interest(struct engine *g, int64_t deadline, struct err *e)
{
	size_t *told = g->own;
	int64_t until = clock_now() + INTEREST_LIMIT;
	do {
		if (ask_all(g, deadline, e))
			return -1;
		*told = 0;
		publish(g, "probe", "measured");
		if (ask_all(g, deadline, e))
			return -1;
		if (*told >= g->receivers)
			return 0;
	} while (clock_now() < until);
	return err_set(e, ERR_UNSUPPORTED, NULL, "only %zu of %zu contacts are told of an event", *told, g->receivers);
}

/* The capabilities are told before there are contacts, so that the server knows them when the first contact comes, as it knows those of
 * every client that is in use. (Prosody 0.12 tells an event twice, to the bare address too, of a contact whose device answers the
 * question for its capabilities while it has contacts.) */
int events_set_up(struct engine *g, struct err *e)
{
	g->own = memory_alloc(sizeof(size_t));
	return contacts_set_up(g, CAPS_PRESENCE, e) || wait_for_interest(g, clock_now() + SET_UP_LIMIT, e) ? -1 : 0;
}

void events_send(struct engine *g, size_t number)
{
	BUF_AUTO id = BUF_INIT, text = BUF_INIT;
	engine_id(g, number, &id);
	engine_text(g, number, &text);
	publish(g, id.data, text.data);
}

static void tell_capabilities(struct member *m, const xmlNode *iq)
{
	BUF_AUTO xml = BUF_INIT;
	const char *from = xml_attribute(iq, "from"), *id = xml_attribute(iq, "id");
	buf_add_text(&xml, "<iq xmlns='" NS_CLIENT "' type='result' to='");
	xml_escape(from ? from : m->config.domain, &xml);
	buf_add_text(&xml, "' id='");
	xml_escape(id ? id : "", &xml);
	buf_add_text(&xml, CAPS_ANSWER);
	crew_send(m, xml.data, xml.len);
}

void events_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	if (xml_is(stanza, "iq", NULL)) {
		const char *type = xml_attribute(stanza, "type");
		int64_t number = engine_number(g, xml_attribute(stanza, "id"));
		if (text_equal(type, "get") && xml_child(stanza, "query", NS_DISCO_INFO))
			tell_capabilities(m, stanza);
		else if (text_equal(type, "error") && number >= 0)
			engine_refuse(g, (size_t)number);
		return;
	}
	const xmlNode *event = xml_child(stanza, "event", NS_EVENT);
	const xmlNode *nick = event && m != g->crew.members.items[0] ? xml_find(event, "nick", NS_NICK) : NULL;
	AUTO_TEXT text = nick ? xml_text(nick) : NULL;
	if (text_equal(text, "measured"))
		++*(size_t *)g->own;
	else if (text)
		engine_fan_out(g, m->receiver, NULL, text, when);
}

void events_tear_down(struct engine *g)
{
	struct err ignored;
	if (g->crew.members.count)
		xmlFreeDoc(crew_ask(g->crew.members.items[0],
			"<iq type='set'><pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><delete node='" NS_NICK
			"'/></pubsub></iq>",
			clock_now() + 5 * CLOCK_SECOND, &ignored));
	contacts_tear_down(g);
	free(g->own);
	g->own = NULL;
}
