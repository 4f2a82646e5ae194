/* A message in a room (XEP-0045): until the first and until the last occupant has it. */
#include "base/clock.h"
#include "base/text.h"
#include "measure/workloads.h"
#include <stdlib.h>

#define NS_MUC       "http://jabber.org/protocol/muc"
#define NS_MUC_OWNER "http://jabber.org/protocol/muc#owner"
#define NS_MUC_USER  "http://jabber.org/protocol/muc#user"
#define AT_ONCE      50 /* entering: each tells all who are there already */

struct room {
	char *address;
	size_t entered; /* occupants that have seen themselves come in (section 7.2.2) */
	struct err refused;
};

static void enter(const struct room *room, struct member *m)
{
	BUF_AUTO xml = BUF_INIT;
	buf_printf(&xml,
		"<presence xmlns='" NS_CLIENT "' to='%s/n%zu'><x xmlns='" NS_MUC
		"'><history maxstanzas='0'/></x></presence>",
		room->address, m->receiver);
	crew_send(m, xml.data, xml.len);
}

static int wait_entered(struct engine *g, size_t wanted, int64_t deadline, struct err *e)
{
	const struct room *room = g->own;
	while (room->entered < wanted) {
		if (room->refused.class != ERR_NONE) {
			*e = room->refused;
			return -1;
		}
		if (clock_now() >= deadline)
			return err_set(e, ERR_CONNECTION, room->address, "only %zu of %zu entered in time",
				room->entered, wanted);
		if (crew_pump(&g->crew, deadline, e))
			return -1;
	}
	return 0;
}

static int enter_all(struct engine *g, int64_t deadline, struct err *e)
{
	struct room *room = g->own;
	struct member *owner = g->crew.members.items[0];
	enter(room, owner);
	if (wait_entered(g, 1, deadline, e))
		return -1;
	AUTO_TEXT iq = memory_printf("<iq type='set' to='%s'><query xmlns='" NS_MUC_OWNER
				     "'><x xmlns='jabber:x:data' type='submit'/></query></iq>",
		room->address);
	if (crew_must(owner, iq, "an instant room", deadline, e))
		return -1;
	for (size_t i = 1; i < g->crew.members.count; i += AT_ONCE) {
		size_t end = i + AT_ONCE < g->crew.members.count ? i + AT_ONCE : g->crew.members.count;
		for (size_t k = i; k < end; k++)
			enter(room, g->crew.members.items[k]);
		if (wait_entered(g, end, deadline, e))
			return -1;
	}
	return 0;
}

int room_set_up(struct engine *g, struct err *e)
{
	int64_t deadline = clock_now() + SET_UP_LIMIT;
	size_t occupants = g->workload->parameter;
	for (size_t i = 0; i < occupants; i++) {
		AUTO_TEXT resource = memory_printf("room-%zu", i);
		crew_add(&g->crew, i % g->crew.account_count, resource)->receiver = i;
	}
	g->receivers = g->lanes = occupants;
	if (crew_connect(&g->crew, deadline, e))
		return -1;
	struct member *owner = g->crew.members.items[0];
	AUTO_TEXT service = service_find(owner, NS_MUC, "service for rooms", e);
	if (!service)
		return -1;
	struct room *room = g->own = memory_alloc(sizeof *room);
	room->address = memory_printf("measured-%llx@%s", (unsigned long long)clock_now() & 0xffffffffff, service);
	return enter_all(g, deadline, e);
}

void room_send(struct engine *g, size_t number)
{
	const struct room *room = g->own;
	BUF_AUTO xml = BUF_INIT;
	buf_printf(&xml, "<message xmlns='" NS_CLIENT "' type='groupchat' to='%s' id='", room->address);
	engine_id(g, number, &xml);
	buf_add_text(&xml, "'><body>");
	engine_text(g, number, &xml);
	buf_add_text(&xml, "</body></message>");
	engine_send(g, g->crew.members.items[number % g->crew.members.count], number, &xml);
}

static void presence_came(struct room *room, const xmlNode *presence)
{
	const xmlNode *user = xml_child(presence, "x", NS_MUC_USER);
	if (text_equal(xml_attribute(presence, "type"), "error") && room->refused.class == ERR_NONE)
		err_set(&room->refused, ERR_UNSUPPORTED, NULL, "a room refuses to be entered: %s",
			xml_error_condition(presence, NULL));
	for (const xmlNode *s = user ? xml_child(user, "status", NULL) : NULL; s; s = xml_next(s, "status", NULL))
		room->entered += text_equal(xml_attribute(s, "code"), "110");
}

void room_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	struct room *room = g->own;
	if (room && xml_is(stanza, "presence", NULL))
		presence_came(room, stanza);
	if (!xml_is(stanza, "message", NULL))
		return;
	const char *id = xml_attribute(stanza, "id");
	int64_t number = engine_number(g, id);
	if (text_equal(xml_attribute(stanza, "type"), "error")) {
		if (number >= 0)
			engine_refuse(g, (size_t)number);
		return;
	}
	AUTO_TEXT body = child_text(stanza, "body");
	if (body)
		engine_fan_out(g, m->receiver, id, body, when);
}

void room_tear_down(struct engine *g)
{
	struct room *room = g->own;
	struct err ignored;
	if (!room)
		return;
	AUTO_TEXT iq = memory_printf(
		"<iq type='set' to='%s'><query xmlns='" NS_MUC_OWNER "'><destroy/></query></iq>", room->address);
	if (room->entered)
		xmlFreeDoc(crew_ask(g->crew.members.items[0], iq, clock_now() + 5 * CLOCK_SECOND, &ignored));
	free(room->address);
	free(room);
	g->own = NULL;
}
