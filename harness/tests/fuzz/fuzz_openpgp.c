/* What others publish and send for OpenPGP: keys, lists of them, messages, the bytes in a message, content elements, and backups. The
 * first byte chooses which of these. */
#include "base/base64.h"
#include "base/text.h"
#include "crypto/openpgp.h"
#include "fuzz.h"
#include "xml/xml.h"
#include <string.h>

#define PEER  "romeo@montague.lit"
#define OWNER "juliet@capulet.lit"
#define OTHER "other@montague.lit"
#define CODE  "TWNK-KD5Y-MT3T-E1GS-DRDB-KVTW"

enum part { KEY, LIST, MESSAGE, BYTES, CONTENT, BACKUP, PARTS };

static struct openpgp *device, *peer;

static void meet(const struct openpgp *from, struct openpgp *to)
{
	struct err e;
	BUF_AUTO key = BUF_INIT;
	BUF_AUTO list = BUF_INIT;
	openpgp_print_list(&from, 1, &list);
	fuzz_must(openpgp_print_key(from, &key, &e) == 0, "a key can be printed");
	xmlDoc *first = xml_parse(list.data, list.len, &e), *second = xml_parse(key.data, key.len, &e);
	fuzz_must(
		first && openpgp_learn_list(to, openpgp_jid(from), xml_root(first), &e) == 0, "a list can be learned");
	fuzz_must(second && openpgp_learn(to, openpgp_jid(from), NULL, xml_root(second), &e) == 0, "and a key");
	xmlFreeDoc(first);
	xmlFreeDoc(second);
}

static void begin(void)
{
	struct err e;
	if (device)
		return;
	xml_start();
	device = openpgp_new(OWNER, &e);
	peer = openpgp_new(PEER, &e);
	fuzz_must(device && peer, "devices can be made");
	meet(device, peer);
	meet(peer, device);
}

static xmlDoc *element(const char *name, const char *inside, const void *bytes, size_t size)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	buf_printf(&text, "<%s xmlns='%s'>%s", name, NS_OPENPGP, inside ? "<data>" : "");
	base64_encode(bytes, size, &text);
	buf_printf(&text, "%s</%s>", inside ? "</data>" : "", name);
	return xml_parse(text.data, text.len, &e);
}

static int try_list(const xmlNode *root, struct err *e)
{
	struct openpgp *learner = openpgp_copy_key(device, e);
	fuzz_must(learner != NULL, "a key can be copied");
	int result = openpgp_learn_list(learner, OTHER, root, e);
	openpgp_free(learner);
	return result;
}

/* The fingerprint that is announced, and the bytes of a key. */
static int try_key(const uint8_t *data, size_t size, struct err *e)
{
	BUF_AUTO list = BUF_INIT;
	char fingerprint[OPENPGP_FINGERPRINT_SIZE] = "";
	if (size < OPENPGP_FINGERPRINT_SIZE)
		return err_set(e, ERR_PROTOCOL, NULL, "too short");
	memcpy(fingerprint, data, OPENPGP_FINGERPRINT_SIZE - 1);
	buf_printf(&list, "<public-keys-list xmlns='%s'><pubkey-metadata date='2026-06-01T12:00:00Z' v4-fingerprint='",
		NS_OPENPGP);
	xml_escape(fingerprint, &list);
	buf_add_text(&list, "'/></public-keys-list>");
	xmlDoc *doc = xml_parse(list.data, list.len, e);
	xmlDoc *key =
		element("pubkey", "data", data + OPENPGP_FINGERPRINT_SIZE - 1, size - OPENPGP_FINGERPRINT_SIZE + 1);
	struct openpgp *learner = openpgp_copy_key(device, e);
	fuzz_must(key && learner, "a key can be copied");
	int result = doc ? openpgp_learn_list(learner, OTHER, xml_root(doc), e) : -1;
	if (result == 0)
		result = openpgp_learn(learner, OTHER, NULL, xml_root(key), e);
	fuzz_must(openpgp_learned_keys(learner, OTHER) == (result == 0), "a key is learned whole or not at all");
	openpgp_free(learner);
	xmlFreeDoc(doc);
	xmlFreeDoc(key);
	return result;
}

static int receive(const xmlNode *message, struct err *e)
{
	struct openpgp_reading facts;
	BUF_AUTO body = BUF_INIT;
	int result = openpgp_decrypt(device, PEER, OWNER, message, &body, &facts, e);
	fuzz_must(result == 0 || !body.len, "what is refused is not read");
	fuzz_must(result || facts.kind == OPENPGP_CRYPT || text_equal(facts.signer, openpgp_fingerprint(peer)),
		"what is read is signed by the sender");
	openpgp_reading_release(&facts);
	return result;
}

static int try_content(const uint8_t *data, size_t size, struct err *e)
{
	const char *const to[] = { OWNER };
	int result = -1;
	for (int kind = OPENPGP_SIGNCRYPT; kind <= OPENPGP_CRYPT; kind++) {
		BUF_AUTO message = BUF_INIT;
		fuzz_must(openpgp_encrypt_bytes(peer, (enum openpgp_kind)kind, to, 1, data, size, &message, e) == 0,
			"a peer can encrypt");
		xmlDoc *doc = xml_parse(message.data, message.len, e);
		result = doc ? receive(xml_root(doc), e) : -1;
		xmlFreeDoc(doc);
	}
	return result;
}

static int try_backup(const xmlNode *root, struct err *e)
{
	struct openpgp *restored = openpgp_restore(OWNER, root, CODE, e);
	int result = restored ? 0 : -1;
	openpgp_free(restored);
	return result;
}

FUZZ_TARGET(openpgp)
{
	struct err e = { .class = ERR_NONE };
	if (size < 2)
		return 0;
	begin();
	enum part part = (enum part)((unsigned)(data[0] - '0') % PARTS);
	const uint8_t *rest = data + 1;
	size_t length = size - 1;
	xmlDoc *doc = part == LIST || part == MESSAGE ? xml_parse((const char *)rest, length, &e)
		: part == BYTES                       ? element("openpgp", NULL, rest, length)
		: part == BACKUP                      ? element("secretkey", NULL, rest, length)
						      : NULL;
	int result = -1;
	switch (part) {
	case KEY:
		result = try_key(rest, length, &e);
		break;
	case LIST:
		result = doc ? try_list(xml_root(doc), &e) : -1;
		break;
	case MESSAGE:
	case BYTES:
		result = doc ? receive(xml_root(doc), &e) : -1;
		break;
	case CONTENT:
		result = try_content(rest, length, &e);
		break;
	case BACKUP:
		result = doc ? try_backup(xml_root(doc), &e) : -1;
		break;
	case PARTS:
		break;
	}
	fuzz_must(result == 0 || (*e.message && e.class == ERR_PROTOCOL), "a fault is the peer's, and has a message");
	xmlFreeDoc(doc);
	return 0;
}
