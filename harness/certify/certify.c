/* From the folder of a run to its certificate. */
#include "certify/certify.h"
#include "base/text.h"
#include "certify/private.h"
#include "report/report.h"
#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define JOURNAL "journal.jsonl"

const char *const certified_files[] = { JOURNAL, "results.xml", "result.json", "junit.xml", "report.html", BADGE,
	NULL };
static const enum report_format formats[] = { REPORT_XML, REPORT_JSON, REPORT_JUNIT, REPORT_HTML };

/* ---- paths ---- */

const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? memory_copy_bytes(path, slash == path ? 1 : (size_t)(slash - path)) : memory_copy_text(".");
}

char *sibling(const char *path, const char *ending)
{
	size_t length = strlen(path) - (text_ends(path, ".json") ? 5 : 0);
	return memory_printf("%.*s%s", (int)length, path, ending);
}

/* ---- what is certified ---- */

struct making {
	const struct certify_request *request;
	struct signer signer;
	json_t *results; /* result.json, made again */
	json_t *run;     /* the journal's first line */
	json_t *statement, *files;
	struct vec chains;
	int64_t until;
};

/* Takes a file into the certificate. */
static void take(struct making *m, const char *name, const struct buf *bytes)
{
	char digest[DIGEST_SIZE];
	struct chain *c = memory_alloc(sizeof *c);
	chain_make(c, name, buf_text(bytes), bytes->len, chain_least(name));
	vec_push(&m->chains, c);
	digest_bytes(buf_text(bytes), bytes->len, digest);
	json_t *file = json_object();
	json_object_set_new(file, "name", json_string(name));
	json_object_set_new(file, "bytes", json_integer((json_int_t)bytes->len));
	json_object_set_new(file, "sha256", json_string(digest));
	json_array_append_new(m->files, file);
}

/* Prints the report as the one in the folder was: that for people may be in another language, which it names at its head. */
static int print_again(
	const struct results *r, enum report_format format, const struct buf *there, struct buf *again, struct err *e)
{
	static const char head[] = "<html lang=\"";
	BUF_AUTO known = BUF_INIT;
	struct results in_language = *r;
	const char *at = format == REPORT_HTML ? strstr(buf_text(there), head) : NULL;
	AUTO_TEXT language = at ? memory_copy_bytes(at + strlen(head), strcspn(at + strlen(head), "\"")) : NULL;
	if (language && strcmp(language, "en") != 0 && report_has_language(language, &known))
		in_language.language = language;
	return report_print(&in_language, format, again, e);
}

/* A report that is in the folder must be what the journal gives. */
static int take_report(struct making *m, const struct results *r, enum report_format format, struct err *e)
{
	BUF_AUTO again = BUF_INIT;
	BUF_AUTO bytes = BUF_INIT;
	AUTO_TEXT path = memory_printf("%s/%s", m->request->folder, report_file_name(format));
	if (format != REPORT_JSON && !file_exists(path))
		return 0;
	bool there = file_exists(path);
	if ((there && file_read(path, &bytes, e)) || print_again(r, format, &bytes, &again, e))
		return -1;
	if (format == REPORT_JSON)
		m->results = json_loadb(buf_text(&again), again.len, 0, NULL);
	if (!there)
		return 0;
	struct difference d = difference_find(&bytes, &again);
	if (d.last || d.expected_last) {
		size_t line = 1;
		for (size_t i = 0; i < d.first; i++)
			line += buf_text(&bytes)[i] == '\n';
		return err_set(e, ERR_USAGE, path,
			"does not follow from the journal: it differs at line %zu. If the journal is right, `assay report` makes "
			"it again",
			line);
	}
	take(m, report_file_name(format), &bytes);
	return 0;
}

static int take_run(struct making *m, struct err *e)
{
	struct results r = { 0 };
	BUF_AUTO journal = BUF_INIT;
	AUTO_TEXT path = memory_printf("%s/" JOURNAL, m->request->folder);
	if (file_read(path, &journal, e) || results_from_journal(&r, path, e))
		return -1;
	int result = 0;
	if (!r.complete)
		result = err_set(e, ERR_USAGE, path, "is of a run that is incomplete; only a whole one is certified");
	else if (r.checks == r.unsupported + r.not_run)
		result = err_set(e, ERR_USAGE, path, "is of a run in which no check ran: nothing is known");
	if (!result)
		take(m, JOURNAL, &journal);
	for (size_t i = 0; !result && i < sizeof formats / sizeof *formats; i++)
		result = take_report(m, &r, formats[i], e);
	results_release(&r);
	m->run = json_loadb(buf_text(&journal), strcspn(buf_text(&journal), "\n"), 0, NULL);
	if (!result && (!m->results || !m->run))
		result = err_set(e, ERR_INTERNAL, path, "gives results that cannot be read");
	else if (!result && json_object_get(m->results, "client"))
		result = err_set(e, ERR_USAGE, path, "is of a run on a client: a certificate is for a service");
	return result;
}

/* ---- what is asked for ---- */

/* http, https or a relative path: nothing that a browser would run. */
static bool is_link(const char *link)
{
	size_t scheme = strcspn(link, ":/?#");
	return text_is_plain(link) && *link && strcspn(link, " <>\"\\^`{|}") == strlen(link) &&
		(link[scheme] != ':' || text_starts(link, "https://") || text_starts(link, "http://"));
}

static int check_request(const struct certify_request *q, struct err *e)
{
	if (!file_is_directory(q->folder))
		return err_set(e, ERR_USAGE, q->folder, "is no folder of a run");
	if (q->issuer && !text_is_plain(q->issuer))
		return err_set(e, ERR_USAGE, "--issuer", "takes one line of UTF-8, at most 500 bytes");
	if (q->link && !is_link(q->link))
		return err_set(
			e, ERR_USAGE, "--link", "takes an http or https address or a relative path, not '%s'", q->link);
	if (q->out && (!text_ends(q->out, ".json") || strcmp(name_of(q->out), "result.json") == 0))
		return err_set(
			e, ERR_USAGE, "--out", "takes a file that ends in .json and is no report, not '%s'", q->out);
	return 0;
}

static void choose_end(struct making *m, struct certified *made)
{
	struct tm end = { 0 };
	m->until = m->request->now + (int64_t)m->request->days * 24 * 60 * 60;
	if (!m->signer.certificate || ASN1_TIME_to_tm(X509_get0_notAfter(m->signer.certificate), &end) != 1)
		return;
	int64_t last = timegm(&end);
	made->shortened = last < m->until;
	if (made->shortened)
		m->until = last;
}

/* ---- writing ---- */

#define PARTS 4
struct part {
	char *path, *temporary;
	struct buf bytes;
};

/* All or nothing: under other names first, the statement renamed last. */
static int put_in_place(struct part parts[PARTS], struct err *e)
{
	int result = 0;
	for (int i = 0; !result && i < PARTS; i++)
		result = file_write(parts[i].temporary, buf_text(&parts[i].bytes), parts[i].bytes.len, e);
	for (int i = 0; !result && i < PARTS; i++)
		if (file_is_directory(parts[i].path))
			result = err_set(e, ERR_USAGE, parts[i].path, "is a folder, and must become a file");
	for (int i = 0; !result && i < PARTS; i++)
		if (rename(parts[i].temporary, parts[i].path))
			result = err_set(e, ERR_ENVIRONMENT, parts[i].path, "cannot be written");
	for (int i = 0; result && i < PARTS; i++)
		unlink(parts[i].temporary);
	return result;
}

static int sign(const struct making *m, const struct buf *text, const char *name, struct buf *signature, struct err *e)
{
	struct verify_request none = { .now = m->request->now };
	struct verified v = { VEC_INIT, VEC_INIT };
	struct judge judge = { .request = &none, .out = &v };
	if (!m->signer.certificate)
		return key_sign(m->signer.key, text, signature, e);
	if (cms_sign(&m->signer, text, signature, e))
		return -1;
	/* Proves that this OpenSSL writes what verification asks for. */
	bool good =
		cms_verify(&judge, json_object_get(m->statement, "signer"), name, signature, text) && !v.findings.count;
	verified_release(&v);
	return good ? 0 : err_set(e, ERR_INTERNAL, NULL, "the signature that OpenSSL made does not verify");
}

static int make_parts(struct making *m, struct part parts[PARTS], struct err *e)
{
	char digest[DIGEST_SIZE], until[STAMP_SIZE];
	stamp_print(m->until, until);
	m->statement = statement_make(m->request, &m->signer, m->results, m->run, until);
	badge_print(m->statement, &parts[2].bytes);
	take(m, BADGE, &parts[2].bytes);
	chains_print(&m->chains, &parts[0].bytes);
	digest_bytes(buf_text(&parts[0].bytes), parts[0].bytes.len, digest);
	json_object_set(m->statement, "files", m->files);
	json_t *chain = json_object();
	json_object_set_new(chain, "bytes", json_integer((json_int_t)parts[0].bytes.len));
	json_object_set_new(chain, "sha256", json_string(digest));
	json_object_set_new(m->statement, "chain", chain);
	statement_print(m->statement, &parts[3].bytes);
	return sign(m, &parts[3].bytes, name_of(parts[1].path), &parts[1].bytes, e);
}

static int write_parts(struct making *m, struct certified *made, struct err *e)
{
	bool x509 = m->signer.certificate != NULL;
	AUTO_TEXT folder = folder_of(made->path);
	AUTO_TEXT other = sibling(made->path, x509 ? ".sig" : ".p7s");
	struct part parts[PARTS] = { { .path = sibling(made->path, ".chain") },
		{ .path = sibling(made->path, x509 ? ".p7s" : ".sig") }, { .path = memory_printf("%s/" BADGE, folder) },
		{ .path = memory_copy_text(made->path) } };
	for (int i = 0; i < PARTS; i++)
		parts[i].temporary = memory_printf("%s.new", parts[i].path);
	int result = make_parts(m, parts, e);
	if (!result)
		result = put_in_place(parts, e);
	/* A signature of the other kind is of the certificate that stood here before. */
	if (!result)
		unlink(other);
	for (int i = 0; i < PARTS; i++) {
		free(parts[i].path);
		free(parts[i].temporary);
		buf_release(&parts[i].bytes);
	}
	return result;
}

int certificate_make(const struct certify_request *q, struct certified *made, struct err *e)
{
	char until[STAMP_SIZE];
	struct making m = { .request = q };
	*made = (struct certified){ 0 };
	if (check_request(q, e) || signer_open(&m.signer, q, e))
		return -1;
	m.files = json_array();
	choose_end(&m, made);
	stamp_print(m.until, until);
	made->path = q->out ? memory_copy_text(q->out)
			    : memory_printf("%s%scertificate.json", q->folder, text_ends(q->folder, "/") ? "" : "/");
	made->fingerprint = memory_copy_text(m.signer.fingerprint);
	made->valid_until = memory_copy_text(until);
	int result = take_run(&m, e);
	if (!result)
		result = write_parts(&m, made, e);
	if (result)
		certified_release(made);
	chains_release(&m.chains);
	json_decref(m.files);
	json_decref(m.run);
	json_decref(m.results);
	json_decref(m.statement);
	signer_release(&m.signer);
	return result;
}

void certified_release(struct certified *made)
{
	free(made->path);
	free(made->fingerprint);
	free(made->valid_until);
	*made = (struct certified){ 0 };
}
