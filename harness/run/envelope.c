#include "run/envelope.h"
#include "base/clock.h"
#include "base/text.h"
#include "xml/carried.h"
#include <string.h>
#include <time.h>

#define NS_DELAY "urn:xmpp:delay"

static bool same_account(const char *bare, const char *address)
{
	size_t length = strcspn(address, "/");
	return strlen(bare) == length && strncmp(bare, address, length) == 0;
}

static bool is_near(int64_t a, int64_t b)
{
	return a - b <= ENVELOPE_MARGIN && b - a <= ENVELOPE_MARGIN;
}

/* The marks of a stanza and of what forwards it: one that is near is enough, as there may be one by each who kept it. */
static bool time_fits(const char *stamp, const xmlNode *message, int64_t ahead)
{
	int64_t sent, marked;
	bool any = false, near = false;
	if (clock_read_stamp(stamp, &sent))
		return false;
	const xmlNode *holders[] = { message, message ? carried_around(message, "forwarded") : NULL };
	for (size_t i = 0; i < 2 && holders[i]; i++)
		for (const xmlNode *d = xml_child(holders[i], "delay", NS_DELAY); d;
			d = xml_next(d, "delay", NS_DELAY)) {
			any = true;
			near = near ||
				(!clock_read_stamp(xml_attribute(d, "stamp"), &marked) &&
					is_near(sent, marked - ahead));
		}
	return any ? near : is_near(sent, time(NULL));
}

bool envelope_fits(
	const struct omemo_reading *facts, const char *sender, const xmlNode *encrypted, int64_t ahead, struct buf *why)
{
	const xmlNode *message = carried_message(encrypted);
	bool in_room = message && text_equal(xml_attribute(message, "type"), "groupchat");
	const char *recipient = message ? xml_attribute(message, in_room ? "from" : "to") : NULL;
	if (facts->from && !same_account(facts->from, sender))
		buf_printf(why, "its envelope is from %s, but the stanza from %s", facts->from, sender);
	else if (facts->to && recipient && !same_account(facts->to, recipient))
		buf_printf(why, "its envelope is for %s, but the stanza for %s", facts->to, recipient);
	else if (facts->time && !time_fits(facts->time, message, ahead))
		buf_printf(why, "its envelope is of %s, which is not when the stanza was sent", facts->time);
	else
		return true;
	return false;
}
