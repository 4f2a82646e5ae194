/* target/place.h: where on loopback a program of a fixture listens. Private to this room. */
#ifndef ASSAY_TARGET_PLACE_H
#define ASSAY_TARGET_PLACE_H
#include "base/err.h"
#include <arpa/inet.h>

struct place {
	char address[INET_ADDRSTRLEN];
	int port; /* the first of sixteen that are free */
};

/* Chooses a place that nobody listens at, and that is none of the last eight which this process has chosen. ERR_ENVIRONMENT. */
int place_choose(struct place *p, struct err *e);
/* A connection to whoever listens there, the caller's to close; -1 while nobody does. */
int place_connect(const struct place *p);
#endif
