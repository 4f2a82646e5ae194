/* run/provision.h: accounts for a scenario, by whichever way the target allows, and their removal. */
#ifndef ASSAY_RUN_PROVISION_H
#define ASSAY_RUN_PROVISION_H
#include "driver/driver.h"
#include "run/stage.h"
#include "target/target.h"

struct account_wish {     /* all borrowed */
	const char *name; /* in the scenario */
	struct target *target;
	struct target_account *leased; /* PROVISION_FIXED: which to use */
};

/* Makes `count` accounts, each at its target: they are called NAME-TOKEN, and passwords are random. The result is the caller's:
 * provision_release. -1 with ERR_REFUSED, ERR_CONNECTION or ERR_ENVIRONMENT, and those that were made are removed again. */
int provision_make(struct driver *driver, const struct account_wish *wishes, size_t count, const char *token,
	int64_t deadline, struct scenario_account **accounts, struct err *e);
/* Removes those that were made, where their target allows it and is no fixture (which goes as a whole). */
int provision_remove(
	struct driver *driver, struct scenario_account *accounts, size_t count, int64_t deadline, struct err *e);
/* Takes leased accounts back to how a scenario may find them: no roster item and no block between accounts of the
 * pools is left. */
int provision_restore(
	struct driver *driver, struct scenario_account *accounts, size_t count, int64_t deadline, struct err *e);
void provision_release(struct scenario_account *accounts, size_t count);
/* A token of small letters and digits for names that must be unique. */
void provision_token(char out[16]);
#endif
