/* run/texts.h: the steps that make texts for others to use: `let`, `encode`, `decode`, `attribute`, `fill`, `proves`. */
#ifndef ASSAY_RUN_TEXTS_H
#define ASSAY_RUN_TEXTS_H
#include "run/search.h"
#include "run/stage.h"

/* Not met where the text is none in base64, or the SCRAM message lacks the attribute; unknown where a number is none. */
enum outcome texts_let(struct stage *g, const struct step *step, struct finding *f);
/* The proof of SCRAM (RFC 5802 section 3) with the password of the actor's account. Not met where the message cannot be
 * proved, as it lacks a salt. */
enum outcome texts_prove(struct stage *g, const struct step *step, struct finding *f);
#endif
