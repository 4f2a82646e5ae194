/* Keys of OpenPGP: announced, published, learned, backed up, and refused. */
#include "base/base64.h"
#include "tests/crypto/pgp_devices.h"
#include <time.h>

static struct openpgp *romeo, *juliet;

static void begin(void)
{
	romeo = pgp_make(ROMEO);
	juliet = pgp_make(JULIET);
}

static void end(void)
{
	openpgp_free(romeo);
	openpgp_free(juliet);
}

static int learns_list(struct openpgp *o, const char *jid, const char *text, struct err *e)
{
	BUF_AUTO list = BUF_INIT;
	buf_add_text(&list, text);
	xmlDoc *doc = element_of(&list);
	int result = openpgp_learn_list(o, jid, xml_root(doc), e);
	xmlFreeDoc(doc);
	return result;
}

static void announce(struct openpgp *o, const char *jid, const char *fingerprint)
{
	struct err e;
	AUTO_TEXT list = memory_printf("<public-keys-list xmlns='%s'><pubkey-metadata v4-fingerprint='%s' "
				       "date='2026-06-01T12:00:00Z'/></public-keys-list>",
		NS_OPENPGP, fingerprint);
	ck_assert_int_eq(learns_list(o, jid, list, &e), 0);
}

static void key_bytes(const struct openpgp *o, struct buf *out)
{
	xmlDoc *doc = pgp_key(o);
	element_bytes(xml_root(doc), "data", out);
	xmlFreeDoc(doc);
}

START_TEST(own_key)
{
	BUF_AUTO bytes = BUF_INIT;
	key_bytes(romeo, &bytes);
	ck_assert_int_eq((uint8_t)bytes.data[0], 0xc6); /* a public key, in the new format (RFC 4880 section 4.3) */
	ck_assert_uint_eq(strlen(openpgp_fingerprint(romeo)), 40);
	ck_assert_uint_eq(strspn(openpgp_fingerprint(romeo), "0123456789ABCDEF"), 40);
	ck_assert(!text_equal(openpgp_fingerprint(romeo), openpgp_fingerprint(juliet)));
	ck_assert_str_eq(openpgp_jid(romeo), ROMEO);
}
END_TEST

START_TEST(list_names_each_key_once)
{
	struct err e;
	BUF_AUTO list = BUF_INIT;
	struct openpgp *laptop = openpgp_copy_key(romeo, &e);
	const struct openpgp *const all[] = { romeo, laptop, juliet };
	openpgp_print_list(all, 3, &list);
	xmlDoc *doc = element_of(&list);
	ck_assert_int_eq(openpgp_learn_list(laptop, ROMEO, xml_root(doc), &e), 0);
	ck_assert(openpgp_is_announced(laptop, ROMEO, openpgp_fingerprint(romeo)));
	ck_assert(openpgp_is_announced(laptop, ROMEO, openpgp_fingerprint(juliet)));
	ck_assert(!openpgp_is_announced(laptop, JULIET, openpgp_fingerprint(juliet)));
	xmlFreeDoc(doc);
	openpgp_free(laptop);
}
END_TEST

#define LIST(inside)   "<public-keys-list xmlns='urn:xmpp:openpgp:0'>" inside "</public-keys-list>"
#define ENTRY(id, day) "<pubkey-metadata v4-fingerprint='" id "' date='" day "'/>"
#define SOME           "1357B01865B2503C18453D208CAC2A9678548E35"
#define DAY            "2026-06-01T12:00:00Z"

static const struct {
	const char *list, *fault;
} lists[] = {
	{ LIST(""), "names no key" },
	{ LIST("<pubkey-metadata date='" DAY "'/>"), "no fingerprint" },
	{ LIST(ENTRY("1357B018", DAY)), "no fingerprint" },
	{ LIST(ENTRY("1357b01865b2503c18453d208cac2a9678548e35", DAY)), "no fingerprint" },
	{ LIST("<pubkey-metadata v4-fingerprint='" SOME "'/>"), "does not date" },
	{ LIST(ENTRY(SOME, "noon")), "does not date" },
	{ LIST(ENTRY(SOME, DAY) ENTRY(SOME, DAY)), "twice" },
	{ "<public-keys-list xmlns='urn:xmpp:openpgp:1'>" ENTRY(SOME, DAY) "</public-keys-list>",
		"no <public-keys-list" },
};

START_TEST(bad_lists)
{
	struct err e;
	announce(juliet, ROMEO, openpgp_fingerprint(romeo));
	pgp_fault(learns_list(juliet, ROMEO, lists[_i].list, &e), &e, lists[_i].fault);
	ck_assert(openpgp_is_announced(juliet, ROMEO, openpgp_fingerprint(romeo)));
}
END_TEST

START_TEST(taken_off_the_list)
{
	struct err e;
	BUF_AUTO message = BUF_INIT;
	pgp_meet(romeo, juliet);
	pgp_meet(juliet, romeo);
	pgp_write(romeo, OPENPGP_SIGNCRYPT, JULIET, "hark", &message);
	announce(juliet, ROMEO, SOME);
	ck_assert_uint_eq(openpgp_learned_keys(juliet, ROMEO), 0);
	pgp_refuses(juliet, ROMEO, JULIET, &message, "not the sender's");
	announce(juliet, ROMEO, openpgp_fingerprint(romeo));
	ck_assert_int_eq(pgp_learns(juliet, ROMEO, pgp_key(romeo), &e), 0);
	pgp_reads(juliet, ROMEO, JULIET, &message, "hark");
}
END_TEST

/* XEP-0374 section 2.3.1: all of them are used. */
START_TEST(two_keys_of_one_account)
{
	struct err e;
	BUF_AUTO list = BUF_INIT;
	BUF_AUTO message = BUF_INIT;
	struct openpgp *laptop = pgp_make(ROMEO);
	const struct openpgp *const both[] = { romeo, laptop };
	openpgp_print_list(both, 2, &list);
	ck_assert_int_eq(learns_list(juliet, ROMEO, list.data, &e), 0);
	ck_assert_int_eq(pgp_learns(juliet, ROMEO, pgp_key(romeo), &e), 0);
	ck_assert_int_eq(pgp_learns(juliet, ROMEO, pgp_key(laptop), &e), 0);
	ck_assert_uint_eq(openpgp_learned_keys(juliet, ROMEO), 2);
	pgp_meet(juliet, romeo);
	pgp_meet(juliet, laptop);
	pgp_write(juliet, OPENPGP_SIGNCRYPT, ROMEO, "hark", &message);
	pgp_reads(romeo, JULIET, ROMEO, &message, "hark");
	pgp_reads(laptop, JULIET, ROMEO, &message, "hark");
	openpgp_free(laptop);
}
END_TEST

/* ---- keys that are refused ---- */

START_TEST(not_announced)
{
	struct err e;
	ck_assert_int_eq(pgp_learns(juliet, ROMEO, pgp_key(romeo), &e), -1);
	ck_assert_int_eq(e.class, ERR_SCRIPT);
	announce(juliet, ROMEO, SOME);
	pgp_fault(pgp_learns(juliet, ROMEO, pgp_key(romeo), &e), &e, "none that " ROMEO " announces");
}
END_TEST

START_TEST(another_user_id)
{
	struct err e;
	announce(juliet, ROMEO, openpgp_fingerprint(juliet));
	pgp_fault(pgp_learns(juliet, ROMEO, pgp_key(juliet), &e), &e, "no user id xmpp:" ROMEO);
	struct openpgp *longer = pgp_make(ROMEO ".example");
	announce(juliet, ROMEO, openpgp_fingerprint(longer));
	pgp_fault(pgp_learns(juliet, ROMEO, pgp_key(longer), &e), &e, "no user id xmpp:" ROMEO);
	openpgp_free(longer);
}
END_TEST

START_TEST(on_another_node)
{
	struct err e;
	AUTO_TEXT node = memory_printf("%s:%s", OPENPGP_KEYS_NODE, openpgp_fingerprint(romeo));
	xmlDoc *key = pgp_key(romeo);
	announce(juliet, ROMEO, openpgp_fingerprint(romeo));
	pgp_fault(
		openpgp_learn(juliet, ROMEO, OPENPGP_KEYS_NODE ":" SOME, xml_root(key), &e), &e, "the node is called");
	ck_assert_uint_eq(openpgp_learned_keys(juliet, ROMEO), 0);
	ck_assert_int_eq(openpgp_learn(juliet, ROMEO, node, xml_root(key), &e), 0);
	xmlFreeDoc(key);
}
END_TEST

/* A key made by librnp alone, at that time, announced as Romeo's. */
static rnp_ffi_t forge(uint64_t when, rnp_key_handle_t *key)
{
	struct err e;
	rnp_ffi_t ring = NULL;
	ck_assert_int_eq(ring_new(&ring, &e), 0);
	rnp_set_timestamp(ring, when);
	ck_assert_uint_eq(rnp_generate_key_25519(ring, "xmpp:" ROMEO, NULL, key), RNP_SUCCESS);
	rnp_set_timestamp(ring, 0);
	return ring;
}

static void refuse_forged(rnp_ffi_t ring, rnp_key_handle_t key, uint32_t flags, const char *fault)
{
	struct err e;
	char fingerprint[OPENPGP_FINGERPRINT_SIZE];
	AUTO_OUTPUT out = NULL;
	size_t length = 0;
	rnp_fingerprint(key, fingerprint);
	announce(juliet, ROMEO, fingerprint);
	ck_assert_uint_eq(rnp_output_to_memory(&out, 0), RNP_SUCCESS);
	ck_assert_uint_eq(rnp_key_export(key, out, flags), RNP_SUCCESS);
	const uint8_t *bytes = output_bytes(out, &length);
	pgp_fault(pgp_learns(juliet, ROMEO, pgp_element("pubkey", bytes, length), &e), &e, fault);
	rnp_key_handle_destroy(key);
	rnp_ffi_destroy(ring);
}

#define WHOLE (RNP_KEY_EXPORT_PUBLIC | RNP_KEY_EXPORT_SUBKEYS)

START_TEST(expired)
{
	rnp_key_handle_t key = NULL;
	rnp_ffi_t ring = forge((uint64_t)time(NULL) - 100000, &key);
	ck_assert_uint_eq(rnp_key_set_expiration(key, 3600), RNP_SUCCESS);
	refuse_forged(ring, key, WHOLE, "has expired");
}
END_TEST

START_TEST(revoked)
{
	rnp_key_handle_t key = NULL;
	rnp_ffi_t ring = forge(0, &key);
	ck_assert_uint_eq(rnp_key_revoke(key, 0, "SHA256", "no", NULL), RNP_SUCCESS);
	refuse_forged(ring, key, WHOLE, "was revoked");
}
END_TEST

START_TEST(no_encryption)
{
	rnp_key_handle_t key = NULL, subkey = NULL;
	rnp_ffi_t ring = forge(0, &key);
	ck_assert_uint_eq(rnp_key_get_subkey_at(key, 0, &subkey), RNP_SUCCESS);
	ck_assert_uint_eq(rnp_key_remove(subkey, RNP_KEY_REMOVE_PUBLIC | RNP_KEY_REMOVE_SECRET), RNP_SUCCESS);
	rnp_key_handle_destroy(subkey);
	refuse_forged(ring, key, WHOLE, "cannot be used to encrypt");
}
END_TEST

START_TEST(secret)
{
	rnp_key_handle_t key = NULL;
	rnp_ffi_t ring = forge(0, &key);
	refuse_forged(ring, key, RNP_KEY_EXPORT_SECRET | RNP_KEY_EXPORT_SUBKEYS, "does not begin with a public key");
}
END_TEST

START_TEST(armored)
{
	rnp_key_handle_t key = NULL;
	rnp_ffi_t ring = forge(0, &key);
	refuse_forged(ring, key, WHOLE | RNP_KEY_EXPORT_ARMORED, "no OpenPGP as it is");
}
END_TEST

START_TEST(two_in_one)
{
	struct err e;
	BUF_AUTO bytes = BUF_INIT;
	announce(juliet, ROMEO, openpgp_fingerprint(romeo));
	key_bytes(romeo, &bytes);
	key_bytes(juliet, &bytes);
	pgp_fault(pgp_learns(juliet, ROMEO, pgp_element("pubkey", bytes.data, bytes.len), &e), &e, "several keys");
}
END_TEST

START_TEST(no_element)
{
	static const char *const texts[] = { "<pubkey xmlns='urn:xmpp:openpgp:0'/>",
		"<pubkey xmlns='urn:xmpp:openpgp:1'><data>xjM=</data></pubkey>",
		"<pubkey xmlns='urn:xmpp:openpgp:0'><data>%</data></pubkey>",
		"<pubkey xmlns='urn:xmpp:openpgp:0'><data/></pubkey>",
		"<pubkey xmlns='urn:xmpp:openpgp:0'><data>xjM=</data></pubkey>" };
	static const char *const faults[] = { "with data", "no <pubkey", "not in base64", "not in base64",
		"is broken" };
	struct err e;
	BUF_AUTO text = BUF_INIT;
	announce(juliet, ROMEO, openpgp_fingerprint(romeo));
	buf_add_text(&text, texts[_i]);
	pgp_fault(pgp_learns(juliet, ROMEO, element_of(&text), &e), &e, faults[_i]);
}
END_TEST

/* Whatever bit is turned over, and wherever it ends: the key that is learned is Romeo's, or none. */
START_TEST(altered)
{
	BUF_AUTO bytes = BUF_INIT;
	size_t learned = 0;
	key_bytes(romeo, &bytes);
	for (size_t i = 0; i < 2 * bytes.len; i++) {
		struct err e = { .class = ERR_NONE };
		size_t at = i % bytes.len, length = i < bytes.len ? bytes.len : at;
		announce(juliet, ROMEO, openpgp_fingerprint(romeo));
		if (i < bytes.len)
			bytes.data[at] = (char)(bytes.data[at] ^ 1 << i % 8);
		int result = pgp_learns(juliet, ROMEO, pgp_element("pubkey", bytes.data, length), &e);
		learned += result == 0;
		if (result)
			pgp_fault(result, &e, "");
		ck_assert_uint_le(openpgp_learned_keys(juliet, ROMEO), 1);
		if (i < bytes.len)
			bytes.data[at] = (char)(bytes.data[at] ^ 1 << i % 8);
		announce(juliet, ROMEO, SOME);
	}
	/* What is not signed may change: the hints of signatures, and the two bytes that begin their hashes. */
	ck_assert_uint_lt(learned, bytes.len / 8);
}
END_TEST

/* ---- the backup ---- */

static struct openpgp *restore(const char *jid, const struct buf *backup, const char *code, struct err *e)
{
	xmlDoc *doc = element_of(backup);
	struct openpgp *o = openpgp_restore(jid, xml_root(doc), code, e);
	xmlFreeDoc(doc);
	return o;
}

START_TEST(backed_up)
{
	struct err e;
	BUF_AUTO backup = BUF_INIT;
	BUF_AUTO message = BUF_INIT;
	ck_assert_str_eq(openpgp_backup_code(romeo), "");
	ck_assert_int_eq(openpgp_print_backup(romeo, &backup, &e), 0);
	const char *code = openpgp_backup_code(romeo);
	ck_assert_uint_eq(strlen(code), 29);
	for (size_t i = 0; i < 29; i++)
		ck_assert(i % 5 == 4 ? code[i] == '-' : strchr("123456789ABCDEFGHIJKLMNPQRSTUVWXYZ", code[i]) != NULL);
	ck_assert(!strstr(backup.data, code));
	struct openpgp *laptop = restore(ROMEO, &backup, code, &e);
	ck_assert_msg(laptop != NULL, "%s", laptop ? "" : e.message);
	ck_assert_str_eq(openpgp_fingerprint(laptop), openpgp_fingerprint(romeo));
	pgp_meet(romeo, juliet);
	pgp_write(juliet, OPENPGP_SIGNCRYPT, ROMEO, "hark", &message);
	pgp_meet(juliet, laptop);
	pgp_reads(laptop, JULIET, ROMEO, &message, "hark");
	openpgp_free(laptop);
}
END_TEST

START_TEST(backup_refused)
{
	struct err e;
	BUF_AUTO backup = BUF_INIT;
	BUF_AUTO message = BUF_INIT;
	ck_assert_int_eq(openpgp_print_backup(romeo, &backup, &e), 0);
	ck_assert_ptr_null(restore(ROMEO, &backup, "TWNK-KD5Y-MT3T-E1GS-DRDB-KVTW", &e));
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	ck_assert_ptr_null(restore(JULIET, &backup, openpgp_backup_code(romeo), &e));
	ck_assert_msg(strstr(e.message, "no secret key of " JULIET), "%s", e.message);
	pgp_write(romeo, OPENPGP_SIGN, ROMEO, "hark", &message);
	ck_assert_ptr_null(restore(ROMEO, &message, openpgp_backup_code(romeo), &e));
	ck_assert_msg(strstr(e.message, "no <secretkey"), "%s", e.message);
}
END_TEST

/* A public key alone, which is not even encrypted. */
START_TEST(backup_without_secret)
{
	struct err e;
	BUF_AUTO bytes = BUF_INIT;
	key_bytes(romeo, &bytes);
	xmlDoc *doc = pgp_element("secretkey", bytes.data, bytes.len);
	ck_assert_ptr_null(openpgp_restore(ROMEO, xml_root(doc), "code", &e));
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	xmlFreeDoc(doc);
}
END_TEST

Suite *suite_openpgp_keys(void)
{
	Suite *s = suite_create("openpgp-keys");
	TCase *t = tcase_create("keys");
	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, own_key);
	tcase_add_test(t, list_names_each_key_once);
	tcase_add_loop_test(t, bad_lists, 0, (int)(sizeof lists / sizeof *lists));
	tcase_add_test(t, taken_off_the_list);
	tcase_add_test(t, two_keys_of_one_account);
	tcase_add_test(t, not_announced);
	tcase_add_test(t, another_user_id);
	tcase_add_test(t, on_another_node);
	tcase_add_test(t, expired);
	tcase_add_test(t, revoked);
	tcase_add_test(t, no_encryption);
	tcase_add_test(t, secret);
	tcase_add_test(t, armored);
	tcase_add_test(t, two_in_one);
	tcase_add_loop_test(t, no_element, 0, 5);
	tcase_add_test(t, altered);
	tcase_add_test(t, backed_up);
	tcase_add_test(t, backup_refused);
	tcase_add_test(t, backup_without_secret);
	suite_add_tcase(s, t);
	return s;
}
