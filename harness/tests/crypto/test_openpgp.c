/* Messages of OpenPGP: written, read, and refused. */
#include "base/base64.h"
#include "tests/crypto/pgp_devices.h"

static struct openpgp *romeo, *juliet, *nurse;

static void begin(void)
{
	romeo = pgp_make(ROMEO);
	juliet = pgp_make(JULIET);
	nurse = pgp_make(NURSE);
	pgp_meet(romeo, juliet);
	pgp_meet(juliet, romeo);
	pgp_meet(nurse, juliet);
	pgp_meet(juliet, nurse);
	pgp_meet(romeo, nurse);
}

static void end(void)
{
	openpgp_free(romeo);
	openpgp_free(juliet);
	openpgp_free(nurse);
}

START_TEST(there_and_back)
{
	static const char *const texts[] = { "hark", "", "<&>'\"\n\xe2\x98\x8e" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		BUF_AUTO message = BUF_INIT;
		pgp_write(romeo, (enum openpgp_kind)_i, JULIET, texts[i], &message);
		pgp_reads(juliet, ROMEO, JULIET, &message, texts[i]);
		pgp_reads(romeo, ROMEO, JULIET, &message, texts[i]); /* encrypted to oneself as well */
		ck_assert(_i == OPENPGP_SIGN || !strstr(message.data, texts[i]) || !*texts[i]);
	}
}
END_TEST

START_TEST(facts_are_told)
{
	struct err e;
	BUF_AUTO message = BUF_INIT;
	BUF_AUTO body = BUF_INIT;
	AUTO_FACTS facts;
	pgp_write(romeo, (enum openpgp_kind)_i, JULIET, "hark", &message);
	ck_assert_int_eq(pgp_read(juliet, ROMEO, JULIET, &message, &body, &facts, &e), 0);
	ck_assert_int_eq(facts.kind, _i);
	ck_assert_int_eq(facts.encrypted, _i != OPENPGP_SIGN);
	ck_assert_int_eq(facts.has_signature, _i != OPENPGP_CRYPT);
	ck_assert(facts.padded && time_is_right(facts.time));
	ck_assert_str_eq(facts.signer, _i == OPENPGP_CRYPT ? "" : openpgp_fingerprint(romeo));
}
END_TEST

START_TEST(several_recipients)
{
	struct err e;
	const char *const both[] = { JULIET, NURSE };
	BUF_AUTO message = BUF_INIT;
	pgp_meet(nurse, romeo);
	ck_assert_int_eq(openpgp_encrypt(romeo, OPENPGP_SIGNCRYPT, both, 2, "hark", &message, &e), 0);
	pgp_reads(juliet, ROMEO, JULIET, &message, "hark");
	pgp_reads(nurse, ROMEO, NURSE, &message, "hark");
	pgp_reads(nurse, ROMEO, JULIET, &message, "hark");
}
END_TEST

START_TEST(a_second_device)
{
	struct err e;
	BUF_AUTO message = BUF_INIT;
	struct openpgp *garden = openpgp_copy_key(juliet, &e);
	ck_assert_ptr_nonnull(garden);
	ck_assert_str_eq(openpgp_fingerprint(garden), openpgp_fingerprint(juliet));
	pgp_write(romeo, OPENPGP_SIGNCRYPT, JULIET, "hark", &message);
	pgp_refuses(garden, ROMEO, JULIET, &message, "key that is not known");
	pgp_meet(romeo, garden);
	pgp_reads(garden, ROMEO, JULIET, &message, "hark");
	buf_clear(&message);
	pgp_write(garden, OPENPGP_SIGNCRYPT, ROMEO, "and back", &message);
	pgp_reads(romeo, JULIET, ROMEO, &message, "and back");
	pgp_reads(juliet, JULIET, ROMEO, &message, "and back");
	openpgp_free(garden);
}
END_TEST

START_TEST(nobody_else_reads)
{
	BUF_AUTO message = BUF_INIT;
	pgp_write(romeo, OPENPGP_SIGNCRYPT, JULIET, "hark", &message);
	pgp_refuses(nurse, ROMEO, JULIET, &message, "not encrypted for this key");
}
END_TEST

START_TEST(no_key_no_message)
{
	struct err e;
	const char *const nobody[] = { "nobody@capulet.lit" };
	BUF_AUTO message = BUF_INIT;
	ck_assert_int_eq(openpgp_encrypt(romeo, OPENPGP_SIGNCRYPT, nobody, 1, "hark", &message, &e), -1);
	ck_assert_int_eq(e.class, ERR_SCRIPT);
	ck_assert_uint_eq(message.len, 0);
}
END_TEST

/* ---- who wrote it, and to whom ---- */

START_TEST(wrong_sender)
{
	BUF_AUTO message = BUF_INIT;
	pgp_write(nurse, (enum openpgp_kind)_i, JULIET, "hark", &message);
	pgp_refuses(juliet, ROMEO, JULIET, &message, "not the sender's");
	pgp_reads(juliet, NURSE, JULIET, &message, "hark");
}
END_TEST

START_TEST(unknown_sender)
{
	BUF_AUTO message = BUF_INIT;
	pgp_write(nurse, (enum openpgp_kind)_i, ROMEO, "hark", &message);
	pgp_refuses(romeo, NURSE, ROMEO, &message, "key that is not known");
}
END_TEST

/* The nurse hands on, encrypted anew, what Romeo has signed for her: surreptitious forwarding (section 3.1). */
START_TEST(meant_for_another)
{
	BUF_AUTO message = BUF_INIT;
	pgp_meet(nurse, romeo);
	pgp_write(romeo, OPENPGP_SIGN, NURSE, "hark", &message);
	pgp_reads(nurse, ROMEO, NURSE, &message, "hark");
	pgp_refuses(juliet, ROMEO, JULIET, &message, "somebody else");
}
END_TEST

/* ---- what is in it ---- */

#define TO                    "<to jid='" JULIET "'/>"
#define TIME                  "<time stamp='2026-06-01T12:00:00.5Z'/>"
#define PAYLOAD               "<payload><body xmlns='jabber:client'>hark</body></payload>"
#define ELEMENT(name, inside) "<" name " xmlns='urn:xmpp:openpgp:0'>" inside "</" name ">"

static const struct {
	enum openpgp_kind kind; /* how it is really protected */
	const char *content;
	const char *fault; /* NULL: it is read */
} contents[] = {
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", TO TIME PAYLOAD), NULL },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", "<to jid='" JULIET "/balcony'/>" TIME PAYLOAD), NULL },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", "<to jid='" NURSE "'/>" TO TIME PAYLOAD), NULL },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", TO "<time stamp='2026-06-01T12:00:00+02:00'/>" PAYLOAD), NULL },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", TO TIME "<payload><body xmlns='jabber:server'>hark</body></payload>"),
		NULL },
	{ OPENPGP_SIGN, ELEMENT("sign", TO TIME PAYLOAD), NULL },
	{ OPENPGP_CRYPT, ELEMENT("crypt", TIME PAYLOAD), NULL },
	{ OPENPGP_CRYPT, ELEMENT("crypt", TO TIME PAYLOAD), NULL },

	{ OPENPGP_CRYPT, ELEMENT("signcrypt", TO TIME PAYLOAD), "<signcrypt/>: it is not signed" },
	{ OPENPGP_SIGN, ELEMENT("signcrypt", TO TIME PAYLOAD), "<signcrypt/> is not encrypted" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("sign", TO TIME PAYLOAD), "<sign/> is encrypted" },
	{ OPENPGP_CRYPT, ELEMENT("sign", TO TIME PAYLOAD), "<sign/> is encrypted" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("crypt", TIME PAYLOAD), "<crypt/> is signed" },
	{ OPENPGP_SIGN, ELEMENT("crypt", TIME PAYLOAD), "<crypt/> is not encrypted" },

	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", TIME PAYLOAD), "does not say to whom" },
	{ OPENPGP_SIGN, ELEMENT("sign", TIME PAYLOAD), "does not say to whom" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", "<to/>" TIME PAYLOAD), "names nobody" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", "<to jid='" NURSE "'/>" TIME PAYLOAD), "somebody else" },
	{ OPENPGP_CRYPT, ELEMENT("crypt", "<to jid='" NURSE "'/>" TIME PAYLOAD), "somebody else" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", TO PAYLOAD), "0 times" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", TO TIME TIME PAYLOAD), "2 times" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", TO "<time/>" PAYLOAD), "the time ''" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", TO "<time stamp='noon'/>" PAYLOAD), "the time 'noon'" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", TO TIME), "0 payloads" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("signcrypt", TO TIME PAYLOAD PAYLOAD), "2 payloads" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("envelope", TO TIME PAYLOAD), "no content element" },
	{ OPENPGP_SIGNCRYPT, "<signcrypt>" TO TIME PAYLOAD "</signcrypt>", "no content element" },
	{ OPENPGP_SIGNCRYPT, "hark", "what was encrypted or signed" },
	{ OPENPGP_SIGNCRYPT, ELEMENT("crypt", TIME PAYLOAD) ELEMENT("crypt", TIME PAYLOAD),
		"what was encrypted or signed" },
};

START_TEST(content)
{
	BUF_AUTO message = BUF_INIT;
	pgp_seal(romeo, contents[_i].kind, JULIET, contents[_i].content, &message);
	if (contents[_i].fault)
		pgp_refuses(juliet, ROMEO, JULIET, &message, contents[_i].fault);
	else
		pgp_reads(juliet, ROMEO, JULIET, &message, "hark");
}
END_TEST

START_TEST(without_a_body)
{
	BUF_AUTO message = BUF_INIT;
	pgp_seal(romeo, OPENPGP_SIGNCRYPT, JULIET, ELEMENT("signcrypt", TO TIME "<payload/>"), &message);
	pgp_reads(juliet, ROMEO, JULIET, &message, NULL);
}
END_TEST

/* ---- what is broken ---- */

static void message_bytes(enum openpgp_kind kind, struct buf *out)
{
	BUF_AUTO message = BUF_INIT;
	pgp_write(romeo, kind, JULIET, "hark", &message);
	xmlDoc *doc = element_of(&message);
	ck_assert_int_eq(openpgp_bytes(xml_root(doc), out, NULL), 0);
	xmlFreeDoc(doc);
}

/* Whatever bit is turned over, and wherever it ends: it is not read, and what is wrong is said. */
START_TEST(altered)
{
	BUF_AUTO bytes = BUF_INIT;
	message_bytes((enum openpgp_kind)_i, &bytes);
	size_t missed = 0;
	for (size_t i = 0; i < 2 * bytes.len; i++) {
		struct err e = { .class = ERR_NONE };
		BUF_AUTO body = BUF_INIT;
		AUTO_FACTS facts;
		size_t at = i % bytes.len, length = i < bytes.len ? bytes.len : at;
		if (i < bytes.len)
			bytes.data[at] = (char)(bytes.data[at] ^ 1 << i % 8);
		xmlDoc *doc = pgp_element("openpgp", bytes.data, length);
		int result = openpgp_decrypt(juliet, ROMEO, JULIET, xml_root(doc), &body, &facts, &e);
		if (result == 0)
			missed += !text_equal(
				buf_text(&body), "hark"); /* what changed says nothing, such as a file's date */
		else
			pgp_fault(result, &e, "");
		ck_assert(result == 0 || (*e.message && !body.len));
		xmlFreeDoc(doc);
		if (i < bytes.len)
			bytes.data[at] = (char)(bytes.data[at] ^ 1 << i % 8);
	}
	ck_assert_uint_eq(missed, 0);
}
END_TEST

static const struct {
	const char *element, *fault;
} broken[] = {
	{ "<openpgp xmlns='urn:xmpp:openpgp:0'/>", "not in base64" },
	{ "<openpgp xmlns='urn:xmpp:openpgp:0'>%%%</openpgp>", "not in base64" },
	{ "<openpgp xmlns='urn:xmpp:openpgp:0'>aGFyaw=</openpgp>", "not in base64" },
	{ "<openpgp xmlns='urn:xmpp:openpgp:0'>LS0tLS1CRUdJTg==</openpgp>", "no OpenPGP as it is" },
	{ "<openpgp xmlns='urn:xmpp:openpgp:0'>hIwD</openpgp>", "cannot be decrypted" },
	{ "<openpgp xmlns='urn:xmpp:openpgp:1'>hIwD</openpgp>", "no <openpgp" },
	{ "<x xmlns='urn:xmpp:openpgp:0'>hIwD</x>", "no <openpgp" },
};

START_TEST(broken_elements)
{
	BUF_AUTO message = BUF_INIT;
	buf_add_text(&message, broken[_i].element);
	pgp_refuses(juliet, ROMEO, JULIET, &message, broken[_i].fault);
}
END_TEST

START_TEST(base64_in_lines)
{
	BUF_AUTO bytes = BUF_INIT;
	BUF_AUTO coded = BUF_INIT;
	BUF_AUTO message = BUF_INIT;
	message_bytes(OPENPGP_SIGNCRYPT, &bytes);
	base64_encode(bytes.data, bytes.len, &coded);
	buf_printf(
		&message, "<openpgp xmlns='%s'>\n  %.64s\n  %s\n</openpgp>", NS_OPENPGP, coded.data, coded.data + 64);
	pgp_reads(juliet, ROMEO, JULIET, &message, "hark");
}
END_TEST

Suite *suite_openpgp(void)
{
	Suite *s = suite_create("openpgp");
	TCase *t = tcase_create("messages");
	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, there_and_back, OPENPGP_SIGNCRYPT, OPENPGP_CRYPT + 1);
	tcase_add_loop_test(t, facts_are_told, OPENPGP_SIGNCRYPT, OPENPGP_CRYPT + 1);
	tcase_add_test(t, several_recipients);
	tcase_add_test(t, a_second_device);
	tcase_add_test(t, nobody_else_reads);
	tcase_add_test(t, no_key_no_message);
	tcase_add_loop_test(t, wrong_sender, OPENPGP_SIGNCRYPT, OPENPGP_SIGN + 1);
	tcase_add_loop_test(t, unknown_sender, OPENPGP_SIGNCRYPT, OPENPGP_SIGN + 1);
	tcase_add_test(t, meant_for_another);
	tcase_add_loop_test(t, content, 0, (int)(sizeof contents / sizeof *contents));
	tcase_add_test(t, without_a_body);
	tcase_add_loop_test(t, altered, OPENPGP_SIGNCRYPT, OPENPGP_CRYPT + 1);
	tcase_add_loop_test(t, broken_elements, 0, (int)(sizeof broken / sizeof *broken));
	tcase_add_test(t, base64_in_lines);
	suite_add_tcase(s, t);
	return s;
}
