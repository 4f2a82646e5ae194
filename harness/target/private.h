/* target/private.h: what the files of this room share with one another and nobody else. */
#ifndef ASSAY_TARGET_PRIVATE_H
#define ASSAY_TARGET_PRIVATE_H
#include "target/target.h"

/* target.c */
struct target_account *target_account_new(const char *user, const char *role);
void target_account_free(struct target_account *a); /* its password is cleansed */
/* The local part of `user` or `user@DOMAIN`; free(). NULL with a sentence in `e` (ERR_USAGE at `where`). */
char *target_user(const char *user, const char *domain, const char *where, struct err *e);

/* fixture.c */
/* The folder of a fixture, the arena's; NULL with ERR_USAGE. */
const char *fixture_folder(struct arena *a, const char *name, struct err *e);
void fixture_stop(struct target *t);
/* The last line of a text that is not blank, the arena's; NULL where there is none. */
const char *last_line(struct arena *a, const char *text);

/* password.c: every password that is read is told to xml/redact.h before it is returned. */
struct passwords {
	struct vec users, secrets; /* char *, owned; same order as in the file */
};
#define PASSWORDS_INIT                                                                                                 \
	{                                                                                                              \
		VEC_INIT, VEC_INIT                                                                                     \
	}
void passwords_release(struct passwords *p); /* cleansed */
/* Reads lines `user password`; `#` lines and blank lines are passed over. ERR_USAGE at file:line. */
int passwords_load(struct passwords *p, const char *path, const char *domain, struct err *e);
const char *passwords_of(const struct passwords *p, const char *user); /* NULL where there is none */
/* The value of an environment variable, free(); NULL where it is not set or empty. */
char *password_from_variable(const char *name, const char *user);
/* From ASSAY_PASSWORD_USER, else ASSAY_PASSWORD, else by a question on the terminal; free(). ERR_USAGE. */
char *password_for(const char *user, const char *domain, struct err *e);
/* A remark on standard error when everyone on the machine can read a file that holds passwords. */
void password_warn_readable(const char *path);
/* web.c: takes the name of a transport, whether there is a way or not; ERR_USAGE for another name. */
int target_take_transport(struct target *t, const char *name, struct err *e);
#endif
