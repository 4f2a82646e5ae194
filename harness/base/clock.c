#include "base/clock.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

int64_t clock_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * CLOCK_SECOND + t.tv_nsec;
}

static int64_t used(int who)
{
	struct rusage usage;
	getrusage(who, &usage);
	return ((int64_t)usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * CLOCK_SECOND +
		((int64_t)usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

int64_t clock_processor(void)
{
	return used(RUSAGE_SELF) + used(RUSAGE_CHILDREN);
}

int clock_poll_timeout(int64_t deadline)
{
	if (deadline == CLOCK_FOREVER)
		return -1;
	int64_t left = deadline - clock_now();
	if (left <= 0)
		return 0;
	int64_t milliseconds = (left + CLOCK_MILLISECOND - 1) / CLOCK_MILLISECOND;
	return milliseconds > INT_MAX ? INT_MAX : (int)milliseconds;
}

void clock_stamp(char out[CLOCK_STAMP_SIZE])
{
	struct timespec now;
	struct tm utc;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	size_t length = strftime(out, CLOCK_STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(out + length, CLOCK_STAMP_SIZE - length, ".%03ldZ", now.tv_nsec / 1000000);
}

int clock_read_stamp(const char *text, int64_t *seconds)
{
	struct tm parts = { 0 };
	char *end = NULL;
	const char *zone = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) : NULL;
	if (!zone)
		return -1;
	if (*zone == '.')
		zone += 1 + strspn(zone + 1, "0123456789");
	*seconds = timegm(&parts);
	if (strcmp(zone, "Z") == 0)
		return 0;
	long hours = strtol(zone, &end, 10);
	if ((*zone != '+' && *zone != '-') || *end != ':')
		return -1;
	long minutes = strtol(end + 1, &end, 10);
	*seconds -= hours * 3600 + (*zone == '-' ? -minutes : minutes) * 60;
	return *end ? -1 : 0;
}
