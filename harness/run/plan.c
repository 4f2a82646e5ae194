#include "run/plan.h"
#include "base/text.h"
#include "driver/driver.h"
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	unsigned capability;
} capability_names[] = {
	{ "direct", DRIVER_DIRECT_TLS },
	{ "unbound", DRIVER_UNBOUND },
	{ "mechanism", DRIVER_MECHANISM },
	{ "cut", DRIVER_CUT },
	{ "sm", DRIVER_SM },
	{ "raw", DRIVER_RAW },
	{ "faithful", DRIVER_FAITHFUL },
	{ "features", DRIVER_FEATURES },
	{ "bare", DRIVER_BARE },
	{ "web", DRIVER_WEB },
	{ "component", DRIVER_COMPONENT },
	{ "client", DRIVER_CLIENT },
};

static bool driver_can(unsigned capabilities, const char *name)
{
	for (size_t i = 0; i < sizeof capability_names / sizeof *capability_names; i++)
		if (strcmp(capability_names[i].name, name) == 0)
			return capabilities & capability_names[i].capability;
	return false;
}

static bool allowed(const struct target *t, const char *what)
{
	if (strcmp(what, "register") == 0)
		return t->allow_register;
	if (strcmp(what, "delete") == 0) /* what was made: those of a list are somebody's */
		return t->allow_delete && t->provisioning != PROVISION_FIXED;
	return strcmp(what, "flood") == 0 && t->allow_flood;
}

static bool has_service(const struct features *f, const struct need *n)
{
	const struct service *service = features_service(f, n->value);
	return service && (!n->detail || features_has(&service->features, n->detail));
}

static bool knows_place(const struct target *t, const char *what)
{
	AUTO_TEXT place = target_web_place(t, what);
	return place != NULL;
}

/* Whether the run has a second target that the scenarios call so. */
static bool has_peer(const struct system *systems, const char *name)
{
	const struct system *peer = &systems[SYSTEM_PEER];
	return peer->target && strcmp(peer->name, name) == 0;
}

static bool claimed(const struct client *c, const char *word)
{
	return c && (!*word || features_has(&c->claims, word));
}

static bool is_met(const struct need *n, const struct system *systems, unsigned capabilities)
{
	const struct system *system = system_of(systems, n->peer);
	const struct target *t = system->target;
	const struct features *f = system->features;
	switch (n->kind) {
	case NEED_SERVER:
		return features_has(&f->server_features, n->value);
	case NEED_ACCOUNT:
		return features_has(&f->account_features, n->value);
	case NEED_STREAM:
		return features_has(&f->stream_features, n->value);
	case NEED_SERVICE:
		return has_service(f, n);
	case NEED_ALLOW:
		return allowed(t, n->value);
	case NEED_DRIVER:
		return driver_can(capabilities, n->value);
	case NEED_CLAIM:
		return features_has(&t->claims, n->value);
	case NEED_MECHANISM:
		return features_has(&f->mechanisms, n->value);
	case NEED_COMPONENT:
		return t->component != NULL;
	case NEED_WEB:
		return knows_place(t, n->value);
	case NEED_PEER:
		return has_peer(systems, n->value);
	case NEED_CLIENT:
		return claimed(system->client, n->value);
	case NEED_SECOND:
		return claimed(system->second, n->value);
	}
	return false;
}

static void explain_peer(const char *name, const struct system *systems, char *reason, size_t size)
{
	if (systems[SYSTEM_PEER].target)
		snprintf(reason, size, "it needs a second target, '%s', and that of this run is '%s'", name,
			systems[SYSTEM_PEER].name);
	else
		snprintf(reason, size, "it needs a second target, '%s', and this run has one", name);
}

static void explain_client(const struct need *n, char *reason, size_t size)
{
	bool second = n->kind == NEED_SECOND;
	if (*n->value)
		snprintf(reason, size, "the %sclient under test does %sclaim %s", second ? "second " : "",
			n->absent ? "" : "not ", n->value);
	else
		snprintf(reason, size, "a %sclient %s under test in this run (--%sclient)", second ? "second " : "",
			n->absent ? "is" : "would have to be", second ? "second-" : "");
}

static void explain(const struct need *n, const struct system *systems, const char *driver, char *reason, size_t size)
{
	const struct target *t = system_of(systems, n->peer)->target;
	const char *detail = n->detail ? n->detail : "", *space = n->detail ? " with " : "";
	const char *verb = n->absent ? "" : "not ", *where = n->peer ? " of the second target" : "";
	switch (n->kind) {
	case NEED_SERVER:
		snprintf(reason, size, "the server%s does %sadvertise %s", where, verb, n->value);
		return;
	case NEED_ACCOUNT:
		snprintf(reason, size, "the account%s does %sadvertise %s", where, verb, n->value);
		return;
	case NEED_STREAM:
		snprintf(reason, size, "the stream%s does %soffer %s", where, verb, n->value);
		return;
	case NEED_SERVICE:
		snprintf(reason, size, "a service%s of the kind %s%s%s was %sfound", where, n->value, space, detail,
			verb);
		return;
	case NEED_ALLOW:
		snprintf(reason, size, "the target file%s does %sallow to %s", where, verb, n->value);
		return;
	case NEED_DRIVER:
		snprintf(reason, size, "the driver %s can%s do this%s%s: %s", driver, n->absent ? "" : "not",
			transport_is_web(t->transport) ? " over " : "",
			transport_is_web(t->transport) ? transport_name(t->transport) : "", n->value);
		return;
	case NEED_CLAIM:
		snprintf(reason, size, "the %starget does %sclaim %s", n->peer ? "second " : "", verb, n->value);
		return;
	case NEED_MECHANISM:
		snprintf(reason, size, "the server%s does %soffer the mechanism %s", where, verb, n->value);
		return;
	case NEED_COMPONENT:
		snprintf(reason, size,
			"the target file has %s [component]: the secret of a component is its operator's",
			n->absent ? "a section" : "no section");
		return;
	case NEED_WEB:
		snprintf(reason, size, "the target does %sname a place for %s", verb, n->value);
		return;
	case NEED_CLIENT:
	case NEED_SECOND:
		explain_client(n, reason, size);
		return;
	case NEED_PEER:
		if (n->absent)
			snprintf(reason, size, "it is for runs without a second target '%s'", n->value);
		else
			explain_peer(n->value, systems, reason, size);
		return;
	}
}

/* The name of the first second target that the scenario has something to do with and the run has not; or NULL. */
static const char *missing_peer(const struct scenario *s, const struct system *systems)
{
	for (size_t i = 0; i < s->account_count; i++)
		if (s->accounts[i].peer && !has_peer(systems, s->accounts[i].peer))
			return s->accounts[i].peer;
	for (size_t i = 0; i < s->need_count; i++)
		if (s->needs[i].peer && !has_peer(systems, s->needs[i].peer))
			return s->needs[i].peer;
	return NULL;
}

bool plan_applies(const struct scenario *s, const struct system *systems, unsigned capabilities, const char *driver,
	char *reason, size_t size)
{
	const char *missing = missing_peer(s, systems);
	if (missing) {
		explain_peer(missing, systems, reason, size);
		return false;
	}
	for (size_t i = 0; i < s->need_count; i++) {
		if (is_met(&s->needs[i], systems, capabilities) != s->needs[i].absent)
			continue;
		explain(&s->needs[i], systems, driver, reason, size);
		return false;
	}
	return plan_has_accounts(s, systems, reason, size);
}

bool plan_has_accounts(const struct scenario *s, const struct system *systems, char *reason, size_t size)
{
	size_t wanted[SYSTEMS] = { 0 };
	for (size_t i = 0; i < s->account_count; i++)
		wanted[system_of(systems, s->accounts[i].peer) - systems]++;
	for (size_t i = 0; i < SYSTEMS; i++) {
		const struct target *t = systems[i].target;
		if (!t || t->provisioning != PROVISION_FIXED || wanted[i] <= t->accounts.count)
			continue;
		snprintf(reason, size, "it needs %zu accounts at once, and the %starget has %zu", wanted[i],
			i == SYSTEM_PEER ? "second " : "", t->accounts.count);
		return false;
	}
	return true;
}

bool plan_advertised(const struct features *f, const char *feature)
{
	return features_has(&f->server_features, feature) || features_has(&f->account_features, feature) ||
		features_has(&f->stream_features, feature);
}
