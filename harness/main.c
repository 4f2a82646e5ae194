/* Assay: a conformance and interoperability suite for XMPP. */
#include "cmd/cmd.h"
#include "xml/xml.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static void print_help(FILE *out)
{
	fprintf(out, "usage: assay COMMAND [ARGUMENT…]\n\nCommands:\n");
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(out, "  %-10s %s\n  %-10s %s\n", "help", "this list, or `assay help COMMAND`", "version",
		"the version");
	fprintf(out,
		"\nExit status: 0 as expected, 1 not conforming, 2 usage or script error, 3 target not reachable,\n"
		"4 internal error, 77 nothing ran.\n");
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int unknown_command(const char *name)
{
	fprintf(stderr, "assay: there is no command '%s'; `assay help` lists them\n", name);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const struct rlimit no_core = { 0, 0 };
	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_CORE, &no_core); /* passwords and keys are in memory: no core file may hold them */
#ifndef __SANITIZE_ADDRESS__
	/* Nor is one handed to a program, which the kernel does whatever the limit. (LeakSanitizer could not look either.) */
	prctl(PR_SET_DUMPABLE, 0);
#endif
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	const char *name = argv[1];
	if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
		printf("assay %s\n", ASSAY_VERSION);
		return EXIT_AS_EXPECTED;
	}
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		if (argc < 3) {
			print_help(stdout);
			return EXIT_AS_EXPECTED;
		}
		const struct command *about = find_command(argv[2]);
		if (!about)
			return unknown_command(argv[2]);
		printf("%s", about->usage);
		return EXIT_AS_EXPECTED;
	}
	const struct command *command = find_command(name);
	if (!command)
		return unknown_command(name);
	if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
		printf("%s", command->usage);
		return EXIT_AS_EXPECTED;
	}
	xml_start();
	return command->run(argc - 1, argv + 1);
}
