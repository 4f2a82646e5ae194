/* The envelopes of stanza content encryption (XEP-0420), with OMEMO's profile of it (XEP-0384 section 5.5.1). */
#include "base/base64.h"
#include "base/text.h"
#include "crypto/private.h"
#include "xml/xml.h"
#include <string.h>

/* XEP-0420 section 4: up to a smallest size first, then between 0 and 200 characters on top. */
#define SMALLEST_SIZE  256
#define PADDING_ON_TOP 200

static void add_attribute(const char *element, const char *name, const char *value, struct buf *out)
{
	if (!value)
		return;
	buf_printf(out, "<%s %s='", element, name);
	xml_escape(value, out);
	buf_add_text(out, "'/>");
}

static void add_padding(size_t before, struct buf *out)
{
	uint8_t random[SMALLEST_SIZE + PADDING_ON_TOP];
	BUF_AUTO text = BUF_INIT;
	/* Without random numbers the padding is zeros: its length and content are nobody's secret then, and the encryption that
	 * follows fails for the same reason. */
	if (provider_random(random, sizeof random, NULL))
		memset(random, 0, sizeof random);
	size_t length = before < SMALLEST_SIZE ? SMALLEST_SIZE - before : 0;
	length += (random[0] | (unsigned)random[1] << 8) % (PADDING_ON_TOP + 1);
	base64_encode(random, sizeof random, &text);
	buf_add_text(out, "<rpad>");
	buf_add(out, text.data, length);
	buf_add_text(out, "</rpad>");
}

void omemo_print_envelope(const struct omemo_envelope *v, struct buf *out)
{
	size_t before = out->len;
	buf_printf(out, "<envelope xmlns='%s'><content>", NS_SCE);
	if (v->body) {
		buf_printf(out, "<body xmlns='%s'>", NS_CLIENT);
		xml_escape(v->body, out);
		buf_add_text(out, "</body>");
	}
	if (v->more)
		buf_add_text(out, v->more);
	buf_add_text(out, "</content>");
	add_attribute("from", "jid", v->from, out);
	add_attribute("to", "jid", v->to, out);
	add_attribute("time", "stamp", v->time, out);
	if (!v->without_padding)
		add_padding(out->len - before, out);
	buf_add_text(out, "</envelope>");
}

static char *copy_attribute(const xmlNode *envelope, const char *element, const char *name)
{
	const xmlNode *found = xml_child(envelope, element, NS_SCE);
	return found ? memory_copy_text(xml_attribute(found, name)) : NULL;
}

int sce_read(const struct buf *bytes, struct buf *body, struct omemo_reading *facts, struct err *e)
{
	buf_add(&facts->envelope, buf_text(bytes), bytes->len);
	xmlDoc *doc = xml_parse(buf_text(bytes), bytes->len, e);
	if (!doc)
		return err_context(e, "what was decrypted");
	const xmlNode *envelope = xml_root(doc), *content = xml_child(envelope, "content", NS_SCE);
	if (!xml_is(envelope, "envelope", NS_SCE) || !content) {
		xmlFreeDoc(doc);
		return err_set(
			e, ERR_PROTOCOL, NULL, "what was decrypted is no <envelope xmlns='%s'/> with content", NS_SCE);
	}
	facts->from = copy_attribute(envelope, "from", "jid");
	facts->to = copy_attribute(envelope, "to", "jid");
	facts->time = copy_attribute(envelope, "time", "stamp");
	facts->padded = xml_child(envelope, "rpad", NS_SCE) != NULL;
	const xmlNode *found = xml_child(content, "body", NS_CLIENT);
	if (found) {
		AUTO_TEXT text = xml_text(found);
		facts->has_body = true;
		buf_add_text(body, text);
	}
	xmlFreeDoc(doc);
	return 0;
}
