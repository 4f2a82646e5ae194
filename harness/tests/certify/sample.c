#include "sample.h"
#include "report/report.h"
#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GOLDEN "harness/tests/certify/golden"

void sample_report_read(const char *path, struct buf *out)
{
	struct err e;
	buf_clear(out);
	if (file_read(path, out, &e))
		ck_abort_msg("%s: %s", e.where, e.message);
}

void sample_write(const char *path, const struct buf *bytes)
{
	struct err e;
	if (file_write(path, buf_text(bytes), bytes->len, &e))
		ck_abort_msg("%s: %s", e.where, e.message);
}

static char *golden(const char *name)
{
	struct arena arena = ARENA_INIT;
	char *path = memory_printf("%s/%s", data_path(&arena, GOLDEN), name);
	arena_release(&arena);
	return path;
}

void sample_golden(const char *name, const struct buf *text)
{
	BUF_AUTO kept = BUF_INIT;
	AUTO_TEXT path = golden(name);
	if (getenv("UPDATE_GOLDEN")) {
		sample_write(path, text);
		return;
	}
	sample_report_read(path, &kept);
	ck_assert_msg(kept.len == text->len && memcmp(buf_text(&kept), buf_text(text), kept.len) == 0,
		"%s differs (UPDATE_GOLDEN=1 rewrites it); now:\n%s", path, buf_text(text));
}

void sample_open(struct sample *s)
{
	struct err e;
	struct results r;
	BUF_AUTO journal = BUF_INIT;
	if (file_exists("reports/html.xsl"))
		setenv("ASSAY_DATA", ".", 0);
	xml_start();
	strcpy(s->folder, "/tmp/assay-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(s->folder));
	s->run = sample_path(s, "run");
	ck_assert_int_eq(directory_make(s->run, &e), 0);
	AUTO_TEXT from = golden("run.jsonl");
	AUTO_TEXT to = sample_path(s, "run/journal.jsonl");
	sample_report_read(from, &journal);
	sample_write(to, &journal);
	if (results_from_journal(&r, to, &e) || report_write(&r, s->run, &e))
		ck_abort_msg("%s: %s", e.where, e.message);
	results_release(&r);
}

void sample_close(struct sample *s)
{
	struct arena arena = ARENA_INIT;
	struct vec files = VEC_INIT;
	directory_files(&arena, s->folder, "", &files, NULL);
	for (size_t i = 0; i < files.count; i++)
		unlink(files.items[i]);
	vec_release(&files);
	AUTO_TEXT other = sample_path(s, "other");
	rmdir(other);
	rmdir(s->run);
	ck_assert_int_eq(rmdir(s->folder), 0);
	free(s->run);
	arena_release(&arena);
}

char *sample_path(const struct sample *s, const char *name)
{
	return memory_printf("%s/%s", s->folder, name);
}

/* ---- keys ---- */

static FILE *open_file(const struct sample *s, const char *name, const char *ending, const char *mode)
{
	AUTO_TEXT path = memory_printf("%s/%s%s", s->folder, name, ending);
	FILE *file = fopen(path, mode);
	ck_assert_ptr_nonnull(file);
	if (*mode == 'w')
		fchmod(fileno(file), 0600);
	return file;
}

static EVP_PKEY *make_key(enum sample_key kind, int seed)
{
	unsigned char number[32];
	memset(number, seed, sizeof number);
	switch (kind) {
	case SAMPLE_RSA:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)(seed ? seed : 2048));
	case SAMPLE_EC:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	case SAMPLE_ED25519:
		break;
	}
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, number, sizeof number);
}

void sample_key(const struct sample *s, const char *name, enum sample_key kind, int seed)
{
	EVP_PKEY *key = make_key(kind, seed);
	ck_assert_ptr_nonnull(key);
	FILE *file = open_file(s, name, ".key", "w");
	ck_assert_int_eq(PEM_write_PKCS8PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
	file = open_file(s, name, ".pub", "w");
	ck_assert_int_eq(PEM_write_PUBKEY(file, key), 1);
	fclose(file);
	if (kind == SAMPLE_ED25519) {
		file = open_file(s, name, ".enc", "w");
		ck_assert_int_eq(PEM_write_PKCS8PrivateKey(file, key, EVP_aes_256_cbc(), SAMPLE_WORD,
					 (int)strlen(SAMPLE_WORD), NULL, NULL),
			1);
		fclose(file);
	}
	EVP_PKEY_free(key);
}

static EVP_PKEY *read_key(const struct sample *s, const char *name)
{
	FILE *file = open_file(s, name, ".key", "r");
	EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	ck_assert_ptr_nonnull(key);
	return key;
}

static void set_extension(X509 *certificate, int kind, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

void sample_certificate(const struct sample *s, const char *name, const char *authority, int days)
{
	static long serial = 1;
	EVP_PKEY *key = read_key(s, name), *signer = read_key(s, authority ? authority : name);
	X509 *one = X509_new();
	X509_set_version(one, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(one), serial++);
	X509_NAME_add_entry_by_txt(
		X509_get_subject_name(one), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_NAME_add_entry_by_txt(X509_get_issuer_name(one), "CN", MBSTRING_UTF8,
		(const unsigned char *)(authority ? authority : name), -1, -1, 0);
	ASN1_TIME_set(X509_getm_notBefore(one), (time_t)(SAMPLE_NOW - SAMPLE_DAY));
	ASN1_TIME_set(X509_getm_notAfter(one), (time_t)(SAMPLE_NOW + days * SAMPLE_DAY));
	X509_set_pubkey(one, key);
	set_extension(one, NID_basic_constraints, authority ? "critical,CA:FALSE" : "critical,CA:TRUE");
	ck_assert_int_gt(X509_sign(one, signer, EVP_sha256()), 0);
	FILE *file = open_file(s, name, ".pem", "w");
	PEM_write_X509(file, one);
	fclose(file);
	X509_free(one);
	EVP_PKEY_free(key);
	EVP_PKEY_free(signer);
}

/* ---- certificates of runs ---- */

void sample_certify(const struct sample *s, const char *name, bool x509)
{
	struct err e;
	struct certified made;
	AUTO_TEXT key = memory_printf("%s/%s.key", s->folder, name);
	AUTO_TEXT pem = memory_printf("%s/%s.pem", s->folder, name);
	struct certify_request q = { .folder = s->run,
		.key = key,
		.certificate = x509 ? pem : NULL,
		.days = 100,
		.now = SAMPLE_NOW,
		.version = "0.1.0",
		.issuer = "The Chapel of St. Peter & \xc3\x9c",
		.link = "https://example.org/assay/?a=1&b=2" };
	if (certificate_make(&q, &made, &e))
		ck_abort_msg("%s: %s", e.where, e.message);
	certified_release(&made);
}

struct verified sample_verify(const struct sample *s, const struct verify_request *more)
{
	struct err e;
	struct verified v;
	AUTO_TEXT path = sample_path(s, "run/certificate.json");
	struct verify_request q = more ? *more : (struct verify_request){ .now = SAMPLE_NOW };
	q.certificate = path;
	if (certificate_verify(&q, &v, &e))
		ck_abort_msg("%s: %s", e.where, e.message);
	return v;
}

char *sample_findings(const struct verified *v)
{
	BUF_AUTO text = BUF_INIT;
	buf_add_text(&text, "");
	for (size_t i = 0; i < v->findings.count; i++) {
		finding_print(v->findings.items[i], &text);
		buf_add_char(&text, '\n');
	}
	return memory_copy_text(buf_text(&text));
}
