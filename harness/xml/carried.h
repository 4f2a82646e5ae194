/* xml/carried.h: the message inside what carries it: a carbon (XEP-0280), a result of an archive (XEP-0313), a room (XEP-0045). */
#ifndef ASSAY_XML_CARRIED_H
#define ASSAY_XML_CARRIED_H
#include "xml/xml.h"

/* The innermost element of that name that the element is in, or is; NULL where there is none. Borrowed. */
const xmlNode *carried_around(const xmlNode *element, const char *name);
/* The innermost <message/> that the element is in, or is; NULL where there is none. Borrowed. */
const xmlNode *carried_message(const xmlNode *element);
/* The way such a message came: "archive", "carbon-received", "carbon-sent", "room" or "direct". What is outermost decides, so that a
 * message of a room out of an archive came out of the archive. */
const char *carried_way(const xmlNode *message);
/* The bare address in an attribute of a message (which may be NULL); NULL where there is none. The caller's. */
char *carried_bare(const xmlNode *message, const char *attribute);
#endif
