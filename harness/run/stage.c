#include "base/text.h"
#include "base/uuid.h"
#include "run/client.h"
#include "run/component.h"
#include "run/encryption.h"
#include "script/contract.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What comes at a device was received; of a client under test, it was sent or shown by it. */
enum journal_way player_way(const struct player *p, const xmlNode *element)
{
	if (!p->actor->client)
		return JOURNAL_IN;
	return text_equal(xml_ns(element), NS_SHOWN) ? JOURNAL_SHOWN : JOURNAL_OUT;
}

void stage_take(struct player *p, xmlDoc *doc, int64_t when)
{
	struct stage *g = p->stage;
	xmlNode *root = xml_root(doc);
	if (!client_shows(p, root)) {
		xmlFreeDoc(doc);
		return;
	}
	if (p->inbox.count >= INBOX_MOST) {
		g->flooded = p;
		xmlFreeDoc(doc);
		return;
	}
	p->inbox.received++;
	bool fence = fence_take(g, p, root);
	journal_stanza(g->voice, player_way(p, root), p->actor->name, root, p->inbox.received, fence, when);
	if (fence)
		xmlFreeDoc(doc);
	else
		inbox_add(&p->inbox, doc, when);
}

static void player_received(void *context, xmlDoc *doc, int64_t when)
{
	stage_take(context, doc, when);
}

static void player_sent(void *context, const xmlNode *element, int64_t when)
{
	struct player *p = context;
	journal_stanza(p->stage->voice, p->actor->client ? JOURNAL_IN : JOURNAL_OUT, p->actor->name, element, 0,
		fence_mentioned(p->stage, element), when);
}

static void tell_address(struct player *p)
{
	const char *jid = device_jid(p->device), *slash = jid ? strchr(jid, '/') : NULL;
	AUTO_TEXT key = memory_printf("%s.jid", p->actor->name);
	AUTO_TEXT resource = memory_printf("%s.resource", p->actor->name);
	if (jid)
		map_set(&p->stage->variables, key, jid);
	if (slash)
		map_set(&p->stage->variables, resource, slash + 1);
}

static void player_changed(void *context, enum device_state state)
{
	if (state == DEVICE_ONLINE)
		tell_address(context);
}

static void player_note(void *context, const char *text)
{
	struct player *p = context;
	journal_note(p->stage->voice, p->actor->name, text);
}

static bool player_passes(void *context, bool from_client, xmlNode *element, int64_t when)
{
	return client_passes(context, from_client, element, when);
}

static const struct device_callbacks player_callbacks = { player_received, player_sent, player_changed, player_passes,
	player_note };

static void set_variable(struct stage *g, const char *subject, const char *fact, const char *value)
{
	AUTO_TEXT key = memory_printf("%s.%s", subject, fact);
	map_set(&g->variables, key, value ? value : "");
}

/* Under these names, and those of a second target as facts of it. */
static void set_services(struct stage *g, const struct system *system)
{
	static const char *const kinds[] = { "muc", "upload", "pubsub", "proxy" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct service *service = features_service(system->features, kinds[i]);
		if (service && system->name)
			set_variable(g, system->name, kinds[i], service->address);
		else if (service)
			map_set(&g->variables, kinds[i], service->address);
	}
}

static void set_places(struct stage *g, const struct target *t)
{
	static const char *const places[] = { "websocket", "bosh", "host-meta" };
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		AUTO_TEXT place = target_web_place(t, places[i]);
		if (place)
			map_set(&g->variables, places[i], place);
	}
}

static void set_systems(struct stage *g)
{
	const struct system *tested = &g->systems[SYSTEM_TESTED], *peer = &g->systems[SYSTEM_PEER];
	map_set(&g->variables, "domain", tested->target->domain);
	set_services(g, tested);
	set_places(g, tested->target);
	if (!peer->target)
		return;
	set_variable(g, peer->name, "domain", peer->target->domain);
	set_services(g, peer);
}

static void enter_component(struct stage *g, struct player *p)
{
	static const char *const facts[] = { "bare", "jid", "domain" };
	const struct target_component *c = p->home->target->component; /* there is one: the scenario needs it */
	p->config = component_config(c, p->actor->name);
	p->device = device_new(g->driver, &p->config, &player_callbacks, p);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		set_variable(g, p->actor->name, facts[i], c->domain);
}

/* The driver of its device. */
static struct driver *enter_client(struct stage *g, struct player *p)
{
	struct loop *loop = driver_loop(g->driver);
	const struct client *c = p->actor->second ? p->home->second : p->home->client;
	if (c)
		client_configure(c, p->home->target, &g->arena, &p->config);
	if (!loop)
		return g->driver;
	if (!g->clients)
		g->clients = client_driver_new(loop);
	return g->clients;
}

char *player_bare(const struct player *p)
{
	if (p->actor->component)
		return memory_copy_text(p->config.domain);
	return memory_printf("%s@%s", p->config.user, p->config.domain);
}

void stage_open(struct stage *g, struct scenario_account *accounts)
{
	const struct scenario *s = g->scenario;
	g->accounts = accounts;
	g->players = memory_alloc((s->actor_count + 1) * sizeof *g->players);
	map_set(&g->variables, "run", g->token);
	set_systems(g);
	for (size_t i = 0; i < s->account_count; i++) {
		AUTO_TEXT bare = memory_printf("%s@%s", accounts[i].user, accounts[i].domain);
		set_variable(g, s->accounts[i].name, "bare", bare);
		set_variable(g, s->accounts[i].name, "user", accounts[i].user);
		set_variable(g, s->accounts[i].name, "domain", accounts[i].domain);
	}
	for (size_t i = 0; i < s->actor_count; i++) {
		const struct actor *a = &s->actors[i];
		struct player *p = &g->players[i];
		p->stage = g;
		p->actor = a;
		p->home = system_of(g->systems, a->account->peer);
		if (a->component) {
			enter_component(g, p);
			continue;
		}
		const struct scenario_account *account = &accounts[a->account->index];
		p->config = (struct device_config){ .label = a->name,
			.user = account->user,
			.domain = account->domain,
			.password = account->password,
			.resource = a->resource,
			.host = p->home->target->host,
			.port = p->home->target->port,
			.direct_port = p->home->target->direct_port,
			.ca_file = p->home->target->ca_file,
			.verify = p->home->target->verify };
		p->device = device_new(a->client ? enter_client(g, p) : g->driver, &p->config, &player_callbacks, p);
		AUTO_TEXT bare = memory_printf("%s@%s", account->user, account->domain);
		AUTO_TEXT full = memory_printf("%s/%s", bare, a->resource ? a->resource : "");
		set_variable(g, a->name, "bare", bare);
		set_variable(g, a->name, "jid", full);
		set_variable(g, a->name, "user", account->user);
		set_variable(g, a->name, "domain", account->domain);
		set_variable(g, a->name, "resource", a->resource);
	}
}

static bool somebody_is_online(const struct stage *g)
{
	for (size_t i = 0; i < g->scenario->actor_count; i++) {
		enum device_state state = device_state(g->players[i].device);
		if (state != DEVICE_IDLE && state != DEVICE_CLOSED && state != DEVICE_FAILED)
			return true;
	}
	return false;
}

void stage_close(struct stage *g, int64_t deadline)
{
	for (size_t i = 0; i < g->scenario->actor_count; i++) {
		enum device_state state = device_state(g->players[i].device);
		if (state == DEVICE_ONLINE || state == DEVICE_UNBOUND)
			device_close(g->players[i].device);
		else if (state == DEVICE_CONNECTING)
			device_cut(g->players[i].device);
	}
	int64_t until = clock_now() + deadline;
	while (somebody_is_online(g) && clock_now() < until)
		driver_pump(g->driver, until);
	for (size_t i = 0; i < g->scenario->actor_count; i++) {
		struct player *p = &g->players[i];
		device_free(p->device);
		encryption_release(p);
		client_release(p);
		inbox_release(&p->inbox);
		free(p->asked_id);
		free(p->asked_to);
	}
	free(g->players);
	g->players = NULL;
	map_release(&g->variables);
	map_release(&g->marks);
	strike_release(&g->strike);
	driver_free(g->clients);
	g->clients = NULL;
	arena_release(&g->arena);
}

struct player *stage_player(struct stage *g, const struct actor *actor)
{
	return &g->players[actor->index];
}

struct player *stage_named(struct stage *g, const char *name, size_t length)
{
	for (size_t i = 0; i < g->scenario->actor_count; i++) {
		const char *known = g->scenario->actors[i].name;
		if (strlen(known) == length && strncmp(known, name, length) == 0)
			return &g->players[i];
	}
	return NULL;
}

void stage_refresh(struct stage *g)
{
	static const char *const facts[] = { "sm.id", "sm.h", "sm.sent", "tls.version", "tls.cipher", "tls.number",
		"tls.asked", "sasl.mechanism" };
	char uuid[UUID_SIZE], now[CLOCK_STAMP_SIZE];
	uuid_make(uuid);
	clock_stamp(now);
	map_set(&g->variables, "uuid", uuid);
	map_set(&g->variables, "now", now);
	BUF_AUTO value = BUF_INIT;
	for (size_t i = 0; i < g->scenario->actor_count; i++)
		for (size_t j = 0; j < sizeof facts / sizeof *facts; j++) {
			buf_clear(&value);
			device_fact(g->players[i].device, facts[j], &value);
			set_variable(g, g->players[i].actor->name, facts[j], buf_text(&value));
		}
	for (size_t i = 0; i < g->scenario->actor_count; i++) /* it may have come again, under another address */
		if (g->players[i].actor->client)
			tell_address(&g->players[i]);
	encryption_tell(g);
}

char *stage_expand(struct stage *g, const char *text, struct err *e)
{
	struct buf out = BUF_INIT;
	if (text_expand(text, &g->variables, &out, e)) {
		buf_release(&out);
		return NULL;
	}
	buf_add_text(&out, "");
	return buf_take(&out);
}

static int expand_node(struct stage *g, xmlNode *node, struct err *e)
{
	for (xmlAttr *a = node->properties; a; a = a->next) {
		const char *value = a->children ? (const char *)a->children->content : NULL;
		if (!value || !strchr(value, '$'))
			continue;
		AUTO_TEXT expanded = stage_expand(g, value, e);
		if (!expanded)
			return -1;
		xmlNodeSetContent(a->children, NULL);
		xmlNodeAddContent(a->children, (const xmlChar *)expanded);
	}
	for (xmlNode *c = node->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE && expand_node(g, c, e))
			return -1;
		if (c->type == XML_TEXT_NODE && c->content && strchr((const char *)c->content, '$')) {
			AUTO_TEXT expanded = stage_expand(g, (const char *)c->content, e);
			if (!expanded)
				return -1;
			xmlNodeSetContent(c, NULL);
			xmlNodeAddContent(c, (const xmlChar *)expanded);
		}
	}
	return 0;
}

xmlDoc *stage_element(struct stage *g, struct player *p, const xmlNode *element, struct err *e)
{
	xmlDoc *doc = xml_copy(element);
	if (expand_node(g, xml_root(doc), e) || encryption_fill(g, p, doc, e)) {
		xmlFreeDoc(doc);
		return NULL;
	}
	return doc;
}

void stage_send(struct player *p, const xmlNode *element)
{
	device_send(p->device, element);
}

bool stage_pump(struct stage *g, int64_t deadline, struct err *e)
{
	if (g->stop) {
		err_set(e, ERR_ENVIRONMENT, NULL, "stopped by the operator");
		return false;
	}
	if (clock_now() >= g->end) {
		err_set(e, ERR_ENVIRONMENT, NULL, "the scenario is out of time");
		return false;
	}
	int64_t until = fence_ask_again(g);
	if (deadline < until)
		until = deadline;
	driver_pump(g->driver, until < g->end ? until : g->end);
	if (!g->flooded)
		return true;
	err_set(e, ERR_CONNECTION, NULL, "%s is flooded: more than %d stanzas came", g->flooded->actor->name,
		INBOX_MOST);
	return false;
}
