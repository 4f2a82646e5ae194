#include "run/readings.h"
#include "base/text.h"
#include "xml/carried.h"
#include <jansson.h>
#include <string.h>

const char *readings_why(enum omemo_outcome outcome)
{
	switch (outcome) {
	case OMEMO_UNREADABLE:
		return "unreadable";
	case OMEMO_NO_SESSION:
		return "no-session";
	case OMEMO_PREKEY_GONE:
		return "prekey-gone";
	case OMEMO_IDENTITY_CHANGED:
		return "identity-changed";
	case OMEMO_NOT_FOR_US:
		return "not-for-us";
	case OMEMO_REPEATED:
		return "repeated";
	case OMEMO_READ:
		break;
	}
	return NULL;
}

/* The number at the device of the stanza that the element is in; 0 where it came by no stream. */
static size_t number_of(const struct player *p, const xmlNode *element)
{
	for (size_t i = p->inbox.count; i-- > 0;)
		if (p->inbox.entries[i].doc == element->doc)
			return p->inbox.entries[i].number;
	return 0;
}

/* What a person calls the message: its id without the prefix that makes the ids of this run unlike those of others; or, where it has
 * none, the device and the stanza's number there. The caller's. */
static char *name_of(const struct stage *g, const struct player *p, const xmlNode *message, size_t number)
{
	const char *id = message ? xml_attribute(message, "id") : NULL;
	size_t prefix = strlen(g->token);
	if (!id || !*id)
		return memory_printf("%s-%zu", p->actor->name, number);
	bool ours = prefix && strncmp(id, g->token, prefix) == 0 && id[prefix] == '-' && id[prefix + 1];
	return memory_copy_text(ours ? id + prefix + 1 : id);
}

/* A JSON string; the server under test chooses ids and namespaces, but they came through an XML parser, so they are UTF-8. */
static void put(json_t *event, const char *name, const char *value)
{
	json_object_set_new(event, name, json_string(value));
}

void readings_tell(
	const struct stage *g, const struct player *p, const xmlNode *encrypted, const char *why, bool expected)
{
	const xmlNode *message = carried_message(encrypted);
	size_t number = number_of(p, encrypted);
	AUTO_TEXT name = name_of(g, p, message, number);
	json_t *event = json_object();
	put(event, "e", "reading");
	put(event, "actor", p->actor->name);
	json_object_set_new(event, "n", json_integer((json_int_t)number));
	put(event, "message", name);
	put(event, "way", message ? carried_way(message) : "direct");
	put(event, "encryption", xml_ns(encrypted));
	json_object_set_new(event, "read", json_boolean(!why));
	if (why)
		put(event, "why", why);
	json_object_set_new(event, "expected", json_boolean(expected));
	journal_event(g->voice, event);
}

void readings_tell_hidden(const struct stage *g, const struct player *found, size_t stanza)
{
	size_t stanzas = 0;
	json_t *event = json_object();
	for (size_t i = 0; i < g->scenario->actor_count; i++)
		stanzas += g->players[i].inbox.count;
	put(event, "e", "hidden");
	put(event, "actor", found ? found->actor->name : "");
	if (found)
		json_object_set_new(event, "n", json_integer((json_int_t)stanza));
	json_object_set_new(event, "stanzas", json_integer((json_int_t)stanzas));
	json_object_set_new(event, "expected", json_boolean(!found));
	journal_event(g->voice, event);
}
