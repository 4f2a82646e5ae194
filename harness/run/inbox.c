#include "run/inbox.h"
#include <stdlib.h>

void inbox_release(struct inbox *b)
{
	for (size_t i = 0; i < b->count; i++)
		xmlFreeDoc(b->entries[i].doc);
	free(b->entries);
	*b = (struct inbox)INBOX_INIT;
}

static bool is_background(const xmlNode *root)
{
	return (xml_is(root, "r", NS_SM) || xml_is(root, "a", NS_SM) || xml_is(root, "features", NS_STREAMS));
}

size_t inbox_add(struct inbox *b, xmlDoc *doc, int64_t when)
{
	if (b->count == b->capacity) {
		b->capacity = b->capacity ? b->capacity * 2 : 16;
		b->entries = memory_resize(b->entries, b->capacity * sizeof *b->entries);
	}
	b->entries[b->count] = (struct inbox_entry){
		.doc = doc, .when = when, .number = b->received, .background = is_background(xml_root(doc))
	};
	return b->count++;
}

size_t inbox_next(const struct inbox *b, size_t from)
{
	for (size_t i = from; i < b->count; i++)
		if (!b->entries[i].consumed && !b->entries[i].background)
			return i;
	return b->count;
}
