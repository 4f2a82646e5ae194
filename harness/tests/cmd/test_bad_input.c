/* Bad input: one clear line, the right exit status, nothing half done. The whole program is started. */
#include "base/memory.h"
#include "base/text.h"
#include "program.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

static size_t count_lines(const struct buf *b)
{
	size_t lines = 0;
	for (size_t i = 0; i < b->len; i++)
		lines += b->data[i] == '\n';
	return lines;
}

/* Exit status, a single line on standard error that holds every fragment, nothing on standard output, no report. */
static void expect(struct outcome_of_program o, int status, const char *const *fragments)
{
	ck_assert_msg(o.status == status, "status %d, expected %d: %s%s", o.status, status, buf_text(&o.out),
		buf_text(&o.err));
	ck_assert_msg(count_lines(&o.err) == 1, "not one line: %s", buf_text(&o.err));
	ck_assert_msg(o.out.len == 0, "unexpected output: %s", buf_text(&o.out));
	for (size_t i = 0; fragments[i]; i++)
		ck_assert_msg(strstr(o.err.data, fragments[i]), "no '%s' in: %s", fragments[i], o.err.data);
	AUTO_TEXT report = memory_printf("%s/assay-report", folder);
	ck_assert_msg(!file_is_directory(report), "a report was begun");
	program_release(&o);
}
#define EXPECT(o, status, ...) expect(o, status, (const char *const[]){ __VA_ARGS__, NULL })

START_TEST(unknown_command)
{
	EXPECT(PROGRAM(folder, 10, "rnu"), 2, "rnu");
}
END_TEST

START_TEST(unknown_option)
{
	EXPECT(PROGRAM(folder, 10, "run", "--job", "3"), 2, "--job", "--jobs");
}
END_TEST

START_TEST(bad_option_values)
{
	EXPECT(PROGRAM(folder, 10, "run", "--jobs", "0"), 2, "--jobs", "'0'");
	EXPECT(PROGRAM(folder, 10, "run", "--jobs"), 2, "--jobs", "needs a value");
	EXPECT(PROGRAM(folder, 10, "run", "--shard", "4/3"), 2, "--shard", "4/3");
	EXPECT(PROGRAM(folder, 10, "run", "--within", "soon"), 2, "--within", "soon");
	EXPECT(PROGRAM(folder, 10, "run", "--driver", "telepathy"), 2, "telepathy", "native");
	EXPECT(PROGRAM(folder, 10, "run", "--colour", "pink"), 2, "pink");
	EXPECT(PROGRAM(folder, 10, "run", "--map", "nothing"), 2, "--map", "nothing");
	EXPECT(PROGRAM(folder, 10, "run", "--check", "a/*", "--check", "b/*"), 2, "--check", "twice", "ONE,OTHER");
	EXPECT(PROGRAM(folder, 10, "run", "a.test", "b.test"), 2, "a.test", "b.test");
}
END_TEST

START_TEST(unknown_profile)
{
	EXPECT(PROGRAM(folder, 10, "run", "--profile", "nonesuch"), 2, "nonesuch", "default");
}
END_TEST

START_TEST(unknown_fixture)
{
	EXPECT(PROGRAM(folder, 10, "run", "fixture:nonesuch"), 2, "nonesuch", "prosody");
}
END_TEST

START_TEST(missing_target_file)
{
	EXPECT(PROGRAM(folder, 10, "run", "nowhere.ini"), 2, "nowhere.ini");
}
END_TEST

START_TEST(malformed_target_file)
{
	AUTO_TEXT path = program_file(folder, "bad.ini", "[target]\ndomain = a.test\nprot = 5222\n");
	EXPECT(PROGRAM(folder, 10, "run", path), 2, "bad.ini:3", "prot", "port");
}
END_TEST

START_TEST(missing_script)
{
	EXPECT(PROGRAM(folder, 10, "run", "nowhere.scn"), 2, "nowhere.scn");
}
END_TEST

START_TEST(nothing_selected)
{
	EXPECT(PROGRAM(folder, 20, "run", "--check", "no/such/check"), 77, "nothing");
}
END_TEST

START_TEST(broken_script)
{
	AUTO_TEXT path = program_file(folder, "bad.scn", "id x/y\nactor a romeo/a\n---\na conects\n");
	struct outcome_of_program o = PROGRAM(folder, 10, "run", path);
	ck_assert_int_eq(o.status, 2);
	ck_assert_msg(strstr(o.err.data, "bad.scn:4:"), "%s", o.err.data);
	ck_assert_msg(strstr(o.err.data, "conects"), "%s", o.err.data);
	program_release(&o);
}
END_TEST

/* ---- peers that are no server ---- */

static char *target_at(int port)
{
	AUTO_TEXT text =
		memory_printf("[target]\ndomain = wrong.test\nhost = 127.0.0.1\nport = %d\n[accounts]\n"
			      "provisioning = fixed\n[account romeo]\nuser = romeo\npassword = not-the-password\n",
			port);
	return program_file(folder, "peer.ini", text);
}

static void run_against_peer(const char *bytes, size_t length, size_t endless, const char *fragment)
{
	struct babbler p = babbler_start(bytes, length, endless);
	AUTO_TEXT path = target_at(p.port);
	EXPECT(PROGRAM(folder, 60, "run", path), 3, "127.0.0.1", fragment);
	babbler_stop(&p);
}

#define HEADER                                                                                                         \
	"<?xml version='1.0'?><stream:stream xmlns='jabber:client' "                                                   \
	"xmlns:stream='http://etherx.jabber.org/streams' id='1' from='wrong.test' version='1.0'>"
#define SAY(text) text, sizeof(text) - 1

START_TEST(server_not_there)
{
	struct babbler p = babbler_start("", 0, 0);
	babbler_stop(&p); /* a port that nothing listens on any more */
	AUTO_TEXT path = target_at(p.port);
	EXPECT(PROGRAM(folder, 60, "run", path), 3, "127.0.0.1", "refused");
}
END_TEST

START_TEST(server_of_another_kind)
{
	run_against_peer(SAY("SSH-2.0-OpenSSH_9.2\r\n"), 0, "not");
}
END_TEST

START_TEST(server_stalls_in_tls)
{
	run_against_peer(
		SAY(HEADER "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
			   "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
		0, "TLS");
}
END_TEST

START_TEST(server_sends_endless_stanza)
{
	run_against_peer(SAY(HEADER "<stream:features><a>"
				    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
		48, "has no end");
}
END_TEST

START_TEST(server_sends_billion_laughs)
{
	run_against_peer(
		SAY("<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
		    "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>]>"
		    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'>"
		    "<a>&d;</a>"),
		0, "document type");
}
END_TEST

START_TEST(server_sends_bad_byte)
{
	run_against_peer(SAY(HEADER "<stream:features><a>\xff\xfe</a></stream:features>"), 0, "XML");
}
END_TEST

Suite *suite_bad_input(void)
{
	Suite *s = suite_create("bad input");
	TCase *line = tcase_create("command line");
	tcase_add_checked_fixture(line, set_up, tear_down);
	tcase_set_timeout(line, 120);
	tcase_set_tags(line, "integration");
	tcase_add_test(line, unknown_command);
	tcase_add_test(line, unknown_option);
	tcase_add_test(line, bad_option_values);
	tcase_add_test(line, unknown_profile);
	tcase_add_test(line, unknown_fixture);
	tcase_add_test(line, missing_target_file);
	tcase_add_test(line, malformed_target_file);
	tcase_add_test(line, missing_script);
	tcase_add_test(line, nothing_selected);
	tcase_add_test(line, broken_script);
	suite_add_tcase(s, line);
	TCase *peers = tcase_create("peers");
	tcase_add_checked_fixture(peers, set_up, tear_down);
	tcase_set_timeout(peers, 120);
	tcase_set_tags(peers, "integration");
	tcase_add_test(peers, server_not_there);
	tcase_add_test(peers, server_of_another_kind);
	tcase_add_test(peers, server_stalls_in_tls);
	tcase_add_test(peers, server_sends_endless_stanza);
	tcase_add_test(peers, server_sends_billion_laughs);
	tcase_add_test(peers, server_sends_bad_byte);
	suite_add_tcase(s, peers);
	return s;
}
