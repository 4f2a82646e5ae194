/* What actors that are no devices have a part in, and what not: components, and clients under test. */
#include "script/private.h"

/* What a component has no part in: TLS, authentication, binding, stream management, an account. */
static bool fits_component(const struct step *s)
{
	switch (s->kind) {
	case STEP_CONNECTS:
	case STEP_OPENS:
	case STEP_REFUSED:
		return !s->unbound && s->opening == OPENING_CONNECTED && !s->for_servers && !s->mechanism &&
			!s->resource && s->transport == CHOOSE_DEFAULT;
	case STEP_SECURES:
	case STEP_RESUMES:
	case STEP_ALIKE:
	case STEP_ACKS:
	case STEP_PROVES:
	case STEP_SUMS:
	case STEP_FETCHES:
	case STEP_KEYS:
	case STEP_ROTATES:
	case STEP_FORGETS:
	case STEP_LEARNS:
	case STEP_RESTORES:
	case STEP_READS:
	case STEP_UPLOADS:
	case STEP_DOWNLOADS:
	case STEP_DOES:
	case STEP_FINDS:
	case STEP_WITHHOLDS:
	case STEP_LOSES:
	case STEP_RELEASES:
	case STEP_OVERLOOKS:
	case STEP_REPEATS:
	case STEP_DECEIVED:
	case STEP_SURVIVES:
		return false;
	case STEP_RESTARTS:
	case STEP_DISCONNECTS:
	case STEP_CUTS:
	case STEP_SENDS:
	case STEP_SENDS_RAW:
	case STEP_ASKS:
	case STEP_ANSWERED:
	case STEP_GETS:
	case STEP_NEVER:
	case STEP_GOT:
	case STEP_KEEPS:
	case STEP_CLOSED:
	case STEP_LET:
	case STEP_SHAKES:
	case STEP_HIDDEN:
	case STEP_SAME:
	case STEP_DIFFER:
	case STEP_MARKS:
	case STEP_MEASURE:
		return true;
	}
	return true;
}

/* Fences that only an account has: its copies, its archive, its nodes, its roster. */
static bool fence_fits_components(const struct step *s)
{
	bool sends = s->fence.from && s->fence.from->component;
	switch (s->fence.kind) {
	case FENCE_NONE:
	case FENCE_DIRECT:
	case FENCE_BARE:
	case FENCE_PRESENCE:
	case FENCE_IQ:
	case FENCE_PATTERN:
	case FENCE_SETTLED:
		return true;
	case FENCE_CARBON:
	case FENCE_SENT:
	case FENCE_ROSTER:
	case FENCE_ARCHIVE:
	case FENCE_SHOWN:
	case FENCE_IDLE:
		return !sends && !s->actor->component;
	case FENCE_ROOM:
	case FENCE_NODE:
		return !sends;
	}
	return true;
}

static int check_components(struct parser *p)
{
	int result = 0;
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *s = p->steps.items[i];
		if (s->actor && s->actor->component && !fits_component(s))
			result = parser_error(p, s->position,
				"%s is a component: it has neither TLS, mechanism and resource nor an account, so this cannot be",
				s->actor->name);
		if (s->actor && !fence_fits_components(s))
			result = parser_error(
				p, s->position, "such a fence is one of accounts: a component has no part in it");
	}
	return result;
}

/* Nobody speaks for a client under test: it answers to what is sent to it, and shows it. */
static bool fence_fits_client(const struct fence *f)
{
	switch (f->kind) {
	case FENCE_NONE:
	case FENCE_DIRECT:
	case FENCE_BARE:
	case FENCE_SHOWN:
	case FENCE_IDLE:
	case FENCE_PATTERN:
	case FENCE_SETTLED:
		return true;
	case FENCE_IQ:
		return !f->text;
	case FENCE_CARBON:
	case FENCE_SENT:
	case FENCE_ROOM:
	case FENCE_NODE:
	case FENCE_ROSTER:
	case FENCE_PRESENCE:
	case FENCE_ARCHIVE:
		return false;
	}
	return false;
}

static int check_clients(struct parser *p)
{
	int result = 0;
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *s = p->steps.items[i];
		if (s->actor && s->actor->client && !fence_fits_client(&s->fence))
			result = parser_error(p, s->position,
				"no such fence comes back from a client under test: expected direct, bare, iq without an address, shown, or idle");
		if (s->actor && !s->actor->client && (s->fence.kind == FENCE_SHOWN || s->fence.kind == FENCE_IDLE))
			result = parser_error(p, s->position, "`fence %s` is of a client under test, and %s is none",
				fence_kind_name(s->fence.kind), s->actor->name);
		if ((s->fence.from && s->fence.from->client) || (s->fence.via && s->fence.via->client))
			result = parser_error(
				p, s->position, "a client under test sends no fence: expected another actor");
	}
	return result;
}

int check_others(struct parser *p)
{
	return check_components(p) | check_clients(p);
}
