#include "measure/requests.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MOST    32
#define COLUMN_TURN     0 /* repetition */
#define COLUMN_WARM_UP  2
#define REPETITION_MOST 1000000

struct field {
	const char *from, *end;
};

/* The fields of the line at `at` up to `end`; how many. */
static size_t split(const char *at, const char *end, struct field *fields)
{
	size_t count = 0;
	while (count < COLUMNS_MOST) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		fields[count++] = (struct field){ at, comma ? comma : end };
		if (!comma)
			return count;
		at = comma + 1;
	}
	return 0;
}

static int number_of(const struct field *f, int64_t *out)
{
	char *end;
	*out = strtoll(f->from, &end, 10);
	return f->from < f->end && end == f->end ? 0 : -1;
}

static bool is_called(const struct field *f, const char *name)
{
	return (size_t)(f->end - f->from) == strlen(name) && memcmp(f->from, name, strlen(name)) == 0;
}

/* One line; -1 where it is none of this table. */
static int take(struct requests *r, const struct field *fields, size_t column)
{
	int64_t turn, warm, value;
	const struct field *f = &fields[column];
	if (number_of(&fields[COLUMN_TURN], &turn) || number_of(&fields[COLUMN_WARM_UP], &warm) || turn < 1 ||
		turn > REPETITION_MOST || (r->count && turn < r->repetition[r->count - 1]))
		return -1;
	if (warm || f->from == f->end)
		return 0;
	if (number_of(f, &value))
		return -1;
	r->repetition[r->count] = (unsigned)turn;
	r->value[r->count++] = value;
	return 0;
}

static size_t lines_in(const struct buf *text)
{
	size_t count = 1;
	for (const char *at = text->data; at && (at = strchr(at, '\n')); at++)
		count++;
	return count;
}

int requests_read(struct requests *r, const struct buf *csv, const char *column, const char *where, struct err *e)
{
	struct field fields[COLUMNS_MOST];
	size_t columns = 0, wanted = 0, line = 0, most = lines_in(csv);
	const char *at = buf_text(csv);
	*r = (struct requests){ memory_alloc(most * sizeof *r->repetition), memory_alloc(most * sizeof *r->value), 0 };
	for (const char *end; *at; at = *end ? end + 1 : end) {
		end = at + strcspn(at, "\n");
		size_t count = split(at, end, fields);
		bool good = count && (line++ == 0 || (count == columns && !take(r, fields, wanted)));
		if (line == 1) {
			for (columns = count; wanted < columns && !is_called(&fields[wanted], column);)
				wanted++;
			good = good && wanted < columns && columns > COLUMN_WARM_UP &&
				is_called(&fields[COLUMN_TURN], "repetition") &&
				is_called(&fields[COLUMN_WARM_UP], "warm_up");
		}
		if (!good) {
			requests_release(r);
			return err_set(
				e, ERR_USAGE, where, "line %zu is none of a table of requests with %s", line, column);
		}
	}
	if (line)
		return 0;
	requests_release(r);
	return err_set(e, ERR_USAGE, where, "is empty");
}

void requests_release(struct requests *r)
{
	free(r->repetition);
	free(r->value);
	*r = (struct requests){ NULL, NULL, 0 };
}
