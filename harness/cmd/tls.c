/* assay tls: what TLS a service really speaks, and what that is worth by the policies that are asked for. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "target/target.h"
#include "tls/policy.h"
#include "tls/scan.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MOST 4

static const char usage[] =
	"usage: assay tls HOST [OPTION…]\n"
	"\n"
	"Finds out by handshakes which versions, cipher suites and groups a service accepts, and what its certificate and\n"
	"its other traits are, and weighs them by policies. HOST is a domain, a target file ending in .ini, or fixture:NAME.\n"
	"Without --starttls or --direct it looks at each way that the domain's SRV records or the target names.\n"
	"\n"
	"  --starttls, --direct  look at this way only (XEP-0368 is the second)\n"
	"  --s2s                 come as another server would, not as a client\n"
	"  --host ADDRESS        connect there instead;  --port N at this port\n"
	"  --ca FILE             authorities (PEM) that the certificate must come from (default: the system's)\n"
	"  --policy NAME         bsi-tr-02102-2, mozilla-intermediate, assay (default: all), or a file; repeat for more\n"
	"  --json                one object on standard output, for programs\n"
	"\n"
	"Exit status: 0 nothing fails, 1 something fails, 2 the command line is wrong, 3 not reachable, or no TLS there.\n";

struct tls_line {
	const char *host, *port, *ca;
	struct vec policies, words;
	bool starttls, direct, s2s, json;
};

struct place {
	struct scan_place at;
	char host[256];
};

struct work {
	struct arena arena;
	struct target *target;
	struct place places[PLACES_MOST];
	size_t place_count;
	struct policy *policies;
	size_t policy_count;
	unsigned failed, weak;
};

/* ---- where ---- */

static void add_place(struct work *w, const struct tls_line *l, const char *domain, const char *host, int port,
	bool direct, const char *ca)
{
	if (w->place_count == PLACES_MOST)
		return;
	struct place *p = &w->places[w->place_count++];
	snprintf(p->host, sizeof p->host, "%s", host);
	p->at = (struct scan_place){
		.domain = domain, .host = p->host, .port = port, .direct = direct, .s2s = l->s2s, .ca_file = ca
	};
}

static int usual_port(const struct target *t, bool s2s, bool direct)
{
	if (s2s)
		return direct ? 0 : t && t->s2s_port ? t->s2s_port : 5269;
	return t ? (direct ? t->direct_port : t->port) : direct ? 0 : 5222;
}

static int find_way(struct work *w, const struct tls_line *l, const char *domain, bool direct, struct err *e)
{
	const struct target *t = w->target;
	const char *host = l->host ? l->host : t ? t->host : NULL, *ca = l->ca ? l->ca : t ? t->ca_file : NULL;
	int64_t port = usual_port(t, l->s2s, direct);
	struct net_place found[NET_PLACES];
	if (l->port && text_to_number(l->port, 1, 65535, &port))
		return err_set(e, ERR_USAGE, NULL, "--port takes a number up to 65535, not '%s'", l->port);
	if (!host && !l->port) {
		int count = net_places(domain, l->s2s, direct, found, e);
		if (count < 0)
			return direct && !l->direct ? 0 : -1;
		if (count > 0) {
			add_place(w, l, domain, found[0].host, found[0].port, direct, ca);
			return 0;
		}
	}
	if (!port && l->direct)
		return err_set(e, ERR_USAGE, domain, "it names no port for direct TLS: say --port");
	if (port)
		add_place(w, l, domain, host ? host : domain, (int)port, direct, ca);
	return 0;
}

static int find_places(struct work *w, const struct tls_line *l, const char *what, struct err *e)
{
	bool described = text_starts(what, "fixture:") || text_ends(what, ".ini");
	if (text_starts(what, "fixture:")) {
		/* A fixture lets no other server in unless it is asked to: its own suites would wait for resolvers. */
		struct vec options = VEC_INIT;
		if (l->s2s)
			vec_push(&options, arena_text(&w->arena, "ASSAY_FIXTURE_S2S=yes"));
		w->target = fixture_start(what + 8, &options, e);
		vec_release(&options);
	} else if (described) {
		w->target = target_load(what, e);
	}
	if (described && !w->target)
		return -1;
	const char *domain = w->target ? w->target->domain : what;
	if (!l->direct && find_way(w, l, domain, false, e))
		return -1;
	/* A port of one's own is for one way: STARTTLS, unless --direct says otherwise. */
	if (!l->starttls && (l->direct || !l->port) && find_way(w, l, domain, true, e))
		return -1;
	return 0;
}

static int load_policies(struct work *w, const struct tls_line *l, struct err *e)
{
	static const char *const all[] = { "assay", "bsi-tr-02102-2", "mozilla-intermediate" };
	size_t count = l->policies.count ? l->policies.count : sizeof all / sizeof *all;
	w->policies = memory_alloc(count * sizeof *w->policies);
	for (size_t i = 0; i < count; i++) {
		const char *name = l->policies.count ? l->policies.items[i] : all[i];
		const char *path = strchr(name, '/') || text_ends(name, ".tsv")
			? name
			: data_path(&w->arena, arena_printf(&w->arena, "suites/policies/%s.tsv", name));
		if (policy_load(&w->policies[i], path, e))
			return -1;
		w->policy_count++;
	}
	return 0;
}

/* ---- what is said ---- */

static void show_certificate(const struct scan_certificate *c)
{
	if (!c->subject)
		return;
	printf("  certificate    %s\n", c->subject);
	printf("                 for %s\n", c->names);
	printf("                 from %s, %s to %s, %s of %d bits, %s\n", c->issuer, c->from, c->until, c->key,
		c->key_bits, c->signature);
}

static void show_finding(struct work *w, const struct finding_of_tls *f)
{
	BUF_AUTO verdicts = BUF_INIT;
	enum worth worst = WORTH_PASS;
	for (size_t i = 0; i < w->policy_count; i++) {
		struct judgement j;
		if (!policy_judge(&w->policies[i], f, &j) || j.worth == WORTH_PASS)
			continue;
		worst = j.worth > worst ? j.worth : worst;
		buf_printf(&verdicts, "\n       %s: %s%s%s%s%s", w->policies[i].name, worth_name(j.worth),
			*j.where ? ", " : "", j.where, *j.reason ? ": " : "", j.reason);
	}
	printf("  %-4s %-22s %s%s%s%s%s\n", worst == WORTH_PASS ? "" : worth_name(worst), f->item, f->value,
		*f->context ? " (" : "", f->context, *f->context ? ")" : "", buf_text(&verdicts));
}

static void count_verdicts(struct work *w, const struct policy *p, const struct vec *findings, unsigned counts[3])
{
	memset(counts, 0, 3 * sizeof *counts);
	for (size_t i = 0; i < findings->count; i++) {
		struct judgement j;
		if (policy_judge(p, findings->items[i], &j))
			counts[j.worth]++;
	}
	w->weak += counts[WORTH_WEAK];
	w->failed += counts[WORTH_FAIL];
}

static void show(struct work *w, const struct scan_place *at, const struct scan *s, const struct vec *findings)
{
	printf("%s at %s:%d, %s%s\n", at->domain, at->host, at->port, at->direct ? "direct TLS" : "STARTTLS",
		at->s2s ? " between servers" : "");
	show_certificate(&s->certificate);
	for (size_t i = 0; i < findings->count; i++)
		show_finding(w, findings->items[i]);
	for (int v = 0; v < TLS_VERSIONS; v++)
		if (s->versions[v].count > 1)
			printf("  the order of %s counts with %s\n",
				s->versions[v].server_prefers ? "the server" : "the client",
				tls_version_name((uint16_t)(TLS_SSL3 + v)));
	for (size_t i = 0; i < w->policy_count; i++) {
		unsigned counts[3];
		count_verdicts(w, &w->policies[i], findings, counts);
		printf("%s, %s: %u pass, %u weak, %u fail\n", w->policies[i].title, w->policies[i].edition,
			counts[WORTH_PASS], counts[WORTH_WEAK], counts[WORTH_FAIL]);
	}
	printf("%u handshakes in %.1f s\n\n", s->handshakes, (double)s->took / CLOCK_SECOND);
}

static json_t *as_json(struct work *w, const struct scan_place *at, const struct scan *s, const struct vec *findings)
{
	json_t *list = json_array(), *policies = json_array(), *preferences = json_object();
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding_of_tls *f = findings->items[i];
		json_t *verdicts = json_object();
		for (size_t k = 0; k < w->policy_count; k++) {
			struct judgement j;
			if (policy_judge(&w->policies[k], f, &j))
				json_object_set_new(verdicts, w->policies[k].name,
					json_pack("{s:s, s:s, s:s}", "worth", worth_name(j.worth), "where", j.where,
						"reason", j.reason));
		}
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:o}", "item", f->item, "value", f->value, "context", f->context,
				"policies", verdicts));
	}
	for (size_t i = 0; i < w->policy_count; i++) {
		unsigned counts[3];
		const struct policy *p = &w->policies[i];
		count_verdicts(w, p, findings, counts);
		json_array_append_new(policies,
			json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i}", "name", p->name, "title", p->title, "edition",
				p->edition, "date", p->date, "pass", (int)counts[0], "weak", (int)counts[1], "fail",
				(int)counts[2]));
	}
	for (int v = 0; v < TLS_VERSIONS; v++)
		if (s->versions[v].count > 1)
			json_object_set_new(preferences, tls_version_name((uint16_t)(TLS_SSL3 + v)),
				json_string(s->versions[v].server_prefers ? "server" : "client"));
	const struct scan_certificate *c = &s->certificate;
	json_t *certificate = !c->subject
		? json_null()
		: json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s}", "subject", c->subject, "issuer", c->issuer,
			  "names", c->names, "from", c->from, "until", c->until, "key", c->key, "bits", c->key_bits,
			  "signature", c->signature);
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:i, s:f}", "domain", at->domain, "host",
		at->host, "port", at->port, "way", at->direct ? "direct" : "starttls", "service",
		at->s2s ? "s2s" : "c2s", "certificate", certificate, "findings", list, "preferences", preferences,
		"policies", policies, "handshakes", (int)s->handshakes, "seconds", (double)s->took / CLOCK_SECOND);
}

/* ---- the whole ---- */

static int look(struct work *w, bool json, struct err *e)
{
	json_t *all = json_array();
	int result = 0;
	for (size_t i = 0; i < w->place_count && !result; i++) {
		struct scan s;
		struct vec findings = VEC_INIT;
		const struct scan_place *at = &w->places[i].at;
		result = scan_run(&s, at, e);
		if (!result) {
			scan_findings(&s, at, &findings);
			if (json)
				json_array_append_new(all, as_json(w, at, &s, &findings));
			else
				show(w, at, &s, &findings);
		}
		scan_findings_release(&findings);
		scan_release(&s);
	}
	if (!result && json) {
		json_dumpf(all, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(all);
	return result;
}

static int run(int argc, char **argv)
{
	struct err e;
	struct tls_line l = { .host = NULL };
	struct work w = { .arena = ARENA_INIT };
	const struct option_spec specs[] = {
		{ "host", &l.host, NULL, NULL },
		{ "port", &l.port, NULL, NULL },
		{ "ca", &l.ca, NULL, NULL },
		{ "policy", NULL, &l.policies, NULL },
		{ "starttls", NULL, NULL, &l.starttls },
		{ "direct", NULL, NULL, &l.direct },
		{ "s2s", NULL, NULL, &l.s2s },
		{ "json", NULL, NULL, &l.json },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (options_read(&command_tls, argc, argv, specs, &l.words) == 0) {
		if (l.words.count != 1)
			status = cmd_usage(&command_tls, "it looks at one HOST");
		else if (l.starttls && l.direct)
			status = cmd_usage(
				&command_tls, "--starttls and --direct are two ways: give one, or neither for both");
		else if (l.ca && !file_exists(l.ca))
			status = cmd_usage(&command_tls, "--ca: there is no file %s", l.ca);
		else if (load_policies(&w, &l, &e) || find_places(&w, &l, l.words.items[0], &e) || look(&w, l.json, &e))
			status = cmd_fail(&e);
		else
			status = w.failed ? EXIT_NOT_CONFORMING : EXIT_AS_EXPECTED;
	}
	for (size_t i = 0; i < w.policy_count; i++)
		policy_release(&w.policies[i]);
	free(w.policies);
	target_free(w.target);
	arena_release(&w.arena);
	vec_release(&l.policies);
	vec_release(&l.words);
	return status;
}

const struct command command_tls = { "tls", "find out what TLS a service speaks, and what it is worth by policies",
	usage, run };
