#include "run/envelope.h"
#include "base/text.h"
#include "xml/xml.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_DELAY "urn:xmpp:delay"

/* The nearest element of that name around a node, or NULL. */
static const xmlNode *around(const xmlNode *node, const char *name)
{
	while (node && !xml_is(node, name, NULL))
		node = node->parent && node->parent->type == XML_ELEMENT_NODE ? node->parent : NULL;
	return node;
}

static bool same_account(const char *bare, const char *address)
{
	size_t length = strcspn(address, "/");
	return strlen(bare) == length && strncmp(bare, address, length) == 0;
}

/* A DateTime (XEP-0082 section 3.2) in seconds since 1970; false for anything else. */
static bool read_time(const char *text, time_t *out)
{
	struct tm parts = { 0 };
	long hours, minutes;
	char *end = NULL;
	const char *zone = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) : NULL;
	if (!zone)
		return false;
	if (*zone == '.')
		zone += 1 + strspn(zone + 1, "0123456789");
	*out = timegm(&parts);
	if (text_equal(zone, "Z"))
		return true;
	hours = strtol(zone, &end, 10);
	if ((*zone != '+' && *zone != '-') || *end != ':')
		return false;
	minutes = strtol(end + 1, &end, 10);
	*out -= hours * 3600 + (*zone == '-' ? -minutes : minutes) * 60;
	return *end == '\0';
}

static bool is_near(time_t a, time_t b)
{
	return a - b <= ENVELOPE_MARGIN && b - a <= ENVELOPE_MARGIN;
}

/* The marks of a stanza and of what forwards it: one that is near is enough, as there may be one by each who kept it. */
static bool time_fits(const char *stamp, const xmlNode *message)
{
	time_t sent, marked;
	bool any = false, near = false;
	if (!read_time(stamp, &sent))
		return false;
	const xmlNode *holders[] = { message, around(message, "forwarded") };
	for (size_t i = 0; i < 2 && holders[i]; i++)
		for (const xmlNode *d = xml_child(holders[i], "delay", NS_DELAY); d;
			d = xml_next(d, "delay", NS_DELAY)) {
			any = true;
			near = near || (read_time(xml_attribute(d, "stamp"), &marked) && is_near(sent, marked));
		}
	return any ? near : is_near(sent, time(NULL));
}

bool envelope_fits(const struct omemo_reading *facts, const char *sender, const xmlNode *encrypted, struct buf *why)
{
	const xmlNode *message = around(encrypted, "message");
	bool in_room = message && text_equal(xml_attribute(message, "type"), "groupchat");
	const char *recipient = message ? xml_attribute(message, in_room ? "from" : "to") : NULL;
	if (facts->from && !same_account(facts->from, sender))
		buf_printf(why, "its envelope is from %s, but the stanza from %s", facts->from, sender);
	else if (facts->to && recipient && !same_account(facts->to, recipient))
		buf_printf(why, "its envelope is for %s, but the stanza for %s", facts->to, recipient);
	else if (facts->time && !time_fits(facts->time, message))
		buf_printf(why, "its envelope is of %s, which is not when the stanza was sent", facts->time);
	else
		return true;
	return false;
}
