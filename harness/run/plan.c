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

static bool is_met(const struct need *n, const struct target *t, const struct features *f, unsigned capabilities)
{
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
	}
	return false;
}

static void explain(const struct need *n, const struct target *t, const char *driver, char *reason, size_t size)
{
	const char *detail = n->detail ? n->detail : "", *space = n->detail ? " with " : "";
	const char *verb = n->absent ? "" : "not ";
	switch (n->kind) {
	case NEED_SERVER:
		snprintf(reason, size, "the server does %sadvertise %s", verb, n->value);
		return;
	case NEED_ACCOUNT:
		snprintf(reason, size, "the account does %sadvertise %s", verb, n->value);
		return;
	case NEED_STREAM:
		snprintf(reason, size, "the stream does %soffer %s", verb, n->value);
		return;
	case NEED_SERVICE:
		snprintf(reason, size, "a service of the kind %s%s%s was %sfound", n->value, space, detail, verb);
		return;
	case NEED_ALLOW:
		snprintf(reason, size, "the target file does %sallow to %s", verb, n->value);
		return;
	case NEED_DRIVER:
		snprintf(reason, size, "the driver %s can%s do this%s%s: %s", driver, n->absent ? "" : "not",
			transport_is_web(t->transport) ? " over " : "",
			transport_is_web(t->transport) ? transport_name(t->transport) : "", n->value);
		return;
	case NEED_CLAIM:
		snprintf(reason, size, "the target does %sclaim %s", verb, n->value);
		return;
	case NEED_MECHANISM:
		snprintf(reason, size, "the server does %soffer the mechanism %s", verb, n->value);
		return;
	case NEED_COMPONENT:
		snprintf(reason, size,
			"the target file has %s [component]: the secret of a component is its operator's",
			n->absent ? "a section" : "no section");
		return;
	case NEED_WEB:
		snprintf(reason, size, "the target does %sname a place for %s", verb, n->value);
		return;
	}
}

bool plan_applies(const struct scenario *s, const struct target *t, const struct features *f, unsigned capabilities,
	const char *driver, char *reason, size_t size)
{
	for (size_t i = 0; i < s->need_count; i++) {
		if (is_met(&s->needs[i], t, f, capabilities) != s->needs[i].absent)
			continue;
		explain(&s->needs[i], t, driver, reason, size);
		return false;
	}
	for (size_t i = 0; i < s->account_count; i++) {
		if (!s->accounts[i].peer)
			continue;
		snprintf(reason, size, "it needs a second target, '%s', and this run has one", s->accounts[i].peer);
		return false;
	}
	return plan_has_accounts(s, t, reason, size);
}

bool plan_has_accounts(const struct scenario *s, const struct target *t, char *reason, size_t size)
{
	if (t->provisioning != PROVISION_FIXED || s->account_count <= t->accounts.count)
		return true;
	snprintf(reason, size, "it needs %zu accounts at once, and the target has %zu", s->account_count,
		t->accounts.count);
	return false;
}

bool plan_advertised(const struct features *f, const char *feature)
{
	return features_has(&f->server_features, feature) || features_has(&f->account_features, feature) ||
		features_has(&f->stream_features, feature);
}
