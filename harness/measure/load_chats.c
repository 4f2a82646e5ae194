/* Messages between two people: to phones that lie idle, and among colleagues who answer with receipts (XEP-0184). */
#include "base/text.h"
#include "measure/load_profiles.h"
#include "measure/workloads.h"

#define COLLEAGUES  9   /* each speaks with so many, by turns */
#define AWAKE_SHARE 100 /* one connection in so many sends to the others */

static size_t connections(const struct engine *g)
{
	return g->crew.members.count;
}

static struct member *member_at(const struct engine *g, size_t i)
{
	return g->crew.members.items[i];
}

/* The number of the message that came to `m`, for which it was meant, whole and for the first time at receiver `r`; else -1. */
static int64_t arrived_at(struct engine *g, const struct member *m, size_t meant_for, size_t r, const xmlNode *message)
{
	AUTO_TEXT body = child_text(message, "body");
	if (m->receiver != meant_for) {
		g->faults.altered++; /* its address was */
		return -1;
	}
	return body ? engine_arrived(g, r, xml_attribute(message, "id"), body) : -1;
}

/* ---- idle phones ---- */

static size_t awake(const struct engine *g)
{
	return connections(g) / AWAKE_SHARE + 1;
}

static size_t phone_of(const struct engine *g, size_t number)
{
	return awake(g) + number % g->lanes;
}

int idle_prepare(struct engine *g, const struct load_options *o, struct err *e)
{
	(void)o;
	(void)e;
	g->lanes = connections(g) - awake(g);
	return 0;
}

void idle_send(struct engine *g, size_t number)
{
	size_t phone = phone_of(g, number);
	chat_send(g, member_at(g, phone % awake(g)), member_jid(member_at(g, phone)), number, "");
}

void idle_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	int64_t number = engine_number(g, xml_attribute(stanza, "id"));
	if (chat_is_other(g, stanza) || number < 0)
		return;
	number = arrived_at(g, m, phone_of(g, (size_t)number), 0, stanza);
	if (number < 0)
		return;
	engine_value(g, (size_t)number, 0, when - g->requests[number].from);
	engine_finish(g, (size_t)number);
}

/* ---- an office ---- */

static size_t colleagues(const struct engine *g)
{
	return connections(g) - 1 < COLLEAGUES ? connections(g) - 1 : COLLEAGUES;
}

static size_t sender_of(const struct engine *g, size_t number)
{
	return number % connections(g);
}

static size_t recipient_of(const struct engine *g, size_t number)
{
	return (sender_of(g, number) + 1 + number / connections(g) % colleagues(g)) % connections(g);
}

int office_prepare(struct engine *g, const struct load_options *o, struct err *e)
{
	(void)o;
	(void)e;
	g->receivers = 2; /* the message, its receipt */
	g->lanes = connections(g) * colleagues(g);
	return 0;
}

void office_send(struct engine *g, size_t number)
{
	chat_send(g, member_at(g, sender_of(g, number)), member_jid(member_at(g, recipient_of(g, number))), number,
		"<request xmlns='" NS_RECEIPTS "'/>");
}

static void receipt_came(struct engine *g, const struct member *m, const xmlNode *receipt, int64_t when)
{
	const char *id = xml_attribute(receipt, "id");
	int64_t number = engine_number(g, id);
	if (number < 0)
		return;
	if (m->receiver != sender_of(g, (size_t)number)) {
		g->faults.altered++;
		return;
	}
	number = engine_arrived(g, 1, id, NULL);
	if (number < 0 || g->requests[number].arrived < g->receivers)
		return;
	engine_value(g, (size_t)number, 1, when - g->requests[number].from);
	engine_finish(g, (size_t)number);
}

void office_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	if (chat_is_other(g, stanza))
		return;
	const xmlNode *receipt = xml_child(stanza, "received", NS_RECEIPTS);
	if (receipt) {
		receipt_came(g, m, receipt, when);
		return;
	}
	int64_t number = engine_number(g, xml_attribute(stanza, "id"));
	if (number >= 0)
		number = arrived_at(g, m, recipient_of(g, (size_t)number), 0, stanza);
	if (number < 0)
		return;
	engine_value(g, (size_t)number, 0, when - g->requests[number].from);
	chat_answer(
		g, m, member_jid(member_at(g, sender_of(g, (size_t)number))), (size_t)number, "received", NS_RECEIPTS);
}
