/* Bundles that are wrong: each is refused with its reason, and nothing of it is kept. */
#include "tests/crypto/devices.h"

/* What parts are called in a bundle of each version. */
static const struct {
	const char *signed_prekey, *signature, *identity, *prekey, *signed_id, *prekey_id;
	size_t key_size;
} names[] = {
	{ "signedPreKeyPublic", "signedPreKeySignature", "identityKey", "preKeyPublic", "signedPreKeyId", "preKeyId",
		33 },
	{ "spk", "spks", "ik", "pk", "id", "id", 32 },
};

static struct omemo *romeo, *juliet;

static void two_devices(void)
{
	/* Made by each test, which knows its version. */
	romeo = juliet = NULL;
}

static void no_devices(void)
{
	omemo_free(romeo);
	omemo_free(juliet);
}

static void make_both(int version)
{
	romeo = device_make((enum omemo_version)version, ROMEO, 1);
	juliet = device_make((enum omemo_version)version, JULIET, 2);
}

/* Romeo does not take this bundle, says why, and keeps nothing of it. */
static void refused(xmlDoc *bundle, enum err_class class, const char *reason)
{
	struct err e = { .class = ERR_NONE };
	size_t known = omemo_learned_prekeys(romeo, JULIET, 2);
	BUF_AUTO before = BUF_INIT, after = BUF_INIT;
	bool trusted = omemo_peer_fingerprint(romeo, JULIET, 2, &before);
	ck_assert_msg(omemo_learn(romeo, JULIET, 2, xml_root(bundle), &e) == -1, "taken, though %s", reason);
	ck_assert_int_eq(e.class, class);
	ck_assert_msg(strstr(e.message, reason) != NULL, "'%s' does not say '%s'", e.message, reason);
	ck_assert_uint_eq(omemo_learned_prekeys(romeo, JULIET, 2), known);
	ck_assert(omemo_peer_fingerprint(romeo, JULIET, 2, &after) == trusted);
	ck_assert_str_eq(buf_text(&after), buf_text(&before));
	xmlFreeDoc(bundle);
}

static xmlDoc *bundle_with(const char *element, const void *bytes, size_t length)
{
	xmlDoc *doc = device_bundle(juliet);
	BUF_AUTO b = BUF_INIT;
	buf_add(&b, bytes, length);
	element_set_bytes(xml_root(doc), element, &b);
	return doc;
}

/* One bit of an element's bytes turned. */
static xmlDoc *bundle_bent(const char *element, size_t at, unsigned bit)
{
	xmlDoc *doc = device_bundle(juliet);
	BUF_AUTO b = BUF_INIT;
	element_bytes(xml_root(doc), element, &b);
	b.data[at] = (char)(b.data[at] ^ (1 << bit));
	element_set_bytes(xml_root(doc), element, &b);
	return doc;
}

START_TEST(forged_signature)
{
	make_both(_i);
	for (size_t at = 0; at < 64; at += 9)
		refused(bundle_bent(names[_i].signature, at, 3), ERR_PROTOCOL, "signature");
	refused(bundle_bent(names[_i].signed_prekey, names[_i].key_size - 7, 5), ERR_PROTOCOL, "signature");
	refused(bundle_bent(names[_i].identity, names[_i].key_size - 7, 5), ERR_PROTOCOL, "signature");
	/* A right signature by another identity. */
	xmlDoc *other = device_bundle(romeo);
	BUF_AUTO theirs = BUF_INIT;
	element_bytes(xml_root(other), names[_i].signature, &theirs);
	refused(bundle_with(names[_i].signature, theirs.data, theirs.len), ERR_PROTOCOL, "signature");
	xmlFreeDoc(other);
}
END_TEST

START_TEST(bad_points)
{
	/* Zero, one, and a point of order eight (RFC 7748 section 6.1 and its errata): every secret with them is zero. */
	static const uint8_t small[][32] = {
		{ 0 },
		{ 1 },
		{ 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda,
			0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00 },
		{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
	};
	make_both(_i);
	for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
		uint8_t key[33] = { 5 };
		memcpy(key + 1, small[i], 32);
		const uint8_t *form = _i == OMEMO_2 ? key + 1 : key;
		refused(bundle_with(names[_i].prekey, form, names[_i].key_size), ERR_PROTOCOL, "small order");
		refused(bundle_with(names[_i].signed_prekey, form, names[_i].key_size), ERR_PROTOCOL, "small order");
		if (_i == OMEMO_AXOLOTL)
			refused(bundle_with(names[_i].identity, form, names[_i].key_size), ERR_PROTOCOL, "small order");
	}
	/* In its Ed25519 form: the neutral point, and a y that is on no point of the curve. */
	static const uint8_t neutral[32] = { 1 }, none[32] = { 2 };
	if (_i == OMEMO_2) {
		refused(bundle_with("ik", neutral, 32), ERR_PROTOCOL, "small order");
		refused(bundle_with("ik", none, 32), ERR_PROTOCOL, "signature");
	} else {
		refused(bundle_bent("identityKey", 0, 0), ERR_PROTOCOL, "type 4");
		refused(bundle_bent("preKeyPublic", 0, 1), ERR_PROTOCOL, "type 7");
	}
}
END_TEST

START_TEST(short_and_long_keys)
{
	static const uint8_t bytes[65] = { 5, 9 };
	const char *const parts[] = { names[_i].identity, names[_i].signed_prekey, names[_i].prekey,
		names[_i].signature };
	make_both(_i);
	for (size_t i = 0; i < 4; i++) {
		size_t right = i == 3 ? 64 : names[_i].key_size;
		AUTO_TEXT wanted = memory_printf("bytes, not %zu", right);
		refused(bundle_with(parts[i], bytes, 0), ERR_PROTOCOL, wanted);
		refused(bundle_with(parts[i], bytes, right - 1), ERR_PROTOCOL, wanted);
		refused(bundle_with(parts[i], bytes, right + 1), ERR_PROTOCOL, wanted);
		xmlDoc *doc = device_bundle(juliet);
		xmlNodeSetContent(xml_find(xml_root(doc), parts[i], NULL), (const xmlChar *)"no base64!");
		refused(doc, ERR_PROTOCOL, "base64");
	}
}
END_TEST

START_TEST(missing_parts)
{
	const char *const parts[] = { names[_i].identity, names[_i].signed_prekey, names[_i].signature, "prekeys" };
	make_both(_i);
	for (size_t i = 0; i < 4; i++) {
		xmlDoc *doc = device_bundle(juliet);
		xmlNode *part = xml_find(xml_root(doc), parts[i], NULL);
		xmlUnlinkNode(part);
		xmlFreeNode(part);
		AUTO_TEXT wanted = memory_printf("has no <%s/>", parts[i]);
		refused(doc, ERR_PROTOCOL, wanted);
	}
	xmlDoc *doc = device_bundle(juliet);
	xmlNodeSetContent(xml_find(xml_root(doc), "prekeys", NULL), (const xmlChar *)"");
	refused(doc, ERR_PROTOCOL, "no prekeys");
	doc = device_bundle(juliet);
	xmlNodeSetName(xml_root(doc), (const xmlChar *)"bundles");
	refused(doc, ERR_PROTOCOL, "no <bundle");
	struct omemo *other = device_make(1 - _i, JULIET, 2);
	refused(device_bundle(other), ERR_PROTOCOL, "no <bundle");
	omemo_free(other);
}
END_TEST

START_TEST(ids_of_keys)
{
	static const char *const bad[] = { NULL, "", "-1", "2147483648", "x", "1 2" };
	make_both(_i);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		xmlDoc *doc = device_bundle(juliet);
		xml_set_attribute(xml_find(xml_root(doc), names[_i].signed_prekey, NULL), names[_i].signed_id, bad[i]);
		refused(doc, ERR_PROTOCOL, "is not a number between");
		doc = device_bundle(juliet);
		xml_set_attribute(xml_find(xml_root(doc), names[_i].prekey, NULL), names[_i].prekey_id, bad[i]);
		refused(doc, ERR_PROTOCOL, "is not a number between");
	}
	xmlDoc *doc = device_bundle(juliet);
	xml_set_attribute(xml_find(xml_root(doc), names[_i].prekey, NULL), names[_i].prekey_id, "2");
	refused(doc, ERR_PROTOCOL, "two prekeys have the id 2");
	doc = device_bundle(juliet);
	xmlNode *list = xml_find(xml_root(doc), "prekeys", NULL);
	const xmlNode *first = xml_find(list, names[_i].prekey, NULL);
	for (int i = 0; i <= OMEMO_BUNDLE_LIMIT; i++)
		xmlAddChild(list, xmlDocCopyNode((xmlNode *)first, doc, 1));
	refused(doc, ERR_PROTOCOL, "more than 1000");
	/* The largest id there can be is right. */
	struct err e;
	doc = device_bundle(juliet);
	xml_set_attribute(xml_find(xml_root(doc), names[_i].prekey, NULL), names[_i].prekey_id, "2147483647");
	ck_assert_int_eq(omemo_learn(romeo, JULIET, 2, xml_root(doc), &e), 0);
	xmlFreeDoc(doc);
	doc = device_bundle(juliet);
	ck_assert_int_eq(omemo_learn(romeo, JULIET, 0, xml_root(doc), &e), -1);
	ck_assert_int_eq(e.class, ERR_SCRIPT);
	ck_assert_int_eq(omemo_learn(romeo, JULIET, 2147483648u, xml_root(doc), &e), -1);
	ck_assert_ptr_null(omemo_new(_i, JULIET, 2147483648u, &e));
	ck_assert_int_eq(e.class, ERR_SCRIPT);
	xmlFreeDoc(doc);
}
END_TEST

/* A right bundle, of another device than the one that was first seen there: known by its own class of error. */
START_TEST(another_identity)
{
	make_both(_i);
	struct omemo *mallory = device_make(_i, JULIET, 2);
	device_meet(juliet, romeo);
	refused(device_bundle(mallory), ERR_REFUSED, "not the one that was first seen");
	device_meet(juliet, romeo);
	ck_assert(omemo_forget_device(romeo, JULIET, 2));
	device_meet(mallory, romeo);
	refused(device_bundle(juliet), ERR_REFUSED, "not the one that was first seen");
	omemo_free(mallory);
}
END_TEST

Suite *suite_omemo_bundle(void)
{
	Suite *s = suite_create("omemo_bundle");
	TCase *t = tcase_create("wrong");
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, two_devices, no_devices);
	tcase_add_loop_test(t, forged_signature, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, bad_points, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, short_and_long_keys, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, missing_parts, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, ids_of_keys, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, another_identity, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, t);
	return s;
}
