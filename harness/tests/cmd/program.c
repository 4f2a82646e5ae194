#include "program.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "target/target.h"
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_program(const char *folder, const char *const *arguments, int out, int err)
{
	const char *binary = getenv("ASSAY_BINARY");
	AUTO_TEXT path = realpath(binary ? binary : "build/assay", NULL);
	const char *argv[64] = { "assay" };
	for (size_t i = 0; i < 62 && arguments[i]; i++)
		argv[i + 1] = arguments[i];
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setpgid(0, 0);
	dup2(open("/dev/null", O_RDONLY), 0);
	dup2(out, 1);
	dup2(err, 2);
	if (path && (!folder || chdir(folder) == 0))
		execv(path, (char *const *)argv);
	_exit(126);
}

struct outcome_of_program program_run(const char *folder, int seconds, const char *const *arguments)
{
	struct outcome_of_program o = { -1, BUF_INIT, BUF_INIT };
	int out[2], err[2], status, open_pipes = 2;
	ck_assert(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		become_program(folder, arguments, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	struct pollfd ready[2] = { { .fd = out[0], .events = POLLIN }, { .fd = err[0], .events = POLLIN } };
	int64_t deadline = clock_now() + seconds * CLOCK_SECOND;
	while (open_pipes && poll(ready, 2, clock_poll_timeout(deadline)) > 0) {
		for (int i = 0; i < 2; i++) {
			char bytes[4096];
			if (!ready[i].revents)
				continue;
			ssize_t got = read(ready[i].fd, bytes, sizeof bytes);
			if (got > 0) {
				buf_add(i ? &o.err : &o.out, bytes, (size_t)got);
			} else if (got == 0 || errno != EINTR) {
				ready[i].fd = -1;
				open_pipes--;
			}
		}
	}
	if (open_pipes)
		kill(-pid, SIGKILL);
	close(out[0]);
	close(err[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	ck_assert_msg(!open_pipes, "the program did not end within %d s: %s", seconds, buf_text(&o.err));
	o.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return o;
}

void program_release(struct outcome_of_program *o)
{
	buf_release(&o->out);
	buf_release(&o->err);
}

void program_ended(const struct outcome_of_program *o, int status)
{
	/* Check refuses long messages; what failed is told at the end. */
	const char *out = buf_text(&o->out);
	ck_assert_msg(o->status == status, "status %d, expected %d\n%s%.1000s", o->status, status,
		o->out.len > 2000 ? out + o->out.len - 2000 : out, buf_text(&o->err));
}

bool program_has_fixture(const char *fixture)
{
	struct err e;
	AUTO_TEXT product = fixture_describe(fixture, &e);
	if (!product)
		printf("SKIPPED: %s: %s\n", fixture, e.message);
	return product != NULL;
}

char *program_folder(void)
{
	char *folder = memory_copy_text("/tmp/assay-test-XXXXXX");
	if (file_exists("reports/html.xsl")) /* tests run where the Makefile is */
		setenv("ASSAY_DATA", ".", 0);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	return folder;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *place)
{
	(void)s;
	(void)kind;
	(void)place;
	return remove(path);
}

void program_remove(char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(folder);
}

char *program_file(const char *folder, const char *name, const char *text)
{
	struct err e;
	char *path = memory_printf("%s/%s", folder, name);
	ck_assert_int_eq(file_write(path, text, strlen(text), &e), 0);
	ck_assert_int_eq(chmod(path, 0600), 0);
	return path;
}

static void serve(int listener, const char *bytes, unsigned long length, unsigned long endless)
{
	for (;;) {
		int connection = accept(listener, NULL, NULL);
		if (connection < 0)
			_exit(0);
		unsigned long done = 0;
		do {
			while (done < length) {
				ssize_t wrote = send(connection, bytes + done, length - done, MSG_NOSIGNAL);
				if (wrote <= 0)
					break;
				done += (unsigned long)wrote;
			}
			if (done < length)
				break;
			done = length - endless;
		} while (endless);
		/* Stays open, and reads, until the other side goes. */
		char ignored[4096];
		while (read(connection, ignored, sizeof ignored) > 0)
			;
		close(connection);
	}
}

struct babbler babbler_start(const char *bytes, unsigned long length, unsigned long endless)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
	ck_assert(listen(listener, 8) == 0 && getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	struct babbler p = { .port = ntohs(address.sin_port), .process = fork() };
	ck_assert_int_ge(p.process, 0);
	if (p.process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener, bytes, length, endless);
	}
	close(listener);
	return p;
}

void babbler_stop(struct babbler *p)
{
	kill(p->process, SIGKILL);
	waitpid(p->process, NULL, 0);
}

json_t *program_result(const char *folder, const char *out, const char *file)
{
	json_error_t fault;
	AUTO_TEXT path = memory_printf("%s/%s/%s", folder, out, file);
	json_t *result = json_load_file(path, 0, &fault);
	ck_assert_msg(result != NULL, "%s: %s", path, fault.text);
	return result;
}

bool program_wrote(const char *folder, const char *name)
{
	AUTO_TEXT path = memory_printf("%s/%s", folder, name);
	return file_exists(path);
}
