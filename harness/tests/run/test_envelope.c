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

static void look(const char *from, const char *to, const char *when, const char *stanza, int64_t ahead, const char *why)
{
	struct err e;
	BUF_AUTO said = BUF_INIT;
	const struct omemo_reading facts = { .from = (char *)from, .to = (char *)to, .time = (char *)when };
	xmlDoc *doc = xml_parse(stanza, strlen(stanza), &e);
	ck_assert_ptr_nonnull(doc);
	bool fits =
		envelope_fits(&facts, "juliet@example.org", xml_find(xml_root(doc), "encrypted", NULL), ahead, &said);
	ck_assert_msg(fits == !why, "%s: %s", stanza, buf_text(&said));
	ck_assert_msg(!why || strstr(buf_text(&said), why), "'%s' lacks '%s'", buf_text(&said), why ? why : "");
	xmlFreeDoc(doc);
}

START_TEST(fits)
{
	look(cases[_i].from, cases[_i].to, cases[_i].time, cases[_i].stanza, 0, cases[_i].why);
}
END_TEST

START_TEST(now)
{
	char stamp[40];
	time_t when = time(NULL);
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime(&when));
	look(NULL, NULL, stamp, DIRECT(""), 0, NULL);
}
END_TEST

/* The server's clock is an hour ahead, or behind: its marks are right by that clock alone. */
START_TEST(clocks_differ)
{
	const char *twelve = "2026-03-01T12:00:00Z";
	look(NULL, NULL, twelve, DIRECT(DELAY("2026-03-01T13:00:01Z")), 3600, NULL);
	look(NULL, NULL, twelve, DIRECT(DELAY("2026-03-01T11:00:01Z")), -3600, NULL);
	look(NULL, NULL, twelve, DIRECT(DELAY("2026-03-01T12:00:01Z")), 3600, "of 2026-03-01");
}
END_TEST

Suite *suite_envelope(void)
{
	Suite *s = suite_create("envelope");
	TCase *c = tcase_create("envelope");
	tcase_add_loop_test(c, fits, 0, sizeof cases / sizeof *cases);
	tcase_add_test(c, now);
	tcase_add_test(c, clocks_differ);
	suite_add_tcase(s, c);
	return s;
}
