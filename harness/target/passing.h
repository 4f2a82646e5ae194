/* target/passing.h: a target as one process tells it to others that load it together: where it is, and how it is trusted. Not how
 * accounts are made there, and no password: who makes accounts tells them. */
#ifndef ASSAY_TARGET_PASSING_H
#define ASSAY_TARGET_PASSING_H
#include "target/target.h"
#include <jansson.h>

/* The caller's. The file of certificates goes with it as a whole. NULL with ERR_USAGE where it cannot be read. */
json_t *target_pass(const struct target *t, struct err *e);
/* The target in another process: its file of certificates is written to `ca_path`, which the caller removes when it is done. The
 * caller's. NULL with ERR_ENVIRONMENT, or ERR_PROTOCOL where this is no such object. */
struct target *target_passed(const json_t *passed, const char *ca_path, struct err *e);
#endif
