/* target/client.h: the client under test, as the command line names it: where its adapter is, and what lies beside it
 * (fixtures/clients/NAME). */
#ifndef ASSAY_TARGET_CLIENT_H
#define ASSAY_TARGET_CLIENT_H
#include "base/err.h"
#include "base/memory.h"
#include <stdint.h>

struct client {
	char *name;             /* "profanity", or the path as given */
	char *adapter;          /* an absolute path */
	char *baseline;         /* path of expected verdicts, or NULL */
	struct vec claims;      /* char *: the words of the file `claims` */
	struct vec environment; /* char *: KEY=VALUE for the adapter */
	char *product;          /* "profanity 0.13.1", once it was asked; or NULL */
	int64_t slow;           /* likewise: how long the person who operates it may take, ns; 0 none does */
	unsigned jobs;          /* likewise: how many of it may run at once; 0 it does not matter */
};

/* `what`: the name of a folder of fixtures/clients, or the path of an executable. `options` (NULL none): KEY=VALUE texts. ERR_USAGE. */
struct client *client_open(const char *what, const struct vec *options, struct err *e);
void client_free(struct client *c); /* NULL is fine */
/* Names of the clients that there are, sorted, into the arena. */
void client_names(struct arena *a, struct vec *names);
#endif
