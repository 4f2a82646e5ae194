/* cmd/measuring.h: what `assay latency` and `assay load` have in common: the target that allows it, and the accounts. */
#ifndef ASSAY_CMD_MEASURING_H
#define ASSAY_CMD_MEASURING_H
#include "cmd/cmd.h"
#include "driver/driver.h"
#include "run/provision.h"
#include "target/target.h"
#include <jansson.h>

/* Starts a fixture, or reads a target file; NULL with ERR_USAGE where `what` is neither. */
struct target *measuring_target(const char *what, const struct vec *fixture_options, struct err *e);

struct measuring_accounts {
	struct target *target;
	struct driver *driver;
	size_t count;
	struct driver_account *given; /* `count` of them */
	struct scenario_account *made;
	struct vec leased; /* struct target_account *, of a fixed list */
};
/* Makes `wanted` accounts, or leases as many as a fixed list has, but two at least (ERR_USAGE). `a` has target and driver. */
int measuring_accounts_make(struct measuring_accounts *a, size_t wanted, struct err *e);
/* Removes those that were made, where the target allows it, gives back those that were leased, and releases. */
void measuring_accounts_remove(struct measuring_accounts *a);

/* Sees that this process may have as many files open as so many connections over that transport (its name, or NULL) need, and as many
 * as are allowed, for a fixture that is started from here. ERR_ENVIRONMENT with what to do. */
int measuring_descriptors(size_t connections, const char *transport, struct err *e);

/* ---- options; each prints its line and returns EXIT_USAGE ---- */

int measuring_number(
	const struct command *c, const char *option, const char *text, int64_t least, int64_t most, int64_t *out);
/* Above 0, in ns. */
int measuring_time(const struct command *c, const char *option, const char *text, int64_t *out);
/* 0 or 1, as one of two words. */
int measuring_kind(
	const struct command *c, const char *option, const char *text, const char *zero, const char *one, int *out);

/* ---- results ---- */

const char *measuring_text(const json_t *object, const char *member); /* "" where there is none; borrowed */
long long measuring_count(const json_t *object, const char *member);  /* 0 where there is none */
double measuring_real(const json_t *object, const char *member);
/* Prints a line for each of the object's "warnings" (docs/latency.md), behind `indent`; `share` is of a core. */
void measuring_print_warnings(const json_t *object, double share, const char *indent);

struct measuring_results {
	const char *file;     /* "latency.json" */
	const char *folder;   /* which exists */
	const char *language; /* NULL: English */
	int (*plots)(const json_t *result, const char *directory, const char *language, struct err *e);
	int (*page)(const json_t *result, const char *directory, const char *language, struct err *e);
};
/* Writes page and plots; without gnuplot or raw data a line says so, and the page is written. */
int measuring_write_page(const struct measuring_results *r, const json_t *result, struct err *e);
/* The file, and then those. */
int measuring_write(const struct measuring_results *r, const json_t *result, struct err *e);
#endif
