/* Several targets in one measurement, in turns: one repetition of one of them at a time, so that what this machine does meanwhile hits all
 * of them alike; each second round in the other direction, so that what changes steadily does too. */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/comparing_latency.h"
#include "cmd/latency_line.h"
#include "cmd/measuring.h"
#include "measure/rounds.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define SYSTEMS_MOST 8 /* more are no longer to be told apart in a plot */

struct contender {
	const char *what;      /* as the command line has it */
	char *name;            /* of its folder */
	struct target *target; /* of a target file; a fixture runs only while it is measured */
	struct vec results;    /* json_t *, a round each */
	struct vec raw;        /* char *, the folders of their raw data */
};

/* ---- the machine ---- */

/* "4 × MODEL", as the kernel calls the processors; where it does not, by their architecture. */
static char *machine_text(void)
{
	char line[512], model[256] = "";
	struct utsname system;
	FILE *file = fopen("/proc/cpuinfo", "re");
	while (file && !*model && fgets(line, sizeof line, file))
		if (text_starts(line, "model name"))
			sscanf(line, "model name : %255[^\n]", model);
	if (file)
		fclose(file);
	if (!*model && uname(&system) == 0)
		snprintf(model, sizeof model, "%.200s", system.machine);
	return memory_printf("%ld × %s", sysconf(_SC_NPROCESSORS_ONLN), model);
}

void latency_note(json_t *result, const struct latency_options *o)
{
	AUTO_TEXT machine = machine_text();
	json_object_set_new(result, "contacts", json_integer(o->contacts));
	json_object_set_new(result, "within_ns", json_integer(o->within));
	json_object_set_new(result, "machine", json_string(machine));
}

/* ---- before anything is measured ---- */

/* "fixture:prosody" -> "prosody", "sites/Chat.ini" -> "chat"; a name that another has already gets a number. */
static char *folder_name(const struct contender *contenders, size_t number)
{
	const char *what = contenders[number].what, *slash = strrchr(what, '/');
	const char *from = text_starts(what, "fixture:") ? what + strlen("fixture:") : slash ? slash + 1 : what;
	size_t length = text_ends(from, ".ini") ? strlen(from) - strlen(".ini") : strlen(from);
	AUTO_TEXT base = memory_copy_bytes(from, length);
	for (char *c = base; *c; c++)
		*c = *c >= 'A' && *c <= 'Z'                                    ? (char)(*c - 'A' + 'a')
			: (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ? *c
									       : '-';
	for (unsigned twin = 1;; twin++) {
		char *name = twin > 1 ? memory_printf("%s-%u", *base ? base : "target", twin)
				      : memory_copy_text(*base ? base : "target");
		bool taken = text_equal(name, "plots") || text_equal(name, "raw"); /* of the comparison */
		for (size_t i = 0; i < number; i++)
			taken = taken || text_equal(contenders[i].name, name);
		if (!taken)
			return name;
		free(name);
	}
}

/* That the target is there and allows all that is going to be done to it. */
static int prepare(struct contender *s, const struct latency_line *l, const struct latency_options *o, struct err *e)
{
	double rate;
	int64_t connections, time;
	if (text_starts(s->what, "fixture:")) {
		AUTO_TEXT product = fixture_describe(s->what + strlen("fixture:"), e);
		return product ? 0 : -1;
	}
	s->target = measuring_target(s->what, &l->fixture_options, e);
	return !s->target || latency_demand(o, &rate, &connections, &time, e) ||
			target_allows_load(s->target, rate, connections, time, e)
		? -1
		: 0;
}

/* ---- rounds ---- */

static void tell(void *context, const char *name, const json_t *result)
{
	(void)context;
	if (!result && isatty(STDERR_FILENO))
		log_line("measuring %s", name);
}

static int measure_round(
	struct contender *s, const struct latency_line *l, struct latency_options o, unsigned round, struct err *e)
{
	char *raw = memory_printf("%s/%s/rounds/%u", l->out, s->name, round);
	vec_push(&s->raw, raw);
	o.repetitions = 1;
	o.seed += round - 1;
	o.out = raw;
	o.progress = tell;
	struct target *t = s->target ? s->target : measuring_target(s->what, &l->fixture_options, e);
	json_t *result = t ? latency_measure(l, &o, t, e) : NULL;
	if (!s->target)
		target_free(t);
	if (!result)
		return err_context(e, "round %u of %s", round, s->name);
	vec_push(&s->results, result);
	return 0;
}

static int measure_all(struct contender *contenders, size_t count, const struct latency_line *l,
	const struct latency_options *o, struct err *e)
{
	for (unsigned round = 1; round <= o->repetitions; round++)
		for (size_t i = 0; i < count; i++) {
			struct contender *s = &contenders[round % 2 ? i : count - 1 - i];
			log_line("round %u of %u: %s", round, o->repetitions, s->name);
			if (measure_round(s, l, *o, round, e))
				return -1;
		}
	return 0;
}

/* The rounds of a system as one measurement, in its folder; the caller's. */
static json_t *join(const struct contender *s, const struct latency_line *l, struct err *e)
{
	struct latency_line own = *l;
	AUTO_TEXT folder = memory_printf("%s/%s", l->out, s->name);
	AUTO_TEXT raw = memory_printf("%s/raw", folder);
	own.out = folder;
	json_t *result = directory_make(raw, e) ? NULL
						: rounds_join((json_t *const *)s->results.items,
							  (const char *const *)s->raw.items, s->results.count, raw, e);
	if (result && latency_write(result, &own, e)) {
		json_decref(result);
		return NULL;
	}
	return result;
}

/* ---- the whole ---- */

static int compare(const struct contender *contenders, size_t count, const struct latency_line *l, struct err *e)
{
	struct vec folders = VEC_INIT;
	bool faulty = false;
	int fault = 0;
	for (size_t i = 0; i < count && !fault; i++) {
		json_t *result = join(&contenders[i], l, e);
		fault = result ? 0 : -1;
		faulty = faulty || (result && latency_is_faulty(result));
		json_decref(result);
		vec_push(&folders, memory_printf("%s/%s", l->out, contenders[i].name));
	}
	/* Which of them is quicker is no failure. */
	int status = fault
		? cmd_fail(e)
		: comparing_latency(&folders, &(struct comparing_latency){ .out = l->out, .language = l->language });
	for (size_t i = 0; i < folders.count; i++)
		free(folders.items[i]);
	vec_release(&folders);
	if (fault || (status != EXIT_AS_EXPECTED && status != EXIT_NOT_CONFORMING))
		return status;
	return faulty ? EXIT_NOT_CONFORMING : EXIT_AS_EXPECTED;
}

static void release(struct contender *s)
{
	for (size_t i = 0; i < s->results.count; i++)
		json_decref(s->results.items[i]);
	for (size_t i = 0; i < s->raw.count; i++)
		free(s->raw.items[i]);
	vec_release(&s->results);
	vec_release(&s->raw);
	target_free(s->target);
	free(s->name);
}

int latency_targets(struct latency_line *l, struct latency_options *o)
{
	struct err e;
	struct contender contenders[SYSTEMS_MOST] = { { .what = NULL } };
	size_t count = l->words.count;
	int fault = 0;
	if (count > SYSTEMS_MOST)
		return cmd_usage(&command_latency, "it compares %d targets at most", SYSTEMS_MOST);
	for (size_t i = 0; i < count && !fault; i++) {
		contenders[i].what = l->words.items[i];
		contenders[i].name = folder_name(contenders, i);
		fault = prepare(&contenders[i], l, o, &e);
	}
	int status =
		fault || measure_all(contenders, count, l, o, &e) ? cmd_fail(&e) : compare(contenders, count, l, &e);
	for (size_t i = 0; i < count; i++)
		release(&contenders[i]);
	return status;
}
