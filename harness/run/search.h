/* run/search.h: finding in an inbox what a waiting step looks for, and saying what was nearest where it is not there. Shared
 * by the waiting steps (expect.c, answer.c). */
#ifndef ASSAY_RUN_SEARCH_H
#define ASSAY_RUN_SEARCH_H
#include "run/steps.h"

/* The names of expected and actual stanza in a finding are those of the nearest miss. */
struct nearest {
	const xmlNode *stanza; /* in the inbox, or NULL */
	const struct pattern *pattern;
	struct mismatch why;
};
struct search {
	const struct step *step;
	struct player *player;
	size_t done; /* expectations met so far (in turn) */
	size_t from; /* where to look next (in turn) */
	size_t seen; /* inbox length at the last look (together) */
	enum outcome outcome;
	struct nearest nearest;
};

/* Looks for what is missing yet; true when it is decided, with s->outcome met, met weakly or not met. */
bool search_inbox(struct stage *g, struct search *s, struct finding *f);
/* One of the expectations, whatever the step says of their order. */
bool search_either(struct stage *g, struct search *s, struct finding *f);
/* Whether the entry fits the pattern; then what the pattern binds is set. Else `nearest` (may be NULL) is kept up. */
bool search_matches(
	struct stage *g, struct player *p, size_t index, const struct pattern *pattern, struct nearest *nearest);
/* Marks the entry as taken by this step. */
void search_consume(struct player *p, size_t index, struct finding *f);
void search_add_matched(struct finding *f, size_t number);
/* Says that a weak alternative was met, and how it differs from the better one. OUTCOME_MET_WEAKLY. */
enum outcome search_met_weakly(struct finding *f, const struct nearest *nearest);
/* Says why a step failed: `end`, and what was nearest to it. OUTCOME_NOT_MET. */
enum outcome search_missed(struct stage *g, struct search *s, struct finding *f, const char *end);
void search_show_expected(struct stage *g, struct finding *f, const struct pattern *pattern);
void search_show_actual(struct finding *f, const xmlNode *stanza);

/* Whether nothing can come any more, and what that means for a waiting step. */
bool search_device_ended(const struct player *p);
/* The connection has ended, without a word, where the scenario takes that for as good (`or ends`). */
bool search_rightly_ended(const struct player *p);
enum outcome search_ended(const struct player *p, struct finding *f);
/* The instant at which a step that began at `since` gives up. */
int64_t search_end(const struct stage *g, const struct step *step, int64_t since);
const char *search_seconds(int64_t span, char out[32]);
/* A value that the step uses and that no earlier one has set: then what it waits for is not known, and nothing can be said
 * of the system under test (search_not_known). NULL where there is none. */
const char *search_unknown_value(const struct stage *g, const struct step *step);
enum outcome search_not_known(struct player *p, struct finding *f, const char *name);
#endif
