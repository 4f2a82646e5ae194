/* net/timers.h: which connection's time is up first: a heap by `expires`, in which each connection knows its place. */
#ifndef ASSAY_NET_TIMERS_H
#define ASSAY_NET_TIMERS_H
#include "net/private.h"

/* Puts the connection where `when` (a monotonic instant, ns) belongs; CLOCK_FOREVER takes it out. */
void timers_set(struct vec *timers, struct connection *c, int64_t when);
/* The first to expire, NULL where none ever does. */
struct connection *timers_first(const struct vec *timers);
#endif
