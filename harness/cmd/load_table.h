/* cmd/load_table.h: a load on the screen, as it goes. */
#ifndef ASSAY_CMD_LOAD_TABLE_H
#define ASSAY_CMD_LOAD_TABLE_H
#include <jansson.h>
void load_table_list(void);
/* The progress of struct load_options. */
void load_table_row(void *context, size_t up, size_t wanted, const json_t *stage);
void load_table_end(const json_t *result, const char *folder);
#endif
