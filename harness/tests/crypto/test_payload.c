/* Payloads and envelopes: what the XEPs say of their form. */
#include "crypto/private.h"
#include "tests/crypto/devices.h"

/* Any length comes out as it went in; another key, a bent tag and a bent payload do not open it. */
START_TEST(both_ways)
{
	struct err e;
	static const size_t key_sizes[] = { 32, 48 };
	char text[70];
	memset(text, 'x', sizeof text);
	for (size_t length = 0; length < sizeof text; length++) {
		struct payload_key key = { .length = 0 };
		BUF_AUTO ciphertext = BUF_INIT, plaintext = BUF_INIT, iv = BUF_INIT;
		ck_assert_int_eq(payload_seal(_i, text, length, &key, &ciphertext, &e), 0);
		buf_add(&iv, key.iv, sizeof key.iv);
		ck_assert_uint_eq(key.length, key_sizes[_i]);
		ck_assert_uint_eq(ciphertext.len, _i == OMEMO_2 ? (length / 16 + 1) * 16 : length);
		ck_assert_int_eq(payload_open(_i, key.bytes, key.length, &iv, &ciphertext, &plaintext, &e), 0);
		ck_assert_uint_eq(plaintext.len, length);
		ck_assert(length == 0 || memcmp(plaintext.data, text, length) == 0);
		buf_clear(&plaintext);
		for (size_t at = 0; at < key.length; at += 5) {
			key.bytes[at] ^= 0x10;
			ck_assert_int_eq(payload_open(_i, key.bytes, key.length, &iv, &ciphertext, &plaintext, &e), -1);
			ck_assert_int_eq(e.class, ERR_PROTOCOL);
			key.bytes[at] ^= 0x10;
		}
		ck_assert_int_eq(payload_open(_i, key.bytes, key.length - 1, &iv, &ciphertext, &plaintext, &e), -1);
		buf_add_char(&ciphertext, 'x');
		ck_assert_int_eq(payload_open(_i, key.bytes, key.length, &iv, &ciphertext, &plaintext, &e), -1);
		ck_assert_uint_eq(plaintext.len, 0);
	}
}
END_TEST

/* Older clients of axolotl left the tag at the payload's end. */
START_TEST(tag_in_the_payload)
{
	struct err e;
	struct payload_key key = { .length = 0 };
	BUF_AUTO ciphertext = BUF_INIT, plaintext = BUF_INIT, iv = BUF_INIT, longer = BUF_INIT;
	ck_assert_int_eq(payload_seal(OMEMO_AXOLOTL, "hark", 4, &key, &ciphertext, &e), 0);
	buf_add(&iv, key.iv, sizeof key.iv);
	buf_add(&ciphertext, key.bytes + 16, 16);
	ck_assert_int_eq(payload_open(OMEMO_AXOLOTL, key.bytes, 16, &iv, &ciphertext, &plaintext, &e), 0);
	ck_assert_str_eq(buf_text(&plaintext), "hark");
	buf_add(&longer, "1234567890123", 13);
	ck_assert_int_eq(payload_open(OMEMO_AXOLOTL, key.bytes, 16, &longer, &ciphertext, &plaintext, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.message, "iv has 13 bytes"));
	ck_assert_int_eq(payload_open(OMEMO_AXOLOTL, key.bytes, 16, &iv, &(struct buf)BUF_INIT, &plaintext, &e), -1);
}
END_TEST

/* A key without payload: 16 random bytes in axolotl, 32 zeros in OMEMO_2 (section 5.5.3). */
START_TEST(key_without_payload)
{
	struct err e;
	static const uint8_t zeros[32];
	struct payload_key key = { .length = 0 };
	BUF_AUTO ciphertext = BUF_INIT;
	ck_assert_int_eq(payload_seal(_i, NULL, 0, &key, &ciphertext, &e), 0);
	ck_assert_uint_eq(ciphertext.len, 0);
	ck_assert_uint_eq(key.length, _i == OMEMO_2 ? 32 : 16);
	ck_assert((memcmp(key.bytes, zeros, key.length) == 0) == (_i == OMEMO_2));
}
END_TEST

/* ---- envelopes ---- */

static xmlDoc *envelope_of(const struct omemo_envelope *v, size_t *length)
{
	BUF_AUTO text = BUF_INIT;
	xml_start();
	omemo_print_envelope(v, &text);
	*length = text.len;
	return element_of(&text);
}

/* Never below the smallest size, and of many lengths above it. */
START_TEST(padding)
{
	size_t shortest = SIZE_MAX, longest = 0;
	for (int i = 0; i < 300; i++) {
		size_t length = 0;
		xmlDoc *doc = envelope_of(&(struct omemo_envelope){ .body = i % 2 ? "" : "hark" }, &length);
		xmlFreeDoc(doc);
		shortest = length < shortest ? length : shortest;
		longest = length > longest ? length : longest;
	}
	ck_assert_uint_ge(shortest, 256);
	ck_assert_uint_ge(longest - shortest, 100);
	ck_assert_uint_le(longest - shortest, 200);
	AUTO_TEXT text = memory_printf("%*s", 5000, "x");
	size_t length = 0;
	xmlDoc *doc = envelope_of(&(struct omemo_envelope){ .body = text }, &length);
	AUTO_TEXT body = xml_text(xml_find(xml_root(doc), "body", NS_CLIENT));
	ck_assert_str_eq(body, text);
	ck_assert_uint_le(length, 5000 + 500);
	xmlFreeDoc(doc);
}
END_TEST

static struct omemo *romeo, *juliet;

static void met(void)
{
	romeo = device_make(OMEMO_2, ROMEO, 1);
	juliet = device_make(OMEMO_2, JULIET, 2);
	device_meet(juliet, romeo);
}

static void parted(void)
{
	omemo_free(romeo);
	omemo_free(juliet);
}

/* Romeo sends these bytes as they are; the result of Juliet's reading. */
static int sent(const char *bytes, struct buf *body, struct omemo_reading *facts, struct err *e)
{
	const struct omemo_recipient recipient = { JULIET, 2 };
	BUF_AUTO message = BUF_INIT;
	ck_assert_int_eq(omemo_encrypt_bytes(romeo, &recipient, 1, bytes, strlen(bytes), &message, e), 0);
	return device_read(juliet, ROMEO, &message, body, facts, e);
}

START_TEST(affix_elements)
{
	struct err e;
	const struct omemo_recipient recipient = { JULIET, 2 };
	for (int i = 0; i < 2; i++) {
		BUF_AUTO message = BUF_INIT, body = BUF_INIT;
		AUTO_READING facts;
		ck_assert_int_eq(
			omemo_encrypt(romeo, &recipient, 1, "hark", i ? "balcony@rooms.lit" : NULL, &message, &e), 0);
		ck_assert_int_eq(device_read(juliet, ROMEO, &message, &body, &facts, &e), 0);
		ck_assert_str_eq(facts.from, ROMEO);
		ck_assert(text_equal(facts.to, i ? "balcony@rooms.lit" : NULL));
		ck_assert_uint_eq(strlen(facts.time), strlen("2026-01-01T00:00:00.000Z"));
		ck_assert(facts.padded && facts.has_body);
		xmlDoc *doc = element_of(&facts.envelope);
		ck_assert(xml_is(xml_root(doc), "envelope", NS_SCE));
		xmlFreeDoc(doc);
	}
}
END_TEST

/* What a peer's envelope lacks is told, and content without a body is no fault: a receipt has none. */
START_TEST(other_content)
{
	struct err e;
	BUF_AUTO text = BUF_INIT, body = BUF_INIT;
	AUTO_READING facts;
	omemo_print_envelope(&(struct omemo_envelope){ .more = "<received xmlns='urn:xmpp:receipts' id='1'/>",
				     .from = "o'hara@<&>",
				     .without_padding = true },
		&text);
	ck_assert_int_eq(sent(text.data, &body, &facts, &e), 0);
	ck_assert_int_eq(facts.outcome, OMEMO_READ);
	ck_assert(!facts.has_body && !facts.padded && !facts.to && !facts.time);
	ck_assert_str_eq(facts.from, "o'hara@<&>");
	ck_assert_uint_eq(body.len, 0);
	xmlDoc *doc = element_of(&facts.envelope);
	ck_assert_ptr_nonnull(xml_find(xml_root(doc), "received", "urn:xmpp:receipts"));
	xmlFreeDoc(doc);
}
END_TEST

START_TEST(no_envelope)
{
	static const char *const wrong[] = { "", "hark", "<envelope xmlns='urn:xmpp:sce:1'>",
		"<envelope xmlns='urn:xmpp:sce:1'/>", "<envelope xmlns='urn:xmpp:sce:0'><content/></envelope>",
		"<content xmlns='urn:xmpp:sce:1'/>",
		"<!DOCTYPE a><envelope xmlns='urn:xmpp:sce:1'><content/></envelope>" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct err e;
		BUF_AUTO body = BUF_INIT;
		AUTO_READING facts;
		ck_assert_msg(sent(wrong[i], &body, &facts, &e) == -1, "'%s' was taken", wrong[i]);
		ck_assert_int_eq(e.class, ERR_PROTOCOL);
		ck_assert_int_eq(facts.outcome, OMEMO_UNREADABLE);
		ck_assert_str_eq(buf_text(&facts.envelope), wrong[i]);
		ck_assert_uint_eq(body.len, 0);
	}
}
END_TEST

Suite *suite_payload(void)
{
	Suite *s = suite_create("payload");
	TCase *t = tcase_create("payloads");
	tcase_add_loop_test(t, both_ways, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_test(t, tag_in_the_payload);
	tcase_add_loop_test(t, key_without_payload, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, t);
	t = tcase_create("envelopes");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, met, parted);
	tcase_add_test(t, affix_elements);
	tcase_add_test(t, other_content);
	tcase_add_test(t, no_envelope);
	tcase_add_test(t, padding);
	suite_add_tcase(s, t);
	return s;
}
