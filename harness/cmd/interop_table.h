/* cmd/interop_table.h: the matrix of clients on the terminal. */
#ifndef ASSAY_CMD_INTEROP_TABLE_H
#define ASSAY_CMD_INTEROP_TABLE_H
#include <jansson.h>

/* A line for a pair that was just played: its counts, and how long it took. */
void interop_table_pair(const json_t *target, const json_t *pair);
/* The whole, as interop.json has it: a table for each server, and why each cell is what it is that is neither understood nor
 * unsupported. */
void interop_table_print(const json_t *result);
#endif
