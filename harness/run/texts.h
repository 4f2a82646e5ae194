/* run/texts.h: the steps that make texts for others to use: `let`, `encode`, `decode`, `attribute`, `fill`, `proves`, `sums`. */
#ifndef ASSAY_RUN_TEXTS_H
#define ASSAY_RUN_TEXTS_H
#include "run/search.h"
#include "run/stage.h"

/* Not met where the text is none in base64, or the SCRAM message lacks the attribute; unknown where a number is none. */
enum outcome texts_let(struct stage *g, const struct step *step, struct finding *f);
/* The proof of SCRAM (RFC 5802 section 3) with the password of the actor's account, or of a hashed token with the token that the step
 * names. Not met where the message cannot be proved, as it lacks a salt; unsupported where the connection lacks the binding. */
enum outcome texts_prove(struct stage *g, const struct step *step, struct finding *f);
/* The hash of what the stream features offer that the actor took last (XEP-0474). Unknown where it took nothing. */
/* The handshake of a component; it is told to xml/redact.h. */
enum outcome texts_shake(struct stage *g, const struct step *step, struct finding *f);
enum outcome texts_sum(struct stage *g, const struct step *step, struct finding *f);
#endif
