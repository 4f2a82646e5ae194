/* Proving the suites: faults of a fixture, and mutations, as a user asks for them. */
#include "base/text.h"
#include "program.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

static void expect_refused(struct outcome_of_program o, const char *fragment, const char *other)
{
	ck_assert_msg(o.status == 2, "status %d: %s", o.status, buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.err), fragment), "no '%s' in: %s", fragment, buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.err), other), "no '%s' in: %s", other, buf_text(&o.err));
	ck_assert_msg(o.err.len && strchr(o.err.data, '\n') == o.err.data + o.err.len - 1, "not one line: %s",
		buf_text(&o.err));
	AUTO_TEXT report = memory_printf("%s/assay-report", folder);
	ck_assert_msg(!file_is_directory(report), "a report was begun");
	program_release(&o);
}

START_TEST(bad_faults)
{
	AUTO_TEXT list = program_file(folder, "faults.tsv", "mine\thost\twhat\n");
	AUTO_TEXT module = program_file(folder, "mod_mine.lua", "");
	expect_refused(PROGRAM(folder, 10, "run", "--fault", "offline_lots"), "offline_lots", "offline_lost");
	expect_refused(PROGRAM(folder, 10, "run", "--fault", "../../x"), "../../x", "assay list --faults");
	expect_refused(PROGRAM(folder, 10, "run", "fixture:ejabberd", "--fault", "offline_lost"), "fixture:ejabberd",
		"no faults");
	expect_refused(PROGRAM(folder, 10, "run", "fixture:prosodi", "--fault", "offline_lost"), "no fixture 'prosodi'",
		"did you mean fixture:prosody");
	expect_refused(PROGRAM(folder, 10, "run", "--fault", "assay_fault"), "assay_fault", "assay list --faults");
	expect_refused(PROGRAM(folder, 10, "run", "--fault", "offline_lost", "--option", "ASSAY_FIXTURE_FAULT=mine"),
		"ASSAY_FIXTURE_FAULT=mine", "one fault");
	expect_refused(PROGRAM(folder, 10, "run", "chat.test", "--fault", "offline_lost"), "chat.test", "fixture");
	expect_refused(PROGRAM(folder, 10, "run", "--fault-dir", "."), "--fault-dir", "--fault NAME");
	expect_refused(PROGRAM(folder, 10, "run", "--fault", "mine", "--fault-dir", "nowhere"), "nowhere", "no folder");
	expect_refused(
		PROGRAM(folder, 10, "run", "--fault", "mine", "--fault-dir", "."), "faults.tsv:1", "four fields");
	expect_refused(PROGRAM(folder, 10, "run", "--fault", "mine", "--fault-dir", "mod_mine.lua"), "mod_mine.lua",
		"no folder");
}
END_TEST

/* Each list is refused at the line that is wrong; "mine" is there, so that nothing else can be the reason. */
START_TEST(bad_lists_of_faults)
{
	static const struct {
		const char *list, *fragment, *other;
	} rows[] = {
		{ "# fine\n\nmine\thost\twhat\n", "faults.tsv:3", "four fields" },
		{ "mine\thost\twhat\tx/*\tmore\n", "faults.tsv:1", "four fields" },
		{ "mine host what x/*\n", "faults.tsv:1", "four fields" },
		{ "mine\thost\t\tx/*\n", "faults.tsv:1", "four fields" },
		{ "mine\tserver\twhat\tx/*\n", "faults.tsv:1", "not 'server'" },
		{ "mine\thost\twhat\tx/*\nmine\trooms\twhat\tx/*\n", "faults.tsv:2", "listed before" },
	};
	AUTO_TEXT module = program_file(folder, "mod_mine.lua", "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTO_TEXT list = program_file(folder, "faults.tsv", rows[i].list);
		expect_refused(PROGRAM(folder, 10, "run", "--fault", "mine", "--fault-dir", "."), rows[i].fragment,
			rows[i].other);
		expect_refused(PROGRAM(folder, 10, "list", "--faults", "."), rows[i].fragment, rows[i].other);
	}
}
END_TEST

START_TEST(faults_that_a_folder_lacks)
{
	AUTO_TEXT module = program_file(folder, "mod_mine.lua", "");
	expect_refused(PROGRAM(folder, 10, "run", "--fault", "yours", "--fault-dir", "."), "yours", "no mod_yours.lua");
	AUTO_TEXT list = program_file(folder, "faults.tsv", "listed\thost\twhat\tx/*\n");
	expect_refused(PROGRAM(folder, 10, "run", "--fault", "listed", "--fault-dir", "."), "listed", "mod_listed.lua");
	expect_refused(PROGRAM(folder, 10, "run", "--fault", "lised", "--fault-dir", "."), "lised",
		"did you mean 'listed'?); `assay list --faults .`");
	expect_refused(PROGRAM(folder, 10, "list", "--faults", "nowhere"), "nowhere", "faults.tsv");
	expect_refused(PROGRAM(folder, 10, "list", "--faults", ".", "."), "--faults", "one folder");
}
END_TEST

/* A fault makes a check fail that passes without it, and the report names it. */
static void expect_caught(struct outcome_of_program o, const char *check, const char *product)
{
	BUF_AUTO results = BUF_INIT;
	struct err e;
	ck_assert_msg(o.status == 1, "status %d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.out), check), "%s", buf_text(&o.out));
	AUTO_TEXT path = memory_printf("%s/assay-report/result.json", folder);
	ck_assert_int_eq(file_read(path, &results, &e), 0);
	ck_assert_msg(strstr(results.data, product), "the report does not name the fault");
	program_release(&o);
}

START_TEST(a_fault_of_the_fixture)
{
	expect_caught(PROGRAM(folder, 60, "run", "--fault", "receipts_swallowed", "--check", "receipts/full-address/*"),
		"fail receipts/full-address/receipt-chat", "with the fault receipts_swallowed");
}
END_TEST

/* Discovery asks for the version too, and must not give up where it gets none. */
START_TEST(a_question_of_discovery_unanswered)
{
	expect_caught(PROGRAM(folder, 60, "run", "--fault", "version_unanswered", "--check", "disco/version/*"),
		"fail disco/version/name-and-version", "\"unanswered\"");
}
END_TEST

START_TEST(a_fault_of_ones_own)
{
	AUTO_TEXT module = program_file(folder, "mod_pings_lost.lua",
		"module:hook(\"iq-get/host/urn:xmpp:ping:ping\", function (event)\n"
		"\tif event.stanza.attr.id == \"server\" then return true; end\nend, 1000);\n");
	AUTO_TEXT script = program_file(folder, "ping.scn",
		"id x/ping\ncites XEP-0199#s2c\nactor phone romeo/phone\n---\nphone connects\nphone asks\n"
		"\t<iq type='get' to='${domain}' id='server'><ping xmlns='urn:xmpp:ping'/></iq>\n"
		"phone is answered within 300ms must XEP-0199#s2c as answered\n\t<iq type='result'/>\n");
	expect_caught(PROGRAM(folder, 60, "run", script, "--fault", "pings_lost", "--fault-dir", "."),
		"fail x/ping/answered", "with the fault pings_lost");
}
END_TEST

START_TEST(a_fault_for_the_rooms)
{
	AUTO_TEXT list = program_file(folder, "faults.tsv", "no_rooms\trooms\trooms do not answer\tx/*\n");
	AUTO_TEXT module = program_file(folder, "mod_no_rooms.lua",
		"assert(module.host:match(\"^conference\"));\n"
		"module:hook(\"iq-get/host/http://jabber.org/protocol/disco#items:query\", function ()\n\treturn true;\nend, 1000);\n");
	AUTO_TEXT script = program_file(folder, "rooms.scn",
		"id x/rooms\ncites XEP-0045#disco-service-rooms\nactor phone romeo/phone\n---\nphone connects\nphone asks\n"
		"\t<iq type='get' to='conference.${domain}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>\n"
		"phone is answered within 300ms must XEP-0045#disco-service-rooms as answered\n\t<iq type='result'/>\n");
	expect_caught(PROGRAM(folder, 60, "run", script, "--fault", "no_rooms", "--fault-dir", "."),
		"fail x/rooms/answered", "with the fault no_rooms");
}
END_TEST

/* A changed copy of a fault of the fixture keeps its name; the copy is what is loaded. */
START_TEST(a_fault_of_ones_own_that_is_named_like_another)
{
	AUTO_TEXT module = program_file(folder, "mod_receipts_swallowed.lua", "error(\"the copy\");\n");
	AUTO_TEXT loader = program_file(folder, "mod_assay_fault.lua", "");
	struct outcome_of_program o = PROGRAM(folder, 60, "run", "--fault", "receipts_swallowed", "--fault-dir", ".");
	ck_assert_int_eq(o.status, 4);
	ck_assert_msg(
		strstr(buf_text(&o.err), "the fault receipts_swallowed cannot be loaded"), "%s", buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.err), "the copy"), "%s", buf_text(&o.err));
	program_release(&o);
}
END_TEST

/* Another way to the same wrong server; its report must not pass for one on a right server either. */
START_TEST(a_fault_by_an_option_of_the_fixture)
{
	expect_caught(
		PROGRAM(folder, 60, "run", "--option", "ASSAY_FIXTURE_FAULT=ping_refused", "--check", "disco/ping/*"),
		"fail disco/ping/by-the-server", "with the fault ping_refused");
}
END_TEST

START_TEST(a_fault_that_cannot_be_loaded)
{
	AUTO_TEXT module = program_file(folder, "mod_broken.lua", "nothing.at_all();\n");
	struct outcome_of_program o = PROGRAM(folder, 60, "run", "--fault", "broken", "--fault-dir", ".");
	ck_assert_int_eq(o.status, 4);
	ck_assert_msg(strstr(buf_text(&o.err), "the fault broken cannot be loaded"), "%s", buf_text(&o.err));
	program_release(&o);
}
END_TEST

START_TEST(faults_are_listed)
{
	struct outcome_of_program o = PROGRAM(folder, 10, "list", "--faults");
	ck_assert_int_eq(o.status, 0);
	ck_assert_msg(strstr(buf_text(&o.out), "offline_lost\t"), "%s", buf_text(&o.out));
	program_release(&o);
	AUTO_TEXT list = program_file(folder, "faults.tsv", "# mine\nmine\trooms\twhat is wrong\tx/*,y/*\n");
	o = PROGRAM(folder, 10, "list", "--faults", ".");
	ck_assert_int_eq(o.status, 0);
	ck_assert_str_eq(buf_text(&o.out), "mine\twhat is wrong\tx/*,y/*\n");
	program_release(&o);
}
END_TEST

/* What only one run could play is no difference between drivers, but one between runs of the same kind. */
START_TEST(runs_are_compared_strictly)
{
	AUTO_TEXT one = program_file(folder, "one.json",
		"{\"checks\": [{\"id\": \"a\", \"verdict\": \"pass\"}, {\"id\": \"b\", \"verdict\": \"pass\"},\n"
		"{\"id\": \"c\", \"verdict\": \"unsupported\"}]}\n");
	AUTO_TEXT two = program_file(folder, "two.json",
		"{\"checks\": [{\"id\": \"a\", \"verdict\": \"pass\"}, {\"id\": \"b\", \"verdict\": \"unsupported\"},\n"
		"{\"id\": \"c\", \"verdict\": \"unsupported\"}, {\"id\": \"d\", \"verdict\": \"fail\", \"message\": \"nothing came\"}]}\n");
	struct outcome_of_program o = PROGRAM(folder, 10, "compare", one, two);
	ck_assert_int_eq(o.status, 0);
	ck_assert_str_eq(buf_text(&o.out), "1 check agrees, 0 differ, 2 were played by one only\n");
	program_release(&o);
	o = PROGRAM(folder, 10, "compare", "--strict", one, two);
	ck_assert_int_eq(o.status, 1);
	ck_assert_str_eq(buf_text(&o.out),
		"b: pass, unsupported\nd: absent, fail\n    nothing came\n1 check agrees, 2 differ, 2 were played by one only\n");
	program_release(&o);
	o = PROGRAM(folder, 10, "compare", "--strict", two, two);
	ck_assert_int_eq(o.status, 0);
	program_release(&o);
}
END_TEST

START_TEST(mutations_are_killed)
{
	struct outcome_of_program o = PROGRAM(folder, 120, "mutate", "--check", "receipts/full-address/receipt-chat");
	ck_assert_msg(o.status == 0, "status %d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.out), "killed 16 of 16, 0 survivors\n"), "%s", buf_text(&o.out));
	program_release(&o);
	/* All is done already, so nothing is played again but the run as it is. */
	o = PROGRAM(folder, 60, "mutate", "--check", "receipts/full-address/receipt-chat", "--resume");
	ck_assert_msg(strstr(buf_text(&o.err), "0 mutations of them"), "%s", buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.out), "killed 16 of 16, 0 survivors\n"), "%s", buf_text(&o.out));
	program_release(&o);
}
END_TEST

/* A check that would be content with any message survives, and its line is shown. */
START_TEST(a_weak_check_survives)
{
	AUTO_TEXT script = program_file(folder, "weak.scn",
		"id x/weak\ncites RFC6121#bare-several\nactor phone romeo/phone\n---\nphone connects\nphone sends\n"
		"\t<message to='${phone.jid}' id='1'/>\n\t<message to='${phone.jid}' id='2'/>\n"
		"phone gets must RFC6121#bare-several as any\n\t<message id='{any}'/>\n");
	struct outcome_of_program o = PROGRAM(folder, 60, "mutate", script);
	ck_assert_int_eq(o.status, 1);
	ck_assert_msg(strstr(buf_text(&o.out), "weak.scn:9: x/weak/any: survived: it does not come\n"), "%s",
		buf_text(&o.out));
	ck_assert_msg(strstr(buf_text(&o.out), "killed 0 of 4, 4 survivors\n"), "%s", buf_text(&o.out));
	program_release(&o);
}
END_TEST

START_TEST(bad_mutations)
{
	expect_refused(PROGRAM(folder, 10, "mutate", "--jobs", "many"), "--jobs", "many");
	expect_refused(PROGRAM(folder, 10, "mutate", "--driver", "x"), "'x'", "native");
	expect_refused(PROGRAM(folder, 10, "mutate", "--resume"), "mutations.jsonl", "nothing to resume");
	expect_refused(PROGRAM(folder, 10, "mutate", "fixture:nonesuch"), "nonesuch", "prosody");
	AUTO_TEXT out = memory_printf("%s/assay-mutate", folder);
	ck_assert_int_eq(mkdir(out, 0755) && !file_is_directory(out), 0);
	AUTO_TEXT file = program_file(out, "mutations.jsonl", "nonsense\n");
	expect_refused(PROGRAM(folder, 10, "mutate", "--resume"), "mutations.jsonl:1", "assay mutate");
}
END_TEST

Suite *suite_soundness(void)
{
	Suite *s = suite_create("soundness");
	TCase *c = tcase_create("all");
	tcase_set_tags(c, "integration");
	tcase_set_timeout(c, 200);
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, bad_faults);
	tcase_add_test(c, bad_lists_of_faults);
	tcase_add_test(c, faults_that_a_folder_lacks);
	tcase_add_test(c, a_fault_of_the_fixture);
	tcase_add_test(c, a_question_of_discovery_unanswered);
	tcase_add_test(c, a_fault_of_ones_own);
	tcase_add_test(c, a_fault_for_the_rooms);
	tcase_add_test(c, a_fault_of_ones_own_that_is_named_like_another);
	tcase_add_test(c, a_fault_by_an_option_of_the_fixture);
	tcase_add_test(c, a_fault_that_cannot_be_loaded);
	tcase_add_test(c, faults_are_listed);
	tcase_add_test(c, runs_are_compared_strictly);
	tcase_add_test(c, mutations_are_killed);
	tcase_add_test(c, a_weak_check_survives);
	tcase_add_test(c, bad_mutations);
	suite_add_tcase(s, c);
	return s;
}
