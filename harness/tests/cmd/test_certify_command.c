/* assay certify and assay verify as a user starts them; and that openssl and sha256sum agree, as docs/certificates.md says. */
#include "base/memory.h"
#include "base/text.h"
#include "program.h"
#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOURNAL "harness/tests/report/golden/conforming.jsonl"

static char *folder, *run, *key;

static char *at(const char *name)
{
	return memory_printf("%s/%s", folder, name);
}

static void write_pem(const char *name, EVP_PKEY *private, EVP_PKEY *public, X509 *certificate)
{
	AUTO_TEXT path = at(name);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	if (private)
		ck_assert_int_eq(PEM_write_PKCS8PrivateKey(file, private, EVP_aes_128_cbc(), "hark", 4, NULL, NULL), 1);
	if (public)
		ck_assert_int_eq(PEM_write_PUBKEY(file, public), 1);
	if (certificate)
		ck_assert_int_eq(PEM_write_X509(file, certificate), 1);
	fclose(file);
}

/* An ECDSA key with a certificate that it signed itself. */
static void make_x509(void)
{
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	X509 *one = X509_new();
	X509_NAME_add_entry_by_txt(
		X509_get_subject_name(one), "CN", MBSTRING_UTF8, (const unsigned char *)"Globe Theatre", -1, -1, 0);
	X509_set_issuer_name(one, X509_get_subject_name(one));
	X509_gmtime_adj(X509_getm_notBefore(one), -60);
	X509_gmtime_adj(X509_getm_notAfter(one), 5 * 24 * 3600);
	X509_set_pubkey(one, pair);
	ck_assert_int_gt(X509_sign(one, pair, EVP_sha256()), 0);
	write_pem("firm.key", pair, NULL, NULL);
	write_pem("firm.pem", NULL, NULL, one);
	X509_free(one);
	EVP_PKEY_free(pair);
}

static void set_up(void)
{
	struct err e;
	BUF_AUTO journal = BUF_INIT;
	folder = program_folder();
	run = at("run");
	key = at("key.pem");
	ck_assert_int_eq(directory_make(run, &e), 0);
	ck_assert_int_eq(file_read(JOURNAL, &journal, &e), 0);
	free(program_file(run, "journal.jsonl", buf_text(&journal)));
	free(program_file(folder, "word", "hark\n"));
	struct outcome_of_program o = PROGRAM(NULL, 30, "report", run);
	ck_assert_int_eq(o.status, 0);
	program_release(&o);
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	write_pem("key.pem", pair, NULL, NULL);
	write_pem("key.pub", NULL, pair, NULL);
	EVP_PKEY_free(pair);
}

static void tear_down(void)
{
	program_remove(folder);
	free(run);
	free(key);
}

/* The status, and fragments in what is written: on standard output where it is 0 or 1, else in one line on standard error. */
static void expect(struct outcome_of_program o, int status, const char *const *fragments)
{
	const struct buf *text = status < 2 ? &o.out : &o.err;
	ck_assert_msg(o.status == status, "status %d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	for (size_t i = 0; fragments[i]; i++)
		ck_assert_msg(strstr(buf_text(text), fragments[i]), "no '%s' in: %s", fragments[i], buf_text(text));
	if (status == 2)
		ck_assert_msg(!o.out.len && strchr(buf_text(&o.err), '\n') == o.err.data + o.err.len - 1, "%s%s",
			buf_text(&o.out), buf_text(&o.err));
	program_release(&o);
}
#define EXPECT(o, status, ...) expect(o, status, (const char *const[]){ __VA_ARGS__, NULL })

static void shell(const char *command)
{
	AUTO_TEXT line = memory_printf("cd %s && { %s; } >/dev/null 2>&1", run, command);
	int status = system(line);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s", command);
}

/* A report in German is certified as it is; one that says it is in a language that there is none of, or is no German report, is not. */
START_TEST(a_report_in_german)
{
	static const char *const languages[] = { "<html lang=\"en\">", "<html lang=\"xx\">", "<html lang=\"../de\">" };
	struct err e;
	AUTO_TEXT page = memory_printf("%s/report.html", run);
	AUTO_TEXT word = at("word");
	AUTO_TEXT certificate = memory_printf("%s/certificate.json", run);
	struct outcome_of_program o = PROGRAM(NULL, 30, "report", run, "--lang", "de");
	ck_assert_int_eq(o.status, 0);
	program_release(&o);
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		BUF_AUTO german = BUF_INIT;
		ck_assert_int_eq(file_read(page, &german, &e), 0);
		const char *rest = strstr(buf_text(&german), "<html lang=\"de\">");
		ck_assert_ptr_nonnull(rest);
		AUTO_TEXT other = memory_printf("%.*s%s%s", (int)(rest - buf_text(&german)), buf_text(&german),
			languages[i], rest + strlen("<html lang=\"de\">"));
		ck_assert_int_eq(file_write(page, other, strlen(other), &e), 0);
		o = PROGRAM(NULL, 30, "certify", run, "--key", key, "--password-file", word);
		ck_assert_int_eq(o.status, 2);
		ck_assert_ptr_nonnull(strstr(buf_text(&o.err), "report.html: does not follow"));
		ck_assert(!file_exists(certificate));
		program_release(&o);
		ck_assert_int_eq(file_write(page, buf_text(&german), german.len, &e), 0);
	}
	o = PROGRAM(NULL, 30, "certify", run, "--key", key, "--password-file", word);
	ck_assert_msg(o.status == 0, "%s", buf_text(&o.err));
	program_release(&o);
	o = PROGRAM(NULL, 30, "verify", run);
	ck_assert_msg(o.status == 0, "%s%s", buf_text(&o.out), buf_text(&o.err));
	program_release(&o);
}
END_TEST

START_TEST(with_a_key)
{
	AUTO_TEXT public = at("key.pub");
	AUTO_TEXT word = at("word");
	AUTO_TEXT certificate = at("run/certificate.json");
	EXPECT(PROGRAM(NULL, 30, "certify", run, "--key", key, "--password-file", word, "--issuer", "The Globe"), 0,
		"/run/certificate.json", "valid until: ", "SHA-256 ");
	EXPECT(PROGRAM(NULL, 30, "verify", run), 0, "compare its fingerprint", "good: ");
	EXPECT(PROGRAM(NULL, 30, "verify", certificate, "--key", public), 0, "the key is that of", "good: ");
	shell("openssl pkeyutl -verify -pubin -inkey ../key.pub -rawin -in certificate.json -sigfile certificate.sig");
	shell("sed -n 's/^   \"sha256\": \"\\(.*\\)\"$/\\1/p' certificate.json >sums && "
	      "sed -n 's/^   \"name\": \"\\(.*\\)\",$/  \\1/p' certificate.json >names && [ $(wc -l <names) = 6 ] && "
	      "paste -d '' sums names | sha256sum -c");
	shell("printf x >>journal.jsonl");
	EXPECT(PROGRAM(NULL, 30, "verify", run), 1, "wrong: journal.jsonl: line", "added since it was signed",
		"1 thing is wrong");
	EXPECT(PROGRAM(NULL, 30, "verify", run, "--alone"), 0, "good: ");
}
END_TEST

START_TEST(with_a_certificate)
{
	AUTO_TEXT firm = at("firm.key");
	AUTO_TEXT pem = at("firm.pem");
	AUTO_TEXT word = at("word");
	make_x509();
	struct outcome_of_program o = PROGRAM(NULL, 30, "certify", run, "--key", firm, "--certificate", pem,
		"--password-file", word, "--valid-days", "20");
	ck_assert_msg(o.status == 0 && strstr(buf_text(&o.err), "ends before 20 days"), "%s", buf_text(&o.err));
	program_release(&o);
	EXPECT(PROGRAM(NULL, 30, "verify", run), 0, "CN=Globe Theatre", "give --ca FILE");
	EXPECT(PROGRAM(NULL, 30, "verify", run, "--ca", pem), 0, "vouches for");
	shell("openssl cms -verify -binary -inform DER -in certificate.p7s -content certificate.json -CAfile ../firm.pem "
	      "-purpose any -out /dev/null");
}
END_TEST

/* The loop of docs/certificates.md over the chain of the journal: silent, and then it names the piece. */
START_TEST(chain_by_hand)
{
	static const char loop[] =
		"previous=journal.jsonl offset=0; "
		"sed -n '/^file journal.jsonl$/,/^file r/p' certificate.chain | grep -v '^file' >pieces; "
		"while read -r length value; do "
		"is=$({ printf %s \"$previous\"; tail -c +$((offset + 1)) journal.jsonl | head -c \"$length\"; } | "
		"sha256sum | cut -d ' ' -f 1); "
		"[ \"$is\" = \"$value\" ] || echo \"bytes $((offset + 1)) to $((offset + length))\" >>wrong; "
		"previous=$value offset=$((offset + length)); done <pieces; ";
	AUTO_TEXT word = at("word");
	EXPECT(PROGRAM(NULL, 30, "certify", run, "--key", key, "--password-file", word), 0, "certificate: ");
	AUTO_TEXT good = memory_printf("%s [ ! -e wrong ] && [ $offset = $(wc -c <journal.jsonl) ]", loop);
	AUTO_TEXT bad = memory_printf("sed -i '2s/a/b/' journal.jsonl; %s grep -q '^bytes' wrong", loop);
	shell(good);
	shell(bad);
}
END_TEST

START_TEST(bad_input)
{
	AUTO_TEXT word = at("word");
	AUTO_TEXT wrong = program_file(folder, "wrong", "lark\n");
	AUTO_TEXT nobody = at("nobody");
	EXPECT(PROGRAM(NULL, 30, "certify"), 2, "one folder");
	EXPECT(PROGRAM(NULL, 30, "certify", run), 2, "--key");
	EXPECT(PROGRAM(NULL, 30, "certify", run, "--key", nobody), 2, "nobody");
	EXPECT(PROGRAM(NULL, 30, "certify", run, "--key", key, "--password-file", wrong), 2, "passphrase is wrong");
	EXPECT(PROGRAM(NULL, 30, "certify", run, "--key", key, "--password-file", nobody), 2, "nobody");
	EXPECT(PROGRAM(NULL, 30, "certify", run, "--key", key, "--valid-days", "0"), 2, "--valid-days", "'0'");
	EXPECT(PROGRAM(NULL, 30, "certify", run, "--key", key, "--password", "hark"), 2, "--password");
	EXPECT(PROGRAM(NULL, 30, "certify", folder, "--key", key, "--password-file", word), 2, "journal.jsonl");
	EXPECT(PROGRAM(NULL, 30, "certify", run, "--key", key, "--password-file", word, "--link", "javascript:x"), 2,
		"--link");
	EXPECT(PROGRAM(NULL, 30, "verify"), 2, "one certificate");
	EXPECT(PROGRAM(NULL, 30, "verify", run), 2, "certificate.json");
	EXPECT(PROGRAM(NULL, 30, "verify", key), 2, "is no certificate");
	EXPECT(PROGRAM(NULL, 30, "verify", run, "--key", key), 2, "no public key");
	EXPECT(PROGRAM(NULL, 30, "verify", run, "--reports", nobody), 2, "--reports");
	AUTO_TEXT certificate = at("run/certificate.json");
	AUTO_TEXT badge = at("run/badge.svg");
	ck_assert(!file_exists(certificate) && !file_exists(badge));
}
END_TEST

Suite *suite_certify_command(void);
Suite *suite_certify_command(void)
{
	Suite *suite = suite_create("certify command");
	TCase *tcase = tcase_create("program");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 120);
	tcase_set_tags(tcase, "integration");
	tcase_add_test(tcase, a_report_in_german);
	tcase_add_test(tcase, with_a_key);
	tcase_add_test(tcase, with_a_certificate);
	tcase_add_test(tcase, chain_by_hand);
	tcase_add_test(tcase, bad_input);
	suite_add_tcase(suite, tcase);
	return suite;
}
