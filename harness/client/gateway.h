/* client/gateway.h: the place where a client under test connects: a listener of ours in front of a real server.
 *
 * The room promises: a client that connects here meets TLS with a certificate of the server's authority, and behind it the server
 * itself: for each of its connections the gateway opens one of its own, secured and verified, and relays every first-level element both
 * ways, so that the client authenticates with the server and the gateway never has its password. What cannot work over two TLS
 * connections is taken out of what the server offers: channel binding and the mechanisms that need it. Every element is shown to the
 * owner before it goes on, who may keep it back; what the owner puts in, or keeps back, is hidden from stream management (XEP-0198), whose
 * counts are put right on both sides: what is kept back was not handled by the client, unless it gets something later that was. Nothing blocks; everything happens in loop_once(). A second header, client/adapter.h, is about
 * the one who tells the client what to do.
 *
 * Limits: STARTTLS, direct TLS and WebSocket (RFC 7395); not BOSH. 16 connections of one client at once. */
#ifndef ASSAY_CLIENT_GATEWAY_H
#define ASSAY_CLIENT_GATEWAY_H
#include "net/net.h"
#include "xml/xml.h"

struct gateway;
enum gateway_side { GATEWAY_CLIENT, GATEWAY_SERVER }; /* who has said something */

enum gateway_event {
	GATEWAY_CONNECTED, /* a client has come, by TCP */
	GATEWAY_SECURED,   /* its TLS handshake ended well */
	GATEWAY_ONLINE,    /* it has a session: bound or resumed */
	GATEWAY_ENDED,     /* the connection that has the session, or had it last, is over */
	GATEWAY_ATTEMPTED, /* gateway_attempt() or gateway_attempts_over() has changed */
};

struct gateway_options { /* every text is copied */
	const char *domain;
	const char *host; /* where the server takes clients, with STARTTLS */
	int port;
	const char *ca_file; /* who vouches for the server; NULL: the system's */
	bool verify;
	const char *address;                   /* to listen at; NULL: 127.0.0.1 */
	const char *certificate, *key;         /* PEM files: what the client is shown */
	const char *authority, *authority_key; /* PEM files of who has signed that: for some lies; or NULL */
};
struct gateway_callbacks {
	/* An element has come from one side, also of authentication: true to pass it on, as it is when this returns; false to keep it
	 * back. Headers of streams are always passed on and not shown. Borrowed. */
	bool (*came)(void *context, enum gateway_side from, xmlNode *element, int64_t when);
	void (*changed)(void *context, enum gateway_event event);
	void (*note)(void *context, const char *text); /* a remark for the transcript */
};

/* Listens from now on. NULL with ERR_ENVIRONMENT or ERR_USAGE. */
struct gateway *gateway_new(struct loop *l, const struct gateway_options *options,
	const struct gateway_callbacks *callbacks, void *context, struct err *e);
void gateway_free(struct gateway *g); /* cuts what is left; no callbacks, and not from within one; NULL is fine */
int gateway_port(const struct gateway *g);
int gateway_direct_port(const struct gateway *g);
int gateway_web_port(const struct gateway *g); /* WebSocket, over TLS, at any path */

/* To the client, on the connection that has its session; false where there is none. It is not shown to the owner. */
bool gateway_give(struct gateway *g, const xmlNode *element);
/* Likewise, of an element of the server's that was kept back when it came. Those that were kept back are released in their order. */
bool gateway_release(struct gateway *g, const xmlNode *element);
/* Likewise to the server, as if the client had said it. */
bool gateway_say(struct gateway *g, const xmlNode *element);
/* Resets every connection of the client, and those to the server with them. */
void gateway_cut(struct gateway *g);

/* ---- lies: what the client is told while it connects, so that it shows whether it is on its guard ---- */

/* From now on the client is told this lie, by its name; NULL: the truth again. What connections it has are cut. ERR_USAGE: there is no such
 * lie; ERR_UNSUPPORTED: it needs the authority's key. */
int gateway_deceive(struct gateway *g, const char *lie, struct err *e);
bool gateway_tells(const char *lie); /* there is such a lie */
enum gateway_attempt {
	ATTEMPT_NONE,  /* the client has not come to where it is lied to */
	ATTEMPT_MET,   /* it has, and has not fallen for it so far */
	ATTEMPT_FELL,  /* it has fallen for it: gateway_deed() */
	ATTEMPT_STOOD, /* it has not, and turns to another way of logging in */
	ATTEMPT_UNFIT, /* the lie cannot be told to a client that connects like this: gateway_deed() says why */
};
enum gateway_attempt gateway_attempt(const struct gateway *g);
/* How many connections have ended whose client was lied to and did not fall for it. */
unsigned gateway_attempts_over(const struct gateway *g);
const char *gateway_deed(const struct gateway *g); /* "it authenticates by PLAIN"; "" before anything is decided */

/* Bytes to the client as they are, or as one message of a WebSocket; false where it has no session. Nothing counts them. */
bool gateway_give_raw(struct gateway *g, const char *bytes, size_t length);

/* From now on what the client says on the connection that has its session is shown, and comes to nobody. */
void gateway_lose(struct gateway *g);
/* Resets every connection of the client, and closes its streams with the server properly, so that no session is left that could be
 * resumed. They are over once gateway_is_ending() says so no more. */
void gateway_end(struct gateway *g);
bool gateway_is_ending(const struct gateway *g);
bool gateway_is_online(const struct gateway *g);  /* a connection has a session now */
const char *gateway_jid(const struct gateway *g); /* of the last session; NULL before any */
/* Of the last connection that got so far: "tls.version", "tls.cipher", "sasl.mechanism"; of stream management the id of the session,
 * "sm.id", how many stanzas the client was given, "sm.h", and has sent, "sm.sent"; "" where unknown. Into `out`. */
void gateway_fact(const struct gateway *g, const char *name, struct buf *out);
#endif
