/* The whole program against servers that turn hostile once a device is logged in: a verdict or an error, in bounded time and
 * memory, and no end by a signal. */
#include "base/text.h"
#include "program.h"
#include "tests/xmpp/script.h"
#include <signal.h>
#include <sys/resource.h>

#define MEMORY_MOST (700L * 1024) /* kilobytes; AddressSanitizer's own share in this process's children included */

static struct client c;

static void set_up(void)
{
	xml_start();
	client_init(&c);
}

static void tear_down(void)
{
	unlink(c.ca_file);
	free(c.ca_file);
	identity_release(&c.authority);
	identity_release(&c.identity);
	loop_free(c.loop);
}

/* Refuses every request until the other side goes, as a server that knows of nothing. */
static void play_refusals(struct peer *p)
{
	do {
		for (const char *at; p->seen.len && (at = strstr(p->seen.data, "<iq")) && strchr(at, '>');) {
			const char *id = strstr(at, "id='"), *end = id ? strchr(id + 4, '\'') : NULL;
			AUTO_TEXT name = end ? memory_copy_bytes(id + 4, (size_t)(end - id - 4)) : memory_copy_text("");
			AUTO_TEXT answer =
				memory_printf("<iq type='error' id='%s'><error type='cancel'><service-unavailable "
					      "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
					name);
			buf_consume(&p->seen, (size_t)(strchr(at, '>') + 1 - p->seen.data));
			peer_say(p, answer);
		}
	} while (peer_read(p) && !strstr(p->seen.data, "</stream:stream>"));
	peer_say(p, "</stream:stream>");
}

static void say_endlessly(struct peer *p, const char *text)
{
	BUF_AUTO many = BUF_INIT;
	while (many.len < 16000)
		buf_add_text(&many, text);
	while (SSL_write(p->ssl, many.data, (int)many.len) > 0)
		;
}

static void play_messages(struct peer *p)
{
	say_endlessly(p, "<message from='a@b.test' to='romeo@" DOMAIN "/phone'><body>flood</body></message>");
}

static void play_blanks(struct peer *p)
{
	say_endlessly(p, "    ");
}

static void play_text(struct peer *p)
{
	peer_say(p, "<message><body>");
	say_endlessly(p, "text without an end ");
}

static void play_attributes(struct peer *p)
{
	for (;;) {
		peer_say(p, "<message a='");
		for (int i = 0; i < 60000; i++)
			if (SSL_write(p->ssl, "0123456789012345678901234567890123456789", 40) <= 0)
				return;
		peer_say(p, "'/>");
	}
}

static void play_acknowledgements(struct peer *p)
{
	say_endlessly(p, "<r xmlns='urn:xmpp:sm:3'/>");
}

static void play_nothing(struct peer *p)
{
	while (peer_read(p))
		;
}

static void play_end(struct peer *p)
{
	(void)p;
}

static void play_second_header(struct peer *p)
{
	peer_say(p, HEADER);
	play_nothing(p);
}

static void play_bad_byte(struct peer *p)
{
	peer_say(p, "<message>\xff</message>");
	play_nothing(p);
}

static void play_wrong_answers(struct peer *p)
{
	say_endlessly(p, "<iq type='result' id='nobody-asked'/><iq type='error'/><iq/>");
}

#define NOT_ANSWERED "was not answered within 0.5 s"
#define NO_OFFER     "does not say what it offers"
static const struct {
	const char *what;
	peer_play *play;
	const char *checks;    /* what the check's verdict says, where a scenario meets it */
	const char *discovery; /* what the program says, where discovery does; NULL: the same */
} hostilities[] = {
	{ "floods with messages", play_messages, "is flooded", NULL },
	{ "floods with white space", play_blanks, NOT_ANSWERED, NO_OFFER },
	{ "sends a text without an end", play_text, "is larger than 4194304 bytes", NULL },
	{ "sends giant attributes", play_attributes, NOT_ANSWERED, NO_OFFER },
	{ "floods with requests for acknowledgements", play_acknowledgements, "is flooded", NULL },
	{ "floods with answers to nothing", play_wrong_answers, "is flooded", NULL },
	{ "says nothing", play_nothing, NOT_ANSWERED, NO_OFFER },
	{ "closes", play_end, "closed the connection without", NULL },
	{ "opens the stream anew", play_second_header, "not well-formed XML", NULL },
	{ "sends a bad byte", play_bad_byte, "not proper UTF-8", NULL },
};
#define HOSTILITIES (sizeof hostilities / sizeof *hostilities)

static peer_play *hostile;
static int hostile_from; /* the connection from which on it is hostile */

static void play_turning(struct peer *p)
{
	if (p->turn >= hostile_from)
		hostile(p);
	else
		play_refusals(p);
}

/* One run against the peer; what is wrong with its end, or NULL. */
static const char *try(size_t which, bool discovery)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_turning, .any_resource = true };
	const struct peer template = { .identity = &c.identity, .context = &script };
	hostile = hostilities[which].play;
	hostile_from = discovery ? 0 : 1;
	char *own = program_folder();
	c.server = peer_start(play_server, 20, &template);
	AUTO_TEXT target =
		memory_printf("[target]\ndomain = " DOMAIN "\nhost = 127.0.0.1\nport = %d\nca = %s\n[accounts]\n"
			      "provisioning = fixed\n[account romeo]\npassword = secret\n",
			c.server.port, c.ca_file);
	AUTO_TEXT file = program_file(own, "hostile.ini", target);
	AUTO_TEXT script_file = program_file(own, "ping.scn",
		"id x/ping\ncites XEP-0199#result\nactor phone romeo/phone\n---\nphone connects\nphone asks\n"
		"\t<iq type='get' to='${domain}'><ping xmlns='urn:xmpp:ping'/></iq>\n"
		"phone is answered must XEP-0199#result as answered\n\t<iq type='result'/>\n"
		"phone never must XEP-0199#result as nothing until fence iq\n\t<message id='x'/>\n");
	/* How fast a flood comes hangs on the machine; it decides by itself, and early. For the others waiting is all there is. */
	const char *within = strstr(hostilities[which].checks, "flooded") ? "10s" : "500ms";
	struct outcome_of_program o =
		PROGRAM(own, 90, "run", "hostile.ini", "ping.scn", "--within", within, "--limit", "40s", "--jobs", "1");
	kill(c.server.process, SIGKILL);
	struct rusage used;
	getrusage(RUSAGE_CHILDREN, &used);
	program_remove(own);
	const char *words =
		discovery && hostilities[which].discovery ? hostilities[which].discovery : hostilities[which].checks;
	if (o.status != (discovery ? 3 : 1) || !strstr(buf_text(discovery ? &o.err : &o.out), words)) {
		fprintf(stderr, "status %d: %s%s\n", o.status, buf_text(&o.out), buf_text(&o.err));
		return "it ends with another status or other words";
	}
	return used.ru_maxrss < MEMORY_MOST ? NULL : "it takes too much memory";
}

/* The first connection is that of discovery, where the hostility begins or not; the others are those of scenarios. All at
 * once, each in a process of its own: most of the time they wait. */
START_TEST(each_ends)
{
	pid_t processes[HOSTILITIES];
	for (size_t i = 0; i < HOSTILITIES; i++) {
		processes[i] = fork();
		if (processes[i])
			continue;
		const char *wrong = try(i, _i == 0);
		if (wrong)
			fprintf(stderr, "a server that %s: %s\n", hostilities[i].what, wrong);
		_exit(wrong != NULL);
	}
	int status, failed = 0;
	for (size_t i = 0; i < HOSTILITIES; i++)
		failed += waitpid(processes[i], &status, 0) != processes[i] || status != 0;
	ck_assert_int_eq(failed, 0);
}
END_TEST

Suite *suite_hostile_server(void)
{
	Suite *s = suite_create("hostile server");
	TCase *t = tcase_create("all");
	tcase_set_tags(t, "integration");
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, each_ends, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
