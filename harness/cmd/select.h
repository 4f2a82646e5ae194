/* cmd/select.h: which scenarios a command line means. Shared by run and list. */
#ifndef ASSAY_CMD_SELECT_H
#define ASSAY_CMD_SELECT_H
#include "script/profile.h"
#include "script/script.h"

struct selection {
	const char *profile;         /* a name below suites/profiles, or NULL */
	const char *suite;           /* glob over suites, or NULL */
	const char *check;           /* glob over check ids, or NULL */
	const char *tag;             /* or NULL */
	struct vec files;            /* scripts and folders named on the command line; empty: the suites */
	const struct map *addresses; /* for scansion scripts, or NULL */
	unsigned shard, shards;      /* 1 of 1 where not asked for */
	bool client;                 /* a client is under test: its scenarios are meant, and no others */
	bool second;                 /* and a second one: what is for two is meant too */
	bool peer;                   /* the run has a second target: what the profile plays with one is selected too */
};

/* Loads what is selected into `scenarios` (struct scenario *, the caller's to free), sorted by id. Every script fault
 * is printed; the last one is in `e` too. -1 with ERR_SCRIPT or ERR_USAGE (no such profile, nothing found). */
int select_scenarios(const struct selection *s, struct vec *scenarios, struct err *e);
/* Reads the profile that is selected (s->profile is not NULL). As profile_load. */
int select_profile(const struct selection *s, struct profile *p, struct err *e);
void select_release(struct vec *scenarios);
/* Adds what a fixture must be started with so that these scenarios can be played to `options`, for fixture_start. */
void select_fixture_options(const struct vec *scenarios, struct vec *options);
/* "3/8" into shard and shards; -1 where it is not that. */
int select_shard(const char *text, unsigned *shard, unsigned *shards);
#endif
