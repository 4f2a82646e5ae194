/* run/forgery.h: what a wrong peer would publish or send: the real thing, with one thing in it spoilt (XEP-0384 sections 4 and 5). */
#ifndef ASSAY_RUN_FORGERY_H
#define ASSAY_RUN_FORGERY_H
#include "base/err.h"
#include <libxml/tree.h>

/* Spoils a <bundle/> or <encrypted/> of either version, in place. `kind` is what script/placeholders.c lets through. ERR_SCRIPT where the
 * element has nothing of that kind. */
int forgery_spoil(xmlNode *element, const char *kind, struct err *e);
#endif
