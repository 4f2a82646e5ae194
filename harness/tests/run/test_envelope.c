/* Envelopes beside the stanzas that they came in. */
#include "run/envelope.h"
#include "xml/xml.h"
#include <check.h>
#include <string.h>
#include <time.h>

#define ENCRYPTED "<encrypted xmlns='urn:xmpp:omemo:2'/>"
#define DIRECT(more)                                                                                                   \
	"<message from='juliet@example.org/balcony' to='romeo@example.org/phone'>" more ENCRYPTED "</message>"
#define ROOM(more)                                                                                                     \
	"<message from='talk@rooms.example.org/juliet' type='groupchat' to='romeo@example.org/phone'>" more ENCRYPTED  \
	"</message>"
#define DELAY(stamp)    "<delay xmlns='urn:xmpp:delay' stamp='" stamp "'/>"
#define FORWARDED(more) "<result><forwarded xmlns='urn:xmpp:forward:0'>" more DIRECT("") "</forwarded></result>"

static const struct {
	const char *from, *to, *time, *stanza;
	const char *why; /* what the difference names; NULL where it fits */
} cases[] = {
	{ NULL, NULL, NULL, DIRECT(""), NULL },
	{ "juliet@example.org", "romeo@example.org", NULL, DIRECT(""), NULL },
	{ "nurse@example.org", NULL, NULL, DIRECT(""), "from nurse@example.org" },
	{ "juliet@example.or", NULL, NULL, DIRECT(""), "from juliet@example.or," },
	{ "juliet@example.org", "nurse@example.org", NULL, DIRECT(""), "for nurse@example.org" },
	{ NULL, "romeo@example.org", NULL, "<message from='juliet@example.org'>" ENCRYPTED "</message>", NULL },
	{ NULL, "talk@rooms.example.org", NULL, ROOM(""), NULL },
	{ NULL, "romeo@example.org", NULL, ROOM(""), "the stanza for talk@rooms.example.org/juliet" },
	{ NULL, NULL, "2026-03-01T12:00:00Z", DIRECT(DELAY("2026-03-01T12:09:59.5Z")), NULL },
	{ NULL, NULL, "2026-03-01T12:00:00Z", DIRECT(DELAY("2026-03-01T12:10:01Z")), "of 2026-03-01" },
	{ NULL, NULL, "2026-03-01T12:00:00Z", DIRECT(DELAY("2026-03-01T11:49:00Z")), "of 2026-03-01" },
	{ NULL, NULL, "2026-03-01T12:00:00+02:00", DIRECT(DELAY("2026-03-01T10:00:00Z")), NULL },
	{ NULL, NULL, "2026-03-01T12:00:00-01:30", DIRECT(DELAY("2026-03-01T13:30:00Z")), NULL },
	{ NULL, NULL, "2026-03-01T12:00:00Z", DIRECT(DELAY("2026-03-02T12:00:00Z") DELAY("2026-03-01T12:00:01Z")),
		NULL },
	{ NULL, NULL, "2026-03-01T12:00:00Z", FORWARDED(DELAY("2026-03-01T12:00:02Z")), NULL },
	{ NULL, NULL, "2026-03-01T12:00:00Z", FORWARDED(DELAY("2026-03-01T13:00:02Z")), "of 2026-03-01" },
	{ NULL, NULL, "2026-03-01T12:00:00Z", DIRECT(DELAY("yesterday")), "of 2026-03-01" },
	{ NULL, NULL, "2026-03-01T12:00:00Z", DIRECT(""), "of 2026-03-01" },
	{ NULL, NULL, "2026-03-01T12:00:00", DIRECT(DELAY("2026-03-01T12:00:00Z")), "of 2026-03-01T12:00:00," },
	{ NULL, NULL, "2026-03-01T12:00:00+02", DIRECT(DELAY("2026-03-01T10:00:00Z")), "of 2026-03-01" },
	{ NULL, NULL, "", DIRECT(""), "of ," },
};

static const xmlNode *find(const xmlNode *node)
{
	if (xml_is(node, "encrypted", NULL))
		return node;
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		if (find(c))
			return find(c);
	return NULL;
}

static void look(const char *from, const char *to, const char *when, const char *stanza, const char *why)
{
	struct err e;
	BUF_AUTO said = BUF_INIT;
	const struct omemo_reading facts = { .from = (char *)from, .to = (char *)to, .time = (char *)when };
	xmlDoc *doc = xml_parse(stanza, strlen(stanza), &e);
	ck_assert_ptr_nonnull(doc);
	bool fits = envelope_fits(&facts, "juliet@example.org", find(xml_root(doc)), &said);
	ck_assert_msg(fits == !why, "%s: %s", stanza, buf_text(&said));
	ck_assert_msg(!why || strstr(buf_text(&said), why), "'%s' lacks '%s'", buf_text(&said), why ? why : "");
	xmlFreeDoc(doc);
}

START_TEST(fits)
{
	look(cases[_i].from, cases[_i].to, cases[_i].time, cases[_i].stanza, cases[_i].why);
}
END_TEST

START_TEST(now)
{
	char stamp[40];
	time_t when = time(NULL);
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime(&when));
	look(NULL, NULL, stamp, DIRECT(""), NULL);
}
END_TEST

Suite *suite_envelope(void);
Suite *suite_envelope(void)
{
	Suite *s = suite_create("envelope");
	TCase *c = tcase_create("envelope");
	tcase_add_loop_test(c, fits, 0, sizeof cases / sizeof *cases);
	tcase_add_test(c, now);
	suite_add_tcase(s, c);
	return s;
}
