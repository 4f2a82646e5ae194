#include "run/forgery.h"
#include "base/base64.h"
#include "base/text.h"
#include "xml/xml.h"
#include <string.h>

/* Where a forgery strikes, in OMEMO 2 and in its older form. */
struct forgery {
	const char *kind, *element, *older_element;
	void (*spoil)(struct buf *bytes); /* NULL: the elements are taken away */
};

static void turn_a_bit(struct buf *bytes)
{
	if (bytes->len)
		bytes->data[bytes->len / 2] ^= 1;
}

static void shorten(struct buf *bytes)
{
	if (bytes->len)
		bytes->len--;
}

static const struct forgery forgeries[] = {
	{ "signature", "spks", "signedPreKeySignature", turn_a_bit },
	{ "signed-prekey", "spk", "signedPreKeyPublic", turn_a_bit },
	{ "identity", "ik", "identityKey", turn_a_bit },
	{ "short-key", "spk", "signedPreKeyPublic", shorten },
	{ "no-prekeys", "pk", "preKeyPublic", NULL },
	{ "key", "key", "key", turn_a_bit },
	{ "payload", "payload", "payload", turn_a_bit },
};

static int spoil_text(xmlNode *node, void (*spoil)(struct buf *bytes), struct err *e)
{
	BUF_AUTO bytes = BUF_INIT, coded = BUF_INIT;
	AUTO_TEXT text = xml_text(node);
	if (base64_decode(text, strlen(text), &bytes))
		return err_set(e, ERR_INTERNAL, NULL, "<%s> of ours is not base64", (const char *)node->name);
	spoil(&bytes);
	base64_encode(bytes.data, bytes.len, &coded);
	xmlNodeSetContent(node, (const xmlChar *)buf_text(&coded));
	return 0;
}

static int strike_all(xmlNode *node, const struct forgery *forgery, const char *name, size_t *struck, struct err *e)
{
	for (xmlNode *c = xml_child(node, NULL, NULL), *next; c; c = next) {
		next = xml_next(c, NULL, NULL);
		if (!xml_is(c, name, NULL)) {
			if (strike_all(c, forgery, name, struck, e))
				return -1;
			continue;
		}
		++*struck;
		if (forgery->spoil) {
			if (spoil_text(c, forgery->spoil, e))
				return -1;
		} else {
			xmlUnlinkNode(c);
			xmlFreeNode(c);
		}
	}
	return 0;
}

int forgery_spoil(xmlNode *element, const char *kind, struct err *e)
{
	for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
		if (!text_equal(forgeries[i].kind, kind))
			continue;
		size_t struck = 0;
		if (strike_all(element, &forgeries[i], forgeries[i].element, &struck, e) ||
			(!struck && strike_all(element, &forgeries[i], forgeries[i].older_element, &struck, e)))
			return -1;
		if (struck)
			return 0;
	}
	return err_set(e, ERR_SCRIPT, NULL, "there is no '%s' to forge in <%s>", kind, (const char *)element->name);
}
