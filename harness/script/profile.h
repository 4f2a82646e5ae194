/* script/profile.h: profiles (suites/profiles/NAME.ini): which checks are played, which questions they answer, and the grades.
 *
 *   [profile]      title, about, checks (globs that are played beside those of the rows), with-peer (those that are played too where
 *                  the run has a second target), includes (profiles whose rows come first)
 *   [level NAME]   title; in order, from the least to the most
 *   [row NAME]     title, text, reference, article, paper (what can only be shown on paper), from (the level from which the row
 *                  counts; without it the row is told, and does not count), required and checks (globs over check ids), needs
 *                  (`component`: without that section in the target file nothing is known)
 *
 * A row is met where every check of `required` is passed, and of `checks` every one of what the system offers; where one of these
 * fails, it is flawed. Texts may have translations: `title.de`. docs/profiles.md tells the whole. */
#ifndef ASSAY_SCRIPT_PROFILE_H
#define ASSAY_SCRIPT_PROFILE_H
#include "base/err.h"
#include "base/memory.h"

struct profile_part { /* the profile itself, a level, or a row */
	const char *name;
	struct map texts;              /* by key: "title", "title.de", … */
	const char *from;              /* a row's level, or NULL */
	const char *required, *checks; /* globs parted by commas, or NULL */
	const char *needs;             /* of a row: "component", or NULL */
	const char *with_peer;         /* globs, of the profile itself */
};
struct profile {
	struct arena arena;
	struct profile_part head;
	struct vec levels, rows; /* struct profile_part * */
};
/* Reads FOLDER/NAME.ini. ERR_USAGE at FILE:LINE or FILE where it is wrong, or with the names that there are where it is not there;
 * then nothing is left to release. */
int profile_load(struct profile *p, const char *folder, const char *name, struct err *e);
void profile_release(struct profile *p);
/* All globs that the profile plays (in a run with a second target or without), parted by commas, for scenario_selected. The caller's. */
char *profile_globs(const struct profile *p, bool with_peer);
#endif
