/* Stream management between two that do not get the same: what the gateway puts in or keeps back is counted by one side alone. Each
 * stanza that the client gets, or sends, is noted with how many the server knows of by then; so any count of the one can be said as
 * the count of the other. Counts are modulo 2^32 (XEP-0198 section 4); that many stanzas are more than a scenario has. */
#include "base/text.h"
#include "client/private.h"
#include <stdio.h>
#include <stdlib.h>

static void tally_add(struct tally *t, uint32_t count)
{
	if (t->count == t->capacity) {
		t->capacity = t->capacity ? t->capacity * 2 : 64;
		t->counts = memory_resize(t->counts, t->capacity * sizeof *t->counts);
	}
	t->counts[t->count++] = count;
}

static void tally_clear(struct tally *t)
{
	t->count = 0;
}

void counters_release(struct counters *c)
{
	free(c->up.counts);
	free(c->down.counts);
	*c = (struct counters){ 0 };
}

void counters_heard(struct counters *c)
{
	if (c->down_counts)
		c->heard++;
}

void counters_gave(struct counters *c, enum gift gift)
{
	if (!c->down_counts)
		return;
	if (gift == GIFT_RELAYED)
		c->passed = c->heard; /* what was kept back before it cannot be told from what was handled */
	else if (gift == GIFT_RELEASED && c->passed < c->heard)
		c->passed++;
	tally_add(&c->down, c->passed);
}

void counters_said(struct counters *c)
{
	if (c->up_counts)
		c->said++;
}

void counters_asked(struct counters *c, bool passed)
{
	if (passed)
		counters_said(c);
	if (c->up_counts)
		tally_add(&c->up, c->said);
}

static bool read_count(const xmlNode *element, uint32_t *count)
{
	int64_t number;
	const char *h = xml_attribute(element, "h");
	if (!h || text_to_number(h, 0, UINT32_MAX, &number))
		return false;
	*count = (uint32_t)number;
	return true;
}

static void write_count(xmlNode *element, uint32_t count)
{
	char text[16];
	snprintf(text, sizeof text, "%u", count);
	xml_set_attribute(element, "h", text);
}

/* How many of the server's stanzas a client has handled that has handled `count`. A count beyond what it got is left beyond. */
static uint32_t to_server(const struct counters *c, uint32_t count)
{
	if (!count)
		return 0;
	if (count <= c->down.count)
		return c->down.counts[count - 1];
	return c->heard + (count - (uint32_t)c->down.count);
}

/* How many of the client's stanzas a server has handled that has handled `count`: those that it was never shown count as handled with
 * the one before them. */
static uint32_t to_client(const struct counters *c, uint32_t count)
{
	uint32_t handled = 0;
	while (handled < c->up.count && c->up.counts[handled] <= count)
		handled++;
	return count > c->said ? handled + (count - c->said) : handled;
}

void counters_up(struct counters *c, xmlNode *element)
{
	uint32_t count;
	if (xml_is(element, "enable", NS_SM)) {
		c->up_counts = true;
		c->said = 0;
		tally_clear(&c->up);
		return;
	}
	if ((!xml_is(element, "a", NS_SM) && !xml_is(element, "resume", NS_SM)) || !read_count(element, &count))
		return;
	if (xml_is(element, "resume", NS_SM))
		c->resumed_at = count;
	write_count(element, to_server(c, count));
}

/* After a resumption both send again what the other has not handled: that was not yet counted. */
static void resumed(struct counters *c, uint32_t client_handled, uint32_t server_handled, uint32_t shown)
{
	c->heard = c->passed = to_server(c, client_handled);
	if (client_handled < c->down.count)
		c->down.count = client_handled;
	c->said = server_handled;
	if (shown < c->up.count)
		c->up.count = shown;
	c->up_counts = c->down_counts = true;
}

void counters_down(struct counters *c, xmlNode *element)
{
	uint32_t count;
	if (xml_is(element, "enabled", NS_SM)) {
		c->down_counts = true;
		c->heard = c->passed = 0;
		tally_clear(&c->down);
		return;
	}
	if (!text_equal(xml_ns(element), NS_SM) || !read_count(element, &count))
		return;
	uint32_t shown = to_client(c, count);
	write_count(element, shown);
	if (xml_is(element, "resumed", NS_SM))
		resumed(c, c->resumed_at, count, shown);
}
