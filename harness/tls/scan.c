#include "tls/scan.h"
#include "base/text.h"
#include "tls/attempt.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every name that a handshake needs, all groups that there are. */
struct lists {
	uint16_t suites[TLS_VERSIONS][512];
	size_t suite_counts[TLS_VERSIONS];
	uint16_t groups[64];
	size_t group_count;
};

struct look {
	struct scan *scan;
	const struct scan_place *place;
	struct attempts attempts;
	struct lists lists;
	struct climb {
		struct look *look;
		int version; /* 0: SSLv3 */
		uint16_t left[512];
		size_t count;
	} climbs[TLS_VERSIONS];
	struct group_question {
		struct look *look;
		uint16_t group;
		bool newest, accepted;
	} questions[128];
	size_t question_count;
	unsigned answers; /* that were TLS at all */
	const char *nonsense;
	enum tls_reaction last_reaction;
};

static uint16_t version_number(int index)
{
	return (uint16_t)(TLS_SSL3 + index);
}

static void fill_lists(struct lists *l)
{
	size_t count;
	const struct tls_name *names = tls_suites(&count);
	for (size_t i = 0; i < count; i++)
		for (int v = 0; v < TLS_VERSIONS; v++) {
			bool newest = names[i].number >> 8 == 0x13;
			if (newest == (v == TLS_VERSIONS - 1))
				l->suites[v][l->suite_counts[v]++] = names[i].number;
		}
	names = tls_groups(&count);
	for (size_t i = 0; i < count; i++)
		l->groups[l->group_count++] = names[i].number;
}

static struct tls_offer offer_of(const struct look *k, uint16_t version)
{
	return (struct tls_offer){ .version = version,
		.groups = k->lists.groups,
		.group_count = k->lists.group_count,
		.server_name = k->place->domain,
		.alpn = prelude_alpn(k->place) };
}

static void note_reaction(struct look *k, const struct tls_answer *a)
{
	k->last_reaction = a->reaction;
	if (a->reaction == TLS_ACCEPTED || a->reaction == TLS_ALERT)
		k->answers++;
	else if (a->reaction == TLS_NONSENSE)
		k->nonsense = a->fault;
}

/* ---- suites: all are offered, the chosen one is taken out, until there is no choice left ---- */

static attempt_done climbed;

static void climb_on(struct climb *c)
{
	struct tls_offer o = offer_of(c->look, version_number(c->version));
	if (!c->count)
		return;
	o.suites = c->left;
	o.suite_count = c->count;
	attempt_add(&c->look->attempts, &o, climbed, c);
}

static void note_features(struct scan *s, const struct tls_answer *a)
{
	if (a->version >= TLS_1_3)
		return;
	s->older = true;
	s->renegotiation_info |= a->renegotiation_info;
	s->ticket |= a->ticket;
	s->extended_master_secret |= a->extended_master_secret;
	s->encrypt_then_mac |= a->encrypt_then_mac;
	if (a->dh_bits && (!s->dh_bits || a->dh_bits < s->dh_bits))
		s->dh_bits = a->dh_bits;
}

static void climbed(void *context, const struct tls_answer *a)
{
	struct climb *c = context;
	struct scan *s = c->look->scan;
	struct scan_version *v = &s->versions[c->version];
	note_reaction(c->look, a);
	if (a->reaction != TLS_ACCEPTED || a->version != version_number(c->version))
		return;
	v->accepted = true;
	v->suites[v->count++] = a->suite;
	note_features(s, a);
	if (a->alpn)
		s->alpn = true;
	size_t kept = 0;
	for (size_t i = 0; i < c->count; i++)
		if (c->left[i] != a->suite)
			c->left[kept++] = c->left[i];
	c->count = kept;
	climb_on(c);
}

static void find_suites(struct look *k)
{
	for (int v = 0; v < TLS_VERSIONS; v++) {
		struct climb *c = &k->climbs[v];
		c->look = k;
		c->version = v;
		c->count = k->lists.suite_counts[v];
		memcpy(c->left, k->lists.suites[v], c->count * sizeof *c->left);
		k->scan->versions[v].suites = memory_alloc((c->count + 1) * sizeof(uint16_t));
		climb_on(c);
	}
}

/* ---- whose order counts: what it chose first is offered last ---- */

static void preferred(void *context, const struct tls_answer *a)
{
	struct scan_version *v = context;
	v->server_prefers = a->reaction == TLS_ACCEPTED && a->suite == v->suites[0];
}

static void find_preference(struct look *k)
{
	for (int v = 0; v < TLS_VERSIONS; v++) {
		struct scan_version *version = &k->scan->versions[v];
		struct tls_offer o = offer_of(k, version_number(v));
		uint16_t turned[512];
		if (version->count < 2)
			continue;
		for (size_t i = 0; i < version->count; i++)
			turned[i] = version->suites[version->count - 1 - i];
		o.suites = turned;
		o.suite_count = version->count;
		attempt_add(&k->attempts, &o, preferred, version);
	}
}

/* ---- groups: each is offered alone ---- */

static void group_answered(void *context, const struct tls_answer *a)
{
	struct group_question *q = context;
	q->accepted = a->reaction == TLS_ACCEPTED && a->group == q->group;
}

static bool names_a_group(uint16_t suite)
{
	const char *name = tls_suite_name(suite);
	return name && (text_starts(name, "TLS_ECDHE_") || text_starts(name, "TLS_ECDH_anon_"));
}

/* With TLS 1.2 the curve of an ECDSA certificate must be among the groups too (RFC 8422 section 5.1): it is offered behind. */
static void ask_group(struct look *k, const uint16_t *suites, size_t count, bool newest, uint16_t group, uint16_t curve)
{
	struct group_question *q = &k->questions[k->question_count++];
	struct tls_offer o = offer_of(k, newest ? TLS_1_3 : TLS_1_2);
	const uint16_t list[] = { group, curve };
	*q = (struct group_question){ .look = k, .group = group, .newest = newest };
	o.suites = suites;
	o.suite_count = count;
	o.groups = list;
	o.group_count = curve && curve != group && !newest ? 2 : 1;
	attempt_add(&k->attempts, &o, group_answered, q);
}

static void find_groups(struct look *k, uint16_t curve)
{
	const struct scan_version *newest = &k->scan->versions[TLS_VERSIONS - 1];
	uint16_t suites[512];
	size_t count = 0;
	int highest = -1;
	for (int v = 0; v < TLS_VERSIONS - 1; v++)
		if (k->scan->versions[v].accepted)
			highest = v;
	for (size_t i = 0; highest >= 0 && i < k->scan->versions[highest].count; i++)
		if (names_a_group(k->scan->versions[highest].suites[i]))
			suites[count++] = k->scan->versions[highest].suites[i];
	for (size_t i = 0; i < k->lists.group_count; i++) {
		if (count && highest == TLS_1_2 - TLS_SSL3)
			ask_group(k, suites, count, false, k->lists.groups[i], curve);
		if (newest->count)
			ask_group(k, newest->suites, newest->count, true, k->lists.groups[i], 0);
	}
}

static void collect_groups(struct look *k)
{
	struct scan *s = k->scan;
	s->groups = memory_alloc((k->lists.group_count + 1) * sizeof *s->groups);
	s->newest_groups = memory_alloc((k->lists.group_count + 1) * sizeof *s->newest_groups);
	for (size_t i = 0; i < k->question_count; i++) {
		const struct group_question *q = &k->questions[i];
		if (q->accepted && q->newest)
			s->newest_groups[s->newest_group_count++] = q->group;
		else if (q->accepted)
			s->groups[s->group_count++] = q->group;
	}
}

/* ---- single questions ---- */

static void compression_answered(void *context, const struct tls_answer *a)
{
	((struct look *)context)->scan->compression = a->reaction == TLS_ACCEPTED && a->compression;
}

/* RFC 7507 section 3: a server that speaks a higher version refuses. */
static void fallback_answered(void *context, const struct tls_answer *a)
{
	struct scan *s = ((struct look *)context)->scan;
	s->fallback_known = a->reaction == TLS_ALERT || a->reaction == TLS_ACCEPTED;
	s->fallback_refused = a->reaction == TLS_ALERT && a->alert == 86;
}

static void unknown_name_answered(void *context, const struct tls_answer *a)
{
	((struct look *)context)->scan->unknown_name = a->reaction == TLS_ACCEPTED;
}

static void ask_the_rest(struct look *k)
{
	struct scan *s = k->scan;
	int lowest = -1, highest = -1;
	for (int v = 0; v < TLS_VERSIONS; v++)
		if (s->versions[v].accepted) {
			lowest = lowest < 0 ? v : lowest;
			highest = v;
		}
	for (int v = 0; v < TLS_VERSIONS - 1; v++) {
		struct tls_offer o = offer_of(k, version_number(v));
		o.suites = s->versions[v].suites;
		o.suite_count = s->versions[v].count;
		if (!s->versions[v].accepted)
			continue;
		if (v == lowest) {
			o.compression = true;
			attempt_add(&k->attempts, &o, compression_answered, k);
			o.compression = false;
		}
		if (v == lowest && v < highest) {
			o.fallback = true;
			attempt_add(&k->attempts, &o, fallback_answered, k);
		}
	}
	if (highest < 0)
		return;
	struct tls_offer o = offer_of(k, version_number(highest));
	o.suites = s->versions[highest].suites;
	o.suite_count = s->versions[highest].count;
	o.server_name = "unknown.invalid";
	attempt_add(&k->attempts, &o, unknown_name_answered, k);
}

/* ---- the whole ---- */

static uint16_t curve_of(const struct scan_certificate *c)
{
	static const struct {
		const char *key;
		uint16_t group;
	} curves[] = { { "P-256", 23 }, { "P-384", 24 }, { "P-521", 25 } };
	for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
		if (strstr(c->key, curves[i].key))
			return curves[i].group;
	return 0;
}

static int look_at(struct look *k, struct err *e)
{
	struct scan *s = k->scan;
	bool any = false;
	fill_lists(&k->lists);
	find_suites(k);
	if (attempts_run(&k->attempts, e))
		return -1;
	for (int v = 0; v < TLS_VERSIONS; v++)
		any = any || s->versions[v].accepted;
	if (!any && !k->answers)
		return err_set(
			e, ERR_PROTOCOL, NULL, "%s", k->nonsense ? k->nonsense : "it answers no handshake of TLS");
	if (!any)
		return err_set(e, ERR_PROTOCOL, NULL, "it speaks TLS, but no version and cipher suite that is known");
	session_look(s, k->place, k->attempts.loop);
	find_preference(k);
	find_groups(k, curve_of(&s->certificate));
	ask_the_rest(k);
	if (attempts_run(&k->attempts, e))
		return -1;
	collect_groups(k);
	return 0;
}

int scan_run(struct scan *s, const struct scan_place *place, struct err *e)
{
	struct look *k = memory_alloc(sizeof *k);
	struct loop *loop = loop_new();
	int64_t began = clock_now();
	*s = (struct scan){ .early_data = 0 };
	k->scan = s;
	k->place = place;
	e->where[0] = '\0';
	attempts_begin(&k->attempts, loop, place);
	int result = look_at(k, e);
	if (result) {
		snprintf(e->where, sizeof e->where, strchr(place->host, ':') ? "[%s]:%d" : "%s:%d", place->host,
			place->port);
	} else {
		s->starttls_required = k->attempts.required || (k->attempts.features && !*k->attempts.features);
		s->features_in_clear = memory_copy_text(k->attempts.features);
	}
	s->handshakes += k->attempts.made;
	s->took = clock_now() - began;
	attempts_release(&k->attempts);
	loop_free(loop);
	free(k);
	return result;
}

void scan_release(struct scan *s)
{
	for (int v = 0; v < TLS_VERSIONS; v++)
		free(s->versions[v].suites);
	free(s->groups);
	free(s->newest_groups);
	free(s->features_in_clear);
	free(s->certificate.subject);
	free(s->certificate.issuer);
	free(s->certificate.names);
	free(s->certificate.fault);
	*s = (struct scan){ .early_data = 0 };
}
