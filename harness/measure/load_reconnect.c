/* Connections that are cut and come back into their session (XEP-0198 section 5), with a message on its way meanwhile. */
#include "base/text.h"
#include "measure/load_profiles.h"
#include "measure/workloads.h"
#include <stdlib.h>

#define STEADY_SHARE 100 /* one connection in so many stays and sends to the others */

/* What a request waits for. */
enum { PART_SESSION = 1, PART_MESSAGE = 2 };

struct storm {
	size_t begun; /* requests that have a connection; the rest of those that are due wait for one */
	size_t turn;  /* whose it is next */
};

static size_t connections(const struct engine *g)
{
	return g->crew.members.count;
}

static size_t steady(const struct engine *g)
{
	return connections(g) / STEADY_SHARE + 1;
}

int reconnect_prepare(struct engine *g, const struct load_options *o, struct err *e)
{
	(void)o;
	for (size_t i = 0; i < connections(g); i++) {
		BUF_AUTO id = BUF_INIT;
		device_fact(((const struct member *)g->crew.members.items[i])->device, "sm.id", &id);
		if (!id.len)
			return err_set(e, ERR_UNSUPPORTED, NULL, "the server resumes no sessions");
	}
	g->own = memory_alloc(sizeof(struct storm));
	return 0;
}

void reconnect_end(struct engine *g)
{
	free(g->own);
	g->own = NULL;
}

/* The next connection that is there; NULL where all are under way. */
static struct member *next_member(struct engine *g)
{
	struct storm *s = g->own;
	size_t first = steady(g), count = connections(g) - first;
	for (size_t i = 0; i < count; i++) {
		struct member *m = g->crew.members.items[first + (s->turn + i) % count];
		const struct held *h = held_of(m);
		if (h->busy || h->state != HELD_UP || device_state(m->device) != DEVICE_ONLINE)
			continue;
		s->turn = (s->turn + i + 1) % count;
		return m;
	}
	return NULL;
}

static void cut_and_resume(struct engine *g, struct member *m, size_t number)
{
	struct held *h = held_of(m);
	AUTO_TEXT jid = memory_copy_text(member_jid(m));
	h->busy = true;
	h->number = number;
	h->still_open = PART_SESSION | PART_MESSAGE;
	device_cut(m->device);
	chat_send(g, g->crew.members.items[number % steady(g)], jid, number, "");
	device_resume(m->device, -1);
}

/* A request that has to wait for a connection keeps the instant that it was meant for. */
static void begin(struct engine *g)
{
	struct storm *s = g->own;
	struct member *m;
	while (s->begun < g->sent && (m = next_member(g)))
		cut_and_resume(g, m, s->begun++);
}

void reconnect_send(struct engine *g, size_t number)
{
	struct storm *s = g->own;
	if (number == 0)
		s->begun = 0;
	begin(g);
}

static void part_done(struct engine *g, struct member *m, unsigned part)
{
	struct held *h = held_of(m);
	h->still_open &= ~part;
	if (h->still_open)
		return;
	h->busy = false;
	engine_finish(g, h->number);
	begin(g);
}

void reconnect_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	const char *id = xml_attribute(stanza, "id");
	const struct held *h = held_of(m);
	int64_t number = engine_number(g, id);
	if (chat_is_other(g, stanza) || number < 0)
		return;
	AUTO_TEXT body = child_text(stanza, "body");
	if (!h->busy || h->number != (size_t)number) {
		engine_arrived(g, 0, id, body ? body : ""); /* once more, or late: counted there */
		return;
	}
	number = engine_arrived(g, 0, id, body ? body : "");
	if (number < 0)
		return;
	engine_value(g, (size_t)number, 1, when - g->requests[number].from);
	part_done(g, m, PART_MESSAGE);
}

void reconnect_changed(struct engine *g, struct member *m, enum device_state state)
{
	struct held *h = held_of(m);
	if (!h->busy)
		return;
	switch (state) {
	case DEVICE_ONLINE:
		engine_value(g, h->number, 0, member_instant(m, "time.ready") - g->requests[h->number].from);
		part_done(g, m, PART_SESSION);
		break;
	case DEVICE_UNBOUND: /* <failed/>: the session is gone, and with it what it held */
		engine_refuse(g, h->number);
		h->busy = false;
		device_cut(m->device);
		break;
	case DEVICE_FAILED:
		engine_refuse(g, h->number);
		h->busy = false;
		break;
	case DEVICE_CLOSED: /* cut by us */
	case DEVICE_IDLE:
	case DEVICE_CONNECTING:
		break;
	}
}
