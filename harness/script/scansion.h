/* script/scansion.h: the scripts of scansion (.scs) become the same tree. */
#ifndef ASSAY_SCRIPT_SCANSION_H
#define ASSAY_SCRIPT_SCANSION_H
#include "script/private.h"

/* Reads p->s->file. Every bare address of a [Client] becomes an account of the scenario (two clients of one address are
 * two devices), named by `address_map` (address -> account) or else by its local part; the scripts' domain becomes the
 * target's, in every stanza. No step is a check of its own: the scenario as a whole is one (`scansion` is set). Faults go
 * to p->errors. */
void scansion_read(struct parser *p, const struct map *address_map);
#endif
