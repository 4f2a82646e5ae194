/* Every kind of fault in a scenario: found before anything runs, at its line and column, saying what was expected. */
#include "script_file.h"
#include <check.h>
#include <string.h>

#define HEAD   "id a/b\nactor romeo romeo/phone\nactor tablet romeo/tablet\nactor juliet juliet/balcony\n---\n"
#define BRIDGE "id a/b\nactor bridge component\n---\n" /* the next line is 4 */
#define CLIENT                                                                                                         \
	"id a/b\nactor client client romeo/phone\nactor juliet juliet/balcony\n---\nclient connects\njuliet connects\n" /* the next line is 7 */
#define ON   HEAD "romeo connects\n"  /* the next line is 7 */
#define BOTH ON "juliet connects\n"   /* the next line is 8 */
#define ALL  BOTH "tablet connects\n" /* the next line is 9 */

static const struct {
	const char *text;
	const char *where, *message;
} faults[] = {
	/* header */
	{ "actor a b/c\n---\na connects\n", "1:1", "no id" },
	{ "id a\nactor a b/c\n---\na connects\n", "1:1", "id SUITE/SCENARIO" },
	{ "id A/b\nactor a b/c\n---\na connects\n", "1:1", "small letters" },
	{ "id a/b\nid a/c\nactor a b/c\n---\na connects\n", "2:1", "a second id" },
	{ "id a/b\n---\n", "1:1", "no actor" },
	{ "id a/b\nactor a b/c\n", "3:1", "expected a line `---`" },
	{ "id a/b\nactor a b/c\n---\n", "1:1", "no steps" },
	{ "id a/b\nactr a b/c\n---\n", "2:1", "did you mean 'actor'" },
	{ "id a/b\nactor a b\n---\n", "2:1", "ACCOUNT/RESOURCE" },
	{ "id a/b\nactor a\n---\n", "2:1", "expected `actor NAME" },
	{ "id a/b\nactor A b/c\n---\n", "2:1", "no name for an actor" },
	{ "id a/b\nactor a b/c\nactor a b/d\n---\n", "3:1", "two actors 'a'" },
	{ "id a/b\nactor a b/c friend\n---\n", "2:1", "'friend': expected owner" },
	{ "id a/b\nactor a b/c owner\nactor d b/e stranger\n---\n", "3:1", "two roles" },
	{ "id a/b\nactor a b/c owner\nactor d e/f owner\n---\n", "1:1", "two accounts are `owner`" },
	{ "id a/b\nactor a b/c contact\n---\n", "1:1", "none is `owner`" },
	{ "id a/b\nneeds something\nactor a b/c\n---\n", "2:1", "expected `needs" },
	{ "id a/b\nneeds planet x\nactor a b/c\n---\n", "2:1", "'planet'" },
	{ "id a/b\nneeds service fax\nactor a b/c\n---\n", "2:1", "'fax'" },
	{ "id a/b\nneeds driver wings\nactor a b/c\n---\n", "2:1", "'wings'" },
	{ "id a/b\nneeds component x\nactor a b/c\n---\n", "2:1", "'component'" },
	{ "id a/b\nactor a component owner\n---\n", "2:1", "ACCOUNT/RESOURCE" },
	{ "id a/b\nneeds peer P!\nactor a b/c\n---\n", "2:1", "no name for a second target" },
	{ "id a/b\nneeds driver cut at peer\nactor a b/c\n---\n", "2:1", "driver is not asked of a second target" },
	{ "id a/b\nactor a b/c at P!\n---\n", "2:1", "no name for a second target" },
	{ "id a/b\nactor a b/c at b\n---\na connects\n", "1:1", "'b' is a second target, and an actor or account too" },
	{ "id a/b\ncites XEP-0280\nactor a b/c\n---\n", "2:7", "no citation" },
	{ "id a/b\nprefix x\nactor a b/c\n---\n", "2:1", "prefix NAME NAMESPACE" },
	{ "id a/b\n  actor a b/c\n---\n", "2:1", "indented" },
	/* clients under test */
	{ "id a/b\nactor a client\n---\n", "2:1", "expected `actor NAME" },
	{ "id a/b\nactor a client b/c at peer\n---\n", "2:1", "at the first target" },
	{ CLIENT "client asks\n    <iq type=\"get\"/>\n", "7:8", "no verb of a client under test" },
	{ CLIENT "client opens\n", "7:8", "no verb of a client" },
	{ CLIENT "juliet shows\n    <message/>\n", "7:8", "no verb" },
	{ CLIENT "client does\n", "7:12", "a command of docs/adapters.md" },
	{ CLIENT "client does sned a b\n", "7:13", "did you mean 'send'" },
	{ CLIENT "client does send a\n", "7:13", "expected `send JID TEXT`" },
	{ CLIENT "client does block a b\n", "7:13", "expected `block JID`" },
	{ CLIENT "client does connect\n", "7:13", "expected `client connects`" },
	{ CLIENT "client does send ${nobody} x\n", "7:18", "${nobody} is not known" },
	{ CLIENT "client tries sned a b\n", "7:14", "did you mean 'send'" },
	{ CLIENT "client has keys openpgp\n", "7:17", "keys of a client under test are its own" },
	{ CLIENT "client has keys omemo\n", "7:", "numbered" },
	{ CLIENT "client has keys omemo numbered\n", "7:", "the number of its device" },
	{ CLIENT "client has keys pgp numbered 1\n", "7:17", "no form of OMEMO" },
	{ CLIENT "hidden x from client\n", "7:15", "whose keys nobody else has" },
	{ CLIENT "client shows\n    <mesage/>\n", "8:1", "did you mean <message/>" },
	{ CLIENT "client shows\n    <done/>\n", "8:1", "is nothing that a client shows" },
	{ CLIENT "client shows\n    <message sender=\"a\"/>\n", "8:1", "no member 'sender'" },
	{ CLIENT "client never sends until fence node juliet x\n    <a/>\n", "7:1",
		"no such fence comes back from a client" },
	{ CLIENT "client never sends until fence iq example.org\n    <a/>\n", "7:1", "no such fence comes back" },
	{ CLIENT "client never sends until fence direct client\n    <a/>\n", "7:1",
		"a client under test sends no fence" },
	{ CLIENT "juliet never until fence direct client\n    <a/>\n", "7:1", "a client under test sends no fence" },
	{ CLIENT "juliet never until fence shown juliet\n    <a/>\n", "7:1",
		"of a client under test, and juliet is none" },
	{ CLIENT "juliet never until fence idle\n    <a/>\n", "7:1", "of a client under test, and juliet is none" },
	{ CLIENT "gateway ends juliet\n", "7:14", "juliet is no client under test" },
	{ CLIENT "gateway cuts juliet\n", "7:14", "juliet is no client under test" },
	{ CLIENT "gateway cuts\n", "7:13", "expected a client under test" },
	{ CLIENT "gateway repeats to client\n", "7:26", "expected an indented block" },
	{ CLIENT "client sends needed must X#y\n    <a/>\n", "7:1", "is not `needed`" },
	{ CLIENT "client disconnects\nclient does block a\n", "8:1", "client is not online here" },
	/* lines */
	{ HEAD "romio connects\n", "6:1", "did you mean 'romeo'" },
	{ HEAD "romeo conects\n", "6:7", "did you mean 'connects'" },
	{ HEAD "romeo\n", "6:6", "no verb" },
	{ HEAD "    <a/>\n", "6:5", "without a step before it" },
	{ HEAD "romeo connects over pigeon\n", "6:21", "expected starttls, direct or ws" },
	{ HEAD "romeo connects quickly\n", "6:16", "'quickly' is not expected" },
	{ HEAD "romeo connects by\n", "6:18", "expected a mechanism" },
	{ HEAD "romeo connects with luck\n", "6:21", "expected password" },
	{ HEAD "romeo connects\n    <a/>\n", "7:1", "takes none" },
	{ BRIDGE "bridge connects over direct\n", "4:1", "bridge is a component" },
	{ BRIDGE "bridge connects unbound\n", "4:1", "bridge is a component" },
	{ BRIDGE "bridge connects as gate\n", "4:1", "bridge is a component" },
	{ BRIDGE "bridge connects with password x\n", "4:22", "expected secret" },
	{ BRIDGE "bridge opens secured\n", "4:1", "bridge is a component" },
	{ BRIDGE "bridge opens for servers\n", "4:1", "bridge is a component" },
	{ BRIDGE "bridge is refused alike must A#b\n", "4:1", "bridge is a component" },
	{ BRIDGE "bridge has keys omemo\n", "4:1", "bridge is a component" },
	{ BRIDGE "bridge connects\nbridge acks by hand\n", "5:1", "bridge is a component" },
	{ BRIDGE "bridge connects\nbridge gets until fence archive bridge\n    <message/>\n", "5:1",
		"a fence is one of accounts" },
	{ BRIDGE "bridge shakes hands x\n", "4:", "expected a text" },
	{ BRIDGE "let x ${bridge.user}\n", "4:7", "bridge.user" },
	{ HEAD "romeo connects with secret x\n", "6:21", "expected password" },
	{ HEAD "romeo shakes hands x y\n", "6:1", "romeo is no component" },
	{ ON "romeo acks loudly\n", "7:12", "by hand" },
	{ ON "romeo marks X!\n", "7:13", "no name" },
	{ ON "measure x from a\n", "7:17", "ends too early; the form is: measure" },
	{ ON "romeo gets next\n <message/>\nor\n <iq/>\n", "9:1", "leave out `next`" },
	{ ON "measure x\n", "7:10", "ends too early; the form is: measure" },
	{ ON "measure x to a\n", "7:11", "not expected" },
	{ ON "let x\n", "7:6", "expected a text" },
	{ ON "encode x\n", "7:9", "expected a text" },
	{ ON "attribute x rs a\n", "7:13", "expected one letter" },
	{ ON "attribute x r\n", "7:", "expected a text" },
	{ ON "romeo has keys pgp\n", "7:16", "no form of OMEMO" },
	{ ON "romeo has keys openpgp of juliet\n", "7:27", "not another device of romeo" },
	{ ON "romeo restores keys of romeo\n", "7:24", "not another device of romeo" },
	{ ON "romeo sends\n    <message><openpgp xmlns='urn:assay:openpgp:0' for='juliet' kind='seal'/></message>\n",
		"7:1", "no kind of OpenPGP" },
	{ ON "romeo sends\n    <message><pubkey xmlns='urn:assay:openpgp:0'/></message>\n", "7:1",
		"lacks its attribute 'of'" },
	{ ON "romeo sends\n    <message><bundle xmlns='urn:assay:openpgp:0' of='romeo'/></message>\n", "7:1",
		"none of pubkey" },
	{ ON "romeo learns julia\n", "7:14", "did you mean 'juliet'" },
	{ ON "romeo sends\n    <message><bundle xmlns='urn:assay:omemo:0' of='julia'/></message>\n", "7:1",
		"'julia' in the block is no actor" },
	{ ON "romeo sends\n    <message><devices xmlns='urn:assay:omemo:0'/></message>\n", "7:1",
		"lacks its attribute 'of'" },
	{ ON "romeo sends\n    <message><key xmlns='urn:assay:omemo:0' of='romeo'/></message>\n", "7:1",
		"none of bundle" },
	{ ON "romeo sends\n    <message><bundle xmlns='urn:assay:omemo:0' of='romeo' forged='payload'/></message>\n",
		"7:1", "'payload' is nothing that can be forged in <bundle>" },
	{ ON "romeo has keys omemo numbered of juliet\n", "7:31", "not expected here" },
	{ ON "romeo forgets\n", "7:", "expected an actor" },
	{ ON "romeo cannot read because tired\n", "7:27", "'tired' is no reason" },
	{ ON "romeo proves x y PLAIN a\n", "7:18", "has no proof" },
	{ ON "romeo proves x y SCRAM-SHA-1\n", "7:", "expected a text" },
	{ ON "romeo proves x\n", "7:", "expected a name" },
	{ ON "decode x ${y}\n", "7:10", "${y} is not known" },
	{ ON "same a\n", "7:7", "expected a second text" },
	/* blocks */
	{ ON "romeo sends\n", "7:12", "expected an indented block" },
	{ ON "romeo sends\n    <message>\n", "8:", "not well-formed" },
	{ ON "romeo sends\n    <message to=a/>\n", "8:17", "not well-formed" },
	{ ON "romeo sends\n    <a/>\n    <b></c>\n", "9:", "not well-formed" },
	{ ON "romeo sends\n    hello\n", "8:1", "text outside an element" },
	{ ON "romeo sends\n    <message to=\"${who.jid}\"/>\n", "8:18", "${who.jid} is not known" },
	{ ON "romeo sends\n    <message to=\"${romeo.jdi}\"/>\n", "8:18", "did you mean ${romeo.jid}" },
	{ ON "romeo sends\n    <message to=\"${\"/>\n", "8:18", "without a name" },
	{ ON "romeo asks\n    <message/>\n", "8:1", "one <iq> of type get or set" },
	{ ON "romeo asks\n    <iq type=\"result\"/>\n", "8:1", "one <iq> of type get or set" },
	{ ON "romeo asks\n    <iq type=\"get\"/>\n    <iq type=\"get\"/>\n", "8:1", "one <iq> of type get or set" },
	{ ON "romeo gets\n    <message id=\"{nonsense}\"/>\n", "8:1", "unknown token {nonsense}" },
	{ ON "romeo gets\n    <message>\n      <body>{any</body></message>\n", "9:1", "without its }" },
	{ ON "romeo got\n    count(//x\n", "8:5", "not an XPath expression" },
	{ ON "romeo keeps x\n    1\n    2\n", "8:1", "expected one expression" },
	{ ON "romeo keeps x as\n    1\n", "7:17", "a slug" },
	{ ON "romeo keeps x as Largest : The largest\n    1\n", "7:18", "'Largest' is no slug" },
	{ ON "romeo keeps x as largest\n    1\n", "7:18", "needs a title: expected `as largest : TITLE`" },
	{ ON "same ${x} 1\n", "7:6", "${x} is not known" },
	{ ON "let x ${x}\n", "7:7", "${x} is not known" },
	/* checks */
	{ ON "romeo gets must\n    <a/>\n", "7:16", "cites what it rests on" },
	{ ON "romeo gets must X#a must X#b\n    <a/>\n", "7:21", "a second level" },
	{ ON "romeo gets must X#a as Big\n    <a/>\n", "7:24", "no slug" },
	{ ON "romeo gets as name\n    <a/>\n", "7:15", "names a check" },
	{ ON "romeo gets must X#a\n    <a/>\nromeo gets must X#a\n    <a/>\n", "9:1", "there twice (first at line 7)" },
	{ ON "romeo gets must-if x\n    <a/>\n", "7:12", "not expected" },
	{ ON "romeo gets once\n    <a/>\n", "7:1", "belongs to a check" },
	{ ON "romeo gets within soon\n    <a/>\n", "7:19", "no time" },
	{ ON "romeo gets together next\n    <a/>\n", "7:1", "exclude each other" },
	{ ON "romeo asks\n    <iq type=\"get\"/>\nromeo is answered\n    <message/>\n", "10:1",
		"an answer is an <iq/>" },
	{ ON "finally\nromeo gets must X#a\n    <a/>\n", "8:1", "a check after `finally`" },
	{ ON "finally\nfinally\n", "8:1", "a second `finally`" },
	/* fences */
	{ ON "romeo never must X#a\n    <a/>\n", "7:21", "needs a fence" },
	{ ON "romeo never must X#a until\n    <a/>\n", "7:27", "expected `fence KIND" },
	{ ON "romeo never must X#a until fence picket juliet\n    <a/>\n", "7:34", "'picket' is no fence" },
	{ ON "romeo never must X#a until fence direct\n    <a/>\n", "7:40", "the actor who sends the fence" },
	{ ON "romeo never must X#a until fence direct julia\n    <a/>\n", "7:41", "did you mean 'juliet'" },
	{ ON "romeo never must X#a until fence direct juliet\n    <a/>\n", "7:1", "needs juliet online" },
	{ BOTH "romeo never must X#a until fence carbon juliet romeo\n    <a/>\n", "8:34", "not another device" },
	{ BOTH "romeo never must X#a until fence roster juliet\n    <a/>\n", "8:34", "device of the same account" },
	{ ON "romeo never must X#a until settled\n    <a/>\n", "7:35", "needs the reason" },
	{ ON "romeo gets must X#a until settled no shared route\n    <a/>\n", "7:1", "is for `never`" },
	{ ON "romeo never must X#a until pattern\n    <a/>\n", "7:1", "needs an `until` block" },
	{ ON "until\n    <a/>\n", "7:1", "follows a step that said" },
	{ ON "or\n    <a/>\n", "7:1", "`or` follows" },
	/* what cannot happen */
	{ HEAD "romeo sends\n    <presence/>\n", "6:1", "not online here" },
	{ ON "romeo disconnects\nromeo sends\n    <presence/>\n", "8:1", "not online here" },
	{ ON "romeo cuts\nromeo gets\n    <a/>\n", "8:1", "not online here" },
	{ ON "romeo connects\n", "7:1", "online already" },
	{ HEAD "romeo opens for\n", "6:", "the form is: A opens" },
	{ HEAD "romeo opens authenticated for servers\n", "6:", "'servers' is not expected here" },
	{ HEAD "romeo opens for servers with password x\n", "6:", "expected certificate after `with`" },
	{ HEAD "romeo opens with certificate x\n", "6:", "expected password after `with`" },
	{ HEAD "romeo opens for servers with certificate ${x}\n", "6:", "${x} is not known" },
	{ ON "romeo fetches https://example.org/\n", "7:1", "romeo is online" },
	{ HEAD "romeo fetches\n", "6:", "expected a URL" },
	{ HEAD "romeo fetches ${host-mata}\n", "6:", "did you mean ${host-meta}" },
	{ HEAD "romeo posts ${bosh}\n", "6:", "expected an indented block" },
	{ HEAD "romeo opens\nromeo secures or\n", "7:", "the form is: A secures [or ends]" },
	{ ON "romeo got needed must X#a\n    true()\n", "7:1", "is not `needed`" },
	{ HEAD "romeo resumes\n", "6:1", "never online" },
	{ HEAD "romeo disconnects\n", "6:1", "not online" },
	{ HEAD "romeo got\n    true()\n", "6:1", "never online" },
	{ ON "romeo is answered\n    <iq/>\n", "7:1", "has not asked" },
	{ ON "romeo asks\n    <iq type=\"get\"/>\nromeo is answered\n    <iq/>\nromeo is answered\n    <iq/>\n", "11:1",
		"has not asked" },
	/* includes */
	{ HEAD "include\n", "6:1", "include FILE" },
	{ HEAD "include nowhere.inc romeo\n", "6:1", "no file 'nowhere.inc'" },
	{ HEAD "include own.inc\n", "6:1", "takes one word or more" },
	{ HEAD "include two.inc romeo\n", "6:1", "takes 2 words, not 1" },
	{ HEAD "include loop.inc romeo\n", "", "include itself" },
	{ HEAD "include wrong.inc romeo\n", "", "conects" },
	{ HEAD "include bare.inc romeo\n", "", "takes each NAME" },
};

START_TEST(fault)
{
	const char *told;
	script_file("own.inc", "takes each who\nwho connects\n");
	script_file("two.inc", "takes a b\na connects\n");
	script_file("loop.inc", "takes a\ninclude loop.inc a\n");
	script_file("wrong.inc", "takes a\na conects\n");
	script_file("bare.inc", "romeo connects\n");
	struct scenario *s = script_load("x.scn", faults[_i].text, &told);
	ck_assert_msg(s == NULL, "taken: %s", faults[_i].text);
	ck_assert_msg(strncmp(told, faults[_i].where, strlen(faults[_i].where)) == 0, "at %s, expected %s\n%s", told,
		faults[_i].where, faults[_i].text);
	ck_assert_msg(
		strstr(told, faults[_i].message), "'%s' is not in: %s\n%s", faults[_i].message, told, faults[_i].text);
}
END_TEST

START_TEST(every_fault_is_told)
{
	const char *told;
	ck_assert_ptr_null(script_load("x.scn", ON "romeo conects\nromeo sends\nromio gets\n    <a/>\n", &told));
	ck_assert_ptr_nonnull(strstr(told, "7:7"));
	ck_assert_ptr_nonnull(strstr(told, "8:12"));
	ck_assert_ptr_nonnull(strstr(told, "9:1"));
}
END_TEST

START_TEST(no_text)
{
	const char *told;
	ck_assert_ptr_null(script_load("x.scn", "", &told));
	ck_assert_ptr_null(script_load("x.scn", "\xff\xfe\n", &told));
}
END_TEST

Suite *suite_script_errors(void)
{
	Suite *s = suite_create("script errors");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, script_folder_make, script_folder_remove);
	tcase_add_loop_test(c, fault, 0, (int)(sizeof faults / sizeof *faults));
	tcase_add_test(c, every_fault_is_told);
	tcase_add_test(c, no_text);
	suite_add_tcase(s, c);
	return s;
}
