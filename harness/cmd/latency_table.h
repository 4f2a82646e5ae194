/* cmd/latency_table.h: what `assay latency` prints, a row for each figure, under its definition, as it comes. */
#ifndef ASSAY_CMD_LATENCY_TABLE_H
#define ASSAY_CMD_LATENCY_TABLE_H
#include <jansson.h>

void latency_table_list(void);
/* For struct latency_options: tells what is measured now on standard error, and prints what was. */
void latency_table_row(void *context, const char *name, const json_t *result);
void latency_table_end(const json_t *result, const char *folder);
#endif
