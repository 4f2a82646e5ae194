/* report/private.h: what the files of this room share.
 *
 * journal.c reads lines into the model below, merge.c decides verdicts over repeats and the baseline, document.c
 * turns the model into <results>. The model lives only inside results_from_journal. */
#ifndef ASSAY_REPORT_PRIVATE_H
#define ASSAY_REPORT_PRIVATE_H
#include "report/report.h"
#include <jansson.h>

/* In the order of the summary. */
enum outcome {
	OUTCOME_PASS,
	OUTCOME_WEAK,
	OUTCOME_FAIL,
	OUTCOME_UNSUPPORTED,
	OUTCOME_INCONCLUSIVE,
	OUTCOME_ERROR,
	OUTCOME_KNOWN,
	OUTCOME_FIXED,
	OUTCOME_NOT_RUN,
};
#define OUTCOMES (OUTCOME_NOT_RUN + 1)
const char *outcome_name(enum outcome o); /* "pass" … "not_run" */
/* A verdict as the journal has it (pass … error) into `o`; -1 where it is none. */
int outcome_from_verdict(const char *name, enum outcome *o);
/* How grave, for "the worst": larger is worse. */
int outcome_rank(enum outcome o);
unsigned *results_count(struct results *r, enum outcome o); /* the member that counts it */

struct attempt { /* one run of a scenario */
	long long number;
	long long repeat;
	long long part; /* of a merged run: the number of its run in `parts` */
	double begun;   /* ms since the run began */
	struct scenario_entry *scenario;
	struct vec events; /* json_t *, borrowed from the model's lines: its transcript */
	/* json_t *, likewise: attempts to read what was encrypted, looks for what should be nowhere in the clear, and what was found
	 * out about the server */
	struct vec readings, hidden, values;
	json_t *end; /* the `end` line, or NULL */
};

struct check_entry { /* one check over all repeats */
	const char *id;
	json_t *announced; /* from the `scenario` line, or NULL */
	unsigned counts[OUTCOMES];
	unsigned runs;                         /* verdicts counted, not_run included */
	enum outcome observed;                 /* the worst of them */
	enum outcome outcome;                  /* after the baseline */
	json_t *evidence;                      /* the `check` line that `observed` comes from, or NULL */
	struct attempt *attempt;               /* where that line is */
	const char *expected_verdict, *reason; /* the baseline's, or NULL */
	const char *link, *expires, *pattern;  /* likewise; "" where the baseline does not say */
};

struct scenario_entry {
	const char *id;
	json_t *line;        /* its first `scenario` line */
	struct vec attempts; /* struct attempt *, in the journal's order */
	struct vec checks;   /* struct check_entry *, as announced */
	size_t root;         /* how many bytes of its files' paths say only where the suites are on that machine */
};

struct model {
	const char *path;
	json_t *lines; /* array that owns every line */
	json_t *run, *profile, *baseline, *catalogue, *discovered, *peer_discovered, *summary;
	struct arena arena;   /* all entries */
	struct vec scenarios; /* struct scenario_entry *; sorted by id once read */
	struct vec attempts;  /* struct attempt * */
	json_t *index;        /* check id -> integer position in `checks`; scenario ids likewise */
	json_t *scenario_index, *attempt_index;
	struct vec checks; /* struct check_entry * */
};

int model_read(struct model *m, const char *path, struct err *e);
void model_release(struct model *m);
/* Counts verdicts over the repeats, chooses the evidence, applies the baseline. */
void model_merge(struct model *m);
/* The document, and the counts of `r`. */
xmlDoc *document_new(const struct model *m, struct results *r);
/* Adds <profile>: its levels and rows, what is known of each, and the grade. Nothing without rows. */
void profile_add(xmlNode *root, const struct model *m);
/* Adds <mend> to what failed: what an operator can do, by suites/mends.tsv. ERR_USAGE at FILE:LINE where that is broken. */
int mends_add(xmlDoc *doc, struct err *e);
/* Adds the transcript of one attempt to its <run>. */
void transcript_add(xmlNode *run, const struct attempt *attempt);
/* Adds <encryption> where a device tried to read something encrypted in the attempt, or a text was looked for in the clear. */
void encryption_add(xmlNode *scenario, const struct attempt *attempt);
/* The step that a check line belongs to: the one at its place, or else the one before it; NULL without any. */
const json_t *check_step(const struct attempt *attempt, const json_t *check);
/* The last part of a check's id, after its scenario's. */
const char *check_slug(const char *check, const char *scenario);

/* Sets `file` from a member of that name, without the path of that machine. */
void set_file(xmlNode *node, const json_t *object, const struct scenario_entry *scenario);

/* Building <results>: text is cleaned on its way in. */
xmlNode *node_add(xmlNode *parent, const char *name);
void node_set(xmlNode *node, const char *name, const char *value);
/* A measurement's object: members that are plain become attributes, objects elements of their name, the things in an array elements
 * `item`; what is null, and raw data ("histogram", "intervals"), are left out. */
void node_add_json(xmlNode *to, const json_t *json);
void node_set_number(xmlNode *node, const char *name, double value); /* three decimals */
void node_set_count(xmlNode *node, const char *name, long long value);
void node_set_member(
	xmlNode *node, const char *name, const json_t *object, const char *member); /* text; absent is "" */
void node_text(xmlNode *node, const char *text);
void node_text_member(xmlNode *node, const json_t *object, const char *member);

/* Text of a JSON string made fit for XML, terminals and people: control characters become their pictures, what no
 * document may hold becomes U+FFFD, what is longer than REPORT_TEXT_MOST is cut and says so. NULL or another type
 * gives "". */
void clean_text(const json_t *string, struct buf *out);
void clean_bytes(const char *text, size_t length, struct buf *out);
const char *json_member_text(const json_t *object, const char *name); /* "" where there is none; borrowed */
double json_member_number(const json_t *object, const char *name);    /* 0 where there is none */

/* A stanza as a person reads it: what it is in a few words, and its elements indented. */
struct gist {
	struct buf kind, type, peer, payload, body, pretty;
};
/* `raw` is the cleaned text; `actors` the scenario's, to name addresses by. Where it is not one well-formed element only
 * `pretty` is set, to the text as it is. */
void gist_make(struct gist *g, const char *raw, bool incoming, const json_t *actors);
void gist_release(struct gist *g);
/* Only the indented form. */
void pretty_text(const char *raw, struct buf *out);

/* The command line that plays one check again, for a shell. */
void again_command(const json_t *run, const char *check, struct buf *out);

/* How a citation reads, "XEP-0280 § 7", and the address of what it cites ("" where it has none): a section of an RFC, a
 * XEP as a whole. `section` is "" where the journal's catalogue does not know it; then the key itself is the label. */
void cite_label(const char *cite, const char *section, struct buf *out);
void cite_address(const char *cite, const char *section, struct buf *out);

int results_print_json(const struct results *r, struct buf *out, struct err *e);
/* Applies reports/NAME to a document, translated (document_translate), with the parameter `language`; NULL: as it is, in English.
 * ERR_ENVIRONMENT or ERR_INTERNAL where the transform is missing or broken, ERR_USAGE as document_translate. */
int document_transform(xmlDoc *doc, const char *name, const char *language, struct buf *out, struct err *e);
/* The same of a document whose texts are in that language already. */
int document_transform_as(xmlDoc *doc, const char *language, const char *name, struct buf *out, struct err *e);
/* The document as it is, as XML. ERR_INTERNAL. */
int document_print(xmlDoc *doc, struct buf *out, struct err *e);
/* Adds the message about a check in the language of the table of sentences (English -> translation; docs/results.md). False, and nothing
 * added, where it has no translation as a whole. */
bool message_translate(const struct map *table, const char *text, struct buf *out);
/* ERR_USAGE with the path where a sentence and its translation have not the same gaps. */
int messages_check(const struct map *table, const char *path, struct err *e);
/* A copy of results, or of a comparison, with titles, explanations and requirements in that language, as far as there are translations
 * (suites/SUITE/LANGUAGE.tsv, suites/catalogue/LANGUAGE/SPEC.tsv); what has none gets the attribute lang="en". xmlFreeDoc. NULL with
 * ERR_USAGE at FILE:LINE where a table is broken. */
xmlDoc *document_translate(const xmlDoc *from, const char *language, struct err *e);
/* The same for results, in their language. */
int results_transform(const struct results *r, const char *name, struct buf *out, struct err *e);
#endif
