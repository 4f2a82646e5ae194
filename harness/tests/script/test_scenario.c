/* A sound scenario becomes the tree that it says. */
#include "base/text.h"
#include "script/verbs.h"
#include "script_file.h"
#include <check.h>
#include <string.h>

static const char *told;

static struct scenario *load(const char *text)
{
	struct scenario *s = script_load("b.scn", text, &told);
	ck_assert_msg(s != NULL, "%s", told);
	return s;
}

#define HEAD                                                                                                           \
	"id a/b\ntitle A title\nabout One.\nabout Two.\ncites X#h\ntags t u\nneeds no server f\nneeds service muc g\n" \
	"actor phone romeo/phone\nactor laptop romeo/laptop\nactor juliet juliet/balcony\nprefix z urn:z\n---\n"

START_TEST(header)
{
	struct scenario *s = load(HEAD "phone connects\n");
	ck_assert_str_eq(s->id, "a/b");
	ck_assert_str_eq(s->suite, "a");
	ck_assert_str_eq(s->name, "b");
	ck_assert_str_eq(s->title, "A title");
	ck_assert_str_eq(s->about, "One. Two.");
	ck_assert_str_eq(s->cites[0], "X#h");
	ck_assert_ptr_null(s->cites[1]);
	ck_assert_str_eq(s->tags[1], "u");
	ck_assert_uint_eq(s->need_count, 2);
	ck_assert(s->needs[0].absent && s->needs[0].kind == NEED_SERVER);
	ck_assert_str_eq(s->needs[1].detail, "g");
	ck_assert_uint_eq(s->account_count, 2);
	ck_assert_uint_eq(s->actor_count, 3);
	ck_assert_ptr_eq(s->actors[0].account, s->actors[1].account);
	ck_assert_str_eq(map_get(&s->prefixes, "z"), "urn:z");
	ck_assert_str_eq(map_get(&s->prefixes, "mam"), "urn:xmpp:mam:2");
	scenario_free(s);
}
END_TEST

START_TEST(checks)
{
	struct scenario *s = load(HEAD
		"phone connects\nphone gets must X#b-c Y#d within 2s : it comes\n    <a/>\n"
		"phone gets should X#e must-if feature as own-name once\n    <a/>\n    <b/>\nphone gets\n    <a/>\n");
	ck_assert_uint_eq(s->step_count, 4);
	const struct step *one = &s->steps[1], *two = &s->steps[2];
	ck_assert_int_eq(one->check.level, LEVEL_MUST);
	ck_assert_str_eq(one->check.id, "a/b/phone-gets-b-c");
	ck_assert_str_eq(one->check.cites[1], "Y#d");
	ck_assert_str_eq(one->check.title, "it comes");
	ck_assert_int_eq(one->within, INT64_C(2000000000));
	ck_assert_int_eq(one->position.line, 15);
	ck_assert_str_eq(two->check.id, "a/b/own-name");
	ck_assert_str_eq(two->check.must_if, "feature");
	ck_assert(two->once);
	ck_assert_uint_eq(two->expectation_count, 2);
	ck_assert_int_eq(two->expectations[1].position.line, 19);
	ck_assert_int_eq(s->steps[3].check.level, LEVEL_NONE);
	ck_assert_str_eq(s->cites[0], "X#h");
	ck_assert_str_eq(s->cites[3], "X#e");
	scenario_free(s);
}
END_TEST

START_TEST(fences_and_alternatives)
{
	struct scenario *s = load(HEAD
		"phone connects\nlaptop connects\njuliet connects\n"
		"phone never must X#a until fence carbon juliet laptop\n    <a/>\n"
		"phone gets must X#b until pattern\n    <a/>\nuntil\n    <fence/>\n"
		"phone gets must X#c\n    <a/>\nor\n    <b/>\nor weakly\n    <c/>\n"
		"phone never must X#d until settled nobody shares a route\n    <a/>\nphone never must X#e until fence iq\n    <a/>\n");
	const struct step *step = &s->steps[3];
	ck_assert_int_eq(step->fence.kind, FENCE_CARBON);
	ck_assert_str_eq(step->fence.from->name, "juliet");
	ck_assert_str_eq(step->fence.via->name, "laptop");
	ck_assert_int_eq(step[1].fence.kind, FENCE_PATTERN);
	ck_assert_ptr_nonnull(step[1].fence.pattern);
	ck_assert(step[2].either);
	ck_assert_uint_eq(step[2].expectation_count, 3);
	ck_assert_int_eq(step[2].expectations[1].verdict, ALTERNATIVE_PASS);
	ck_assert_int_eq(step[2].expectations[2].verdict, ALTERNATIVE_WEAK);
	ck_assert_str_eq(step[3].fence.text, "nobody shares a route");
	ck_assert_int_eq(step[4].fence.kind, FENCE_IQ);
	scenario_free(s);
}
END_TEST

START_TEST(derived_needs)
{
	struct scenario *s = load(
		"id a/b\nactor a b/c\n---\na connects by PLAIN over direct\na sends raw\n    <\na cuts\n"
		"a resumes with h 3\na gets\n    <message xml:lang=\"de\"/>\na cuts\na connects unbound\nfinally\na disconnects\n");
	static const char *const wanted[] = { "mechanism", "direct", "raw", "cut", "sm", "faithful", "unbound" };
	ck_assert_uint_eq(s->need_count, 7);
	for (size_t i = 0; i < 7; i++) {
		bool there = false;
		for (size_t k = 0; k < s->need_count; k++)
			there |= strcmp(s->needs[k].value, wanted[i]) == 0 && s->needs[k].kind == NEED_DRIVER;
		ck_assert_msg(there, "%s", wanted[i]);
	}
	ck_assert_str_eq(s->steps[3].h, "3");
	ck_assert_uint_eq(s->finally, s->step_count - 1);
	scenario_free(s);
}
END_TEST

/* Two clients: the second one is a client too, and each is needed. */
START_TEST(two_clients)
{
	struct scenario *s =
		load("id a/b\nneeds second-client rooms\nneeds no second-client\nactor a client romeo/phone owner\n"
		     "actor b second-client juliet/balcony contact\n---\na connects\nb connects\nb tries encrypt "
		     "${a.bare}\nb does send ${a.bare} x\n");
	bool needs[2] = { false };
	ck_assert(s->actors[0].client && !s->actors[0].second && s->actors[1].client && s->actors[1].second);
	ck_assert_int_eq(s->accounts[1].role, ROLE_CONTACT);
	ck_assert(s->needs[0].kind == NEED_SECOND && !s->needs[0].absent && s->needs[1].kind == NEED_SECOND);
	ck_assert_str_eq(s->needs[0].value, "rooms");
	ck_assert(s->needs[1].absent && !*s->needs[1].value);
	for (size_t i = 2; i < s->need_count; i++) {
		needs[0] |= s->needs[i].kind == NEED_CLIENT && !s->needs[i].absent;
		needs[1] |= s->needs[i].kind == NEED_SECOND && !s->needs[i].absent;
	}
	ck_assert(needs[0] && needs[1]);
	size_t last = s->step_count - 1;
	ck_assert(s->steps[last - 1].kind == STEP_DOES && s->steps[last - 1].may_fail && !s->steps[last].may_fail);
	scenario_free(s);
}
END_TEST

/* A component needs what there is one of, and nothing else that its steps would ask of a device's driver. */
START_TEST(component)
{
	struct scenario *s = load(
		"id a/b\ntags t\nactor a component\nactor b component\n---\na opens\na sends raw\n    <a>${a.domain}</a>\n"
		"a shakes hands proof ${a.jid} ${run}\na cuts\na connects with secret no\nb is refused with secret ${proof}\n");
	ck_assert_uint_eq(s->account_count, 0);
	ck_assert_uint_eq(s->actor_count, 2);
	ck_assert(s->actors[0].component && !s->actors[0].resource && s->actors[0].account != s->actors[1].account);
	ck_assert_uint_eq(s->need_count, 2);
	ck_assert(s->needs[0].kind == NEED_COMPONENT && !s->needs[0].absent);
	ck_assert(s->needs[1].kind == NEED_DRIVER);
	ck_assert_str_eq(s->needs[1].value, "component");
	ck_assert_str_eq(s->tags[0], "t");
	ck_assert_str_eq(s->tags[1], "exclusive-component");
	ck_assert_ptr_null(s->tags[2]);
	ck_assert_int_eq(s->steps[2].kind, STEP_SHAKES);
	ck_assert_str_eq(s->steps[2].right, "${a.jid} ${run}");
	ck_assert_str_eq(s->steps[4].password, "no");
	ck_assert_str_eq(s->steps[5].password, "${proof}");
	scenario_free(s);
}
END_TEST

START_TEST(raw_text)
{
	struct scenario *s = load("id a/b\nactor a b/c\n---\na connects\na sends raw\n      <one>\n\n        two\n");
	ck_assert_str_eq(s->steps[1].raw, "<one>\n\n  two");
	scenario_free(s);
}
END_TEST

START_TEST(includes)
{
	script_file("each.inc",
		"# a comment\ntakes each who\nwho connects\nwho sends\n    <message to=\"${who.bare}\" id=\"${who}\"/>\n");
	script_file("pair.inc", "takes a text\ninclude each.inc a\nlet x ${text}\n");
	struct scenario *s = load(HEAD
		"include each.inc phone laptop\ninclude pair.inc juliet hello\nphone sends\n    <a b=\"${x}\"/>\n");
	ck_assert_uint_eq(s->step_count, 8);
	ck_assert_str_eq(s->steps[2].actor->name, "laptop");
	ck_assert_str_eq(xml_attribute(xml_root(s->steps[3].elements[0]), "to"), "${laptop.bare}");
	ck_assert_str_eq(xml_attribute(xml_root(s->steps[3].elements[0]), "id"), "laptop");
	ck_assert_str_eq(s->steps[6].right, "hello");
	ck_assert(text_ends(s->steps[0].position.file, "each.inc"));
	ck_assert_int_eq(s->steps[0].position.line, 3);
	scenario_free(s);
}
END_TEST

START_TEST(contacts)
{
	struct scenario *s = load("id a/b\nactor a romeo/c owner\nactor d juliet/e contact\n---\na connects\n");
	ck_assert_uint_eq(s->actor_count, 4);
	ck_assert(s->actors[2].hidden && s->actors[3].hidden);
	ck_assert_str_eq(s->actors[2].name, "romeo.setup");
	ck_assert_uint_gt(s->step_count, 10);
	ck_assert_str_eq(s->steps[s->step_count - 1].actor->name, "a");
	/* the set-up leaves */
	ck_assert_int_eq(s->steps[s->step_count - 2].kind, STEP_DISCONNECTS);
	ck_assert_int_eq(s->steps[s->step_count - 3].kind, STEP_DISCONNECTS);
	scenario_free(s);
}
END_TEST

START_TEST(manual_agrees)
{
	struct err e;
	BUF_AUTO made = BUF_INIT;
	BUF_AUTO kept = BUF_INIT;
	language_manual(&made);
	ck_assert_int_eq(file_read("docs/language.md", &kept, &e), 0);
	ck_assert_msg(strcmp(made.data, kept.data) == 0, "docs/language.md is not what `assay language` prints");
	for (const struct verb *v = verbs; v->words; v++) {
		AUTO_TEXT heading = memory_printf("\n### %s\n", v->words);
		ck_assert_msg(strstr(made.data, heading), "no heading for %s", v->words);
	}
}
END_TEST

/* Each example of the manual is taken by the parser. */
START_TEST(verbs_of_several_words)
{
	struct scenario *s = load(HEAD
		"phone is refused by PLAIN with password x\nphone is refused alike by PLAIN should X#e as same-time\n");
	ck_assert_uint_eq(s->step_count, 2);
	ck_assert_int_eq(s->steps[0].kind, STEP_REFUSED);
	ck_assert_int_eq(s->steps[1].kind, STEP_ALIKE);
	ck_assert_str_eq(s->steps[1].mechanism, "PLAIN");
	ck_assert_int_eq(s->steps[1].check.level, LEVEL_SHOULD);
	scenario_free(s);
}
END_TEST

START_TEST(examples_are_sound)
{
	for (const struct verb *v = verbs; v->words; v++) {
		static const char *const skipped[] = { "include", "or", "until", "finally", "connects", "opens",
			"fetches", "posts", "is refused", "is refused alike", "resumes", "same", "differ",
			"shakes hands", "disconnects" };
		bool skip = false;
		for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
			skip |= strcmp(skipped[i], v->words) == 0;
		if (skip)
			continue;
		const char *before = strcmp(v->words, "is answered") == 0 ? "phone asks\n    <iq type=\"get\"/>\n" : "";
		bool client = v->subject == VERB_CLIENT || text_starts(v->words, "gateway ");
		AUTO_TEXT text = memory_printf("%s%s%s\n",
			client ? "id a/b\nactor client client romeo/phone\nactor juliet juliet/balcony\n---\n"
				 "juliet connects\nclient connects\n"
			       : HEAD "phone connects\nlaptop connects\njuliet connects\n",
			before, v->example);
		scenario_free(load(text));
	}
}
END_TEST

START_TEST(catalogue)
{
	struct err e;
	struct catalogue c = { 0 };
	const char *path = script_file(
		"XEP-1.tsv", "anchor\tsection\tlevel\tduty\ttext\twaiver\na-b\t3.1\tMUST\tserver\tIt does.\t\n");
	ck_assert_int_eq(catalogue_load(&c, path, &e), 0);
	const struct requirement *r = catalogue_find(&c, "XEP-1#a-b");
	ck_assert_ptr_nonnull(r);
	ck_assert_str_eq(r->section, "3.1");
	ck_assert_int_eq(r->level, LEVEL_MUST);
	ck_assert_ptr_null(catalogue_find(&c, "XEP-1#c"));
	catalogue_release(&c);
	static const char *const bad[] = { "a\t1\tMUST\tserver\n", "A\t1\tMUST\tserver\tx\t\n",
		"a\t1\tOUGHT\tserver\tx\t\n", "a\t1\tMUST\tpeer\tx\t\n",
		"a\t1\tMUST\tserver\tx\t\na\t1\tMUST\tserver\tx\t\n" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct catalogue b = { 0 };
		AUTO_TEXT text = memory_printf("header\n%s", bad[i]);
		AUTO_TEXT name = memory_printf("XEP-%zu.tsv", i + 10);
		ck_assert_int_eq(catalogue_load(&b, script_file(name, text), &e), -1);
		ck_assert_ptr_nonnull(strstr(e.where, i < 4 ? ".tsv:2" : ".tsv:3"));
		catalogue_release(&b);
	}
}
END_TEST

Suite *suite_scenario(void)
{
	Suite *s = suite_create("scenario");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, script_folder_make, script_folder_remove);
	tcase_add_test(c, header);
	tcase_add_test(c, checks);
	tcase_add_test(c, fences_and_alternatives);
	tcase_add_test(c, derived_needs);
	tcase_add_test(c, component);
	tcase_add_test(c, two_clients);
	tcase_add_test(c, raw_text);
	tcase_add_test(c, includes);
	tcase_add_test(c, contacts);
	tcase_add_test(c, manual_agrees);
	tcase_add_test(c, verbs_of_several_words);
	tcase_add_test(c, examples_are_sound);
	tcase_add_test(c, catalogue);
	suite_add_tcase(s, c);
	return s;
}
