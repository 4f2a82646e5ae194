/* The steps of a client under test, whose client is a list. */
#include "base/text.h"
#include "client/gateway.h"
#include "run/client.h"
#include "scene.h"
#include "script/verbs.h"
#include <check.h>
#include <string.h>

static struct scene s;

static void tear_down(void)
{
	scene_close(&s);
}

static void is(enum outcome outcome, const char *words)
{
	enum outcome o = scene_play(&s);
	ck_assert_msg(o == outcome, "%d in place of %d: %s", o, outcome, s.finding.message);
	ck_assert_msg(strstr(s.finding.message, words) != NULL, "'%s' lacks '%s'", s.finding.message, words);
}

static void sent(const char *text, bool there)
{
	ck_assert_msg((strstr(scene_sent(&s), text) != NULL) == there, "'%s' in: %s", text, scene_sent(&s));
}

#define SHOWN(text) "<message xmlns='urn:assay:client:0' from='juliet@example.org'>" text "</message>"

START_TEST(what_it_sends_and_shows_is_apart)
{
	scene_open_client(&s,
		"client sends next\n    <iq id=\"a\"/>\nclient shows next\n    <message>one</message>\n"
		"client shows\n    <message>two</message>\nclient sends\n    <message id=\"b\"/>\n");
	scene_comes(&s, "client", SHOWN("one"));
	scene_comes(&s, "client", "<iq id='a'/>");
	scene_comes(&s, "client", "<message id='b'/>");
	scene_comes(&s, "client", SHOWN("two"));
	is(OUTCOME_MET, "");
	AUTO_TEXT journal = scene_journal(&s);
	ck_assert_ptr_nonnull(strstr(journal, "\"e\":\"shown\""));
	ck_assert_ptr_nonnull(strstr(journal, "\"e\":\"out\",\"actor\":\"client\""));
}
END_TEST

/* What is nearest to a stanza is never a thing shown. */
START_TEST(nearest_is_of_its_kind)
{
	scene_open_client(&s, "client sends until fence iq\n    <message><body>one</body></message>\n");
	scene_comes(&s, "client", SHOWN("one"));
	is(OUTCOME_NOT_MET, "nothing else had come");
}
END_TEST

START_TEST(never_sends)
{
	scene_open_client(&s, "client never sends until fence direct juliet\n    <message id=\"a\"/>\n");
	is(OUTCOME_MET, "");
	sent("type='get' id='assay-fence-token-1' from='example.org'",
		true); /* the ping in the place of juliet's message */
	sent("passed <message", false);
}
END_TEST

START_TEST(never_sends_and_does)
{
	scene_open_client(&s, "client never sends until fence bare juliet\n    <message id=\"a\"/>\n");
	scene_comes(&s, "client", "<message id='a'/>");
	is(OUTCOME_NOT_MET, "sent a stanza that it must never send");
}
END_TEST

START_TEST(never_shows)
{
	scene_open_client(&s, "client never shows until fence shown juliet\n    <message>one</message>\n");
	scene_comes(&s, "client", SHOWN("two"));
	is(OUTCOME_MET, "");
	sent("passed <message", true); /* juliet's, which was shown */
}
END_TEST

START_TEST(never_shows_and_does)
{
	scene_open_client(&s, "client never shows until fence shown juliet\n    <message>one</message>\n");
	scene_comes(&s, "client", SHOWN("one"));
	is(OUTCOME_NOT_MET, "showed what it must never show");
}
END_TEST

START_TEST(fence_lost)
{
	scene_open_client(&s, "client never sends within 100ms until fence direct juliet\n    <message/>\n");
	scene_lose_fences(&s);
	is(OUTCOME_UNKNOWN, "nothing is known");
}
END_TEST

/* An answer to a ping of ours is none that the server waits for. */
START_TEST(answers_to_pings_stay_here)
{
	struct err e;
	scene_open_client(&s, "client sends until fence iq\n    <message id=\"a\"/>\n");
	scene_comes(&s, "client", "<message id='a'/>");
	is(OUTCOME_MET, "");
	struct player *p = stage_named(&s.stage, "client", 6);
	static const struct {
		const char *xml;
		bool passes;
	} elements[] = { { "<iq type='result' id='assay-fence-token-1'/>", false },
		{ "<iq type='error' id='assay-fence-token-1'/>", false },
		{ "<iq type='get' id='assay-fence-token-1'/>", true }, { "<iq type='result' id='other'/>", true },
		{ "<message id='assay-fence-token-1'/>", true } };
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
		xmlDoc *doc = xml_parse(elements[i].xml, strlen(elements[i].xml), &e);
		ck_assert_msg(p->device && client_passes(p, true, xml_root(doc), 0) == elements[i].passes, "%s",
			elements[i].xml);
		xmlFreeDoc(doc);
	}
}
END_TEST

/* ---- what it asks of its server ---- */

static void client_said(const char *xml)
{
	struct err e;
	struct player *p = stage_named(&s.stage, "client", 6);
	xmlDoc *doc = xml_parse(xml, strlen(xml), &e);
	client_passes(p, true, xml_root(doc), 0);
	xmlFreeDoc(doc);
}

#define IDLE "client never sends within 300ms until fence idle\n    <message id=\"a\"/>\n"

START_TEST(idle)
{
	scene_open_client(&s, IDLE);
	client_said("<iq type='get' id='q1'/>");
	client_said("<iq type='set' id='q2' to='example.org'/>");
	client_said("<iq type='get' id='q3' to='juliet@example.org/balcony'/>"); /* who need not answer */
	scene_passes(&s, "<iq type='result' id='q1'/>");
	scene_passes(&s, "<iq type='error' id='q2'/>");
	is(OUTCOME_MET, "");
}
END_TEST

START_TEST(busy)
{
	scene_open_client(&s, IDLE);
	client_said("<iq type='get' id='q1' to='romeo@example.org'/>");
	scene_passes(&s, "<iq type='result' id='another'/>");
	is(OUTCOME_UNKNOWN, "nothing is known");
	sent("type='get'", false); /* no ping while a question is open */
}
END_TEST

/* What it asked on a stream that is gone is not answered any more. */
START_TEST(idle_on_another_stream)
{
	scene_open_client(&s, IDLE);
	client_said("<iq type='get' id='q1'/>");
	client_said("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
	is(OUTCOME_MET, "");
}
END_TEST

START_TEST(idle_after_a_cut)
{
	scene_open_client(&s, "gateway cuts client\n" IDLE);
	client_said("<iq type='get' id='q1'/>");
	is(OUTCOME_MET, "");
}
END_TEST

START_TEST(commands)
{
	scene_open_client(&s, "let text one\nclient does send ${juliet.bare} ${text}  two \\n\n");
	is(OUTCOME_MET, "");
	sent("does send juliet@example.org one  two \\n\n", true);
}
END_TEST

static const struct {
	enum adapter_answer answer;
	enum outcome outcome;
	const char *words;
} answers[] = {
	{ ADAPTER_FAILED, OUTCOME_NOT_MET, "did not carry out `block`: the list says so" },
	{ ADAPTER_UNSUPPORTED, OUTCOME_UNSUPPORTED, "cannot `block`: the list says so" },
};

START_TEST(other_answers)
{
	scene_open_client(&s, "client does block ${juliet.bare}\n");
	scene_answers(&s, answers[_i].answer);
	is(answers[_i].outcome, answers[_i].words);
}
END_TEST

START_TEST(needed)
{
	scene_open_client(&s, "client sends needed until fence iq\n    <message id=\"a\"/>\n");
	is(OUTCOME_UNSUPPORTED, "does not do what this is about");
}
END_TEST

/* ---- the gateway ---- */

START_TEST(withheld_and_released)
{
	scene_open_client(&s,
		"gateway withholds from client\n    <message id=\"a\"/>\n    <presence/>\n"
		"gateway releases to client\n");
	ck_assert_int_eq(scene_step(&s), OUTCOME_MET);
	scene_passes(&s, "<message id='a'/>");
	scene_passes(&s, "<message id='b'/>");
	scene_passes(&s, "<presence/>");
	scene_passes(&s, "<r xmlns='urn:xmpp:sm:3'/>");
	sent("passed <message xmlns='jabber:client' id='a'/>", false);
	sent("passed <message xmlns='jabber:client' id='b'/>", true);
	sent("passed <presence", false);
	sent("passed <r ", true);
	ck_assert_int_eq(scene_step(&s), OUTCOME_MET);
	sent("released <message xmlns='jabber:client' id='a'/>\nreleased <presence xmlns='jabber:client'/>\n", true);
	scene_passes(&s, "<message id='a'/>");
	sent("passed <message xmlns='jabber:client' id='a'/>", true);
}
END_TEST

/* Without a pattern every stanza, and nothing else; what is lost with the connection is not released. */
START_TEST(all_withheld_and_lost)
{
	scene_open_client(&s, "gateway withholds from client\ngateway cuts client\ngateway releases to client\n");
	ck_assert_int_eq(scene_step(&s), OUTCOME_MET);
	scene_passes(&s, "<message id='a'/>");
	scene_passes(&s, "<enabled xmlns='urn:xmpp:sm:3'/>");
	sent("passed <message", false);
	sent("passed <enabled", true);
	is(OUTCOME_MET, "");
	sent("broken", true);
	sent("released", false);
}
END_TEST

/* What is no stanza is kept back where it is named; a cut ends it. */
START_TEST(acknowledgements_withheld)
{
	scene_open_client(&s, "gateway withholds from client\n    <a xmlns=\"urn:xmpp:sm:3\"/>\ngateway cuts client\n");
	ck_assert_int_eq(scene_step(&s), OUTCOME_MET);
	scene_passes(&s, "<a xmlns='urn:xmpp:sm:3' h='1'/>");
	scene_passes(&s, "<r xmlns='urn:xmpp:sm:3'/>");
	sent("passed <a ", false);
	sent("passed <r ", true);
	ck_assert_int_eq(scene_step(&s), OUTCOME_MET);
	scene_passes(&s, "<a xmlns='urn:xmpp:sm:3' h='1'/>");
	sent("passed <a ", true);
}
END_TEST

START_TEST(lost_and_ended)
{
	scene_open_client(&s, "gateway loses from client\ngateway ends client\n");
	is(OUTCOME_MET, "");
	sent("loses\nended\n", true);
	sent("broken", false);
}
END_TEST

START_TEST(repeated)
{
	scene_open_client(&s,
		"gateway repeats to client\n    <message id=\"a\"/>\n"
		"gateway repeats to client\n    <message id=\"c\"/>\n");
	scene_passes(&s, "<message id='a'><body>one</body></message>");
	scene_passes(&s, "<message id='b'/>");
	is(OUTCOME_UNKNOWN, "cannot be repeated");
	sent("\n<message xmlns='jabber:client' id='a'><body>one</body></message>\n", true);
	ck_assert_uint_eq(s.played, 4);
}
END_TEST

START_TEST(injected)
{
	scene_open_client(
		&s, "gateway injects to client\n    <message to=\"${client.jid}\" from=\"${juliet.bare}\"/>\n");
	is(OUTCOME_MET, "");
	sent("<message xmlns='jabber:client' to='romeo@example.org/phone' from='juliet@example.org'/>\n", true);
}
END_TEST

/* ---- what its adapter may not say ---- */

START_TEST(a_remark)
{
	scene_open_client(&s, "client shows next\n    <message>one</message>\n");
	scene_comes(&s, "client", "<note xmlns='urn:assay:client:0'>the window is open</note>");
	scene_comes(&s, "client", SHOWN("one"));
	is(OUTCOME_MET, "");
	AUTO_TEXT journal = scene_journal(&s);
	ck_assert_ptr_nonnull(strstr(journal, "\"e\":\"note\",\"actor\":\"client\",\"text\":\"the window is open\""));
}
END_TEST

START_TEST(a_breach)
{
	scene_open_client(&s, "client shows\n    <message>one</message>\n");
	scene_comes(&s, "client", "<seen xmlns='urn:assay:client:0'/>");
	is(OUTCOME_ERROR, "the contract has no event `seen`");
}
END_TEST

/* The words of the language are those of the gateway. */
START_TEST(lies_are_told)
{
	for (const struct entry *l = lie_table; l->syntax; l++)
		ck_assert_msg(gateway_tells(l->syntax), "%s", l->syntax);
	ck_assert(!gateway_tells("all-is-well"));
}
END_TEST

Suite *suite_client_steps(void)
{
	Suite *suite = suite_create("client steps");
	TCase *t = tcase_create("steps");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, NULL, tear_down);
	tcase_add_test(t, what_it_sends_and_shows_is_apart);
	tcase_add_test(t, nearest_is_of_its_kind);
	tcase_add_test(t, never_sends);
	tcase_add_test(t, never_sends_and_does);
	tcase_add_test(t, never_shows);
	tcase_add_test(t, never_shows_and_does);
	tcase_add_test(t, fence_lost);
	tcase_add_test(t, answers_to_pings_stay_here);
	tcase_add_test(t, idle);
	tcase_add_test(t, busy);
	tcase_add_test(t, idle_on_another_stream);
	tcase_add_test(t, idle_after_a_cut);
	tcase_add_test(t, commands);
	tcase_add_loop_test(t, other_answers, 0, (int)(sizeof answers / sizeof *answers));
	tcase_add_test(t, needed);
	tcase_add_test(t, withheld_and_released);
	tcase_add_test(t, all_withheld_and_lost);
	tcase_add_test(t, acknowledgements_withheld);
	tcase_add_test(t, lost_and_ended);
	tcase_add_test(t, repeated);
	tcase_add_test(t, injected);
	tcase_add_test(t, a_remark);
	tcase_add_test(t, a_breach);
	suite_add_tcase(suite, t);
	TCase *words = tcase_create("words");
	tcase_add_test(words, lies_are_told);
	suite_add_tcase(suite, words);
	return suite;
}
