#include "run/guard.h"
#include "base/text.h"
#include "client/gateway.h"
#include "run/client.h"
#include <string.h>

#define TRIES         2 /* connections that have ended without falling for the lie: it has not, and goes on to try */
#define ANSWER_LIMITS 3 /* times the deadline of a step that an adapter has for an answer (docs/adapters.md) */
#define LIE_LIMITS    2 /* times the same that a client is watched which does nothing, as it may ask its user */
#define ALONE_LIMITS  2 /* likewise, for a client to come back by itself */

/* ---- a lie ---- */

static bool is_decided(const struct player *p)
{
	enum gateway_attempt attempt = device_attempt(p->device);
	return attempt == ATTEMPT_FELL || attempt == ATTEMPT_UNFIT || attempt == ATTEMPT_STOOD ||
		device_attempts_over(p->device) >= TRIES;
}

/* Until its state is another than this, or `done` (may be NULL) says so. */
static int wait_while(struct stage *g, struct player *p, enum device_state state, bool (*done)(const struct player *p),
	int64_t deadline, struct err *e)
{
	while (device_state(p->device) == state && clock_now() < deadline && !(done && done(p)))
		if (!stage_pump(g, deadline, e))
			return -1;
	return 0;
}

static enum outcome judge(const struct player *p, struct finding *f)
{
	const char *name = p->actor->name;
	enum device_state state = device_state(p->device);
	switch (device_attempt(p->device)) {
	case ATTEMPT_FELL:
		return finding_say(f, OUTCOME_NOT_MET, "%s has fallen for it: %s", name, device_deed(p->device));
	case ATTEMPT_UNFIT:
		return finding_say(f, OUTCOME_UNSUPPORTED, "this says nothing of %s: %s", name, device_deed(p->device));
	case ATTEMPT_NONE:
	case ATTEMPT_MET:
	case ATTEMPT_STOOD:
		break;
	}
	if (state == DEVICE_ONLINE)
		return finding_say(f, OUTCOME_NOT_MET, "%s is online, as if nothing were wrong", name);
	if (state == DEVICE_FAILED && device_error(p->device)->class != ERR_REFUSED)
		return finding_error(f, device_error(p->device));
	if (device_attempt(p->device) == ATTEMPT_NONE)
		return finding_say(
			f, OUTCOME_UNKNOWN, "%s has not come to where it is lied to, so nothing is known", name);
	return OUTCOME_MET;
}

/* The truth again; the client answers its command, and may have come back by then. */
static int end_lie(struct stage *g, struct player *p, struct err *e)
{
	if (device_deceive(p->device, NULL, e) ||
		wait_while(g, p, DEVICE_CONNECTING, NULL, clock_now() + ANSWER_LIMITS * g->step_deadline, e))
		return -1;
	if (device_state(p->device) == DEVICE_CONNECTING)
		device_give_up(p->device, "connect");
	return 0;
}

enum outcome guard_deceived(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	if (device_state(p->device) == DEVICE_ONLINE) { /* it has come back by itself after the lie before */
		device_close(p->device);
		if (wait_while(g, p, DEVICE_ONLINE, NULL, clock_now() + ANSWER_LIMITS * g->step_deadline, &e))
			return finding_error(f, &e);
	}
	if (!strike_step(g, step, MUTATION_ADMITTED) && device_deceive(p->device, step->name, &e))
		return finding_error(f, &e);
	device_connect(p->device);
	if (wait_while(g, p, DEVICE_CONNECTING, is_decided, clock_now() + LIE_LIMITS * g->step_deadline, &e))
		return finding_error(f, &e);
	enum outcome o = judge(p, f);
	if (end_lie(g, p, &e))
		return finding_error(f, &e);
	client_overlook(p); /* the attempt is nothing that a later step should find */
	return o;
}

/* ---- being alive ---- */

struct watch {
	int64_t alone_until; /* it is left to itself until then */
	bool pinged;         /* in the session that it has */
	bool told;           /* to connect */
};

/* Pings a session once, and has a client connect that does not by itself. */
static int look_after(struct stage *g, struct player *p, struct watch *w, struct err *e)
{
	static const struct fence ping = { .kind = FENCE_IQ };
	if (!client_has_session(p)) {
		w->pinged = false;
		if (!w->told && clock_now() >= w->alone_until && device_answer(p->device) != ADAPTER_WAITS) {
			device_tell(p->device, "connect");
			w->told = true;
		}
		return 0;
	}
	if (w->pinged)
		return 0;
	w->pinged = true;
	return fence_send(g, p, &ping, e);
}

enum outcome guard_survives(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	bool deaf = strike_step(g, step, MUTATION_UNANSWERED);
	struct watch w = { .alone_until = clock_now() + ALONE_LIMITS * g->step_deadline, .pinged = deaf };
	int64_t deadline = step->within ? clock_now() + step->within : w.alone_until + ANSWER_LIMITS * g->step_deadline;
	while (clock_now() < deadline) {
		int64_t until = w.told || deaf ? deadline : w.alone_until;
		if (device_state(p->device) != DEVICE_ONLINE)
			return finding_error(f, device_error(p->device));
		if (look_after(g, p, &w, &e))
			return finding_error(f, &e);
		if (w.pinged && !deaf && p->fence_came)
			return OUTCOME_MET;
		if (!stage_pump(g, until > clock_now() ? until : deadline, &e))
			return finding_error(f, &e);
	}
	return finding_say(f, OUTCOME_NOT_MET,
		client_has_session(p) ? "%s does not answer any more" : "%s has not come back", p->actor->name);
}
