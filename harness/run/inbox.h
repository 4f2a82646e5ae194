/* run/inbox.h: what one device has received, in order. Stanzas stay until the scenario ends: a step consumes one by
 * marking it, so later steps pass it over, and every one stays there as evidence. */
#ifndef ASSAY_RUN_INBOX_H
#define ASSAY_RUN_INBOX_H
#include "xml/xml.h"
#include <stdint.h>

#define INBOX_MOST                                                                                                     \
	20000 /* stanzas that one device may get in one conversation; more is a flood, and bounded memory goes first */

struct inbox_entry {
	xmlDoc *doc;
	int64_t when;  /* monotonic, when its last byte was read */
	size_t number; /* from 1, at this device */
	bool consumed;
	bool background; /* stream management's requests and answers, stream features: never "the next stanza" */
};
struct inbox {
	struct inbox_entry *entries;
	size_t count, capacity;
	size_t received; /* stanzas numbered so far, fences included */
};
#define INBOX_INIT                                                                                                     \
	{                                                                                                              \
		NULL, 0, 0, 0                                                                                          \
	}

void inbox_release(struct inbox *b);
/* Takes the document. Returns the entry's index. */
size_t inbox_add(struct inbox *b, xmlDoc *doc, int64_t when);
/* The first unconsumed entry at or after `from` that is not background; count where there is none. */
size_t inbox_next(const struct inbox *b, size_t from);
#endif
