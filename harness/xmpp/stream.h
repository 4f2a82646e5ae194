/* xmpp/stream.h: the client's side of an XMPP stream.
 *
 * The room promises: a stream over TCP, WebSocket or BOSH is brought to the goal that was asked for (features read, authenticated, bound,
 * resumed) over TLS always, or fails with one error that says in which phase and why; it never waits without a limit. The one exception
 * is asked for by `without_tls`, which measuring alone does (docs/latency.md): then no password is shown even so.
 * The server's part is verified where the protocol lets a client do so: the certificate, the server's signature and
 * nonce of SCRAM, the shape of each answer. What the server then says is handed over whole, in order; the stream
 * reports and never judges it. Credentials are cleansed from memory as soon as they are no longer needed.
 *
 * Errors: ERR_CONNECTION (unreachable, cut, stalled), ERR_PROTOCOL (not XMPP, not well formed, a certificate or a
 * signature that is wrong), ERR_REFUSED (authentication, binding, a stream error), ERR_UNSUPPORTED (the server offers
 * no TLS, no mechanism that both know …), ERR_ENVIRONMENT and ERR_USAGE as in net/.
 *
 * Callbacks come from loop_once() and from the calls that send; stream_free() must not be called from within one. */
#ifndef ASSAY_XMPP_STREAM_H
#define ASSAY_XMPP_STREAM_H
#include "base/uuid.h"
#include "net/net.h"
#include "xml/xml.h"
#include <stdint.h>

#define NS_REGISTER_FEATURE "http://jabber.org/features/iq-register"
#define NS_CHANNEL_BINDING  "urn:xmpp:sasl-cb:0"
#define NS_SESSION          "urn:ietf:params:xml:ns:xmpp-session"

enum stream_goal {
	/* The first three stop before the whole of a stream is set up, and leave what comes then to the owner: headers are handed
	 * over too, as empty elements, and nothing is answered. */
	STREAM_GOAL_CONNECTED,     /* TCP, and TLS where it is direct; nothing was sent */
	STREAM_GOAL_SECURED,       /* and TLS by STARTTLS; nothing was sent since */
	STREAM_GOAL_SUCCEEDED,     /* and authenticated; the stream was not restarted */
	STREAM_GOAL_FEATURES,      /* secured, features read, nobody authenticated */
	STREAM_GOAL_AUTHENTICATED, /* and authenticated, the features after it read, no resource bound */
	STREAM_GOAL_BOUND,         /* and a resource bound */
	STREAM_GOAL_RESUMED,       /* authenticated, and the session in `resume` taken up again */
};

enum stream_state {
	STREAM_OPENING,
	STREAM_READY,   /* the goal was reached, or resumption was asked for and refused (then there is no address) */
	STREAM_CLOSING, /* </stream:stream> was sent, the peer's is awaited */
	STREAM_ENDED,   /* cleanly when stream_error() has the class ERR_NONE */
};

/* A stream management session (XEP-0198). The counters are modulo 2^32 and count message, presence and iq only. */
struct sm_session {
	bool asked;   /* <enable/> was sent: `sent` counts */
	bool enabled; /* <enabled/> came: `handled` counts */
	bool resumable;
	char *id;         /* NULL where there is none */
	uint32_t handled; /* stanzas that came since <enabled/> */
	uint32_t sent;    /* stanzas sent since <enable/>; after a resumption it goes on from the h of <resumed/> */
	char *jid;        /* full address of the session; NULL before binding */
};
#define SM_SESSION_INIT                                                                                                \
	{                                                                                                              \
		false, false, false, NULL, 0, 0, NULL                                                                  \
	}
void sm_session_release(struct sm_session *s);
void sm_session_copy(struct sm_session *to, const struct sm_session *from); /* `to` is released first */

/* What stands in for a password on one device: the server gives it at a login, and perhaps another one at a later login. */
struct stream_token {
	char agent[UUID_SIZE];    /* the device's own identifier; the token is good for it alone */
	char *mechanism, *secret; /* "HT-SHA-256-NONE"; NULL: there is none yet */
	unsigned used;            /* logins with it */
};
void stream_token_init(struct stream_token *t);                                   /* with a fresh identifier */
void stream_token_release(struct stream_token *t);                                /* cleansed */
void stream_token_copy(struct stream_token *to, const struct stream_token *from); /* `to` is released first */

struct stream_options { /* every text is copied */
	const char *user, *domain, *password;
	const char *resource;  /* NULL lets the server choose */
	const char *host;      /* NULL: SRV records of the domain, then the domain itself */
	int port, direct_port; /* 0: not offered */
	enum transport transport;
	const char *url;     /* of a transport over HTTP, wss://… or https://…: it says where to connect */
	const char *ca_file; /* NULL: the system's */
	bool verify;
	int highest_tls; /* 0, or TLS1_2_VERSION */
	/* Where it is not NET_CLEAR_NEVER: STARTTLS is not taken, `url` is ws://… or http://…, and nothing but SCRAM proves a password. There is
	 * no TRANSPORT_DIRECT then, and no token. ERR_UNSUPPORTED where the server demands TLS. Not looked at by stream_register(). */
	enum net_clear without_tls;
	/* Log in by SASL2 (XEP-0388), with the resource bound in the same request where the server has Bind 2 (XEP-0386): with this token
	 * (FAST, XEP-0484) where it has a secret, else with the password, and ask for a token. Only with STREAM_GOAL_BOUND; copied. NULL: by
	 * SASL. ERR_UNSUPPORTED where the server offers no such thing. stream_token() is what it is afterwards. */
	const struct stream_token *token;
	/* Only with one of the first two goals: come as another server, not as a client. `port` is then that for servers. Who we are is
	 * not said before TLS (RFC 6120 section 4.7.1). */
	bool as_server;
	const char
		*own_domain; /* where a certificate is asked for, one of this domain's, signed by itself; NULL: none */
	/* Come as a component (XEP-0114) to `host` and `port`, over TCP alone: `domain` is the component's, `password` its secret. The goal
	 * is STREAM_GOAL_CONNECTED or STREAM_GOAL_BOUND, which is then to be let in; stream_jid() is the domain. Stanzas are in
	 * jabber:client here and in jabber:component:accept on the wire (xmpp/component.h). */
	bool as_component;
	const char *mechanism; /* NULL: the strongest that both have */
	enum stream_goal goal;
	const struct sm_session *resume; /* copied; for STREAM_GOAL_RESUMED */
	int64_t resume_h;                /* negative: the session's own count */
	int64_t establish_limit;         /* nanoseconds to reach the goal; 0: 15 s */
	int64_t close_limit;             /* nanoseconds to wait for the peer's </stream:stream>; 0: 5 s */
	struct xml_limits limits;
};

struct stream;
struct stream_callbacks { /* any may be NULL */
	/* An element came: every first-level element but those of TLS, SASL and binding, which the stream deals with,
	 * and features before authentication. `doc` is the callee's to free. */
	void (*received)(void *context, xmlDoc *doc, int64_t when);
	/* An element was sent, but for TLS, SASL and binding. Borrowed. */
	void (*sent)(void *context, const xmlNode *element, int64_t when);
	void (*changed)(void *context, enum stream_state state);
	void (*note)(void *context, const char *text); /* a remark for the transcript */
};

/* Starts to connect. Never NULL; every fault comes as STREAM_ENDED from loop_once(). */
struct stream *stream_new(
	struct loop *l, const struct stream_options *options, const struct stream_callbacks *callbacks, void *context);
void stream_free(struct stream *s); /* cuts what is left; no callbacks; NULL is fine */

void stream_send(struct stream *s, const xmlNode *element);
void stream_send_raw(struct stream *s, const char *bytes, size_t length); /* not counted by stream management */
void stream_close(struct stream *s); /* ends in STREAM_ENDED after the peer's answer, its end, or the limit */
void stream_cut(struct stream *s);   /* reset; STREAM_ENDED without a callback */
/* Only with one of the first three goals. Begins TLS now: STREAM_OPENING until the handshake has ended. */
void stream_secure(struct stream *s);
/* Only with one of the first three goals. What comes from now on is a new stream. */
void stream_restart(struct stream *s);
/* Whether <r/> is answered by the stream itself (the default). */
void stream_answer_acks(struct stream *s, bool by_itself);

enum stream_state stream_state(const struct stream *s);
const struct err *stream_error(const struct stream *s); /* borrowed; class ERR_NONE while all is well */
/* How it ended: "tag" by the peer's </stream:stream>, "connection" without it; "" before. */
const char *stream_ending(const struct stream *s);
const char *stream_jid(const struct stream *s); /* full address; NULL before binding */
/* How long authentication took, from our first word of it until the server's last, in nanoseconds; -1 before its end. */
int64_t stream_sasl_took(const struct stream *s);
/* The instants (monotonic ns) at which it got as far as that, 0 where it has not or where the way has no such step: BOSH has the
 * first and the last only. Of several places that were tried, those of the last. */
struct stream_times {
	int64_t began;         /* stream_new() */
	int64_t resolved;      /* the names are addresses, connecting begins */
	int64_t connected;     /* TCP is up */
	int64_t secured;       /* the TLS handshake has ended */
	int64_t authenticated; /* the last byte of <success/> was read; with Bind 2 that is `ready` too */
	int64_t ready;         /* the last byte of the answer that reached the goal was read: bound, or resumed */
};
const struct stream_times *stream_times(const struct stream *s);
const char *stream_mechanism(const struct stream *s);   /* "" before authentication */
const char *stream_tls_version(const struct stream *s); /* "TLSv1.3"; "" before TLS */
const char *stream_tls_cipher(const struct stream *s);
const char *stream_tls_number(const struct stream *s); /* "0304" for TLS 1.3 (XEP-0515 section 4.1); "" where unknown */
/* Appends the data of a channel binding of the connection ("tls-exporter", RFC 9266); nothing where it has none of that type. */
void stream_binding(const struct stream *s, const char *type, struct buf *out);
const char *stream_tls_asked(
	const struct stream *s); /* "yes" where the server asked for our certificate, "no"; "" before TLS */
const xmlNode *stream_features(const struct stream *s); /* the last ones; NULL before any */
/* What was offered on this connection so far, words parted by blanks: SASL mechanisms, types of channel binding,
 * namespaces of features (before TLS, after it and after authentication together). */
const char *stream_mechanisms(const struct stream *s);
const char *stream_binding_types(const struct stream *s);
const char *stream_feature_names(const struct stream *s);
const struct sm_session *stream_sm(const struct stream *s);
const struct stream_token *stream_token(const struct stream *s); /* NULL where none was asked for; borrowed */

/* ---- in-band registration, XEP-0077 section 3.1 ---- */

struct stream_account {
	const char *user, *password;
};
/* Registers the accounts, as many over one stream as the server takes; runs the loop until it is done or `deadline`
 * has passed. *done counts those that exist now. `options` say where; user, password and goal are not looked at.
 * ERR_REFUSED when the server says no, ERR_UNSUPPORTED when it offers none or asks for what nobody can fill in. */
int stream_register(struct loop *l, const struct stream_options *options, const struct stream_account *accounts,
	size_t count, size_t *done, int64_t deadline, struct err *e);

/* Keys derived from passwords are kept for the life of the process, since deriving one costs more than all else in a
 * login and the devices of one account share it. This cleanses them. */
void stream_forget_secrets(void);
#endif
