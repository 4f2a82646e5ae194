/* result.json: who could read which message, and what the server could see of it. */
#include "report/json_parts.h"
#include <stdlib.h>

/* Text members that are left out where there is nothing to say. */
static void put_known(json_t *object, const char *name, const xmlNode *node, const char *member)
{
	if (*part_text(node, member))
		put_text(object, name, part_text(node, member));
}

static void put_known_count(json_t *object, const char *name, const xmlNode *node, const char *member)
{
	if (*part_text(node, member))
		put_count(object, name, node, member);
}

static json_t *reading_object(const xmlNode *node)
{
	json_t *object = json_object();
	put_text(object, "device", part_text(node, "actor"));
	put_text(object, "way", part_text(node, "way"));
	put_flag(object, "read", node, "read");
	put_known(object, "why", node, "why");
	put_flag(object, "expected", node, "expected");
	return object;
}

/* What everybody who carries a message can see of it. */
static json_t *seen_object(const xmlNode *message)
{
	static const char *const members[] = { "from", "to", "id", "type", "element" };
	json_t *object = json_object(), *clear = json_array(), *recipients = json_array();
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		put_text(object, members[i], part_text(message, members[i]));
	put_known(object, "device", message, "device");
	put_known_count(object, "devices", message, "devices");
	put_known_count(object, "bytes", message, "bytes");
	for (const xmlNode *r = part_first(message, "recipient"); r; r = part_next(r, "recipient")) {
		json_t *one = json_object();
		put_known(one, "account", r, "account");
		put_text(one, "device", part_text(r, "device"));
		json_array_append_new(recipients, one);
	}
	for (const xmlNode *c = part_first(message, "clear"); c; c = part_next(c, "clear")) {
		json_t *one = json_object();
		put_text(one, "name", part_text(c, "name"));
		put_text(one, "namespace", part_text(c, "ns"));
		put_known_count(one, "bytes", c, "bytes");
		json_array_append_new(clear, one);
	}
	json_object_set_new(object, "recipients", recipients);
	json_object_set_new(object, "clear", clear);
	return object;
}

static json_t *message_object(const xmlNode *message)
{
	json_t *object = json_object(), *got = json_array(), *readings = json_array();
	put_text(object, "name", part_text(message, "name"));
	put_real(object, "milliseconds", message, "at");
	put_text(object, "encryption", part_text(message, "encryption"));
	put_known(object, "writer", message, "writer");
	for (const xmlNode *copy = part_first(message, "got"); copy; copy = part_next(copy, "got"))
		json_array_append_new(got,
			json_pack("{s:s, s:s}", "device", part_text(copy, "actor"), "way", part_text(copy, "way")));
	for (const xmlNode *reading = part_first(message, "reading"); reading; reading = part_next(reading, "reading"))
		json_array_append_new(readings, reading_object(reading));
	json_object_set_new(object, "got", got);
	json_object_set_new(object, "readings", readings);
	if (part_first(message, "got"))
		json_object_set_new(object, "seen", seen_object(message));
	return object;
}

json_t *encryption_object(const xmlNode *encryption, const char *scenario)
{
	json_t *object = json_object(), *messages = json_array(), *hidden = json_array();
	put_text(object, "scenario", scenario);
	put_count(object, "repeat", encryption, "repeat");
	for (const xmlNode *m = part_first(encryption, "message"); m; m = part_next(m, "message"))
		json_array_append_new(messages, message_object(m));
	for (const xmlNode *h = part_first(encryption, "hidden"); h; h = part_next(h, "hidden")) {
		json_t *one = json_object();
		put_count(one, "stanzas", h, "stanzas");
		put_flag(one, "expected", h, "expected");
		put_known(one, "device", h, "actor");
		json_array_append_new(hidden, one);
	}
	json_object_set_new(object, "messages", messages);
	json_object_set_new(object, "hidden", hidden);
	return object;
}
