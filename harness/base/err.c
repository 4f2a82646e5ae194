#include "base/err.h"
#include <stdio.h>
#include <string.h>

static const char *const class_names[] = { "none", "usage", "script", "environment", "connection", "protocol",
	"refused", "unsupported", "internal" };

/* One line: a peer's text may hold anything. */
static void flatten(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = ' ';
}

int err_set(struct err *e, enum err_class class, const char *where, const char *format, ...)
{
	va_list args;
	if (!e)
		return -1;
	char message[sizeof e->message], place[sizeof e->where];
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	snprintf(place, sizeof place, "%s", where ? where : "");
	e->class = class;
	memcpy(e->where, place, sizeof place);
	memcpy(e->message, message, sizeof message);
	flatten(e->where);
	flatten(e->message);
	return -1;
}

int err_context(struct err *e, const char *format, ...)
{
	va_list args;
	if (!e)
		return -1;
	char before[sizeof e->message], message[2 * sizeof e->message + 4];
	va_start(args, format);
	vsnprintf(before, sizeof before, format, args);
	va_end(args);
	snprintf(message, sizeof message, "%s: %s", before, e->message);
	message[sizeof e->message - 1] = 0;
	memcpy(e->message, message, sizeof e->message);
	flatten(e->message);
	return -1;
}

const char *err_class_name(enum err_class class)
{
	return class_names[class];
}

enum err_class err_class_from_name(const char *name)
{
	for (int i = ERR_NONE; i <= ERR_INTERNAL; i++)
		if (strcmp(class_names[i], name) == 0)
			return (enum err_class)i;
	return ERR_INTERNAL;
}

void err_format(const struct err *e, char *out, unsigned long size)
{
	snprintf(out, size, "%s%s%s", e->where, *e->where ? ": " : "", e->message);
}
