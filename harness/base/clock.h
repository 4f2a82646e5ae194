/* base/clock.h: time. All durations and instants inside the program are int64_t nanoseconds on the monotonic
 * clock; wall-clock time appears only as text. */
#ifndef ASSAY_BASE_CLOCK_H
#define ASSAY_BASE_CLOCK_H
#include <stddef.h>
#include <stdint.h>

#define CLOCK_MILLISECOND INT64_C(1000000)
#define CLOCK_SECOND      INT64_C(1000000000)
#define CLOCK_FOREVER     INT64_MAX

int64_t clock_now(void);                  /* monotonic nanoseconds */
int64_t clock_processor(void);            /* processor time of this process and its reaped children, ns */
int clock_poll_timeout(int64_t deadline); /* milliseconds for poll(2) until `deadline`, rounded up; -1 forever */
#define CLOCK_STAMP_SIZE 32
void clock_stamp(char out[CLOCK_STAMP_SIZE]); /* now, UTC, as XEP-0082 DateTime with milliseconds */
/* A DateTime (XEP-0082 section 3.2), with or without decimals, in seconds since 1970; -1 where the text (or NULL) is none. */
int clock_read_stamp(const char *text, int64_t *seconds);
#endif
