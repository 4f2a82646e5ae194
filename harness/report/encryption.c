/* What was encrypted in one attempt: which device could read which message, and what stands in the clear around the ciphertext, so that
 * everybody who carries it can see it. The attempts to read are events of the journal; the rest is looked up in the stanzas that the
 * devices got. */
#include "base/base64.h"
#include "base/text.h"
#include "report/private.h"
#include "xml/carried.h"
#include <stdlib.h>
#include <string.h>

/* A message with something encrypted in it, as one device got it (or sent it). */
struct letter {
	const json_t *event;
	xmlDoc *doc;
	const xmlNode *message, *encrypted;
	xmlNode *node; /* <message> of the results; shared by all copies of one message */
};
struct post {
	const struct attempt *attempt;
	xmlNode *node;         /* <encryption> */
	struct map namespaces; /* of the encryptions that some device tried to read */
	struct letter *got, *sent;
	size_t got_count, sent_count;
	const char *prefix; /* what the names of messages leave out of their ids; in a letter */
	size_t prefix_length;
};

static bool is_event(const json_t *event, const char *name)
{
	return strcmp(json_member_text(event, "e"), name) == 0;
}

static long long number_of(const json_t *event)
{
	return json_integer_value(json_object_get(event, "n"));
}

static const char *attribute(const xmlNode *node, const char *name)
{
	const char *value = node ? xml_attribute(node, name) : NULL;
	return value ? value : "";
}

/* ---- finding the messages ---- */

/* The element of a message that is in one of the namespaces, first in document order; messages inside others included. */
static const xmlNode *find_encrypted(const struct post *p, const xmlNode *element)
{
	bool message = xml_is(element, "message", NULL);
	for (const xmlNode *c = xml_child(element, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
		const xmlNode *found = message && map_get(&p->namespaces, xml_ns(c)) ? c : find_encrypted(p, c);
		if (found)
			return found;
	}
	return NULL;
}

static bool read_letter(const struct post *p, const json_t *event, struct letter *l)
{
	struct err ignored;
	BUF_AUTO xml = BUF_INIT;
	if (json_is_true(json_object_get(event, "fence")) || json_is_true(json_object_get(event, "raw")))
		return false;
	clean_text(json_object_get(event, "xml"), &xml);
	*l = (struct letter){ .event = event, .doc = xml_parse(buf_text(&xml), xml.len, &ignored) };
	l->encrypted = l->doc ? find_encrypted(p, xml_root(l->doc)) : NULL;
	l->message = l->encrypted ? carried_message(l->encrypted) : NULL;
	if (l->message)
		return true;
	xmlFreeDoc(l->doc);
	return false;
}

static void read_letters(struct post *p)
{
	const struct vec *events = &p->attempt->events;
	p->got = memory_alloc((events->count + 1) * sizeof *p->got);
	p->sent = memory_alloc((events->count + 1) * sizeof *p->sent);
	for (size_t i = 0; i < events->count; i++) {
		if (is_event(events->items[i], "in"))
			p->got_count += read_letter(p, events->items[i], &p->got[p->got_count]);
		else if (is_event(events->items[i], "out"))
			p->sent_count += read_letter(p, events->items[i], &p->sent[p->sent_count]);
	}
}

/* The letter that an attempt to read is about, or NULL. */
static struct letter *letter_of(const struct post *p, const json_t *reading)
{
	for (size_t i = 0; i < p->got_count; i++)
		if (number_of(p->got[i].event) == number_of(reading) &&
			strcmp(json_member_text(p->got[i].event, "actor"), json_member_text(reading, "actor")) == 0)
			return &p->got[i];
	return NULL;
}

/* The runner names messages by their ids without the prefix of that run; those that nobody tried to read are named alike. */
static void find_prefix(struct post *p)
{
	for (size_t i = 0; i < p->attempt->readings.count && !p->prefix_length; i++) {
		const json_t *reading = p->attempt->readings.items[i];
		const struct letter *l = letter_of(p, reading);
		const char *name = json_member_text(reading, "message");
		p->prefix = attribute(l ? l->message : NULL, "id");
		if (*name && text_ends(p->prefix, name))
			p->prefix_length = strlen(p->prefix) - strlen(name);
	}
}

static char *name_of(const struct post *p, const struct letter *l)
{
	const char *id = attribute(l->message, "id");
	if (!*id)
		return memory_printf("%s-%lld", json_member_text(l->event, "actor"), number_of(l->event));
	if (strncmp(id, p->prefix, p->prefix_length) == 0 && id[p->prefix_length])
		id += p->prefix_length;
	return memory_copy_text(id);
}

/* ---- what is in the clear ---- */

/* How many bytes base64 stands for, white space left out; -1 where it is none. */
static long long decoded_size(const xmlNode *element)
{
	BUF_AUTO bare = BUF_INIT;
	BUF_AUTO bytes = BUF_INIT;
	AUTO_TEXT text = xml_text(element);
	for (const char *c = text ? text : ""; *c; c++)
		if (!strchr(" \t\r\n", *c))
			buf_add_char(&bare, *c);
	return base64_decode(buf_text(&bare), bare.len, &bytes) ? -1 : (long long)bytes.len;
}

static size_t add_recipients(xmlNode *node, const xmlNode *keys, const char *account)
{
	size_t count = 0;
	for (const xmlNode *key = xml_child(keys, "key", NULL); key; key = xml_next(key, "key", NULL), count++) {
		xmlNode *recipient = node_add(node, "recipient");
		node_set(recipient, "account", account);
		node_set(recipient, "device", attribute(key, "rid"));
	}
	return count;
}

/* OMEMO says in a header for which devices it is (XEP-0384 section 4.4); the older form does not say whose they are. Any other
 * encryption is taken for base64 and nothing else. */
static void add_encrypted(xmlNode *node, const xmlNode *encrypted)
{
	const xmlNode *header = xml_child(encrypted, "header", NULL), *payload = xml_child(encrypted, "payload", NULL);
	long long size = payload || !header ? decoded_size(payload ? payload : encrypted) : 0;
	node_set(node, "element", (const char *)encrypted->name);
	node_set(node, "encryption", xml_ns(encrypted));
	if (size >= 0)
		node_set_count(node, "bytes", size);
	if (!header)
		return;
	if (*attribute(header, "sid"))
		node_set(node, "device", attribute(header, "sid"));
	size_t count = add_recipients(node, header, "");
	for (const xmlNode *k = xml_child(header, "keys", NULL); k; k = xml_next(k, "keys", NULL))
		count += add_recipients(node, k, attribute(k, "jid"));
	node_set_count(node, "devices", (long long)count);
}

static bool has_clear(const xmlNode *node, const xmlNode *element)
{
	for (const xmlNode *c = xml_child(node, "clear", NULL); c; c = xml_next(c, "clear", NULL))
		if (strcmp(attribute(c, "name"), (const char *)element->name) == 0 &&
			strcmp(attribute(c, "ns"), xml_ns(element)) == 0)
			return true;
	return false;
}

/* What stands beside the encrypted element, with the length of its text; of all copies together, because servers add to them. */
static void add_clear(xmlNode *node, const struct letter *l)
{
	for (const xmlNode *c = xml_child(l->message, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
		if (c == l->encrypted || has_clear(node, c))
			continue;
		AUTO_TEXT text = xml_text(c);
		xmlNode *clear = node_add(node, "clear");
		node_set(clear, "name", (const char *)c->name);
		node_set(clear, "ns", xml_ns(c));
		if (text && !text_is_blank(text))
			node_set_count(clear, "bytes", (long long)strlen(text));
	}
}

/* ---- the messages ---- */

/* The device that wrote it: whose address it bears, or who sent something encrypted with that id (in a room). */
static const char *writer_of(const struct post *p, const struct letter *l)
{
	size_t i;
	json_t *actor;
	const char *from = attribute(l->message, "from"), *id = attribute(l->message, "id");
	json_array_foreach(json_object_get(p->attempt->scenario->line, "actors"), i, actor) {
		const char *resource = json_member_text(actor, "resource");
		AUTO_TEXT address = memory_printf("%s/%s", json_member_text(actor, "jid"), resource);
		if (*resource && strcmp(address, from) == 0)
			return json_member_text(actor, "name");
	}
	for (size_t s = 0; s < p->sent_count && *id; s++)
		if (strcmp(attribute(p->sent[s].message, "id"), id) == 0)
			return json_member_text(p->sent[s].event, "actor");
	return "";
}

static xmlNode *new_message(const struct post *p, const struct letter *l)
{
	static const char *const members[] = { "id", "type", "from" };
	AUTO_TEXT name = name_of(p, l);
	const char *writer = writer_of(p, l);
	xmlNode *node = node_add(p->node, "message");
	node_set(node, "name", name);
	node_set_number(node, "at", json_member_number(l->event, "t") - p->attempt->begun);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		node_set(node, members[i], attribute(l->message, members[i]));
	/* What is said in a room was sent to the room, and comes from it to each member. */
	const char *from = attribute(l->message, "from");
	bool said = strcmp(attribute(l->message, "type"), "groupchat") == 0;
	AUTO_TEXT to =
		said ? memory_copy_bytes(from, strcspn(from, "/")) : memory_copy_text(attribute(l->message, "to"));
	node_set(node, "to", to);
	if (*writer)
		node_set(node, "writer", writer);
	add_encrypted(node, l->encrypted);
	return node;
}

/* Copies of one message have its id and its sender. */
static bool same_message(const struct letter *a, const struct letter *b)
{
	const char *id = attribute(a->message, "id");
	return *id && strcmp(id, attribute(b->message, "id")) == 0 &&
		strcmp(attribute(a->message, "from"), attribute(b->message, "from")) == 0 &&
		strcmp(xml_ns(a->encrypted), xml_ns(b->encrypted)) == 0;
}

static void add_messages(struct post *p)
{
	for (size_t i = 0; i < p->got_count; i++) {
		struct letter *l = &p->got[i];
		for (size_t k = 0; k < i && !l->node; k++)
			if (same_message(&p->got[k], l))
				l->node = p->got[k].node;
		if (!l->node)
			l->node = new_message(p, l);
		add_clear(l->node, l);
	}
	for (size_t i = 0; i < p->got_count; i++) {
		xmlNode *copy = node_add(p->got[i].node, "got");
		node_set_member(copy, "actor", p->got[i].event, "actor");
		node_set_count(copy, "number", number_of(p->got[i].event));
		node_set(copy, "way", carried_way(p->got[i].message));
	}
}

/* A message of which the journal has no stanza. */
static xmlNode *unknown_message(const struct post *p, const json_t *reading)
{
	xmlNode *node = xml_child(p->node, "message", NULL);
	for (; node; node = xml_next(node, "message", NULL))
		if (strcmp(attribute(node, "name"), json_member_text(reading, "message")) == 0)
			return node;
	node = node_add(p->node, "message");
	node_set_member(node, "name", reading, "message");
	node_set_number(node, "at", json_member_number(reading, "t") - p->attempt->begun);
	node_set_member(node, "encryption", reading, "encryption");
	return node;
}

static void set_flag(xmlNode *node, const char *name, const json_t *event)
{
	node_set(node, name, json_is_true(json_object_get(event, name)) ? "true" : "false");
}

static void add_readings(const struct post *p)
{
	for (size_t i = 0; i < p->attempt->readings.count; i++) {
		const json_t *event = p->attempt->readings.items[i];
		const struct letter *l = letter_of(p, event);
		xmlNode *node = node_add(l ? l->node : unknown_message(p, event), "reading");
		node_set_number(node, "at", json_member_number(event, "t") - p->attempt->begun);
		node_set_member(node, "actor", event, "actor");
		node_set_count(node, "number", number_of(event));
		node_set_member(node, "way", event, "way");
		set_flag(node, "read", event);
		if (*json_member_text(event, "why"))
			node_set_member(node, "why", event, "why");
		set_flag(node, "expected", event);
	}
}

static void add_hidden(const struct post *p)
{
	for (size_t i = 0; i < p->attempt->hidden.count; i++) {
		const json_t *event = p->attempt->hidden.items[i];
		xmlNode *node = node_add(p->node, "hidden");
		node_set_number(node, "at", json_member_number(event, "t") - p->attempt->begun);
		node_set_count(node, "stanzas", json_integer_value(json_object_get(event, "stanzas")));
		set_flag(node, "expected", event);
		if (*json_member_text(event, "actor")) {
			node_set_member(node, "actor", event, "actor");
			node_set_count(node, "number", number_of(event));
		}
	}
}

void encryption_add(xmlNode *scenario, const struct attempt *attempt)
{
	struct post p = { .attempt = attempt, .namespaces = MAP_INIT, .prefix = "" };
	if (!attempt->readings.count && !attempt->hidden.count)
		return;
	for (size_t i = 0; i < attempt->readings.count; i++)
		if (*json_member_text(attempt->readings.items[i], "encryption"))
			map_set(&p.namespaces, json_member_text(attempt->readings.items[i], "encryption"), "");
	p.node = node_add(scenario, "encryption");
	node_set_count(p.node, "run", attempt->number);
	node_set_count(p.node, "repeat", attempt->repeat);
	read_letters(&p);
	find_prefix(&p);
	add_messages(&p);
	add_readings(&p);
	add_hidden(&p);
	for (size_t i = 0; i < p.got_count; i++)
		xmlFreeDoc(p.got[i].doc);
	for (size_t i = 0; i < p.sent_count; i++)
		xmlFreeDoc(p.sent[i].doc);
	free(p.got);
	free(p.sent);
	map_release(&p.namespaces);
}
