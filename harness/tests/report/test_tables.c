/* What tables beside the suites add to the results: words of another language, and what can be done about a failure. */
#include "base/text.h"
#include "golden.h"
#include "report/private.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define JOURNAL                                                                                                                    \
	"{\"e\":\"run\",\"t\":0,\"format\":1,\"tool\":\"assay\",\"planned\":1}\n"                                                  \
	"{\"e\":\"catalogue\",\"t\":0,\"entries\":{\"XEP-0001#a\":{\"section\":\"1\",\"level\":\"must\",\"text\":\"One\"},"        \
	"\"XEP-0001#b\":{\"section\":\"2\",\"level\":\"must\",\"text\":\"Two\"}}}\n"                                               \
	"{\"e\":\"scenario\",\"t\":1,\"s\":1,\"id\":\"s/a\",\"title\":\"Scenario\",\"about\":\"About it\",\"checks\":["            \
	"{\"id\":\"s/a/x\",\"level\":\"must\",\"title\":\"First\"},{\"id\":\"s/a/y\",\"level\":\"must\",\"title\":\"Second\"}]}\n" \
	"{\"e\":\"summary\",\"t\":3,\"complete\":true}\n"

static char folder[64];
static char *before;

static void write(const char *name, const char *text)
{
	struct err e;
	AUTO_TEXT path = memory_printf("%s/%s", folder, name);
	AUTO_TEXT place = memory_copy_bytes(path, (size_t)(strrchr(path, '/') - path));
	ck_assert_msg(directory_make(place, &e) == 0 && file_write(path, text, strlen(text), &e) == 0, "%s", e.message);
}

static void set_up(void)
{
	golden_start();
	before = memory_copy_text(getenv("ASSAY_DATA"));
	strcpy(folder, "/tmp/assay-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("ASSAY_DATA", folder, 1);
}

static void tear_down(void)
{
	AUTO_TEXT command = memory_printf("rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
	if (before)
		setenv("ASSAY_DATA", before, 1);
	free(before);
	remove(journal_file(""));
}

static xmlDoc *translate(struct results *r, const char *language, struct err *e)
{
	ck_assert_msg(results_from_journal(r, journal_file(JOURNAL), e) == 0, "%s", e->message);
	r->language = language;
	return document_translate(r->doc, language, e);
}

/* ---- messages ---- */

static const struct {
	const char *message, *translated; /* NULL: it stays */
} messages[] = {
	{ "nothing came", "nichts kam" },
	{ "nothing came at all", NULL },
	{ "", NULL },
	{ "it is <a>, expected <b>", "es ist <a>, erwartet war <b>" },
	{ "it is , expected <b>", NULL },
	{ "it is <a>, expected ", NULL },
	/* What says most of it, whatever the order of the table. */
	{ "attribute 'x' is missing, expected 'y'", "'x' fehlt, erwartet 'y'" },
	{ "attribute 'x' is 'missing', expected 'y'", "'x' ist 'missing', erwartet 'y'" },
	/* A gap that holds a message: as a whole or not at all. */
	{ "did not come; nothing came", "kam nicht; nichts kam" },
	{ "did not come; did not come; it is a, expected b", "kam nicht; kam nicht; es ist a, erwartet war b" },
	{ "did not come; unheard of", NULL },
	{ "did not come; did not come; did not come; did not come; did not come; did not come; did not come; nothing came",
		NULL },
	{ "from x to y to z.", "von x nach y to z!" },
	{ "from x to y", NULL },
	{ "from x to .", NULL },
};

START_TEST(messages_by_sentence)
{
	struct map table = MAP_INIT;
	BUF_AUTO out = BUF_INIT;
	map_set(&table, "nothing came", "nichts kam");
	map_set(&table, "it is {}, expected {}", "es ist {}, erwartet war {}");
	map_set(&table, "attribute {} is {}, expected {}", "{} ist {}, erwartet {}");
	map_set(&table, "attribute {} is missing, expected {}", "{} fehlt, erwartet {}");
	map_set(&table, "did not come; {+}", "kam nicht; {+}");
	map_set(&table, "from {} to {}.", "von {} nach {}!");
	ck_assert_int_eq(message_translate(&table, messages[_i].message, &out), messages[_i].translated != NULL);
	ck_assert_str_eq(buf_text(&out), messages[_i].translated ? messages[_i].translated : "");
	map_release(&table);
}
END_TEST

START_TEST(sentences_with_other_gaps)
{
	static const char *const tables[] = { "m\tt\na {} b\tc\n", "m\tt\na {}\tb {+}\n", "m\tt\na\tb {}\n",
		"m\tt\n{},{},{},{},{},{},{}\t{},{},{},{},{},{},{}\n" };
	struct err e;
	struct results r;
	write("reports/messages/de.tsv", tables[_i]);
	ck_assert_ptr_null(translate(&r, "de", &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(e.where, "reports/messages/de.tsv"));
	ck_assert_ptr_nonnull(strstr(e.message, "the same gaps"));
	results_release(&r);
}
END_TEST

START_TEST(as_far_as_there_is)
{
	struct err e;
	struct results r;
	write("suites/s/de.tsv", "name\ttext\na\tSzenario\na:about\tDarum geht es\na/x\tErstes & <b>\n");
	write("suites/catalogue/de/XEP-0001.tsv", "anchor\ttext\twaiver\na\tEins\t\n");
	xmlDoc *doc = translate(&r, "de", &e);
	ck_assert_msg(doc != NULL, "%s: %s", e.where, e.message);
	BUF_AUTO text = BUF_INIT;
	xml_print(xml_root(doc), &text);
	static const char *const wanted[] = { "title='Szenario'", ">Darum geht es</about>",
		"title='Erstes &amp; &lt;b&gt;'", ">Eins</requirement>" };
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		ck_assert_msg(strstr(buf_text(&text), wanted[i]), "%s in %s", wanted[i], buf_text(&text));
	const xmlNode *second = xml_next(xml_find(xml_root(doc), "check", NULL), "check", NULL);
	ck_assert_str_eq(xml_attribute(second, "title"), "Second");
	ck_assert_str_eq(xml_attribute(second, "lang"), "en");
	ck_assert_ptr_null(xml_attribute(xml_find(xml_root(doc), "check", NULL), "lang"));
	/* The results themselves stay as they are. */
	ck_assert_str_eq(xml_attribute(xml_find(xml_root(r.doc), "check", NULL), "title"), "First");
	xmlFreeDoc(doc);
	results_release(&r);
}
END_TEST

START_TEST(without_tables)
{
	struct err e;
	struct results r;
	xmlDoc *doc = translate(&r, "de", &e);
	ck_assert_ptr_nonnull(doc);
	ck_assert_str_eq(xml_attribute(xml_find(xml_root(doc), "scenario", NULL), "lang"), "en");
	xmlFreeDoc(doc);
	results_release(&r);
}
END_TEST

static const struct {
	const char *file, *text, *where;
} broken[] = {
	{ "suites/s/de.tsv", "name\ttext\na\n", "suites/s/de.tsv:2" },
	{ "suites/s/de.tsv", "name\ttext\na\tb\n\tc\n", "suites/s/de.tsv:3" },
	{ "suites/catalogue/de/XEP-0001.tsv", "anchor\ttext\na\t\n", "XEP-0001.tsv:2" },
};

START_TEST(a_broken_table)
{
	struct err e;
	struct results r;
	write(broken[_i].file, broken[_i].text);
	ck_assert_ptr_null(translate(&r, "de", &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_msg(strstr(e.where, broken[_i].where), "%s", e.where);
	results_release(&r);
}
END_TEST

START_TEST(no_language)
{
	static const char *const names[] = { "", "german", "../x", "d/" };
	struct err e;
	struct results r;
	BUF_AUTO known = BUF_INIT;
	ck_assert_ptr_null(translate(&r, names[_i], &e));
	ck_assert(!report_has_language(names[_i], &known));
	results_release(&r);
}
END_TEST

#define FAILED                                                                                                         \
	"{\"e\":\"run\",\"t\":0,\"format\":1,\"tool\":\"assay\",\"planned\":1}\n"                                      \
	"{\"e\":\"scenario\",\"t\":1,\"s\":1,\"id\":\"s/a\",\"checks\":[{\"id\":\"s/a/x\",\"level\":\"must\"},"        \
	"{\"id\":\"s/a/y\",\"level\":\"must\"}]}\n"                                                                    \
	"{\"e\":\"check\",\"t\":2,\"s\":1,\"id\":\"s/a/x\",\"verdict\":\"fail\"}\n"                                    \
	"{\"e\":\"check\",\"t\":2,\"s\":1,\"id\":\"s/a/y\",\"verdict\":\"pass\"}\n"                                    \
	"{\"e\":\"summary\",\"t\":3,\"complete\":true}\n"

START_TEST(mends)
{
	struct err e;
	struct results r;
	write("suites/mends.tsv",
		"checks\tproduct\ten\tde\ns/*\tprosody\tLoad it\tLaden\nt/*, s/a/x\tany\tMore\tMehr\nt/*\tany\tNo\tNein\n");
	ck_assert_msg(results_from_journal(&r, journal_file(FAILED), &e) == 0, "%s", e.message);
	BUF_AUTO text = BUF_INIT;
	for (const xmlNode *check = xml_find(xml_root(r.doc), "check", NULL); check;
		check = xml_next(check, "check", NULL))
		for (const xmlNode *one = xml_child(check, "mend", NULL); one; one = xml_next(one, "mend", NULL)) {
			AUTO_TEXT words = xml_text(one);
			buf_printf(&text, "%s %s %s %s\n", xml_attribute(check, "slug"), xml_attribute(one, "product"),
				xml_attribute(one, "lang"), words);
		}
	ck_assert_str_eq(buf_text(&text), "x prosody en Load it\nx prosody de Laden\nx any en More\nx any de Mehr\n");
	results_release(&r);
}
END_TEST

START_TEST(broken_mends)
{
	static const char *const texts[] = { "checks\ns/*\tprosody\tLoad it\n", "checks\ns/*\t\tLoad it\tLaden\n",
		"checks\ns/*\n" };
	struct err e;
	struct results r;
	write("suites/mends.tsv", texts[_i]);
	ck_assert_int_eq(results_from_journal(&r, journal_file(FAILED), &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_msg(strstr(e.where, "mends.tsv:2"), "%s", e.where);
	ck_assert_ptr_null(r.doc);
}
END_TEST

/* Of a line of a table, the field at `index`, which loses the tab behind it; NULL where there is none. */
static char *field(char *line, int index)
{
	for (; index && line; index--)
		line = strchr(line, '\t') ? strchr(line, '\t') + 1 : NULL;
	if (line)
		line[strcspn(line, "\t")] = 0;
	return line;
}

static bool has_mend(struct arena *a, const char *table, const char *check, const char *product)
{
	for (char *rest = arena_text(a, table), *line; (line = strsep(&rest, "\n"));) {
		char *for_whom = field(line, 1);
		if (for_whom && (text_equal(for_whom, product) || text_equal(for_whom, "any")) &&
			text_glob(field(line, 0), check))
			return true;
	}
	return false;
}

static const struct {
	const char *fixture, *product;
} fixtures[] = { { "prosody", "prosody" }, { "prosody-13", "prosody" }, { "ejabberd", "ejabberd" },
	{ "ejabberd-24", "ejabberd" } };

/* What fails on a server that this program brings with it says what its operator can do about it. */
START_TEST(known_faults_have_mends)
{
	struct err e;
	struct arena a = ARENA_INIT;
	BUF_AUTO table = BUF_INIT;
	BUF_AUTO baseline = BUF_INIT;
	BUF_AUTO missing = BUF_INIT;
	golden_start();
	AUTO_TEXT place = memory_printf("fixtures/servers/%s/baseline.tsv", fixtures[_i].fixture);
	ck_assert_msg(file_read(data_path(&a, "suites/mends.tsv"), &table, &e) == 0, "%s", e.message);
	ck_assert_msg(file_read(data_path(&a, place), &baseline, &e) == 0, "%s", e.message);
	for (char *rest = arena_text(&a, buf_text(&baseline)), *line; (line = strsep(&rest, "\n"));) {
		line[strcspn(line, "@\t")] = 0;
		if (*line && *line != '#' && !has_mend(&a, buf_text(&table), line, fixtures[_i].product))
			buf_printf(&missing, " %s", line);
	}
	ck_assert_msg(!missing.len, "%s: no mend for%s", place, buf_text(&missing));
	arena_release(&a);
}
END_TEST

Suite *suite_tables(void)
{
	Suite *s = suite_create("tables");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, messages_by_sentence, 0, (int)(sizeof messages / sizeof *messages));
	tcase_add_loop_test(c, sentences_with_other_gaps, 0, 4);
	tcase_add_test(c, as_far_as_there_is);
	tcase_add_test(c, without_tables);
	tcase_add_loop_test(c, a_broken_table, 0, (int)(sizeof broken / sizeof *broken));
	tcase_add_loop_test(c, no_language, 0, 4);
	tcase_add_test(c, mends);
	tcase_add_loop_test(c, broken_mends, 0, 3);
	suite_add_tcase(s, c);
	TCase *own = tcase_create("own");
	tcase_add_loop_test(own, known_faults_have_mends, 0, (int)(sizeof fixtures / sizeof *fixtures));
	suite_add_tcase(s, own);
	return s;
}
