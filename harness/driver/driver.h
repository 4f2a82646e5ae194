/* driver/driver.h: who speaks for a scripted device.
 *
 * The room promises one interface over two stacks: `native` (ours, on xmpp/) and `strophe` (libstrophe). A device
 * is one session of one account. What arrives is handed to the runner whole, in order, with the instant at which its
 * last byte was read; what is sent is reported with the instant of its first byte. Nothing here judges. A driver
 * that cannot do a thing says so by its capabilities before anything is tried: the scenario is then `unsupported`
 * there. Calls return at once; driver_pump() does the work. One driver a process.
 *
 * A client under test is a device too, from the other side: nobody speaks for it. It is told by its adapter what to do, and what it
 * sends at the gateway, and what it shows, is what arrives (client_driver_new()). */
#ifndef ASSAY_DRIVER_DRIVER_H
#define ASSAY_DRIVER_DRIVER_H
#include "client/adapter.h"
#include "client/gateway.h"
#include "net/net.h"
#include "xml/xml.h"
#include <stdint.h>

enum driver_capability {
	DRIVER_DIRECT_TLS = 1 << 0, /* connect over direct TLS */
	DRIVER_UNBOUND = 1 << 1,    /* stop after authentication, before binding */
	DRIVER_MECHANISM = 1 << 2,  /* choose the SASL mechanism */
	DRIVER_CUT = 1 << 3,        /* end the connection abruptly */
	DRIVER_SM = 1 << 4,         /* manual stream management: counters, acks by hand, resumption */
	DRIVER_RAW = 1 << 5,        /* send bytes that are not a stanza */
	DRIVER_FAITHFUL = 1 << 6,   /* received stanzas keep prefixes and attributes with namespaces */
	DRIVER_FEATURES = 1 << 7,   /* stream features are shown as stanzas */
	DRIVER_WEB = 1 << 8,        /* connect over WebSocket beside the run's own transport */
	DRIVER_BARE = 1 << 9,       /* leave the setting up of a stream to the scenario */
	DRIVER_COMPONENT = 1 << 10, /* come as a component, its stream set up or left to the scenario */
	DRIVER_CLEAR = 1 << 11,     /* connect without TLS where measuring asks for it */
	DRIVER_TOKEN = 1 << 12,     /* log in with a token (FAST) */
	DRIVER_CLIENT = 1 << 13,    /* has a loop that a client under test can be served by */
};

enum device_state {
	DEVICE_IDLE, /* never connected, or connecting not yet asked for */
	DEVICE_CONNECTING,
	DEVICE_UNBOUND, /* authenticated, features read, no resource bound (only where asked for) */
	DEVICE_ONLINE,  /* bound, or resumed */
	DEVICE_CLOSED,  /* ended cleanly by either side, or cut by us */
	DEVICE_FAILED,  /* device_error() says why */
};

/* How far the driver sets up a stream by itself. After the last three, which end in DEVICE_UNBOUND, all that comes is handed
 * over, headers of streams as empty elements too, and a stream error does not end the device before the server has. */
enum device_goal {
	GOAL_BOUND,
	GOAL_UNBOUND,   /* authenticated, features read */
	GOAL_CONNECTED, /* TCP, and TLS where it is direct */
	GOAL_SECURED,   /* TLS */
	GOAL_SUCCEEDED, /* authenticated, the stream not restarted */
};

/* What a client under test needs besides. Borrowed. */
struct device_client {
	const char *adapter;                   /* path of its adapter */
	const char *certificate, *key;         /* what the gateway shows it: PEM files */
	const char *authority, *authority_key; /* who has signed that, for lies about it; or NULL */
	const struct vec *environment;         /* more for the adapter, KEY=VALUE texts; or NULL */
};

/* How to connect; strings are borrowed until the device is freed. */
struct device_config {
	const char *label; /* the actor's name, for messages */
	const char *user, *domain, *password;
	const char *resource;  /* asked for when binding; NULL lets the server choose */
	const char *host;      /* where to connect; NULL: the domain */
	int port, direct_port; /* 0 where not offered */
	const char *ca_file;   /* NULL: the system's */
	bool verify;
	enum transport transport;
	const char *url;       /* of a transport over HTTP */
	const char *mechanism; /* NULL: the strongest that both have; "NAME-PLUS/TYPE" chooses the binding too */
	int highest_tls;       /* 0, or TLS1_2_VERSION */
	enum device_goal goal;
	enum net_clear
		without_tls; /* for measure/ alone (xmpp/stream.h): no TLS, and a password is proved by SCRAM or not at all */
	/* Only with GOAL_BOUND: log in by SASL2 with the token that an earlier connection of this device was given (FAST, XEP-0484); with the
	 * password, and ask for a token, where it has none. */
	bool by_token;
	/* Only with GOAL_BOUND and GOAL_CONNECTED: come as a component (XEP-0114), whose domain and secret `domain` and `password` are. Once
	 * it is let in, stanzas are in jabber:client here, whatever they are on the wire; after GOAL_CONNECTED they are as on the wire. */
	bool as_component;
	bool as_server; /* only with GOAL_CONNECTED and GOAL_SECURED: come as another server, to `port`; else as a client */
	const char
		*own_domain; /* where a certificate is asked for, one of this domain's, signed by itself; NULL: none */
	const struct device_client
		*client; /* of a client under test, else NULL; `host` and `port` are the server's, behind the gateway */
};

struct device;
struct device_callbacks {
	/* A stanza, or any other first-level element (stream management, stream errors; stream features after
	 * authentication), has come. `doc` is the callee's to free. */
	void (*received)(void *context, xmlDoc *doc, int64_t when);
	/* An element was sent (also those that the driver sends by itself: authentication is left out). Borrowed. */
	void (*sent)(void *context, const xmlNode *element, int64_t when);
	/* The state has changed. */
	void (*changed)(void *context, enum device_state state);
	/* Of a client under test: an element passes the gateway, said by the client (which is then `received` as a copy) or to it (then
	 * `sent`). It may be changed. True to let it pass. */
	bool (*passes)(void *context, bool from_client, xmlNode *element, int64_t when);
	/* A remark for the transcript: "TLS 1.3, TLS_AES_256_GCM_SHA384, SCRAM-SHA-256, bound as …". */
	void (*note)(void *context, const char *text);
};

struct driver;
/* `name`: "native" or "strophe"; NULL with ERR_USAGE for another. */
struct driver *driver_new(const char *name, struct err *e);
void driver_free(struct driver *d);
/* What it can do over this transport; 0 where it does not speak it. */
unsigned driver_capabilities(const struct driver *d, enum transport t);
const char *driver_name(const struct driver *d);
/* Works until something was dispatched or `deadline` (monotonic) has passed. */
void driver_pump(struct driver *d, int64_t deadline);
int64_t driver_idle(const struct driver *d); /* nanoseconds spent waiting with nothing to do */
/* Devices that connect from now on hand over what they receive with the instant at which the kernel had its last byte, where it is known
 * (net_came_at), in place of that at which it was read. Native only; elsewhere, and over BOSH, nothing changes. */
void driver_stamp_arrivals(struct driver *d);
/* The loop that it works on, for what else shall be done while it is pumped (requests over HTTP); NULL where it has none of ours. */
struct loop *driver_loop(struct driver *d);
/* Wake driver_pump when this descriptor is readable (one at most; -1 none). */
void driver_watch(struct driver *d, int descriptor, void (*callback)(void *context), void *context);

/* A driver of clients under test, beside the one whose loop it borrows. A device of it connects when its client is told to and has come to
 * the gateway with a session; it stays online, whatever becomes of the client's connections, until it is closed or its adapter ends:
 * device_error() then has a class as adapter_error(). device_send() is to the client. */
struct driver *client_driver_new(struct loop *l);

struct device *device_new(
	struct driver *d, const struct device_config *config, const struct device_callbacks *callbacks, void *context);
void device_free(struct device *v); /* cuts the connection if there is one */
/* Starts to connect (also again, after the device was closed, failed or cut; `config` may have been changed between
 * by device_configure). Ends in DEVICE_ONLINE, DEVICE_UNBOUND or DEVICE_FAILED. */
void device_connect(struct device *v);
void device_configure(struct device *v, const struct device_config *config);
/* Connects, authenticates and resumes the stream management session that this device had (XEP-0198 section 5),
 * saying `h`, or the device's own count where h is negative. DEVICE_ONLINE when <resumed/> came; <failed/> leaves it
 * DEVICE_UNBOUND. Either element is also `received`. */
void device_resume(struct device *v, int64_t h);
void device_close(struct device *v); /* clean: </stream:stream>, waits for the peer's, then DEVICE_CLOSED */
void device_cut(struct device *v);   /* abrupt; DEVICE_CLOSED at once */
void device_send(struct device *v, const xmlNode *element);
void device_send_raw(struct device *v, const char *bytes, size_t length);
/* Of a device that was to stop early (GOAL_CONNECTED and later): begins TLS (DEVICE_CONNECTING until the handshake has ended);
 * takes what comes from now on for a new stream. */
void device_secure(struct device *v);
void device_restart(struct device *v);
/* Stream management: answer <r/> by itself (the default) or leave it to the scenario. */
void device_answer_acks(struct device *v, bool by_itself);

/* ---- of a client under test ---- */

/* A command for its adapter, of one line (docs/adapters.md). The answer is ADAPTER_WAITS until it came. */
void device_tell(struct device *v, const char *command);
enum adapter_answer device_answer(const struct device *v);
const char *device_reason(const struct device *v); /* what the adapter gave with its answer */
/* The command was not answered in time: the adapter is ended, and the device fails. */
void device_give_up(struct device *v, const char *command);
/* Ends the adapter for another fault of its own, which `what` tells. */
void device_blame(struct device *v, const char *what);
/* To the client: what was kept back when it passed. */
void device_release(struct device *v, const xmlNode *element);
/* Resets its connections; the device stays online, and the client may come again. */
void device_break(struct device *v);
/* What the gateway lies about from now on, and what has become of it (gateway_deceive() and what is below it in client/gateway.h). */
int device_deceive(struct device *v, const char *lie, struct err *e);
enum gateway_attempt device_attempt(const struct device *v);
unsigned device_attempts_over(const struct device *v);
const char *device_deed(const struct device *v);
/* Likewise, and ends its sessions with the server properly: the fact "client.ending" is "yes" until the server has done so too. */
void device_end(struct device *v);
/* From now on, until its connection is cut, what the client sends comes to nobody. It is `received` as ever. */
void device_lose(struct device *v);
/* Ends the adapter, as late as `deadline`; false where it had to be ended by force. Fine for any device. */
bool device_retire(struct device *v, int64_t deadline);

enum device_state device_state(const struct device *v);
const struct err *device_error(const struct device *v); /* borrowed; class ERR_NONE while all is well */
const char *device_jid(const struct device *v); /* full address once bound (a component's: its domain), else NULL */
/* Facts by name for the variables of a scenario: "sm.id", "sm.h" (stanzas handled since <enabled/>), "sm.sent"
 * (stanzas sent since <enable/>; after a resumption it goes on from the server's h), "tls.version", "tls.cipher",
 * "client.online" ("yes" while a client under test has a session), "client.name", "client.version", "tls.number" ("0304"), "tls.asked" ("yes" or "no": for our certificate), "sasl.mechanism", "sasl.took" (nanoseconds from our
 * first word of authentication to the server's last), "stream.end" ("tag" where </stream:stream> came, "connection" where it ended
 * without), "time.began", "time.resolved", "time.connected", "time.secured", "time.authenticated" and "time.ready" (struct
 * stream_times, monotonic nanoseconds; native only), and words parted by blanks: "sasl.mechanisms" (offered after TLS), "sasl.bindings" (announced types),
 * "stream.features" (namespaces of all features of this connection so far). "token.mechanism": of the token that the device has, as "HT-SHA-256-NONE". "binding TYPE": the bytes of a channel binding of
 * the connection. "" where unknown. Into `out`. */
void device_fact(const struct device *v, const char *name, struct buf *out);
/* The last stream features (NULL where the driver hides them); borrowed until the next event. */
const xmlNode *device_features(const struct device *v);

/* Registers an account by in-band registration (XEP-0077) before authentication, on a connection of its own:
 * synchronous, until `deadline`. Several accounts go over one stream where the server allows it. Native only.
 * ERR_REFUSED when the server says no, ERR_UNSUPPORTED when it offers none. */
struct driver_account {
	const char *user, *password;
};
int driver_register(struct driver *d, const struct device_config *config, const struct driver_account *accounts,
	size_t count, int64_t deadline, struct err *e);
#endif
