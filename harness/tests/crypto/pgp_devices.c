#include "tests/crypto/pgp_devices.h"
#include "base/base64.h"

struct openpgp *pgp_make(const char *jid)
{
	struct err e;
	xml_start();
	struct openpgp *o = openpgp_new(jid, &e);
	ck_assert_msg(o != NULL, "%s", o ? "" : e.message);
	return o;
}

xmlDoc *pgp_key(const struct openpgp *from)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	ck_assert_int_eq(openpgp_print_key(from, &text, &e), 0);
	return element_of(&text);
}

xmlDoc *pgp_list(const struct openpgp *from)
{
	BUF_AUTO text = BUF_INIT;
	openpgp_print_list(&from, 1, &text);
	return element_of(&text);
}

xmlDoc *pgp_element(const char *name, const void *bytes, size_t length)
{
	BUF_AUTO text = BUF_INIT;
	bool key = text_equal(name, "pubkey");
	buf_printf(&text, "<%s xmlns='%s'>%s", name, NS_OPENPGP, key ? "<data>" : "");
	base64_encode(bytes, length, &text);
	buf_printf(&text, "%s</%s>", key ? "</data>" : "", name);
	return element_of(&text);
}

int pgp_learns(struct openpgp *o, const char *jid, xmlDoc *pubkey, struct err *e)
{
	int result = openpgp_learn(o, jid, NULL, xml_root(pubkey), e);
	xmlFreeDoc(pubkey);
	return result;
}

void pgp_meet(const struct openpgp *from, struct openpgp *to)
{
	struct err e;
	xmlDoc *list = pgp_list(from);
	ck_assert_int_eq(openpgp_learn_list(to, openpgp_jid(from), xml_root(list), &e), 0);
	xmlFreeDoc(list);
	int result = pgp_learns(to, openpgp_jid(from), pgp_key(from), &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
	ck_assert_uint_eq(openpgp_learned_keys(to, openpgp_jid(from)), 1);
}

void pgp_fault(int result, const struct err *e, const char *words)
{
	ck_assert_int_eq(result, -1);
	ck_assert_msg(strstr(e->message, words), "'%s' does not say '%s'", e->message, words);
	ck_assert_int_eq(e->class, ERR_PROTOCOL);
}

void pgp_write(const struct openpgp *from, enum openpgp_kind kind, const char *to, const char *body, struct buf *out)
{
	struct err e;
	int result = openpgp_encrypt(from, kind, &to, 1, body, out, &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
}

void pgp_seal(const struct openpgp *from, enum openpgp_kind kind, const char *to, const char *bytes, struct buf *out)
{
	struct err e;
	int result = openpgp_encrypt_bytes(from, kind, &to, 1, bytes, strlen(bytes), out, &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
}

int pgp_read(const struct openpgp *o, const char *sender, const char *to, const struct buf *message, struct buf *body,
	struct openpgp_reading *facts, struct err *e)
{
	xmlDoc *doc = element_of(message);
	int result = openpgp_decrypt(o, sender, to, xml_root(doc), body, facts, e);
	xmlFreeDoc(doc);
	return result;
}

void pgp_reads(const struct openpgp *o, const char *sender, const char *to, const struct buf *message, const char *body)
{
	struct err e;
	BUF_AUTO read = BUF_INIT;
	AUTO_FACTS facts;
	int result = pgp_read(o, sender, to, message, &read, &facts, &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
	ck_assert_str_eq(buf_text(&read), body ? body : "");
	ck_assert_int_eq(facts.has_body, body != NULL);
	ck_assert_ptr_nonnull(facts.time);
}

void pgp_refuses(
	const struct openpgp *o, const char *sender, const char *to, const struct buf *message, const char *words)
{
	struct err e = { .class = ERR_NONE };
	BUF_AUTO read = BUF_INIT;
	AUTO_FACTS facts;
	pgp_fault(pgp_read(o, sender, to, message, &read, &facts, &e), &e, words);
	ck_assert_uint_eq(read.len, 0);
}
