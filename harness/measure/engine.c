#include "measure/engine.h"
#include "base/clock.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAD (20 * CLOCK_MILLISECOND) /* from the making of a schedule to its start */

static void received(void *context, struct member *m, const xmlNode *stanza, int64_t when)
{
	struct engine *g = context;
	if (g->requests && !g->over)
		histogram_record(&g->reading, clock_now() - when);
	g->workload->received(g, m, stanza, when);
}

static void changed(void *context, struct member *m, enum device_state state)
{
	struct engine *g = context;
	g->workload->changed(g, m, state);
}

void engine_init(struct engine *g, const struct workload *w, const struct latency_options *o)
{
	g->workload = w;
	g->options = o;
	g->receivers = g->lanes = 1;
	histogram_init(&g->reading);
	g->crew.received = received;
	g->crew.changed = w->changed ? changed : NULL;
	g->crew.context = g;
}

static void forget_requests(struct engine *g)
{
	for (size_t i = 0; g->receiver && i < g->receivers; i++) {
		free(g->receiver[i].seen);
		free(g->receiver[i].newest);
	}
	free(g->receiver);
	free(g->requests);
	free(g->values);
	g->receiver = NULL;
	g->requests = NULL;
	g->values = NULL;
	g->total = g->sent = g->finished = 0;
}

void engine_release(struct engine *g)
{
	forget_requests(g);
	histogram_release(&g->reading);
}

/* ---- one repetition ---- */

static void begin(struct engine *g, double rate, size_t total, size_t warm, unsigned repetition)
{
	forget_requests(g);
	g->total = total;
	g->warm = warm;
	g->requests = memory_alloc(total * sizeof *g->requests);
	g->values = memory_alloc(total * SERIES_MOST * sizeof *g->values);
	for (size_t i = 0; i < total * SERIES_MOST; i++)
		g->values[i] = INT64_MIN;
	g->receiver = memory_alloc(g->receivers * sizeof *g->receiver);
	for (size_t i = 0; i < g->receivers; i++) {
		struct receiver *r = &g->receiver[i];
		r->seen = memory_alloc(total / 8 + 1);
		r->newest = memory_alloc(g->lanes * sizeof *r->newest);
		for (size_t lane = 0; lane < g->lanes; lane++)
			r->newest[lane] = -1;
	}
	memset(&g->faults, 0, sizeof g->faults);
	histogram_clear(&g->reading);
	g->over = false;
	snprintf(g->token, sizeof g->token, "a%llx-%u", (unsigned long long)clock_now() & 0xffffffffff, repetition);
	g->processor = clock_processor();
	g->idle = driver_idle(g->crew.driver);
	g->began = clock_now();
	schedule_init(&g->schedule, g->options->loop, g->options->arrivals, rate, g->options->seed + repetition,
		g->began + LEAD);
}

static void send_due(struct engine *g)
{
	int64_t now = clock_now();
	while (g->sent < g->total && schedule_due(&g->schedule) <= now) {
		size_t number = g->sent++;
		g->requests[number].from = schedule_take(&g->schedule, now);
		g->requests[number].written = -1;
		g->workload->send(g, number);
		now = clock_now();
	}
}

/* In the closed loop the next request waits for one that is given up here. */
static int64_t give_up(struct engine *g, int64_t now)
{
	int64_t last = g->sent ? g->requests[g->sent - 1].from + g->options->within : CLOCK_FOREVER;
	if (g->options->loop == LOOP_CLOSED && g->schedule.unanswered && now >= last) {
		schedule_answered(&g->schedule);
		return CLOCK_FOREVER;
	}
	return last;
}

int engine_run(struct engine *g, double rate, size_t total, size_t warm, unsigned repetition, struct err *e)
{
	int result = 0;
	begin(g, rate, total, warm, repetition);
	while (g->finished < g->total && !result) {
		send_due(g);
		int64_t now = clock_now(), until = give_up(g, now), due = schedule_due(&g->schedule);
		if (g->sent == g->total && now >= until)
			break;
		if (g->sent < g->total && due < until)
			until = due;
		if (g->finished == g->total || until <= now)
			continue;
		result = crew_pump(&g->crew, until, e);
	}
	g->ended = clock_now();
	g->processor = clock_processor() - g->processor;
	g->idle = driver_idle(g->crew.driver) - g->idle;
	g->faults.lost = g->sent - g->finished;
	g->over = true;
	return result;
}

/* ---- for workloads ---- */

void engine_id(const struct engine *g, size_t number, struct buf *out)
{
	buf_printf(out, "%s-%zu", g->token, number);
}

/* Letters that follow from the number, so that a text that was cut or mixed up is noticed. */
void engine_text(const struct engine *g, size_t number, struct buf *out)
{
	size_t begin = out->len;
	uint64_t state = number ^ g->options->seed;
	buf_printf(out, "%s-%zu ", g->token, number);
	while (out->len - begin < g->options->size) {
		uint64_t random = schedule_random(&state);
		char part[12];
		size_t left = g->options->size - (out->len - begin);
		for (size_t i = 0; i < sizeof part; i++, random >>= 5)
			part[i] = "abcdefghijklmnopqrstuvwxyz .,-!?"[random & 31];
		buf_add(out, part, left < sizeof part ? left : sizeof part);
	}
}

void engine_send(struct engine *g, struct member *m, size_t number, const struct buf *stanza)
{
	struct request *q = &g->requests[number];
	q->sent = crew_send(m, buf_text(stanza), stanza->len);
	q->written = clock_now() - q->sent;
}

int64_t engine_number(const struct engine *g, const char *id)
{
	size_t length = strlen(g->token);
	int64_t number;
	if (!id || !*g->token || strncmp(id, g->token, length) != 0 || id[length] != '-')
		return -1;
	char digits[24];
	size_t count = strspn(id + length + 1, "0123456789");
	if (count == 0 || count >= sizeof digits)
		return -1;
	memcpy(digits, id + length + 1, count);
	digits[count] = 0;
	return text_to_number(digits, 0, (int64_t)g->sent - 1, &number) ? -1 : number;
}

static bool is_intact(const struct engine *g, size_t number, const char *text)
{
	BUF_AUTO expected = BUF_INIT;
	engine_text(g, number, &expected);
	return strcmp(buf_text(&expected), text) == 0;
}

int64_t engine_arrived(struct engine *g, size_t r, const char *id, const char *text)
{
	struct receiver *to = &g->receiver[r];
	int64_t number = engine_number(g, id);
	if (number < 0)
		number = engine_number(g, text);
	if (number < 0)
		return -1;
	if (text && !is_intact(g, (size_t)number, text)) {
		g->faults.altered++;
		return -1;
	}
	unsigned char bit = (unsigned char)(1 << (number % 8));
	if (to->seen[number / 8] & bit) {
		g->faults.repeated++;
		return -1;
	}
	to->seen[number / 8] |= bit;
	int64_t *newest = &to->newest[(size_t)number % g->lanes];
	if (number < *newest && g->workload->ordered)
		g->faults.reordered++;
	if (number > *newest)
		*newest = number;
	g->requests[number].arrived++;
	return number;
}

void engine_value(struct engine *g, size_t number, unsigned series, int64_t ns)
{
	g->values[number * SERIES_MOST + series] = ns;
}

void engine_finish(struct engine *g, size_t number)
{
	if (g->requests[number].finished || g->over)
		return;
	g->requests[number].finished = true;
	g->finished++;
	if (number + 1 == g->sent)
		schedule_answered(&g->schedule);
}

void engine_refuse(struct engine *g, size_t number)
{
	if (g->requests[number].finished || g->over)
		return;
	for (unsigned i = 0; i < SERIES_MOST; i++)
		engine_value(g, number, i, INT64_MIN);
	g->faults.refused++;
	engine_finish(g, number);
}

void engine_deliver(struct engine *g, size_t r, const char *id, const char *text, int64_t when)
{
	int64_t number = engine_arrived(g, r, id, text);
	if (number < 0 || g->requests[number].arrived < g->receivers)
		return;
	engine_value(g, (size_t)number, 0, when - g->requests[number].from);
	engine_finish(g, (size_t)number);
}

void engine_fan_out(struct engine *g, size_t r, const char *id, const char *text, int64_t when)
{
	int64_t number = engine_arrived(g, r, id, text);
	if (number < 0)
		return;
	const struct request *q = &g->requests[number];
	int64_t *values = g->values + (size_t)number * SERIES_MOST;
	/* Not in the order of arrival: of what came in one turn of the loop, one connection is looked at after the other. */
	if (values[0] == INT64_MIN || when - q->from > values[0])
		values[0] = when - q->from;
	if (values[1] == INT64_MIN || when - q->from < values[1])
		values[1] = when - q->from;
	if (q->arrived == g->receivers)
		engine_finish(g, (size_t)number);
}
