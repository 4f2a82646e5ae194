/* A peer that plays a server well up to some byte and then closes, floods or sends what no server may. Whatever it does, the
 * stream ends with an error of its own, in bounded time. */
#include "tests/xmpp/script.h"
#include <sys/mman.h>

static struct client c;

static void set_up(void)
{
	xml_start();
	client_init(&c);
}

static void tear_down(void)
{
	client_release(&c);
}

/* ---- closes at each byte ---- */

static size_t *said; /* by the peer in one whole session; shared with it */

static void play_counting(struct peer *p)
{
	jmp_buf end;
	p->closes = &end;
	p->may_say = SIZE_MAX;
	if (setjmp(end) == 0)
		play_server(p);
	p->closes = NULL;
	*said = p->said;
}

static void play_up_to_a_byte(struct peer *p)
{
	jmp_buf end;
	p->closes = &end;
	p->may_say = (size_t)p->turn;
	if (setjmp(end) == 0)
		play_server(p);
	p->closes = NULL;
}

static void serve(peer_play *play, int connections, struct script *script)
{
	const struct peer template = { .identity = &c.identity, .context = script, .may_be_left = true };
	c.server = peer_start(play, connections, &template);
	c.options.port = c.server.port;
}

static void play_no_more(struct peer *p)
{
	(void)p;
}

START_TEST(closed_at_each_byte)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_no_more };
	said = mmap(NULL, sizeof *said, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	serve(play_counting, 1, &script);
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	ck_assert(c.was_ready);
	peer_finish(&c.server);
	size_t bytes = *said;
	munmap(said, sizeof *said);
	ck_assert_uint_gt(bytes, 900);
	serve(play_up_to_a_byte, (int)bytes, &script);
	for (size_t i = 0; i < bytes; i++) {
		client_start(&c);
		client_run(&c, STREAM_ENDED);
		const struct err *e = stream_error(c.stream);
		ck_assert_msg(!c.was_ready, "ready after %zu of %zu bytes", i, bytes);
		ck_assert_msg(e->class == ERR_CONNECTION || e->class == ERR_PROTOCOL, "after %zu bytes: %s: %s", i,
			err_class_name(e->class), e->message);
		ck_assert_int_lt(clock_now() - c.began, 5 * CLOCK_SECOND);
	}
}
END_TEST

/* ---- floods ---- */

static const char *flood_text;
static void play_flood(struct peer *p)
{
	BUF_AUTO many = BUF_INIT;
	while (many.len < 60000)
		buf_add_text(&many, flood_text);
	for (;;) {
		ssize_t wrote = p->ssl ? SSL_write(p->ssl, many.data, (int)many.len)
				       : send(p->socket, many.data, many.len, MSG_NOSIGNAL);
		if (wrote <= 0)
			return;
	}
}

static const struct {
	const char *first, *flood; /* said once, and again and again */
} floods[] = {
	{ "", "          " },
	{ "<message><body>", "text without an end " },
	{ "<message a='", "an attribute without an end " },
	{ "<", "aNameWithoutAnEnd" },
	{ "", "<a>" },
	{ "<message><body>", "&amp;&lt;&#65;" },
	{ "<message ", "a='1' " },
	{ "<!--", " a comment without an end" },
	{ "<![CDATA[", "data without an end" },
	{ "<?", "an instruction without an end" },
};

static const char *flood_first;
static void play_first_and_flood(struct peer *p)
{
	peer_say(p, flood_first);
	play_flood(p);
}

/* Where nothing is awaited but the next element of the negotiation, and where everything is. */
static const enum stage flooded[] = { STAGE_HEADER, STAGE_SECURED_HEADER, STAGE_AUTH, STAGE_BIND, STAGE_READY };
#define FLOODS (sizeof floods / sizeof *floods)

START_TEST(flooded_at_each_stage)
{
	struct script script = {
		.stage = flooded[(size_t)_i / FLOODS], .fault = play_first_and_flood, .may_be_left = true
	};
	flood_first = floods[(size_t)_i % FLOODS].first;
	flood_text = floods[(size_t)_i % FLOODS].flood;
	c.options.establish_limit = 3 * CLOCK_SECOND;
	client_serve(&c, &script, 1, 0);
	client_start(&c);
	if (script.stage == STAGE_READY && flood_text[0] == ' ' && !*flood_first) {
		/* between stanzas, white space is no fault, however much: the stream goes on until this side ends it */
		client_run(&c, STREAM_READY);
		stream_close(c.stream);
		client_run(&c, STREAM_ENDED);
		return;
	}
	client_run(&c, STREAM_ENDED);
	const struct err *e = stream_error(c.stream);
	ck_assert_msg(
		e->class == ERR_CONNECTION || e->class == ERR_PROTOCOL, "%s: %s", err_class_name(e->class), e->message);
	ck_assert_int_lt(clock_now() - c.began, 15 * CLOCK_SECOND);
}
END_TEST

/* ---- what no server may send ---- */

static const char *wrong_text;
static void play_wrong(struct peer *p)
{
	peer_say(p, wrong_text);
	peer_expect_end(p);
}

static const char *const wrongs[] = {
	"<?xml version='1.0' encoding='UTF-16'?><message/>",
	"\xff\xfe<\x01",
	"<message>\xc0\xaf</message>",
	"<message>\xed\xa0\x80</message>",
	"<message>&unknown;</message>",
	"<!DOCTYPE a><message/>",
	"<message a='1' a='2'/>",
	"<x:message/>",
	"<message></presence>",
	"</message>",
	"\x01<a/>",
	"<1/>",
	"<message a=1/>",
	"<message><</message>",
	"HTTP/1.1 400 Bad Request\r\n\r\n<html>",
	"<stream:features/><stream:features/>\x02<a/>",
};
#define WRONGS (sizeof wrongs / sizeof *wrongs)

START_TEST(wrong_at_each_stage)
{
	struct script script = { .stage = flooded[(size_t)_i / WRONGS], .fault = play_wrong, .may_be_left = true };
	wrong_text = wrongs[(size_t)_i % WRONGS];
	c.options.establish_limit = 3 * CLOCK_SECOND;
	client_serve(&c, &script, 1, 0);
	client_start(&c);
	client_run(&c, STREAM_ENDED);
	const struct err *e = stream_error(c.stream);
	ck_assert_msg(e->class == ERR_PROTOCOL || e->class == ERR_UNSUPPORTED, "'%s': %s: %s", wrong_text,
		err_class_name(e->class), e->message);
}
END_TEST

/* RFC 6120 section 4.9.1.1: it is told why, before the stream is closed. */
static const struct {
	const char *text, *condition;
} told[] = {
	{ "<!-- a comment -->", "restricted-xml" },
	{ "<?an instruction?>", "restricted-xml" },
	{ "<message></presence>", "not-well-formed" },
	{ " some text <a/>", "bad-format" },
};

static void play_and_be_told(struct peer *p)
{
	size_t i = (size_t)p->turn;
	peer_say(p, told[i].text);
	peer_expect(p, "<stream:error");
	peer_expect(p, told[i].condition);
	peer_expect(p, "</stream:error></stream:stream>");
	peer_expect_end(p);
}

START_TEST(told_why)
{
	struct script script = { .stage = STAGE_NONE, .bound = play_and_be_told };
	size_t count = sizeof told / sizeof *told;
	client_serve(&c, &script, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		client_start(&c);
		client_run(&c, STREAM_ENDED);
		ck_assert(c.was_ready);
		ck_assert_int_eq(stream_error(c.stream)->class, ERR_PROTOCOL);
	}
}
END_TEST

Suite *suite_hostile_peer(void)
{
	Suite *s = suite_create("hostile peer");
	TCase *t = tcase_create("all");
	tcase_set_tags(t, "heavy"); /* megabytes a test: too slow under valgrind */
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, closed_at_each_byte);
	tcase_add_loop_test(t, flooded_at_each_stage, 0, (int)(FLOODS * sizeof flooded / sizeof *flooded));
	tcase_add_loop_test(t, wrong_at_each_stage, 0, (int)(WRONGS * sizeof flooded / sizeof *flooded));
	tcase_add_test(t, told_why);
	suite_add_tcase(s, t);
	return s;
}
