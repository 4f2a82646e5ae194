/* client/private.h: the gateway from within. */
#ifndef ASSAY_CLIENT_PRIVATE_H
#define ASSAY_CLIENT_PRIVATE_H
#include "base/memory.h"
#include "client/gateway.h"
#include "xmpp/stream.h"
#include "xmpp/websocket.h"

/* ---- counters.c: stream management on two connections (XEP-0198 sections 4 and 5) ---- */

/* What one side has got since it began to count: after its n-th stanza, how many of the other side's there were. */
struct tally {
	uint32_t *counts;
	size_t count, capacity;
};
struct counters {
	bool up_counts, down_counts; /* <enable/> went up, <enabled/> went down */
	uint32_t said, heard;        /* stanzas that the server has got from us, and that came from it */
	uint32_t passed;             /* of the latter, up to the last that the client has got */
	struct tally up;             /* of what the client has sent: `said` afterwards */
	struct tally down;           /* of what the client has got: `passed` afterwards */
	uint32_t resumed_at;         /* the client's count in its last <resume/> */
};
void counters_release(struct counters *c);
/* What a client gets: what just came from the server; what came and was kept back; what the server knows nothing of. */
enum gift { GIFT_RELAYED, GIFT_RELEASED, GIFT_OWN };
/* A stanza came from the server; one was given to the client; one came from the client; one was said to the server. */
void counters_heard(struct counters *c);
void counters_gave(struct counters *c, enum gift gift);
void counters_asked(struct counters *c, bool passed);
void counters_said(struct counters *c);
/* Looks at an element of stream management that goes on to the other side, and puts the count in it right. */
void counters_up(struct counters *c, xmlNode *element);
void counters_down(struct counters *c, xmlNode *element);

/* ---- offers.c ---- */

/* Takes out of stream features what cannot work over two TLS connections. */
void offers_filter(xmlNode *features);
/* Takes out the mechanisms of SASL, and of SASL2, that `keeps` does not want; whether any is left. */
bool offers_keep(xmlNode *features, bool (*keeps)(const char *mechanism));

/* ---- lies.c ---- */

#define NS_SASL2         "urn:xmpp:sasl:2"
#define LIE_NO_TLS       "no-tls"
#define LIE_ENTITIES     "entity-bomb"
#define LIE_PLAIN_ALONE  "plain-alone"
#define LIE_NONCE        "wrong-nonce"
#define LIE_SIGNATURE    "wrong-signature"
#define LIE_NO_SIGNATURE "no-signature"
struct session;
bool lie_is(const struct session *s, const char *name); /* this one is being told */
void lie_met(struct session *s);                        /* the client has just been told it */
void lie_over(struct session *s);                       /* its connection is over, or it closes the stream */
void lie_unfit(struct session *s, const char *why);
/* Alters what goes to the client. */
void lie_to_client(struct session *s, xmlNode *element);
/* The client has said something, or begun a new stream. True where it has fallen: the server shall not get that. */
bool lie_hears(struct session *s, const xmlNode *element);
bool lie_hears_header(struct session *s); /* false where it is none */
/* In the header of a stream for the client: a document type, to be written before it, and the value of an attribute that refers to an
 * entity of that. "" where the lie is another. */
const char *lie_document_type(struct session *s);
const char *lie_attribute(const struct session *s);

/* ---- session.c: one connection of the client, and ours to the server ---- */

enum session_phase {
	SESSION_PLAIN, /* TCP, without TLS */
	SESSION_HANDSHAKE,
	SESSION_SECURED, /* its header is awaited */
	SESSION_CALLING, /* it came, and waits until the server is reached */
	SESSION_RELAYING,
	SESSION_ENDED,
};
/* How the client comes. */
enum session_way { WAY_STARTTLS, WAY_DIRECT, WAY_WEB };
struct session {
	struct gateway *gateway;
	enum session_way way;
	struct websocket *websocket; /* of WAY_WEB, else NULL */
	struct connection *client;   /* NULL when it is gone */
	struct stream *server;       /* NULL before SESSION_CALLING */
	struct xml_reader *reader;
	enum session_phase phase;
	xmlDoc *header;  /* the client's, until the server is reached */
	bool closed;     /* </stream:stream> went to the client */
	bool online;     /* it has a session */
	bool lied_to;    /* it has been told the lie that is being told */
	bool lost;       /* what the client says comes to nobody */
	char *mechanism; /* that the client has chosen */
};
struct session *session_new(struct gateway *g, struct connection *c, enum session_way way);
void session_free(struct session *s); /* not from within a callback of its connections */
void session_cut(struct session *s);
void session_end(struct session *s); /* the client's connection at once, the stream to the server properly */
bool session_give(struct session *s, const xmlNode *element, enum gift gift);
bool session_say(struct session *s, const xmlNode *element);

/* framing.c: what differs where the client comes by WebSocket (RFC 7395 section 3). */
void framing_write(struct session *s, const struct buf *bytes); /* to the client: bytes of a stream, or one message */
void framing_write_header(struct session *s, const xmlNode *header);
void framing_write_end(struct session *s);
/* A header of a stream as the server wants it; from <open/> where the client has sent that. Appends to `out`. */
void framing_header_for_server(const xmlNode *header, struct buf *out);
/* The next whole thing that the client has said: an event as of a stream. False: none waits. -1 where it is broken is told by `e`. */
bool framing_next(struct session *s, struct xml_event *event, struct err *e);
/* Takes what has come from the client; -1 with what is wrong. What was whole before can still be fetched. */
int framing_take(struct session *s, struct err *e);

/* ---- gateway.c ---- */

struct gateway {
	struct loop *loop;
	struct gateway_options options; /* own copies of the texts */
	struct gateway_callbacks callbacks;
	void *context;
	struct net_identity *identity, *forged; /* `forged` of some lies, else NULL */
	const struct lie *lie;                  /* that is being told, or NULL */
	enum gateway_attempt attempt;
	unsigned attempts_over;
	struct buf deed;
	struct listener *listener, *direct, *web;
	struct vec sessions;     /* struct session * */
	struct session *current; /* the one that went online last, or NULL */
	struct counters counters;
	char *jid, *sm_id;
	char tls_version[16], tls_cipher[64], mechanism[64];
};
bool gateway_show(struct gateway *g, enum gateway_side from, xmlNode *element, int64_t when);
void gateway_tell(struct gateway *g, enum gateway_event event);
void gateway_note(struct gateway *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool is_stanza(const xmlNode *element);
#endif
