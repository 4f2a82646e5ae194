/* run/cells.h: what a run with two clients under test says of the two: each scenario of its journal is a cell of the matrix that
 * `assay interop` makes (docs/interop.md). */
#ifndef ASSAY_RUN_CELLS_H
#define ASSAY_RUN_CELLS_H
#include "script/script.h"
#include "target/client.h"
#include <jansson.h>

/* The cells of the scenarios (struct scenario *), in their order, from the journal of a run in which `writer` was the client and `reader` the
 * second one: a list of {`feature`, `verdict`, and where it is no `understood` `reason`, of `unsupported` also `by`: `writer`, `reader` or
 * `server`}. `twice`: it is understood, but shown more than once. Of several runs of a scenario that differ nothing is known. NULL with
 * ERR_USAGE or ERR_ENVIRONMENT where there is none. */
json_t *cells_read(const char *journal, const struct vec *scenarios, const struct client *writer,
	const struct client *reader, struct err *e);
/* Whether the cell has that verdict. */
bool cell_is(const json_t *cell, const char *verdict);
/* How many of the cells have that verdict. */
size_t cells_count(const json_t *cells, const char *verdict);
#endif
