/* Fences: the proof that something did not come (DESIGN.md, principle 3). */
#include "base/text.h"
#include "run/client.h"
#include "script/contract.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bounds of the time that FENCE_SETTLED waits where the step names none: ten times the slowest answer of this scenario, within
 * these. */
#define SETTLE_LEAST (150 * CLOCK_MILLISECOND)
#define SETTLE_MOST  (2 * CLOCK_SECOND)

/* Nothing tells when a message is in the archive: it is asked, and asked again a while after each answer without the fence. That
 * while is this part of the time since the fence was sent, so few questions go a long way, and none comes much too late. */
#define ARCHIVE_PART 10

/* Text with XML escaping of every %s. */
static char *element_text(const char *format, ...)
{
	va_list args;
	struct buf out = BUF_INIT;
	va_start(args, format);
	for (const char *at = format; *at; at++) {
		if (at[0] == '%' && at[1] == 's') {
			xml_escape(va_arg(args, const char *), &out);
			at++;
		} else {
			buf_add_char(&out, *at);
		}
	}
	va_end(args);
	return buf_take(&out);
}

/* `xml` is made by element_text from formats of this file, so it parses. */
static void send_text(struct player *p, const char *xml)
{
	struct err e;
	xmlDoc *doc = xml_parse(xml, strlen(xml), &e);
	if (doc && p->actor->component)
		xml_set_attribute(xml_root(doc), "from", p->config.domain); /* XEP-0114 section 3 */
	if (doc)
		stage_send(p, xml_root(doc));
	xmlFreeDoc(doc);
}

static const char *full_address(struct stage *g, const struct actor *actor)
{
	AUTO_TEXT key = memory_printf("%s.jid", actor->name);
	return map_get(&g->variables, key);
}

static const char *bare_address(struct stage *g, const struct actor *actor)
{
	AUTO_TEXT key = memory_printf("%s.bare", actor->name);
	return map_get(&g->variables, key);
}

static int need_online(struct stage *g, const struct actor *actor, struct err *e)
{
	if (device_state(stage_player(g, actor)->device) == DEVICE_ONLINE)
		return 0;
	return err_set(e, ERR_CONNECTION, NULL, "%s is not online, so it cannot send the fence", actor->name);
}

static void send_ping(struct stage *g, struct player *p, const char *to)
{
	AUTO_TEXT xml =
		element_text("<iq type='get' id='%s' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>", g->fence_id, to);
	send_text(p, xml);
}

/* The last page of one of the archive: the fence is in it once it was archived (XEP-0313 section 4.2, XEP-0059). */
static void ask_archive(struct stage *g, struct player *p)
{
	AUTO_TEXT xml =
		element_text("<iq type='set' id='%s-ask'><query xmlns='urn:xmpp:mam:2' queryid='%s'>"
			     "<set xmlns='http://jabber.org/protocol/rsm'><max>1</max><before/></set></query></iq>",
			g->fence_id, g->fence_id);
	send_text(p, xml);
}

void fence_end(struct stage *g)
{
	g->fence_player = NULL;
	g->fence_ask_at = 0;
}

int64_t fence_ask_again(struct stage *g)
{
	if (!g->fence_ask_at)
		return CLOCK_FOREVER;
	if (clock_now() < g->fence_ask_at)
		return g->fence_ask_at;
	g->fence_ask_at = 0;
	if (device_state(g->fence_player->device) == DEVICE_ONLINE)
		ask_archive(g, g->fence_player);
	return CLOCK_FOREVER;
}

int fence_send(struct stage *g, struct player *p, const struct fence *fence, struct err *e)
{
	snprintf(g->fence_id, sizeof g->fence_id, FENCE_MARK "%s-%u", g->token, ++g->fences);
	g->fence_player = p;
	g->fence_kind = fence->kind;
	g->fence_removed = false;
	g->fence_since = clock_now();
	g->fence_ask_at = 0;
	p->fence_came = false;
	const struct actor *speaker = fence->kind == FENCE_SENT ? fence->via : fence->from;
	if (speaker && need_online(g, speaker, e))
		return -1;
	struct player *from = speaker ? stage_player(g, speaker) : p;
	AUTO_TEXT xml = NULL;
	AUTO_TEXT text = NULL;
	if (fence->text && fence->kind != FENCE_SETTLED) {
		text = stage_expand(g, fence->text, e);
		if (!text)
			return -1;
	}
	switch (fence->kind) {
	case FENCE_NONE:
	case FENCE_PATTERN:
	case FENCE_SETTLED:
		return 0;
	case FENCE_IDLE:
		if (need_online(g, p->actor, e))
			return -1;
		p->pinged = false;
		client_is_idle(p);
		return 0;
	case FENCE_DIRECT:
		xml = element_text("<message type='headline' id='%s' to='%s'><fence xmlns='" NS_FENCE "'/>"
				   "<no-store xmlns='urn:xmpp:hints'/></message>",
			g->fence_id, full_address(g, p->actor));
		break;
	case FENCE_BARE:
		xml = element_text("<message type='chat' id='%s' to='%s'><body>fence</body>"
				   "<no-store xmlns='urn:xmpp:hints'/></message>",
			g->fence_id, bare_address(g, p->actor));
		break;
	case FENCE_ARCHIVE:
		xml = element_text("<message type='chat' id='%s' to='%s'><body>fence</body></message>", g->fence_id,
			bare_address(g, p->actor));
		break;
	case FENCE_SHOWN:
		xml = element_text("<message type='chat' id='%s' to='%s'><body>%s</body>"
				   "<no-store xmlns='urn:xmpp:hints'/></message>",
			g->fence_id, full_address(g, p->actor), g->fence_id);
		break;
	case FENCE_CARBON:
		xml = element_text("<message type='chat' id='%s' to='%s'><body>fence</body>"
				   "<no-store xmlns='urn:xmpp:hints'/></message>",
			g->fence_id, full_address(g, fence->via));
		break;
	case FENCE_SENT:
		xml = element_text("<message type='chat' id='%s' to='%s'><body>fence</body>"
				   "<no-store xmlns='urn:xmpp:hints'/></message>",
			g->fence_id, full_address(g, fence->from));
		break;
	case FENCE_ROOM:
		xml = element_text("<message type='groupchat' id='%s' to='%s'><body>%s</body></message>", g->fence_id,
			text, g->fence_id);
		break;
	case FENCE_NODE:
		xml = element_text("<iq type='set' id='%s-set'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
				   "<publish node='%s'><item id='%s'><fence xmlns='" NS_FENCE
				   "'/></item></publish></pubsub></iq>",
			g->fence_id, text, g->fence_id);
		break;
	case FENCE_ROSTER:
		xml = element_text(
			"<iq type='set' id='%s-set'><query xmlns='jabber:iq:roster'><item jid='%s@%s'/></query></iq>",
			g->fence_id, g->fence_id, p->home->target->domain);
		break;
	case FENCE_PRESENCE:
		xml = element_text("<presence id='%s' to='%s'><fence xmlns='" NS_FENCE "' id='%s'/></presence>",
			g->fence_id, full_address(g, p->actor), g->fence_id);
		break;
	case FENCE_IQ:
		if (need_online(g, p->actor, e))
			return -1;
		if (p->actor->client) {
			client_ping(p);
			return 0;
		}
		send_ping(g, p, text ? text : p->home->target->domain);
		return 0;
	}
	send_text(from, xml);
	if (fence->kind == FENCE_ARCHIVE)
		ask_archive(g, p);
	return 0;
}

/* A roster fence leaves an item behind: it is removed once the push has come. */
static void remove_roster_item(struct stage *g, struct player *p)
{
	AUTO_TEXT xml = element_text("<iq type='set' id='%s-remove'><query xmlns='jabber:iq:roster'>"
				     "<item jid='%s@%s' subscription='remove'/></query></iq>",
		g->fence_id, g->fence_id, p->home->target->domain);
	send_text(p, xml);
}

static bool ends_fence(struct stage *g, struct player *p, const xmlNode *stanza)
{
	const char *id = xml_attribute(stanza, "id");
	bool own_id = id && strcmp(id, g->fence_id) == 0;
	if (p->actor->client)
		return g->fence_kind == FENCE_SHOWN ? xml_is(stanza, "message", NS_SHOWN)
						    : xml_is(stanza, "iq", NULL) && own_id;
	switch (g->fence_kind) {
	case FENCE_NONE:
	case FENCE_SHOWN:
	case FENCE_IDLE:
	case FENCE_PATTERN:
	case FENCE_SETTLED:
		return false;
	case FENCE_DIRECT:
	case FENCE_BARE:
		return xml_is(stanza, "message", NULL) && own_id;
	case FENCE_CARBON:
		return xml_is(stanza, "message", NULL) && xml_child(stanza, "received", "urn:xmpp:carbons:2");
	case FENCE_SENT:
		return xml_is(stanza, "message", NULL) && xml_child(stanza, "sent", "urn:xmpp:carbons:2");
	case FENCE_ROOM:
		return xml_is(stanza, "message", NULL) && xml_child(stanza, "body", NULL);
	case FENCE_NODE:
		return xml_is(stanza, "message", NULL) && xml_find(stanza, "item", NULL);
	case FENCE_ROSTER: {
		/* The push of the item makes us remove it; the push of the removal is the fence, so nothing is left. */
		const xmlNode *item = xml_find(stanza, "item", "jabber:iq:roster");
		const char *subscription = item ? xml_attribute(item, "subscription") : NULL,
			   *type = xml_attribute(stanza, "type");
		if (!item || !type || strcmp(type, "set") != 0)
			return false;
		if (subscription && strcmp(subscription, "remove") == 0)
			return true;
		if (!g->fence_removed)
			remove_roster_item(g, p);
		g->fence_removed = true;
		return false;
	}
	case FENCE_PRESENCE:
		return xml_is(stanza, "presence", NULL) && xml_child(stanza, "fence", NS_FENCE);
	case FENCE_IQ:
		return xml_is(stanza, "iq", NULL) && own_id;
	case FENCE_ARCHIVE: {
		const xmlNode *result = xml_child(stanza, "result", "urn:xmpp:mam:2");
		if (xml_is(stanza, "message", NULL) && result) {
			const xmlNode *inner = xml_find(result, "message", NS_CLIENT);
			const char *inner_id = inner ? xml_attribute(inner, "id") : NULL;
			return inner_id && strcmp(inner_id, g->fence_id) == 0;
		}
		/* The end of a page that did not hold it yet. */
		const char *type = xml_attribute(stanza, "type");
		if (xml_is(stanza, "iq", NULL) && type && strcmp(type, "result") == 0 && !p->fence_came)
			g->fence_ask_at = clock_now() + (clock_now() - g->fence_since) / ARCHIVE_PART;
		return false;
	}
	}
	return false;
}

static bool mentions(const xmlNode *node, const char *mark)
{
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (a->children && a->children->content && strstr((const char *)a->children->content, mark))
			return true;
	for (const xmlNode *c = node->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE && mentions(c, mark))
			return true;
		if (c->type == XML_TEXT_NODE && c->content && strstr((const char *)c->content, mark))
			return true;
	}
	return false;
}

bool fence_mentioned(const struct stage *g, const xmlNode *node)
{
	return g->fences && mentions(node, FENCE_MARK);
}

bool fence_take(struct stage *g, struct player *p, const xmlNode *stanza)
{
	/* What answers the scenario's own request is the scenario's, whatever it holds. */
	if (!fence_mentioned(g, stanza) ||
		(p->asked_id && xml_is(stanza, "iq", NULL) && xml_attribute(stanza, "id") &&
			strcmp(xml_attribute(stanza, "id"), p->asked_id) == 0))
		return false;
	if (p == g->fence_player && mentions(stanza, g->fence_id) && ends_fence(g, p, stanza))
		p->fence_came = true;
	return true;
}

bool fence_is_marker(struct stage *g, const struct player *p, const xmlNode *stanza)
{
	return p == g->fence_player && (g->fence_kind == FENCE_DIRECT || g->fence_kind == FENCE_BARE) &&
		xml_is(stanza, "message", NS_CLIENT) && mentions(stanza, g->fence_id);
}

bool fence_leaves_traces(enum fence_kind kind)
{
	return kind == FENCE_ROSTER || kind == FENCE_NODE;
}

bool fence_arrived(struct stage *g, struct player *p, const struct step *step, int64_t since)
{
	const struct fence *fence = &step->fence;
	if (fence->kind == FENCE_SETTLED)
		return clock_now() >= fence_settled_at(g, step, since);
	if (fence->kind == FENCE_IDLE)
		return client_is_idle(p);
	if (fence->kind != FENCE_PATTERN)
		return p->fence_came;
	for (size_t i = inbox_next(&p->inbox, 0); i < p->inbox.count; i = inbox_next(&p->inbox, i + 1)) {
		if (!pattern_match(fence->pattern, xml_root(p->inbox.entries[i].doc), &g->variables, NULL))
			continue;
		p->inbox.entries[i].consumed = true;
		return true;
	}
	return false;
}

int64_t fence_settled_at(const struct stage *g, const struct step *step, int64_t since)
{
	int64_t span = 10 * g->slowest;
	if (step->within)
		return since + step->within;
	if (span < SETTLE_LEAST)
		span = SETTLE_LEAST;
	if (span > SETTLE_MOST)
		span = SETTLE_MOST;
	return since + span;
}
