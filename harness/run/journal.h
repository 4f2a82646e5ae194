/* run/journal.h: what a worker says while it runs (docs/journal.md), line by line, as each step happens.
 *
 * A worker writes into a pipe; its parent appends the journal's part of each line to the file. Every line is
 * redacted before it leaves the process. */
#ifndef ASSAY_RUN_JOURNAL_H
#define ASSAY_RUN_JOURNAL_H
#include "run/run.h"
#include <jansson.h>

struct voice {             /* one worker's way to the journal */
	int descriptor;    /* the pipe; borrowed */
	unsigned number;   /* "s" of every line */
	int64_t begin;     /* when the run began, monotonic */
	bool silent;       /* verdicts only: nothing for the journal */
	bool trace;        /* also tell a person on standard error */
	const char *label; /* the scenario's id, for the trace */
};

/* What is known of a check when its verdict is given. Texts are borrowed; NULL where there is none. */
struct finding {
	enum verdict verdict;
	bool raised;    /* a SHOULD that `must-if` made a MUST */
	bool again;     /* it came, but more than once */
	const char *by; /* the client under test whose step went wrong before, by its actor's name; or NULL */
	char message[1024];
	char path[256];
	char *expected, *actual; /* owned: finding_release */
	size_t matched[16];      /* numbers of the stanzas that matched */
	size_t matched_count;
	int64_t took; /* ns */
};
void finding_release(struct finding *f);

void journal_scenario(const struct voice *v, const struct scenario *s, const struct map *addresses, unsigned repeat,
	const char *checks);
void journal_step(const struct voice *v, const struct step *step);
/* What a device did with an element. `number`, where it is not 0, is its place among those that steps can look at. */
enum journal_way {
	JOURNAL_IN,    /* it received that */
	JOURNAL_OUT,   /* it sent that */
	JOURNAL_SHOWN, /* of a client under test: its user is shown that */
};
void journal_stanza(const struct voice *v, enum journal_way way, const char *actor, const xmlNode *node, size_t number,
	bool fence, int64_t when);
void journal_raw(const struct voice *v, const char *actor, const char *bytes);
void journal_note(const struct voice *v, const char *actor, const char *text);
/* What became of the mutation (an enum strike_state), for the parent alone. */
void journal_strike(const struct voice *v, int state);
/* `index` of the check among the scenario's checks, which the parent counts. */
void journal_check(const struct voice *v, const struct scenario *s, size_t index, const struct step *step,
	const struct finding *f);
/* Any other event of the scenario run, with its "e"; "t" and "s" are added. Takes the object. */
void journal_event(const struct voice *v, json_t *event);
/* What was found out about the server, of a step that keeps it for the report. */
void journal_value(const struct voice *v, const struct step *step, const char *text);
void journal_measure(const struct voice *v, const char *label, int64_t nanoseconds);
void journal_end(const struct voice *v, enum verdict verdict, const char *message, int64_t took, const char *postamble,
	int64_t idle);

/* ---- the parent's side ---- */
struct journal {
	int descriptor;
	int64_t begin;
};
/* Creates DIRECTORY/journal.jsonl anew. ERR_ENVIRONMENT. */
int journal_open(struct journal *j, const char *directory, struct err *e);
void journal_close(struct journal *j);
/* Appends one JSON line (without its newline). ERR_ENVIRONMENT when the disk is full and the like. */
int journal_append(struct journal *j, const char *json, size_t length, struct err *e);

/* The step of a check, counted over the scenario; NULL for a scansion script, whose one check has none. */
const struct step *scenario_check(const struct scenario *s, size_t index);
/* The id of a check: suite/scenario/check. Into the scenario's lifetime: borrowed. `out` holds the text for a
 * scansion script. */
const char *scenario_check_id(const struct scenario *s, size_t index, struct buf *out);
/* Whether the glob (NULL all) selects the check. */
bool scenario_check_selected(const struct scenario *s, size_t index, const char *glob);
#endif
