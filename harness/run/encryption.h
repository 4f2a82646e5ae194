/* run/encryption.h: actors who really encrypt and decrypt, by OMEMO (run/omemo.h) or by OpenPGP (run/openpgp.h): which of the two a step
 * is about, and how what comes of it is judged. */
#ifndef ASSAY_RUN_ENCRYPTION_H
#define ASSAY_RUN_ENCRYPTION_H
#include "run/search.h"
#include "run/stage.h"

/* Replaces the elements of NS_PLACEHOLDERS and NS_OPENPGP_PLACEHOLDERS in what the player sends. -1 with ERR_SCRIPT where an actor has no
 * keys, or its keys were not learned. */
int encryption_fill(struct stage *g, struct player *p, xmlDoc *doc, struct err *e);
/* Sets ${ACTOR.omemo.id} and ${ACTOR.openpgp.fingerprint}. */
void encryption_tell(struct stage *g);
void encryption_release(struct player *p); /* wipes its keys */

enum outcome encryption_equip(struct stage *g, const struct step *step, struct finding *f);
/* Not met where the keys are wrong, or (`refused`) where they are not; unknown where there are none to look at. */
enum outcome encryption_learn(struct stage *g, const struct step *step, struct finding *f);
/* Not met where it cannot be read, is another text, or its envelope does not fit the stanza (run/envelope.h); or (`refused`) where it
 * can be read; unknown where nothing is encrypted. */
enum outcome encryption_read(struct stage *g, const struct step *step, struct finding *f);
/* Not met where some actor got the text, with the stanza that held it. */
enum outcome encryption_hidden(struct stage *g, const struct step *step, struct finding *f);

/* ---- for run/omemo.c and run/openpgp.c ---- */

const char *encryption_bare(struct stage *g, const struct actor *a); /* its bare address; borrowed from the variables */
/* Whether what went wrong is a fault of ours or of the script: then it says nothing of what came. */
bool encryption_is_ours(const struct err *e);
/* The players whom a list of names means, into the caller's vector. ERR_SCRIPT where one has no keys of that kind. */
int encryption_players(struct stage *g, const char *names, bool (*has_keys)(const struct player *p), const char *kind,
	struct vec *out, struct err *e);
/* The bare address of whom the step names as the sender, or else of the message around the element; "" without one. The caller's. */
char *encryption_sender(struct stage *g, const struct step *step, const xmlNode *encrypted);
/* What `learns` and `refuses keys of` make of keys that are good, or wrong because of `e`. */
enum outcome encryption_judge_keys(
	struct stage *g, const struct step *step, bool good, const struct err *e, struct finding *f);

struct encryption_reading {
	const xmlNode *encrypted;
	const char *reason; /* NULL where it was read; else a slug of readings_why */
	const char *why;    /* the reason in words */
	const char *text;   /* what was read */
	const char *misfit; /* what of its envelope does not fit the stanza, or NULL */
};
/* What `reads` and `cannot read` make of it; tells the journal. */
enum outcome encryption_judge_reading(
	struct stage *g, const struct step *step, const struct encryption_reading *r, struct finding *f);
#endif
