/* run/omemo.h: actors who really encrypt by OMEMO (XEP-0384, crypto/omemo.h); run/encryption.c hands the steps and the placeholders that are
 * about it to here. Keys live in the worker's memory only, as long as the scenario lasts. */
#ifndef ASSAY_RUN_OMEMO_H
#define ASSAY_RUN_OMEMO_H
#include "run/encryption.h"

/* Prints what an element of NS_PLACEHOLDERS stands for. ERR_SCRIPT where an actor has no keys, or its bundle was not learned. */
int omemo_fill(struct stage *g, struct player *p, const xmlNode *node, struct buf *out, struct err *e);
/* Sets ${ACTOR.omemo.id}. */
void omemo_tell(struct stage *g, const struct player *p);
void omemo_release(struct player *p); /* wipes its keys */

enum outcome omemo_play_keys(struct stage *g, const struct step *step, struct finding *f);
/* Rotates the keys of a device, or forgets its session with another one. */
enum outcome omemo_play_change(struct stage *g, const struct step *step, struct finding *f);
/* As encryption_learn, of a <bundle/>. */
enum outcome omemo_play_learns(struct stage *g, const struct step *step, struct finding *f);
/* Whether the text is in what the player can decrypt of all that it has got and has not read yet: `number` of that stanza, or 0. -1 where
 * it has no keys. */
int omemo_opens(const struct player *p, const char *text, size_t *number, struct err *e);
/* As encryption_read. */
enum outcome omemo_play_reads(struct stage *g, const struct step *step, struct finding *f);
#endif
