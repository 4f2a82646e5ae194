/* The content elements, which are what is signed and encrypted (XEP-0373 section 3.1). */
#include "base/base64.h"
#include "base/text.h"
#include "crypto/openpgp_private.h"
#include "crypto/private.h"
#include "xml/xml.h"
#include <regex.h>
#include <string.h>

#define PADDING_AT_MOST 200 /* characters; the specification says no more than that their number is random */

/* What the table in section 3.1 says of each. */
static const struct {
	const char *name;
	bool needs_to;
} kinds[] = {
	[OPENPGP_SIGNCRYPT] = { "signcrypt", true },
	[OPENPGP_SIGN] = { "sign", true },
	[OPENPGP_CRYPT] = { "crypt", false },
};
#define KINDS (sizeof kinds / sizeof *kinds)

const char *content_name(enum openpgp_kind kind)
{
	return kinds[kind].name;
}

bool time_is_right(const char *stamp)
{
	regex_t date;
	if (!stamp ||
		regcomp(&date,
			"^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$",
			REG_EXTENDED | REG_NOSUB))
		return false;
	bool right = regexec(&date, stamp, 0, NULL, 0) == 0;
	regfree(&date);
	return right;
}

static void add_padding(struct buf *out)
{
	uint8_t random[PADDING_AT_MOST + 1];
	BUF_AUTO text = BUF_INIT;
	/* Without random numbers the padding is zeros; the encryption that follows fails for the same reason. */
	if (provider_random(random, sizeof random, NULL))
		memset(random, 0, sizeof random);
	base64_encode(random, sizeof random, &text);
	buf_add_text(out, "<rpad>");
	buf_add(out, text.data, random[0] % (PADDING_AT_MOST + 1u));
	buf_add_text(out, "</rpad>");
}

void openpgp_print_content(const struct openpgp_content *c, struct buf *out)
{
	buf_printf(out, "<%s xmlns='%s'>", content_name(c->kind), NS_OPENPGP);
	for (size_t i = 0; i < c->to_count; i++) {
		buf_add_text(out, "<to jid='");
		xml_escape(c->to[i], out);
		buf_add_text(out, "'/>");
	}
	if (c->time)
		buf_printf(out, "<time stamp='%s'/>", c->time);
	if (!c->without_padding)
		add_padding(out);
	if (c->body) {
		buf_printf(out, "<payload><body xmlns='%s'>", NS_CLIENT);
		xml_escape(c->body, out);
		buf_add_text(out, "</body></payload>");
	}
	buf_printf(out, "</%s>", content_name(c->kind));
}

static size_t count_children(const xmlNode *node, const char *name)
{
	size_t count = 0;
	for (const xmlNode *c = xml_child(node, name, NS_OPENPGP); c; c = xml_next(c, name, NS_OPENPGP))
		count++;
	return count;
}

/* Section 3.2: one of the addresses is that of the message itself. */
static int check_addresses(const xmlNode *content, bool needed, const char *to, struct err *e)
{
	bool right = false;
	size_t count = 0;
	for (const xmlNode *c = xml_child(content, "to", NS_OPENPGP); c; c = xml_next(c, "to", NS_OPENPGP)) {
		const char *jid = xml_attribute(c, "jid");
		if (!jid || !*jid)
			return err_set(e, ERR_PROTOCOL, NULL, "<to/> in what was signed names nobody");
		AUTO_TEXT bare = memory_copy_bytes(jid, strcspn(jid, "/"));
		right |= text_equal(bare, to);
		count++;
	}
	if (!count && needed)
		return err_set(e, ERR_PROTOCOL, NULL, "what was signed does not say to whom it goes");
	if (count && !right)
		return err_set(e, ERR_PROTOCOL, NULL, "what was signed goes to somebody else than %s", to);
	return 0;
}

static int check_content(const xmlNode *content, const char *to, struct openpgp_reading *facts, struct err *e)
{
	const xmlNode *time = xml_child(content, "time", NS_OPENPGP);
	size_t times = count_children(content, "time"), payloads = count_children(content, "payload");
	facts->time = time ? memory_copy_text(xml_attribute(time, "stamp")) : NULL;
	facts->padded = xml_child(content, "rpad", NS_OPENPGP) != NULL;
	if (times != 1)
		return err_set(
			e, ERR_PROTOCOL, NULL, "there are %zu times in what was encrypted or signed, not one", times);
	if (!time_is_right(facts->time))
		return err_set(e, ERR_PROTOCOL, NULL, "the time '%s' is none", facts->time ? facts->time : "");
	if (payloads != 1)
		return err_set(e, ERR_PROTOCOL, NULL, "there are %zu payloads in what was encrypted or signed, not one",
			payloads);
	return check_addresses(content, kinds[facts->kind].needs_to, to, e);
}

int content_read(
	const struct buf *bytes, const char *to, struct buf *body, struct openpgp_reading *facts, struct err *e)
{
	xmlDoc *doc = xml_parse(buf_text(bytes), bytes->len, e);
	if (!doc)
		return err_context(e, "what was encrypted or signed");
	size_t kind = 0;
	const xmlNode *content = xml_root(doc);
	while (kind < KINDS && !xml_is(content, kinds[kind].name, NS_OPENPGP))
		kind++;
	if (kind == KINDS) {
		xmlFreeDoc(doc);
		return err_set(e, ERR_PROTOCOL, NULL, "what was encrypted or signed is no content element");
	}
	facts->kind = (enum openpgp_kind)kind;
	int result = check_content(content, to, facts, e);
	const xmlNode *payload = result == 0 ? xml_child(content, "payload", NS_OPENPGP) : NULL;
	const xmlNode *found = payload ? xml_child(payload, "body", NS_CLIENT) : NULL;
	if (payload && !found)
		found = xml_child(payload, "body", NS_SERVER); /* XEP-0374 section 2.2: both must be accepted */
	if (found) {
		AUTO_TEXT text = xml_text(found);
		facts->has_body = true;
		buf_add_text(body, text);
	}
	xmlFreeDoc(doc);
	return result;
}
