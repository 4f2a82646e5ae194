#include "xmpp/websocket.h"
#include "base/memory.h"
#include "base/text.h"
#include "xmpp/scram.h"
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wslay/wslay.h>

#define HEAD_MOST 16384 /* bytes of the server's answer to the handshake */
#define KEY_SIZE  16
#define MAGIC     "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 section 1.3 */

struct websocket {
	wslay_event_context_ptr frames;
	struct buf *in, *out; /* borrowed while a call is in progress */
	struct vec messages;  /* struct buf *, from `fetched` on */
	size_t fetched;
	char *expected; /* Sec-WebSocket-Accept */
	bool open, over, server;
	struct err fault;
};

/* ---- what wslay asks for ---- */

static ssize_t give(wslay_event_context_ptr frames, uint8_t *bytes, size_t size, int flags, void *context)
{
	struct websocket *w = context;
	(void)flags;
	size_t count = w->in && w->in->len < size ? w->in->len : size;
	if (!w->in || !count) {
		wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	memcpy(bytes, w->in->data, count);
	buf_consume(w->in, count);
	return (ssize_t)count;
}

static ssize_t take(wslay_event_context_ptr frames, const uint8_t *bytes, size_t length, int flags, void *context)
{
	struct websocket *w = context;
	(void)frames;
	(void)flags;
	buf_add(w->out, bytes, length);
	return (ssize_t)length;
}

static int make_mask(wslay_event_context_ptr frames, uint8_t *bytes, size_t size, void *context)
{
	(void)frames;
	(void)context;
	return RAND_bytes(bytes, (int)size) == 1 ? 0 : -1;
}

static void message_came(
	wslay_event_context_ptr frames, const struct wslay_event_on_msg_recv_arg *message, void *context)
{
	struct websocket *w = context;
	(void)frames;
	if (message->opcode == WSLAY_CONNECTION_CLOSE) {
		w->over = true;
	} else if (message->opcode == WSLAY_TEXT_FRAME) {
		struct buf *text = memory_alloc(sizeof *text);
		buf_add(text, message->msg, message->msg_length);
		vec_push(&w->messages, text);
	} else if (message->opcode == WSLAY_BINARY_FRAME && w->fault.class == ERR_NONE) {
		err_set(&w->fault, ERR_PROTOCOL, NULL,
			"a binary message came, where XMPP is text (RFC 7395 section 3.2)");
	}
}

/* ---- life ---- */

struct websocket *websocket_new(size_t most)
{
	static const struct wslay_event_callbacks callbacks = { .recv_callback = give,
		.send_callback = take,
		.genmask_callback = make_mask,
		.on_msg_recv_callback = message_came };
	struct websocket *w = memory_alloc(sizeof *w);
	wslay_event_context_client_init(&w->frames, &callbacks, w);
	wslay_event_config_set_max_recv_msg_length(w->frames, most);
	return w;
}

struct websocket *websocket_new_server(size_t most)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = give, .send_callback = take, .on_msg_recv_callback = message_came
	};
	struct websocket *w = memory_alloc(sizeof *w);
	w->server = true;
	wslay_event_context_server_init(&w->frames, &callbacks, w);
	wslay_event_config_set_max_recv_msg_length(w->frames, most);
	return w;
}

static void free_message(struct buf *message)
{
	buf_release(message);
	free(message);
}

void websocket_free(struct websocket *w)
{
	if (!w)
		return;
	wslay_event_context_free(w->frames);
	for (size_t i = w->fetched; i < w->messages.count; i++)
		free_message(w->messages.items[i]);
	vec_release(&w->messages);
	free(w->expected);
	free(w);
}

/* ---- the opening handshake ---- */

/* RFC 6455 section 4.2.2 point 5.4. */
static char *accept_of(const char *key)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	AUTO_TEXT text = memory_printf("%s" MAGIC, key);
	struct buf out = BUF_INIT;
	EVP_Digest(text, strlen(text), digest, &length, EVP_sha1(), NULL);
	base64_encode(digest, length, &out);
	return buf_take(&out);
}

void websocket_ask(struct websocket *w, const char *host, int port, const char *path, struct buf *out)
{
	unsigned char random[KEY_SIZE] = { 0 };
	BUF_AUTO key = BUF_INIT;
	RAND_bytes(random, sizeof random);
	base64_encode(random, sizeof random, &key);
	free(w->expected);
	w->expected = accept_of(buf_text(&key));
	bool bracketed = strchr(host, ':');
	buf_printf(out,
		"GET %s HTTP/1.1\r\nHost: %s%s%s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n",
		path, bracketed ? "[" : "", host, bracketed ? "]" : "", port, buf_text(&key));
}

/* The value of a header line, blanks around it taken away, in `value`; false where there is none. */
static bool header(const char *head, const char *name, char *value, size_t size)
{
	size_t length = strlen(name);
	for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
		line += 2;
		if (strncasecmp(line, name, length) != 0 || line[length] != ':')
			continue;
		const char *begin = line + length + 1 + strspn(line + length + 1, " \t"), *end = strstr(begin, "\r\n");
		size_t count = end ? (size_t)(end - begin) : strlen(begin);
		while (count && strchr(" \t", begin[count - 1]))
			count--;
		snprintf(value, size, "%.*s", (int)count, begin);
		return true;
	}
	return false;
}

static int check_head(const struct websocket *w, const char *head, struct err *e)
{
	char value[128] = "";
	const char *status = text_starts(head, "HTTP/1.1 ") ? head + strlen("HTTP/1.1 ") : NULL;
	if (!status)
		return err_set(
			e, ERR_PROTOCOL, NULL, "it does not answer the opening handshake of WebSocket with HTTP/1.1");
	if (!text_starts(status, "101"))
		return err_set(e, ERR_CONNECTION, NULL, "the server refuses WebSocket here: HTTP %.3s", status);
	if (!header(head, "Upgrade", value, sizeof value) || strcasecmp(value, "websocket") != 0)
		return err_set(
			e, ERR_PROTOCOL, NULL, "its answer to the handshake upgrades to '%s', not to WebSocket", value);
	if (!header(head, "Sec-WebSocket-Accept", value, sizeof value) || !text_equal(value, w->expected))
		return err_set(e, ERR_PROTOCOL, NULL,
			"Sec-WebSocket-Accept is not what our key asks for (RFC 6455 section 4.1)");
	value[0] = '\0';
	if (!header(head, "Sec-WebSocket-Protocol", value, sizeof value) || !text_equal(value, "xmpp"))
		return err_set(e, ERR_PROTOCOL, NULL,
			"the server chose the subprotocol '%s', not xmpp (RFC 7395 section 3.1)", value);
	return 0;
}

/* A client's opening handshake (RFC 6455 section 4.2.1), which is answered. */
static int answer_head(const char *head, struct buf *out, struct err *e)
{
	char value[256] = "";
	if (!text_starts(head, "GET "))
		return err_set(e, ERR_PROTOCOL, NULL, "it does not ask for WebSocket");
	if (!header(head, "Upgrade", value, sizeof value) || strcasecmp(value, "websocket") != 0)
		return err_set(e, ERR_PROTOCOL, NULL, "it asks for no upgrade to WebSocket");
	value[0] = '\0';
	if (!header(head, "Sec-WebSocket-Protocol", value, sizeof value) || !strcasestr(value, "xmpp"))
		return err_set(e, ERR_PROTOCOL, NULL,
			"it asks for the subprotocol '%s', not for xmpp (RFC 7395 section 3.1)", value);
	if (!header(head, "Sec-WebSocket-Key", value, sizeof value))
		return err_set(e, ERR_PROTOCOL, NULL, "its opening handshake has no key");
	AUTO_TEXT accepted = accept_of(value);
	buf_printf(out,
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n",
		accepted);
	return 0;
}

/* 0 where more is needed, 1 where the handshake is over. */
static int take_head(struct websocket *w, struct buf *in, struct buf *out, struct err *e)
{
	char *end = in->len ? memmem(in->data, in->len, "\r\n\r\n", 4) : NULL;
	if (!end && in->len > HEAD_MOST)
		return err_set(e, ERR_PROTOCOL, NULL, "its answer to the handshake has no end");
	if (!end)
		return 0;
	size_t length = (size_t)(end - in->data);
	AUTO_TEXT head = memory_copy_bytes(in->data, length);
	buf_consume(in, length + 4);
	if (w->server ? answer_head(head, out, e) : check_head(w, head, e))
		return -1;
	w->open = true;
	return 1;
}

/* ---- messages ---- */

int websocket_take(struct websocket *w, struct buf *in, struct buf *out, struct err *e)
{
	if (!w->open) {
		int found = take_head(w, in, out, e);
		if (found <= 0)
			return found;
	}
	w->in = in;
	w->out = out;
	int code = wslay_event_recv(w->frames);
	wslay_event_send(w->frames);
	/* wslay answers a frame that is wrong by closing, and a message that is too large too: the code says which. */
	uint16_t status = wslay_event_get_status_code_sent(w->frames);
	w->in = w->out = NULL;
	if (code)
		return err_set(e, ERR_INTERNAL, NULL, "wslay cannot go on (%d)", code);
	if (w->fault.class != ERR_NONE) {
		*e = w->fault;
		return -1;
	}
	if (!w->over && !wslay_event_get_read_enabled(w->frames))
		return err_set(e, ERR_PROTOCOL, NULL, "the %s sent %s", w->server ? "client" : "server",
			status == WSLAY_CODE_MESSAGE_TOO_BIG                      ? "a message that is too large"
				: status == WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA ? "a message that is no UTF-8"
										  : "a frame that RFC 6455 forbids");
	return 0;
}

bool websocket_is_open(const struct websocket *w)
{
	return w->open;
}

bool websocket_is_over(const struct websocket *w)
{
	return w->over;
}

bool websocket_next(struct websocket *w, struct buf *message)
{
	if (w->fetched == w->messages.count)
		return false;
	struct buf *next = w->messages.items[w->fetched++];
	*message = *next;
	free(next);
	if (w->fetched == w->messages.count) {
		vec_clear(&w->messages);
		w->fetched = 0;
	}
	return true;
}

void websocket_wrap(struct websocket *w, const char *text, size_t length, struct buf *out)
{
	const struct wslay_event_msg message = { WSLAY_TEXT_FRAME, (const uint8_t *)text, length };
	w->out = out;
	wslay_event_queue_msg(w->frames, &message);
	wslay_event_send(w->frames);
	w->out = NULL;
}

void websocket_wrap_end(struct websocket *w, struct buf *out)
{
	w->out = out;
	wslay_event_queue_close(w->frames, WSLAY_CODE_NORMAL_CLOSURE, NULL, 0);
	wslay_event_send(w->frames);
	w->out = NULL;
}
