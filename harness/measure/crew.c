#include "measure/crew.h"
#include "base/clock.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void crew_init(struct crew *c, struct driver *driver, const struct target *t, enum transport transport,
	const struct driver_account *accounts, size_t count)
{
	*c = (struct crew){
		.driver = driver, .target = t, .transport = transport, .accounts = accounts, .account_count = count
	};
	driver_stamp_arrivals(driver);
}

/* ---- what devices say ---- */

static bool answers(const struct crew *c, const struct member *m, const xmlNode *stanza)
{
	const char *type = xml_attribute(stanza, "type");
	return c->asking == m && !c->answer && xml_is(stanza, "iq", NULL) &&
		text_equal(xml_attribute(stanza, "id"), c->asked) &&
		(text_equal(type, "result") || text_equal(type, "error"));
}

static void take(void *context, xmlDoc *doc, int64_t when)
{
	struct member *m = context;
	struct crew *c = m->crew;
	const xmlNode *stanza = xml_root(doc);
	if (answers(c, m, stanza)) {
		c->answer = doc;
		return;
	}
	if (c->received)
		c->received(c->context, m, stanza, when);
	xmlFreeDoc(doc);
}

static void change(void *context, enum device_state state)
{
	struct member *m = context;
	struct crew *c = m->crew;
	if (c->changed) {
		c->changed(c->context, m, state);
		return;
	}
	if ((state != DEVICE_FAILED && state != DEVICE_CLOSED) || c->broken.class != ERR_NONE)
		return;
	const struct err *why = device_error(m->device);
	if (why->class != ERR_NONE)
		c->broken = *why;
	else
		err_set(&c->broken, ERR_CONNECTION, m->bare, "the server has closed the stream");
}

static const struct device_callbacks callbacks = { take, NULL, change, NULL, NULL };

/* ---- members ---- */

static struct member *add(struct crew *c)
{
	struct member *m = memory_alloc(sizeof *m);
	m->crew = c;
	vec_push(&c->members, m);
	return m;
}

struct member *crew_add(struct crew *c, size_t account, const char *resource)
{
	struct member *m = add(c);
	const struct target *t = c->target;
	const struct driver_account *a = &c->accounts[account];
	m->resource = memory_copy_text(resource);
	m->bare = memory_printf("%s@%s", a->user, t->domain);
	m->config = (struct device_config){ .label = m->bare,
		.user = a->user,
		.domain = t->domain,
		.password = a->password,
		.resource = m->resource,
		.host = t->host,
		.port = t->port,
		.direct_port = t->direct_port,
		.ca_file = t->ca_file,
		.verify = t->verify,
		.transport = c->transport,
		.without_tls = c->without_tls,
		.url = c->without_tls == NET_CLEAR_NEVER ? target_url(t, c->transport)
							 : target_clear_url(t, c->transport) };
	m->device = device_new(c->driver, &m->config, &callbacks, m);
	return m;
}

struct member *crew_add_bare(struct crew *c, int port)
{
	struct member *m = add(c);
	m->bare = memory_copy_text("the echo");
	m->config = (struct device_config){ .label = m->bare,
		.domain = "localhost",
		.host = "127.0.0.1",
		.port = port,
		.transport = TRANSPORT_STARTTLS,
		.goal = GOAL_CONNECTED };
	m->device = device_new(c->driver, &m->config, &callbacks, m);
	return m;
}

static void release(struct member *m)
{
	device_free(m->device);
	free(m->resource);
	free(m->bare);
	free(m);
}

static bool any_is(const struct crew *c, enum device_state state)
{
	for (size_t i = 0; i < c->members.count; i++)
		if (device_state(((const struct member *)c->members.items[i])->device) == state)
			return true;
	return false;
}

void crew_dismiss(struct crew *c)
{
	c->received = NULL;
	/* A clean end lets the server forget the sessions before the next workload begins. */
	int64_t until = clock_now() + 2 * CLOCK_SECOND;
	for (size_t i = 0; i < c->members.count; i++)
		device_close(((struct member *)c->members.items[i])->device);
	while (any_is(c, DEVICE_ONLINE) && clock_now() < until)
		driver_pump(c->driver, until);
	c->changed = NULL;
	for (size_t i = 0; i < c->members.count; i++)
		release(c->members.items[i]);
	vec_clear(&c->members);
	vec_release(&c->members);
	xmlFreeDoc(c->answer);
	c->answer = NULL;
	c->asking = NULL;
	c->broken.class = ERR_NONE;
}

const char *member_jid(const struct member *m)
{
	const char *jid = device_jid(m->device);
	return jid ? jid : "";
}

int64_t member_instant(const struct member *m, const char *name)
{
	BUF_AUTO text = BUF_INIT;
	device_fact(m->device, name, &text);
	return text.len ? strtoll(text.data, NULL, 10) : 0;
}

int crew_pump(struct crew *c, int64_t deadline, struct err *e)
{
	if (c->broken.class == ERR_NONE)
		driver_pump(c->driver, deadline);
	if (c->broken.class == ERR_NONE)
		return 0;
	*e = c->broken;
	return -1;
}

/* Lets as many begin as may be on their way at once: a server that is given all at once answers the last after the limit for one.
 * Returns how many are on their way. */
static size_t begin_connecting(struct crew *c)
{
	size_t under_way = 0;
	for (size_t i = 0; i < c->members.count; i++)
		under_way += device_state(((const struct member *)c->members.items[i])->device) == DEVICE_CONNECTING;
	for (size_t i = 0; i < c->members.count && under_way < CREW_AT_ONCE; i++) {
		const struct member *m = c->members.items[i];
		if (device_state(m->device) != DEVICE_IDLE)
			continue;
		device_connect(m->device);
		under_way += device_state(m->device) == DEVICE_CONNECTING;
	}
	return under_way;
}

int crew_connect(struct crew *c, int64_t deadline, struct err *e)
{
	while (begin_connecting(c)) {
		if (clock_now() >= deadline)
			return err_set(e, ERR_CONNECTION, c->target ? c->target->name : NULL,
				"not all devices were online in time");
		if (crew_pump(c, deadline, e))
			return -1;
	}
	return 0;
}

/* ---- talking ---- */

int64_t crew_send(struct member *m, const char *stanza, size_t length)
{
	int64_t when = clock_now();
	device_send_raw(m->device, stanza, length);
	return when;
}

xmlDoc *crew_ask(struct member *m, const char *iq, int64_t deadline, struct err *e)
{
	struct crew *c = m->crew;
	snprintf(c->asked, sizeof c->asked, "ask-%u", ++c->questions);
	c->asking = m;
	AUTO_TEXT text = memory_printf("<iq xmlns='" NS_CLIENT "' id='%s'%s", c->asked, iq + strlen("<iq"));
	crew_send(m, text, strlen(text));
	int result = 0;
	while (!c->answer && !result) {
		if (clock_now() >= deadline)
			result = err_set(e, ERR_CONNECTION, c->target->name, "%s was not answered in time", m->bare);
		else
			result = crew_pump(c, deadline, e);
	}
	xmlDoc *answer = c->answer;
	c->answer = NULL;
	c->asking = NULL;
	if (result) {
		xmlFreeDoc(answer);
		return NULL;
	}
	return answer;
}

int crew_must(struct member *m, const char *iq, const char *what, int64_t deadline, struct err *e)
{
	xmlDoc *answer = crew_ask(m, iq, deadline, e);
	if (!answer)
		return -1;
	int result = 0;
	if (text_equal(xml_attribute(xml_root(answer), "type"), "error"))
		result = err_set(e, ERR_UNSUPPORTED, NULL, "%s is refused: %s", what,
			xml_error_condition(xml_root(answer), NULL));
	xmlFreeDoc(answer);
	return result;
}

int crew_appear(struct crew *c, const char *presence, int64_t deadline, struct err *e)
{
	if (!presence)
		presence = "<presence xmlns='" NS_CLIENT "'/>";
	for (size_t i = 0; i < c->members.count; i++)
		crew_send(c->members.items[i], presence, strlen(presence));
	for (size_t i = 0; i < c->members.count; i++) {
		/* In order, so its answer is behind the presence (RFC 6120 section 10.1). */
		xmlDoc *answer = crew_ask(
			c->members.items[i], "<iq type='get'><query xmlns='jabber:iq:roster'/></iq>", deadline, e);
		if (!answer)
			return -1;
		xmlFreeDoc(answer);
	}
	return 0;
}
