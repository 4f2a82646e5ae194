#include "measure/fleet.h"
#include "base/clock.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_CSI      "urn:xmpp:csi:0"
#define GREETING_ID "greeting"

const struct fleet_phase fleet_phases[FLEET_PHASES] = {
	{ "total", "From the start of connecting until the roster was read",
		"Vom Beginn bis zur gelesenen Kontaktliste" },
	{ "resolve", "Name to address", "Name zu Adresse" },
	{ "tcp", "TCP", "TCP" },
	{ "tls", "Stream and TLS", "Strom und TLS" },
	{ "sasl", "Authentication", "Anmeldung" },
	{ "bind", "Binding a resource", "Binden einer Ressource" },
	{ "session", "Presence and roster", "Präsenz und Kontaktliste" },
};
static const char *const instants[] = { "time.began", "time.resolved", "time.connected", "time.secured",
	"time.authenticated", "time.ready" };

void fleet_init(struct fleet *f, struct crew *crew)
{
	*f = (struct fleet){ .crew = crew, .at_once = 100, .rate = 100 };
	for (size_t i = 0; i < FLEET_PHASES; i++)
		histogram_init(&f->phases[i]);
	histogram_init(&f->answer);
}

void fleet_release(struct fleet *f)
{
	for (size_t i = 0; i < FLEET_PHASES; i++)
		histogram_release(&f->phases[i]);
	histogram_release(&f->answer);
	for (size_t i = 0; i < f->crew->members.count; i++) {
		struct member *m = f->crew->members.items[i];
		free(m->own);
		m->own = NULL;
	}
	free(f->asked_at);
	f->asked_at = NULL;
}

struct held *held_of(const struct member *m)
{
	return m->own;
}

struct member *fleet_add(struct fleet *f, size_t account, const char *resource)
{
	struct member *m = crew_add(f->crew, account, resource);
	m->receiver = f->crew->members.count - 1;
	m->own = memory_alloc(sizeof(struct held));
	return m;
}

static struct member *member_at(const struct fleet *f, size_t i)
{
	return f->crew->members.items[i];
}

static void remember(struct fleet *f, const struct err *why)
{
	if (f->first.class == ERR_NONE)
		f->first = *why;
}

/* ---- coming up ---- */

static void greet(struct fleet *f, struct member *m)
{
	const xmlNode *features = device_features(m->device);
	if (f->managed && features && xml_child(features, "sm", NS_SM)) {
		static const char enable[] = "<enable xmlns='" NS_SM "' resume='true'/>";
		struct err ignored;
		xmlDoc *doc = xml_parse(enable, sizeof enable - 1, &ignored);
		device_send(m->device, xml_root(doc)); /* as an element: it begins to count */
		xmlFreeDoc(doc);
	}
	bool quiet = f->quiet && features && xml_child(features, "csi", NS_CSI);
	AUTO_TEXT words = memory_printf("<presence xmlns='" NS_CLIENT "'/>%s<iq xmlns='" NS_CLIENT
					"' type='get' id='" GREETING_ID "'><query xmlns='jabber:iq:roster'/></iq>",
		quiet ? "<inactive xmlns='" NS_CSI "'/>" : "");
	crew_send(m, words, strlen(words)); /* together: one write, where there were three */
}

static void note_phases(struct fleet *f, const struct member *m, int64_t when)
{
	int64_t at[sizeof instants / sizeof *instants] = { 0 };
	for (size_t i = 0; i < sizeof at / sizeof *at; i++)
		at[i] = member_instant(m, instants[i]);
	for (size_t i = 1; i < sizeof at / sizeof *at; i++)
		if (at[i - 1] && at[i])
			histogram_record(&f->phases[i], at[i] - at[i - 1]);
	histogram_record(&f->phases[FLEET_PHASES - 1], when - held_of(m)->ready);
	histogram_record(&f->phases[0], when - at[0]);
}

static void went_down(struct fleet *f, struct member *m)
{
	struct held *h = held_of(m);
	const struct err *why = device_error(m->device);
	struct err closed;
	err_set(&closed, ERR_CONNECTION, m->bare, "the server has closed the stream");
	remember(f, why->class != ERR_NONE ? why : &closed);
	if (h->asked == f->call && h->answered != f->call)
		f->gone++;
	if (h->state == HELD_UP) {
		f->lost++;
		f->up--;
	} else if (h->state != HELD_DOWN) {
		f->failed++;
		f->connecting--;
	}
	h->state = HELD_DOWN;
}

void fleet_changed(struct fleet *f, struct member *m, enum device_state state)
{
	struct held *h = held_of(m);
	if (!h)
		return;
	switch (state) {
	case DEVICE_ONLINE:
		if (h->state != HELD_CONNECTING)
			break;
		h->ready = member_instant(m, "time.ready");
		h->state = HELD_GREETING;
		greet(f, m);
		break;
	case DEVICE_FAILED:
	case DEVICE_CLOSED:
		if (!h->busy && h->state != HELD_DOWN)
			went_down(f, m);
		break;
	case DEVICE_IDLE:
	case DEVICE_CONNECTING:
	case DEVICE_UNBOUND:
		break;
	}
}

static bool answered_greeting(struct fleet *f, struct member *m, int64_t when)
{
	struct held *h = held_of(m);
	if (h->state != HELD_GREETING)
		return false;
	note_phases(f, m, when);
	h->state = HELD_UP;
	f->connecting--;
	f->up++;
	return true;
}

static void turn(struct fleet *f, int64_t until)
{
	driver_pump(f->crew->driver, until);
}

/* The next one that is down, from `*at` on. */
static struct member *next_down(const struct fleet *f, size_t *at)
{
	while (*at < f->crew->members.count) {
		struct member *m = member_at(f, (*at)++);
		if (held_of(m)->state == HELD_DOWN)
			return m;
	}
	return NULL;
}

static void give_up(struct fleet *f)
{
	struct err late;
	for (size_t i = 0; i < f->crew->members.count && f->connecting; i++) {
		struct member *m = member_at(f, i);
		struct held *h = held_of(m);
		if (h->state != HELD_CONNECTING && h->state != HELD_GREETING)
			continue;
		err_set(&late, ERR_CONNECTION, m->bare, "was not online in time");
		remember(f, &late);
		h->state = HELD_DOWN;
		f->connecting--;
		f->failed++;
		device_cut(m->device);
	}
}

void fleet_bring_up(struct fleet *f, int64_t deadline, void (*tick)(void *context), void *context)
{
	size_t at = 0, started = 0;
	int64_t began = clock_now(), ticked = began;
	struct member *next = next_down(f, &at);
	f->failed = f->lost = 0;
	while ((next || f->connecting) && clock_now() < deadline) {
		int64_t now = clock_now(), due = began + (int64_t)((double)started / f->rate * CLOCK_SECOND);
		if (tick && now - ticked >= CLOCK_SECOND) {
			tick(context);
			ticked = now;
		}
		if (next && due <= now && f->connecting < f->at_once) {
			held_of(next)->state = HELD_CONNECTING;
			f->connecting++;
			started++;
			device_connect(next->device);
			next = next_down(f, &at);
			continue;
		}
		int64_t until = ticked + CLOCK_SECOND < deadline ? ticked + CLOCK_SECOND : deadline;
		turn(f, next && f->connecting < f->at_once && due < until ? due : until);
	}
	give_up(f);
	for (; next; next = next_down(f, &at)) /* not even begun */
		f->failed++;
}

/* ---- roll call ---- */

static void ask(struct fleet *f, struct member *m)
{
	char xml[256];
	int length = snprintf(xml, sizeof xml,
		"<iq xmlns='" NS_CLIENT "' type='get' id='roll-%u'><query xmlns='jabber:iq:roster'/></iq>", f->call);
	held_of(m)->asked = f->call;
	f->asked_at[m->receiver] = crew_send(m, xml, (size_t)length);
	f->called++;
}

size_t fleet_roll_call(struct fleet *f, int64_t deadline)
{
	size_t at = 0, count = f->crew->members.count;
	f->asked_at = memory_resize(f->asked_at, (count + 1) * sizeof *f->asked_at);
	f->call++;
	f->called = f->answers = f->gone = 0;
	while (clock_now() < deadline) {
		while (at < count && f->called < f->answers + f->gone + f->at_once) {
			struct member *m = member_at(f, at++);
			if (held_of(m)->state == HELD_UP && device_state(m->device) == DEVICE_ONLINE)
				ask(f, m);
		}
		if (at == count && f->answers + f->gone == f->called)
			break;
		turn(f, deadline);
	}
	return f->answers;
}

static bool answered_call(struct fleet *f, struct member *m, const char *id, int64_t when)
{
	char expected[24];
	struct held *h = held_of(m);
	snprintf(expected, sizeof expected, "roll-%u", f->call);
	if (!text_equal(id, expected))
		return text_starts(id, "roll-"); /* to one that is over */
	if (h->answered != f->call) {
		h->answered = f->call;
		f->answers++;
		histogram_record(&f->answer, when - f->asked_at[m->receiver]);
	}
	return true;
}

bool fleet_received(struct fleet *f, struct member *m, const xmlNode *stanza, int64_t when)
{
	const char *id = xml_attribute(stanza, "id"), *type = xml_attribute(stanza, "type");
	if (!id || !held_of(m) || !xml_is(stanza, "iq", NULL) || text_equal(type, "get") || text_equal(type, "set"))
		return false;
	return text_equal(id, GREETING_ID) ? answered_greeting(f, m, when) : answered_call(f, m, id, when);
}
