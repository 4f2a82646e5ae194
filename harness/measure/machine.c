#include "measure/machine.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LAG_PASSED CLOCK_MILLISECOND /* a lag below this is never remarked on */
#define BUSY_SHARE 0.8               /* of one core, by this process */
#define IDLE_SHARE 0.03              /* of the machine */

struct machine_ticks machine_ticks(void)
{
	unsigned long long t[8] = { 0 };
	struct machine_ticks sum = { 0, 0 };
	FILE *file = fopen("/proc/stat", "re");
	if (file &&
		fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2], &t[3], &t[4], &t[5],
			&t[6], &t[7]) == 8) {
		sum.idle = t[3] + t[4];
		for (int i = 0; i < 8; i++)
			sum.all += t[i];
	}
	if (file)
		fclose(file);
	return sum;
}

double machine_idle(const struct machine_ticks *before, const struct machine_ticks *after)
{
	return after->all > before->all ? (double)(after->idle - before->idle) / (double)(after->all - before->all)
					: -1;
}

/* ---- processes ---- */

struct process {
	pid_t number, parent;
	struct machine_use use;
	bool counts;
};

/* The fields behind the program's name, which may hold blanks and brackets of its own (proc(5), /proc/PID/stat). */
static bool read_process(const char *number, struct process *p)
{
	char path[64], line[1024];
	snprintf(path, sizeof path, "/proc/%.20s/stat", number);
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	size_t length = fread(line, 1, sizeof line - 1, file);
	fclose(file);
	line[length] = 0;
	const char *fields = strrchr(line, ')');
	int parent;
	unsigned long long user, system, resident;
	long long children_user, children_system;
	if (!fields ||
		sscanf(fields + 1,
			" %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld %*d %*d %*d %*d %*u %*u %llu",
			&parent, &user, &system, &children_user, &children_system, &resident) != 6)
		return false;
	double ticks = (double)user + (double)system + (double)children_user + (double)children_system;
	*p = (struct process){ .number = (pid_t)strtol(number, NULL, 10),
		.parent = parent,
		.use = { (int64_t)(ticks / (double)sysconf(_SC_CLK_TCK) * CLOCK_SECOND),
			(int64_t)resident * sysconf(_SC_PAGESIZE) } };
	return true;
}

static size_t read_processes(struct process **list)
{
	size_t count = 0, capacity = 0;
	struct dirent *entry;
	DIR *folder = opendir("/proc");
	*list = NULL;
	while (folder && (entry = readdir(folder))) {
		struct process p;
		if (!isdigit((unsigned char)*entry->d_name) || !read_process(entry->d_name, &p))
			continue;
		if (count == capacity) {
			capacity = capacity ? capacity * 2 : 256;
			*list = memory_resize(*list, capacity * sizeof **list);
		}
		(*list)[count++] = p;
	}
	if (folder)
		closedir(folder);
	return count;
}

/* Whether one more of them descends from one that counts. */
static bool spread(struct process *list, size_t count)
{
	bool more = false;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count && !list[i].counts; k++)
			if (list[k].counts && list[k].number == list[i].parent)
				list[i].counts = more = true;
	return more;
}

struct machine_use machine_use(pid_t process)
{
	struct machine_use sum = { 0, 0 };
	struct process *list;
	size_t count = process > 0 ? read_processes(&list) : 0;
	if (!count)
		return sum;
	for (size_t i = 0; i < count; i++)
		list[i].counts = list[i].number == process;
	while (spread(list, count))
		;
	for (size_t i = 0; i < count; i++) {
		sum.processor += list[i].counts ? list[i].use.processor : 0;
		sum.memory += list[i].counts ? list[i].use.memory : 0;
	}
	free(list);
	return sum;
}

int64_t machine_own_memory(void)
{
	struct process own;
	return read_process("self", &own) ? own.use.memory : 0;
}

/* ---- warnings ---- */

json_t *machine_warnings(int64_t lag, int64_t latency, double own_share, double idle_share)
{
	json_t *list = json_array();
	if (lag > LAG_PASSED && lag * 10 > latency)
		json_array_append_new(list, json_string("late"));
	if (own_share > BUSY_SHARE)
		json_array_append_new(list, json_string("busy"));
	if (idle_share >= 0 && idle_share < IDLE_SHARE)
		json_array_append_new(list, json_string("machine"));
	return list;
}
