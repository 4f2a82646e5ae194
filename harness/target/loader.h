/* target/loader.h: a target file while it is read. Private to load*.c. */
#ifndef ASSAY_TARGET_LOADER_H
#define ASSAY_TARGET_LOADER_H
#include "target/private.h"

enum section_kind {
	SECTION_NONE,
	SECTION_TARGET,
	SECTION_ACCOUNTS,
	SECTION_ACCOUNT,
	SECTION_ADMIN,
	SECTION_ALLOW,
	SECTION_CLAIMS,
	SECTION_BASELINE,
	SECTION_COMPONENT,
	SECTION_LOAD,
	SECTION_KINDS
};

/* An account section as it stands in the file, until the whole file is known. */
struct pending {
	char *label, *user, *password, *variable, *file, *role;
	int line;
};

struct loader {
	const char *path;
	const char *cursor; /* what inih has not been given yet */
	int line;
	enum section_kind section;
	int section_lines[SECTION_KINDS];
	struct pending *account; /* of the section at hand */
	struct vec accounts;     /* struct pending * */
	struct pending admin;
	struct pending component; /* its secret, as `password` */
	struct map seen;          /* "section key" -> line */
	char *password_file;
	int command_line, provisioning_line, password_file_line;
	bool inline_password;
	struct target *target;
	struct err *e;
	bool failed;
};

/* Fails at a line of the file (the first fault wins); 0, as inih takes it from a handler. */
int loader_fault(struct loader *l, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Take a value for a key; 1, or 0 after loader_fault(). A file must be there, and is seen from the target file's folder. */
int loader_text(char **place, const char *value);
int loader_port(struct loader *l, int *place, const char *key, const char *value);
int loader_file(struct loader *l, char **place, const char *key, const char *value);
/* A key of [component]; 1, or 0 after loader_fault(). */
int loader_take_component(struct loader *l, const char *key, const char *value);
void loader_check_component(struct loader *l); /* once the whole file was read */
void loader_make_component(struct loader *l);  /* finds the secret, and the host where none is said */
/* Makes the target's accounts and its administrator from the sections, with their passwords. */
void loader_make_accounts(struct loader *l);
#endif
