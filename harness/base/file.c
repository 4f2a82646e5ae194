/* Files and folders (base/text.h). */
#include "base/text.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, struct buf *out, struct err *e)
{
	char bytes[16384];
	ssize_t got;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return err_set(e, ERR_USAGE, path, "cannot be read: %s", strerror(errno));
	buf_add(out, "", 0);
	while ((got = read(descriptor, bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR))
		if (got > 0)
			buf_add(out, bytes, (size_t)got);
	int fault = got < 0 ? errno : 0;
	close(descriptor);
	return fault ? err_set(e, ERR_USAGE, path, "cannot be read: %s", strerror(fault)) : 0;
}

int file_write(const char *path, const char *bytes, size_t length, struct err *e)
{
	AUTO_TEXT temporary = memory_printf("%s.%ld", path, (long)getpid());
	int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (descriptor < 0)
		return err_set(e, ERR_USAGE, path, "cannot be written: %s", strerror(errno));
	while (length) {
		ssize_t wrote = write(descriptor, bytes, length);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			break;
		bytes += wrote;
		length -= (size_t)wrote;
	}
	int fault = length ? errno : 0;
	if (close(descriptor) && !fault)
		fault = errno;
	if (!fault && rename(temporary, path))
		fault = errno;
	if (!fault)
		return 0;
	unlink(temporary);
	return err_set(e, ERR_ENVIRONMENT, path, "cannot be written: %s", strerror(fault));
}

bool file_exists(const char *path)
{
	struct stat s;
	return stat(path, &s) == 0 && !S_ISDIR(s.st_mode);
}

bool file_is_directory(const char *path)
{
	struct stat s;
	return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

int directory_make(const char *path, struct err *e)
{
	AUTO_TEXT part = memory_copy_text(path);
	for (char *at = part + 1;; at++) {
		if (*at && *at != '/')
			continue;
		char kept = *at;
		*at = 0;
		if (mkdir(part, 0777) && errno != EEXIST)
			return err_set(e, ERR_USAGE, part, "cannot be made: %s", strerror(errno));
		*at = kept;
		if (!kept)
			break;
	}
	if (!file_is_directory(path))
		return err_set(e, ERR_USAGE, path, "is a file, and a folder is needed");
	return 0;
}

static int walk(struct arena *a, const char *path, const char *suffix, struct vec *files, struct err *e)
{
	DIR *folder = opendir(path);
	if (!folder)
		return err_set(e, ERR_USAGE, path, "cannot be read: %s", strerror(errno));
	int result = 0;
	for (struct dirent *entry; result == 0 && (entry = readdir(folder));) {
		if (entry->d_name[0] == '.')
			continue;
		char *name = arena_printf(a, "%s%s%s", path, text_ends(path, "/") ? "" : "/", entry->d_name);
		if (file_is_directory(name))
			result = walk(a, name, suffix, files, e);
		else if (text_ends(name, suffix))
			vec_push(files, name);
	}
	closedir(folder);
	return result;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int directory_files(struct arena *a, const char *path, const char *suffix, struct vec *files, struct err *e)
{
	if (file_exists(path)) {
		if (text_ends(path, suffix))
			vec_push(files, arena_text(a, path));
		return 0;
	}
	size_t first = files->count;
	if (walk(a, path, suffix, files, e))
		return -1;
	if (files->count > first)
		qsort(files->items + first, files->count - first, sizeof *files->items, compare_names);
	return 0;
}

char *binary_folder(struct arena *a)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash = length > 0 ? memrchr(path, '/', (size_t)length) : NULL;
	return slash ? arena_bytes(a, path, (size_t)(slash - path)) : NULL;
}

/* The nearest folder above the running binary that is a source tree, or that the data was installed below. */
static char *data_root(struct arena *a)
{
	char *path = binary_folder(a);
	for (char *slash; path && *path; *((slash = strrchr(path, '/')) ? slash : path) = 0) {
		if (file_is_directory(arena_printf(a, "%s/suites/catalogue", path)))
			return arena_text(a, path);
		char *share = arena_printf(a, "%s/share/assay", path);
		if (file_is_directory(arena_printf(a, "%s/suites/catalogue", share)))
			return share;
	}
	return NULL;
}

char *data_path(struct arena *a, const char *name)
{
	const char *root = getenv("ASSAY_DATA");
	if (!root || !*root)
		root = data_root(a);
	return arena_printf(a, "%s/%s", root ? root : ASSAY_SHARE, name);
}
