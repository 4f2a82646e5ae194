#include "net/timers.h"

/* c->timer is the place in the heap, counted from one; 0: not in it. */

static int64_t expires_at(const struct vec *timers, size_t place)
{
	return ((const struct connection *)timers->items[place - 1])->expires;
}

static void put(struct vec *timers, size_t place, struct connection *c)
{
	timers->items[place - 1] = c;
	c->timer = place;
}

static void swap(struct vec *timers, size_t one, size_t two)
{
	struct connection *first = timers->items[one - 1];
	put(timers, one, timers->items[two - 1]);
	put(timers, two, first);
}

static void rise(struct vec *timers, size_t place)
{
	for (; place > 1 && expires_at(timers, place) < expires_at(timers, place / 2); place /= 2)
		swap(timers, place, place / 2);
}

static void sink(struct vec *timers, size_t place)
{
	for (;;) {
		size_t least = place;
		for (size_t child = 2 * place; child <= 2 * place + 1 && child <= timers->count; child++)
			if (expires_at(timers, child) < expires_at(timers, least))
				least = child;
		if (least == place)
			return;
		swap(timers, place, least);
		place = least;
	}
}

void timers_set(struct vec *timers, struct connection *c, int64_t when)
{
	if (c->expires == when)
		return;
	c->expires = when;
	if (!c->timer) {
		vec_push(timers, c);
		c->timer = timers->count;
	}
	size_t place = c->timer;
	if (when != CLOCK_FOREVER) {
		rise(timers, place);
		sink(timers, c->timer);
		return;
	}
	swap(timers, place, timers->count);
	timers->count--;
	c->timer = 0;
	if (place <= timers->count) {
		struct connection *moved = timers->items[place - 1];
		rise(timers, place);
		sink(timers, moved->timer);
	}
}

struct connection *timers_first(const struct vec *timers)
{
	return timers->count ? timers->items[0] : NULL;
}
