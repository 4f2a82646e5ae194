/* cmd/systems.h: the target of a command line, the second one of `--peer`, and the client of `--client`: started or opened, and ended.
 * Shared by run and mutate. */
#ifndef ASSAY_CMD_SYSTEMS_H
#define ASSAY_CMD_SYSTEMS_H
#include "cmd/cmd.h"
#include "run/run.h"
#include "target/target.h"

struct systems_line { /* what the command line says; borrowed */
	const char *target;
	const char *peer; /* `--peer`: [NAME=]TARGET, or NULL */
	const struct vec *accounts;
	const char *password_file;
	const struct vec *fixture_options;
	const char *fault, *fault_folder; /* of the first target, or NULL */
	const char *client;               /* `--client`, or NULL */
	const struct vec *client_options;
	const char *second; /* `--second-client`, or NULL */
	const struct vec *second_options;
};

struct systems {
	struct arena arena;
	struct target *target, *peer; /* peer: NULL where none is asked for */
	const char *peer_name;        /* "peer" where the line says none */
	struct federation *federation;
	struct client *client, *second; /* NULL where none is asked for */
};
#define SYSTEMS_INIT                                                                                                   \
	{                                                                                                              \
		.arena = ARENA_INIT                                                                                    \
	}

/* 0 where `--peer`, `--client` and `--second-client` (NULL none) can be what they are and go with the target; else EXIT_USAGE, with its line printed. */
int systems_check(const struct command *c, const struct systems_line *l);
/* Starts or opens what the line names so that the scenarios can be played, and lets two fixtures speak with one another. On failure
 * ERR_USAGE, ERR_ENVIRONMENT or ERR_CONNECTION; systems_close in any case. */
int systems_open(struct systems *s, const struct systems_line *l, const struct vec *scenarios, struct err *e);
void systems_close(struct systems *s);
#endif
