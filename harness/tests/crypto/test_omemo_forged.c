/* Messages that are wrong, and those that came by a wrong way: each is refused with its reason, and leaves the device as it was. */
#include "crypto/private.h"
#include "tests/crypto/devices.h"
#include <omemo/session_pre_key.h>

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

/* Another device under an address and id that are known: by its key exchange. */
START_TEST(changed_identity)
{
	struct err e;
	make_both(_i);
	BUF_AUTO message = BUF_INIT, body = BUF_INIT;
	AUTO_READING facts;
	device_meet(juliet, romeo);
	device_says(romeo, juliet, "hark");
	struct omemo *mallory = device_make(_i, JULIET, 2);
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
	ck_assert_uint_eq(omemo_learned_prekeys(paris, JULIET, 2), 0);
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

static void add_varint(uint8_t tag, uint32_t value, struct buf *out)
{
	buf_add_char(out, (char)tag);
	for (; value >= 0x80; value >>= 7)
		buf_add_char(out, (char)(value | 0x80));
	buf_add_char(out, (char)value);
}

static void add_bytes(uint8_t tag, const void *bytes, size_t length, struct buf *out)
{
	add_varint(tag, (uint32_t)length, out);
	buf_add(out, bytes, length);
}

/* A message that anyone can write: on a new ratchet key, with a number of his choice, and no right code. */
static void forge(int version, uint32_t number, struct buf *out)
{
	static const uint8_t key[33] = { 5, 9 }, mac[16] = { 1 }, ciphertext[64] = { 2 };
	BUF_AUTO inner = BUF_INIT;
	if (version == OMEMO_2) {
		add_varint(0x08, number, &inner);
		add_varint(0x10, number, &inner);
		add_bytes(0x1a, key + 1, 32, &inner);
		add_bytes(0x22, ciphertext, sizeof ciphertext, &inner);
		add_bytes(0x0a, mac, 16, out);
		add_bytes(0x12, inner.data, inner.len, out);
	} else {
		buf_add_char(out, 0x33);
		add_bytes(0x0a, key, 33, out);
		add_varint(0x10, number, out);
		add_varint(0x18, number, out);
		add_bytes(0x22, ciphertext, sizeof ciphertext, out);
		buf_add(out, mac, 8);
	}
}

/* Numbers at the ends of their range cost nothing and change nothing. */
START_TEST(forged_counters)
{
	static const uint32_t numbers[] = { 0, 1, 2000, 2001, 0x7fffffff, 0x80000000, 0xffffffff };
	make_both(_i);
	BUF_AUTO message = BUF_INIT, waiting = BUF_INIT;
	device_meet(juliet, romeo);
	device_says(romeo, juliet, "hark");
	device_says(juliet, romeo, "aye");
	device_write(romeo, juliet, "waiting", &waiting);
	device_write(romeo, juliet, "hark", &message);
	xmlDoc *doc = element_of(&message);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct err e;
		BUF_AUTO bytes = BUF_INIT, body = BUF_INIT;
		AUTO_READING facts;
		forge(_i, numbers[i], &bytes);
		element_set_bytes(xml_root(doc), "key", &bytes);
		ck_assert_int_eq(omemo_decrypt(juliet, ROMEO, xml_root(doc), &body, &facts, &e), -1);
		ck_assert_int_eq(facts.outcome, OMEMO_UNREADABLE);
		ck_assert_ptr_nonnull(strstr(e.message, "no session of this device fits it"));
		ck_assert(!omemo_heartbeat_due(juliet, ROMEO, 1));
	}
	xmlFreeDoc(doc);
	device_reads(juliet, romeo, &message, "hark");
	device_reads(juliet, romeo, &waiting, "waiting");
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
	BUF_AUTO out = BUF_INIT;
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
	tcase_add_loop_test(t, changed_identity, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, prekey_used_twice, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, cut_off, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, bent_payload, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, forged_counters, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, prekey_ids_come_round, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, calls_that_cannot_be, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, no_message, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, t);
	TCase *heavy = tcase_create("many times");
	tcase_set_timeout(heavy, 180);
	tcase_set_tags(heavy, "heavy");
	tcase_add_checked_fixture(heavy, two_devices, no_devices);
	tcase_add_loop_test(heavy, bent_key_exchange, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(heavy, counters, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, heavy);
	return s;
}
