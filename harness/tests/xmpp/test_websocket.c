#include "base/memory.h"
#include "base/text.h"
#include "xmpp/scram.h"
#include "xmpp/websocket.h"
#include <check.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct websocket *w;
static struct buf in, out;

static void begin(void)
{
	w = websocket_new(1000);
	in = out = (struct buf)BUF_INIT;
}

static void finish(void)
{
	websocket_free(w);
	buf_release(&in);
	buf_release(&out);
}

/* The server's answer to what was asked, computed by the test itself (RFC 6455 section 1.3). */
static char *right_answer(void)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length;
	struct buf accept = BUF_INIT;
	websocket_ask(w, "a.test", 443, "/ws", &out);
	const char *key = strstr(buf_text(&out), "Sec-WebSocket-Key: ");
	ck_assert_ptr_nonnull(key);
	key += strlen("Sec-WebSocket-Key: ");
	AUTO_TEXT text = memory_printf("%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)strcspn(key, "\r"), key);
	EVP_Digest(text, strlen(text), digest, &length, EVP_sha1(), NULL);
	base64_encode(digest, length, &accept);
	buf_clear(&out);
	return buf_take(&accept);
}

static void open_it(void)
{
	AUTO_TEXT accept = right_answer();
	struct err e = { .class = ERR_NONE };
	buf_printf(&in,
		"HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Protocol:  xmpp\t\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		accept);
	ck_assert_msg(websocket_take(w, &in, &out, &e) == 0, "%s", e.message);
	ck_assert(websocket_is_open(w));
	ck_assert_uint_eq(in.len, 0);
}

/* A frame of a server: not masked. */
static void frame(int first, const char *text, size_t length)
{
	buf_add_char(&in, (char)first);
	if (length < 126) {
		buf_add_char(&in, (char)length);
	} else {
		buf_add_char(&in, 126);
		buf_add_char(&in, (char)(length >> 8));
		buf_add_char(&in, (char)(length & 255));
	}
	buf_add(&in, text, length);
}

START_TEST(asks_as_the_subprotocol)
{
	websocket_ask(w, "::1", 5281, "/ws?x=y", &out);
	const char *text = buf_text(&out);
	ck_assert(text_starts(text, "GET /ws?x=y HTTP/1.1\r\nHost: [::1]:5281\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "\r\nSec-WebSocket-Protocol: xmpp\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "\r\nSec-WebSocket-Version: 13\r\n"));
	ck_assert(text_ends(text, "\r\n\r\n"));
}
END_TEST

static const struct {
	const char *head, *message;
} heads[] = {
	{ "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1" },
	{ "HTTP/1.1 404 Not Found\r\n\r\n", "HTTP 404" },
	{ "HTTP/1.1 200 OK\r\n\r\n", "HTTP 200" },
	{ "HTTP/1.1 101 Yes\r\nUpgrade: h2c\r\n\r\n", "'h2c'" },
	{ "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n", "Sec-WebSocket-Accept" },
	{ "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: xmpp\r\nSec-WebSocket-Accept: "
	  "AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
		"Sec-WebSocket-Accept" },
};

START_TEST(handshakes_that_are_refused)
{
	struct err e = { .class = ERR_NONE };
	websocket_ask(w, "a.test", 443, "/", &out);
	buf_add_text(&in, heads[_i].head);
	ck_assert_int_eq(websocket_take(w, &in, &out, &e), -1);
	ck_assert_msg(strstr(e.message, heads[_i].message), "%s", e.message);
}
END_TEST

START_TEST(another_subprotocol)
{
	AUTO_TEXT accept = right_answer();
	struct err e = { .class = ERR_NONE };
	buf_printf(&in,
		"HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
		accept);
	ck_assert_int_eq(websocket_take(w, &in, &out, &e), -1);
	ck_assert_msg(strstr(e.message, "'mqtt'"), "%s", e.message);
}
END_TEST

START_TEST(a_head_without_end)
{
	struct err e = { .class = ERR_NONE };
	websocket_ask(w, "a.test", 443, "/", &out);
	for (int i = 0; i < 17000; i++)
		buf_add_char(&in, 'x');
	ck_assert_int_eq(websocket_take(w, &in, &out, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.message, "no end"));
}
END_TEST

START_TEST(messages_come_whole)
{
	struct err e;
	struct buf message;
	open_it();
	frame(0x01, "<a", 2); /* the first part of three */
	frame(0x00, ">", 1);
	frame(0x89, "ping", 4); /* in between */
	ck_assert_int_eq(websocket_take(w, &in, &out, &e), 0);
	ck_assert(!websocket_next(w, &message));
	ck_assert_uint_eq(out.len, 2 + 4 + 4); /* a pong, masked */
	frame(0x80, "</a>", 4);
	frame(0x81, "<b/>", 4);
	ck_assert_int_eq(websocket_take(w, &in, &out, &e), 0);
	ck_assert(websocket_next(w, &message));
	ck_assert_str_eq(buf_text(&message), "<a></a>");
	buf_release(&message);
	ck_assert(websocket_next(w, &message));
	ck_assert_str_eq(buf_text(&message), "<b/>");
	buf_release(&message);
	ck_assert(!websocket_next(w, &message));
	frame(0x88, "\x03\xe8", 2);
	ck_assert_int_eq(websocket_take(w, &in, &out, &e), 0);
	ck_assert(websocket_is_over(w));
}
END_TEST

START_TEST(frames_that_are_wrong)
{
	static const struct {
		int first;
		size_t length;
		const char *text, *message;
	} frames[] = {
		{ 0x82, 3, "abc", "binary" },
		{ 0x83, 3, "abc", "RFC 6455" },
		{ 0x80, 3, "abc", "RFC 6455" },
		{ 0xC1, 3, "abc", "RFC 6455" },
		{ 0x81, 2, "\xc3\x28", "UTF-8" },
	};
	struct err e = { .class = ERR_NONE };
	open_it();
	frame(frames[_i].first, frames[_i].text, frames[_i].length);
	ck_assert_int_eq(websocket_take(w, &in, &out, &e), -1);
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	ck_assert_msg(strstr(e.message, frames[_i].message), "%s", e.message);
}
END_TEST

START_TEST(a_message_that_is_too_large)
{
	char text[1200];
	struct err e = { .class = ERR_NONE };
	memset(text, 'x', sizeof text);
	open_it();
	frame(0x81, text, sizeof text);
	ck_assert_int_eq(websocket_take(w, &in, &out, &e), -1);
	ck_assert_msg(strstr(e.message, "too large"), "%s", e.message);
}
END_TEST

START_TEST(what_is_said_is_masked)
{
	open_it();
	websocket_wrap(w, "<hello/>", 8, &out);
	ck_assert_uint_eq(out.len, 2 + 4 + 8);
	const unsigned char *bytes = (const unsigned char *)out.data;
	ck_assert_int_eq(bytes[0], 0x81);
	ck_assert_int_eq(bytes[1], 0x88);
	char text[9] = "";
	for (int i = 0; i < 8; i++)
		text[i] = (char)(bytes[6 + i] ^ bytes[2 + i % 4]);
	ck_assert_str_eq(text, "<hello/>");
}
END_TEST

Suite *suite_websocket(void);
Suite *suite_websocket(void)
{
	Suite *s = suite_create("websocket");
	TCase *t = tcase_create("websocket");
	tcase_add_checked_fixture(t, begin, finish);
	tcase_add_test(t, asks_as_the_subprotocol);
	tcase_add_loop_test(t, handshakes_that_are_refused, 0, (int)(sizeof heads / sizeof *heads));
	tcase_add_test(t, another_subprotocol);
	tcase_add_test(t, a_head_without_end);
	tcase_add_test(t, messages_come_whole);
	tcase_add_loop_test(t, frames_that_are_wrong, 0, 5);
	tcase_add_test(t, a_message_that_is_too_large);
	tcase_add_test(t, what_is_said_is_masked);
	suite_add_tcase(s, t);
	return s;
}
