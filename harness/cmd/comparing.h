/* cmd/comparing.h: where a comparison or a history goes, and in which format. */
#ifndef ASSAY_CMD_COMPARING_H
#define ASSAY_CMD_COMPARING_H
#include "cmd/cmd.h"
#include "report/comparison.h"

struct comparing {
	const char *format_name, *out, *language_name; /* as the command line has them, or NULL */
	enum comparison_format format;                 /* set by comparing_check, as is the next */
	const char *language;                          /* NULL is English */
};

/* Finds the format: the one that is named, else the one that the file's name ends in, else text; and the language. 0, or the exit status after
 * cmd_usage said what is wrong. */
int comparing_check(const struct command *command, struct comparing *where);
/* Writes the document, in that language, to the file, whole or not at all, or to standard output. */
int comparing_write(const struct comparing *where, struct comparison *c, struct err *e);
#endif
