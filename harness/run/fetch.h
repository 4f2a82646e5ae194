/* run/fetch.h: the steps that speak HTTPS: `fetches`, `posts`. */
#ifndef ASSAY_RUN_FETCH_H
#define ASSAY_RUN_FETCH_H
#include "run/steps.h"

#define NS_HTTP_ANSWER "urn:assay:http:0"

/* Waits for the answer, at most as long as for a stanza, and puts it into the actor's inbox: an element <answer/> with the status, the
 * Content-Type and the Access-Control-Allow-Origin as attributes, and the root element of what came in it, or its text where that is
 * no XML. Met whatever the status is; a certificate that is wrong is not met; unknown where nobody answers,
 * unsupported for a document that the target file does not name, as a domain need have no web server. */
enum outcome fetch_play(struct stage *g, const struct step *step, struct finding *f);
#endif
