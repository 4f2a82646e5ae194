/* assay adapter-check: plays the contract of docs/adapters.md against an adapter, and says what is wrong with it. */
#include "base/process.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "run/client.h"
#include "script/contract.h"
#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
	"usage: assay adapter-check ADAPTER [--client-option KEY=VALUE…] [--offline] [--out DIR]\n"
	"       assay adapter-check --page\n"
	"\n"
	"Plays the contract between Assay and the adapter of a client (docs/adapters.md) against it, and says what is wrong: first\n"
	"without a network, how it starts, answers and ends; then, as `assay run --suite client-contract`, what it says of a client\n"
	"that logs in, writes and reads. ADAPTER is a name of `assay list --clients` or the path of an executable.\n"
	"\n"
	"  --client-option KEY=VALUE  for its environment\n"
	"  --offline                  only what needs no network\n"
	"  --out DIR                  where the reports of the second part go (default: assay-report)\n"
	"  --page                     print the contract, Markdown\n";

#define ANSWER_LIMIT (15 * CLOCK_SECOND)
#define QUIT_LIMIT   (5 * CLOCK_SECOND)

struct checking {
	struct client *client;
	struct loop *loop;
	struct adapter *adapter;
	unsigned wrong;
	char fault[512]; /* the first event that breaks the contract, in words */
};

static void say(struct checking *c, bool good, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void say(struct checking *c, bool good, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs(good ? "ok     " : "wrong  ", stdout);
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
	va_end(args);
	c->wrong += !good;
}

static void take_event(void *context, xmlDoc *doc, int64_t when)
{
	struct checking *c = context;
	BUF_AUTO why = BUF_INIT;
	(void)when;
	if (!*c->fault && contract_breach(xml_root(doc), &why))
		snprintf(c->fault, sizeof c->fault, "%s", buf_text(&why));
	xmlFreeDoc(doc);
}

static bool start(struct checking *c)
{
	static const struct adapter_callbacks callbacks = { take_event, NULL, NULL };
	struct err e;
	int64_t end = clock_now() + CLIENT_START;
	c->adapter = client_start(c->client, c->loop, &callbacks, c, &e);
	while (c->adapter && !adapter_is_ready(c->adapter) && !adapter_has_ended(c->adapter) && clock_now() < end)
		loop_once(c->loop, end);
	if (c->adapter && adapter_is_ready(c->adapter))
		return true;
	if (!c->adapter)
		say(c, false, "it cannot be started: %s", e.message);
	else if (adapter_has_ended(c->adapter))
		say(c, false, "%s", adapter_error(c->adapter)->message);
	else
		say(c, false, "it does not say `ready` within %d s of its start", (int)(CLIENT_START / CLOCK_SECOND));
	return false;
}

/* False where nothing more can be asked of it. */
static bool ask(struct checking *c, const char *command)
{
	int64_t end = clock_now() + ANSWER_LIMIT;
	adapter_say(c->adapter, command);
	while (adapter_answer(c->adapter) == ADAPTER_WAITS && !adapter_has_ended(c->adapter) && clock_now() < end)
		loop_once(c->loop, end);
	if (adapter_has_ended(c->adapter)) {
		say(c, false, "`%s`: %s", command, adapter_error(c->adapter)->message);
		return false;
	}
	if (adapter_answer(c->adapter) == ADAPTER_WAITS) {
		say(c, false, "`%s` is not answered within %d s", command, (int)(ANSWER_LIMIT / CLOCK_SECOND));
		return false;
	}
	return true;
}

static bool check_unknown(struct checking *c)
{
	if (!ask(c, "assay-knows-no-such-command a b"))
		return false;
	say(c, adapter_answer(c->adapter) == ADAPTER_UNSUPPORTED,
		"what it does not know is answered with `unsupported`");
	return true;
}

/* Without a session nothing can be sent: an answer must come, and must not be `done`. */
static bool check_offline(struct checking *c)
{
	unsigned asked = 0;
	for (const struct contract_command *command = contract_commands; command->name; command++) {
		static const char *const words[] = { "", " nobody@contract.test",
			" nobody@contract.test text of \\n it \\\\" };
		if (text_equal(command->name, "connect") || text_equal(command->name, "quit"))
			continue;
		AUTO_TEXT line = memory_printf("%s%s", command->name, words[contract_words(command)]);
		if (!ask(c, line))
			return false;
		asked++;
		if (text_equal(command->name, "send") && adapter_answer(c->adapter) == ADAPTER_DONE)
			say(c, false, "`send` is `done`, though the client is not online");
	}
	say(c, true, "%u commands are answered while the client is not online", asked);
	return true;
}

static void check_end(struct checking *c)
{
	bool well = adapter_end(c->adapter, clock_now() + QUIT_LIMIT);
	int status = adapter_status(c->adapter);
	say(c, well, "it ends within %d s when it is told to `quit`, and leaves no process behind",
		(int)(QUIT_LIMIT / CLOCK_SECOND));
	if (well)
		say(c, status == 0, "its status is then %d", status);
}

static void check_alone(struct checking *c)
{
	if (start(c)) {
		say(c, true, "it is ready: %s %s, version %d of the contract", adapter_client(c->adapter),
			adapter_version(c->adapter), ADAPTER_CONTRACT);
		if (check_unknown(c) && check_offline(c))
			check_end(c);
		say(c, !*c->fault, *c->fault ? "%s" : "its events are those of the contract%s", c->fault);
	}
	adapter_free(c->adapter);
	c->adapter = NULL;
}

static int check_online(const char *adapter, const struct vec *options, const char *out)
{
	struct vec words = VEC_INIT;
	const char *const fixed[] = { "run", "--client", adapter, "--suite", "client-contract", "--out", out };
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		vec_push(&words, (void *)fixed[i]);
	for (size_t i = 0; i < options->count; i++) {
		vec_push(&words, "--client-option");
		vec_push(&words, options->items[i]);
	}
	vec_push(&words, NULL);
	int status = command_run.run((int)words.count - 1, (char **)words.items);
	vec_release(&words);
	return status;
}

static int print_page(void)
{
	BUF_AUTO page = BUF_INIT;
	contract_manual(&page);
	fputs(buf_text(&page), stdout);
	return EXIT_AS_EXPECTED;
}

static int check(const char *adapter, const struct vec *options, bool offline, const char *out)
{
	struct err e;
	struct checking c = { .client = client_open(adapter, options, &e) };
	if (!c.client)
		return cmd_fail(&e);
	c.loop = loop_new();
	check_alone(&c);
	loop_free(c.loop);
	client_free(c.client);
	if (c.wrong || offline)
		return c.wrong ? EXIT_NOT_CONFORMING : EXIT_AS_EXPECTED;
	return check_online(adapter, options, out);
}

static int run_adapter_check(int argc, char **argv)
{
	const char *out = "assay-report";
	bool offline = false, page = false;
	struct vec words = VEC_INIT, options = VEC_INIT;
	const struct option_spec specs[] = {
		{ "client-option", NULL, &options, NULL },
		{ "offline", NULL, NULL, &offline },
		{ "out", &out, NULL, NULL },
		{ "page", NULL, NULL, &page },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (options_read(&command_adapter_check, argc, argv, specs, &words) == 0) {
		if (page && argc > 2)
			cmd_usage(&command_adapter_check, "--page stands alone");
		else if (page)
			status = print_page();
		else if (words.count != 1)
			cmd_usage(&command_adapter_check, "one adapter is checked at a time, not %zu", words.count);
		else
			status = check(words.items[0], &options, offline, out);
	}
	vec_release(&words);
	vec_release(&options);
	return status;
}

const struct command command_adapter_check = { "adapter-check", "say what is wrong with the adapter of a client", usage,
	run_adapter_check };
