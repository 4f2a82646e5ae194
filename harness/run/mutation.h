/* run/mutation.h: one change to what one device receives, made between its stream and its inbox, and the check that must
 * notice it.
 *
 * A mutation aims at one expectation of one check. While the scenario is played, it strikes when that expectation has
 * found its stanza: the stanza is dropped, doubled, given to another device, held back behind the next one, or spoiled (see
 * xml/attack.h), and the step looks again. Steps before the one aimed at see nothing of it. */
#ifndef ASSAY_RUN_MUTATION_H
#define ASSAY_RUN_MUTATION_H
#include "script/script.h"

struct stage;
struct player;

enum mutation_kind {
	MUTATION_DROPPED,
	MUTATION_TWICE,
	MUTATION_ASTRAY,      /* another device gets it */
	MUTATION_SWAPPED,     /* it comes behind the stanza that was expected next */
	MUTATION_SPOILED,     /* `detail` is the attack of xml/attack.h */
	MUTATION_ANSWER_ID,   /* an answer bears another id than the request */
	MUTATION_ANSWER_FROM, /* an answer comes from somebody else */
	MUTATION_INJECTED,    /* what `never` forbids comes */
	MUTATION_ASSERTION, /* what an XPath expression names is changed; `expectation` is the expression, `detail` the name */
	MUTATION_LEFT, /* the left text of `same` is another one; of `differ`: is the right one */
	MUTATION_RIGHT,
	MUTATION_KEPT_OPEN,  /* a stream that is to end stays */
	MUTATION_NO_TAG,     /* a stream that is to end cleanly ends without its closing tag */
	MUTATION_CUT,        /* a connection that is to come about breaks */
	MUTATION_ADMITTED,   /* who is to be refused is let in */
	MUTATION_UNANSWERED, /* a client that is to live does not answer */
	MUTATION_TURNED,     /* what keys can and cannot do turns out the other way */
	MUTATION_SLOWED,     /* of two that are to take the same time, one takes longer */
};

struct mutation {
	const struct scenario *scenario; /* borrowed, as is the step */
	const struct step *step;
	size_t check; /* counted over the scenario */
	enum mutation_kind kind;
	size_t expectation, detail;
};

/* Adds every mutation of the scenario's checks to `out` (struct mutation *, malloc'ed, the caller's) whose check `wanted`
 * (one for each check) says. */
void mutation_plan(const struct scenario *s, const bool *wanted, struct vec *out);
/* What is changed, in words that stay the same from run to run. */
void mutation_name(const struct mutation *m, struct buf *out);
/* What the check's message must name: borrowed or NULL where any message will do. */
const char *mutation_subject(const struct mutation *m);

enum strike_state {
	STRIKE_WAITS,  /* the step aimed at has not found its stanza, so nothing was changed */
	STRIKE_LANDED, /* the change is made */
	STRIKE_MISSED, /* the stanza was there, but no such change is possible or visible */
};
struct strike { /* a mutation in the scenario that is played; all zero where there is none */
	const struct mutation *mutation;
	enum strike_state state;
	int64_t when;      /* it landed, monotonic */
	xmlDoc *held;      /* MUTATION_SWAPPED: until the next one came */
	struct map before; /* variables before the stanza was matched */
};
void strike_release(struct strike *s);

/* Whether this expectation of this step is aimed at and nothing has been changed yet; if so keeps the variables. */
bool strike_aims(struct stage *g, const struct step *step, size_t expectation);
/* The stanza at `index` has been found. Makes the change and puts the variables back as they were; true when the step must
 * look again. */
bool strike_found(struct stage *g, struct player *p, size_t index);
/* A stanza that is held back goes behind the one at `index` if that is the one expected next. */
void strike_let_go(struct stage *g, const struct step *step, struct player *p, size_t index);
/* At the beginning of `never`: puts the forbidden stanza there. */
void strike_never(struct stage *g, const struct step *step, struct player *p);
/* Before an XPath assertion looks at the last stanza got. */
void strike_assertion(struct stage *g, const struct step *step, struct player *p);
/* Whether the step is aimed at by a mutation of this kind; then it counts as landed. */
bool strike_step(struct stage *g, const struct step *step, enum mutation_kind kind);
/* The end of a wait of the step aimed at, shortened once the change is made: what was to come had come already. */
int64_t strike_deadline(const struct stage *g, const struct step *step, int64_t deadline);
#endif
