/* Rooms (XEP-0045), each with many occupants of whom a few speak. */
#include "base/clock.h"
#include "base/text.h"
#include "measure/load_profiles.h"
#include "measure/workloads.h"
#include <stdlib.h>
#include <string.h>

#define SPEAKERS 8

struct rooms {
	size_t count, occupants, speakers;
	char **addresses;
	struct room_entry in; /* of the room that is being filled */
};

static struct member *seat(const struct engine *g, size_t room, size_t seat)
{
	const struct rooms *r = g->own;
	return g->crew.members.items[room * r->occupants + seat];
}

static int fill(struct engine *g, size_t room, struct err *e)
{
	struct rooms *r = g->own;
	r->addresses[room] = room_new_address(seat(g, room, 0), e);
	return !r->addresses[room] ||
			room_fill(&g->crew, &r->in, g->crew.members.items + room * r->occupants, r->occupants,
				r->addresses[room], clock_now() + SET_UP_LIMIT, e)
		? -1
		: 0;
}

int rooms_prepare(struct engine *g, const struct load_options *o, struct err *e)
{
	struct rooms *r = g->own = memory_alloc(sizeof *r);
	size_t connections = g->crew.members.count;
	r->occupants = o->occupants < connections ? o->occupants : connections;
	r->count = connections / r->occupants;
	r->speakers = r->occupants < SPEAKERS ? r->occupants : SPEAKERS;
	r->addresses = memory_alloc(r->count * sizeof *r->addresses);
	for (size_t i = 0; i < r->count; i++)
		if (fill(g, i, e))
			return -1;
	g->receivers = r->occupants;
	g->lanes = r->count * r->speakers;
	return 0;
}

void rooms_send(struct engine *g, size_t number)
{
	const struct rooms *r = g->own;
	size_t room = number % r->count, speaker = number / r->count % r->speakers;
	room_say(g, seat(g, room, speaker * (r->occupants / r->speakers)), r->addresses[room], number);
}

static bool is_of_room(const struct rooms *r, const struct member *m, int64_t number, const char *from)
{
	size_t room = (size_t)number % r->count;
	size_t length = strlen(r->addresses[room]);
	return m->receiver / r->occupants == room && from && strncmp(from, r->addresses[room], length) == 0 &&
		from[length] == '/';
}

void rooms_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	struct rooms *r = g->own;
	if (r && xml_is(stanza, "presence", NULL))
		room_entry_came(&r->in, stanza);
	if (chat_is_other(g, stanza))
		return;
	const char *id = xml_attribute(stanza, "id");
	AUTO_TEXT body = child_text(stanza, "body");
	int64_t number = engine_number(g, id);
	if (!body || number < 0)
		return;
	if (is_of_room(r, m, number, xml_attribute(stanza, "from")))
		engine_fan_out(g, m->receiver % r->occupants, id, body, when);
	else
		g->faults.altered++;
}

void rooms_end(struct engine *g)
{
	struct rooms *r = g->own;
	for (size_t i = 0; r && i < r->count; i++) {
		const struct member *owner = seat(g, i, 0);
		if (r->addresses[i] && device_state(owner->device) == DEVICE_ONLINE)
			room_destroy(seat(g, i, 0), r->addresses[i], clock_now() + 5 * CLOCK_SECOND);
		free(r->addresses[i]);
	}
	if (r)
		free(r->addresses);
	free(r);
	g->own = NULL;
}
