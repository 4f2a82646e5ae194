/* The page of the contract: docs/adapters.md. */
#include "script/contract.h"

static const char beginning[] =
	"# Adapters: how a client is put under test\n\n"
	"Printed by `assay adapter-check --page`, from the tables that the program uses. This is version 1 of the contract.\n\n"
	"Assay tests a client from both sides: on the wire, at a gateway between it and a real server, and by what its user is shown. "
	"The adapter is the program that operates the client: it reads one command a line on its standard input, and writes one "
	"event a line on its standard output. It can be written in any language; one for a client that has a library or a scripting "
	"interface has some fifty lines. `fixtures/clients/skeleton/adapter` (python3, nothing else) is meant to be copied.\n\n"
	"    assay adapter-check ./adapter       # plays the contract against it, and says what is wrong\n"
	"    assay run --client ./adapter        # then the suites for clients; --trace tells what happens on both sides\n\n"
	"What adapters in Python can share is in `fixtures/clients`: `contract.py` for a client that is a library with asyncio, "
	"`terminal.py` for one in a terminal.\n\n"
	"## How it is started\n\n"
	"Without arguments, in a process group of its own, once for each scenario, with a fresh account. It is told everything by its "
	"environment, which has nothing else in it but `PATH` and `LANG`:\n\n"
	"| variable | meaning |\n|---|---|\n"
	"| `ASSAY_JID` | the bare address of the account |\n"
	"| `ASSAY_PASSWORD` | its password. It must not reach a command line, a log or an event; one on a command line is an `error` |\n"
	"| `ASSAY_RESOURCE` | the resource to ask for, where the client lets one choose |\n"
	"| `ASSAY_HOST`, `ASSAY_PORT` | where to connect, with STARTTLS: an IP address, not the domain of the account, for which the certificate is |\n"
	"| `ASSAY_DIRECT_PORT` | the same with TLS from the first byte |\n"
	"| `ASSAY_WEBSOCKET` | the same by WebSocket (RFC 7395): a URL, `wss://ADDRESS:PORT/xmpp-websocket` |\n"
	"| `ASSAY_CA` | a file, PEM: the authority to trust, for the account's domain, and for the address in `ASSAY_WEBSOCKET` |\n"
	"| `ASSAY_DIRECTORY`, `HOME` | a folder of its own, empty, removed afterwards: for the client's configuration and state |\n"
	"| `ASSAY_PROGRAMS` | the folder of the program `assay` |\n"
	"| `ASSAY_TERMINAL` | the terminal that the run was started at, where there is one: for an adapter that asks a person |\n"
	"| `ASSAY_LANGUAGE` | the language of the reports, `en` or `de`: that person's |\n"
	"| others | what `--client-option KEY=VALUE` says |\n\n"
	"The first thing it writes is `ready`, within 60 s of its start; it connects only when it is told to. What it starts stays in its "
	"process group: a terminal needs no session of its own. `PATH` is the one of who runs Assay, so a `python3` that is found there may "
	"lack what the system's has. The folder belongs to who runs Assay, and nobody else may enter it; the adapter of a client that "
	"refuses to run as root gives it away first.\n\n"
	"## Commands\n\n"
	"A line is the command and its words, parted by one blank each. The last word may be a TEXT, which goes on to the end of the "
	"line; in it `\\n` is a new line and `\\\\` a backslash. The next command comes only when the one before was answered, with `done`, "
	"`failed` or `unsupported`. An adapter answers what it does not know with `unsupported`: later versions may have more. "
	"What needs a connection, before the client was ever online, is `failed`.\n\n";

static const char between[] =
	"\n`done` says that the client was told, not that the server agreed: what the server answers is shown on the wire. But "
	"`connect` is done only when the client is online, after the event `connected`, and has asked the server what it asks by itself then; "
	"where the login fails it is `failed` once the client gives up, or in time for the answer.\n\n"
	"## Events\n\n"
	"An event is one line that holds one flat JSON object: its name is the member `event`, and the other members are "
	"strings, numbers, `true`, `false` or `null`. UTF-8. Members with a question mark may be missing. Each event is written, "
	"and flushed, as soon as the client shows the thing to its user; what the client does not show is no event, also where the client "
	"keeps it somewhere.\n\n";

static const char end[] =
	"\nA message, as an example: `{\"event\":\"message\",\"from\":\"juliet@example.org\",\"text\":\"hark\",\"carbon\":true}`. "
	"In scenarios it is `<message from=\"juliet@example.org\" carbon=\"yes\">hark</message>`.\n\n"
	"Standard error is free: its last line is shown where something goes wrong.\n\n"
	"## Where a person operates the client\n\n"
	"An adapter may ask a person, who does what the commands say and tells what is shown: `fixtures/clients/manual/adapter` does. Its "
	"`ready` says so by the member `slow`, a number of seconds. Then one scenario is played at a time; a command may take that "
	"long to be answered, and what is to be shown that long to be told. Who has looked, and sees nothing more, says `settled`: then what "
	"is waited for has not come, and nobody waits on. It counts once the time is over that the step has for a client that is "
	"no person (5 s), so one that was said too early is of no effect, and is said again. A scenario has the time of twenty such answers, "
	"unless `--limit` says another. What goes over the wire has no more time than else: the person answers `done` when "
	"they have done it.\n\n"
	"## How it ends, and what that means\n\n"
	"| what happens | what the report says |\n|---|---|\n"
	"| `quit`, or the end of standard input, and then status 0 within 5 s | nothing |\n"
	"| it does not end then, or leaves processes behind | its group is killed; the scenario's verdicts stay, with a remark |\n"
	"| `unsupported`, or status 89 at any time | the checks that follow are `unsupported` |\n"
	"| `failed` | the checks that follow are `inconclusive`; of a step that is a check, `fail`; where a scenario `tries` it, it is what the user is told |\n"
	"| the event `crashed`, or an end by SIGSEGV, SIGABRT, SIGBUS, SIGILL or SIGFPE | the client has crashed: `fail` of the check that "
	"waits for it, and the checks that follow are `inconclusive` |\n"
	"| any other end, a line that is no event, more than 64 KiB in a line, 10,000 events or 8 MiB in all | `error`: the adapter's "
	"fault; its group is killed |\n"
	"| a command is not answered within three times the time that a step has (15 s), or what `slow` says | `error`, likewise |\n\n"
	"## What belongs beside it\n\n"
	"`fixtures/clients/NAME/adapter` is run by `assay run --client NAME`. Beside it, where there are: `baseline.tsv`, the verdicts that "
	"are expected of this client and are no `pass`, each with its reason and the client's version (`docs/baselines.md`); and `claims`, "
	"one word a line, what the client's makers say it does: `receipts`, `carbons`, `corrections`, `markers`, `chat-states`, "
	"`typing` (it shows that somebody writes), `archive`, `resumption`, `rooms`, `bookmarks` (of rooms, of XEP-0402 or before), `blocking`, `upload`, "
	"`avatars` (XEP-0084), `omemo` (its older form), `omemo-2`, `ping`. A scenario with `needs client WORD` is for clients that claim it; "
	"what they claim and leave off until the user switches it on, the adapter switches on.\n";

static void add_cell(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_printf(out, *text == '|' ? "\\|" : "%c", *text);
}

void contract_manual(struct buf *out)
{
	buf_add_text(out, beginning);
	buf_add_text(out, "| command | meaning |\n|---|---|\n");
	for (const struct contract_command *c = contract_commands; c->name; c++) {
		buf_printf(out, "| `%s%s%s` | ", c->name, *c->form ? " " : "", c->form);
		add_cell(out, c->about);
		buf_add_text(out, " |\n");
	}
	buf_add_text(out, between);
	buf_add_text(out, "| event | members | meaning |\n|---|---|---|\n");
	for (const struct contract_event *e = contract_events; e->name; e++) {
		buf_printf(out, "| `%s` | `%s` | ", e->name, e->members);
		add_cell(out, e->about);
		buf_add_text(out, " |\n");
	}
	buf_add_text(out, end);
}
