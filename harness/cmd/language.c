/* assay language: the manual. */
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "script/verbs.h"
#include <stdio.h>

static const char usage[] = "usage: assay language\n\nPrints the manual of the scenario language, in Markdown.\n";

static int run_language(int argc, char **argv)
{
	struct vec words = VEC_INIT;
	const struct option_spec none[] = { { NULL, NULL, NULL, NULL } };
	int status = EXIT_USAGE;
	if (options_read(&command_language, argc, argv, none, &words) == 0) {
		BUF_AUTO text = BUF_INIT;
		language_manual(&text);
		status = words.count ? cmd_usage(&command_language, "takes no argument") : EXIT_AS_EXPECTED;
		if (!words.count)
			fputs(buf_text(&text), stdout);
	}
	vec_release(&words);
	return status;
}

const struct command command_language = { "language", "print the manual of the scenario language", usage,
	run_language };
