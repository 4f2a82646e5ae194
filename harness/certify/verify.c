/* Whether a certificate and what it stands for are still what was signed. */
#include "base/text.h"
#include "certify/private.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* ---- what to judge by ---- */

static int judge_open(struct judge *j, struct err *e)
{
	const struct verify_request *q = j->request;
	BUF_AUTO key = BUF_INIT;
	BUF_AUTO authorities = BUF_INIT;
	if ((q->key && file_read(q->key, &key, e)) || (q->authorities && file_read(q->authorities, &authorities, e)))
		return -1;
	if (q->key)
		j->key = key_public_read(buf_text(&key), key.len);
	if (q->key && !j->key)
		return err_set(e, ERR_USAGE, q->key, "holds no public key in PEM");
	if (q->authorities && certificates_read(buf_text(&authorities), authorities.len, &j->authorities))
		return err_set(e, ERR_USAGE, q->authorities, "holds no X.509 certificate in PEM, or a broken one");
	return 0;
}

static void judge_release(struct judge *j)
{
	EVP_PKEY_free(j->key);
	certificates_release(&j->authorities);
}

/* ---- the signature ---- */

/* Returns whether the signature is one of this statement, whoever made it. */
static bool check_key(const struct judge *j, const json_t *signer, const char *name, const struct buf *signature,
	const struct buf *text)
{
	char digest[DIGEST_SIZE];
	const char *pem = text_at(signer, "public_key");
	EVP_PKEY *key = key_public_read(pem, strlen(pem));
	bool good = key && key_verify(key, text, signature);
	if (good) {
		key_fingerprint(key, digest);
		noted(j->out, "%s: signed with the Ed25519 key SHA-256 %s", name, digest);
		if (j->key && EVP_PKEY_eq(j->key, key) == 1)
			noted(j->out, "%s: the key is that of %s", name, j->request->key);
		else if (j->key)
			found(j->out, name, "signed with another key than that of %s: SHA-256 %s", j->request->key,
				digest);
		else
			noted(j->out,
				"%s: the certificate names that key itself, and nothing here says whose it is: compare its "
				"fingerprint, or give --key FILE",
				name);
		if (j->request->authorities)
			found(j->out, name, "signed with a bare key, which no authority vouches for; give its --key");
		if (!text_equal(digest, text_at(signer, "fingerprint")))
			found(j->out, name, "signed with another key than the statement's fingerprint says");
	}
	EVP_PKEY_free(key);
	return good;
}

static bool check_signature(const struct judge *j, const json_t *statement, const struct buf *text)
{
	const json_t *signer = json_object_get(statement, "signer");
	const char *path = j->request->certificate;
	BUF_AUTO signature = BUF_INIT;
	AUTO_TEXT bare = sibling(path, ".sig");
	AUTO_TEXT cms = sibling(path, ".p7s");
	/* The statement is not trusted yet, so what it says of its signature only counts where there are two. */
	bool x509 = file_exists(cms) && (!file_exists(bare) || strcmp(text_at(signer, "kind"), "x509") == 0);
	const char *file = x509 ? cms : bare, *name = name_of(file);
	if (!file_exists(file) || file_read(file, &signature, NULL)) {
		found(j->out, name, "is missing");
		return false;
	}
	bool good = statement &&
		(x509 ? cms_verify(j, signer, name, &signature, text) : check_key(j, signer, name, &signature, text));
	if (!good)
		seal_compare(name_of(path), text, name, j->out);
	return good;
}

/* ---- what it says ---- */

static void note_statement(const struct judge *j, const json_t *statement)
{
	const char *verdict, *between = "";
	json_t *number, *grade;
	size_t i;
	BUF_AUTO counts = BUF_INIT;
	const json_t *target = json_object_get(statement, "target"), *scope = json_object_get(statement, "scope");
	bool whole = json_is_true(json_object_get(scope, "whole_profile"));
	json_array_foreach(json_object_get(statement, "grades"), i, grade)
		buf_printf(&counts, "%s: grade %s; ", text_at(grade, "profile"), text_at(grade, "grade"));
	json_object_foreach(json_object_get(statement, "verdicts"), verdict, number) {
		if (!json_integer_value(number))
			continue;
		buf_printf(&counts, "%s%lld %s", between, (long long)json_integer_value(number), verdict);
		between = ", ";
	}
	noted(j->out, "%s: %s (%s), %sprofile %s: %s", name_of(j->request->certificate), text_at(target, "domain"),
		text_at(target, "product"), whole ? "" : "not all of ", text_at(statement, "profile"),
		buf_text(&counts));
}

/* ---- the dates ---- */

static void check_dates(const struct judge *j, const json_t *statement)
{
	int64_t from, until;
	const char *first = text_at(statement, "valid_from"), *last = text_at(statement, "valid_until");
	const char *name = name_of(j->request->certificate);
	if (stamp_read(first, &from) || stamp_read(last, &until))
		found(j->out, name, "does not say when it is valid");
	else if (j->request->now < from)
		found(j->out, name, "is not valid yet: only from %s", first);
	else if (j->request->now > until)
		found(j->out, name, "is not valid any more: it was until %s", last);
	else
		noted(j->out, "%s: valid from %s until %s", name, first, last);
}

/* ---- the files ---- */

static bool is_certified(const char *name)
{
	for (size_t i = 0; certified_files[i]; i++)
		if (strcmp(certified_files[i], name) == 0)
			return true;
	return false;
}

/* The badge lies beside the statement, all else with the run. free(). */
static char *place_of(const struct judge *j, const char *name)
{
	AUTO_TEXT beside = folder_of(j->request->certificate);
	bool run = j->request->reports && strcmp(name, BADGE) != 0;
	return memory_printf("%s/%s", run ? j->request->reports : beside, name);
}

static bool is_same(const json_t *described, const struct buf *bytes)
{
	char digest[DIGEST_SIZE];
	digest_bytes(buf_text(bytes), bytes->len, digest);
	return json_integer_value(json_object_get(described, "bytes")) == (json_int_t)bytes->len &&
		strcmp(digest, text_at(described, "sha256")) == 0;
}

struct look {
	struct vec signed_chains; /* from STEM.chain, where that is as signed */
	struct vec own_chains;    /* made of the files, as far as they are */
	bool whole;               /* every file is there and as signed */
	size_t good;
};

static void check_file(const struct judge *j, struct look *l, const json_t *described)
{
	const char *name = text_at(described, "name");
	BUF_AUTO bytes = BUF_INIT;
	AUTO_TEXT path = place_of(j, name);
	if (!is_certified(name)) {
		found(j->out, name_of(j->request->certificate), "stands for a file of an unknown name: %s", name);
		l->whole = false;
		return;
	}
	if (!file_exists(path) || file_read(path, &bytes, NULL)) {
		l->whole = false;
		if (strcmp(name, BADGE) == 0)
			noted(j->out, "%s: is not here, so it was not looked at", name);
		else
			found(j->out, name, "is missing");
		return;
	}
	if (is_same(described, &bytes)) {
		struct chain *c = memory_alloc(sizeof *c);
		chain_make(c, name, buf_text(&bytes), bytes.len, chain_least(name));
		vec_push(&l->own_chains, c);
		l->good++;
		return;
	}
	l->whole = false;
	const struct chain *c = chains_find(&l->signed_chains, name);
	if (!c || !chain_compare(c, name, buf_text(&bytes), bytes.len, j->out))
		found(j->out, name, "is not what was signed");
}

/* Says what is in the folder of the run, but not certified. */
static void note_others(const struct judge *j, const json_t *files)
{
	for (size_t i = 0; certified_files[i]; i++) {
		size_t k;
		json_t *file;
		bool named = false;
		AUTO_TEXT path = place_of(j, certified_files[i]);
		json_array_foreach(files, k, file)
			named |= strcmp(text_at(file, "name"), certified_files[i]) == 0;
		if (!named && file_exists(path))
			noted(j->out, "%s: is here, but the certificate does not stand for it", certified_files[i]);
	}
}

static void check_files(const struct judge *j, const json_t *statement)
{
	struct look l = { .whole = true };
	const json_t *described = json_object_get(statement, "chain"), *files = json_object_get(statement, "files");
	BUF_AUTO bytes = BUF_INIT;
	AUTO_TEXT path = sibling(j->request->certificate, ".chain");
	const char *name = name_of(path);
	bool there = file_exists(path) && file_read(path, &bytes, NULL) == 0,
	     good = there && is_same(described, &bytes);
	size_t i;
	json_t *file;
	if (good && chains_read(buf_text(&bytes), &l.signed_chains))
		chains_release(&l.signed_chains);
	json_array_foreach(files, i, file)
		check_file(j, &l, file);
	if (!there) {
		found(j->out, name, "is missing");
	} else if (!good) {
		BUF_AUTO again = BUF_INIT;
		chains_print(&l.own_chains, &again);
		if (l.whole && is_same(described, &again))
			found_difference(j->out, name, &bytes, &again);
		else
			found(j->out, name, "is not what was signed");
	}
	if (l.good)
		noted(j->out, "%zu of %zu files are what was signed", l.good, json_array_size(files));
	note_others(j, files);
	chains_release(&l.signed_chains);
	chains_release(&l.own_chains);
}

/* ---- all of it ---- */

static int is_certificate(const char *path, const json_t *statement, struct err *e)
{
	AUTO_TEXT bare = sibling(path, ".sig");
	AUTO_TEXT cms = sibling(path, ".p7s");
	/* One that was changed until nobody knows it again is still one where its signature lies beside it. */
	return strcmp(text_at(statement, "certificate"), "assay") == 0 || file_exists(bare) || file_exists(cms)
		? 0
		: err_set(e, ERR_USAGE, path, "is no certificate");
}

static int verify(const struct judge *j, const json_t *statement, const struct buf *text, struct err *e)
{
	const char *path = j->request->certificate, *name = name_of(path);
	if (is_certificate(path, statement, e))
		return -1;
	if (!check_signature(j, statement, text)) {
		if (!j->request->alone)
			noted(j->out,
				"%s: the files that it stands for were not looked at, since what it says of them is not to be "
				"trusted",
				name);
		return 0;
	}
	if (json_integer_value(json_object_get(statement, "format")) != STATEMENT_FORMAT)
		return err_set(e, ERR_USAGE, path, "is of a newer format than this program knows; use a newer one");
	note_statement(j, statement);
	check_dates(j, statement);
	if (!j->request->alone)
		check_files(j, statement);
	return 0;
}

int certificate_verify(const struct verify_request *q, struct verified *v, struct err *e)
{
	*v = (struct verified){ VEC_INIT, VEC_INIT };
	struct judge j = { .request = q, .out = v };
	BUF_AUTO text = BUF_INIT;
	int result = judge_open(&j, e);
	if (!result)
		result = file_read(q->certificate, &text, e);
	if (!result) {
		json_t *statement = json_loadb(buf_text(&text), text.len, JSON_REJECT_DUPLICATES, NULL);
		result = verify(&j, statement, &text, e);
		json_decref(statement);
	}
	judge_release(&j);
	if (result)
		verified_release(v);
	return result;
}
