/* run/encryption.h: actors who really encrypt and decrypt, by OMEMO (XEP-0384, crypto/omemo.h) or by OpenPGP (run/openpgp.h). Keys live in the worker's memory only, as long as
 * the scenario lasts. */
#ifndef ASSAY_RUN_ENCRYPTION_H
#define ASSAY_RUN_ENCRYPTION_H
#include "run/search.h"
#include "run/stage.h"

/* Replaces the elements of NS_PLACEHOLDERS and NS_OPENPGP_PLACEHOLDERS in what the player sends. -1 with ERR_SCRIPT where an actor has no keys, or its bundle was not
 * learned. */
int encryption_fill(struct stage *g, struct player *p, xmlDoc *doc, struct err *e);
/* Sets ${ACTOR.omemo.id} and ${ACTOR.openpgp.fingerprint}. */
void encryption_tell(struct stage *g);
void encryption_release(struct player *p); /* wipes its keys */

enum outcome encryption_equip(struct stage *g, const struct step *step, struct finding *f);
/* Rotates the keys of a device, or forgets its session with another one. */
enum outcome encryption_change(struct stage *g, const struct step *step, struct finding *f);
/* Not met where the bundle is wrong, or (`refused`) where it is not; unknown where there is none to look at. */
enum outcome encryption_learn(struct stage *g, const struct step *step, struct finding *f);
/* Not met where it cannot be read, is another text, or its envelope does not fit the stanza (run/envelope.h); or (`refused`) where it
 * can be read; unknown where nothing is encrypted. */
enum outcome encryption_read(struct stage *g, const struct step *step, struct finding *f);
/* Not met where some actor got the text, with the stanza that held it. */
enum outcome encryption_hidden(struct stage *g, const struct step *step, struct finding *f);
#endif
