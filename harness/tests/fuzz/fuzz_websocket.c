/* What a server sends on a WebSocket once it is open. */
#include "base/memory.h"
#include "base/text.h"
#include "fuzz.h"
#include "xmpp/scram.h"
#include "xmpp/websocket.h"
#include <openssl/evp.h>
#include <string.h>

static void open_it(struct websocket *w)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	BUF_AUTO asked = BUF_INIT;
	BUF_AUTO answer = BUF_INIT;
	BUF_AUTO out = BUF_INIT;
	struct err e;
	websocket_ask(w, "a.test", 443, "/", &asked);
	const char *key = strstr(buf_text(&asked), "Sec-WebSocket-Key: ") + 19;
	AUTO_TEXT text = memory_printf("%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)strcspn(key, "\r"), key);
	EVP_Digest(text, strlen(text), digest, &length, EVP_sha1(), NULL);
	buf_add_text(&answer,
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: xmpp\r\nSec-WebSocket-Accept: ");
	base64_encode(digest, length, &answer);
	buf_add_text(&answer, "\r\n\r\n");
	fuzz_must(websocket_take(w, &answer, &out, &e) == 0, "the handshake is right");
}

FUZZ_TARGET(websocket)
{
	struct err e = { .class = ERR_NONE };
	struct buf in = BUF_INIT, out = BUF_INIT, message;
	size_t total = 0;
	if (!size)
		return 0;
	struct websocket *w = websocket_new(2048);
	if (data[0] & 1) {
		open_it(w);
	} else {
		websocket_ask(w, "a.test", 443, "/", &out);
		buf_clear(&out);
	}
	buf_add(&in, data + 1, size - 1);
	int result = websocket_take(w, &in, &out, &e);
	fuzz_must(result == 0 || *e.message, "an error has a message");
	while (websocket_next(w, &message)) {
		fuzz_must(message.len <= 2048, "no message is larger than was allowed");
		total += message.len;
		buf_release(&message);
	}
	fuzz_must(total <= size, "messages are made of what came");
	websocket_free(w);
	buf_release(&in);
	buf_release(&out);
	return 0;
}
