#include "fuzz.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[160];

static void remove_folder(void)
{
	unlink(path);
	rmdir(folder);
}

const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
	if (!*folder) {
		snprintf(folder, sizeof folder, "%s/assay-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
		fuzz_must(mkdtemp(folder) != NULL, "a folder for the input can be made");
		atexit(remove_folder);
	}
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	fuzz_must(file != NULL, "the input can be written");
	fuzz_must(fwrite(data, 1, size, file) == size, "the input is written whole");
	fclose(file);
	return path;
}

void fuzz_must(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "this must hold: %s\n", what);
	abort();
}
