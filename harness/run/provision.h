/* run/provision.h: accounts for a scenario, by whichever way the target allows, and their removal. */
#ifndef ASSAY_RUN_PROVISION_H
#define ASSAY_RUN_PROVISION_H
#include "driver/driver.h"
#include "run/stage.h"
#include "target/target.h"

/* Makes `count` accounts: names are `NAMES[i]-TOKEN`, passwords are random. For PROVISION_FIXED `leased` (as many)
 * says which to use. The result is the caller's: provision_release. -1 with ERR_REFUSED, ERR_CONNECTION or
 * ERR_ENVIRONMENT. */
int provision_make(struct driver *driver, struct target *t, const char *const *names, size_t count, const char *token,
	struct target_account **leased, int64_t deadline, struct scenario_account **accounts, struct err *e);
/* Removes those that were made, where the target allows it and it is no fixture (which goes as a whole). */
int provision_remove(struct driver *driver, struct target *t, struct scenario_account *accounts, size_t count,
	int64_t deadline, struct err *e);
/* Takes leased accounts back to how a scenario may find them: no roster item and no block between accounts of the
 * pool is left. */
int provision_restore(struct driver *driver, struct target *t, struct scenario_account *accounts, size_t count,
	int64_t deadline, struct err *e);
void provision_release(struct scenario_account *accounts, size_t count);
/* A token of small letters and digits for names that must be unique. */
void provision_token(char out[16]);
#endif
