/* OpenPGP with GnuPG on the other side, which was written by others: each reads what the other wrote, messages, keys and backups. Its keys
 * are in a folder of its own, which is removed in the end, with the agent that GnuPG leaves running. Skipped in words where there is no
 * GnuPG (ci/set-up oracle). */
#include "base/base64.h"
#include "tests/crypto/pgp_devices.h"
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CODE "TWNK-KD5Y-MT3T-E1GS-DRDB-KVTW"

extern char **environ;

static char home[] = "/tmp/assay-gpg-XXXXXX";
static bool there;

/* ---- the other program ---- */

static int spawn(const char *program, char *const *arguments, const char *in, const char *out)
{
	posix_spawn_file_actions_t files;
	pid_t process = 0;
	int status = 0;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, in, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	int fault = posix_spawnp(&process, program, &files, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&files);
	if (fault)
		return -1;
	waitpid(process, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Runs gpg with these words, input and output by files of its folder; its status. `out` NULL: not wanted. */
static int gpg(const char *words, const struct buf *in, struct buf *out)
{
	struct err e;
	struct arena a = ARENA_INIT;
	struct vec arguments = VEC_INIT;
	AUTO_TEXT from = memory_printf("%s/in", home);
	AUTO_TEXT to = memory_printf("%s/out", home);
	static const char always[] =
		"gpg --batch --no-tty --quiet --trust-model always --pinentry-mode loopback --homedir";
	text_words(&a, always, &arguments);
	vec_push(&arguments, home);
	text_words(&a, words, &arguments);
	vec_push(&arguments, NULL);
	ck_assert_int_eq(file_write(from, in ? buf_text(in) : "", in ? in->len : 0, &e), 0);
	int status = spawn("gpg", (char *const *)arguments.items, from, to);
	if (status == 0 && out)
		ck_assert_int_eq(file_read(to, out, &e), 0);
	vec_release(&arguments);
	arena_release(&a);
	return status;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
	(void)facts;
	(void)kind;
	(void)where;
	return remove(path);
}

static void begin(void)
{
	char *const version[] = { "gpg", "--version", NULL };
	there = spawn("gpg", version, "/dev/null", "/dev/null") == 0;
	if (there && !mkdtemp(home))
		there = false;
}

/* In the process of the tests itself, so also after a failure. */
static void end(void)
{
	char *const stop[] = { "gpgconf", "--homedir", home, "--kill", "all", NULL };
	if (!there)
		return;
	spawn("gpgconf", stop, "/dev/null", "/dev/null");
	nftw(home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool skipped(void)
{
	if (!there)
		printf("gpg: skipped, GnuPG of ci/set-up oracle is not installed\n");
	return !there;
}

/* ---- both sides ---- */

static const struct {
	const char *name, *jid; /* of the key, and whose it is on GnuPG's side */
} algorithms[] = {
	{ "future-default", "curve@gnupg.lit" },
	{ "rsa2048", "rsa@gnupg.lit" },
};

struct meeting {
	struct openpgp *us;
	const char *them;
};

static void must(const char *words, const struct buf *in, struct buf *out)
{
	ck_assert_msg(gpg(words, in, out) == 0, "gpg %s failed", words);
}

static void import(struct openpgp *us)
{
	BUF_AUTO key = BUF_INIT;
	xmlDoc *doc = pgp_key(us);
	element_bytes(xml_root(doc), "data", &key);
	xmlFreeDoc(doc);
	must("--import", &key, NULL);
}

/* GnuPG's fingerprint of the key with that user id. */
static void their_fingerprint(const char *jid, char out[OPENPGP_FINGERPRINT_SIZE])
{
	BUF_AUTO list = BUF_INIT;
	AUTO_TEXT words = memory_printf("--with-colons --list-keys =xmpp:%s", jid);
	must(words, NULL, &list);
	const char *line = strstr(list.data, "\nfpr:");
	ck_assert_ptr_nonnull(line);
	ck_assert_int_eq(sscanf(line, "\nfpr:::::::::%40[0-9A-F]", out), 1);
}

static struct meeting meet(int algorithm)
{
	struct err e;
	struct meeting m = { pgp_make(ROMEO), algorithms[algorithm].jid };
	char fingerprint[OPENPGP_FINGERPRINT_SIZE];
	BUF_AUTO key = BUF_INIT;
	BUF_AUTO list = BUF_INIT;
	AUTO_TEXT find = memory_printf("--list-secret-keys =xmpp:%s", m.them);
	AUTO_TEXT make = memory_printf(
		"--passphrase= --quick-generate-key xmpp:%s %s default never", m.them, algorithms[algorithm].name);
	AUTO_TEXT export = memory_printf("--export =xmpp:%s", m.them);
	if (gpg(find, NULL, NULL)) {
		must(make, NULL, NULL);
		their_fingerprint(m.them, fingerprint);
		if (algorithm == 1) { /* a key of a given kind is made without a subkey */
			AUTO_TEXT words =
				memory_printf("--passphrase= --quick-add-key %s rsa2048 encr never", fingerprint);
			must(words, NULL, NULL);
		}
	}
	their_fingerprint(m.them, fingerprint);
	import(m.us);
	must(export, NULL, &key);
	buf_printf(&list,
		"<public-keys-list xmlns='%s'><pubkey-metadata v4-fingerprint='%s' date='2026-06-01T12:00:00Z'/>"
		"</public-keys-list>",
		NS_OPENPGP, fingerprint);
	xmlDoc *doc = element_of(&list);
	ck_assert_int_eq(openpgp_learn_list(m.us, m.them, xml_root(doc), &e), 0);
	xmlFreeDoc(doc);
	int result = pgp_learns(m.us, m.them, pgp_element("pubkey", key.data, key.len), &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
	return m;
}

/* ---- messages ---- */

/* What gpg says and reads of our message. */
static void gpg_reads(const struct openpgp *us, const struct buf *message, bool is_signed, const char *body)
{
	BUF_AUTO bytes = BUF_INIT;
	BUF_AUTO read = BUF_INIT;
	xmlDoc *doc = element_of(message);
	ck_assert_int_eq(openpgp_bytes(xml_root(doc), &bytes, NULL), 0);
	xmlFreeDoc(doc);
	must("--status-fd 1 --decrypt", &bytes, &read);
	AUTO_TEXT right = memory_printf("VALIDSIG %s", openpgp_fingerprint(us));
	ck_assert_int_eq(strstr(read.data, right) != NULL, is_signed);
	ck_assert_msg(strstr(read.data, body) != NULL, "gpg read: %s", read.data);
}

START_TEST(they_read)
{
	if (skipped())
		return;
	struct meeting m = meet(_i);
	for (int kind = OPENPGP_SIGNCRYPT; kind <= OPENPGP_CRYPT; kind++) {
		BUF_AUTO message = BUF_INIT;
		pgp_write(m.us, (enum openpgp_kind)kind, m.them, "hark, gpg", &message);
		gpg_reads(m.us, &message, kind != OPENPGP_CRYPT, "<body xmlns='jabber:client'>hark, gpg</body>");
	}
	openpgp_free(m.us);
}
END_TEST

static void gpg_writes(const struct meeting *m, enum openpgp_kind kind, struct buf *message)
{
	static const char *const how[] = {
		[OPENPGP_SIGNCRYPT] = "--sign --encrypt",
		[OPENPGP_SIGN] = "--sign",
		[OPENPGP_CRYPT] = "--encrypt",
	};
	const char *const to[] = { ROMEO };
	const struct openpgp_content c = { kind, to, 1, "2026-06-01T12:00:00Z", "hark, assay", false };
	BUF_AUTO content = BUF_INIT;
	BUF_AUTO bytes = BUF_INIT;
	/* By its fingerprint: each test has made another Romeo. */
	AUTO_TEXT words = memory_printf(
		"--local-user =xmpp:%s --recipient %s %s", m->them, openpgp_fingerprint(m->us), how[kind]);
	openpgp_print_content(&c, &content);
	must(words, &content, &bytes);
	buf_printf(message, "<openpgp xmlns='%s'>", NS_OPENPGP);
	base64_encode(bytes.data, bytes.len, message);
	buf_add_text(message, "</openpgp>");
}

START_TEST(we_read)
{
	if (skipped())
		return;
	struct meeting m = meet(_i);
	for (int kind = OPENPGP_SIGNCRYPT; kind <= OPENPGP_CRYPT; kind++) {
		BUF_AUTO message = BUF_INIT;
		gpg_writes(&m, (enum openpgp_kind)kind, &message);
		pgp_reads(m.us, m.them, ROMEO, &message, "hark, assay");
		if (kind != OPENPGP_CRYPT)
			pgp_refuses(m.us, JULIET, ROMEO, &message, "not the sender's");
	}
	openpgp_free(m.us);
}
END_TEST

/* ---- backups (XEP-0373 section 5.4) ---- */

START_TEST(they_restore)
{
	struct err e;
	BUF_AUTO backup = BUF_INIT;
	BUF_AUTO bytes = BUF_INIT;
	BUF_AUTO key = BUF_INIT;
	BUF_AUTO list = BUF_INIT;
	if (skipped())
		return;
	struct openpgp *us = pgp_make("backup@assay.lit");
	ck_assert_int_eq(openpgp_print_backup(us, &backup, &e), 0);
	xmlDoc *doc = element_of(&backup);
	ck_assert_int_eq(openpgp_bytes(xml_root(doc), &bytes, NULL), 0);
	xmlFreeDoc(doc);
	AUTO_TEXT open = memory_printf("--passphrase %s --decrypt", openpgp_backup_code(us));
	must(open, &bytes, &key);
	must("--import", &key, NULL);
	must("--with-colons --list-secret-keys =xmpp:backup@assay.lit", NULL, &list);
	AUTO_TEXT right = memory_printf("fpr:::::::::%s:", openpgp_fingerprint(us));
	ck_assert_ptr_nonnull(strstr(list.data, right));
	openpgp_free(us);
}
END_TEST

START_TEST(we_restore)
{
	struct err e;
	char fingerprint[OPENPGP_FINGERPRINT_SIZE];
	BUF_AUTO key = BUF_INIT;
	BUF_AUTO bytes = BUF_INIT;
	if (skipped())
		return;
	struct meeting m = meet(_i);
	AUTO_TEXT export = memory_printf("--passphrase= --export-secret-keys =xmpp:%s", m.them);
	must(export, NULL, &key);
	must("--passphrase " CODE " --symmetric", &key, &bytes);
	xmlDoc *doc = pgp_element("secretkey", bytes.data, bytes.len);
	struct openpgp *they = openpgp_restore(m.them, xml_root(doc), CODE, &e);
	ck_assert_msg(they != NULL, "%s", they ? "" : e.message);
	their_fingerprint(m.them, fingerprint);
	ck_assert_str_eq(openpgp_fingerprint(they), fingerprint);
	ck_assert_ptr_null(openpgp_restore(m.them, xml_root(doc), "1" CODE, &e));
	xmlFreeDoc(doc);
	openpgp_free(they);
	openpgp_free(m.us);
}
END_TEST

Suite *suite_gpg(void)
{
	Suite *s = suite_create("gpg");
	TCase *t = tcase_create("gnupg");
	const int kinds = sizeof algorithms / sizeof *algorithms;
	tcase_set_timeout(t, 120);
	tcase_set_tags(t, "integration heavy");
	tcase_add_unchecked_fixture(t, begin, end);
	tcase_add_loop_test(t, they_read, 0, kinds);
	tcase_add_loop_test(t, we_read, 0, kinds);
	tcase_add_test(t, they_restore);
	tcase_add_loop_test(t, we_restore, 0, kinds);
	suite_add_tcase(s, t);
	return s;
}
