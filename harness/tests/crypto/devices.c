#include "tests/crypto/devices.h"
#include "base/base64.h"

struct omemo *device_make(enum omemo_version version, const char *jid, uint32_t id)
{
	struct err e;
	xml_start();
	struct omemo *o = omemo_new(version, jid, id, &e);
	ck_assert_msg(o != NULL, "%s", e.message);
	return o;
}

xmlDoc *device_bundle(const struct omemo *o)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	ck_assert_int_eq(omemo_print_bundle(o, &text, &e), 0);
	return element_of(&text);
}

xmlDoc *bundle_share(const xmlDoc *bundle, uint32_t reader)
{
	xmlDoc *copy = xmlCopyDoc((xmlDoc *)bundle, 1);
	xmlNode *prekeys = xmlFirstElementChild((xmlNode *)xml_child(xml_root(copy), "prekeys", NULL));
	ck_assert_ptr_nonnull(prekeys);
	for (uint32_t i = 0; prekeys; i++) {
		xmlNode *next = xmlNextElementSibling(prekeys);
		if (i % BUNDLE_SHARES != reader % BUNDLE_SHARES) {
			xmlUnlinkNode(prekeys);
			xmlFreeNode(prekeys);
		}
		prekeys = next;
	}
	return copy;
}

static void learn(const struct omemo *from, struct omemo *to, const xmlDoc *bundle)
{
	struct err e;
	int result = omemo_learn(to, omemo_jid(from), omemo_device_id(from), xml_root(bundle), &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
}

void device_meet(const struct omemo *from, struct omemo *to)
{
	xmlDoc *bundle = device_bundle(from);
	learn(from, to, bundle);
	xmlFreeDoc(bundle);
}

void device_meet_among_others(const struct omemo *from, struct omemo *to)
{
	xmlDoc *whole = device_bundle(from), *bundle = bundle_share(whole, omemo_device_id(to));
	learn(from, to, bundle);
	xmlFreeDoc(bundle);
	xmlFreeDoc(whole);
}

xmlDoc *element_of(const struct buf *text)
{
	struct err e;
	xmlDoc *doc = xml_parse(buf_text(text), text->len, &e);
	ck_assert_msg(doc != NULL, "%s", doc ? "" : e.message);
	return doc;
}

void device_write_all(struct omemo *from, struct omemo *const *to, size_t count, const char *body, struct buf *out)
{
	struct err e;
	struct omemo_recipient *recipients = memory_alloc(count * sizeof *recipients);
	for (size_t i = 0; i < count; i++)
		recipients[i] = (struct omemo_recipient){ omemo_jid(to[i]), omemo_device_id(to[i]) };
	int result = omemo_encrypt(from, recipients, count, body, NULL, out, &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
	free(recipients);
}

void device_write(struct omemo *from, const struct omemo *to, const char *body, struct buf *out)
{
	struct err e;
	const struct omemo_recipient recipient = { omemo_jid(to), omemo_device_id(to) };
	int result = omemo_encrypt(from, &recipient, 1, body, NULL, out, &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
}

int device_read(struct omemo *o, const char *sender, const struct buf *message, struct buf *body,
	struct omemo_reading *facts, struct err *e)
{
	xmlDoc *doc = element_of(message);
	int result = omemo_decrypt(o, sender, xml_root(doc), body, facts, e);
	xmlFreeDoc(doc);
	return result;
}

void device_reads(struct omemo *o, const struct omemo *from, const struct buf *message, const char *body)
{
	struct err e;
	BUF_AUTO read = BUF_INIT;
	AUTO_READING facts;
	int result = device_read(o, omemo_jid(from), message, &read, &facts, &e);
	ck_assert_msg(result == 0, "%s", result ? e.message : "");
	ck_assert_int_eq(facts.outcome, OMEMO_READ);
	ck_assert_uint_eq(facts.sender, omemo_device_id(from));
	ck_assert_int_eq(facts.key_only, body == NULL);
	ck_assert_str_eq(buf_text(&read), body ? body : "");
}

void device_says(struct omemo *from, struct omemo *to, const char *body)
{
	BUF_AUTO message = BUF_INIT;
	device_write(from, to, body, &message);
	device_reads(to, from, &message, body);
}

void element_set_bytes(xmlNode *root, const char *name, const struct buf *bytes)
{
	BUF_AUTO text = BUF_INIT;
	xmlNode *found = xml_find(root, name, NULL);
	ck_assert_ptr_nonnull(found);
	base64_encode(buf_text(bytes), bytes->len, &text);
	xmlNodeSetContent(found, (const xmlChar *)buf_text(&text));
}

void element_bytes(xmlNode *root, const char *name, struct buf *out)
{
	xmlNode *found = xml_find(root, name, NULL);
	ck_assert_ptr_nonnull(found);
	AUTO_TEXT text = xml_text(found);
	ck_assert_int_eq(base64_decode(text, strlen(text), out), 0);
}
