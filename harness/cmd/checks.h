/* cmd/checks.h: every check that there is, for what names checks in a file. */
#ifndef ASSAY_CMD_CHECKS_H
#define ASSAY_CMD_CHECKS_H
#include "target/target.h"

/* The ids (char *, the caller's to free) of the checks of the suites, of the scripts and folders in `files`, and of the scripts
 * beside a script in `files`: a baseline is of a folder, a run may be of one script. Scripts with faults have no checks here.
 * `addresses` as scenario_load takes it. ERR_USAGE or ERR_ENVIRONMENT where the suites cannot be read. */
int checks_list(const struct vec *files, const struct map *addresses, struct vec *ids, struct err *e);
void checks_release(struct vec *ids);

/* Loads a baseline and proves that each of its lines is about a check that there is; ERR_USAGE at file:line. On failure `b` is
 * empty. */
int checks_baseline(struct baseline *b, const char *path, const struct vec *files, const struct map *addresses,
	enum transport transport, struct err *e);
#endif
