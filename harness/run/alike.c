#include "run/alike.h"
#include "base/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CERTAINTY    2.576 /* standard deviations: 99 % */
#define PAIRS_UNUSED 2     /* the first ones meet cold caches */
#define PAIRS_FEWEST 20
#define PAIRS_MOST   120
#define PAIRS_STEP   20
#define FASTEST_OF   3 /* tries stand behind each figure: what else a machine does can only make one longer */
#define SLOWED       (5 * CLOCK_MILLISECOND) /* by a mutation, beyond the longest that was seen */

/* ---- the comparison ---- */

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

void alike_compare(const int64_t *first, const int64_t *second, size_t count, struct alike *out)
{
	double n = (double)count;
	size_t all = count * count;
	int64_t *differences = memory_alloc((all + 1) * sizeof *differences);
	double later = 0;
	*out = (struct alike){ .pairs = count };
	if (!count) {
		free(differences);
		return;
	}
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++) {
			int64_t d = second[k] - first[i];
			differences[i * count + k] = d;
			later += d > 0 ? 1 : d < 0 ? -1 : 0;
		}
	qsort(differences, all, sizeof *differences, by_size);
	double rank = n * n / 2 - CERTAINTY * sqrt(n * n * (2 * n + 1) / 12);
	size_t cut = rank < 1 ? 1 : (size_t)rank;
	out->shift = ((double)differences[(all - 1) / 2] + (double)differences[all / 2]) / 2;
	out->low = (double)differences[cut - 1];
	out->high = (double)differences[all - cut];
	double reach = CERTAINTY * sqrt((2 * n + 1) / (3 * n * n));
	out->delta = later / (n * n);
	out->delta_low = fmax(-1, out->delta - reach);
	out->delta_high = fmin(1, out->delta + reach);
	free(differences);
}

enum alike_verdict alike_judge(const struct alike *a)
{
	if (a->low >= -(double)ALIKE_TELLING && a->high <= (double)ALIKE_TELLING)
		return ALIKE_SAME;
	if (a->low > (double)ALIKE_TELLING || a->high < -(double)ALIKE_TELLING)
		return ALIKE_OTHER;
	return ALIKE_UNSURE;
}

/* ---- the tries ---- */

/* One refused login; its time in *took, from the first word of it to the refusal. */
static enum outcome try_once(
	struct stage *g, struct player *p, const struct device_config *config, int64_t *took, struct finding *f)
{
	struct err e;
	int64_t deadline = clock_now() + 3 * g->step_deadline;
	BUF_AUTO fact = BUF_INIT;
	device_configure(p->device, config);
	device_connect(p->device);
	while (device_state(p->device) == DEVICE_CONNECTING) {
		if (clock_now() >= deadline) {
			device_cut(p->device);
			return finding_say(
				f, OUTCOME_UNKNOWN, "%s was neither let in nor refused in time", config->user);
		}
		if (!stage_pump(g, deadline, &e))
			return finding_error(f, &e);
	}
	if (device_state(p->device) != DEVICE_FAILED)
		return finding_say(f, OUTCOME_NOT_MET, "%s was let in with a wrong password", config->user);
	if (device_error(p->device)->class != ERR_REFUSED)
		return finding_error(f, device_error(p->device));
	device_fact(p->device, "sasl.took", &fact);
	if (text_to_number(buf_text(&fact), 0, INT64_MAX, took))
		return finding_say(f, OUTCOME_UNSUPPORTED, "the driver does not tell how long a login takes");
	return OUTCOME_MET;
}

struct tries {
	struct device_config configs[2]; /* the account, and nobody's */
	int64_t took[2][PAIRS_MOST];
	int64_t longest; /* of all that count */
	size_t pairs;
	bool slowed; /* nobody's, by a mutation */
};

/* A pair, now this one first and now the other, so that neither always follows the other. A mutation's delay is longer than what
 * noise makes of any try, so that no noise can hide it. */
static enum outcome try_pair(struct stage *g, struct player *p, struct tries *t, struct finding *f)
{
	int64_t fastest[2] = { INT64_MAX, INT64_MAX };
	for (unsigned i = 0; i < 2 * FASTEST_OF; i++) {
		unsigned which = (unsigned)(t->pairs + i) % 2;
		int64_t took;
		enum outcome o = try_once(g, p, &t->configs[which], &took, f);
		if (o != OUTCOME_MET)
			return o;
		if (took < fastest[which])
			fastest[which] = took;
	}
	for (unsigned which = 0; which < 2; which++)
		if (fastest[which] > t->longest)
			t->longest = fastest[which];
	t->took[0][t->pairs] = fastest[0];
	t->took[1][t->pairs] = fastest[1] + (t->slowed ? SLOWED + t->longest : 0);
	return OUTCOME_MET;
}

static enum outcome try_until_sure(
	struct stage *g, struct player *p, struct tries *t, struct alike *a, struct finding *f)
{
	for (unsigned i = 0; i < PAIRS_UNUSED; i++) {
		enum outcome o = try_pair(g, p, t, f);
		if (o != OUTCOME_MET)
			return o;
	}
	t->longest = 0;
	for (;;) {
		enum outcome o = try_pair(g, p, t, f);
		if (o != OUTCOME_MET)
			return o;
		t->pairs++;
		if (t->pairs < PAIRS_FEWEST || t->pairs % PAIRS_STEP)
			continue;
		alike_compare(t->took[0], t->took[1], t->pairs, a);
		if (alike_judge(a) != ALIKE_UNSURE || t->pairs == PAIRS_MOST)
			return OUTCOME_MET;
	}
}

static void describe(const struct alike *a, char *text, size_t size)
{
	snprintf(text, size,
		"a user that does not exist is refused %.3f ms later than one with a wrong password (99 %% interval %.3f to %.3f ms); effect "
		"size (Cliff's delta) %.2f (%.2f to %.2f); %zu pairs, each of them the fastest of %d tries",
		a->shift / 1e6, a->low / 1e6, a->high / 1e6, a->delta, a->delta_low, a->delta_high, a->pairs,
		FASTEST_OF);
}

enum outcome alike_play(struct stage *g, const struct step *step, struct finding *f)
{
	struct player *p = stage_player(g, step->actor);
	struct tries *t = memory_alloc(sizeof *t);
	struct alike a = { .pairs = 0 };
	char text[400];
	/* As long as each other, for a longer name is not to make the difference. */
	AUTO_TEXT nobody = memory_copy_text(p->config.user);
	for (char *c = nobody; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)('a' + (*c - 'a' + 13) % 26);
	bool silent = g->voice->silent;
	for (unsigned i = 0; i < 2; i++) {
		t->configs[i] = p->config;
		t->configs[i].password = "wrong-password-of-nobody";
		t->configs[i].mechanism = step->mechanism;
		t->configs[i].transport = p->home->target->transport;
		t->configs[i].url = target_url(p->home->target, p->home->target->transport);
	}
	t->configs[1].user = nobody;
	t->slowed = strike_step(g, step, MUTATION_SLOWED);
	g->voice->silent = true; /* hundreds of connections that nobody wants to read of */
	enum outcome o = try_until_sure(g, p, t, &a, f);
	g->voice->silent = silent;
	device_configure(p->device, &p->config); /* `nobody` is about to go */
	free(t);
	if (o != OUTCOME_MET)
		return o;
	describe(&a, text, sizeof text);
	journal_note(g->voice, p->actor->name, text);
	journal_measure(g->voice, "unknown-user-later", (int64_t)a.shift);
	switch (alike_judge(&a)) {
	case ALIKE_SAME:
		return OUTCOME_MET;
	case ALIKE_OTHER:
		return finding_say(f, OUTCOME_NOT_MET, "%s", text);
	case ALIKE_UNSURE:
		return finding_say(f, OUTCOME_UNKNOWN, "noise is too large to tell: %s", text);
	}
	return OUTCOME_MET;
}
