/* What the waiting steps make of what comes, and of what does not. */
#include "scene.h"
#include <check.h>
#include <string.h>

#define LINES_AT_MOST 8
#define SHORTLY       (120 * CLOCK_MILLISECOND) /* until what does not come is given up; settling takes longer */

static const struct {
	const char *what;
	const char *steps;
	const char *comes[LINES_AT_MOST]; /* at the phone, in this order; "-" and "!" end its stream */
	enum outcome outcome;
	const char *message; /* a part of it, or NULL */
} waits[] = {
	{ "one", "phone gets\n\t<message id='1'/>\n", { "<message id='1'/>" }, OUTCOME_MET, NULL },
	{ "others are passed over", "phone gets\n\t<message id='2'/>\n", { "<message id='1'/>", "<message id='2'/>" },
		OUTCOME_MET, NULL },
	{ "nothing comes", "phone gets\n\t<message id='1'/>\n", { NULL }, OUTCOME_NOT_MET,
		"did not come within 0.12 s; nothing else had come" },
	{ "its own time", "phone gets within 10ms\n\t<message id='1'/>\n", { NULL }, OUTCOME_NOT_MET, "within 0.01 s" },
	{ "another comes", "phone gets\n\t<message id='1'/>\n", { "<message id='2'/>" }, OUTCOME_NOT_MET,
		"the nearest of what came differs at message: attribute 'id' is '2'" },
	{ "taken by an earlier step", "phone gets\n\t<message/>\nphone gets\n\t<message/>\n", { "<message id='1'/>" },
		OUTCOME_NOT_MET, "nothing else had come that no earlier step took" },
	{ "each in turn", "phone gets\n\t<message id='1'/>\n\t<message id='2'/>\n",
		{ "<message id='1'/>", "<message id='9'/>", "<message id='2'/>" }, OUTCOME_MET, NULL },
	{ "in the wrong order", "phone gets\n\t<message id='1'/>\n\t<message id='2'/>\n",
		{ "<message id='2'/>", "<message id='1'/>" }, OUTCOME_NOT_MET, "stanza 2 of 2: " },
	{ "a second one of two is missing", "phone gets\n\t<message id='1'/>\n\t<message id='1'/>\n",
		{ "<message id='1'/>" }, OUTCOME_NOT_MET, "stanza 2 of 2: " },
	{ "together", "phone gets together\n\t<message id='1'/>\n\t<message id='2'/>\n",
		{ "<message id='2'/>", "<message id='1'/>" }, OUTCOME_MET, NULL },
	/* The first pattern would take what only it and the second could use. */
	{ "together, after a second thought", "phone gets together\n\t<message/>\n\t<message id='1'/>\n",
		{ "<message id='1'/>", "<message id='2'/>" }, OUTCOME_MET, NULL },
	{ "together, with values bound by a choice that was undone",
		"phone gets together\n\t<message id='{bind:x}'/>\n\t<message id='1'/>\nsame ${x} 2\n",
		{ "<message id='1'/>", "<message id='2'/>" }, OUTCOME_MET, NULL },
	{ "together, and what is nearest to the missing one",
		"phone gets together\n\t<message id='1'/>\n\t<iq><q xmlns='urn:q'/></iq>\n",
		{ "<message id='1'/>", "<message id='9' type='x'/>", "<iq id='1'/>" }, OUTCOME_NOT_MET,
		"stanza 2 of 2: did not come within 0.12 s; the nearest of what came differs at iq: no child <q" },
	{ "of two that are equally near, the later", "phone gets\n\t<message from='a' type='b'/>\n",
		{ "<message from='a' type='x'/>", "<message from='y' type='b'/>" }, OUTCOME_NOT_MET,
		"attribute 'from' is 'y'" },
	{ "an id tells stanzas apart", "phone gets\n\t<message id='1' from='a'><body>x</body></message>\n",
		{ "<message id='1' from='a'/>", "<message id='2' from='a'><body>x</body></message>" }, OUTCOME_NOT_MET,
		"differs at message: no child <body" },
	{ "together, and one is missing", "phone gets together\n\t<message id='1'/>\n\t<message id='2'/>\n",
		{ "<message id='2'/>" }, OUTCOME_NOT_MET, "did not come" },
	{ "together, one stanza for two", "phone gets together\n\t<message/>\n\t<message/>\n", { "<message/>" },
		OUTCOME_NOT_MET, "stanza 2 of 2: " },
	{ "next", "phone gets next\n\t<message id='1'/>\n", { "<message id='1'/>", "<message id='2'/>" }, OUTCOME_MET,
		NULL },
	{ "next is another", "phone gets next\n\t<message id='2'/>\n", { "<message id='1'/>", "<message id='2'/>" },
		OUTCOME_NOT_MET, "the next stanza is another one" },
	{ "next passes over acknowledgements", "phone gets next\n\t<message id='1'/>\n",
		{ "<r xmlns='urn:xmpp:sm:3'/>", "<a xmlns='urn:xmpp:sm:3' h='1'/>", "<message id='1'/>" }, OUTCOME_MET,
		NULL },
	{ "acknowledgements can be waited for", "phone gets\n\t<a xmlns='urn:xmpp:sm:3' h='1'/>\n",
		{ "<a xmlns='urn:xmpp:sm:3' h='1'/>" }, OUTCOME_MET, NULL },
	{ "either", "phone gets either\n\t<message id='1'/>\n\t<message id='2'/>\n", { "<message id='2'/>" },
		OUTCOME_MET, NULL },
	{ "the better of two", "phone gets\n\t<message id='1'/>\nor weakly\n\t<message id='2'/>\n",
		{ "<message id='1'/>" }, OUTCOME_MET, NULL },
	{ "the weaker of two", "phone gets\n\t<message id='1'/>\nor weakly\n\t<message id='2'/>\n",
		{ "<message id='2'/>" }, OUTCOME_MET_WEAKLY,
		"differs from what the specification recommends at message: attribute" },
	{ "neither", "phone gets either\n\t<message id='1'/>\n\t<message id='2'/>\n", { "<message id='3'/>" },
		OUTCOME_NOT_MET, "differs" },
	{ "exactly", "phone gets exactly\n\t<message id='1'/>\n", { "<message id='1'><body>x</body></message>" },
		OUTCOME_NOT_MET, "differs at message" },
	{ "so many letters", "fill a 3\nsame ${a} xxx\n", { NULL }, OUTCOME_MET, NULL },
	{ "letters without a number", "fill a many\n", { NULL }, OUTCOME_UNKNOWN,
		"'many' is no number from 1 to 4000000" },
	{ "needed, and it is so", "phone gets\n\t<message/>\nphone got needed\n\t@id = \"1\"\n",
		{ "<message id='1'/>" }, OUTCOME_MET, NULL },
	{ "needed, and it is not", "phone gets\n\t<message/>\nphone got needed\n\t@id = \"2\"\n",
		{ "<message id='1'/>" }, OUTCOME_UNSUPPORTED, "the server does not offer it: @id" },
	{ "before the fence", "phone gets until fence direct juliet\n\t<message id='1'/>\n", { "<message id='1'/>" },
		OUTCOME_MET, NULL },
	{ "the fence comes first", "phone gets within 30s until fence direct juliet\n\t<message id='1'/>\n",
		{ "<message id='2'/>" }, OUTCOME_NOT_MET, "did not come before the fence" },
	{ "the stream breaks", "phone gets\n\t<message id='1'/>\n", { "!" }, OUTCOME_UNKNOWN,
		"phone lost its connection while waiting: by the list" },
	{ "the stream is closed", "phone gets\n\t<message id='1'/>\n", { "-" }, OUTCOME_NOT_MET, "is not online" },
	{ "it came before the stream broke", "phone gets\n\t<message id='1'/>\n", { "<message id='1'/>", "!" },
		OUTCOME_MET, NULL },

	{ "never, and it does not", "phone never until fence direct juliet\n\t<message id='1'/>\n",
		{ "<message id='2'/>" }, OUTCOME_MET, NULL },
	{ "never, but it does", "phone never until fence direct juliet\n\t<message id='1'/>\n",
		{ "<message id='2'/>", "<message id='1'/>" }, OUTCOME_NOT_MET, "a stanza that it must never get" },
	{ "never, by a way to all devices", "phone never until fence bare juliet\n\t<message id='1'/>\n", { NULL },
		OUTCOME_MET, NULL },
	{ "never, asking one's own server", "phone never until fence iq\n\t<message id='1'/>\n",
		{ "<message id='1'/>" }, OUTCOME_NOT_MET, "must never get" },
	{ "never, but taken by an earlier step",
		"phone gets\n\t<message id='1'/>\nphone never until fence iq\n\t<message id='1'/>\n",
		{ "<message id='1'/>" }, OUTCOME_MET, NULL },
	{ "never, until a stanza of the author's",
		"phone never until pattern\n\t<message id='1'/>\nuntil\n\t<message id='end'/>\n",
		{ "<message id='2'/>", "<message id='end'/>" }, OUTCOME_MET, NULL },
	{ "never, and the author's fence does not come",
		"phone never until pattern\n\t<message id='1'/>\nuntil\n\t<message id='end'/>\n",
		{ "<message id='2'/>" }, OUTCOME_UNKNOWN, "did not come within 0.48 s, so nothing is known" },
	{ "never, while nothing shares the route", "phone never until settled no shared route\n\t<message id='1'/>\n",
		{ "<message id='2'/>" }, OUTCOME_UNKNOWN, "(settled) did not come within" },
	{ "never, and the stream breaks", "phone never until fence direct juliet\n\t<message id='1'/>\n", { "!" },
		OUTCOME_UNKNOWN, "phone lost its stream before the fence came: by the list" },
	{ "never, closed-world", "phone never exactly until fence iq\n\t<message id='1'/>\n",
		{ "<message id='1'><body>x</body></message>" }, OUTCOME_MET, NULL },

	{ "answered", "phone asks\n\t<iq type='get' id='7'/>\nphone is answered\n\t<iq type='result'/>\n",
		{ "<iq type='result' id='7'/>" }, OUTCOME_MET, NULL },
	{ "answered, but otherwise",
		"phone asks\n\t<iq type='get' id='7'/>\nphone is answered\n\t<iq type='result'/>\n",
		{ "<iq type='error' id='7'/>" }, OUTCOME_NOT_MET, "the answer differs at iq: attribute 'type'" },
	{ "the first answer decides",
		"phone asks\n\t<iq type='get' id='7'/>\nphone is answered\n\t<iq type='result'/>\n",
		{ "<iq type='error' id='7'/>", "<iq type='result' id='7'/>" }, OUTCOME_NOT_MET, "differs" },
	{ "another's id", "phone asks\n\t<iq type='get' id='7'/>\nphone is answered\n\t<iq type='result'/>\n",
		{ "<iq type='result' id='8'/>", "<iq type='get' id='7'/>", "<message type='result' id='7'/>" },
		OUTCOME_NOT_MET, "the request '7' was not answered within 0.12 s" },
	{ "from somebody else", "phone asks\n\t<iq type='get' id='7'/>\nphone is answered\n\t<iq type='result'/>\n",
		{ "<iq type='result' id='7' from='juliet@example.org/balcony'/>" }, OUTCOME_NOT_MET, "not answered" },
	{ "from the own account", "phone asks\n\t<iq type='get' id='7'/>\nphone is answered\n\t<iq type='result'/>\n",
		{ "<iq type='result' id='7' from='romeo@example.org'/>" }, OUTCOME_MET, NULL },
	{ "from whom it was sent to",
		"phone asks\n\t<iq type='get' id='7' to='room@muc.example.org'/>\nphone is answered\n\t<iq/>\n",
		{ "<iq type='result' id='7' from='Room@muc.example.org'/>" }, OUTCOME_MET, NULL },
	{ "from nobody, though it was sent to another",
		"phone asks\n\t<iq type='get' id='7' to='room@muc.example.org'/>\nphone is answered\n\t<iq/>\n",
		{ "<iq type='result' id='7'/>" }, OUTCOME_NOT_MET, "not answered" },
	{ "from the server for the account",
		"phone asks\n\t<iq type='get' id='7' to='juliet@example.org'/>\nphone is answered\n\t<iq/>\n",
		{ "<iq type='error' id='7' from='example.org'/>",
			"<iq type='error' id='7' from='juliet@example.org'/>" },
		OUTCOME_MET, NULL },
	{ "an id of our own", "phone asks\n\t<iq type='get'/>\nphone is answered\n\t<iq type='result'/>\n",
		{ "<iq type='result' id='ask-token-1'/>" }, OUTCOME_MET, NULL },
	{ "a weaker answer",
		"phone asks\n\t<iq type='get' id='7'/>\nphone is answered\n\t<iq type='result'/>\nor weakly\n"
		"\t<iq type='error'/>\n",
		{ "<iq type='error' id='7'/>" }, OUTCOME_MET_WEAKLY, "attribute 'type' is 'error', expected 'result'" },

	{ "closed", "phone is closed\n", { "-" }, OUTCOME_MET, NULL },
	{ "closed, with its error",
		"phone is closed\n\t<error xmlns='http://etherx.jabber.org/streams'>"
		"<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>\n",
		{ "<error xmlns='http://etherx.jabber.org/streams'><conflict "
		  "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>",
			"-" },
		OUTCOME_MET, NULL },
	{ "closed, without its error", "phone is closed\n\t<error xmlns='http://etherx.jabber.org/streams'/>\n",
		{ "-" }, OUTCOME_NOT_MET, "the error expected did not come" },
	{ "not closed", "phone is closed\n", { "<message/>" }, OUTCOME_NOT_MET,
		"the server did not end the stream of phone" },

	{ "true of the last", "phone gets\n\t<message/>\nphone got\n\tc:body = 'x'\n\tcount(*) = 1\n",
		{ "<message><body>x</body></message>" }, OUTCOME_MET, NULL },
	{ "not true of the last", "phone gets\n\t<message/>\nphone got\n\tc:body = 'y'\n",
		{ "<message><body>x</body></message>" }, OUTCOME_NOT_MET, "not true of the stanza: c:body = 'y'" },
	{ "a value kept", "phone gets\n\t<message/>\nphone keeps v\n\tstring(@id)\nsame ${v} 5\n",
		{ "<message id='5'/>" }, OUTCOME_MET, NULL },
	{ "no value to keep", "phone gets\n\t<message/>\nphone keeps v\n\tstring(@id)\n", { "<message/>" },
		OUTCOME_NOT_MET, "no such value" },
	{ "the same", "same a b\n", { NULL }, OUTCOME_NOT_MET, "a and b differ: 'a' and 'b'" },
	{ "different", "let x a\ndiffer a ${x}\n", { NULL }, OUTCOME_NOT_MET, "are the same: 'a'" },
	{ "put into base64", "let who romeo\nencode x n,,n=${who},r=a b\nsame ${x} biwsbj1yb21lbyxyPWEgYg==\n",
		{ NULL }, OUTCOME_MET, NULL },
	{ "taken out of base64", "decode x cj1hYmMsaT00MDk2\nsame ${x} r=abc,i=4096\n", { NULL }, OUTCOME_MET, NULL },
	{ "an attribute of SCRAM", "attribute x s r=a,s=b=,i=1\nsame ${x} b=\n", { NULL }, OUTCOME_MET, NULL },
	{ "no such attribute", "attribute x e r=a,s=e=\n", { NULL }, OUTCOME_NOT_MET, "has no attribute 'e'" },
	{ "hidden", "phone gets\n\t<message/>\nhidden canary\n", { "<message><body>another bird</body></message>" },
		OUTCOME_MET, NULL },
	{ "not hidden", "phone gets\n\t<message/>\nhidden canary\n", { "<message><body>the canary</body></message>" },
		OUTCOME_NOT_MET, "phone got 'canary' in the clear" },
	{ "hidden by base64 alone", "phone gets\n\t<message/>\nhidden canary\n",
		{ "<message><x>Y2FuYXJ5</x></message>" }, OUTCOME_NOT_MET, "in the clear" },
	{ "encrypted without keys",
		"phone sends\n\t<message><encrypted xmlns='urn:assay:omemo:0' for='juliet'>x</encrypted></message>\n",
		{ NULL }, OUTCOME_UNKNOWN, "juliet has no keys of OMEMO" },
	{ "encrypted for an unknown bundle",
		"phone has keys omemo\njuliet has keys omemo\n"
		"phone sends\n\t<message><encrypted xmlns='urn:assay:omemo:0' for='juliet'>x</encrypted></message>\n",
		{ NULL }, OUTCOME_UNKNOWN, "" },
	{ "nothing to read", "phone has keys axolotl\nphone gets\n\t<message/>\nphone reads x\n", { "<message/>" },
		OUTCOME_UNKNOWN, "there is no <encrypted>" },
	{ "not for this device", "phone has keys omemo\nphone gets\n\t<message/>\nphone cannot read\n",
		{ "<message><encrypted xmlns='urn:xmpp:omemo:2'><header sid='5'><keys jid='a@b'><key rid='7'>AA==</key></keys>"
		  "</header></encrypted></message>" },
		OUTCOME_MET, NULL },
	{ "not for this device either", "phone has keys omemo\nphone gets\n\t<message/>\nphone reads x\n",
		{ "<message><encrypted xmlns='urn:xmpp:omemo:2'><header sid='5'><keys jid='a@b'><key rid='7'>AA==</key></keys>"
		  "</header></encrypted></message>" },
		OUTCOME_NOT_MET, "not encrypted for this device" },
	{ "a bundle that is none",
		"phone has keys omemo\njuliet has keys omemo\nphone gets\n\t<message/>\nphone learns juliet\n",
		{ "<message><bundle xmlns='urn:xmpp:omemo:2'/></message>" }, OUTCOME_NOT_MET,
		"phone refuses the keys of juliet" },
	{ "a bundle that is refused",
		"phone has keys omemo\njuliet has keys omemo\nphone gets\n\t<message/>\nphone refuses keys of juliet\n",
		{ "<message><bundle xmlns='urn:xmpp:omemo:2'/></message>" }, OUTCOME_MET, NULL },
	{ "encrypted without keys of OpenPGP",
		"phone has keys openpgp\n"
		"phone sends\n\t<message><openpgp xmlns='urn:assay:openpgp:0' for='juliet'>x</openpgp></message>\n",
		{ NULL }, OUTCOME_UNKNOWN, "juliet has no keys of OpenPGP" },
	{ "encrypted for an unknown key",
		"phone has keys openpgp\njuliet has keys openpgp\n"
		"phone sends\n\t<message><openpgp xmlns='urn:assay:openpgp:0' for='juliet'>x</openpgp></message>\n",
		{ NULL }, OUTCOME_UNKNOWN, "no key of juliet" },
	{ "nothing of OpenPGP to read", "phone has keys openpgp\nphone gets\n\t<message/>\nphone reads x\n",
		{ "<message/>" }, OUTCOME_UNKNOWN, "there is no <openpgp>" },
	{ "broken OpenPGP", "phone has keys openpgp\nphone gets\n\t<message/>\nphone cannot read\n",
		{ "<message from='a@b'><openpgp xmlns='urn:xmpp:openpgp:0'>hIwD</openpgp></message>" }, OUTCOME_MET,
		NULL },
	{ "broken OpenPGP that should be read", "phone has keys openpgp\nphone gets\n\t<message/>\nphone reads x\n",
		{ "<message from='a@b'><openpgp xmlns='urn:xmpp:openpgp:0'>hIwD</openpgp></message>" }, OUTCOME_NOT_MET,
		"phone cannot read it" },
	{ "OpenPGP beside OMEMO",
		"phone has keys openpgp\nphone has keys omemo\nphone gets\n\t<message/>\nphone reads x\n",
		{ "<message from='a@b'><openpgp xmlns='urn:xmpp:openpgp:0'>hIwD</openpgp></message>" }, OUTCOME_NOT_MET,
		"phone cannot read it" },
	{ "OMEMO beside OpenPGP",
		"phone has keys omemo\nphone has keys openpgp\nphone gets\n\t<message/>\nphone reads x\n",
		{ "<message><encrypted xmlns='urn:xmpp:omemo:2'><header sid='5'><keys jid='a@b'><key rid='7'>AA==</key></keys>"
		  "</header></encrypted></message>" },
		OUTCOME_NOT_MET, "not encrypted for this device" },
	{ "a key before its list",
		"phone has keys openpgp\njuliet has keys openpgp\nphone gets\n\t<message/>\nphone learns juliet\n",
		{ "<message><pubkey xmlns='urn:xmpp:openpgp:0'><data>xjM=</data></pubkey></message>" }, OUTCOME_UNKNOWN,
		"is not known" },
	{ "a list without the key",
		"phone has keys openpgp\njuliet has keys openpgp\nphone gets\n\t<message/>\nphone learns juliet\n",
		{ "<message><public-keys-list xmlns='urn:xmpp:openpgp:0'><pubkey-metadata date='2026-06-01T12:00:00Z' "
		  "v4-fingerprint='1357B01865B2503C18453D208CAC2A9678548E35'/></public-keys-list></message>" },
		OUTCOME_NOT_MET, "the list does not name the key" },
	{ "a list that is refused",
		"phone has keys openpgp\njuliet has keys openpgp\nphone gets\n\t<message/>\nphone refuses keys of juliet\n",
		{ "<message><public-keys-list xmlns='urn:xmpp:openpgp:0'/></message>" }, OUTCOME_MET, NULL },
	{ "a token",
		"phone proves p s HT-SHA-256-NONE secret-token:fast-abc\nsame ${s} kP0GDjSVGqRF4nKLtIi3QlXFuDVf6mGFRvdYjlQnogQ=\n",
		{ NULL }, OUTCOME_MET, NULL },
	{ "a token without a connection to bind to", "phone proves p s HT-SHA-256-EXPR abc\n", { NULL },
		OUTCOME_UNSUPPORTED, "no channel binding tls-exporter" },
	{ "a message without salt", "phone proves p s SCRAM-SHA-1 n=a,r=b,i=4096\n", { NULL }, OUTCOME_NOT_MET,
		"lacks salt or iterations" },
	{ "a digest that there is not", "phone proves p s SCRAM-MD1 n=a,s=AAAA,i=4096\n", { NULL }, OUTCOME_UNSUPPORTED,
		"SCRAM-MD1" },
	{ "no base64", "decode x cj1hYmMs!\n", { NULL }, OUTCOME_NOT_MET, "is no text in base64" },
	{ "base64 of no text", "decode x AGE=\n", { NULL }, OUTCOME_NOT_MET, "is no text in base64" },
	{ "base64 of no UTF-8", "decode x /w==\n", { NULL }, OUTCOME_NOT_MET, "is no text in base64" },
	{ "offline", "phone gets\n\t<message/>\nphone sends\n\t<message/>\n", { "<message/>", "-" }, OUTCOME_MET,
		NULL },
};

START_TEST(wait)
{
	struct scene s;
	scene_open(&s, waits[_i].steps);
	if (waits[_i].outcome != OUTCOME_MET && waits[_i].outcome != OUTCOME_MET_WEAKLY)
		s.stage.step_deadline = SHORTLY;
	for (size_t i = 0; waits[_i].comes[i]; i++)
		if (waits[_i].comes[i][0] == '<')
			scene_comes(&s, "phone", waits[_i].comes[i]);
		else
			scene_ends(&s, "phone", waits[_i].comes[i][0] == '-' ? ERR_NONE : ERR_CONNECTION);
	enum outcome o = scene_play(&s);
	ck_assert_msg(o == waits[_i].outcome, "%s: outcome %d, expected %d (%s)", waits[_i].what, (int)o,
		(int)waits[_i].outcome, s.finding.message);
	ck_assert_msg(s.played == s.scenario->step_count, "%s: ended early: %s", waits[_i].what, s.finding.message);
	ck_assert_msg(!waits[_i].message || strstr(s.finding.message, waits[_i].message), "%s: %s", waits[_i].what,
		s.finding.message);
	ck_assert_msg(waits[_i].message || !*s.finding.message, "%s: %s", waits[_i].what, s.finding.message);
	scene_close(&s);
}
END_TEST

/* When the second target ends the stream of one of its own people, that says nothing about the one under test. */
START_TEST(ended_elsewhere)
{
	struct scene s;
	scene_open(&s, "phone gets\n\t<message id='1'/>\n");
	s.systems[SYSTEM_PEER] = (struct system){ "peer", &s.target, &s.features, NULL, NULL };
	stage_named(&s.stage, "phone", 5)->home = &s.systems[SYSTEM_PEER];
	scene_ends(&s, "phone", ERR_NONE);
	ck_assert_int_eq(scene_play(&s), OUTCOME_UNKNOWN);
	ck_assert_str_eq(s.finding.message, "phone, at the second target, is not online any more");
	scene_close(&s);
}
END_TEST

/* A failed search must not leave values behind. */
START_TEST(a_failure_binds_nothing)
{
	struct scene s;
	scene_open(&s, "phone gets together\n\t<message id='{bind:x}'/>\n\t<presence/>\n");
	s.stage.step_deadline = SHORTLY;
	scene_comes(&s, "phone", "<message id='1'/>");
	ck_assert_int_eq(scene_play(&s), OUTCOME_NOT_MET);
	ck_assert_ptr_null(map_get(&s.stage.variables, "x"));
	ck_assert_ptr_nonnull(strstr(s.finding.expected, "presence"));
	scene_close(&s);
}
END_TEST

/* What `x` was to be was never learnt: nothing can be said of the system under test. */
START_TEST(a_value_that_is_not_known)
{
	static const char *const steps[] = { "phone never until fence iq\n\t<message id='${x}'/>\n",
		"phone asks\n\t<iq type='get'/>\nphone is answered\n\t<iq id='${x}'/>\n" };
	struct scene s;
	AUTO_TEXT text = memory_printf("phone gets must RFC6120#x\n\t<message id='{bind:x}'/>\n%s", steps[_i]);
	scene_open(&s, text);
	s.stage.step_deadline = SHORTLY;
	ck_assert_int_eq(scene_step(&s), OUTCOME_NOT_MET);
	ck_assert_int_eq(scene_play(&s), OUTCOME_UNKNOWN);
	ck_assert_ptr_nonnull(strstr(s.finding.message, "the value of ${x} is not known"));
	scene_close(&s);
}
END_TEST

START_TEST(once)
{
	struct scene s;
	scene_open(&s, "phone gets once must RFC6120#x\n\t<message id='1'/>\n");
	scene_comes(&s, "phone", "<message id='1'/>");
	ck_assert_int_eq(scene_play(&s), OUTCOME_MET);
	const struct step *step = &s.scenario->steps[s.played - 1];
	struct player *phone = stage_player(&s.stage, step->actor);
	ck_assert(expect_quiet(&s.stage, phone));
	ck_assert(!expect_repeated(&s.stage, step, &s.finding));
	scene_comes(&s, "phone", "<message id='1'/>");
	ck_assert(expect_quiet(&s.stage, phone));
	ck_assert(expect_repeated(&s.stage, step, &s.finding));
	ck_assert_uint_eq(s.finding.matched_count, 2);
	scene_lose_fences(&s);
	s.stage.step_deadline = SHORTLY;
	ck_assert(!expect_quiet(&s.stage, phone));
	scene_close(&s);
}
END_TEST

/* More stanzas than a finding has numbers for. */
START_TEST(once_with_many)
{
	struct scene s;
	BUF_AUTO steps = BUF_INIT;
	buf_add_text(&steps, "phone gets once must RFC6120#x\n");
	for (int i = 0; i < 20; i++)
		buf_add_text(&steps, "\t<message id='1'/>\n");
	scene_open(&s, steps.data);
	for (int i = 0; i < 21; i++)
		scene_comes(&s, "phone", "<message id='1'/>");
	ck_assert_int_eq(scene_play(&s), OUTCOME_MET);
	const struct step *step = &s.scenario->steps[s.played - 1];
	ck_assert(expect_quiet(&s.stage, stage_player(&s.stage, step->actor)));
	ck_assert(expect_repeated(&s.stage, step, &s.finding));
	ck_assert_uint_eq(s.finding.matched_count, sizeof s.finding.matched / sizeof *s.finding.matched);
	scene_close(&s);
}
END_TEST

/* Fences are nobody's stanzas: whatever they cause is taken out of every inbox, and the journal marks it. */
START_TEST(fences_leave_no_trace)
{
	struct scene s;
	scene_open(&s,
		"phone never until fence bare juliet\n\t<message id='1'/>\n"
		"laptop never until fence direct juliet\n\t<message/>\n"
		"phone never until fence presence juliet\n\t<message/>\n\t<presence/>\n");
	ck_assert_int_eq(scene_play(&s), OUTCOME_MET);
	ck_assert_ptr_nonnull(strstr(scene_sent(&s), FENCE_MARK "token-1"));
	ck_assert_uint_eq(s.stage.players[0].inbox.count, 0);
	ck_assert_uint_eq(s.stage.players[1].inbox.count, 0);
	ck_assert_uint_eq(s.stage.players[1].inbox.received, 2);
	AUTO_TEXT journal = scene_journal(&s);
	ck_assert_ptr_nonnull(strstr(journal, "\"fence\":true"));
	ck_assert_ptr_null(strstr(journal, "\"fence\":false"));
	scene_close(&s);
}
END_TEST

START_TEST(a_lost_fence_proves_nothing)
{
	struct scene s;
	scene_open(&s, "phone never until fence direct juliet\n\t<message id='1'/>\n");
	scene_lose_fences(&s);
	s.stage.step_deadline = SHORTLY;
	ck_assert_int_eq(scene_play(&s), OUTCOME_UNKNOWN);
	ck_assert_ptr_nonnull(strstr(s.finding.message, "the fence (direct) did not come"));
	scene_close(&s);
}
END_TEST

/* A slow server has time for the fence, which decides; the step's own time is kept to. */
START_TEST(a_fence_is_waited_for_longer)
{
	static const char *const lines[][2] = {
		{ "phone gets until fence direct juliet\n\t<message id='1'/>\n", "within 0.48 s" },
		{ "phone gets within 10ms until fence direct juliet\n\t<message id='1'/>\n", "within 0.01 s" },
	};
	for (size_t i = 0; i < 2; i++) {
		struct scene s;
		scene_open(&s, lines[i][0]);
		scene_lose_fences(&s);
		s.stage.step_deadline = SHORTLY;
		ck_assert_int_eq(scene_play(&s), OUTCOME_NOT_MET);
		ck_assert_msg(strstr(s.finding.message, lines[i][1]), "%s", s.finding.message);
		scene_close(&s);
	}
}
END_TEST

/* What is kept for the report is written down; where there is nothing, nothing is, and that is no failure. */
START_TEST(value_for_the_report)
{
	struct scene s;
	scene_open(&s,
		"phone gets\n\t<message/>\nphone keeps v as size : The size\n\tstring(@id)\n"
		"phone keeps w as colour : The colour\n\tstring(@colour)\n");
	scene_comes(&s, "phone", "<message id='17'/>");
	ck_assert_int_eq(scene_play(&s), OUTCOME_MET);
	AUTO_TEXT journal = scene_journal(&s);
	ck_assert_ptr_nonnull(
		strstr(journal, "\"e\":\"value\",\"id\":\"test/one/size\",\"title\":\"The size\",\"text\":\"17\""));
	ck_assert_ptr_null(strstr(journal, "The colour\""));
	scene_close(&s);
}
END_TEST

START_TEST(who_is_to_send_the_fence_is_gone)
{
	struct scene s;
	scene_open(&s, "phone never until fence direct juliet\n\t<message id='1'/>\n");
	scene_ends(&s, "juliet", ERR_NONE);
	driver_pump(s.stage.driver, clock_now());
	ck_assert_int_eq(scene_play(&s), OUTCOME_UNKNOWN);
	ck_assert_ptr_nonnull(strstr(s.finding.message, "juliet is not online"));
	scene_close(&s);
}
END_TEST

/* The item that a fence puts into the roster is removed again, and only the push of that ends the fence. */
START_TEST(roster_fence_cleans_up)
{
	struct scene s;
	scene_open(&s, "phone never until fence roster laptop\n\t<message id='1'/>\n");
	scene_comes(&s, "phone",
		"<iq type='set' id='p1'><query xmlns='jabber:iq:roster'>"
		"<item jid='assay-fence-token-1@example.org' subscription='none'/></query></iq>");
	scene_comes(&s, "phone",
		"<iq type='set' id='p2'><query xmlns='jabber:iq:roster'>"
		"<item jid='assay-fence-token-1@example.org' subscription='remove'/></query></iq>");
	ck_assert_int_eq(scene_play(&s), OUTCOME_MET);
	ck_assert_ptr_nonnull(strstr(scene_sent(&s), "assay-fence-token-1-remove"));
	scene_close(&s);
}
END_TEST

/* The way to the archive may be slower than the way of the questions: no number of them is enough to give up. */
START_TEST(archive_fence_has_patience)
{
	struct scene s;
	size_t questions = 0;
	scene_open(&s, "phone never until fence archive laptop\n\t<message id='1'/>\n");
	scene_archives_after(&s, 300 * CLOCK_MILLISECOND);
	ck_assert_int_eq(scene_play(&s), OUTCOME_MET);
	for (const char *at = scene_sent(&s); (at = strstr(at, "-ask")); at++)
		questions++;
	ck_assert_uint_gt(questions, 1);
	ck_assert_uint_lt(questions, 1000);
	scene_close(&s);
}
END_TEST

/* A fence that was given up asks no more while the next step waits. */
START_TEST(archive_fence_is_given_up)
{
	struct scene s;
	scene_open(&s,
		"phone never within 20ms until fence archive laptop\n\t<message id='1'/>\nphone gets within 100ms\n\t<message id='2'/>\n");
	ck_assert_int_eq(scene_step(&s), OUTCOME_UNKNOWN);
	size_t length = strlen(scene_sent(&s));
	ck_assert_int_eq(scene_step(&s), OUTCOME_NOT_MET);
	ck_assert_uint_eq(strlen(scene_sent(&s)), length);
	scene_close(&s);
}
END_TEST

START_TEST(settling_has_bounds)
{
	struct stage g = { .slowest = 0 };
	struct step step = { .kind = STEP_NEVER };
	ck_assert_int_eq(fence_settled_at(&g, &step, 5), 5 + 150 * CLOCK_MILLISECOND);
	g.slowest = 50 * CLOCK_MILLISECOND;
	ck_assert_int_eq(fence_settled_at(&g, &step, 5), 5 + 500 * CLOCK_MILLISECOND);
	g.slowest = CLOCK_SECOND;
	ck_assert_int_eq(fence_settled_at(&g, &step, 5), 5 + 2 * CLOCK_SECOND);
	step.within = 3 * CLOCK_SECOND;
	ck_assert_int_eq(fence_settled_at(&g, &step, 5), 5 + 3 * CLOCK_SECOND);
}
END_TEST

START_TEST(stopped_and_out_of_time)
{
	struct scene s;
	scene_open(&s, "phone gets within 30s\n\t<message/>\nphone gets within 30s\n\t<message/>\n");
	s.stage.end = clock_now() + 10 * CLOCK_MILLISECOND;
	ck_assert_int_eq(scene_step(&s), OUTCOME_ERROR);
	ck_assert_ptr_nonnull(strstr(s.finding.message, "out of time"));
	s.stage.stop = true;
	ck_assert_int_eq(scene_step(&s), OUTCOME_ERROR);
	ck_assert_ptr_nonnull(strstr(s.finding.message, "stopped by the operator"));
	scene_close(&s);
}
END_TEST

/* Values of variables are data: they cannot break out of an attribute or of a text. */
START_TEST(values_are_escaped)
{
	struct scene s;
	scene_open(&s, "let x a'\"<b>&amp;\nphone sends\n\t<message id='${x}'><body>${x}</body></message>\n");
	ck_assert_int_eq(scene_play(&s), OUTCOME_MET);
	struct err e;
	xmlDoc *doc = xml_parse(scene_sent(&s), strlen(scene_sent(&s)) - 1, &e);
	ck_assert_msg(doc != NULL, "%s: %s", scene_sent(&s), e.message);
	ck_assert_str_eq(xml_attribute(xml_root(doc), "id"), "a'\"<b>&amp;");
	AUTO_TEXT body = xml_text(xml_root(doc));
	ck_assert_str_eq(body, "a'\"<b>&amp;");
	xmlFreeDoc(doc);
	scene_close(&s);
}
END_TEST

START_TEST(outcomes_of_errors)
{
	static const enum outcome outcomes[] = { [ERR_USAGE] = OUTCOME_ERROR,
		[ERR_SCRIPT] = OUTCOME_UNKNOWN,
		[ERR_ENVIRONMENT] = OUTCOME_ERROR,
		[ERR_CONNECTION] = OUTCOME_UNKNOWN,
		[ERR_PROTOCOL] = OUTCOME_NOT_MET,
		[ERR_REFUSED] = OUTCOME_NOT_MET,
		[ERR_UNSUPPORTED] = OUTCOME_UNSUPPORTED,
		[ERR_INTERNAL] = OUTCOME_ERROR };
	for (int i = ERR_USAGE; i <= ERR_INTERNAL; i++) {
		struct err e;
		struct finding f = { 0 };
		err_set(&e, (enum err_class)i, "there", "text");
		ck_assert_int_eq(finding_error(&f, &e), outcomes[i]);
		ck_assert_str_eq(f.message, "there: text");
	}
}
END_TEST

Suite *suite_expect(void)
{
	Suite *s = suite_create("expect");
	TCase *c = tcase_create("all");
	tcase_add_loop_test(c, wait, 0, (int)(sizeof waits / sizeof *waits));
	tcase_add_test(c, ended_elsewhere);
	tcase_add_test(c, a_failure_binds_nothing);
	tcase_add_loop_test(c, a_value_that_is_not_known, 0, 2);
	tcase_add_test(c, once);
	tcase_add_test(c, once_with_many);
	tcase_add_test(c, fences_leave_no_trace);
	tcase_add_test(c, a_lost_fence_proves_nothing);
	tcase_add_test(c, a_fence_is_waited_for_longer);
	tcase_add_test(c, who_is_to_send_the_fence_is_gone);
	tcase_add_test(c, value_for_the_report);
	tcase_add_test(c, roster_fence_cleans_up);
	tcase_add_test(c, archive_fence_has_patience);
	tcase_add_test(c, archive_fence_is_given_up);
	tcase_add_test(c, settling_has_bounds);
	tcase_add_test(c, stopped_and_out_of_time);
	tcase_add_test(c, values_are_escaped);
	tcase_add_test(c, outcomes_of_errors);
	suite_add_tcase(s, c);
	return s;
}
