/* report/json_parts.h: what the files that write result.json share: looking into <results>, and putting members into objects. */
#ifndef ASSAY_REPORT_JSON_PARTS_H
#define ASSAY_REPORT_JSON_PARTS_H
#include "report/private.h"

/* An attribute, "" where it is not there; the first child of that name, and the next sibling. `node` may be NULL. Borrowed. */
const char *part_text(const xmlNode *node, const char *name);
const xmlNode *part_first(const xmlNode *node, const char *name);
const xmlNode *part_next(const xmlNode *node, const char *name);
/* Members from a text, an element's content, and attributes that hold a count, a number and a flag. */
void put_text(json_t *object, const char *name, const char *value);
void put_content(json_t *object, const char *name, const xmlNode *node);
void put_count(json_t *object, const char *name, const xmlNode *node, const char *member);
void put_real(json_t *object, const char *name, const xmlNode *node, const char *member);
void put_flag(json_t *object, const char *name, const xmlNode *node, const char *member);

/* json_profile.c: `profile` and `grades` of <profile>. New objects. */
json_t *profile_object(const xmlNode *profile);
json_t *grades_object(const xmlNode *profile);
/* json_encryption.c: one of `encryption`, of <encryption>. A new object. */
json_t *encryption_object(const xmlNode *encryption, const char *scenario);
#endif
