/* script/contract.h: the words of the contract between Assay and the adapter of a client (docs/adapters.md), as tables: what a scenario
 * may tell a client to do, and what the client may be said to show. The parser, `assay adapter-check` and the page all come from here. */
#ifndef ASSAY_SCRIPT_CONTRACT_H
#define ASSAY_SCRIPT_CONTRACT_H
#include "xml/xml.h"

#define NS_SHOWN "urn:assay:client:0" /* of the elements that events become; as in client/adapter.h */

struct contract_command {
	const char *name;
	const char *form; /* what stands behind it, words parted by blanks: TEXT, the last, goes on to the line's end */
	const char *about;
};
extern const struct contract_command contract_commands[]; /* ended by name NULL */

struct contract_event {
	const char *name;
	const char *members; /* names parted by blanks; those with a `?` may be missing */
	const char *about;
	bool answer; /* for Assay alone, as what ends a command is: nobody is shown it */
};
extern const struct contract_event contract_events[]; /* likewise */

const struct contract_command *contract_command(const char *name); /* NULL where there is none */
const struct contract_event *contract_event(const char *name);
/* How many words a command's form has. */
unsigned contract_words(const struct contract_command *c);
/* Whether an event of this kind has a member of that name; `must` (may be NULL) says whether it must have it. */
bool contract_has_member(const struct contract_event *event, const char *member, bool *must);
/* Whether an event, as an element, is none of the contract or lacks a member that it must have: then `why` says so, in words. */
bool contract_breach(const xmlNode *event, struct buf *why);
/* The page, Markdown: docs/adapters.md. */
void contract_manual(struct buf *out);
#endif
