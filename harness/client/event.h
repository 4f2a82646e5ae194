/* client/event.h: an event of the adapter contract, from its line of JSON. Inside the room only. */
#ifndef ASSAY_CLIENT_EVENT_H
#define ASSAY_CLIENT_EVENT_H
#include "base/err.h"
#include "xml/xml.h"

/* The element that the line becomes (client/adapter.h). NULL with ERR_ENVIRONMENT, which says what is wrong with the line. */
xmlDoc *event_read(const char *line, size_t length, struct err *e);
#endif
