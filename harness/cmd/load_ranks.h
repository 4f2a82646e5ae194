/* cmd/load_ranks.h: what several ranks of one load share: rank 0 has the target and makes the accounts, and tells the others. */
#ifndef ASSAY_CMD_LOAD_RANKS_H
#define ASSAY_CMD_LOAD_RANKS_H
#include "cmd/measuring.h"
#include "measure/load.h"

struct load_party {
	struct ranks ranks;
	struct target *target;              /* of each rank its own */
	struct measuring_accounts accounts; /* rank 0 has made them */
	const struct driver_account *given; /* `count`; at every rank */
	size_t count;
	char *ca_path;    /* a file that goes with it, or NULL */
	struct vec texts; /* of the accounts that were told */
};
/* Joins the other ranks, where there are any. ERR_USAGE, ERR_ENVIRONMENT. */
int load_party_join(struct load_party *p, struct err *e);
/* At rank 0, which has target and accounts: tells them, and what the options became at the target; at another: is told. All ranks call
 * it. */
int load_party_share(struct load_party *p, struct load_options *o, struct err *e);
/* Leaves the others; removes accounts and the target. */
void load_party_leave(struct load_party *p);
#endif
