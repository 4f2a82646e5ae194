#include "net/private.h"
#include <poll.h>
#include <stdlib.h>

struct loop {
	struct vec connections; /* struct connection * */
	struct vec watches;     /* struct watch *; those that are over are taken out at the loop's top */
	struct pollfd *polled;  /* one a connection, then one a watch */
	size_t polled_capacity;
	int64_t idle;
};

struct watch {
	int descriptor;
	void (*callback)(void *context); /* NULL: it is over */
	void *context;
};

struct loop *loop_new(void)
{
	return memory_alloc(sizeof(struct loop));
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->connections.count; i++)
		connection_free(l->connections.items[i]);
	vec_release(&l->connections);
	for (size_t i = 0; i < l->watches.count; i++)
		free(l->watches.items[i]);
	vec_release(&l->watches);
	free(l->polled);
	free(l);
}

void loop_add(struct loop *l, struct connection *c)
{
	vec_push(&l->connections, c);
}

int64_t loop_idle(const struct loop *l)
{
	return l->idle;
}

void loop_watch(struct loop *l, int descriptor, void (*callback)(void *context), void *context)
{
	for (size_t i = 0; i < l->watches.count; i++) {
		struct watch *w = l->watches.items[i];
		if (w->descriptor == descriptor)
			w->callback = NULL;
	}
	if (!callback)
		return;
	struct watch *w = memory_alloc(sizeof *w);
	*w = (struct watch){ descriptor, callback, context };
	vec_push(&l->watches, w);
}

static void reap(struct loop *l)
{
	size_t kept = 0;
	for (size_t i = 0; i < l->connections.count; i++) {
		struct connection *c = l->connections.items[i];
		if (c->released && c->phase == CONNECTION_ENDED)
			connection_free(c);
		else
			l->connections.items[kept++] = c;
	}
	l->connections.count = kept;
	kept = 0;
	for (size_t i = 0; i < l->watches.count; i++) {
		struct watch *w = l->watches.items[i];
		if (w->callback)
			l->watches.items[kept++] = w;
		else
			free(w);
	}
	l->watches.count = kept;
}

static short wanted_events(const struct connection *c)
{
	if (c->phase == CONNECTION_CONNECTING)
		return POLLOUT;
	return (short)(POLLIN | (c->wants_write ? POLLOUT : 0));
}

/* Fills the poll table and returns the instant until which poll may sleep. */
static int64_t prepare(struct loop *l, int64_t deadline)
{
	size_t wanted = l->connections.count + l->watches.count;
	if (wanted >= l->polled_capacity) {
		l->polled_capacity = wanted * 2 + 1;
		l->polled = memory_resize(l->polled, l->polled_capacity * sizeof *l->polled);
	}
	for (size_t i = 0; i < l->connections.count; i++) {
		const struct connection *c = l->connections.items[i];
		bool live = c->phase != CONNECTION_ENDED && !c->failed;
		l->polled[i] = (struct pollfd){ .fd = live ? c->descriptor : -1, .events = wanted_events(c) };
		if (c->phase == CONNECTION_ENDED)
			continue;
		bool waits_not = c->serve_now && (c->phase == CONNECTION_OPEN || c->phase == CONNECTION_HANDSHAKING);
		if (waits_not || c->failed)
			deadline = 0;
		if (c->deadline < deadline)
			deadline = c->deadline;
		if (c->attempt_ends < deadline)
			deadline = c->attempt_ends;
	}
	for (size_t i = 0; i < l->watches.count; i++) {
		const struct watch *w = l->watches.items[i];
		l->polled[l->connections.count + i] = (struct pollfd){ .fd = w->descriptor, .events = POLLIN };
	}
	return deadline;
}

/* One look at the descriptors; -1 when a signal came, which the caller may want to know of. */
static int turn(struct loop *l, int64_t deadline)
{
	size_t count = l->connections.count, watches = l->watches.count; /* callbacks may add more */
	int64_t until = prepare(l, deadline), began = clock_now();
	int timeout = until <= began ? 0 : clock_poll_timeout(until);
	int ready = poll(l->polled, count + watches, timeout);
	int64_t now = clock_now();
	if (timeout)
		l->idle += now - began;
	if (ready < 0)
		return -1;
	int told = 0;
	for (size_t i = 0; i < watches; i++) {
		const struct watch *w = l->watches.items[i];
		if (l->polled[count + i].revents && w->callback) {
			w->callback(w->context);
			told++;
		}
	}
	for (size_t i = 0; i < count; i++) {
		struct connection *c = l->connections.items[i];
		if (c->phase != CONNECTION_ENDED && !c->failed)
			told += connection_serve(c, l->polled[i].fd >= 0 ? l->polled[i].revents : 0);
		connection_expire(c, now);
		told += connection_tell(c);
	}
	return told;
}

int loop_once(struct loop *l, int64_t deadline)
{
	for (;;) {
		reap(l);
		int told = turn(l, deadline);
		if (told)
			return told > 0 ? told : 0;
		if (clock_now() >= deadline)
			return 0;
	}
}
