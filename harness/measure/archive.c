/* The last page of an archive (XEP-0313). */
#include "base/clock.h"
#include "base/text.h"
#include "measure/workloads.h"
#include <limits.h>
#include <stdlib.h>

#define NS_MAM "urn:xmpp:mam:2"

struct page {
	char *word;       /* begins the texts that were put into the archive */
	unsigned arrived; /* while it is filled: at juliet's */
	unsigned *next;   /* of each request: which text is due */
	size_t capacity;
};

static void ask_page(struct engine *g, const char *id, struct buf *out)
{
	const struct member *juliet = g->crew.members.items[1];
	buf_printf(out, " type='set' id='%s'><query xmlns='" NS_MAM "' queryid='%s'>", id, id);
	buf_add_text(out,
		"<x xmlns='jabber:x:data' type='submit'>"
		"<field var='FORM_TYPE' type='hidden'><value>" NS_MAM "</value></field>"
		"<field var='with'><value>");
	xml_escape(juliet->bare, out);
	buf_printf(out,
		"</value></field></x><set xmlns='http://jabber.org/protocol/rsm'><max>%u</max><before/></set></query></iq>",
		g->workload->parameter);
}

#define WRONG UINT_MAX /* instead of a number: the page is another one than it should be */

/* Counts the message as the next of the page that it belongs to. */
static void take_next(struct engine *g, const xmlNode *result, unsigned *next)
{
	const struct page *p = g->own;
	const xmlNode *body = xml_find(result, "body", NULL);
	AUTO_TEXT text = body ? xml_text(body) : NULL;
	AUTO_TEXT expected = memory_printf("%s-%u", p->word, *next);
	if (*next != WRONG)
		*next = text_equal(text, expected) ? *next + 1 : WRONG;
}

static bool holds_ours(const xmlNode *result, const char *word)
{
	const xmlNode *body = xml_find(result, "body", NULL);
	AUTO_TEXT text = body ? xml_text(body) : NULL;
	return text && text_starts(text, word);
}

static void fill(struct engine *g)
{
	const struct page *p = g->own;
	struct member *romeo = g->crew.members.items[0];
	const struct member *juliet = g->crew.members.items[1];
	for (unsigned i = 0; i < g->workload->parameter; i++) {
		BUF_AUTO xml = BUF_INIT;
		buf_add_text(&xml, "<message xmlns='" NS_CLIENT "' type='chat' to='");
		xml_escape(member_jid(juliet), &xml);
		buf_printf(&xml, "' id='%s-%u'><body>%s-%u</body></message>", p->word, i, p->word, i);
		crew_send(romeo, xml.data, xml.len);
	}
}

/* Some servers put messages into the archive after they have delivered them, so the page is asked for until it is whole. */
static int wait_until_whole(struct engine *g, int64_t deadline, struct err *e)
{
	struct page *p = g->own;
	unsigned wanted = g->workload->parameter;
	while (p->arrived < wanted) {
		if (clock_now() >= deadline)
			return err_set(e, ERR_CONNECTION, NULL, "%u of %u messages for the archive did not arrive",
				wanted - p->arrived, wanted);
		if (crew_pump(&g->crew, deadline, e))
			return -1;
	}
	while (clock_now() < deadline) {
		BUF_AUTO iq = BUF_INIT;
		buf_add_text(&iq, "<iq type='set'><query xmlns='" NS_MAM "' queryid='fill'>");
		buf_printf(&iq, "<set xmlns='http://jabber.org/protocol/rsm'><max>%u</max><before/></set></query></iq>",
			wanted);
		p->arrived = 0;
		if (crew_must(g->crew.members.items[0], iq.data, "the archive", deadline, e))
			return -1;
		if (p->arrived >= wanted)
			return 0;
	}
	return err_set(e, ERR_CONNECTION, NULL, "the archive does not hold what was sent");
}

int archive_set_up(struct engine *g, struct err *e)
{
	if (pair_set_up(g, e))
		return -1;
	struct page *p = g->own = memory_alloc(sizeof *p);
	p->word = memory_printf("page%llx", (unsigned long long)clock_now() & 0xffffffff);
	fill(g);
	return wait_until_whole(g, clock_now() + SET_UP_LIMIT, e);
}

void archive_send(struct engine *g, size_t number)
{
	struct page *p = g->own;
	BUF_AUTO id = BUF_INIT, xml = BUF_INIT;
	if (p->capacity < g->total) {
		p->next = memory_resize(p->next, g->total * sizeof *p->next);
		p->capacity = g->total;
	}
	p->next[number] = 0;
	engine_id(g, number, &id);
	buf_add_text(&xml, "<iq xmlns='" NS_CLIENT "'");
	ask_page(g, id.data, &xml);
	engine_send(g, g->crew.members.items[0], number, &xml);
}

static void page_ends(struct engine *g, const xmlNode *iq, size_t number, int64_t when)
{
	const struct page *p = g->own;
	if (text_equal(xml_attribute(iq, "type"), "error"))
		engine_refuse(g, number);
	else if (p->next[number] == g->workload->parameter)
		engine_deliver(g, 0, xml_attribute(iq, "id"), NULL, when);
	else
		g->faults.altered++; /* and not finished: so it is lost, too */
}

void archive_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	struct page *p = g->own;
	const xmlNode *result = xml_child(stanza, "result", NS_MAM);
	int64_t number = engine_number(g, result ? xml_attribute(result, "queryid") : xml_attribute(stanza, "id"));
	if (!p)
		return;
	if (number < 0) { /* while it is filled */
		AUTO_TEXT body = child_text(stanza, "body");
		p->arrived += result ? m == g->crew.members.items[0] && holds_ours(result, p->word)
				     : m == g->crew.members.items[1] && body && text_starts(body, p->word);
		return;
	}
	if (result)
		take_next(g, result, &p->next[number]);
	else if (xml_is(stanza, "iq", NULL))
		page_ends(g, stanza, (size_t)number, when);
}

void archive_tear_down(struct engine *g)
{
	struct page *p = g->own;
	if (!p)
		return;
	free(p->word);
	free(p->next);
	free(p);
	g->own = NULL;
}
