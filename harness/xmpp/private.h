/* xmpp/private.h: a stream from within. */
#ifndef ASSAY_XMPP_PRIVATE_H
#define ASSAY_XMPP_PRIVATE_H
#include "xmpp/sasl.h"
#include "xmpp/stream.h"

#define NS_FRAMING "urn:ietf:params:xml:ns:xmpp-framing"
#define NS_SASL2   "urn:xmpp:sasl:2"

struct websocket;
struct bosh;

enum phase {
	PHASE_CONNECT, /* TCP */
	PHASE_DIRECT_TLS,
	PHASE_UPGRADE, /* our part of WebSocket's opening handshake was sent */
	PHASE_HEADER,  /* our header was sent, the server's is awaited */
	PHASE_FEATURES,
	PHASE_STARTTLS, /* <starttls/> was sent */
	PHASE_TLS,
	PHASE_SASL,
	PHASE_SASL2, /* XEP-0388 */
	PHASE_BIND,
	PHASE_SESSION, /* RFC 3921 section 3, where a server still demands it */
	PHASE_RESUME,
	PHASE_NO_ID,     /* of a component: the header had no id, so only an error can follow */
	PHASE_HANDSHAKE, /* likewise: ours was sent */
	PHASE_READY,
	PHASE_CLOSING,
	PHASE_ENDED,
};

struct stream {
	struct loop *loop;
	struct stream_options options; /* own copies of the texts */
	struct stream_callbacks callbacks;
	void *context;
	enum phase phase;
	struct net_place places[NET_PLACES];
	int place_count, place;        /* places to try, the one being tried */
	struct connection *connection; /* NULL before and after, and for BOSH */
	struct websocket *websocket;   /* NULL for any other way */
	struct bosh *bosh;
	char *where; /* "host:port", for errors */
	struct xml_reader *reader;
	bool header_began, stream_open; /* the server's header: its first bytes came, it was read */
	bool secured, authenticated;
	bool close_sent, close_received;
	bool ended_without_tag;
	bool bare; /* all that comes is the owner's: one of the first three goals was reached */
	bool answer_acks;
	int64_t establish_until;
	struct stream_times times;
	xmlDoc *features;
	struct buf mechanisms, binding_types, feature_names;
	struct sasl sasl;
	int64_t sasl_began, sasl_took; /* the first word of it; how long it took until success or failure, -1 before */
	struct stream_token token;     /* options.token points here, or is NULL */
	struct buf proof;              /* of the server, that it knows the token; empty where the password is used */
	struct sm_session sm;
	bool session_stands; /* bound or resumed: there is an address */
	char tls_version[16], tls_cipher[64];
	bool certificate_asked;
	struct err error;
};

/* open.c */
void stream_copy_options(struct stream_options *to, const struct stream_options *from);
int stream_find_places(struct stream *s, struct err *e); /* fills s->places; ERR_UNSUPPORTED where there is none */
void stream_add_place(struct stream *s, const char *host, int port);
void stream_connect_place(struct stream *s); /* starts to connect to s->places[s->place] */
void stream_begin_tls(struct stream *s);
void stream_open_header(struct stream *s); /* restarts the reader and sends our header */
void stream_leave_bare(struct stream *s);  /* a goal that ends before a stream is set up was reached */
void stream_forget_password(struct stream *s);

/* stream.c */
net_callback stream_on_net;
void stream_fail(struct stream *s, enum err_class class, const char *format, ...) __attribute__((format(printf, 3, 4)));
void stream_fail_with(struct stream *s, const struct err *e);
/* Likewise, and tells the server by a stream error of that condition (RFC 6120 section 4.9.1.1). */
void stream_refuse(struct stream *s, const char *condition, struct err *why);
void stream_enter(struct stream *s, enum phase phase); /* and sets the time limit's text */
void stream_note(struct stream *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void stream_write(struct stream *s, const struct buf *bytes); /* one element, with its namespaces */
void stream_hand_over(struct stream *s, xmlDoc *doc);         /* `received`, or frees */
void stream_report_sent(struct stream *s, const char *xml, int64_t when);

/* What came, whole: takes the document. */
void stream_take_element(struct stream *s, xmlDoc *doc);
void stream_take_close(struct stream *s);
void stream_went_wrong(struct stream *s, const struct err *e); /* the way is broken: a fault, but when closing */
void stream_connection_closed(struct stream *s);
void stream_web_began(struct stream *s, const char *tls_version, const char *tls_cipher); /* BOSH has a session */

/* carrier.c: what differs between TCP, WebSocket and BOSH. */
void carrier_start(struct stream *s); /* every fault comes from the loop */
bool carrier_is_up(const struct stream *s);
void carrier_limit(struct stream *s, int64_t when, const char *text); /* as net_deadline() */
void carrier_write(struct stream *s, const char *bytes, size_t length);
void carrier_write_end(struct stream *s); /* </stream:stream>, or what stands for it */
void carrier_let_go(struct stream *s);    /* cleanly */
void carrier_cut(struct stream *s);       /* with a reset */
/* When what is being taken was read; on a loop that stamps arrivals, when it had come. */
int64_t carrier_read_at(const struct stream *s);
void carrier_ask_upgrade(struct stream *s);
void carrier_take_frames(struct stream *s);

/* negotiate.c: an element that came before PHASE_READY; takes the document. */
void negotiate_element(struct stream *s, xmlDoc *doc);
void negotiate_header(struct stream *s, const xmlNode *header);
/* "while it was waited for the server's features", for errors. */
const char *phase_text(enum phase phase);

void negotiate_ready(struct stream *s);                           /* the goal was reached by what was read last */
void negotiate_session_stands(struct stream *s, const char *how); /* there is an address; `how` for the transcript */
void negotiate_take_failure(struct stream *s, const xmlNode *element);         /* of SASL or SASL2 */
int negotiate_decode(const xmlNode *element, struct buf *data, struct err *e); /* base64, or nothing; ERR_PROTOCOL */
/* Whether what is offered counts, and a login may begin: secured, or to be so without. */
bool stream_may_log_in(const struct stream *s);

/* sasl2.c */
void sasl2_begin(struct stream *s);
void sasl2_take(struct stream *s, const xmlNode *element); /* in PHASE_SASL2 */

/* component.c */
/* The server's header: sends the handshake. */
void component_header(struct stream *s, const xmlNode *header);
void component_shaken(struct stream *s); /* the server's <handshake/> came */
/* Stanzas of a component that was let in, between the wire and the owner: those of jabber:component:accept are shown in
 * jabber:client, and the other way round; what is inside an element of another namespace, such as a forwarded stanza, stays as it
 * is. False: it was a stanza of another namespace, and the stream has failed. */
bool component_takes(struct stream *s, xmlNode *element);
xmlDoc *component_sends(const xmlNode *element); /* a copy for the wire; the caller's */

/* sm.c */
/* Counts and answers; called for each element that came after authentication, before it is handed over. True when an
 * answer to <r/> is due. */
bool sm_received(struct sm_session *sm, const xmlNode *element);
void sm_sent(struct sm_session *sm, const xmlNode *element);
#endif
