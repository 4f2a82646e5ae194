/* A message in a room (XEP-0045): until the first and until the last occupant has it. */
#include "base/clock.h"
#include "base/text.h"
#include "measure/workloads.h"
#include <stdlib.h>

#define NS_MUC       "http://jabber.org/protocol/muc"
#define NS_MUC_OWNER "http://jabber.org/protocol/muc#owner"
#define NS_MUC_USER  "http://jabber.org/protocol/muc#user"
#define AT_ONCE      50                 /* entering: each tells all who are there already */
#define ENTRY_LIMIT  (CLOCK_SECOND / 2) /* for each occupant, beside the limit of every workload */

struct room {
	char *address;
	struct room_entry in;
};

static void room_enter(struct member *m, const char *address)
{
	BUF_AUTO xml = BUF_INIT;
	buf_printf(&xml,
		"<presence xmlns='" NS_CLIENT "' to='%s/n%zu'><x xmlns='" NS_MUC
		"'><history maxstanzas='0'/></x></presence>",
		address, m->receiver);
	crew_send(m, xml.data, xml.len);
}

static int room_unlock(struct member *owner, const char *address, int64_t deadline, struct err *e)
{
	AUTO_TEXT iq = memory_printf("<iq type='set' to='%s'><query xmlns='" NS_MUC_OWNER
				     "'><x xmlns='jabber:x:data' type='submit'/></query></iq>",
		address);
	return crew_must(owner, iq, "an instant room", deadline, e);
}

char *room_new_address(struct member *m, struct err *e)
{
	AUTO_TEXT service = service_find(m, NS_MUC, "service for rooms", e);
	return service ? memory_printf("measured-%llx@%s", (unsigned long long)clock_now() & 0xffffffffff, service)
		       : NULL;
}

void room_destroy(struct member *owner, const char *address, int64_t deadline)
{
	struct err ignored;
	AUTO_TEXT iq = memory_printf(
		"<iq type='set' to='%s'><query xmlns='" NS_MUC_OWNER "'><destroy/></query></iq>", address);
	xmlFreeDoc(crew_ask(owner, iq, deadline, &ignored));
}

void room_say(struct engine *g, struct member *m, const char *address, size_t number)
{
	BUF_AUTO xml = BUF_INIT;
	buf_printf(&xml, "<message xmlns='" NS_CLIENT "' type='groupchat' to='%s' id='", address);
	engine_id(g, number, &xml);
	buf_add_text(&xml, "'><body>");
	engine_text(g, number, &xml);
	buf_add_text(&xml, "</body></message>");
	engine_send(g, m, number, &xml);
}

static int wait_entered(struct crew *c, const struct room_entry *in, size_t wanted, int64_t deadline, struct err *e)
{
	while (in->entered < wanted) {
		if (in->refused.class != ERR_NONE) {
			*e = in->refused;
			return -1;
		}
		if (clock_now() >= deadline)
			return err_set(
				e, ERR_CONNECTION, NULL, "only %zu of %zu entered a room in time", in->entered, wanted);
		if (crew_pump(c, deadline, e))
			return -1;
	}
	return 0;
}

int room_fill(struct crew *c, struct room_entry *in, void *const *seats, size_t count, const char *address,
	int64_t deadline, struct err *e)
{
	in->entered = 0;
	room_enter(seats[0], address);
	if (wait_entered(c, in, 1, deadline, e) || room_unlock(seats[0], address, deadline, e))
		return -1;
	for (size_t i = 1; i < count; i += AT_ONCE) {
		size_t end = i + AT_ONCE < count ? i + AT_ONCE : count;
		for (size_t k = i; k < end; k++)
			room_enter(seats[k], address);
		if (wait_entered(c, in, end, deadline, e))
			return -1;
	}
	return 0;
}

void room_entry_came(struct room_entry *in, const xmlNode *presence)
{
	const xmlNode *user = xml_child(presence, "x", NS_MUC_USER);
	bool entered = false;
	if (text_equal(xml_attribute(presence, "type"), "error") && in->refused.class == ERR_NONE)
		err_set(&in->refused, ERR_UNSUPPORTED, NULL, "a room refuses to be entered: %s",
			xml_error_condition(presence, NULL));
	for (const xmlNode *s = user ? xml_child(user, "status", NULL) : NULL; s; s = xml_next(s, "status", NULL))
		entered = entered || text_equal(xml_attribute(s, "code"), "110");
	in->entered += entered;
}

int room_set_up(struct engine *g, struct err *e)
{
	size_t occupants = g->workload->parameter;
	int64_t deadline = clock_now() + SET_UP_LIMIT + (int64_t)occupants * ENTRY_LIMIT;
	for (size_t i = 0; i < occupants; i++) {
		AUTO_TEXT resource = memory_printf("room-%zu", i);
		crew_add(&g->crew, i % g->crew.account_count, resource)->receiver = i;
	}
	g->receivers = g->lanes = occupants;
	if (crew_connect(&g->crew, deadline, e))
		return -1;
	char *address = room_new_address(g->crew.members.items[0], e);
	if (!address)
		return -1;
	struct room *room = g->own = memory_alloc(sizeof *room);
	room->address = address;
	return room_fill(&g->crew, &room->in, g->crew.members.items, occupants, address, deadline, e);
}

void room_send(struct engine *g, size_t number)
{
	const struct room *room = g->own;
	room_say(g, g->crew.members.items[number % g->crew.members.count], room->address, number);
}

void room_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	struct room *room = g->own;
	if (room && xml_is(stanza, "presence", NULL))
		room_entry_came(&room->in, stanza);
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
	if (!room)
		return;
	if (room->in.entered)
		room_destroy(g->crew.members.items[0], room->address, clock_now() + 5 * CLOCK_SECOND);
	free(room->address);
	free(room);
	g->own = NULL;
}
