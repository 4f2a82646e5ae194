#include "cmd/systems.h"
#include "base/text.h"
#include "cmd/select.h"
#include "run/client.h"
#include "target/fault.h"
#include <string.h>

#define FIXTURE      "fixture:"
#define PEER_DEFAULT "peer"

/* The target of `--peer [NAME=]TARGET`, and its name, which is the arena's. */
static const char *peer_target(struct arena *a, const char *peer, const char **name)
{
	const char *equals = strchr(peer, '=');
	const char *given = equals ? arena_bytes(a, peer, (size_t)(equals - peer)) : NULL;
	bool named = given && text_is_slug(given);
	*name = named ? given : PEER_DEFAULT;
	return named ? equals + 1 : peer;
}

int systems_check(const struct command *c, const struct systems_line *l)
{
	if (l->client && !text_starts(l->target, FIXTURE))
		return cmd_usage(c,
			"a client is tested in front of a fixture, whose certificate the gateway shows, not of %s",
			l->target);
	if (!l->client && l->client_options && l->client_options->count)
		return cmd_usage(c, "--client-option is for the client of --client, and there is none");
	if (l->second && !l->client)
		return cmd_usage(c, "--second-client is who a first one, of --client, speaks with, and there is none");
	if (!l->second && l->second_options && l->second_options->count)
		return cmd_usage(c, "--second-option is for the client of --second-client, and there is none");
	if (!l->peer)
		return 0;
	struct arena a = ARENA_INIT;
	const char *name, *where = peer_target(&a, l->peer, &name);
	bool fixture = text_starts(where, FIXTURE);
	int status = 0;
	if (!fixture && !strchr(where, '/') && !text_ends(where, ".ini") && !file_exists(where))
		status = cmd_usage(c, "--peer takes [NAME=]TARGET, a target file or fixture:NAME, not '%s'", l->peer);
	else if (fixture != text_starts(l->target, FIXTURE))
		status = cmd_usage(c,
			"%s and %s cannot speak with one another: a fixture knows no server but a second fixture",
			l->target, where);
	arena_release(&a);
	return status;
}

/* A fixture with what the scenarios and the other fixture need of it. */
static struct target *start_fixture(struct systems *s, const struct systems_line *l, const char *where, bool second,
	const struct vec *scenarios, struct err *e)
{
	struct vec options = VEC_INIT;
	struct target *t = NULL;
	select_fixture_options(scenarios, &options);
	if (s->federation)
		federation_options(s->federation, second, &options);
	for (size_t i = 0; !second && i < l->fixture_options->count; i++)
		vec_push(&options, l->fixture_options->items[i]);
	if (second || !l->fault || fault_choose(&s->arena, where, l->fault, l->fault_folder, &options, e) == 0)
		t = fixture_start(where + strlen(FIXTURE), &options, e);
	vec_release(&options);
	return t;
}

static int open_peer(struct systems *s, const struct systems_line *l, const struct vec *scenarios, struct err *e)
{
	const char *where = peer_target(&s->arena, l->peer, &s->peer_name);
	s->peer = s->federation ? start_fixture(s, l, where, true, scenarios, e) : target_load(where, e);
	if (!s->peer)
		return -1;
	if (strcasecmp(s->peer->domain, s->target->domain) == 0)
		return err_set(e, ERR_USAGE, where, "has the domain %s, as %s has: a second target is elsewhere",
			s->peer->domain, s->target->name);
	if (target_choose_transport(s->peer, NULL, e))
		return -1;
	return s->federation ? federation_join(s->federation, s->target, s->peer, e) : 0;
}

/* `what` NULL: none. */
static int open_client(const char *what, const struct vec *options, struct client **out, struct err *e)
{
	if (!what)
		return 0;
	*out = client_open(what, options, e);
	return *out ? client_describe(*out, e) : -1;
}

int systems_open(struct systems *s, const struct systems_line *l, const struct vec *scenarios, struct err *e)
{
	bool fixture = text_starts(l->target, FIXTURE);
	if (open_client(l->client, l->client_options, &s->client, e) ||
		open_client(l->second, l->second_options, &s->second, e))
		return -1;
	if (l->peer && fixture && !(s->federation = federation_new(e)))
		return -1;
	s->target = fixture || l->fault ? start_fixture(s, l, l->target, false, scenarios, e)
					: target_open(l->target, l->accounts, l->password_file, e);
	if (!s->target)
		return -1;
	return l->peer ? open_peer(s, l, scenarios, e) : 0;
}

void systems_close(struct systems *s)
{
	target_free(s->target);
	target_free(s->peer);
	federation_free(s->federation);
	client_free(s->client);
	client_free(s->second);
	arena_release(&s->arena);
	*s = (struct systems)SYSTEMS_INIT;
}
