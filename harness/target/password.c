/* Where passwords come from: a file, the environment, the terminal; never the command line, which every user of the
 * machine can read. */
#include "base/log.h"
#include "base/text.h"
#include "target/private.h"
#include "xml/redact.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_MOST 1024

static void free_secret(char *secret)
{
	if (secret)
		OPENSSL_cleanse(secret, strlen(secret));
	free(secret);
}

void password_warn_readable(const char *path)
{
	struct stat status;
	if (stat(path, &status) == 0 && (status.st_mode & S_IROTH))
		log_line("%s holds passwords and everyone on this machine can read it: chmod 600 %s", path, path);
}

void passwords_release(struct passwords *p)
{
	for (size_t i = 0; i < p->users.count; i++) {
		free(p->users.items[i]);
		free_secret(p->secrets.items[i]);
	}
	vec_release(&p->users);
	vec_release(&p->secrets);
}

const char *passwords_of(const struct passwords *p, const char *user)
{
	for (size_t i = 0; i < p->users.count; i++)
		if (text_equal(p->users.items[i], user))
			return p->secrets.items[i];
	return NULL;
}

static int take_line(struct passwords *p, char *line, const char *domain, const char *where, struct err *e)
{
	line += strspn(line, " \t");
	size_t length = strcspn(line, " \t");
	char *secret = line + length + strspn(line + length, " \t");
	if (!*line || *line == '#')
		return 0;
	if (!*secret)
		return err_set(e, ERR_USAGE, where, "a line is `user password`, but there is one word only");
	line[length] = 0;
	char *user = target_user(line, domain, where, e);
	if (!user)
		return -1;
	if (passwords_of(p, user)) {
		err_set(e, ERR_USAGE, where, "the user %s stands here a second time", user);
		free(user);
		return -1;
	}
	redact_secret(secret, user);
	vec_push(&p->users, user);
	vec_push(&p->secrets, memory_copy_text(secret));
	return 0;
}

int passwords_load(struct passwords *p, const char *path, const char *domain, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	int result = file_read(path, &text, e);
	if (result == 0)
		password_warn_readable(path);
	int number = 1;
	for (char *line = text.data; result == 0 && line && *line; number++) {
		char *next = line + strcspn(line, "\n");
		next += *next == '\n';
		line[strcspn(line, "\r\n")] = 0;
		AUTO_TEXT where = memory_printf("%s:%d", path, number);
		result = take_line(p, line, domain, where, e);
		line = next;
	}
	if (text.data)
		OPENSSL_cleanse(text.data, text.len);
	return result;
}

char *password_from_file(const char *path, const char *user, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (file_read(path, &text, e))
		return NULL;
	password_warn_readable(path);
	size_t length = strcspn(buf_text(&text), "\r\n");
	char *secret = length ? memory_copy_bytes(text.data, length) : NULL;
	if (text.data)
		OPENSSL_cleanse(text.data, text.len);
	if (secret)
		redact_secret(secret, user);
	else
		err_set(e, ERR_USAGE, path, "the first line is empty; it should be the password of %s", user);
	return secret;
}

char *password_from_variable(const char *name, const char *user)
{
	const char *value = getenv(name);
	if (!value || !*value)
		return NULL;
	redact_secret(value, user);
	return memory_copy_text(value);
}

/* ---- the terminal ---- */

static volatile sig_atomic_t interrupted_by;

static void note_signal(int number)
{
	interrupted_by = number;
}

static const int interruptions[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
#define INTERRUPTIONS (sizeof interruptions / sizeof *interruptions)

/* Reads a line without echo; the terminal is put back even when a signal ends the question. */
static char *ask_terminal(int terminal, const char *question)
{
	struct termios old, silent;
	struct sigaction note = { .sa_handler = note_signal }, before[INTERRUPTIONS];
	char line[PASSWORD_MOST];
	if (tcgetattr(terminal, &old))
		return NULL;
	silent = old;
	silent.c_lflag = (silent.c_lflag | ICANON | ECHONL) & ~(tcflag_t)ECHO;
	interrupted_by = 0;
	for (size_t i = 0; i < INTERRUPTIONS; i++)
		sigaction(interruptions[i], &note, &before[i]);
	tcsetattr(terminal, TCSAFLUSH, &silent);
	dprintf(terminal, "%s", question);
	ssize_t length = read(terminal, line, sizeof line - 1);
	tcsetattr(terminal, TCSAFLUSH, &old);
	for (size_t i = 0; i < INTERRUPTIONS; i++)
		sigaction(interruptions[i], &before[i], NULL);
	if (interrupted_by) {
		OPENSSL_cleanse(line, sizeof line);
		raise(interrupted_by);
		return NULL;
	}
	line[length > 0 ? length : 0] = 0;
	line[strcspn(line, "\r\n")] = 0;
	char *secret = *line ? memory_copy_text(line) : NULL;
	OPENSSL_cleanse(line, sizeof line);
	return secret;
}

char *password_ask(const char *question)
{
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (terminal < 0)
		return NULL;
	char *secret = ask_terminal(terminal, question);
	close(terminal);
	return secret;
}

char *password_for(const char *user, const char *domain, struct err *e)
{
	AUTO_TEXT variable = memory_printf("ASSAY_PASSWORD_%s", user);
	for (char *c = variable; *c; c++)
		*c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
	char *secret = password_from_variable(variable, user);
	if (!secret)
		secret = password_from_variable("ASSAY_PASSWORD", user);
	if (secret)
		return secret;
	AUTO_TEXT question = memory_printf("Password of %s@%s: ", user, domain);
	secret = password_ask(question);
	if (secret)
		redact_secret(secret, user);
	else
		err_set(e, ERR_USAGE, NULL,
			"no password for %s@%s: give a password file, set %s or ASSAY_PASSWORD, or answer a terminal",
			user, domain, variable);
	return secret;
}
