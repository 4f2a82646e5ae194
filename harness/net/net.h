/* net/net.h: the event loop, TCP and TLS.
 *
 * The room promises: nothing blocks but loop_once(), and that only to its deadline; every descriptor is
 * close-on-exec; a connection speaks through one callback and is never freed inside it (it is marked, and reaped at
 * the loop's top). Errors are ERR_CONNECTION (refused, reset, timed out, closed), ERR_PROTOCOL (the peer's TLS is
 * not TLS, or its certificate is not acceptable), ERR_USAGE (a file of certificates that cannot be read) or
 * ERR_ENVIRONMENT. Knows nothing of XMPP but the names that its certificates may carry. One loop a process; no
 * threads. Only the resolving of names blocks: addresses and the hosts file answer at once. */
#ifndef ASSAY_NET_NET_H
#define ASSAY_NET_NET_H
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include <openssl/ssl.h>
#include <stdbool.h>

struct loop;
struct loop *loop_new(void);
void loop_free(struct loop *l); /* closes every connection that is left */

/* Waits for events until `deadline` at the latest and dispatches what came; returns how many were dispatched. The
 * time spent waiting with nothing to do is added to loop_idle(). */
int loop_once(struct loop *l, int64_t deadline);
int64_t loop_idle(const struct loop *l); /* nanoseconds */
/* Also watch a descriptor for reading (a pipe to a parent); `callback` NULL stops watching this one. The descriptor stays the
 * caller's. */
void loop_watch(struct loop *l, int descriptor, void (*callback)(void *context), void *context);
/* Connections that are made from now on know when what they read had come to this machine (net_came_at), where the kernel says so. */
void loop_stamp_arrivals(struct loop *l);

enum net_event {
	NET_CONNECTED, /* TCP is up */
	NET_SECURED,   /* the TLS handshake ended well */
	NET_DATA,      /* bytes are in net_input() */
	NET_CLOSED,    /* the peer closed its side; nothing more comes */
	NET_FAILED,    /* net_error() says why; nothing more comes */
}; /* after the last two the connection still exists until its owner calls net_close() or net_cut() */
struct connection;
typedef void net_callback(struct connection *c, enum net_event event, void *context);

/* Starts to connect to `host` (a name or an address; resolved with getaddrinfo, each address is tried in order) and
 * `port`. Never NULL; faults come as NET_FAILED from loop_once. */
struct connection *net_connect(struct loop *l, const char *host, int port, net_callback *callback, void *context);
/* A connection that fails with this error at the loop's next turn: for a fault that was found before there was one, where
 * the caller promises that errors come from the loop. */
struct connection *net_connect_failed(struct loop *l, const struct err *why, net_callback *callback, void *context);
struct net_tls {
	const char *server_name; /* SNI and the name that the certificate must show (DNS; see RFC 6120 section 13.7) */
	const char *ca_file;     /* PEM, with revocation lists where there are any; NULL: the system's */
	bool verify;             /* false only where a target file says so */
	bool s2s;                /* the SRVName of the certificate is for servers, not for clients */
	const char *
		own_domain; /* where a certificate is asked for, one that is made for this domain and signed by itself; or NULL */
	const char *alpn;    /* "xmpp-client" for direct TLS (XEP-0368), else NULL */
	int highest_version; /* TLS1_2_VERSION to cap, 0 for none (tls-unique needs 1.2) */
};
/* Starts the handshake on a connection that is up, as a client; the strings are copied. */
void net_start_tls(struct connection *c, const struct net_tls *options);
/* ---- the other side: connections that come to us ---- */

struct listener;
/* A connection has come, and is up: to be taken by net_take(), at once; it is cut where it is not. */
typedef void net_accepted(struct listener *n, struct connection *c, void *context);
/* Listens at `address` (numeric) and `port`, 0 for one that is free. NULL with ERR_ENVIRONMENT. */
struct listener *net_listen(
	struct loop *l, const char *address, int port, net_accepted *accepted, void *context, struct err *e);
int listener_port(const struct listener *n);
void listener_free(struct listener *n); /* not from within its callback; NULL is fine */
void net_take(struct connection *c, net_callback *callback, void *context);

/* Who we are to those that come: a certificate with what is behind it, and its key. One for many connections. */
struct net_identity;
/* From files of PEM. NULL with ERR_USAGE at the file. */
struct net_identity *net_identity_load(const char *certificate, const char *key, struct err *e);
/* What nobody should believe: a certificate that expired yesterday; one of another domain; one that an authority of the same name, but
 * with another key, has signed; one that signed itself. Each is right but for that one thing (RFC 6120 section 13.7.2). */
enum net_forgery { FORGERY_EXPIRED, FORGERY_OTHER_NAME, FORGERY_OTHER_AUTHORITY, FORGERY_SELF_SIGNED };
struct net_forged {
	const char *domain, *address;          /* who it says that it is */
	const char *authority, *authority_key; /* PEM files of who is believed: signs the first two */
};
/* NULL with ERR_USAGE at a file, or ERR_ENVIRONMENT. */
struct net_identity *net_identity_forge(enum net_forgery forgery, const struct net_forged *of, struct err *e);
void net_identity_free(struct net_identity *i); /* connections that use it go on; NULL is fine */
/* Awaits the handshake of the other side, as a server. What it asked for by ALPN is granted where it is XMPP or HTTP/1.1. What came
 * before, in the clear, is thrown away (RFC 6120 section 5.4.3.3). */
void net_accept_tls(struct connection *c, const struct net_identity *who);

void net_write(struct connection *c, const void *bytes,
	size_t length); /* sent at once as far as it goes, the rest by the loop */
/* The connection fails with ERR_CONNECTION and the text `what` (copied) when this monotonic instant has passed;
 * CLOCK_FOREVER takes the limit away. It is told once, as NET_FAILED. */
void net_deadline(struct connection *c, int64_t when, const char *what);
struct buf *net_input(struct connection *c); /* consume with buf_consume */
const struct err *net_error(const struct connection *c);
SSL *net_ssl(struct connection *c);                     /* NULL before TLS; borrowed */
bool net_certificate_asked(const struct connection *c); /* the peer has asked for our certificate in the handshake */
int64_t net_read_at(const struct connection *c);        /* when the last bytes of net_input() were read */
/* When the kernel had the last bytes of net_input(), with loop_stamp_arrivals(); else net_read_at(). Below TLS it is the instant of the last
 * byte that their decryption waited for. Never after net_read_at(). */
int64_t net_came_at(const struct connection *c);
int64_t net_resolved_at(const struct connection *c); /* when the name had become addresses; 0 where it has not */
const char *net_peer(const struct connection *c);    /* "127.0.0.1:5222", "" before NET_CONNECTED; borrowed */
bool net_output_empty(const struct connection *c);
/* Clean: what is queued is sent, then TLS close_notify and FIN. The connection is gone for the caller: no more
 * callbacks, reaped by the loop. */
void net_close(struct connection *c);
/* Abrupt: the socket is closed at once with a reset (SO_LINGER 0); nothing queued is sent, no close_notify. */
void net_cut(struct connection *c);

/* The names in a certificate that a service may go by (dNSName, SRVName, XmppAddr), or its subject, parted by ", ". */
void certificate_names(X509 *certificate, struct buf *out);

/* ---- what may be said without TLS ---- */

/* Whoever gives passwords away by it must have been told to, in so many words. */
enum net_clear {
	NET_CLEAR_NEVER,       /* TLS always */
	NET_CLEAR_ON_LOOPBACK, /* no TLS, and with nobody but this machine: 127.0.0.0/8 and ::1 */
	NET_CLEAR_ANYWHERE,    /* no TLS */
};
#define NET_NOT_LOOPBACK "is not on loopback, and without TLS nothing may leave this machine"
struct sockaddr;
bool net_address_is_loopback(const struct sockaddr *address);
bool net_name_is_loopback(
	const char *host); /* all that the name or address resolves to; false where it is unknown. Blocks */
bool net_is_on_loopback(const struct connection *c); /* of one that is up */

/* ---- how a client's stream is carried ---- */

enum transport {
	TRANSPORT_STARTTLS,  /* TCP, secured on the way (RFC 6120 section 5) */
	TRANSPORT_DIRECT,    /* TLS from the first byte (XEP-0368) */
	TRANSPORT_WEBSOCKET, /* messages of a WebSocket over TLS (RFC 7395) */
	TRANSPORT_BOSH,      /* requests of HTTP over TLS (XEP-0124, XEP-0206) */
};
#define TRANSPORTS 4
const char *transport_name(enum transport t); /* "starttls", "direct", "ws", "bosh" */
/* Whether it is carried by HTTP, at a URL. */
bool transport_is_web(enum transport t);

/* ---- where a domain's service is (RFC 6120 section 3.2, XEP-0368) ---- */

#define NET_PLACES 8
struct net_place {
	char host[256];
	int port;
	unsigned priority, weight;
};
/* Asks for the SRV records of `_xmpp-client._tcp` (`_xmpps-client._tcp` where `direct`; `-server` where `s2s`) of the domain. Returns how
 * many places were written to `places`, in the order in which they are to be tried; 0: no record. -1 with
 * ERR_UNSUPPORTED where the domain says that it has no such service (a target of "."). Blocks, a few seconds at most. */
int net_places(const char *domain, bool s2s, bool direct, struct net_place places[NET_PLACES], struct err *e);
/* The name that is asked for; free(). */
char *net_service_name(const char *domain, bool s2s, bool direct);
/* The same as net_places() from the bytes of a DNS answer. */
int net_places_read(const unsigned char *answer, size_t length, struct net_place places[NET_PLACES], struct err *e);
#endif
