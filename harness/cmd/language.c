/* assay language: the manual. */
#include "cmd/cmd.h"
#include "script/verbs.h"
#include <stdio.h>

static const char usage[] = "usage: assay language\n\nPrints the manual of the scenario language, in Markdown.\n";

static int run_language(int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return cmd_usage(&command_language, "takes no argument");
	BUF_AUTO text = BUF_INIT;
	language_manual(&text);
	fputs(buf_text(&text), stdout);
	return EXIT_AS_EXPECTED;
}

const struct command command_language = { "language", "print the manual of the scenario language", usage,
	run_language };
