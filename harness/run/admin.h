/* run/admin.h: accounts made and removed by an administrator's ad-hoc commands (XEP-0133 sections 4.1 and 4.2, by
 * XEP-0050 and XEP-0004). */
#ifndef ASSAY_RUN_ADMIN_H
#define ASSAY_RUN_ADMIN_H
#include "run/stage.h"

/* Adds (`add`) or removes those of the accounts that are at `t`, logged in as t->admin. -1 with ERR_REFUSED and the server's condition. */
int admin_users(struct driver *driver, const struct target *t, bool add, const struct scenario_account *accounts,
	size_t count, int64_t deadline, struct err *e);
#endif
