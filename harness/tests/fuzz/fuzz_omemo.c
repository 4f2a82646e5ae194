/* What others publish and send for OMEMO: bundles, device lists, messages, the bytes in a message's key, and decrypted envelopes. The
 * first byte chooses the version and which of these; the device is as it was before for each input. */
#include "base/base64.h"
#include "crypto/omemo.h"
#include "fuzz.h"
#include "xml/xml.h"
#include <stdlib.h>

#define PEER  "romeo@montague.lit"
#define OWNER "juliet@capulet.lit"

enum part { BUNDLE, DEVICES, MESSAGE, KEY, ENVELOPE, PARTS };

/* A device with a session, the peer it has it with, and what they were at first. */
struct scene {
	struct omemo *device, *peer, *first_device, *first_peer;
};

static struct omemo *must_make(enum omemo_version version, const char *jid, uint32_t id)
{
	struct err e;
	struct omemo *o = omemo_new(version, jid, id, &e);
	fuzz_must(o != NULL, "a device can be made");
	return o;
}

static void send(struct scene *s, const void *bytes, size_t length, struct buf *message)
{
	struct err e;
	const struct omemo_recipient recipient = { OWNER, 2 };
	fuzz_must(omemo_encrypt_bytes(s->peer, &recipient, 1, bytes, length, message, &e) == 0, "a peer can encrypt");
}

static int receive(struct scene *s, const struct buf *message, struct buf *body, struct err *e)
{
	struct omemo_reading facts;
	xmlDoc *doc = xml_parse(buf_text(message), message->len, e);
	if (!doc)
		return -1;
	int result = omemo_decrypt(s->device, PEER, xml_root(doc), body, &facts, e);
	fuzz_must(result == 0 ? facts.outcome >= OMEMO_NOT_FOR_US : facts.outcome < OMEMO_NOT_FOR_US,
		"the outcome is one of those that the result allows");
	omemo_reading_release(&facts);
	xmlFreeDoc(doc);
	return result;
}

static struct scene *scene_of(enum omemo_version version)
{
	static struct scene scenes[2];
	struct scene *s = &scenes[version];
	struct err e;
	BUF_AUTO bundle = BUF_INIT;
	BUF_AUTO message = BUF_INIT;
	BUF_AUTO body = BUF_INIT;
	if (s->device)
		return s;
	xml_start();
	s->device = must_make(version, OWNER, 2);
	s->peer = must_make(version, PEER, 1);
	fuzz_must(omemo_print_bundle(s->device, &bundle, &e) == 0, "a bundle can be printed");
	xmlDoc *doc = xml_parse(bundle.data, bundle.len, &e);
	fuzz_must(doc && omemo_learn(s->peer, OWNER, 2, xml_root(doc), &e) == 0, "and learned");
	xmlFreeDoc(doc);
	send(s, NULL, 0, &message);
	fuzz_must(receive(s, &message, &body, &e) == 0, "a right message can be read");
	s->first_device = omemo_copy(s->device, &e);
	s->first_peer = omemo_copy(s->peer, &e);
	fuzz_must(s->first_device && s->first_peer, "devices can be copied");
	return s;
}

static int try_bundle(struct scene *s, const xmlNode *root, struct err *e)
{
	int result = omemo_learn(s->device, "other@montague.lit", 3, root, e);
	fuzz_must((omemo_learned_prekeys(s->device, "other@montague.lit", 3) > 0) == (result == 0),
		"a bundle is learned whole or not at all");
	return result;
}

static int try_devices(enum omemo_version version, const xmlNode *root, struct err *e)
{
	uint32_t *ids = NULL;
	size_t count = 0;
	int result = omemo_read_devices(version, root, &ids, &count, e);
	fuzz_must(result == 0 || !ids, "a list that is wrong gives no ids");
	for (size_t i = 0; i < count; i++)
		fuzz_must(ids[i] >= 1 && ids[i] <= OMEMO_ID_LIMIT && (!i || ids[i] > ids[i - 1]),
			"ids are in bounds, each once");
	free(ids);
	return result;
}

/* The bytes as those of a key exchange, and of a message. */
static int try_key(struct scene *s, enum omemo_version version, const uint8_t *bytes, size_t size, struct err *e)
{
	int result = 0;
	for (int exchange = 0; exchange < 2; exchange++) {
		BUF_AUTO message = BUF_INIT;
		BUF_AUTO body = BUF_INIT;
		buf_printf(&message, "<encrypted xmlns='%s'><header sid='1'>", omemo_namespace(version));
		if (version == OMEMO_2)
			buf_printf(&message, "<keys jid='%s'>", OWNER);
		buf_printf(&message, "<key rid='2' %s='%d'>", version == OMEMO_2 ? "kex" : "prekey", exchange);
		base64_encode(bytes, size, &message);
		buf_printf(&message, "</key>%s</header></encrypted>", version == OMEMO_2 ? "</keys>" : "");
		result = receive(s, &message, &body, e);
		fuzz_must(result == -1, "what nobody encrypted is not read");
	}
	return result;
}

static int try_envelope(struct scene *s, const uint8_t *bytes, size_t size, struct err *e)
{
	BUF_AUTO message = BUF_INIT;
	BUF_AUTO body = BUF_INIT;
	send(s, bytes, size, &message);
	return receive(s, &message, &body, e);
}

FUZZ_TARGET(omemo)
{
	struct err e = { .class = ERR_NONE };
	if (!size)
		return 0;
	enum omemo_version version = data[0] & 1 ? OMEMO_2 : OMEMO_AXOLOTL;
	enum part part = (enum part)((data[0] - '0') / 2u % PARTS);
	struct scene *s = scene_of(version);
	xmlDoc *doc = part == BUNDLE || part == DEVICES ? xml_parse((const char *)data + 1, size - 1, &e) : NULL;
	BUF_AUTO text = BUF_INIT;
	BUF_AUTO body = BUF_INIT;
	buf_add(&text, data + 1, size - 1);
	int result = -1;
	switch (part) {
	case BUNDLE:
		result = doc ? try_bundle(s, xml_root(doc), &e) : -1;
		break;
	case DEVICES:
		result = doc ? try_devices(version, xml_root(doc), &e) : -1;
		break;
	case MESSAGE:
		result = receive(s, &text, &body, &e);
		break;
	case KEY:
		result = try_key(s, version, data + 1, size - 1, &e);
		break;
	case ENVELOPE:
		result = try_envelope(s, data + 1, size - 1, &e);
		break;
	case PARTS:
		break;
	}
	fuzz_must(result == 0 || (*e.message && (e.class == ERR_PROTOCOL || e.class == ERR_REFUSED)),
		"a fault is the peer's, and has a message");
	xmlFreeDoc(doc);
	omemo_restore(s->device, s->first_device);
	omemo_restore(s->peer, s->first_peer);
	return 0;
}
