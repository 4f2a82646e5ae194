/* The floor, and messages between two people: one way, with a receipt, with a displayed marker, and their carbon copy. */
#include "base/clock.h"
#include "base/text.h"
#include "measure/workloads.h"

#define NS_MARKERS "urn:xmpp:chat-markers:0"
#define NS_CARBONS "urn:xmpp:carbons:2"
#define NS_FORWARD "urn:xmpp:forward:0"

enum { ROMEO, JULIET, LAPTOP };

static struct member *member(struct engine *g, size_t i)
{
	return g->crew.members.items[i];
}

int pair_set_up(struct engine *g, struct err *e)
{
	int64_t deadline = clock_now() + SET_UP_LIMIT;
	crew_add(&g->crew, 0, "measured");
	crew_add(&g->crew, 1, "measured");
	return crew_connect(&g->crew, deadline, e) || crew_appear(&g->crew, NULL, deadline, e) ? -1 : 0;
}

int answered_set_up(struct engine *g, struct err *e)
{
	g->receivers = 2; /* the message at juliet's, the answer at romeo's */
	return pair_set_up(g, e);
}

/* ---- an iq to the server and back (XEP-0199) ---- */

int ping_set_up(struct engine *g, struct err *e)
{
	crew_add(&g->crew, 0, "measured");
	if (crew_connect(&g->crew, clock_now() + SET_UP_LIMIT, e))
		return -1;
	AUTO_TEXT iq =
		memory_printf("<iq type='get' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>", g->crew.target->domain);
	return crew_must(member(g, ROMEO), iq, "a ping", clock_now() + SET_UP_LIMIT, e);
}

void ping_send(struct engine *g, size_t number)
{
	BUF_AUTO xml = BUF_INIT;
	buf_printf(&xml, "<iq xmlns='" NS_CLIENT "' type='get' to='%s' id='", g->crew.target->domain);
	engine_id(g, number, &xml);
	buf_add_text(&xml, "'><ping xmlns='urn:xmpp:ping'/></iq>");
	engine_send(g, member(g, ROMEO), number, &xml);
}

void ping_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	(void)m;
	const char *id = xml_attribute(stanza, "id");
	int64_t number = engine_number(g, id);
	if (!xml_is(stanza, "iq", NULL) || number < 0)
		return;
	if (text_equal(xml_attribute(stanza, "type"), "error"))
		engine_refuse(g, (size_t)number);
	else
		engine_deliver(g, 0, id, NULL, when);
}

/* ---- messages ---- */

void chat_send(struct engine *g, struct member *from, const char *to, size_t number, const char *extra)
{
	BUF_AUTO xml = BUF_INIT;
	buf_add_text(&xml, "<message xmlns='" NS_CLIENT "' type='chat' to='");
	xml_escape(to, &xml);
	buf_add_text(&xml, "' id='");
	engine_id(g, number, &xml);
	buf_add_text(&xml, "'><body>");
	engine_text(g, number, &xml);
	buf_printf(&xml, "</body>%s</message>", extra);
	engine_send(g, from, number, &xml);
}

static void send_chat(struct engine *g, size_t number, const char *extra)
{
	chat_send(g, member(g, ROMEO), member_jid(member(g, JULIET)), number, extra);
}

bool chat_is_other(struct engine *g, const xmlNode *stanza)
{
	if (!xml_is(stanza, "message", NULL))
		return true;
	if (!text_equal(xml_attribute(stanza, "type"), "error"))
		return false;
	int64_t number = engine_number(g, xml_attribute(stanza, "id"));
	if (number >= 0)
		engine_refuse(g, (size_t)number);
	return true;
}

void message_send(struct engine *g, size_t number)
{
	send_chat(g, number, "");
}

void message_to_anybody(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	(void)m;
	if (chat_is_other(g, stanza))
		return;
	AUTO_TEXT body = child_text(stanza, "body");
	engine_deliver(g, 0, xml_attribute(stanza, "id"), body ? body : "", when);
}

void message_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	if (m == member(g, JULIET) || text_equal(xml_attribute(stanza, "type"), "error"))
		message_to_anybody(g, m, stanza, when);
}

/* ---- answered by the recipient's device: receipt (XEP-0184), displayed marker (XEP-0333) ---- */

void chat_answer(
	struct engine *g, struct member *from, const char *to, size_t number, const char *element, const char *ns)
{
	BUF_AUTO xml = BUF_INIT;
	buf_add_text(&xml, "<message xmlns='" NS_CLIENT "' type='chat' to='");
	xml_escape(to, &xml);
	buf_printf(&xml, "'><%s xmlns='%s' id='", element, ns);
	engine_id(g, number, &xml);
	buf_add_text(&xml, "'/></message>");
	crew_send(from, xml.data, xml.len);
}

static void answered(
	struct engine *g, struct member *m, const xmlNode *stanza, int64_t when, const char *element, const char *ns)
{
	if (chat_is_other(g, stanza))
		return;
	if (m == member(g, ROMEO)) {
		const xmlNode *answer = xml_child(stanza, element, ns);
		if (answer)
			engine_deliver(g, 1, xml_attribute(answer, "id"), NULL, when);
		return;
	}
	AUTO_TEXT body = child_text(stanza, "body");
	const char *id = xml_attribute(stanza, "id");
	int64_t number = body ? engine_arrived(g, 0, id, body) : -1;
	if (number < 0)
		return;
	engine_value(g, (size_t)number, 1, when - g->requests[number].from);
	chat_answer(g, m, member_jid(member(g, ROMEO)), (size_t)number, element, ns);
}

void receipt_send(struct engine *g, size_t number)
{
	send_chat(g, number, "<request xmlns='" NS_RECEIPTS "'/>");
}

void receipt_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	answered(g, m, stanza, when, "received", NS_RECEIPTS);
}

void marker_send(struct engine *g, size_t number)
{
	send_chat(g, number, "<markable xmlns='" NS_MARKERS "'/>");
}

void marker_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	answered(g, m, stanza, when, "displayed", NS_MARKERS);
}

/* ---- the copy at the recipient's second device (XEP-0280) ---- */

int carbon_set_up(struct engine *g, struct err *e)
{
	static const char enable[] = "<iq type='set'><enable xmlns='" NS_CARBONS "'/></iq>";
	if (pair_set_up(g, e))
		return -1;
	int64_t deadline = clock_now() + SET_UP_LIMIT;
	crew_add(&g->crew, 1, "laptop");
	g->receivers = 2;
	if (crew_connect(&g->crew, deadline, e) || crew_appear(&g->crew, NULL, deadline, e))
		return -1;
	return crew_must(member(g, LAPTOP), enable, "enabling carbons", deadline, e);
}

static const xmlNode *copied(const xmlNode *stanza)
{
	const xmlNode *carbon = xml_child(stanza, "received", NS_CARBONS);
	const xmlNode *forwarded = carbon ? xml_child(carbon, "forwarded", NS_FORWARD) : NULL;
	return forwarded ? xml_child(forwarded, "message", NULL) : NULL;
}

/* Series 0: from the original to the copy, below 0 where the copy was read first; 1: from the intended instant to the copy. */
void carbon_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	if (chat_is_other(g, stanza) || m == member(g, ROMEO))
		return;
	bool copy = m == member(g, LAPTOP);
	const xmlNode *message = copy ? copied(stanza) : stanza;
	AUTO_TEXT body = message ? child_text(message, "body") : NULL;
	int64_t number = body ? engine_arrived(g, copy ? 1 : 0, xml_attribute(message, "id"), body) : -1;
	if (number < 0)
		return;
	int64_t since = when - g->requests[number].from;
	engine_value(g, (size_t)number, copy ? 1 : 2, since);
	if (g->requests[number].arrived < 2)
		return;
	const int64_t *values = g->values + (size_t)number * SERIES_MOST;
	engine_value(g, (size_t)number, 0, values[1] - values[2]);
	engine_finish(g, (size_t)number);
}
