/* Connecting, phase by phase: from nothing to a session, and back into one that was cut (XEP-0198 section 5). */
#include "base/clock.h"
#include "base/text.h"
#include "measure/workloads.h"
#include <stdlib.h>

#define SM_ENABLE "<enable xmlns='" NS_SM "' resume='true'/>"

/* In the order of the workload's series, after the total. */
enum { CONNECTED = 2, AUTHENTICATED = 4 };
static const char *const connect_steps[] = { "time.began", "time.resolved", "time.connected", "time.secured",
	"time.authenticated", "time.ready" };

struct slot { /* a member's own */
	bool busy;
	size_t number; /* of the request that it plays */
	int64_t ready; /* when it was bound, while it waits for the roster */
};

struct connecting {
	size_t started; /* requests that have a device; the rest of those that are due wait for one */
};

/* Series 1 and on: what each step took, where both its ends are known. Without TLS the login follows TCP, and with Bind 2 the resource is
 * bound at the instant of the login, which is no step then. */
static void note_phases(struct engine *g, const struct member *m, size_t number)
{
	for (size_t i = 1; i < sizeof connect_steps / sizeof *connect_steps; i++) {
		int64_t from = member_instant(m, connect_steps[i - 1]), to = member_instant(m, connect_steps[i]);
		if (i == AUTHENTICATED && !from)
			from = member_instant(m, connect_steps[CONNECTED]);
		if (from && to > from)
			engine_value(g, number, (unsigned)i, to - from);
	}
}

static struct member *free_member(struct engine *g, enum device_state fit)
{
	for (size_t i = 0; i < g->crew.members.count; i++) {
		struct member *m = g->crew.members.items[i];
		const struct slot *s = m->own;
		enum device_state state = device_state(m->device);
		if (!s->busy &&
			(state == fit || (fit == DEVICE_IDLE && (state == DEVICE_CLOSED || state == DEVICE_FAILED))))
			return m;
	}
	return NULL;
}

/* Gives devices to requests that wait for one. A request that has to wait keeps the instant that it was meant for. */
static void start(struct engine *g, enum device_state fit, void (*begin)(struct member *m))
{
	struct connecting *c = g->own;
	struct member *m;
	while (c->started < g->sent && (m = free_member(g, fit))) {
		struct slot *s = m->own;
		*s = (struct slot){ .busy = true, .number = c->started++ };
		g->requests[s->number].sent = clock_now();
		begin(m);
	}
}

static struct member *member_with_slot(struct engine *g)
{
	size_t i = g->crew.members.count;
	AUTO_TEXT resource = memory_printf("connect-%zu", i);
	struct member *m = crew_add(&g->crew, i % g->crew.account_count, resource);
	m->own = memory_alloc(sizeof(struct slot));
	return m;
}

static void members_with_slots(struct engine *g)
{
	while (g->crew.members.count < g->workload->devices)
		member_with_slot(g);
	g->own = memory_alloc(sizeof(struct connecting));
}

/* Connects all and sees that they are. */
static int connect_all(struct engine *g, int64_t deadline, struct err *e)
{
	if (crew_connect(&g->crew, deadline, e))
		return -1;
	for (size_t i = 0; i < g->crew.members.count; i++) {
		const struct member *m = g->crew.members.items[i];
		if (device_state(m->device) == DEVICE_ONLINE)
			continue;
		*e = *device_error(m->device);
		return -1;
	}
	return 0;
}

void connect_tear_down(struct engine *g)
{
	for (size_t i = 0; i < g->crew.members.count; i++) {
		struct member *m = g->crew.members.items[i];
		device_cut(m->device);
		free(m->own);
		m->own = NULL;
	}
	free(g->own);
	g->own = NULL;
}

/* A repetition counts its requests from 0. */
static void begin_repetition(struct engine *g, size_t number)
{
	struct connecting *c = g->own;
	if (number == 0)
		c->started = 0;
}

/* ---- from nothing ---- */

int connect_set_up(struct engine *g, struct err *e)
{
	(void)e;
	members_with_slots(g);
	return 0;
}

static void begin_connecting(struct member *m)
{
	device_connect(m->device);
}

void connect_send(struct engine *g, size_t number)
{
	begin_repetition(g, number);
	start(g, DEVICE_IDLE, begin_connecting);
}

void connect_changed(struct engine *g, struct member *m, enum device_state state)
{
	struct slot *s = m->own;
	if (!s || !s->busy)
		return;
	switch (state) {
	case DEVICE_ONLINE: {
		BUF_AUTO xml = BUF_INIT;
		s->ready = member_instant(m, "time.ready");
		note_phases(g, m, s->number);
		buf_add_text(&xml, "<iq xmlns='" NS_CLIENT "' type='get' id='");
		engine_id(g, s->number, &xml);
		buf_add_text(&xml, "'><query xmlns='jabber:iq:roster'/></iq>");
		crew_send(m, xml.data, xml.len);
		break;
	}
	case DEVICE_FAILED:
	case DEVICE_CLOSED:
		s->busy = false;
		if (!s->ready)
			engine_refuse(g, s->number);
		start(g, DEVICE_IDLE, begin_connecting);
		break;
	case DEVICE_IDLE:
	case DEVICE_CONNECTING:
	case DEVICE_UNBOUND:
		break;
	}
}

void connect_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	const struct slot *s = m->own;
	const char *id = xml_attribute(stanza, "id");
	int64_t number = engine_number(g, id);
	if (!s || number < 0 || !xml_is(stanza, "iq", NULL))
		return;
	engine_value(g, (size_t)number, 6, when - s->ready);
	engine_deliver(g, 0, id, NULL, when);
	device_close(m->device);
}

/* ---- from nothing, with a token (FAST, XEP-0484) ---- */

static void take_tokens(struct member *m)
{
	m->config.by_token = true;
	device_configure(m->device, &m->config);
}

static int end_all(struct engine *g, int64_t deadline, struct err *e)
{
	for (size_t i = 0; i < g->crew.members.count; i++) {
		const struct member *m = g->crew.members.items[i];
		BUF_AUTO token = BUF_INIT;
		device_fact(m->device, "token.mechanism", &token);
		if (!token.len)
			return err_set(e, ERR_UNSUPPORTED, NULL, "the server gave no token (XEP-0484)");
		device_close(m->device);
	}
	for (size_t i = 0; i < g->crew.members.count; i++) {
		const struct member *m = g->crew.members.items[i];
		while (device_state(m->device) == DEVICE_ONLINE) {
			if (clock_now() >= deadline)
				return err_set(e, ERR_CONNECTION, m->bare, "the stream did not end in time");
			if (crew_pump(&g->crew, deadline, e))
				return -1;
		}
	}
	return 0;
}

/* The first login of each device is by password and brings its token; the first of all shows whether there are any. */
int fast_set_up(struct engine *g, struct err *e)
{
	int64_t deadline = clock_now() + SET_UP_LIMIT;
	if (!(driver_capabilities(g->crew.driver, g->crew.transport) & DRIVER_TOKEN))
		return err_set(e, ERR_UNSUPPORTED, NULL, "this driver cannot log in with a token");
	take_tokens(member_with_slot(g));
	if (connect_all(g, deadline, e))
		return -1;
	members_with_slots(g);
	for (size_t i = 1; i < g->crew.members.count; i++)
		take_tokens(g->crew.members.items[i]);
	return connect_all(g, deadline, e) || end_all(g, deadline, e) ? -1 : 0;
}

/* ---- back into a session ---- */

int resume_set_up(struct engine *g, struct err *e)
{
	int64_t deadline = clock_now() + SET_UP_LIMIT;
	const unsigned needed = DRIVER_CUT | DRIVER_SM;
	if ((driver_capabilities(g->crew.driver, g->crew.transport) & needed) != needed)
		return err_set(e, ERR_UNSUPPORTED, NULL, "over %s no connection can be cut",
			transport_name(g->crew.transport));
	members_with_slots(g);
	if (connect_all(g, deadline, e))
		return -1;
	for (size_t i = 0; i < g->crew.members.count; i++) {
		const struct member *m = g->crew.members.items[i];
		xmlDoc *enable = xml_parse(SM_ENABLE, sizeof SM_ENABLE - 1, e);
		device_send(m->device, xml_root(enable));
		xmlFreeDoc(enable);
	}
	for (size_t i = 0; i < g->crew.members.count; i++) {
		const struct member *m = g->crew.members.items[i];
		BUF_AUTO id = BUF_INIT;
		while (!id.len) {
			if (clock_now() >= deadline || device_state(m->device) != DEVICE_ONLINE)
				return err_set(e, ERR_UNSUPPORTED, NULL, "the server resumes no sessions");
			if (crew_pump(&g->crew,
				    deadline < clock_now() + CLOCK_SECOND ? deadline : clock_now() + CLOCK_SECOND, e))
				return -1;
			device_fact(m->device, "sm.id", &id);
			if (g->faults.refused)
				return err_set(e, ERR_UNSUPPORTED, NULL, "the server resumes no sessions");
		}
	}
	return 0;
}

static void begin_resuming(struct member *m)
{
	device_cut(m->device);
	device_resume(m->device, -1);
}

void resume_send(struct engine *g, size_t number)
{
	begin_repetition(g, number);
	start(g, DEVICE_ONLINE, begin_resuming);
}

void resume_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	(void)m;
	(void)when;
	if (xml_is(stanza, "failed", NS_SM) && !g->requests)
		g->faults.refused++; /* while it is set up */
}

void resume_changed(struct engine *g, struct member *m, enum device_state state)
{
	struct slot *s = m->own;
	if (!s || !s->busy)
		return;
	switch (state) {
	case DEVICE_ONLINE: {
		const struct request *q = &g->requests[s->number];
		note_phases(g, m, s->number);
		engine_value(g, s->number, 0, member_instant(m, "time.ready") - q->from);
		s->busy = false;
		engine_finish(g, s->number);
		start(g, DEVICE_ONLINE, begin_resuming);
		break;
	}
	case DEVICE_UNBOUND: /* <failed/>: the session is gone, and with it the device */
	case DEVICE_FAILED:
		s->busy = false;
		engine_refuse(g, s->number);
		break;
	case DEVICE_CLOSED: /* cut by us */
	case DEVICE_IDLE:
	case DEVICE_CONNECTING:
		break;
	}
}
