/* run/openpgp.h: actors who really encrypt by OpenPGP (XEP-0373, crypto/openpgp.h), beside those of OMEMO: run/encryption.c hands the steps
 * and the placeholders that are about it to here. Keys live in the worker's memory only, as long as the scenario lasts. */
#ifndef ASSAY_RUN_OPENPGP_H
#define ASSAY_RUN_OPENPGP_H
#include "run/encryption.h"

/* Whether a step of the player's is about its keys of OpenPGP: it has none of OMEMO, or what it took last has an element of OpenPGP. */
bool openpgp_is_meant(const struct player *p);
/* Prints what an element of NS_OPENPGP_PLACEHOLDERS stands for. ERR_SCRIPT where an actor has no keys, or they were not learned. */
int openpgp_fill(struct stage *g, struct player *p, const xmlNode *node, struct buf *out, struct err *e);
/* Sets ${ACTOR.openpgp.fingerprint}. */
void openpgp_tell(struct stage *g, const struct player *p);

enum outcome openpgp_play_keys(struct stage *g, const struct step *step, struct finding *f);
/* As encryption_learn, of a <pubkey/>; or of a <public-keys-list/>, which must name B's key. */
enum outcome openpgp_play_learns(struct stage *g, const struct step *step, struct finding *f);
/* As encryption_read. */
enum outcome openpgp_play_reads(struct stage *g, const struct step *step, struct finding *f);
/* Not met where the backup cannot be opened by B's code, or holds another key than B's; unknown where there is none to look at. */
enum outcome openpgp_play_restores(struct stage *g, const struct step *step, struct finding *f);
#endif
