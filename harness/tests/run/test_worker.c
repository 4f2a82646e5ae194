/* What becomes of a scenario's checks, level by level, and what the journal says of them. The scenarios here need no
 * server: nobody in them connects, or nobody is there to connect to. */
#include "base/text.h"
#include "run/worker.h"
#include "scene.h"
#include "xml/redact.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char domain[] = "example.org", host[] = "127.0.0.1", yes[] = "true", no[] = "false", feature[] = "urn:a";
static struct target target;
static struct features features;
static struct buf lines;

static void set_up(void)
{
	xml_start();
	target = (struct target){ .name = domain,
		.domain = domain,
		.host = host,
		.port = 1, /* where nobody listens */
		.provisioning = PROVISION_COMMAND,
		.command = yes };
	features = (struct features){ 0 };
	vec_push(&features.server_features, feature);
}

static void tear_down(void)
{
	vec_release(&features.server_features);
	buf_release(&lines);
	redact_forget_all();
}

/* Plays the steps and keeps what was told in `lines`. */
static void play(const char *header, const char *steps, const char *checks)
{
	AUTO_TEXT text = memory_printf("id test/one\nactor a a/b\n%s---\n%s", header, steps);
	struct scenario *s = scene_scenario(text);
	int journal = memfd_create("journal", MFD_CLOEXEC), control[2];
	char bytes[4096];
	ck_assert_int_eq(pipe2(control, O_CLOEXEC), 0);
	const struct worker_task task = { .scenario = s,
		.systems = { { NULL, &target, &features } },
		.driver = "native",
		.step_deadline = CLOCK_SECOND,
		.scenario_deadline = 10 * CLOCK_SECOND,
		.begin = clock_now(),
		.number = 7,
		.checks = checks };
	worker_play(&task, journal, control[0]);
	lseek(journal, 0, SEEK_SET);
	buf_clear(&lines);
	for (ssize_t got; (got = read(journal, bytes, sizeof bytes)) > 0;)
		buf_add(&lines, bytes, (size_t)got);
	close(journal);
	close(control[0]);
	close(control[1]);
	scenario_free(s);
}

/* The line of a check (NULL: the end line); json_decref. */
static json_t *line_of(const char *check)
{
	json_t *found = NULL;
	AUTO_TEXT id = check ? memory_printf("test/one/%s", check) : NULL;
	for (const char *at = lines.data; *at && !found; at = strchr(at, '\n') + 1) {
		json_error_t fault;
		const char *tab = strchr(at, '\t');
		ck_assert_ptr_nonnull(tab);
		json_t *line = json_loadb(tab + 1, (size_t)(strchr(tab, '\n') - tab - 1), 0, &fault);
		ck_assert_msg(line != NULL, "%s: %s", fault.text, at);
		ck_assert_int_eq(json_integer_value(json_object_get(line, "s")), 7);
		ck_assert(json_is_number(json_object_get(line, "t")));
		const char *e = json_string_value(json_object_get(line, "e")),
			   *its = json_string_value(json_object_get(line, "id"));
		if (check ? text_equal(e, "check") && text_equal(its, id) : text_equal(e, "end"))
			found = line;
		else
			json_decref(line);
	}
	return found;
}

static void expect(const char *check, const char *verdict, const char *message)
{
	json_t *line = line_of(check);
	ck_assert_msg(line != NULL, "nothing is told of %s\n%s", check ? check : "the end", lines.data);
	const char *given = json_string_value(json_object_get(line, "verdict")),
		   *said = json_string_value(json_object_get(line, "message"));
	ck_assert_msg(text_equal(given, verdict), "%s is %s, expected %s: %s", check ? check : "the end", given,
		verdict, said);
	ck_assert_msg(!message || strstr(said, message), "%s", said);
	json_decref(line);
}

static const struct {
	const char *step, *verdict, *level, *end;
} levels[] = {
	{ "same a a must RFC6120#x as it\n", "pass", "must", "pass" },
	{ "same a b must RFC6120#x as it\n", "fail", "must", "fail" },
	{ "same a b should RFC6120#x as it\n", "weak", "should", "weak" },
	{ "same a b may RFC6120#x as it\n", "unsupported", "may", "unsupported" },
	{ "same a a may RFC6120#x as it\n", "pass", "may", "pass" },
	{ "same a b should RFC6120#x must-if urn:a as it\n", "fail", "must", "fail" },
	{ "same a b may RFC6120#x must-if urn:a as it\n", "fail", "must", "fail" },
	{ "same a b should RFC6120#x must-if urn:b as it\n", "weak", "should", "weak" },
	{ "a connects must RFC6120#x as it\n", "inconclusive", "must", "inconclusive" }, /* nobody is there */
	{ "a is refused must RFC6120#x as it\n", "inconclusive", "must", "inconclusive" },
	{ "a connects over direct must RFC6120#x as it\n", "unsupported", "must", "unsupported" },
	{ "a connects must RFC6120#y\na sends\n\t<message/>\nsame a a must RFC6120#x as it\n", "inconclusive", "must",
		"inconclusive" },
	{ "same a b\nsame a a must RFC6120#x as it\n", "inconclusive", "must", "inconclusive" },
	{ "same a b must RFC6120#y as other\nsame a a must RFC6120#x as it\n", "pass", "must", "fail" },
};

START_TEST(level)
{
	play("", levels[_i].step, NULL);
	expect("it", levels[_i].verdict, NULL);
	json_t *line = line_of("it");
	ck_assert_str_eq(json_string_value(json_object_get(line, "level")), levels[_i].level);
	json_decref(line);
	expect(NULL, levels[_i].end, NULL);
}
END_TEST

START_TEST(the_reason_is_told)
{
	play("", "same a b\nsame a a must RFC6120#x as it\nsame a a should RFC6120#y as other\n", NULL);
	expect("it", "inconclusive", "line 4 (same a b) went wrong before: a and b differ");
	expect("other", "inconclusive", "went wrong before");
}
END_TEST

START_TEST(does_not_apply)
{
	play("needs server urn:b\n", "same a b must RFC6120#x as it\n", NULL);
	expect("it", "unsupported", "the server does not advertise urn:b");
	expect(NULL, "unsupported", NULL);
}
END_TEST

START_TEST(no_accounts)
{
	target.command = no;
	play("", "same a a must RFC6120#x as it\n", NULL);
	expect("it", "error", "false: accounts could not be made: failed with status 1 (create a-");
	target.command = (char[]){ "/nowhere/at-all" };
	play("", "same a a must RFC6120#x as it\n", NULL);
	expect("it", "error", "/nowhere/at-all: accounts could not be made");
}
END_TEST

/* Nobody answers where in-band registration would be: no word on the server. */
START_TEST(nobody_there)
{
	target.provisioning = PROVISION_REGISTER;
	play("", "same a a must RFC6120#x as it\n", NULL);
	expect("it", "inconclusive", "accounts could not be made");
}
END_TEST

START_TEST(only_the_selected)
{
	play("", "same a b must RFC6120#x as one\nsame a a must RFC6120#x as two\n", "*/two");
	ck_assert_ptr_null(line_of("one"));
	expect("two", "pass", NULL);
	expect(NULL, "pass", NULL);
}
END_TEST

START_TEST(the_postamble_always_runs)
{
	play("", "same a b\nsame a a must RFC6120#x as it\nfinally\nsame c c\nsame x y\nsame c d\n", NULL);
	json_t *line = line_of(NULL);
	ck_assert_str_eq(json_string_value(json_object_get(line, "postamble")), "line 8: x and y differ: 'x' and 'y'");
	json_decref(line);
	ck_assert_ptr_nonnull(strstr(lines.data, "same c d"));
	play("", "same a a must RFC6120#x as it\nfinally\nsame c c\n", NULL);
	line = line_of(NULL);
	ck_assert_str_eq(json_string_value(json_object_get(line, "postamble")), "ok");
	json_decref(line);
}
END_TEST

/* ---- the journal ---- */

static void told_in(struct voice *v, struct buf *out)
{
	char bytes[4096];
	lseek(v->descriptor, 0, SEEK_SET);
	buf_clear(out);
	for (ssize_t got; (got = read(v->descriptor, bytes, sizeof bytes)) > 0;)
		buf_add(out, bytes, (size_t)got);
	ck_assert_int_eq(ftruncate(v->descriptor, 0), 0);
	lseek(v->descriptor, 0, SEEK_SET);
}

START_TEST(no_secret_is_told)
{
	struct voice v = { .descriptor = memfd_create("journal", MFD_CLOEXEC), .number = 1, .label = "x" };
	struct err e;
	BUF_AUTO out = BUF_INIT;
	const char *stanza = "<message><body>s3cr&amp;t-\"word</body></message>";
	redact_secret("s3cr&t-\"word", "romeo");
	redact_secret("back\\slash", NULL);
	xmlDoc *doc = xml_parse(stanza, strlen(stanza), &e);
	journal_stanza(&v, JOURNAL_IN, "a", xml_root(doc), 1, false, clock_now());
	journal_raw(&v, "a", "<x>s3cr&t-\"word</x> AHJvbWVvAHMzY3ImdC0id29yZA==");
	journal_note(&v, "a", "the word is s3cr&t-\"word.");
	journal_note(&v, "a", "the word is back\\slash.");
	journal_end(&v, VERDICT_ERROR, "s3cr&t-\"word", 0, "s3cr&t-\"word", 0);
	told_in(&v, &out);
	ck_assert_ptr_null(strstr(out.data, "s3cr"));
	ck_assert_ptr_null(strstr(out.data, "AHJvbWVv"));
	ck_assert_ptr_null(strstr(out.data, "slash"));
	ck_assert_ptr_nonnull(strstr(out.data, "[redacted]"));
	xmlFreeDoc(doc);
	close(v.descriptor);
}
END_TEST

/* One line of JSON, whatever a peer said. */
START_TEST(any_bytes_can_be_told)
{
	static const char *const texts[] = { "\xff\xfe", "a\nb\tc", "\x01\x1f", "\xc3", "\xed\xa0\x80", "\"\\", "" };
	struct voice v = { .descriptor = memfd_create("journal", MFD_CLOEXEC), .number = 1, .label = "x" };
	BUF_AUTO out = BUF_INIT;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		journal_raw(&v, "a", texts[i]);
		told_in(&v, &out);
		json_error_t fault;
		json_t *line = json_loads(strchr(out.data, '\t') + 1, 0, &fault);
		ck_assert_msg(line != NULL, "%s: %s", fault.text, out.data);
		ck_assert_ptr_eq(strchr(out.data, '\n'), out.data + out.len - 1);
		json_decref(line);
	}
	close(v.descriptor);
}
END_TEST

START_TEST(journal_file)
{
	struct journal j = { .descriptor = -1 };
	struct err e = { .class = ERR_NONE };
	BUF_AUTO out = BUF_INIT;
	char folder[] = "/tmp/assay-test-XXXXXX";
	ck_assert_ptr_nonnull(mkdtemp(folder));
	AUTO_TEXT path = memory_printf("%s/journal.jsonl", folder);
	for (int i = 0; i < 2; i++) { /* the second run begins anew */
		ck_assert_msg(journal_open(&j, folder, &e) == 0, "%s", e.message);
		ck_assert_int_eq(journal_append(&j, "{\"e\":1}xyz", 7, &e), 0);
		ck_assert_int_eq(journal_append(&j, "{}", 2, &e), 0);
		journal_close(&j);
		journal_close(&j);
	}
	ck_assert_int_eq(file_read(path, &out, &e), 0);
	ck_assert_str_eq(out.data, "{\"e\":1}\n{}\n");
	ck_assert_int_eq(journal_open(&j, path, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	unlink(path);
	rmdir(folder);
	j.descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(journal_append(&j, "{}", 2, &e), -1);
	ck_assert_int_eq(e.class, ERR_ENVIRONMENT);
	ck_assert_ptr_nonnull(strstr(e.message, strerror(ENOSPC)));
	journal_close(&j);
}
END_TEST

START_TEST(inbox)
{
	static const char *const stanzas[] = { "<message/>", "<r xmlns='urn:xmpp:sm:3'/>", "<a xmlns='urn:xmpp:sm:3'/>",
		"<features xmlns='http://etherx.jabber.org/streams'/>", "<presence/>" };
	struct inbox b = INBOX_INIT;
	struct err e;
	for (int round = 0; round < 10; round++)
		for (size_t i = 0; i < sizeof stanzas / sizeof *stanzas; i++) {
			b.received++;
			ck_assert_uint_eq(
				inbox_add(&b, xml_parse(stanzas[i], strlen(stanzas[i]), &e), 5), b.received - 1);
		}
	ck_assert_uint_eq(b.entries[4].number, 5);
	ck_assert_uint_eq(inbox_next(&b, 0), 0);
	ck_assert_uint_eq(inbox_next(&b, 1), 4);
	b.entries[4].consumed = true;
	ck_assert_uint_eq(inbox_next(&b, 1), 5);
	ck_assert_uint_eq(inbox_next(&b, 50), 50);
	ck_assert_uint_eq(inbox_next(&b, 49), 49);
	b.entries[49].consumed = true;
	ck_assert_uint_eq(inbox_next(&b, 49), b.count);
	inbox_release(&b);
	ck_assert_uint_eq(b.count, 0);
}
END_TEST

Suite *suite_worker(void)
{
	Suite *s = suite_create("worker");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, level, 0, (int)(sizeof levels / sizeof *levels));
	tcase_add_test(c, the_reason_is_told);
	tcase_add_test(c, does_not_apply);
	tcase_add_test(c, no_accounts);
	tcase_add_test(c, nobody_there);
	tcase_add_test(c, only_the_selected);
	tcase_add_test(c, the_postamble_always_runs);
	tcase_add_test(c, no_secret_is_told);
	tcase_add_test(c, any_bytes_can_be_told);
	tcase_add_test(c, journal_file);
	tcase_add_test(c, inbox);
	suite_add_tcase(s, c);
	return s;
}
