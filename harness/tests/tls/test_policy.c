#include "base/text.h"
#include "tls/policy.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static void begin(void)
{
	snprintf(path, sizeof path, "/tmp/assay-policy-%ld.tsv", (long)getpid());
}

static void finish(void)
{
	unlink(path);
}

static int load(struct policy *p, const char *text, struct err *e)
{
	ck_assert_int_eq(file_write(path, text, strlen(text), e), 0);
	return policy_load(p, path, e);
}

#define HEAD "# mine\ntitle\tMine\nedition\t1\ndate\t2026-01-01\n"

START_TEST(the_first_row_counts)
{
	struct policy p;
	struct err e;
	struct judgement j;
	ck_assert_int_eq(
		load(&p,
			HEAD
			"suite\t*_GCM_*\tpass\ts 1\t\nsuite\t*\tweak\ts 2\tnot listed\ndh-bits\t<3000\tfail\ts 3\tshort\ndh-bits\t*\tpass\t\t\n",
			&e),
		0);
	const struct finding_of_tls gcm = { "suite", "TLS_AES_128_GCM_SHA256", "" },
				    cbc = { "suite", "TLS_RSA_WITH_AES_128_CBC_SHA", "" };
	const struct finding_of_tls small = { "dh-bits", "2999", "" }, large = { "dh-bits", "3000", "" },
				    other = { "group", "x25519", "" };
	ck_assert(policy_judge(&p, &gcm, &j) && j.worth == WORTH_PASS);
	ck_assert(policy_judge(&p, &cbc, &j) && j.worth == WORTH_WEAK);
	ck_assert_str_eq(j.reason, "not listed");
	ck_assert_str_eq(j.where, "s 2");
	ck_assert(policy_judge(&p, &small, &j) && j.worth == WORTH_FAIL);
	ck_assert(policy_judge(&p, &large, &j) && j.worth == WORTH_PASS);
	ck_assert(!policy_judge(&p, &other, &j));
	policy_release(&p);
}
END_TEST

static const struct {
	const char *text;
	int line;
	const char *message;
} faults[] = {
	{ HEAD "suite\t*\tpass\n", 5, "tabs between" },
	{ HEAD "suit\t*\tpass\t\t\n", 5, "no item 'suit'" },
	{ HEAD "suite\t*\tgood\t\t\n", 5, "no worth" },
	{ HEAD "dh-bits\t<x\tfail\t\t\n", 5, "no number" },
	{ "title\tMine\nsuite\t*\tpass\t\t\n", 0, "an edition and a date" },
};

START_TEST(faults_have_their_line)
{
	struct policy p;
	struct err e = { .class = ERR_NONE };
	ck_assert_int_eq(load(&p, faults[_i].text, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	AUTO_TEXT where = faults[_i].line ? memory_printf("%s:%d", path, faults[_i].line) : memory_copy_text(path);
	ck_assert_str_eq(e.where, where);
	ck_assert_msg(strstr(e.message, faults[_i].message), "%s", e.message);
}
END_TEST

/* What is shipped speaks of everything that can be found wrong. */
START_TEST(policies_that_are_shipped)
{
	static const char *const names[] = { "assay", "bsi-tr-02102-2", "mozilla-intermediate" };
	static const struct finding_of_tls wrong[] = { { "version", "SSLv3", "" }, { "version", "TLSv1.0", "" },
		{ "version", "TLSv1.1", "" }, { "certificate", "it is for b.test", "" },
		{ "signature", "sha1WithRSAEncryption", "" } };
	static const struct finding_of_tls poor[] = { { "suite", "TLS_RSA_WITH_RC4_128_MD5", "" },
		{ "suite", "TLS_DH_anon_WITH_AES_128_CBC_SHA", "" }, { "suite", "TLS_RSA_WITH_AES_128_CBC_SHA", "" },
		{ "suite", "0x4a4a", "" }, { "rsa-bits", "1024", "" }, { "dh-bits", "1024", "" } };
	static const struct finding_of_tls right[] = { { "version", "TLSv1.2", "" }, { "version", "TLSv1.3", "" },
		{ "certificate", "accepted", "" }, { "suite", "TLS_AES_256_GCM_SHA384", "" },
		{ "suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "" }, { "group", "secp256r1", "" },
		{ "rsa-bits", "4096", "" }, { "ec-bits", "256", "" }, { "signature", "ecdsa-with-SHA256", "" } };
	struct arena a = ARENA_INIT;
	struct policy p;
	struct err e;
	struct judgement j;
	const char *file = data_path(&a, arena_printf(&a, "suites/policies/%s.tsv", names[_i]));
	ck_assert_msg(policy_load(&p, file, &e) == 0, "%s: %s", e.where, e.message);
	ck_assert_str_eq(p.name, names[_i]);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(policy_judge(&p, &wrong[i], &j) && j.worth == WORTH_FAIL, "%s", wrong[i].value);
	for (size_t i = 0; i < sizeof poor / sizeof *poor; i++)
		ck_assert_msg(policy_judge(&p, &poor[i], &j) && j.worth != WORTH_PASS, "%s", poor[i].value);
	for (size_t i = 0; i < sizeof right / sizeof *right; i++)
		ck_assert_msg(policy_judge(&p, &right[i], &j) && j.worth == WORTH_PASS, "%s", right[i].value);
	policy_release(&p);
	arena_release(&a);
}
END_TEST

Suite *suite_policy(void);
Suite *suite_policy(void)
{
	Suite *s = suite_create("policy");
	TCase *t = tcase_create("policy");
	tcase_add_checked_fixture(t, begin, finish);
	tcase_add_test(t, the_first_row_counts);
	tcase_add_loop_test(t, faults_have_their_line, 0, (int)(sizeof faults / sizeof *faults));
	tcase_add_loop_test(t, policies_that_are_shipped, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
