/* The loop's turns: what changed is settled, epoll is asked, what came is served, and whose time is up is told. The work of a turn grows
 * with what happened in it, not with the number of connections. */
#include "net/timers.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS 256 /* taken from epoll at once */

struct loop {
	int epoll;
	struct vec connections; /* struct connection *, all of them */
	struct vec touched;     /* those that may want something else than before */
	struct vec ready;       /* those to be served in this turn */
	struct vec timers;      /* a heap: timers.h */
	struct vec watches;     /* struct watch * */
	bool watches_over;      /* some are to be freed */
	bool stamps;            /* new connections are asked for instants of arrival */
	bool coarse;            /* this kernel waits for whole milliseconds only (Linux before 5.11) */
	int64_t idle;
};

struct watch {
	int descriptor;
	void (*callback)(void *context); /* NULL: it is over */
	void *context;
};

/* What epoll hands back is a connection or a watch: the latter has this bit set in its address. */
#define WATCH_MARK ((uintptr_t)1)

struct loop *loop_new(void)
{
	struct loop *l = memory_alloc(sizeof *l);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	return l;
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
	vec_release(&l->touched);
	vec_release(&l->ready);
	vec_release(&l->timers);
	if (l->epoll >= 0)
		close(l->epoll);
	free(l);
}

void loop_add(struct loop *l, struct connection *c)
{
	c->position = l->connections.count;
	c->expires = CLOCK_FOREVER;
	vec_push(&l->connections, c);
	loop_touch(l, c);
}

void loop_touch(struct loop *l, struct connection *c)
{
	if (c->touched)
		return;
	c->touched = true;
	vec_push(&l->touched, c);
}

/* Said aloud even where the descriptor is about to be closed: a child of a fork may hold a copy, and then closing ours ends nothing. */
void loop_forget(struct loop *l, struct connection *c)
{
	if (c->polled)
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, c->descriptor, NULL);
	c->polled = 0;
}

void loop_stamp_arrivals(struct loop *l)
{
	l->stamps = true;
}

bool loop_stamps(const struct loop *l)
{
	return l->stamps;
}

int64_t loop_idle(const struct loop *l)
{
	return l->idle;
}

void loop_watch(struct loop *l, int descriptor, void (*callback)(void *context), void *context)
{
	for (size_t i = 0; i < l->watches.count; i++) {
		struct watch *w = l->watches.items[i];
		if (w->descriptor != descriptor || !w->callback)
			continue;
		w->callback = NULL;
		l->watches_over = true;
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, descriptor, NULL);
	}
	if (!callback)
		return;
	struct watch *w = memory_alloc(sizeof *w);
	*w = (struct watch){ descriptor, callback, context };
	vec_push(&l->watches, w);
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = (uintptr_t)w | WATCH_MARK };
	epoll_ctl(l->epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static void reap_watches(struct loop *l)
{
	size_t kept = 0;
	for (size_t i = 0; i < l->watches.count; i++) {
		struct watch *w = l->watches.items[i];
		if (w->callback)
			l->watches.items[kept++] = w;
		else
			free(w);
	}
	l->watches.count = kept;
	l->watches_over = false;
}

static void reap(struct loop *l, struct connection *c)
{
	for (size_t i = 0; c->ready && i < l->ready.count; i++) /* a signal ended the turn that was to serve it */
		if (l->ready.items[i] == c)
			vec_remove(&l->ready, i--);
	timers_set(&l->timers, c, CLOCK_FOREVER);
	struct connection *last = l->connections.items[l->connections.count - 1];
	l->connections.items[c->position] = last;
	last->position = c->position;
	l->connections.count--;
	connection_free(c);
}

static uint32_t wanted_events(const struct connection *c)
{
	if (c->phase == CONNECTION_ENDED || c->failed || c->descriptor < 0)
		return 0;
	if (c->phase == CONNECTION_CONNECTING)
		return EPOLLOUT;
	return EPOLLIN | (c->wants_write ? (uint32_t)EPOLLOUT : 0);
}

static void poll_for(struct loop *l, struct connection *c, uint32_t events)
{
	if (!events) {
		loop_forget(l, c);
	} else if (events != c->polled) {
		struct epoll_event event = { .events = events, .data.u64 = (uintptr_t)c };
		if (epoll_ctl(l->epoll, c->polled ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->descriptor, &event) < 0)
			connection_fail(c, ERR_ENVIRONMENT, "it cannot be watched: %s", strerror(errno));
		else
			c->polled = events;
	}
}

static void serve_soon(struct loop *l, struct connection *c)
{
	if (c->ready)
		return;
	c->ready = true;
	vec_push(&l->ready, c);
}

/* Sees what each connection waits for since it was touched, and frees those that are over. */
static void settle(struct loop *l)
{
	for (size_t i = 0; i < l->touched.count; i++) { /* a fault of epoll_ctl touches one more */
		struct connection *c = l->touched.items[i];
		c->touched = false;
		if (c->released && c->phase == CONNECTION_ENDED) {
			reap(l, c);
			continue;
		}
		bool over = c->phase == CONNECTION_ENDED;
		poll_for(l, c, wanted_events(c));
		timers_set(&l->timers, c,
			over || c->failed                       ? CLOCK_FOREVER
				: c->deadline < c->attempt_ends ? c->deadline
								: c->attempt_ends);
		bool waits_not = c->serve_now && (c->phase == CONNECTION_OPEN || c->phase == CONNECTION_HANDSHAKING);
		if (!over && (waits_not || c->failed))
			serve_soon(l, c);
	}
	l->touched.count = 0;
}

/* Waits until `until` at the latest; the number of events, -1 when a signal came. */
static int await_events(struct loop *l, int64_t until, struct epoll_event *events)
{
	int64_t began = clock_now(), span = until <= began ? 0 : until - began;
	const struct timespec limit = { span / CLOCK_SECOND, span % CLOCK_SECOND };
	int count = -1;
	if (!l->coarse) {
		count = epoll_pwait2(l->epoll, events, EVENTS, until == CLOCK_FOREVER ? NULL : &limit, NULL);
		l->coarse = count < 0 && errno == ENOSYS;
	}
	if (l->coarse)
		count = epoll_wait(l->epoll, events, EVENTS, span ? clock_poll_timeout(until) : 0);
	if (span)
		l->idle += clock_now() - began;
	return count;
}

static int serve(struct loop *l, struct connection *c)
{
	int told = 0;
	short events = c->events;
	c->ready = false;
	c->events = 0;
	if (c->phase != CONNECTION_ENDED && !c->failed)
		told += connection_serve(c, events);
	told += connection_tell(c);
	loop_touch(l, c);
	return told;
}

static int expire(struct loop *l, int64_t now)
{
	int told = 0;
	struct connection *c;
	while ((c = timers_first(&l->timers)) && c->expires <= now) {
		timers_set(&l->timers, c, CLOCK_FOREVER); /* settling puts it back where it has another time */
		connection_expire(c, now);
		told += connection_tell(c);
		loop_touch(l, c);
	}
	return told;
}

/* One look at the descriptors; -1 when a signal came, which the caller may want to know of. */
static int turn(struct loop *l, int64_t deadline)
{
	struct epoll_event events[EVENTS];
	const struct connection *first = timers_first(&l->timers);
	if (first && first->expires < deadline)
		deadline = first->expires;
	if (l->ready.count)
		deadline = 0;
	int count = await_events(l, deadline, events), told = 0;
	if (count < 0)
		return -1;
	int64_t now = clock_now();
	for (int i = 0; i < count; i++) {
		if (events[i].data.u64 & WATCH_MARK) {
			struct watch *w = (struct watch *)(uintptr_t)(events[i].data.u64 & ~(uint64_t)WATCH_MARK);
			if (w->callback) {
				w->callback(w->context);
				told++;
			}
		} else {
			struct connection *c = (struct connection *)(uintptr_t)events[i].data.u64;
			c->events = (short)((events[i].events & EPOLLOUT ? POLLOUT : 0) |
				(events[i].events & ~(uint32_t)EPOLLOUT ? POLLIN : 0));
			serve_soon(l, c);
		}
	}
	for (size_t i = 0; i < l->ready.count; i++) /* none is added meanwhile: callbacks only touch */
		told += serve(l, l->ready.items[i]);
	l->ready.count = 0;
	return told + expire(l, now);
}

int loop_once(struct loop *l, int64_t deadline)
{
	for (;;) {
		settle(l);
		if (l->watches_over)
			reap_watches(l);
		int told = turn(l, deadline);
		if (told)
			return told > 0 ? told : 0;
		if (clock_now() >= deadline)
			return 0;
	}
}
