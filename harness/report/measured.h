/* report/measured.h: what the pages of measurements have in common: latency, its comparison, load. Private to this room. */
#ifndef ASSAY_REPORT_MEASURED_H
#define ASSAY_REPORT_MEASURED_H
#include "base/err.h"
#include <jansson.h>
#include <libxml/tree.h>
#include <stdbool.h>

struct measured {
	const char *kind;                                         /* the member "assay" */
	const char *what;                                         /* "result of `assay latency`", for the error */
	const char *root;                                         /* the document's element */
	const char *sheet, *page;                                 /* of reports/, and of the folder */
	bool (*is_good)(const json_t *result);                    /* its names are slugs, its arrays arrays */
	void (*note_plots)(xmlNode *root, const char *directory); /* marks what there is a plot of */
};
/* Reads it from a file; the caller's. NULL with ERR_USAGE where it is none of the kind, of this version. */
json_t *measured_read(const struct measured *m, const char *path, struct err *e);
/* Writes DIRECTORY/PAGE. `language` NULL: English. */
int measured_page(
	const struct measured *m, const json_t *result, const char *directory, const char *language, struct err *e);
/* Whether each object of the list has a slug for its name, and so have those in their "series": names of files are made of them. */
bool measured_are_slugs(const json_t *list);
/* Gives the node <plot KIND="plots/NAME-KIND.svg"/>, or plots/KIND.svg where `name` is "", if that is there. */
void measured_note_plot(xmlNode *node, const char *directory, const char *name, const char *kind);
/* The same for the kinds "distribution", "time" and "phases" of each of <workloads>. */
void measured_note_workloads(xmlNode *root, const char *directory);
#endif
