/* Rooms (XEP-0045), each with many occupants of whom a few speak. */
#include "base/clock.h"
#include "base/text.h"
#include "measure/load_profiles.h"
#include "measure/workloads.h"
#include <stdlib.h>
#include <string.h>

#define SPEAKERS 8
#define AT_ONCE  50 /* entering one room: each tells all who are there already */

struct rooms {
	size_t count, occupants, speakers;
	char **addresses;
	size_t entered;
	struct err refused;
};

static struct member *seat(const struct engine *g, size_t room, size_t seat)
{
	const struct rooms *r = g->own;
	return g->crew.members.items[room * r->occupants + seat];
}

static int wait_entered(struct engine *g, size_t wanted, int64_t deadline, struct err *e)
{
	const struct rooms *r = g->own;
	while (r->entered < wanted) {
		if (r->refused.class != ERR_NONE) {
			*e = r->refused;
			return -1;
		}
		if (clock_now() >= deadline)
			return err_set(e, ERR_CONNECTION, NULL, "only %zu of %zu occupants entered in time", r->entered,
				wanted);
		driver_pump(g->crew.driver, deadline);
	}
	return 0;
}

static int fill(struct engine *g, size_t room, struct err *e)
{
	struct rooms *r = g->own;
	int64_t deadline = clock_now() + SET_UP_LIMIT;
	r->addresses[room] = room_new_address(seat(g, room, 0), e);
	if (!r->addresses[room])
		return -1;
	r->entered = 0;
	room_enter(seat(g, room, 0), r->addresses[room]);
	if (wait_entered(g, 1, deadline, e) || room_unlock(seat(g, room, 0), r->addresses[room], deadline, e))
		return -1;
	for (size_t i = 1; i < r->occupants; i += AT_ONCE) {
		size_t end = i + AT_ONCE < r->occupants ? i + AT_ONCE : r->occupants;
		for (size_t k = i; k < end; k++)
			room_enter(seat(g, room, k), r->addresses[room]);
		if (wait_entered(g, end, deadline, e))
			return -1;
	}
	return 0;
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
		r->entered += room_has_entered(stanza, &r->refused);
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
