/* What a certificate says, what is refused, and whom verification trusts. */
#include "sample.h"
#include <check.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sample s;

static void set_up(void)
{
	sample_open(&s);
}

static void tear_down(void)
{
	sample_close(&s);
}

static char *in_run(const char *name)
{
	return memory_printf("%s/%s", s.run, name);
}

static json_t *statement(void)
{
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT path = in_run("certificate.json");
	sample_report_read(path, &text);
	json_t *root = json_loadb(buf_text(&text), text.len, 0, NULL);
	ck_assert_ptr_nonnull(root);
	return root;
}

/* ---- what it says ---- */

START_TEST(golden_statement)
{
	BUF_AUTO text = BUF_INIT;
	sample_key(&s, "signer", SAMPLE_ED25519, 7);
	sample_certify(&s, "signer", false);
	AUTO_TEXT path = in_run("certificate.json");
	sample_report_read(path, &text);
	sample_golden("run.certificate.json", &text);
	AUTO_TEXT badge = in_run("badge.svg");
	sample_report_read(badge, &text);
	sample_golden("run.badge.svg", &text);
	xmlDoc *doc = xmlReadMemory(buf_text(&text), (int)text.len, NULL, NULL, XML_PARSE_NONET);
	ck_assert_ptr_nonnull(doc);
	xmlFreeDoc(doc);
}
END_TEST

/* Every check is counted once among the suites, and each that did not pass is named once with its reason. */
START_TEST(scope_is_whole)
{
	sample_key(&s, "signer", SAMPLE_ED25519, 7);
	sample_certify(&s, "signer", false);
	json_t *root = statement(), *scope = json_object_get(root, "scope"), *suite, *number, *remark;
	json_int_t checks = 0, passed = 0, named = 0;
	const char *name, *verdict;
	size_t i;
	json_object_foreach(json_object_get(scope, "ran"), name, suite) {
		json_object_foreach(suite, verdict, number) {
			checks += json_integer_value(number);
			passed += strcmp(verdict, "pass") == 0 ? json_integer_value(number) : 0;
		}
	}
	json_array_foreach(json_object_get(scope, "remarks"), i, remark)
		named += (json_int_t)json_array_size(json_object_get(remark, "checks"));
	ck_assert_int_eq(checks, json_integer_value(json_object_get(scope, "checks")));
	ck_assert_int_eq(checks, passed + named);
	ck_assert_int_eq(passed, json_integer_value(json_object_get(json_object_get(root, "verdicts"), "pass")));
	json_decref(root);
}
END_TEST

/* Same run, key and time: same bytes. Nothing of the work is left. */
START_TEST(twice_the_same)
{
	BUF_AUTO first = BUF_INIT;
	BUF_AUTO second = BUF_INIT;
	struct arena arena = ARENA_INIT;
	struct vec files = VEC_INIT;
	AUTO_TEXT path = in_run("certificate.sig");
	sample_key(&s, "signer", SAMPLE_ED25519, 7);
	sample_certify(&s, "signer", false);
	sample_report_read(path, &first);
	sample_certify(&s, "signer", false);
	sample_report_read(path, &second);
	ck_assert(first.len == 64 && second.len == 64 && memcmp(first.data, second.data, 64) == 0);
	ck_assert_int_eq(directory_files(&arena, s.run, ".new", &files, NULL), 0);
	ck_assert_uint_eq(files.count, 0);
	vec_release(&files);
	arena_release(&arena);
}
END_TEST

/* A certificate of the other kind takes the place of the first, and its signature does not stay behind. */
START_TEST(other_kind_replaces)
{
	AUTO_TEXT bare = in_run("certificate.sig");
	AUTO_TEXT cms = in_run("certificate.p7s");
	sample_key(&s, "signer", SAMPLE_ED25519, 7);
	sample_key(&s, "firm", SAMPLE_EC, 0);
	sample_certificate(&s, "firm", NULL, 50);
	sample_certify(&s, "signer", false);
	sample_certify(&s, "firm", true);
	ck_assert(!file_exists(bare) && file_exists(cms));
	json_t *root = statement();
	/* Not longer than the X.509 certificate, which ends after 50 days. */
	ck_assert_str_eq(json_string_value(json_object_get(root, "valid_until")), "2027-03-06T08:00:00Z");
	json_decref(root);
	sample_certify(&s, "signer", false);
	ck_assert(file_exists(bare) && !file_exists(cms));
}
END_TEST

/* Without a report the certificate stands for the journal alone. */
START_TEST(whichever_reports_there_are)
{
	static const char *const names[] = { "results.xml", "result.json", "junit.xml", "report.html" };
	sample_key(&s, "signer", SAMPLE_ED25519, 7);
	for (size_t i = 0; i < 4; i++) {
		AUTO_TEXT path = in_run(names[i]);
		unlink(path);
	}
	sample_certify(&s, "signer", false);
	struct verified v = sample_verify(&s, NULL);
	ck_assert_uint_eq(v.findings.count, 0);
	verified_release(&v);
	json_t *root = statement();
	ck_assert_uint_eq(json_array_size(json_object_get(root, "files")), 2);
	json_decref(root);
}
END_TEST

/* ---- what is refused ---- */

static void expect_refusal(const struct certify_request *given, const char *fragment)
{
	struct err e;
	struct certified made;
	struct certify_request q = *given;
	AUTO_TEXT certificate = in_run("certificate.json");
	AUTO_TEXT chain = in_run("certificate.chain");
	q.folder = q.folder ? q.folder : s.run;
	q.days = 10;
	q.now = SAMPLE_NOW;
	q.version = "0.1.0";
	ck_assert_msg(certificate_make(&q, &made, &e) == -1, "made, though: %s", fragment);
	AUTO_TEXT message = memory_printf("%s: %s", e.where, e.message);
	ck_assert_msg(e.class == ERR_USAGE && strstr(message, fragment), "no '%s' in: %s", fragment, message);
	ck_assert(!file_exists(certificate) && !file_exists(chain));
}

static char *wrong_word(void *context)
{
	return memory_copy_text(context);
}

START_TEST(refused_keys)
{
	sample_key(&s, "ed", SAMPLE_ED25519, 7);
	sample_key(&s, "ec", SAMPLE_EC, 0);
	sample_key(&s, "weak", SAMPLE_RSA, 1024);
	sample_key(&s, "late", SAMPLE_EC, 0);
	sample_certificate(&s, "ec", NULL, 10);
	sample_certificate(&s, "ed", "ec", 10);
	sample_certificate(&s, "weak", "ec", 10);
	sample_certificate(&s, "late", NULL, 0);
	AUTO_TEXT ed = sample_path(&s, "ed.key");
	AUTO_TEXT ed_pem = sample_path(&s, "ed.pem");
	AUTO_TEXT public = sample_path(&s, "ed.pub");
	AUTO_TEXT locked = sample_path(&s, "ed.enc");
	AUTO_TEXT ec = sample_path(&s, "ec.key");
	AUTO_TEXT ec_pem = sample_path(&s, "ec.pem");
	AUTO_TEXT weak = sample_path(&s, "weak.key");
	AUTO_TEXT weak_pem = sample_path(&s, "weak.pem");
	expect_refusal(&(struct certify_request){ .key = "/nonexistent" }, "/nonexistent");
	expect_refusal(&(struct certify_request){ .key = public }, "holds no private key");
	expect_refusal(&(struct certify_request){ .key = locked }, "is encrypted");
	expect_refusal(
		&(struct certify_request){ .key = locked, .ask = wrong_word, .context = "no" }, "passphrase is wrong");
	expect_refusal(&(struct certify_request){ .key = locked, .ask = wrong_word, .context = "" }, "is encrypted");
	expect_refusal(&(struct certify_request){ .key = ec }, "no Ed25519 key");
	expect_refusal(&(struct certify_request){ .key = ed, .certificate = ed_pem }, "neither RSA nor ECDSA");
	expect_refusal(&(struct certify_request){ .key = weak, .certificate = weak_pem }, "1024 bits");
	expect_refusal(&(struct certify_request){ .key = ec, .certificate = weak_pem }, "not the key's");
	expect_refusal(&(struct certify_request){ .key = ec, .certificate = ec }, "no X.509 certificate");
	expect_refusal(&(struct certify_request){ .key = ec, .certificate = "/nonexistent" }, "/nonexistent");
	AUTO_TEXT late = sample_path(&s, "late.key");
	AUTO_TEXT late_pem = sample_path(&s, "late.pem");
	struct err e;
	struct certified made;
	struct certify_request q = { .folder = s.run,
		.key = late,
		.certificate = late_pem,
		.days = 1,
		.now = SAMPLE_NOW + SAMPLE_DAY,
		.version = "0.1.0" };
	ck_assert_int_eq(certificate_make(&q, &made, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.message, "not valid any more"));
	q.now = SAMPLE_NOW - 2 * SAMPLE_DAY;
	ck_assert_int_eq(certificate_make(&q, &made, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.message, "not valid yet"));
	(void)ec_pem;
}
END_TEST

START_TEST(encrypted_key)
{
	struct err e;
	struct certified made;
	sample_key(&s, "ed", SAMPLE_ED25519, 7);
	AUTO_TEXT locked = sample_path(&s, "ed.enc");
	struct certify_request q = { .folder = s.run,
		.key = locked,
		.days = 1,
		.now = SAMPLE_NOW,
		.version = "0.1.0",
		.ask = wrong_word,
		.context = SAMPLE_WORD };
	ck_assert_int_eq(certificate_make(&q, &made, &e), 0);
	certified_release(&made);
}
END_TEST

START_TEST(refused_words)
{
	sample_key(&s, "ed", SAMPLE_ED25519, 7);
	AUTO_TEXT ed = sample_path(&s, "ed.key");
	static const char *const links[] = { "javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "", "a b",
		"x\"y", "https://example.org/\n" };
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		expect_refusal(&(struct certify_request){ .key = ed, .link = links[i] }, "--link");
	expect_refusal(&(struct certify_request){ .key = ed, .issuer = "two\nlines" }, "--issuer");
	expect_refusal(&(struct certify_request){ .key = ed, .issuer = "\xff" }, "--issuer");
	expect_refusal(&(struct certify_request){ .key = ed, .out = "/tmp/x.txt" }, "--out");
	expect_refusal(&(struct certify_request){ .key = ed, .out = "/tmp/result.json" }, "--out");
	expect_refusal(&(struct certify_request){ .key = ed, .folder = "/nonexistent" }, "no folder");
	expect_refusal(&(struct certify_request){ .key = ed, .folder = s.folder }, "journal.jsonl");
	AUTO_TEXT nowhere = sample_path(&s, "nowhere/certificate.json");
	expect_refusal(&(struct certify_request){ .key = ed, .out = nowhere }, "cannot be written");
}
END_TEST

/* Replaces the first `old` in a file of the run. */
static void replace(const char *name, const char *old, const char *with)
{
	BUF_AUTO text = BUF_INIT;
	BUF_AUTO changed = BUF_INIT;
	AUTO_TEXT path = in_run(name);
	sample_report_read(path, &text);
	const char *at = strstr(buf_text(&text), old);
	ck_assert_ptr_nonnull(at);
	buf_add(&changed, text.data, (size_t)(at - text.data));
	buf_add_text(&changed, with);
	buf_add_text(&changed, at + strlen(old));
	sample_write(path, &changed);
}

START_TEST(refused_runs)
{
	BUF_AUTO none = BUF_INIT;
	sample_key(&s, "ed", SAMPLE_ED25519, 7);
	AUTO_TEXT ed = sample_path(&s, "ed.key");
	AUTO_TEXT journal = in_run("journal.jsonl");
	struct certify_request q = { .key = ed };
	replace("result.json", "\"fail\": 1", "\"fail\": 0");
	expect_refusal(&q, "result.json: does not follow from the journal: it differs at line");
	replace("result.json", "\"fail\": 0", "\"fail\": 1");
	replace("report.html", "</html>", "<!-- --></html>");
	expect_refusal(&q, "report.html: does not follow");
	replace("report.html", "<!-- --></html>", "</html>");
	replace("journal.jsonl", "\"verdict\":\"weak\"", "\"verdict\":\"pass\"");
	expect_refusal(&q, "does not follow");
	replace("journal.jsonl", "\"complete\":true", "\"complete\":false");
	expect_refusal(&q, "is incomplete");
	buf_add_text(&none, "{\"e\":\"run\",\"t\":0,\"format\":1}\n{\"e\":\"summary\",\"t\":1,\"complete\":true}\n");
	sample_write(journal, &none);
	expect_refusal(&q, "no check ran");
}
END_TEST

/* ---- whom it trusts ---- */

static void expect_finding(const struct verify_request *q, const char *fragment)
{
	struct verified v = sample_verify(&s, q);
	AUTO_TEXT findings = sample_findings(&v);
	ck_assert_msg(fragment ? strstr(findings, fragment) != NULL : !v.findings.count, "expected %s: %s",
		fragment ? fragment : "nothing", findings);
	verified_release(&v);
}

static void expect_bad_input(const struct verify_request *q, const char *fragment)
{
	struct err e;
	struct verified v;
	ck_assert_int_eq(certificate_verify(q, &v, &e), -1);
	AUTO_TEXT message = memory_printf("%s: %s", e.where, e.message);
	ck_assert_msg(e.class == ERR_USAGE && strstr(message, fragment), "%s", message);
}

START_TEST(dates)
{
	sample_key(&s, "ed", SAMPLE_ED25519, 7);
	sample_certify(&s, "ed", false);
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW - 1 }, "not valid yet");
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW }, NULL);
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW + 100 * SAMPLE_DAY }, NULL);
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW + 100 * SAMPLE_DAY + 1 }, "not valid any more");
}
END_TEST

START_TEST(keys)
{
	sample_key(&s, "ed", SAMPLE_ED25519, 7);
	sample_key(&s, "stranger", SAMPLE_ED25519, 8);
	sample_key(&s, "authority", SAMPLE_EC, 0);
	sample_certificate(&s, "authority", NULL, 1000);
	AUTO_TEXT right = sample_path(&s, "ed.pub");
	AUTO_TEXT wrong = sample_path(&s, "stranger.pub");
	AUTO_TEXT authority = sample_path(&s, "authority.pem");
	AUTO_TEXT private = sample_path(&s, "ed.key");
	AUTO_TEXT path = in_run("certificate.json");
	sample_certify(&s, "ed", false);
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW, .key = right }, NULL);
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW, .key = wrong }, "another key");
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW, .authorities = authority }, "no authority");
	expect_bad_input(&(struct verify_request){ .certificate = path, .key = private }, "no public key");
	expect_bad_input(&(struct verify_request){ .certificate = path, .authorities = private }, "no X.509");
	expect_bad_input(&(struct verify_request){ .certificate = "/nonexistent" }, "/nonexistent");
	expect_bad_input(&(struct verify_request){ .certificate = private }, "no certificate");
}
END_TEST

START_TEST(authorities)
{
	sample_key(&s, "authority", SAMPLE_RSA, 0);
	sample_key(&s, "stranger", SAMPLE_EC, 0);
	sample_key(&s, "signer", SAMPLE_EC, 0);
	sample_certificate(&s, "authority", NULL, 1000);
	sample_certificate(&s, "stranger", NULL, 1000);
	sample_certificate(&s, "signer", "authority", 1000);
	AUTO_TEXT right = sample_path(&s, "authority.pem");
	AUTO_TEXT wrong = sample_path(&s, "stranger.pem");
	AUTO_TEXT key = sample_path(&s, "signer.pub");
	AUTO_TEXT other = sample_path(&s, "stranger.pub");
	sample_certify(&s, "signer", true);
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW, .authorities = right }, NULL);
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW, .authorities = wrong }, "no authority of");
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW, .key = key }, NULL);
	expect_finding(&(struct verify_request){ .now = SAMPLE_NOW, .key = other }, "another key");
	struct verified v = sample_verify(&s, NULL);
	bool said = false;
	for (size_t i = 0; i < v.notes.count; i++)
		said |= strstr(v.notes.items[i], "give --ca FILE") != NULL;
	ck_assert(said);
	verified_release(&v);
}
END_TEST

/* The certificate of another run of the same operator, laid beside this one. */
START_TEST(another_run)
{
	static const char *const parts[] = { "certificate.json", "certificate.sig", "certificate.chain", "badge.svg" };
	struct sample other;
	sample_open(&other);
	sample_key(&s, "ed", SAMPLE_ED25519, 7);
	sample_key(&other, "ed", SAMPLE_ED25519, 7);
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = { "results.xml", "result.json", "junit.xml", "report.html" };
		AUTO_TEXT path = memory_printf("%s/%s", other.run, names[i]);
		unlink(path);
	}
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT journal = memory_printf("%s/journal.jsonl", other.run);
	sample_report_read(journal, &text);
	char *started = strstr(text.data, "\"started\":\"2026");
	ck_assert_ptr_nonnull(started);
	started[14] = '5';
	sample_write(journal, &text);
	sample_certify(&other, "ed", false);
	for (size_t i = 0; i < 4; i++) {
		AUTO_TEXT from = memory_printf("%s/%s", other.run, parts[i]);
		AUTO_TEXT to = in_run(parts[i]);
		sample_report_read(from, &text);
		sample_write(to, &text);
	}
	expect_finding(NULL, "journal.jsonl: line 1, bytes 1 to");
	sample_close(&other);
}
END_TEST

/* The statement of one certificate under the signature of another, by the same key. */
START_TEST(signature_of_another)
{
	BUF_AUTO signature = BUF_INIT;
	sample_key(&s, "ed", SAMPLE_ED25519, 7);
	sample_key(&s, "two", SAMPLE_ED25519, 8);
	AUTO_TEXT path = in_run("certificate.sig");
	sample_certify(&s, "ed", false);
	sample_report_read(path, &signature);
	sample_certify(&s, "two", false);
	sample_write(path, &signature);
	expect_finding(NULL, "certificate.sig: does not fit certificate.json");
}
END_TEST

/* The certificate can be elsewhere than the reports, under another name, and be looked at alone. */
START_TEST(elsewhere)
{
	struct err e;
	struct certified made;
	struct verified v;
	sample_key(&s, "ed", SAMPLE_ED25519, 7);
	AUTO_TEXT key = sample_path(&s, "ed.key");
	AUTO_TEXT folder = sample_path(&s, "other");
	AUTO_TEXT out = sample_path(&s, "other/spring.json");
	ck_assert_int_eq(directory_make(folder, &e), 0);
	struct certify_request q = {
		.folder = s.run, .key = key, .out = out, .days = 1, .now = SAMPLE_NOW, .version = "0.1.0"
	};
	ck_assert_int_eq(certificate_make(&q, &made, &e), 0);
	ck_assert_str_eq(made.path, out);
	certified_release(&made);
	struct verify_request r = { .certificate = out, .now = SAMPLE_NOW };
	ck_assert_int_eq(certificate_verify(&r, &v, &e), 0);
	ck_assert_uint_eq(v.findings.count, 5);
	verified_release(&v);
	r.reports = s.run;
	ck_assert_int_eq(certificate_verify(&r, &v, &e), 0);
	ck_assert_uint_eq(v.findings.count, 0);
	verified_release(&v);
	r.reports = NULL;
	r.alone = true;
	ck_assert_int_eq(certificate_verify(&r, &v, &e), 0);
	ck_assert_uint_eq(v.findings.count, 0);
	verified_release(&v);
}
END_TEST

Suite *suite_certificate(void);
Suite *suite_certificate(void)
{
	Suite *suite = suite_create("certificate");
	TCase *tcase = tcase_create("certificate");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, golden_statement);
	tcase_add_test(tcase, scope_is_whole);
	tcase_add_test(tcase, twice_the_same);
	tcase_add_test(tcase, other_kind_replaces);
	tcase_add_test(tcase, whichever_reports_there_are);
	tcase_add_test(tcase, refused_keys);
	tcase_add_test(tcase, encrypted_key);
	tcase_add_test(tcase, refused_words);
	tcase_add_test(tcase, refused_runs);
	tcase_add_test(tcase, dates);
	tcase_add_test(tcase, keys);
	tcase_add_test(tcase, authorities);
	tcase_add_test(tcase, another_run);
	tcase_add_test(tcase, signature_of_another);
	tcase_add_test(tcase, elsewhere);
	suite_add_tcase(suite, tcase);
	return suite;
}
