/* The badge, and times of statements, from statements of all kinds. */
#include "certify/private.h"
#include "sample.h"
#include <check.h>
#include <libxml/parser.h>
#include <string.h>

static void draw(const char *statement, struct buf *out)
{
	json_error_t fault;
	json_t *root = json_loads(statement, 0, &fault);
	ck_assert_msg(root != NULL, "%s", fault.text);
	badge_print(root, out);
	json_decref(root);
	xmlDoc *doc = xmlReadMemory(buf_text(out), (int)out->len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
	ck_assert_msg(doc != NULL, "no XML: %s", buf_text(out));
	xmlFreeDoc(doc);
}

static const struct {
	const char *statement, *holds, *lacks;
} badges[] = {
	{ "{\"profile\":\"p\",\"grades\":[{\"profile\":\"gdpr\",\"grade\":\"B\",\"rule\":\"r\"}],\"verdicts\":{\"pass\":3},"
	  "\"scope\":{\"whole_profile\":true}}",
		">gdpr: grade B (", "part of" },
	{ "{\"profile\":\"p\",\"grades\":[{\"profile\":\"gdpr\",\"grade\":\"B\"}],\"scope\":{\"whole_profile\":false}}",
		">part of gdpr: grade B (", "pass" },
	{ "{\"profile\":\"p\",\"verdicts\":{\"pass\":3,\"unsupported\":1},\"scope\":{\"whole_profile\":true}}",
		">p: 3 pass, 1 other (", "part of" },
	{ "{\"verdicts\":{\"pass\":3}}", "#1a6429", "#9b1c1c" },
	{ "{\"verdicts\":{\"pass\":3,\"known\":1}}", "#7a4a00", "#1a6429" },
	{ "{\"verdicts\":{\"pass\":3,\"fail\":1}}", "#9b1c1c", "#1a6429" },
	{ "{\"target\":{\"domain\":\"<script>&\\\"\\u0001\\uffff\"},\"issuer\":\"</desc>\",\"link\":\"\\\"><x\"}",
		"&lt;script&gt;&amp;&quot; ?", "<script" },
	{ "{\"verdicts\":7,\"grades\":{},\"target\":[],\"scope\":\"\"}", "</svg>", "pass" },
	{ "[]", "</svg>", "pass" },
};

START_TEST(badge)
{
	BUF_AUTO text = BUF_INIT;
	draw(badges[_i].statement, &text);
	ck_assert_msg(strstr(buf_text(&text), badges[_i].holds), "no '%s' in %s", badges[_i].holds, buf_text(&text));
	ck_assert_msg(!strstr(buf_text(&text), badges[_i].lacks), "'%s' in %s", badges[_i].lacks, buf_text(&text));
}
END_TEST

static const struct {
	const char *text;
	int64_t seconds; /* -1: none */
} stamps[] = {
	{ "2027-01-15T08:00:00Z", SAMPLE_NOW },
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2027-01-15T08:00:00", -1 },
	{ "2027-1-15T08:00:00Z", -1 },
	{ "2027-02-30T08:00:00Z", -1 },
	{ "2027-01-15T08:00:00Zx", -1 },
	{ " 2027-01-15T08:00:00Z", -1 },
	{ "", -1 },
};

START_TEST(stamp)
{
	int64_t seconds = -1;
	char again[STAMP_SIZE];
	int result = stamp_read(stamps[_i].text, &seconds);
	ck_assert_int_eq(result, stamps[_i].seconds < 0 ? -1 : 0);
	if (result)
		return;
	ck_assert_int_eq(seconds, stamps[_i].seconds);
	stamp_print(seconds, again);
	ck_assert_str_eq(again, stamps[_i].text);
}
END_TEST

/* A chain that is read again is the same; what is none is refused. */
START_TEST(chain_file)
{
	static const char *const none[] = { "", "assay chain 2\n", "assay chain 1", "assay chain 1\n12 ab\n",
		"assay chain 1\nfile x\n12 ab\n", "assay chain 1\nfile x\n4097 " };
	struct vec chains = VEC_INIT, again = VEC_INIT;
	struct chain *c = memory_alloc(sizeof *c);
	BUF_AUTO text = BUF_INIT;
	BUF_AUTO second = BUF_INIT;
	BUF_AUTO bytes = BUF_INIT;
	for (int i = 0; i < 500; i++)
		buf_printf(&bytes, "%*d\n", i % 7 ? i % 50 : 5000, i);
	chain_make(c, "journal.jsonl", buf_text(&bytes), bytes.len, 1);
	vec_push(&chains, c);
	chains_print(&chains, &text);
	ck_assert_int_eq(chains_read(buf_text(&text), &again), 0);
	chains_print(&again, &second);
	ck_assert_str_eq(buf_text(&text), buf_text(&second));
	ck_assert_ptr_nonnull(chains_find(&again, "journal.jsonl"));
	ck_assert_ptr_null(chains_find(&again, "result.json"));
	chains_release(&again);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		ck_assert_msg(chains_read(none[i], &again) == -1, "%s", none[i]);
		chains_release(&again);
	}
	chains_release(&chains);
}
END_TEST

Suite *suite_parts(void);
Suite *suite_parts(void)
{
	Suite *suite = suite_create("parts of a certificate");
	TCase *tcase = tcase_create("parts");
	tcase_add_loop_test(tcase, badge, 0, (int)(sizeof badges / sizeof *badges));
	tcase_add_loop_test(tcase, stamp, 0, (int)(sizeof stamps / sizeof *stamps));
	tcase_add_test(tcase, chain_file);
	suite_add_tcase(suite, tcase);
	return suite;
}
