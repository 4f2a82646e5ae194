/* assay doctor: what stands between this machine and a run against a target, step by step, and how to mend it. */
#include "base/clock.h"
#include "base/text.h"
#include "cmd/checks.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "run/run.h"
#include "target/reach.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REACH_LIMIT (10 * CLOCK_SECOND)

static const char usage[] =
	"usage: assay doctor [TARGET] [--account USER]… [--password-file FILE]\n"
	"\n"
	"Says, step by step, whether a run against TARGET can work, what is missing, and how to mend it: the\n"
	"program's data, the target file, the server's name, TCP, TLS, the certificate, logging in, and what\n"
	"the server offers. TARGET is as for `assay run`; the default is fixture:prosody.\n"
	"\n"
	"Exit status: 0 a run can work, 2 the command line or the target file is wrong, 3 something is missing\n"
	"or not reachable.\n";

static void show(const char *sign, const char *step, const char *text)
{
	printf("%-5s %-12s %s\n", sign, step, text);
}

__attribute__((format(printf, 2, 3))) static void good(const char *step, const char *format, ...)
{
	BUF_AUTO text = BUF_INIT;
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	show("ok", step, buf_text(&text));
	fflush(stdout);
}

/* A step that fails, and the mend where there is one to tell; the exit status for it. */
static int bad(const char *step, const struct err *e, const char *mend)
{
	char line[sizeof e->where + sizeof e->message + 4];
	err_format(e, line, sizeof line);
	show("FAIL", step, line);
	if (mend)
		show("", "mend", mend);
	fflush(stdout);
	return e->class == ERR_USAGE ? EXIT_USAGE : EXIT_UNREACHABLE;
}

/* ---- this machine ---- */

static int check_data(void)
{
	static const char *const folders[] = { "suites", "fixtures/servers", "reports" };
	struct arena a = ARENA_INIT;
	struct err e = { .class = ERR_NONE };
	for (size_t i = 0; i < sizeof folders / sizeof *folders && e.class == ERR_NONE; i++) {
		const char *path = data_path(&a, folders[i]);
		if (!file_is_directory(path))
			err_set(&e, ERR_ENVIRONMENT, path, "the program's data is not there");
	}
	int status = EXIT_AS_EXPECTED;
	if (e.class == ERR_NONE)
		good("data", "%s", data_path(&a, ""));
	else
		status = bad("data", &e,
			"run it from the source tree, `make install`, or set ASSAY_DATA to the folder that holds suites/, "
			"fixtures/ and reports/");
	arena_release(&a);
	return status;
}

/* Whether the fixtures are installed; only that of the target must be. */
static int check_fixtures(const char *target)
{
	struct arena a = ARENA_INIT;
	struct vec names = VEC_INIT;
	int status = EXIT_AS_EXPECTED;
	fixture_names(&a, &names);
	for (size_t i = 0; i < names.count; i++) {
		struct err e = { .class = ERR_NONE };
		const char *name = arena_printf(&a, "fixture:%s", (char *)names.items[i]);
		AUTO_TEXT product = fixture_describe(names.items[i], &e);
		if (product)
			good("fixture", "%s is %s", name, product);
		else if (text_equal(target, name))
			status = bad("fixture", &e, NULL);
		else
			show("-", "fixture", e.message);
	}
	vec_release(&names);
	arena_release(&a);
	return status;
}

static int check_baseline(const struct target *t)
{
	struct baseline b;
	const struct vec none = VEC_INIT;
	struct err e = { .class = ERR_NONE };
	if (!t->baseline)
		return EXIT_AS_EXPECTED;
	if (checks_baseline(&b, t->baseline, &none, NULL, t->transport, &e))
		return bad("baseline", &e, NULL);
	good("baseline", "%zu lines expect verdicts that are not `pass`", b.lines.count);
	baseline_release(&b);
	return EXIT_AS_EXPECTED;
}

/* ---- the way to the server ---- */

static const char *const step_names[REACH_STEPS] = { "name", "connection", "xmpp", "tls", "certificate" };

static const char *mend_of(const struct target *t, const struct reach *r)
{
	switch (r->failed) {
	case REACH_NAME:
		return t->host ? "correct `host` in [target]"
			       : "correct the domain, or name the machine with `host = ` in [target]";
	case REACH_TCP:
		return "is the server up, the port right (`port`, `direct-port` in [target]) and no firewall between?";
	case REACH_XMPP:
		return r->error.class == ERR_REFUSED
			? "is `domain` in [target] one that this server serves?"
			: "is this port the one for clients (5222), and STARTTLS switched on?";
	case REACH_TLS:
		return "the server needs TLS 1.2 or 1.3 and a certificate for the domain; `port` is for STARTTLS, "
		       "`direct-port` for TLS from the first byte";
	case REACH_CERTIFICATE:
		return "with an authority of your own: `ca = FILE` in [target]; else the server's certificate is at "
		       "fault (`verify = no` to go on)";
	case REACH_STEPS:
		break;
	}
	return NULL;
}

/* The steps of one way; false where it is not offered. */
static bool check_way(const struct target *t, bool direct, int *status)
{
	struct reach r;
	if (!target_reach(t, direct, clock_now() + REACH_LIMIT, &r))
		return false;
	const char *way = direct ? "direct TLS" : "STARTTLS";
	if (r.failed > REACH_NAME)
		good("name", "%s for %s is at %s%s", t->domain, way, r.place, r.from_dns ? " (SRV record)" : "");
	if (r.failed > REACH_TCP)
		good("connection", "%s accepts", r.peer);
	if (r.failed > REACH_XMPP && !direct)
		good("xmpp", "it serves %s and offers STARTTLS", t->domain);
	if (r.failed > REACH_TLS)
		good("tls", "%s", r.tls);
	if (r.failed == REACH_STEPS && t->verify)
		good("certificate", "of %s, until %s", r.issuer, r.until);
	else if (r.failed == REACH_STEPS)
		show("-", "certificate", "not verified, as the target says");
	else {
		*status = bad(step_names[r.failed], &r.error, mend_of(t, &r));
		if (r.failed == REACH_CERTIFICATE && r.issuer[0]) {
			AUTO_TEXT remark = memory_printf("it comes from %s and is good until %s", r.issuer, r.until);
			show("", "", remark);
		}
	}
	return true;
}

static int check_ways(const struct target *t)
{
	int status = EXIT_AS_EXPECTED;
	bool starttls = check_way(t, false, &status);
	bool direct = check_way(t, true, &status);
	if (!direct)
		show("-", "direct TLS", "not offered; scenarios that need it will be `unsupported`");
	if (!starttls)
		show("-", "STARTTLS", "not offered; scenarios that need it will be `unsupported`");
	return status;
}

/* ---- accounts and offers ---- */

static const char *account_mend(const struct target *t, const struct err *e)
{
	if (e->class != ERR_REFUSED && e->class != ERR_UNSUPPORTED)
		return NULL;
	switch (t->provisioning) {
	case PROVISION_FIXED:
		return "is the account there, and its password right?";
	case PROVISION_REGISTER:
		return "does the server allow in-band registration (XEP-0077)? Else name accounts, or another "
		       "provisioning (docs/targets.md)";
	case PROVISION_ADMIN:
		return "is the user of [admin] an administrator there, and are ad-hoc commands (XEP-0133) offered?";
	case PROVISION_COMMAND:
		return "run the command by hand: COMMAND create USER DOMAIN, with the password on its standard input";
	}
	return NULL;
}

/* Each account of a list logs in, so that a wrong password shows before a run; where accounts are made, one is. */
static int check_accounts(struct target *t, struct features *f)
{
	size_t count = t->provisioning == PROVISION_FIXED ? t->accounts.count : 1;
	int status = EXIT_AS_EXPECTED;
	for (size_t i = 0; i < count; i++) {
		struct err e = { .class = ERR_NONE };
		struct features found = { 0 };
		struct target one = *t;
		const struct target_account *a = NULL;
		if (t->provisioning == PROVISION_FIXED) {
			a = t->accounts.items[i];
			one.accounts = (struct vec){ &t->accounts.items[i], 1, 1 };
		}
		if (run_discover(&one, &found, &e)) {
			AUTO_TEXT user = a ? memory_printf("%s: %s", a->user, e.message) : memory_copy_text(e.message);
			err_set(&e, e.class, e.where, "%s", user);
			status = bad("login", &e, account_mend(t, &e));
			continue;
		}
		const char *mechanism = map_get(&found.facts, "sasl.mechanism");
		good("login", "%s%s%s", a ? a->user : "an account was made and logs in", mechanism ? ", " : "",
			mechanism ? mechanism : "");
		if (i == 0)
			*f = found;
		else
			features_release(&found);
	}
	if (t->provisioning != PROVISION_FIXED && !t->allow_delete)
		show("-", "accounts", "those that are made stay there: `delete = yes` in [allow] lets them be removed");
	return status;
}

/* What many scenarios need. Where it is missing they are `unsupported`. */
enum offer_place { OFFER_SERVER, OFFER_ACCOUNT, OFFER_STREAM, OFFER_SERVICE };
static const struct offer {
	enum offer_place place;
	const char *feature, *name;
} offers[] = {
	{ OFFER_STREAM, "urn:xmpp:sm:3", "stream management (XEP-0198)" },
	{ OFFER_SERVER, "urn:xmpp:carbons:2", "message carbons (XEP-0280)" },
	{ OFFER_ACCOUNT, "urn:xmpp:mam:2", "message archive (XEP-0313)" },
	{ OFFER_SERVER, "urn:xmpp:blocking", "blocking (XEP-0191)" },
	{ OFFER_ACCOUNT, "http://jabber.org/protocol/pubsub#publish-options", "PEP with publish options (XEP-0163)" },
	{ OFFER_ACCOUNT, "urn:xmpp:bookmarks:1#compat", "bookmarks (XEP-0402)" },
	{ OFFER_SERVICE, "muc", "rooms (XEP-0045)" },
	{ OFFER_SERVICE, "upload", "file upload (XEP-0363)" },
};

static bool offered(const struct features *f, const struct offer *o)
{
	switch (o->place) {
	case OFFER_SERVER:
		return features_has(&f->server_features, o->feature);
	case OFFER_ACCOUNT:
		return features_has(&f->account_features, o->feature);
	case OFFER_STREAM:
		return features_has(&f->stream_features, o->feature);
	case OFFER_SERVICE:
		return features_service(f, o->feature) != NULL;
	}
	return false;
}

static void show_offers(const struct features *f)
{
	const char *name = map_get(&f->facts, "version.name"), *version = map_get(&f->facts, "version.version");
	if (name)
		good("server", "%s %s", name, version ? version : "");
	BUF_AUTO mechanisms = BUF_INIT;
	for (size_t i = 0; i < f->mechanisms.count; i++)
		buf_printf(&mechanisms, "%s%s", i ? ", " : "", (char *)f->mechanisms.items[i]);
	if (mechanisms.len)
		good("mechanisms", "%s", mechanisms.data);
	for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
		AUTO_TEXT lacking = memory_printf("%s; scenarios that need it will be `unsupported`", offers[i].name);
		if (offered(f, &offers[i]))
			good("offers", "%s", offers[i].name);
		else
			show("-", "offers not", lacking);
	}
}

/* The secret is tried, so that a wrong one shows before a run. */
static int check_component(const struct target *t)
{
	struct err e = { .class = ERR_NONE };
	const struct target_component *c = t->component;
	if (!c)
		return EXIT_AS_EXPECTED;
	if (run_component(t, &e))
		return bad("component", &e,
			e.class == ERR_REFUSED
				? "does the server have this component, is the secret right, and is no other connected?"
				: "does the server listen for components there? host and port stand in [component]");
	good("component", "%s is let in at port %d of %s, without TLS", c->domain, c->port, c->host);
	return EXIT_AS_EXPECTED;
}

static int check_target(const char *what, const struct vec *users, const char *password_file)
{
	struct err e = { .class = ERR_NONE };
	struct features f = { 0 };
	struct target *t = target_open(what, users, password_file, &e);
	if (!t)
		return bad("target", &e, NULL);
	good("target", "%s, domain %s", t->name, t->domain);
	int status = check_baseline(t);
	if (status == EXIT_AS_EXPECTED)
		status = check_ways(t);
	if (status == EXIT_AS_EXPECTED)
		status = check_accounts(t, &f);
	if (status == EXIT_AS_EXPECTED)
		show_offers(&f);
	if (status == EXIT_AS_EXPECTED)
		status = check_component(t);
	features_release(&f);
	target_free(t);
	return status;
}

static int run(int argc, char **argv)
{
	const char *password_file = NULL;
	struct vec users = VEC_INIT, words = VEC_INIT;
	const struct option_spec specs[] = {
		{ "account", NULL, &users, NULL },
		{ "password-file", &password_file, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (options_read(&command_doctor, argc, argv, specs, &words) == 0) {
		const char *what = words.count ? words.items[0] : "fixture:prosody";
		if (words.count > 1) {
			status = cmd_usage(&command_doctor, "two targets, '%s' and '%s': it looks at one", what,
				(char *)words.items[1]);
		} else {
			status = check_data();
			if (status == EXIT_AS_EXPECTED && text_starts(what, "fixture:"))
				status = check_fixtures(what);
			if (status == EXIT_AS_EXPECTED)
				status = check_target(what, &users, password_file);
		}
	}
	vec_release(&users);
	vec_release(&words);
	return status;
}

const struct command command_doctor = { "doctor", "say whether a run against a target can work, and mend what cannot",
	usage, run };
