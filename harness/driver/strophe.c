/* The driver over libstrophe: an ordinary client that no one here wrote, so that a verdict which holds on both drivers
 * is not an artefact of ours. What is known of libstrophe 0.12 and how it is met here: the TLS handshake blocks its
 * whole context (one context in one worker process contains that); a connection that is released inside its own
 * callback is used after it was freed (so connections are marked, and released at the top of pump); parsed stanzas lose
 * prefixes and attributes with namespaces (no DRIVER_FAITHFUL); it manages streams by itself or not at all (it is told
 * not to, so no DRIVER_SM); as a component it crashes (no DRIVER_COMPONENT); select() without a bound on descriptors (a worker has few). */
#include "base/clock.h"
#include "driver/operations.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <sys/socket.h>
#include <time.h>

#define SLICE 50 /* milliseconds that one call of libstrophe may wait: its loop cannot watch a descriptor of ours */

struct strophe_driver {
	struct driver base;
	xmpp_ctx_t *context;
	xmpp_log_t log;
	struct vec devices;
	struct vec finished; /* xmpp_conn_t * to release at the top of pump */
	int64_t idle;
	int watched;
	void (*watch_callback)(void *context);
	void *watch_context;
	unsigned dispatched;
	char complaint[256]; /* the last warning that libstrophe logged */
};

struct strophe_device {
	struct device base;
	xmpp_conn_t *connection;
	int descriptor; /* of the socket, while there is a connection; libstrophe's */
	bool secured; /* TLS was seen up; when libstrophe tells that a connection ended, it has forgotten that already */
	char *jid;
};

static struct strophe_driver *driver_of(const struct device *v)
{
	return (struct strophe_driver *)v->driver;
}

static void keep_complaint(void *context, xmpp_log_level_t level, const char *area, const char *message)
{
	struct strophe_driver *d = context;
	(void)area;
	if (level >= XMPP_LEVEL_WARN)
		snprintf(d->complaint, sizeof d->complaint, "%s", message);
}

static struct driver *strophe_driver_new(struct err *e)
{
	struct strophe_driver *d = memory_alloc(sizeof *d);
	xmpp_initialize();
	d->log = (xmpp_log_t){ keep_complaint, d };
	d->watched = -1;
	d->context = xmpp_ctx_new(NULL, &d->log);
	if (d->context)
		return &d->base;
	free(d);
	err_set(e, ERR_ENVIRONMENT, NULL, "libstrophe gives no context");
	return NULL;
}

static void release_finished(struct strophe_driver *d)
{
	for (size_t i = 0; i < d->finished.count; i++)
		xmpp_conn_release(d->finished.items[i]);
	vec_clear(&d->finished);
}

static void strophe_driver_free(struct driver *base)
{
	struct strophe_driver *d = (struct strophe_driver *)base;
	release_finished(d);
	vec_release(&d->finished);
	vec_release(&d->devices);
	xmpp_ctx_free(d->context);
	xmpp_shutdown();
	free(d);
}

static int64_t processor_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * CLOCK_SECOND + t.tv_nsec;
}

static void look_at_watched(struct strophe_driver *d)
{
	struct pollfd watched = { .fd = d->watched, .events = POLLIN };
	if (d->watched < 0 || poll(&watched, 1, 0) <= 0)
		return;
	d->dispatched++;
	d->watch_callback(d->watch_context);
}

/* Acknowledge at once what the server sends in small pieces; else each of its steps costs 40 ms on loopback. The kernel
 * forgets this setting again and again. */
static void acknowledge_at_once(const struct strophe_device *v)
{
	int on = 1;
	if (v->descriptor >= 0)
		setsockopt(v->descriptor, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

static void look_at_connections(struct strophe_driver *d)
{
	for (size_t i = 0; i < d->devices.count; i++) {
		struct strophe_device *v = d->devices.items[i];
		if (!v->connection)
			continue;
		acknowledge_at_once(v);
		v->secured |= xmpp_conn_is_secured(v->connection);
	}
}

static void strophe_pump(struct driver *base, int64_t deadline)
{
	struct strophe_driver *d = (struct strophe_driver *)base;
	d->dispatched = 0;
	release_finished(d);
	look_at_watched(d);
	while (!d->dispatched) {
		look_at_connections(d);
		int64_t before = clock_now(), used = processor_now();
		int wait = clock_poll_timeout(deadline);
		xmpp_run_once(d->context, wait < 0 || wait > SLICE ? SLICE : (unsigned long)wait);
		d->idle += (clock_now() - before) - (processor_now() - used);
		look_at_watched(d);
		if (clock_now() >= deadline)
			return;
	}
}

static int64_t strophe_idle(const struct driver *base)
{
	return ((const struct strophe_driver *)base)->idle;
}

static void strophe_watch(struct driver *base, int descriptor, void (*callback)(void *context), void *context)
{
	struct strophe_driver *d = (struct strophe_driver *)base;
	d->watched = callback ? descriptor : -1;
	d->watch_callback = callback;
	d->watch_context = context;
}

static struct device *strophe_device_new(struct driver *base)
{
	struct strophe_device *v = memory_alloc(sizeof *v);
	v->descriptor = -1;
	vec_push(&((struct strophe_driver *)base)->devices, v);
	return &v->base;
}

static void set_aside(struct strophe_device *v)
{
	if (v->connection)
		vec_push(&driver_of(&v->base)->finished, v->connection);
	v->connection = NULL;
}

static void strophe_device_free(struct device *base)
{
	struct strophe_device *v = (struct strophe_device *)base;
	xmpp_conn_t *connection = v->connection;
	struct vec *devices = &driver_of(base)->devices;
	for (size_t i = 0; i < devices->count; i++)
		if (devices->items[i] == v)
			vec_remove(devices, i--);
	v->connection = NULL;              /* the callbacks of the release find nothing to tell */
	release_finished(driver_of(base)); /* of this device too, while there is one to call back */
	if (connection)
		xmpp_conn_release(connection);
	free(v->jid);
	free(v);
}

/* Hands a stanza over as our own document: libstrophe's text, read again. */
static void hand_over(struct strophe_device *v, xmpp_stanza_t *stanza, int64_t when)
{
	char *text;
	size_t length;
	struct err e;
	if (xmpp_stanza_to_text(stanza, &text, &length) != XMPP_EOK)
		return;
	xmlDoc *doc = xml_parse(text, length, &e);
	xmpp_free(driver_of(&v->base)->context, text);
	if (doc)
		v->base.callbacks->received(v->base.context, doc, when);
	else
		device_note(&v->base, "libstrophe printed a stanza that cannot be read again: %s", e.message);
}

static int on_stanza(xmpp_conn_t *connection, xmpp_stanza_t *stanza, void *context)
{
	struct strophe_device *v = context;
	const char *id = xmpp_stanza_get_id(stanza);
	if (v->connection != connection)
		return 0;
	driver_of(&v->base)->dispatched++;
	/* The answer to libstrophe's own binding is still on its way through the handlers when the device comes online. */
	if (id && strncmp(id, "_xmpp_", 6) == 0)
		return 1;
	hand_over(v, stanza, clock_now());
	return 1;
}

static void on_connect(struct strophe_device *v)
{
	const char *jid = xmpp_conn_get_bound_jid(v->connection);
	free(v->jid);
	v->jid = memory_copy_text(jid ? jid : xmpp_conn_get_jid(v->connection));
	xmpp_handler_add(v->connection, on_stanza, NULL, NULL, NULL, v);
	device_note(&v->base, "connected by libstrophe, bound as %s", v->jid);
	device_enter(&v->base, DEVICE_ONLINE);
}

static void on_disconnect(struct strophe_device *v, int error, xmpp_stream_error_t *stream_error)
{
	struct err why;
	const char *complaint = driver_of(&v->base)->complaint;
	bool online = v->base.state == DEVICE_ONLINE;
	if (stream_error && stream_error->stanza)
		hand_over(v, stream_error->stanza, clock_now());
	set_aside(v);
	if (stream_error)
		err_set(&why, ERR_REFUSED, NULL, "the server ended the stream with an error%s%s",
			stream_error->text ? ": " : "", stream_error->text ? stream_error->text : "");
	else if (online && error)
		err_set(&why, ERR_CONNECTION, NULL, "the connection was lost: %s", strerror(error));
	else if (online) {
		device_enter(&v->base, DEVICE_CLOSED);
		return;
	} else
		err_set(&why, v->secured ? ERR_REFUSED : ERR_CONNECTION, NULL, "%s: %s",
			v->secured ? "the server did not let it in" : "no connection",
			*complaint ? complaint : "no reason given");
	device_fail(&v->base, &why);
}

static void on_event(
	xmpp_conn_t *connection, xmpp_conn_event_t event, int error, xmpp_stream_error_t *stream_error, void *context)
{
	struct strophe_device *v = context;
	if (v->connection != connection)
		return;
	driver_of(&v->base)->dispatched++;
	switch (event) {
	case XMPP_CONN_RAW_CONNECT:
		break;
	case XMPP_CONN_CONNECT:
		on_connect(v);
		break;
	case XMPP_CONN_DISCONNECT:
	case XMPP_CONN_FAIL:
		on_disconnect(v, error, stream_error);
		break;
	}
}

/* libstrophe shows the socket of a connection to a callback that takes nothing else; it calls it from within the call
 * that connects. */
static struct strophe_device *connecting;

static int on_socket(xmpp_conn_t *connection, void *socket)
{
	int on = 1;
	(void)connection;
	connecting->descriptor = *(int *)socket;
	setsockopt(connecting->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return 0;
}

static void strophe_connect(struct device *base)
{
	struct strophe_device *v = (struct strophe_device *)base;
	struct strophe_driver *d = driver_of(base);
	const struct device_config *c = &base->config;
	bool direct = c->transport == TRANSPORT_DIRECT;
	struct err why;
	set_aside(v);
	*d->complaint = 0;
	v->secured = false;
	v->connection = xmpp_conn_new(d->context);
	AUTO_TEXT jid =
		memory_printf("%s@%s%s%s", c->user, c->domain, c->resource ? "/" : "", c->resource ? c->resource : "");
	xmpp_conn_set_jid(v->connection, jid);
	xmpp_conn_set_pass(v->connection, c->password);
	if (c->ca_file)
		xmpp_conn_set_cafile(v->connection, c->ca_file);
	xmpp_conn_set_flags(v->connection,
		XMPP_CONN_FLAG_DISABLE_SM | (direct ? XMPP_CONN_FLAG_LEGACY_SSL : XMPP_CONN_FLAG_MANDATORY_TLS) |
			(c->verify ? 0 : XMPP_CONN_FLAG_TRUST_TLS));
	xmpp_conn_set_sockopt_callback(v->connection, on_socket);
	connecting = v;
	int port = direct ? c->direct_port : c->port;
	if (xmpp_connect_client(v->connection, c->host, (unsigned short)port, on_event, v) == XMPP_EOK)
		return;
	set_aside(v);
	err_set(&why, ERR_CONNECTION, c->host ? c->host : c->domain, "libstrophe cannot connect: %s",
		*d->complaint ? d->complaint : "no reason given");
	device_fail(base, &why);
}

static void strophe_close(struct device *base)
{
	xmpp_disconnect(((struct strophe_device *)base)->connection);
}

/* Gives up an attempt to connect. It is no DRIVER_CUT: libstrophe may still say goodbye in TLS. */
static void strophe_cut(struct device *base)
{
	set_aside((struct strophe_device *)base);
}

static void strophe_send_raw(struct device *base, const char *bytes, size_t length)
{
	xmpp_send_raw(((struct strophe_device *)base)->connection, bytes, length);
}

static void strophe_send(struct device *base, const xmlNode *element)
{
	BUF_AUTO text = BUF_INIT;
	xml_print(element, &text);
	strophe_send_raw(base, text.data, text.len);
	base->callbacks->sent(base->context, element, clock_now());
}

static const char *strophe_jid(const struct device *base)
{
	return ((const struct strophe_device *)base)->jid;
}

static void strophe_fact(const struct device *base, const char *name, struct buf *out)
{
	(void)base;
	(void)name; /* libstrophe tells neither the TLS parameters nor the mechanism */
	buf_add_text(out, "");
}

static const xmlNode *strophe_features(const struct device *base)
{
	(void)base;
	return NULL;
}

const struct driver_operations strophe_operations = {
	.name = "strophe",
	.capabilities = DRIVER_DIRECT_TLS | DRIVER_RAW,
	.driver_new = strophe_driver_new,
	.driver_free = strophe_driver_free,
	.pump = strophe_pump,
	.idle = strophe_idle,
	.watch = strophe_watch,
	.device_new = strophe_device_new,
	.device_free = strophe_device_free,
	.connect = strophe_connect,
	.close = strophe_close,
	.cut = strophe_cut,
	.send = strophe_send,
	.send_raw = strophe_send_raw,
	.jid = strophe_jid,
	.fact = strophe_fact,
	.features = strophe_features,
};
