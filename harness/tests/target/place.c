#include "place.h"
#include "base/process.h"
#include "base/text.h"
#include "xml/redact.h"
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char *data; /* where the data was before the test */
static struct arena paths;

void place_begin(void)
{
	strcpy(folder, "/tmp/assay-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	if (!getenv("ASSAY_DATA") && file_is_directory("fixtures/servers")) {
		AUTO_TEXT here = realpath(".", NULL);
		setenv("ASSAY_DATA", here, 1);
	}
	const char *found = getenv("ASSAY_DATA");
	data = memory_copy_text(found);
	unsetenv("ASSAY_PASSWORD");
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (terminal >= 0) { /* or a missing password would be asked for */
		ioctl(terminal, TIOCNOTTY);
		close(terminal);
	}
}

void place_end(void)
{
	directory_remove(folder);
	arena_release(&paths);
	if (data)
		setenv("ASSAY_DATA", data, 1);
	free(data);
	unsetenv("ASSAY_PASSWORD");
	unsetenv("ASSAY_PASSWORD_FRIAR_LAURENCE");
	unsetenv("ASSAY_TEST_SECRET");
	redact_forget_all();
}

const char *place_path(const char *name)
{
	return arena_printf(&paths, "%s/%s", folder, name);
}

const char *place_file(const char *name, const char *text)
{
	const char *path = place_path(name);
	struct err e;
	ck_assert_int_eq(file_write(path, text, strlen(text), &e), 0);
	ck_assert_int_eq(chmod(path, 0600), 0);
	return path;
}
