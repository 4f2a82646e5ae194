/* cmd/tally.h: what came of each mutation, in a file of one JSON line each (mutations.jsonl), so that a stopped run goes on
 * where it was, and the figures at the end. */
#ifndef ASSAY_CMD_TALLY_H
#define ASSAY_CMD_TALLY_H
#include "run/run.h"

enum fate {
	FATE_KILLED,
	FATE_UNNAMED,   /* killed, but the message is about another stanza that was as near */
	FATE_SURVIVED,  /* the check passed all the same */
	FATE_UNCLEAR,   /* the check got no verdict, although the change was made */
	FATE_UNREACHED, /* the expectation was not used: the server answered by another alternative */
	FATE_IMPOSSIBLE /* the tokens of the pattern leave no room for such a change */
};

struct excuse { /* why a mutation leaves the behaviour conforming */
	char *check, *mutation, *reason;
};

struct tally {
	int descriptor;   /* mutations.jsonl; -1 none */
	struct map fates; /* "check TAB mutation" -> fate as a digit, of this run and of the one that it continues */
	struct vec survivors; /* char *: lines to show at the end */
	struct vec excuses;   /* struct excuse * */
	size_t counts[FATE_IMPOSSIBLE + 1], excused;
	size_t planned, ended;
	int64_t began, shown; /* monotonic */
	bool redraw;          /* standard error is a terminal */
};

/* Opens DIRECTORY/mutations.jsonl; with `resume` what is in it counts, else it begins anew. `excuses`: a file of check,
 * mutation and reason, parted by tabs. ERR_USAGE at file:line. */
int tally_open(struct tally *t, const char *directory, bool resume, const char *excuses, struct err *e);
/* Whether the mutation has its result from before. */
bool tally_has(const struct tally *t, const struct mutation *m);
/* A run_options.mutated; `context` is the tally. */
void tally_add(void *context, const struct mutation *m, const struct mutation_result *result);
/* The survivors and the figures, on standard output. True when none survived without a reason. */
bool tally_print(struct tally *t);
void tally_release(struct tally *t);
#endif
