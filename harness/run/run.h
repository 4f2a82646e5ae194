/* run/run.h: plan, workers, verdicts, journal.
 *
 * The room promises: each scenario runs in a process of its own (own process group, a deadline, ended whole); the
 * parent owns the journal, the accounts and the screen; no verdict without evidence in the journal; a fault of ours
 * or of this machine becomes `error`, never `fail`. */
#ifndef ASSAY_RUN_RUN_H
#define ASSAY_RUN_RUN_H
#include "run/mutation.h"
#include "script/profile.h"
#include "script/script.h"
#include "target/client.h"
#include "target/target.h"

enum verdict { VERDICT_PASS, VERDICT_WEAK, VERDICT_FAIL, VERDICT_UNSUPPORTED, VERDICT_INCONCLUSIVE, VERDICT_ERROR };
const char *verdict_name(enum verdict v);
enum verdict verdict_named(const char *name); /* by that name; VERDICT_ERROR for any other */
int verdict_severity(enum verdict v);         /* how bad it is for the scenario as a whole: larger is worse */

struct run_progress { /* after each event worth showing */
	size_t planned, ended, running;
	unsigned counts[VERDICT_ERROR + 1]; /* checks by verdict so far, but for the known */
	unsigned known;                     /* checks whose verdict the baseline expects and that is no pass */
	int64_t elapsed, left;              /* nanoseconds; left is an estimate, -1 while unknown */
	const char *scenario;               /* the scenario that just ended, or NULL */
	enum verdict verdict;               /* its verdict; what the baseline expects does not count against it */
	const char *message;                /* its first message that is not a pass, or NULL */
	int64_t took;                       /* its nanoseconds */
};

struct mutation_result {
	enum strike_state state;
	enum verdict verdict; /* of the check that the mutation is aimed at */
	const char *message;  /* of that verdict; borrowed for the call */
};

struct run_options {
	const char *driver;        /* "native" */
	unsigned jobs;             /* 0: a sensible default */
	unsigned repeat;           /* 0 as 1 */
	int64_t step_deadline;     /* default for `gets` and the like, ns; 0: 5 s */
	int64_t scenario_deadline; /* ns; 0: 60 s */
	bool shuffle;
	unsigned seed;
	const char *out;                   /* directory; the journal is out/journal.jsonl */
	const char *checks;                /* glob over check ids: only these get a verdict; NULL all */
	const struct profile *profile;     /* for the journal, or NULL */
	bool narrowed;                     /* only a part of what the profile plays is played */
	const char *const *arguments;      /* as typed, for the journal; ended by NULL; never holds secrets */
	const struct baseline *baseline;   /* or NULL */
	const struct catalogue *catalogue; /* what the citations say, for the reports; or NULL */
	void (*progress)(void *context, const struct run_progress *p);
	void *progress_context;
	/* Where set, each of these (struct mutation *, borrowed) is played instead of the scenarios, nothing is written, and
	 * `mutated` gets what came of each as it ends. */
	const struct vec *mutations;
	void (*mutated)(void *context, const struct mutation *m, const struct mutation_result *result);
	struct target *peer; /* a second target, whose people those of the first speak with; borrowed, or NULL */
	const struct client
		*client; /* the client under test, which the target is the reference server of; borrowed, or NULL */
	const struct client *second; /* a second one, which the first speaks with; borrowed, or NULL */
	const char *peer_name;       /* what scenarios call it: `at NAME` */
	bool trace;                  /* the transcript of every scenario on standard error as it happens */
};
struct run_totals {
	unsigned counts[VERDICT_ERROR + 1], known;
	int64_t wall, idle, harness_processor, server_processor;
	bool interrupted;
};

/* Runs the scenarios (struct scenario *, borrowed) against the target; blocks until all ended or SIGINT/SIGTERM.
 * Returns 0 when a journal was written whole (whatever the verdicts), -1 with ERR_CONNECTION or ERR_REFUSED when the
 * target could not be reached or logged in to at all, ERR_ENVIRONMENT or ERR_INTERNAL otherwise. */
int run_scenarios(const struct run_options *options, struct target *target, const struct vec *scenarios,
	struct run_totals *totals, struct err *e);

/* How many checks a scenario has (for a scansion script it is one), and whether any of them is selected by the glob
 * (NULL selects all). */
size_t scenario_checks(const struct scenario *s);
bool scenario_selected(const struct scenario *s, const char *glob);

/* Discovery alone, for `assay doctor`: reaches the target, logs in, asks. */
int run_discover(struct target *target, struct features *features, struct err *e);
/* Comes once as the component that the target names (t->component is not NULL), and leaves. ERR_REFUSED where the server does not let
 * it in, ERR_CONNECTION where it cannot be reached, ERR_PROTOCOL where it speaks another protocol. */
int run_component(const struct target *t, struct err *e);
#endif
