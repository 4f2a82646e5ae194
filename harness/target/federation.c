/* Two fixtures that speak with one another. How is in fixtures/federation; this is the life of what they share. */
#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "target/place.h"
#include "target/private.h"
#include "target/target.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_LIMIT (10 * CLOCK_SECOND)
#define LOOK_AGAIN  (2 * CLOCK_MILLISECOND)
#define STOP_GRACE  (250 * CLOCK_MILLISECOND)
#define DOMAIN      "peer.test" /* of the second: two of a kind would have the same */

struct federation {
	char *directory; /* the authority is in it, and the name server's output */
	struct place names;
	struct process server, keeper;
	pid_t owner;
	char *options[4];
};

struct federation *federation_new(struct err *e)
{
	struct federation *f = memory_alloc(sizeof *f);
	*f = (struct federation){ .server = PROCESS_INIT, .keeper = PROCESS_INIT, .owner = getpid() };
	f->directory = place_choose(&f->names, e) ? NULL : directory_temporary(e);
	if (!f->directory) {
		free(f);
		return NULL;
	}
	f->options[0] = memory_copy_text("ASSAY_FIXTURE_S2S=yes");
	f->options[1] = memory_printf("ASSAY_FIXTURE_AUTHORITY=%s", f->directory);
	f->options[2] = memory_printf("ASSAY_FIXTURE_RESOLVER=%s:%d", f->names.address, f->names.port);
	f->options[3] = memory_copy_text("ASSAY_FIXTURE_DOMAIN=" DOMAIN);
	return f;
}

void federation_options(const struct federation *f, bool second, struct vec *options)
{
	for (size_t i = 0; i < (second ? 4 : 3); i++)
		vec_push(options, f->options[i]);
}

/* Waits until it takes connections. */
static int wait_ready(struct federation *f, const char *output, struct err *e)
{
	int64_t deadline = clock_now() + START_LIMIT;
	int s = -1;
	while ((s = place_connect(&f->names)) < 0 && clock_now() < deadline &&
		!process_ended(&f->server, clock_now() + LOOK_AGAIN))
		;
	if (s >= 0)
		close(s);
	if (s >= 0 && !process_ended(&f->server, 0))
		return 0;
	struct arena a = ARENA_INIT;
	BUF_AUTO text = BUF_INIT;
	const char *words = file_read(output, &text, NULL) ? NULL : last_line(&a, buf_text(&text));
	err_set(e, ERR_ENVIRONMENT, NULL, "the fixtures' name server did not start%s%s", words ? ": " : "",
		words ? words : "");
	arena_release(&a);
	return -1;
}

int federation_join(struct federation *f, const struct target *first, const struct target *second, struct err *e)
{
	struct arena a = ARENA_INIT;
	char *script = (char *)data_path(&a, "fixtures/federation/start");
	char *port = arena_printf(&a, "%d", f->names.port), *log = arena_printf(&a, "%s/output.log", f->directory);
	char *argv[] = { script, f->directory, f->names.address, port, first->directory, second->directory, NULL };
	int output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int result = output < 0 ? err_set(e, ERR_ENVIRONMENT, log, "cannot be made: %s", strerror(errno))
				: process_start(&f->server, argv, process_environment(&a, NULL), -1, output, output, e);
	if (output >= 0)
		close(output);
	if (result == 0) {
		keeper_start(&f->keeper, &f->server, f->directory);
		result = wait_ready(f, log, e);
	}
	arena_release(&a);
	return result;
}

void federation_free(struct federation *f)
{
	if (!f)
		return;
	if (f->owner == getpid()) {
		process_end(&f->server, STOP_GRACE);
		directory_remove(f->directory);
		if (f->keeper.pid) {
			kill(f->keeper.pid, SIGKILL);
			process_ended(&f->keeper, CLOCK_FOREVER);
		}
	}
	for (size_t i = 0; i < sizeof f->options / sizeof *f->options; i++)
		free(f->options[i]);
	free(f->directory);
	free(f);
}
