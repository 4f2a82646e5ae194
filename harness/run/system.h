/* run/system.h: the systems of a run: the one under test, and perhaps a second one whose people it speaks with. */
#ifndef ASSAY_RUN_SYSTEM_H
#define ASSAY_RUN_SYSTEM_H
#include "script/script.h"
#include "target/client.h"
#include "target/target.h"

enum { SYSTEM_TESTED, SYSTEM_PEER, SYSTEMS };

struct system {                /* all borrowed */
	const char *name;      /* what scenarios call it, `at NAME`; NULL for the one under test */
	struct target *target; /* NULL: the run has none */
	const struct features *features;
	const struct client *client; /* the client under test, in front of which it is; NULL where the server is */
	const struct client *second; /* and another one, which the first speaks with; NULL where there is none */
};

/* Where an account, an actor's or a need's `at NAME` is, among the SYSTEMS; NULL is the one under test. */
static inline const struct system *system_of(const struct system *systems, const char *peer)
{
	return &systems[peer ? SYSTEM_PEER : SYSTEM_TESTED];
}
#endif
