/* base/uuid.h: random identifiers. */
#ifndef ASSAY_BASE_UUID_H
#define ASSAY_BASE_UUID_H

#define UUID_SIZE 37 /* with the NUL */
/* A random UUID (RFC 4122 section 4.4) in small letters. */
void uuid_make(char out[UUID_SIZE]);
#endif
