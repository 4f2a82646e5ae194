/* One connection: connecting, reading, writing, ending. */
#include "net/private.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_AT_ONCE  ((size_t)256 * 1024) /* of one connection, before others have their turn */
#define ATTEMPT_LIMIT (5 * CLOCK_SECOND)   /* for one address, while another is left */
#define GOODBYE_LIMIT (3 * CLOCK_SECOND)   /* for flushing and draining after net_close() */

static void close_descriptor(struct connection *c)
{
	if (c->descriptor >= 0) {
		loop_forget(c->loop, c);
		close(c->descriptor);
	}
	c->descriptor = -1;
}

void connection_free(struct connection *c)
{
	tls_release(c);
	close_descriptor(c);
	if (c->addresses)
		freeaddrinfo(c->addresses);
	free(c->place);
	if (c->output.data)
		OPENSSL_cleanse(c->output.data, c->output.capacity); /* passwords of registration and PLAIN */
	buf_release(&c->input);
	buf_release(&c->output);
	free(c);
}

void connection_fail(struct connection *c, enum err_class class, const char *format, ...)
{
	if (c->failed || c->phase == CONNECTION_ENDED)
		return;
	char text[sizeof c->error.message];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	err_set(&c->error, class, c->place, "%s", text);
	c->failed = true;
	loop_touch(c->loop, c);
}

/* ---- connecting ---- */

static void try_next_address(struct connection *c)
{
	while (c->next) {
		const struct addrinfo *a = c->next;
		c->next = a->ai_next;
		tls_release(c);
		close_descriptor(c);
		c->descriptor = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (c->descriptor < 0) {
			connection_fail(c, ERR_ENVIRONMENT, "no socket: %s", strerror(errno));
			return;
		}
		int on = 1;
		setsockopt(c->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		if (loop_stamps(c->loop))
			stamp_ask(c);
		if (connect(c->descriptor, a->ai_addr, a->ai_addrlen) == 0 || errno == EINPROGRESS) {
			c->phase = CONNECTION_CONNECTING;
			c->attempt_ends = c->next ? clock_now() + ATTEMPT_LIMIT : CLOCK_FOREVER;
			return;
		}
		if (!c->next)
			connection_fail(c, errno == EADDRNOTAVAIL ? ERR_ENVIRONMENT : ERR_CONNECTION,
				"cannot connect: %s", strerror(errno));
	}
	if (!c->failed)
		connection_fail(c, ERR_CONNECTION, "cannot connect");
}

static struct connection *connection_new(struct loop *l, net_callback *callback, void *context)
{
	struct connection *c = memory_alloc(sizeof *c);
	*c = (struct connection){ .loop = l,
		.callback = callback,
		.context = context,
		.descriptor = -1,
		.attempt_ends = CLOCK_FOREVER,
		.deadline = CLOCK_FOREVER };
	loop_add(l, c);
	return c;
}

struct connection *net_connect_failed(struct loop *l, const struct err *why, net_callback *callback, void *context)
{
	struct connection *c = connection_new(l, callback, context);
	c->error = *why;
	c->failed = true;
	return c;
}

struct connection *net_connect(struct loop *l, const char *host, int port, net_callback *callback, void *context)
{
	struct connection *c = connection_new(l, callback, context);
	c->place = memory_printf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
	char service[16];
	snprintf(service, sizeof service, "%d", port);
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	int fault = getaddrinfo(host, service, &hints, &c->addresses);
	if (fault) {
		connection_fail(c, fault == EAI_SYSTEM || fault == EAI_MEMORY ? ERR_ENVIRONMENT : ERR_CONNECTION,
			"the name cannot be resolved: %s", fault == EAI_SYSTEM ? strerror(errno) : gai_strerror(fault));
		return c;
	}
	c->resolved_at = clock_now();
	c->next = c->addresses;
	try_next_address(c);
	return c;
}

static void note_peer(struct connection *c)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof address;
	char host[NI_MAXHOST], service[NI_MAXSERV];
	if (getpeername(c->descriptor, (struct sockaddr *)&address, &size) == 0 &&
		getnameinfo((struct sockaddr *)&address, size, host, sizeof host, service, sizeof service,
			NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(c->peer, sizeof c->peer, strchr(host, ':') ? "[%.63s]:%.7s" : "%.63s:%.7s", host, service);
}

struct connection *connection_adopt(struct loop *l, int descriptor)
{
	struct connection *c = connection_new(l, NULL, NULL);
	int on = 1;
	c->descriptor = descriptor;
	c->phase = CONNECTION_OPEN;
	setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	note_peer(c);
	c->place = memory_copy_text(c->peer);
	return c;
}

void net_take(struct connection *c, net_callback *callback, void *context)
{
	c->callback = callback;
	c->context = context;
}

/* Whether the owner was told something. */
static int connect_ended(struct connection *c)
{
	int fault = 0;
	socklen_t size = sizeof fault;
	if (getsockopt(c->descriptor, SOL_SOCKET, SO_ERROR, &fault, &size) < 0)
		fault = errno;
	if (fault) {
		if (c->next)
			try_next_address(c);
		else
			connection_fail(c, ERR_CONNECTION, "cannot connect: %s", strerror(fault));
		return 0;
	}
	c->phase = CONNECTION_OPEN;
	c->attempt_ends = CLOCK_FOREVER;
	note_peer(c);
	c->callback(c, NET_CONNECTED, c->context);
	return 1;
}

void net_start_tls(struct connection *c, const struct net_tls *options)
{
	if (c->phase != CONNECTION_OPEN || c->failed)
		return;
	c->tls = *options;
	c->tls.server_name = memory_copy_text(options->server_name);
	c->tls.ca_file = memory_copy_text(options->ca_file);
	c->tls.alpn = memory_copy_text(options->alpn);
	c->tls.own_domain = memory_copy_text(options->own_domain);
	loop_touch(c->loop, c);
	if (tls_begin(c, &c->error)) {
		c->failed = true;
		return;
	}
	c->phase = CONNECTION_HANDSHAKING;
	/* The greeting leaves now, which saves a turn of the loop. A quick peer may even have answered by the time it is
	 * looked for, and then poll would have nothing left to show. */
	c->serve_now = tls_handshake(c) == TRANSFER_SOME;
}

void net_accept_tls(struct connection *c, const struct net_identity *who)
{
	if (c->phase != CONNECTION_OPEN || c->failed)
		return;
	buf_clear(&c->input);
	loop_touch(c->loop, c);
	if (tls_await(c, identity_context(who), &c->error)) {
		c->failed = true;
		return;
	}
	c->phase = CONNECTION_HANDSHAKING;
}

/* ---- reading and writing ---- */

static enum transfer read_some(struct connection *c, char *bytes, size_t size, size_t *count)
{
	if (c->ssl)
		return tls_read(c, bytes, size, count);
	ssize_t got = c->stamped ? stamp_receive(c, bytes, size) : recv(c->descriptor, bytes, size, 0);
	if (got > 0) {
		*count = (size_t)got;
		return TRANSFER_SOME;
	}
	if (got == 0)
		return TRANSFER_END;
	if (errno == EAGAIN || errno == EINTR)
		return TRANSFER_LATER;
	connection_fail(c, ERR_CONNECTION, "the connection was lost: %s", strerror(errno));
	return TRANSFER_BROKEN;
}

static enum transfer write_some(struct connection *c, size_t *count)
{
	if (c->ssl)
		return tls_write(c, c->output.data, c->output.len, count);
	ssize_t put = send(c->descriptor, c->output.data, c->output.len, MSG_NOSIGNAL);
	if (put >= 0) {
		*count = (size_t)put;
		return TRANSFER_SOME;
	}
	return errno == EAGAIN || errno == EINTR ? TRANSFER_LATER : TRANSFER_BROKEN;
}

static void flush(struct connection *c)
{
	c->wants_write = false;
	while (c->output.len && !c->output_broken) {
		size_t count = 0;
		switch (write_some(c, &count)) {
		case TRANSFER_SOME:
			c->written += count;
			buf_consume(&c->output, count);
			break;
		case TRANSFER_LATER:
			c->wants_write = true;
			return;
		case TRANSFER_END:
		case TRANSFER_BROKEN:
			/* What the peer said before it went (a stream error, say) is worth more than our loss:
			 * reading goes on and finds the end by itself. */
			c->output_broken = true;
			buf_clear(&c->output);
			break;
		}
	}
}

void net_write(struct connection *c, const void *bytes, size_t length)
{
	if (c->failed || c->output_broken || c->phase >= CONNECTION_FLUSHING)
		return;
	bool idle = c->output.len == 0;
	buf_add(&c->output, bytes, length);
	if (idle && c->phase == CONNECTION_OPEN) {
		flush(c);
		loop_touch(c->loop, c);
	}
}

/* A server that writes twice without reading between, and leaves Nagle's algorithm on, waits for our acknowledgement before
 * its second write leaves; the kernel would hold that back for 40 ms. The option lasts for one acknowledgement. */
static void acknowledge(const struct connection *c)
{
	int on = 1;
	setsockopt(c->descriptor, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

static int readable(struct connection *c)
{
	char bytes[16384];
	size_t total = 0, count;
	enum transfer result = TRANSFER_SOME;
	while (total < READ_AT_ONCE && (result = read_some(c, bytes, sizeof bytes, &count)) == TRANSFER_SOME) {
		c->read_at = clock_now();
		c->came_at = c->stamped ? c->received_at : c->read_at;
		total += count;
		buf_add(&c->input, bytes, count);
		if (count < sizeof bytes && !(c->ssl && SSL_has_pending(c->ssl))) {
			result =
				TRANSFER_LATER; /* there is no more: asking for it would be a system call for nothing */
			break;
		}
	}
	c->serve_now = result == TRANSFER_SOME;
	uint64_t written = c->written;
	int told = 0;
	if (total) {
		c->callback(c, NET_DATA, c->context);
		told++;
	}
	if (c->written == written && c->descriptor >= 0) /* what was answered has been acknowledged by the answer */
		acknowledge(c);
	if (result != TRANSFER_END || c->released || c->failed || c->phase != CONNECTION_OPEN)
		return told;
	c->phase = CONNECTION_ENDED;
	close_descriptor(c);
	c->callback(c, NET_CLOSED, c->context);
	return told + 1;
}

/* ---- ending ---- */

static void drain(struct connection *c)
{
	char bytes[16384];
	ssize_t got;
	while ((got = recv(c->descriptor, bytes, sizeof bytes, 0)) > 0)
		;
	if (got == 0 || (errno != EAGAIN && errno != EINTR))
		c->phase = CONNECTION_ENDED;
}

static void say_goodbye(struct connection *c)
{
	flush(c);
	if (c->output.len)
		return;
	if (c->ssl)
		SSL_shutdown(c->ssl);
	if (shutdown(c->descriptor, SHUT_WR) < 0 || c->output_broken) {
		c->phase = CONNECTION_ENDED;
		return;
	}
	c->phase = CONNECTION_DRAINING;
	drain(c);
}

void net_close(struct connection *c)
{
	c->released = true;
	loop_touch(c->loop, c);
	if (c->phase != CONNECTION_OPEN || c->failed) {
		c->phase = CONNECTION_ENDED;
		return;
	}
	c->deadline = clock_now() + GOODBYE_LIMIT;
	c->phase = CONNECTION_FLUSHING;
	say_goodbye(c);
}

void net_cut(struct connection *c)
{
	c->released = true;
	loop_touch(c->loop, c);
	c->phase = CONNECTION_ENDED;
	if (c->descriptor < 0)
		return;
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	setsockopt(c->descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close_descriptor(c);
}

void net_deadline(struct connection *c, int64_t when, const char *what)
{
	if (c->phase >= CONNECTION_FLUSHING)
		return;
	c->deadline = when;
	loop_touch(c->loop, c);
	snprintf(c->deadline_text, sizeof c->deadline_text, "%s", what ? what : "timed out");
}

/* ---- what the loop asks for ---- */

int connection_tell(struct connection *c)
{
	if (!c->failed || c->released || c->phase == CONNECTION_ENDED)
		return 0;
	c->phase = CONNECTION_ENDED;
	c->callback(c, NET_FAILED, c->context);
	return 1;
}

/* What the clock alone decides. */
void connection_expire(struct connection *c, int64_t now)
{
	if (c->phase == CONNECTION_ENDED || c->failed)
		return;
	if (now >= c->deadline) {
		if (c->released)
			c->phase = CONNECTION_ENDED;
		else
			connection_fail(c, ERR_CONNECTION, "%s", c->deadline_text);
	} else if (now >= c->attempt_ends) {
		try_next_address(c);
	}
}

int connection_serve(struct connection *c, short events)
{
	switch (c->phase) {
	case CONNECTION_CONNECTING:
		return events ? connect_ended(c) : 0;
	case CONNECTION_HANDSHAKING:
		if (!events && !c->serve_now)
			return 0;
		if (tls_handshake(c) != TRANSFER_SOME) {
			acknowledge(c);
			return 0;
		}
		c->phase = CONNECTION_OPEN;
		/* Data may have come behind the last bytes of the handshake, where poll does not see it. */
		c->serve_now = true;
		flush(c);
		c->callback(c, NET_SECURED, c->context);
		return 1;
	case CONNECTION_OPEN:
		if (events & POLLOUT)
			flush(c);
		return c->serve_now || (events & ~POLLOUT) ? readable(c) : 0;
	case CONNECTION_FLUSHING:
		if (events)
			say_goodbye(c);
		return 0;
	case CONNECTION_DRAINING:
		if (events)
			drain(c);
		return 0;
	case CONNECTION_RESOLVING:
	case CONNECTION_ENDED:
		return 0;
	}
	return 0;
}

/* ---- looking ---- */

struct buf *net_input(struct connection *c)
{
	return &c->input;
}

const struct err *net_error(const struct connection *c)
{
	return &c->error;
}

SSL *net_ssl(struct connection *c)
{
	return c->ssl;
}

bool net_certificate_asked(const struct connection *c)
{
	return c->certificate_asked;
}

int64_t net_read_at(const struct connection *c)
{
	return c->read_at;
}

int64_t net_came_at(const struct connection *c)
{
	return c->came_at;
}

int64_t net_resolved_at(const struct connection *c)
{
	return c->resolved_at;
}

const char *net_peer(const struct connection *c)
{
	return c->peer;
}

bool net_output_empty(const struct connection *c)
{
	return c->output.len == 0;
}
