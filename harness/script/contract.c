#include "script/contract.h"
#include "base/text.h"
#include <string.h>

const struct contract_command contract_commands[] = {
	{ "connect", "",
		"Log in as `ASSAY_JID`, and be online as a user is: with roster, presence and what the client does by itself." },
	{ "disconnect", "", "Log out, and end the stream: done when the client is offline. `connect` may come again." },
	{ "add-contact", "JID", "Ask for the presence of somebody, and add them to the roster." },
	{ "accept-contact", "JID", "Grant somebody their request, as the user who clicks on *accept*." },
	{ "send", "JID TEXT", "Write a message in the chat with somebody." },
	{ "correct", "JID TEXT", "Correct the last message of the chat with somebody, which was ours (XEP-0308)." },
	{ "mark-displayed", "JID",
		"Look at the chat with somebody, so that what came is displayed: of a client without markers `unsupported`. Otherwise no chat is "
		"looked at, as far as the client lets one write in it without." },
	{ "type", "JID",
		"Begin to write in the chat with somebody, and send nothing, not with the next `send` either." },
	{ "join", "ROOM NICK", "Enter a room: done when the user is in it, or is told why not." },
	{ "leave", "ROOM", "Leave it." },
	{ "send-room", "ROOM TEXT", "Say something in it." },
	{ "encrypt", "JID", "Encrypt what is written in the chat with somebody from now on." },
	{ "send-file", "JID PATH", "Send a file of this machine." },
	{ "block", "JID", "Block somebody." },
	{ "set", "SETTING WORD",
		"Switch something `on`, which it is, or `off`, as the user may: to answer requests for `receipts` (XEP-0184) or for `markers` "
		"(XEP-0333 section 8), or to tell of one's writing, `states` (XEP-0085 section 9)." },
	{ "list", "JID",
		"Say again, with events `listed`, each message that the chat with somebody shows now, in its order." },
	{ "quit", "", "End, with status 0, and leave no process behind. No answer is needed." },
	{ NULL, NULL, NULL },
};

const struct contract_event contract_events[] = {
	{ "ready", "contract client version slow? jobs?",
		"The first event: the version of the contract, which is 1, and what the client is. `slow`: a person operates it, who takes "
		"up to so many seconds (3,600 at most) for a command and for saying what is shown. `jobs`: how many of it may run at once.",
		true },
	{ "done", "text?", "The command was carried out, as far as the client could do that at once.", true },
	{ "failed", "text",
		"It was not: the client refused, or it went wrong; the text says how, and counts as shown to the user.",
		true },
	{ "unsupported", "text?", "The client has no such thing.", true },
	{ "crashed", "text?", "The client has crashed, or hangs; the adapter has seen it. Nothing follows.", true },
	{ "connected", "jid", "The client is online with a new session, under this full address.", false },
	{ "resumed", "jid?", "The client is online again with the session that it had.", false },
	{ "disconnected", "text?", "The client is not online any more; the text is what it shows as the reason.",
		false },
	{ "message", "from text to? id? nick? room? own? encrypted? carbon? archived? corrected? delayed?",
		"A message is shown, with the text as it is drawn, also of `/me waves`. `from`: the bare address of who it is shown as coming from; "
		"of a room, the room's, with `room` true and `nick`; of somebody in a room who writes to the user alone, the room's, with `nick`. "
		"`own`: it is shown as the user's; outside of rooms `from` is then the account's own bare address, and `to` the other side. "
		"`id`: that of its stanza, where the client keeps it. "
		"`encrypted`: shown as encrypted, by `omemo` or the like. `carbon`, `archived`, `delayed`: the client knows it for such. "
		"`corrected`: it is shown in the place of an earlier one.",
		false },
	{ "listed", "from text to? id? nick? room? own? encrypted? carbon? archived? corrected? delayed?",
		"Likewise, in answer to `list`.", false },
	{ "receipt", "from id?", "The user is shown that a message has arrived (a tick); `id` is that message's.",
		false },
	{ "marker", "from kind id?", "The user is shown that a message was `displayed`, or `received`, as `kind` says.",
		false },
	{ "read", "from",
		"The chat with somebody is shown as read, because another device of the user has displayed it (XEP-0490).",
		false },
	{ "typing", "from nick?", "The user is shown that somebody is writing.", false },
	{ "contact-request", "from", "Somebody's request for presence is shown.", false },
	{ "presence", "from show?",
		"A contact, with whichever device, is shown as `online`, `away`, `dnd`, `xa`, `chat` or `offline`, and was not before.",
		false },
	{ "avatar", "from hash?",
		"The picture of somebody is shown, of which `hash` is the checksum (SHA-1, in small letters); without one, none is shown any more.",
		false },
	{ "file", "from url? name? own? encrypted?", "A file is shown, or a picture.", false },
	{ "error", "text from? id?", "The user is shown that something went wrong.", false },
	{ "note", "text", "A remark for the transcript of the run, which no scenario looks at.", false },
	{ "settled", "",
		"The person who operates a slow client says that it shows nothing more now: what is waited for has not come.",
		true },
	{ NULL, NULL, NULL, false },
};

const struct contract_command *contract_command(const char *name)
{
	for (const struct contract_command *c = contract_commands; c->name; c++)
		if (text_equal(c->name, name))
			return c;
	return NULL;
}

const struct contract_event *contract_event(const char *name)
{
	for (const struct contract_event *e = contract_events; e->name; e++)
		if (text_equal(e->name, name))
			return e;
	return NULL;
}

unsigned contract_words(const struct contract_command *c)
{
	unsigned count = *c->form != '\0';
	for (const char *at = c->form; *at; at++)
		count += *at == ' ';
	return count;
}

bool contract_has_member(const struct contract_event *event, const char *member, bool *must)
{
	size_t length = strlen(member);
	for (const char *at = event->members; *at;) {
		size_t size = strcspn(at, " ");
		bool optional = size && at[size - 1] == '?';
		if (size - optional == length && strncmp(at, member, length) == 0) {
			if (must)
				*must = !optional;
			return true;
		}
		at += size + (at[size] == ' ');
	}
	return false;
}

/* The first member that the event must have and has not, of `size` bytes; NULL where it has all. */
static const char *missing_member(const struct contract_event *known, const xmlNode *event, size_t *size)
{
	for (const char *at = known->members; *at;) {
		*size = strcspn(at, " ");
		AUTO_TEXT name = memory_copy_bytes(at, *size);
		bool must = *size && at[*size - 1] != '?' && strcmp(name, "text") != 0;
		if (must && !xml_attribute(event, name))
			return at;
		at += *size + (at[*size] == ' ');
	}
	return NULL;
}

bool contract_breach(const xmlNode *event, struct buf *why)
{
	const char *name = (const char *)event->name;
	const struct contract_event *known = contract_event(name);
	size_t size = 0;
	if (!known) {
		buf_printf(why, "the contract has no event `%s`", name);
		return true;
	}
	const char *missing = missing_member(known, event, &size);
	if (missing) {
		buf_printf(why, "an event `%s` has no member '%.*s', and must have it", name, (int)size, missing);
		return true;
	}
	for (const xmlAttr *a = event->properties; a; a = a->next) {
		if (contract_has_member(known, (const char *)a->name, NULL))
			continue;
		buf_printf(
			why, "an event `%s` has a member '%s', and the contract has none", name, (const char *)a->name);
		return true;
	}
	return false;
}
