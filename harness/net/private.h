/* net/private.h: a connection from within. */
#ifndef ASSAY_NET_PRIVATE_H
#define ASSAY_NET_PRIVATE_H
#include "base/memory.h"
#include "net/net.h"
#include <netdb.h>

enum connection_phase {
	CONNECTION_RESOLVING, /* nothing was tried yet, or no address is left: waits to be told so */
	CONNECTION_CONNECTING,
	CONNECTION_HANDSHAKING,
	CONNECTION_OPEN,
	CONNECTION_FLUSHING, /* closed by us, output is left */
	CONNECTION_DRAINING, /* our side is shut; until the peer closes too, lest a reset eats our last bytes */
	CONNECTION_ENDED,    /* told, or closed: nothing more happens; freed when the owner let go */
};

struct connection {
	struct loop *loop;
	net_callback *callback; /* NULL once the owner has let go */
	void *context;
	enum connection_phase phase;
	int descriptor; /* -1 while there is none */
	struct addrinfo *addresses, *next;
	char *place; /* "host:port" as asked for */
	char peer[80];
	int64_t attempt_ends; /* this address is given up then, for the next one */
	int64_t deadline;
	char deadline_text[160];
	struct buf input, output;
	int64_t resolved_at; /* when the name had become addresses; 0 before */
	int64_t read_at;
	bool stamped;        /* the kernel is asked when bytes came; then: */
	int64_t received_at; /* when it had those of the last read from the socket */
	int64_t came_at;     /* the same of those that were handed over last */
	uint64_t written;    /* bytes handed to the kernel, or to TLS */
	SSL *ssl;
	struct net_tls tls;   /* own copies of the strings */
	char first_bytes[24]; /* what the peer sent first in the handshake, should it not be TLS */
	size_t first_length;
	bool certificate_asked; /* by the peer, in the handshake */
	bool wants_write;       /* poll for writing too */
	bool serve_now;         /* TLS holds bytes that poll cannot see, or the last read stopped early */
	bool output_broken;     /* the peer takes nothing more; what it said before is still read */
	bool released;          /* the owner has let go */
	bool failed;            /* `error` waits to be told */
	struct err error;
	/* Kept by the loop. */
	size_t position; /* among all */
	size_t timer;    /* place in the heap of timers, 0: in none */
	int64_t expires; /* when it is to be looked at though nothing comes */
	uint32_t polled; /* what epoll watches it for, 0: nothing */
	short events;    /* what came, as poll() says it */
	bool touched, ready;
};

/* loop.c */
void loop_add(struct loop *l, struct connection *c);
/* To be called where a connection may wait for something else than before, or for nothing any more. */
void loop_touch(struct loop *l, struct connection *c);
/* To be called before the descriptor is closed. */
void loop_forget(struct loop *l, struct connection *c);

bool loop_stamps(const struct loop *l);

/* stamp.c */
void stamp_ask(struct connection *c); /* sets c->stamped; of a fresh socket */
/* recv(), which notes c->received_at. */
ssize_t stamp_receive(struct connection *c, void *bytes, size_t size);
/* A BIO that reads so; its callback argument must be the connection. The caller's; NULL where there is no memory. */
BIO *stamp_bio(struct connection *c);

/* connection.c */
void connection_free(struct connection *c);
/* A connection that is up already, of this descriptor, which is then its own. Nobody's until net_take(). */
struct connection *connection_adopt(struct loop *l, int descriptor);
/* What poll has shown, or nothing where `serve_now` says so; returns how often the owner was told something. */
int connection_serve(struct connection *c, short events);
void connection_expire(struct connection *c, int64_t now); /* what the clock alone decides */
int connection_tell(struct connection *c);                 /* tells a failure that waits, once */
void connection_fail(struct connection *c, enum err_class class, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* tls.c */
enum transfer { TRANSFER_SOME, TRANSFER_LATER, TRANSFER_END, TRANSFER_BROKEN };
/* One step of the handshake: TRANSFER_SOME when it is done, TRANSFER_BROKEN with the error set. */
enum transfer tls_handshake(struct connection *c);
enum transfer tls_read(struct connection *c, char *bytes, size_t size, size_t *count);
enum transfer tls_write(struct connection *c, const char *bytes, size_t length, size_t *count);
/* Makes c->ssl from c->tls; -1 with an error. */
int tls_begin(struct connection *c, struct err *e);
/* The same for the other side, who shows what the context holds. */
int tls_await(struct connection *c, SSL_CTX *context, struct err *e);
const char *openssl_reason(void); /* of the newest entry in OpenSSL's queue, which is then empty; static storage */
void tls_release(struct connection *c);

/* identity.c */
SSL_CTX *identity_context(const struct net_identity *i); /* borrowed */
/* All borrowed; `issuer` may be NULL. NULL with ERR_ENVIRONMENT. */
struct net_identity *identity_of(X509 *certificate, X509 *issuer, EVP_PKEY *key, struct err *e);

/* issue.c */
/* A fresh certificate for this domain, signed by itself, and its key: the caller's. */
int self_signed(const char *domain, X509 **certificate, EVP_PKEY **key, struct err *e);

/* certificate.c */
/* Whether the certificate is for this domain: dNSName, SRVName, XmppAddr or an address (RFC 6120 section 13.7.2). */
bool certificate_is_for(X509 *certificate, const char *domain, bool s2s);
#endif
