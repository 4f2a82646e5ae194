/* Bundles and messages that are wrong: each is refused with its reason, and leaves the device as it was. */
#include "crypto/private.h"
#include "tests/crypto/devices.h"
#include <omemo/session_pre_key.h>

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

/* Another device under an address and id that are known: by its bundle, and by its key exchange. */
START_TEST(changed_identity)
{
	struct err e;
	make_both(_i);
	BUF_AUTO message = BUF_INIT, body = BUF_INIT;
	AUTO_READING facts;
	device_meet(juliet, romeo);
	device_says(romeo, juliet, "hark");
	struct omemo *mallory = device_make(_i, JULIET, 2);
	refused(device_bundle(mallory), ERR_REFUSED, "not the one that was first seen");
	device_meet(romeo, mallory);
	device_write(mallory, romeo, "it is I", &message);
	ck_assert_int_eq(device_read(romeo, JULIET, &message, &body, &facts, &e), -1);
	ck_assert_int_eq(facts.outcome, OMEMO_IDENTITY_CHANGED);
	ck_assert_int_eq(e.class, ERR_REFUSED);
	ck_assert_uint_eq(body.len, 0);
	device_says(juliet, romeo, "still I");
	device_says(romeo, juliet, "still thou");
	/* Who forgets the device, as a person does who compared fingerprints, goes on with the new one. */
	ck_assert(omemo_forget_device(romeo, JULIET, 2));
	device_meet(mallory, romeo);
	device_reads(romeo, mallory, &message, "it is I");
	omemo_free(mallory);
}
END_TEST

/* A key exchange that was bent on its way must leave no trace: neither a session nor trust in the key that it named. */
START_TEST(bent_key_exchange)
{
	make_both(_i);
	BUF_AUTO message = BUF_INIT, bytes = BUF_INIT;
	device_meet(juliet, romeo);
	device_write(romeo, juliet, "hark", &message);
	xmlDoc *doc = element_of(&message);
	element_bytes(xml_root(doc), "key", &bytes);
	size_t unreadable = 0;
	for (size_t at = 0; at < bytes.len; at++) {
		struct err e;
		BUF_AUTO body = BUF_INIT, print = BUF_INIT;
		AUTO_READING facts;
		struct omemo *copy = omemo_copy(juliet, &e);
		bytes.data[at] ^= 1;
		element_set_bytes(xml_root(doc), "key", &bytes);
		bytes.data[at] ^= 1;
		int result = omemo_decrypt(copy, ROMEO, xml_root(doc), &body, &facts, &e);
		if (result == 0) { /* a bit that nothing depends on, such as a field that is not known */
			ck_assert_int_eq(facts.outcome, OMEMO_READ);
			ck_assert_str_eq(buf_text(&body), "hark");
		} else {
			unreadable++;
			ck_assert(e.class == ERR_PROTOCOL && *e.message);
			ck_assert(facts.outcome < OMEMO_NOT_FOR_US);
			ck_assert(!omemo_has_session(copy, ROMEO, 1));
			ck_assert(!omemo_peer_fingerprint(copy, ROMEO, 1, &print));
			device_reads(copy, romeo, &message, "hark");
		}
		omemo_free(copy);
	}
	ck_assert_uint_gt(unreadable, bytes.len * 9 / 10);
	xmlFreeDoc(doc);
}
END_TEST

/* Juliet's bundle with the first of its prekeys alone. */
static xmlDoc *bundle_of_one(void)
{
	xmlDoc *doc = device_bundle(juliet);
	xmlNode *list = xml_find(xml_root(doc), "prekeys", NULL);
	while (xmlChildElementCount(list) > 1) {
		xmlNode *last = xmlLastElementChild(list);
		xmlUnlinkNode(last);
		xmlFreeNode(last);
	}
	return doc;
}

/* A prekey that two used: the second is told so, and the first is not disturbed. */
START_TEST(prekey_used_twice)
{
	struct err e;
	make_both(_i);
	struct omemo *paris = device_make(_i, "paris@verona.lit", 3);
	BUF_AUTO first = BUF_INIT, second = BUF_INIT, body = BUF_INIT;
	AUTO_READING facts;
	xmlDoc *doc = bundle_of_one();
	ck_assert_int_eq(omemo_learn(romeo, JULIET, 2, xml_root(doc), &e), 0);
	ck_assert_int_eq(omemo_learn(paris, JULIET, 2, xml_root(doc), &e), 0);
	ck_assert_uint_eq(omemo_learned_prekeys(paris, JULIET, 2), 1);
	device_write(romeo, juliet, "hark", &first);
	device_write(paris, juliet, "lady", &second);
	device_reads(juliet, romeo, &first, "hark");
	ck_assert_int_eq(device_read(juliet, "paris@verona.lit", &second, &body, &facts, &e), -1);
	ck_assert_int_eq(facts.outcome, OMEMO_PREKEY_GONE);
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	ck_assert(facts.key_exchange && !facts.new_session);
	ck_assert(!omemo_has_session(juliet, "paris@verona.lit", 3));
	device_says(juliet, romeo, "aye");
	xmlFreeDoc(doc);
	omemo_free(paris);
}
END_TEST

/* Every length of key and payload that is too short. */
START_TEST(cut_off)
{
	make_both(_i);
	static const char *const parts[] = { "key", "payload" };
	BUF_AUTO message = BUF_INIT;
	device_meet(juliet, romeo);
	device_says(romeo, juliet, "hark");
	device_says(juliet, romeo, "aye");
	device_write(romeo, juliet, "a text of some length", &message);
	for (size_t part = 0; part < 2; part++) {
		BUF_AUTO bytes = BUF_INIT;
		xmlDoc *doc = element_of(&message);
		element_bytes(xml_root(doc), parts[part], &bytes);
		size_t step = bytes.len > 200 ? 7 : 1;
		for (size_t length = 0; length < bytes.len; length += step) {
			struct err e;
			BUF_AUTO body = BUF_INIT, less = BUF_INIT;
			AUTO_READING facts;
			struct omemo *copy = omemo_copy(juliet, &e);
			buf_add(&less, bytes.data, length);
			element_set_bytes(xml_root(doc), parts[part], &less);
			ck_assert_int_eq(omemo_decrypt(copy, ROMEO, xml_root(doc), &body, &facts, &e), -1);
			ck_assert_int_eq(e.class, ERR_PROTOCOL);
			ck_assert_int_eq(facts.outcome, OMEMO_UNREADABLE);
			ck_assert_uint_eq(body.len, 0);
			omemo_free(copy);
		}
		xmlFreeDoc(doc);
	}
	device_reads(juliet, romeo, &message, "a text of some length");
}
END_TEST

START_TEST(bent_payload)
{
	make_both(_i);
	BUF_AUTO message = BUF_INIT, bytes = BUF_INIT, body = BUF_INIT;
	AUTO_READING facts;
	struct err e;
	device_meet(juliet, romeo);
	device_write(romeo, juliet, "hark", &message);
	xmlDoc *doc = element_of(&message);
	element_bytes(xml_root(doc), "payload", &bytes);
	bytes.data[bytes.len / 2] ^= 1;
	element_set_bytes(xml_root(doc), "payload", &bytes);
	ck_assert_int_eq(omemo_decrypt(juliet, ROMEO, xml_root(doc), &body, &facts, &e), -1);
	ck_assert_int_eq(facts.outcome, OMEMO_UNREADABLE);
	ck_assert_ptr_nonnull(strstr(e.message, "tag"));
	ck_assert_uint_eq(body.len, 0);
	xmlFreeDoc(doc);
	/* The key went through: it cannot be used again, and the session goes on. */
	omemo_reading_release(&facts);
	ck_assert_int_eq(device_read(juliet, ROMEO, &message, &body, &facts, &e), 0);
	ck_assert_int_eq(facts.outcome, OMEMO_REPEATED);
	device_says(romeo, juliet, "again");
}
END_TEST

/* Up to 2,000 messages may be skipped; one more is refused and does no harm. */
START_TEST(counters)
{
	struct err e;
	make_both(_i);
	BUF_AUTO last = BUF_INIT, body = BUF_INIT, first = BUF_INIT;
	AUTO_READING facts;
	device_meet(juliet, romeo);
	device_says(romeo, juliet, "hark");
	device_says(juliet, romeo, "aye");
	for (int i = 0; i <= 2001; i++) {
		BUF_AUTO message = BUF_INIT;
		device_write(romeo, juliet, NULL, &message);
		if (i == 0)
			buf_add(&first, message.data, message.len);
		if (i == 2000) {
			struct omemo *copy = omemo_copy(juliet, &e);
			device_reads(copy, romeo, &message, NULL);
			device_reads(copy, romeo, &first, NULL);
			omemo_free(copy);
		}
		if (i == 2001)
			buf_add(&last, message.data, message.len);
	}
	ck_assert_int_eq(device_read(juliet, ROMEO, &last, &body, &facts, &e), -1);
	ck_assert_int_eq(facts.outcome, OMEMO_UNREADABLE);
	device_reads(juliet, romeo, &first, NULL);
	device_reads(juliet, romeo, &last, NULL);
}
END_TEST

/* The ids of prekeys come round: the largest is used and deleted like any other, and none is there twice. */
START_TEST(prekey_ids_come_round)
{
	struct err e;
	make_both(_i);
	record_release(&juliet->prekeys[0]);
	juliet->next_prekey = PRE_KEY_MEDIUM_MAX_VALUE - 1;
	ck_assert_int_eq(device_fill_prekeys(juliet, &e), 0);
	ck_assert_uint_eq(juliet->prekeys[0].id, PRE_KEY_MEDIUM_MAX_VALUE - 1);
	ck_assert_uint_eq(juliet->next_prekey, 1);
	for (size_t i = 1; i < 50; i++)
		record_release(&juliet->prekeys[i]); /* 2 to 50: now only 51 to 100 are taken */
	ck_assert_int_eq(device_fill_prekeys(juliet, &e), 0);
	for (size_t i = 1; i < 50; i++)
		ck_assert_uint_eq(juliet->prekeys[i].id, i);
	record_release(&juliet->prekeys[7]);
	record_release(&juliet->prekeys[8]);
	ck_assert_int_eq(device_fill_prekeys(juliet, &e), 0);
	ck_assert_uint_eq(juliet->prekeys[7].id, 50);
	ck_assert_uint_eq(juliet->prekeys[8].id, 101);
	xmlDoc *doc = bundle_of_one();
	ck_assert_int_eq(omemo_learn(romeo, JULIET, 2, xml_root(doc), &e), 0);
	device_says(romeo, juliet, "hark");
	ck_assert_uint_eq(juliet->prekeys[0].id, 102);
	xmlFreeDoc(doc);
}
END_TEST

START_TEST(calls_that_cannot_be)
{
	struct err e;
	make_both(_i);
	BUF_AUTO out = BUF_INIT, message = BUF_INIT;
	device_meet(juliet, romeo);
	const struct omemo_recipient known = { JULIET, 2 }, unknown = { JULIET, 3 }, self = { ROMEO, 1 };
	const struct omemo_recipient both[] = { known, unknown }, twice[] = { known, known },
				     and_self[] = { known, self };
	ck_assert_int_eq(omemo_encrypt(romeo, both, 2, "hark", NULL, &out, &e), -1);
	ck_assert_int_eq(e.class, ERR_SCRIPT);
	ck_assert_int_eq(omemo_encrypt(romeo, twice, 2, "hark", NULL, &out, &e), -1);
	ck_assert_int_eq(omemo_encrypt(romeo, and_self, 2, "hark", NULL, &out, &e), -1);
	ck_assert_int_eq(omemo_encrypt(romeo, &known, 0, "hark", NULL, &out, &e), -1);
	ck_assert_uint_eq(out.len, 0);
	ck_assert(!omemo_has_session(romeo, JULIET, 2));
	ck_assert(!omemo_heartbeat_due(romeo, JULIET, 3));
	omemo_free(NULL);
}
END_TEST

/* Elements that are no message at all. */
START_TEST(no_message)
{
	static const char *const shapes[] = { "<encrypted xmlns='other'/>", "<encrypted xmlns='%s'/>",
		"<encrypted xmlns='%s'><header/></encrypted>", "<encrypted xmlns='%s'><header sid='0'/></encrypted>",
		"<encrypted xmlns='%s'><header sid='4294967296'/></encrypted>",
		"<encrypted xmlns='%s'><header sid='1'><key rid='2'>x</key><keys jid='juliet@capulet.lit'><key rid='2'>x</key>"
		"</keys></header></encrypted>",
		"<encrypted xmlns='%s'><header sid='1'><key rid='2'/><keys jid='juliet@capulet.lit'><key rid='2'/></keys></header>"
		"</encrypted>" };
	make_both(_i);
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct err e = { .class = ERR_NONE };
		BUF_AUTO text = BUF_INIT, body = BUF_INIT;
		AUTO_READING facts;
		const char *mark = strstr(shapes[i], "%s");
		buf_add(&text, shapes[i], mark ? (size_t)(mark - shapes[i]) : strlen(shapes[i]));
		if (mark) {
			buf_add_text(&text, omemo_namespace(_i));
			buf_add_text(&text, mark + 2);
		}
		ck_assert_int_eq(device_read(juliet, ROMEO, &text, &body, &facts, &e), -1);
		ck_assert_int_eq(e.class, ERR_PROTOCOL);
		ck_assert(*e.message);
		ck_assert_int_eq(facts.outcome, OMEMO_UNREADABLE);
	}
}
END_TEST

Suite *suite_omemo_forged(void)
{
	Suite *s = suite_create("omemo_forged");
	TCase *t = tcase_create("wrong");
	tcase_set_timeout(t, 180);
	tcase_add_checked_fixture(t, two_devices, no_devices);
	tcase_add_loop_test(t, forged_signature, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, bad_points, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, short_and_long_keys, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, missing_parts, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, ids_of_keys, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, changed_identity, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, bent_key_exchange, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, prekey_used_twice, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, cut_off, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, bent_payload, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, prekey_ids_come_round, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, calls_that_cannot_be, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, no_message, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, t);
	TCase *heavy = tcase_create("counters");
	tcase_set_timeout(heavy, 180);
	tcase_set_tags(heavy, "heavy");
	tcase_add_checked_fixture(heavy, two_devices, no_devices);
	tcase_add_loop_test(heavy, counters, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, heavy);
	return s;
}
