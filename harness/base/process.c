#include "base/process.h"
#include "base/clock.h"
#include "base/memory.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Without a pidfd the end of a process can only be looked for again and again. */
#define LOOK_AGAIN (5 * CLOCK_MILLISECOND)

static int handle_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0); /* close-on-exec by itself */
}

static void reset_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL); /* what is ignored stays ignored across exec */
}

__attribute__((noreturn)) static void become(
	char *const argv[], char *const environment[], int input, int output, int errors, pid_t parent)
{
	/* A session of its own: Ctrl-C in the terminal is for Assay alone, which still needs the server to tidy up. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	reset_signals();
	input = input < 0 ? open("/dev/null", O_RDONLY) : fcntl(input, F_DUPFD, 3);
	output = fcntl(output, F_DUPFD, 3);
	errors = fcntl(errors, F_DUPFD, 3);
	if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0)
		_exit(126);
	close_range(3, ~0U, 0);
	execve(argv[0], argv, environment);
	dprintf(2, "%s cannot be started: %s\n", argv[0], strerror(errno));
	_exit(126);
}

int process_start(struct process *p, char *const argv[], char *const environment[], int input, int output, int errors,
	struct err *e)
{
	pid_t parent = getpid();
	fflush(NULL);
	pid_t pid = fork();
	if (pid < 0)
		return err_set(e, ERR_ENVIRONMENT, argv[0], "no process can be started: %s", strerror(errno));
	if (pid == 0)
		become(argv, environment, input, output, errors, parent);
	*p = (struct process){ .pid = pid, .handle = handle_open(pid) };
	return 0;
}

static void forget(struct process *p)
{
	if (p->handle >= 0)
		close(p->handle);
	p->handle = -1;
	p->pid = 0;
}

/* Takes the status of a process that has ended; false while it lives. Who waits for any child may have been faster. */
static bool reaped(struct process *p)
{
	pid_t found;
	do
		found = waitpid(p->pid, &p->status, WNOHANG);
	while (found < 0 && errno == EINTR);
	if (found == 0)
		return false;
	if (found < 0)
		p->status = 0;
	forget(p);
	return true;
}

bool process_ended(struct process *p, int64_t deadline)
{
	while (p->pid && !reaped(p)) {
		int64_t now = clock_now();
		if (now >= deadline)
			return false;
		struct pollfd wait = { .fd = p->handle, .events = POLLIN };
		int64_t until = p->handle < 0 && deadline - now > LOOK_AGAIN ? now + LOOK_AGAIN : deadline;
		poll(&wait, p->handle >= 0, clock_poll_timeout(until));
	}
	return true;
}

void process_end(struct process *p, int64_t grace)
{
	if (!p->pid || process_ended(p, 0))
		return;
	kill(p->pid, SIGTERM);
	if (process_ended(p, clock_now() + grace))
		return;
	kill(-p->pid, SIGKILL);
	kill(p->pid, SIGKILL);
	process_ended(p, CLOCK_FOREVER);
}

/* The process is looked at and not yet taken note of, so that its number, which is that of its session, is still its own. */
bool process_kill_group(struct process *p)
{
	siginfo_t info = { 0 };
	if (!p->pid)
		return true;
	bool ended = waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == p->pid;
	kill(-p->pid, SIGKILL);
	kill(p->pid, SIGKILL);
	process_ended(p, CLOCK_FOREVER);
	return ended;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *at)
{
	(void)status, (void)kind, (void)at;
	remove(path);
	return 0;
}

void directory_remove(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

__attribute__((noreturn)) static void keep(int parent, const struct process *server, const char *directory)
{
	setsid();
	prctl(PR_SET_NAME, "assay-keeper");
	static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE };
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	/* Keep nothing of the parent's open: whoever reads its output must see its end. */
	parent = fcntl(parent, F_DUPFD, 3);
	int handle = fcntl(server->handle, F_DUPFD, 3);
	dup2(parent, 0);
	dup2(handle, 1);
	close_range(2, ~0U, 0);
	if (chdir("/"))
		_exit(1);
	struct pollfd wait = { .fd = 0, .events = POLLIN };
	while (poll(&wait, 1, -1) < 0 && errno == EINTR)
		;
	wait.fd = 1;
	if (poll(&wait, 1, 0) == 0) { /* it lives, so its number is still its own */
		kill(-server->pid, SIGKILL);
		kill(server->pid, SIGKILL);
		while (poll(&wait, 1, -1) < 0 && errno == EINTR)
			;
	}
	directory_remove(directory);
	_exit(0);
}

void keeper_start(struct process *keeper, const struct process *server, const char *directory)
{
	int parent = server->handle < 0 ? -1 : handle_open(getpid());
	if (parent < 0)
		return;
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		keep(parent, server, directory);
	close(parent);
	if (pid > 0)
		*keeper = (struct process){ .pid = pid, .handle = handle_open(pid) };
}

/* ---- processor time ---- */

struct counted {
	pid_t pid, parent;
	uint64_t ticks;
	bool ours;
};

/* Reads /proc/PID/stat: the name in parentheses may hold anything, so numbers are counted from the last one. */
static bool read_count(const char *pid, struct counted *c)
{
	char path[64], text[1024];
	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	ssize_t length = read(file, text, sizeof text - 1);
	close(file);
	if (length <= 0)
		return false;
	text[length] = 0;
	const char *rest = strrchr(text, ')');
	unsigned long long user, system, waited_user, waited_system;
	int parent;
	if (!rest ||
		sscanf(rest + 1, " %*c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %llu %llu %llu", &parent, &user,
			&system, &waited_user, &waited_system) != 5)
		return false;
	*c = (struct counted){
		.pid = atoi(pid), .parent = parent, .ticks = user + system + waited_user + waited_system
	};
	return true;
}

int64_t process_processor(pid_t pid)
{
	DIR *all = opendir("/proc");
	if (!all)
		return -1;
	struct counted *list = NULL;
	size_t count = 0, capacity = 0;
	for (struct dirent *entry = readdir(all); entry; entry = readdir(all)) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (count == capacity) {
			capacity = capacity ? capacity * 2 : 256;
			list = memory_resize(list, capacity * sizeof *list);
		}
		if (read_count(entry->d_name, &list[count]))
			count++;
	}
	closedir(all);
	uint64_t ticks = 0;
	bool found = false, more = true;
	while (more) { /* numbers may wrap, so a child can stand before its parent */
		more = false;
		for (size_t i = 0; i < count; i++) {
			bool ours = list[i].pid == pid;
			for (size_t j = 0; j < count && !ours; j++)
				ours = list[j].ours && list[j].pid == list[i].parent;
			if (!ours || list[i].ours)
				continue;
			list[i].ours = found = more = true;
			ticks += list[i].ticks;
		}
	}
	free(list);
	return found ? (int64_t)ticks * (CLOCK_SECOND / sysconf(_SC_CLK_TCK)) : -1;
}

static bool is_of_session(const char *process, pid_t session)
{
	char path[64], text[1024];
	int found = -1;
	snprintf(path, sizeof path, "/proc/%.20s/stat", process);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
	if (file >= 0)
		close(file);
	text[length > 0 ? length : 0] = 0;
	const char *rest = strrchr(text, ')');
	return rest && sscanf(rest + 1, " %*c %*d %*d %d", &found) == 1 && found == session;
}

static bool command_line_has(const char *process, const char *text)
{
	char path[64], line[16384];
	snprintf(path, sizeof path, "/proc/%.20s/cmdline", process);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? -1 : read(file, line, sizeof line);
	if (file >= 0)
		close(file);
	return length > 0 && memmem(line, (size_t)length, text, strlen(text));
}

bool process_shows(pid_t pid, const char *text)
{
	DIR *all = opendir("/proc");
	bool found = false;
	for (struct dirent *entry = all ? readdir(all) : NULL; entry && !found; entry = readdir(all))
		found = entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && is_of_session(entry->d_name, pid) &&
			command_line_has(entry->d_name, text);
	if (all)
		closedir(all);
	return found;
}

char **process_environment(struct arena *a, const struct vec *variables)
{
	const char *path = getenv("PATH"), *temporary = getenv("TMPDIR");
	size_t more = variables ? variables->count : 0, n = 0;
	char **environment = arena_alloc(a, (more + 5) * sizeof *environment);
	environment[n++] = arena_printf(a, "PATH=%s", path ? path : "/usr/local/bin:/usr/bin:/bin");
	environment[n++] = arena_text(a, "LANG=C.UTF-8");
	environment[n++] = arena_printf(a, "TMPDIR=%s", temporary && *temporary ? temporary : "/tmp");
	environment[n++] = arena_printf(a, "ASSAY_FIXTURE_PARENT=%ld", (long)getpid());
	for (size_t i = 0; i < more; i++)
		environment[n++] = variables->items[i];
	return environment;
}

char *directory_temporary(struct err *e)
{
	const char *temporary = getenv("TMPDIR");
	char *directory = memory_printf("%s/assay-XXXXXX", temporary && *temporary == '/' ? temporary : "/tmp");
	if (mkdtemp(directory))
		return directory;
	err_set(e, ERR_ENVIRONMENT, directory, "no temporary directory can be made: %s", strerror(errno));
	free(directory);
	return NULL;
}
