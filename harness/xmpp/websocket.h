/* xmpp/websocket.h: the bytes of a WebSocket (RFC 6455), as the client or the server of the subprotocol `xmpp` (RFC 7395): its opening
 * handshake, and whole text messages in both directions. Framing is wslay's. Touches no network: bytes go in and come out.
 * Control frames are answered here. Errors are ERR_PROTOCOL, and ERR_CONNECTION where the server refuses the handshake. */
#ifndef ASSAY_XMPP_WEBSOCKET_H
#define ASSAY_XMPP_WEBSOCKET_H
#include "base/buf.h"
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

struct websocket;
/* `most`: bytes of a message that are taken; more is an error of the peer's. */
struct websocket *websocket_new(size_t most);
struct websocket *websocket_new_server(size_t most); /* answers the opening handshake of a client, at any path */
void websocket_free(struct websocket *w);            /* NULL is fine */

/* Our side of the opening handshake (RFC 6455 section 4.1), to be sent as it is. */
void websocket_ask(struct websocket *w, const char *host, int port, const char *path, struct buf *out);
/* Takes what came out of `in`, and appends what is to be sent in answer (pongs, a closing frame) to `out`. 0, or -1 with what is
 * wrong: the messages found before can still be fetched. */
int websocket_take(struct websocket *w, struct buf *in, struct buf *out, struct err *e);
bool websocket_is_open(const struct websocket *w); /* the handshake is over */
bool websocket_is_over(const struct websocket *w); /* the peer has sent a closing frame */
/* The next message, whole, in order, to be released by the caller. False: none waits. */
bool websocket_next(struct websocket *w, struct buf *message);
/* Appends the frame that carries this text, or that closes, to `out`. */
void websocket_wrap(struct websocket *w, const char *text, size_t length, struct buf *out);
void websocket_wrap_end(struct websocket *w, struct buf *out);
#endif
