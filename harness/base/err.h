/* base/err.h: errors as values.
 *
 * A function that can fail returns 0 or -1 (or a pointer or NULL) and takes a `struct err *` as its last
 * argument, which it fills on failure only. An error has a class, which decides who is to blame and with which
 * exit status the program ends; a place (`file:line:column`, `host:port`, an option); and one line of text that
 * says what is wrong and, where it can, what to do. No function here allocates. */
#ifndef ASSAY_BASE_ERR_H
#define ASSAY_BASE_ERR_H
#include <stdarg.h>
#include <stdbool.h>

enum err_class {
	ERR_NONE,        /* no error */
	ERR_USAGE,       /* the command line or a file of the user's is wrong: exit status 2 */
	ERR_SCRIPT,      /* a scenario is wrong: exit status 2 */
	ERR_ENVIRONMENT, /* this machine lacks something, or the operating system refuses: never the SUT's fault */
	ERR_CONNECTION,  /* the peer cannot be reached, or the connection ended or stalled */
	ERR_PROTOCOL,    /* the peer spoke something that is not what it should speak */
	ERR_REFUSED,     /* the peer understood and said no (failed login, stream error, resumption refused) */
	ERR_UNSUPPORTED, /* the peer or a driver lacks a feature that was asked for */
	ERR_INTERNAL,    /* a fault of Assay itself */
};

struct err {
	enum err_class class;
	char where[256];   /* may be empty */
	char message[768]; /* one line, no newline at its end */
};

/* Fills `e` (which may be NULL) from a class, a place (NULL for none) and a printf format; returns -1, so that
 * `return err_set(...)` reads well. Newlines and control characters in the text become spaces. */
int err_set(struct err *e, enum err_class class, const char *where, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Puts "TEXT: " before the message of an error that is set; use once a layer. Returns -1. */
int err_context(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "usage", "script", … for journals and messages. */
const char *err_class_name(enum err_class class);

/* The class of that name, ERR_INTERNAL where there is none. */
enum err_class err_class_from_name(const char *name);

/* "where: message", or the message alone, written into `out` (size bytes, always ended). */
void err_format(const struct err *e, char *out, unsigned long size);
#endif
