/* assay names: where DNS says that a domain's services are, and whether they are there. */
#include "base/clock.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "net/dns.h"
#include "net/net.h"
#include "target/target.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REACH_LIMIT (3 * CLOCK_SECOND)
#define TLSA_MOST   8
#define TYPE_TLSA   52
#define SERVICES    4

static const char usage[] =
	"usage: assay names DOMAIN [--resolver ADDRESS[:PORT]] [--json]\n"
	"\n"
	"Asks DNS where the domain's XMPP services are (SRV records for clients and for servers, STARTTLS and direct TLS), in\n"
	"the order in which they are to be tried, whether each place has addresses of both kinds and accepts connections,\n"
	"whether the records are signed (DNSSEC), and which certificates they name (DANE). Exit status 1 where something fails.\n"
	"\n"
	"  --resolver ADDRESS[:PORT]  ask this one instead of the machine's (an IPv4 address)\n"
	"  --json                     the same for programs\n";

struct named_place {
	struct net_place srv;
	struct vec addresses; /* char * */
	struct vec dead;      /* const char *, of those that accept nothing */
	bool alias, tlsa_signed, tlsa_unknown;
	struct dns_tlsa tlsa[TLSA_MOST];
	size_t tlsa_count;
};

struct named_service {
	bool s2s, direct;
	bool found, refused, authentic; /* there are records; they say that there is no service; they are signed */
	struct named_place places[NET_PLACES];
	size_t count;
};

struct names {
	const char *domain;
	struct dns_resolver resolver;
	struct named_service services[SERVICES];
	json_t *findings;
	unsigned failed, weak;
};

static const char *service_title(const struct named_service *s)
{
	return s->s2s       ? s->direct ? "servers, direct TLS" : "servers, STARTTLS"
		: s->direct ? "clients, direct TLS"
			    : "clients, STARTTLS";
}

/* ---- asking ---- */

struct attempt {
	bool done, accepted;
};

static void happened(struct connection *c, enum net_event event, void *context)
{
	struct attempt *a = context;
	(void)c;
	a->done = true;
	a->accepted = event == NET_CONNECTED;
}

static bool accepts(const char *address, int port)
{
	struct attempt a = { false, false };
	struct loop *loop = loop_new();
	struct connection *c = net_connect(loop, address, port, happened, &a);
	int64_t deadline = clock_now() + REACH_LIMIT;
	while (!a.done && clock_now() < deadline)
		loop_once(loop, deadline);
	net_cut(c);
	loop_free(loop);
	return a.accepted;
}

static int look_at_place(struct names *n, struct named_place *p, struct err *e)
{
	static const int types[] = { ns_t_a, ns_t_aaaa };
	struct dns_reply reply;
	for (size_t i = 0; i < 2; i++) {
		if (dns_ask(&n->resolver, p->srv.host, types[i], &reply, e))
			return -1;
		p->alias = p->alias || dns_is_alias(&reply);
		dns_addresses(&reply, &p->addresses);
	}
	AUTO_TEXT tlsa = memory_printf("_%d._tcp.%s", p->srv.port, p->srv.host);
	/* Some servers of names do not know the type, and then resolvers give up: the rest can be told all the same. */
	p->tlsa_unknown = dns_ask(&n->resolver, tlsa, TYPE_TLSA, &reply, e) != 0;
	if (!p->tlsa_unknown)
		p->tlsa_count = dns_tlsa_read(&reply, p->tlsa, TLSA_MOST);
	p->tlsa_signed = !p->tlsa_unknown && reply.authentic;
	for (size_t i = 0; i < p->addresses.count; i++)
		if (!accepts(p->addresses.items[i], p->srv.port))
			vec_push(&p->dead, p->addresses.items[i]);
	return 0;
}

static int look_at_service(struct names *n, struct named_service *s, struct err *e)
{
	struct net_place places[NET_PLACES];
	struct dns_reply reply;
	AUTO_TEXT name = net_service_name(n->domain, s->s2s, s->direct);
	if (dns_ask(&n->resolver, name, ns_t_srv, &reply, e))
		return -1;
	s->found = reply.length > 0;
	s->authentic = reply.authentic;
	int count = s->found ? net_places_read(reply.bytes, reply.length, places, e) : 0;
	s->refused = count < 0;
	if (!s->found && !s->direct) { /* RFC 6120 section 3.2.2: then the domain itself */
		snprintf(places[0].host, sizeof places[0].host, "%s", n->domain);
		places[0].port = s->s2s ? 5269 : 5222;
		count = 1;
	}
	for (int i = 0; i < count; i++) {
		s->places[s->count] = (struct named_place){ .srv = places[i] };
		if (look_at_place(n, &s->places[s->count++], e))
			return -1;
	}
	return 0;
}

/* ---- judging ---- */

static void find(struct names *n, bool fails, const struct named_service *s, const char *item, const char *place,
	const char *text)
{
	json_array_append_new(n->findings,
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "item", item, "worth", fails ? "fail" : "weak", "service",
			service_title(s), "place", place, "text", text));
	if (fails)
		n->failed++;
	else
		n->weak++;
}

static bool has_family(const struct named_place *p, bool six)
{
	for (size_t i = 0; i < p->addresses.count; i++)
		if ((strchr(p->addresses.items[i], ':') != NULL) == six)
			return true;
	return false;
}

static void judge_place(struct names *n, const struct named_service *s, const struct named_place *p)
{
	AUTO_TEXT at = memory_printf("%s:%d", p->srv.host, p->srv.port);
	if (p->alias && s->found)
		find(n, true, s, "alias", at, "an SRV record names an alias (RFC 2782 forbids it)");
	if (!p->addresses.count)
		find(n, s->found, s, "no-address", at, "it has no address");
	else if (p->dead.count == p->addresses.count)
		find(n, s->count == 1 && s->found, s, "dead", at, "no address of it accepts connections");
	else if (p->dead.count)
		find(n, false, s, "partly-dead", at, "an address of it accepts no connections");
	if (p->addresses.count && !has_family(p, true))
		find(n, false, s, "no-ipv6", at, "it has no IPv6 address");
	if (p->tlsa_unknown)
		find(n, false, s, "no-answer", at, "whether it has TLSA records is not answered");
	if (p->tlsa_count && !(p->tlsa_signed && s->authentic))
		find(n, true, s, "dane-unsigned", at, "TLSA records without DNSSEC mean nothing (RFC 7673 section 3)");
}

static void judge(struct names *n, const struct named_service *s)
{
	size_t alive = 0;
	for (size_t i = 0; i < s->count; i++) {
		judge_place(n, s, &s->places[i]);
		alive += s->places[i].addresses.count > s->places[i].dead.count;
	}
	if (s->count > 1 && !alive)
		find(n, true, s, "all-dead", "", "no place of the service accepts connections");
	if (!s->found && !s->direct)
		find(n, false, s, "no-record", "", "there is no SRV record, so the domain itself is tried");
	if (s->found && !s->authentic)
		find(n, false, s, "not-signed", "", "the SRV records are not signed (DNSSEC)");
}

/* ---- saying ---- */

static bool is_dead(const struct named_place *p, const char *address)
{
	for (size_t i = 0; i < p->dead.count; i++)
		if (p->dead.items[i] == address)
			return true;
	return false;
}

static void show_place(const struct named_service *s, const struct named_place *p)
{
	if (s->found)
		printf("  %5u %5u  ", p->srv.priority, p->srv.weight);
	else
		printf("  %11s  ", "");
	printf("%s:%d", p->srv.host, p->srv.port);
	for (size_t i = 0; i < p->addresses.count; i++)
		printf("%s %s%s", i ? "," : " ", (const char *)p->addresses.items[i],
			is_dead(p, p->addresses.items[i]) ? " (accepts nothing)" : "");
	for (size_t i = 0; i < p->tlsa_count; i++)
		printf("%s %u %u %u", i ? "," : "  TLSA", p->tlsa[i].usage, p->tlsa[i].selector, p->tlsa[i].matching);
	putchar('\n');
}

static void show(const struct names *n)
{
	for (size_t i = 0; i < SERVICES; i++) {
		const struct named_service *s = &n->services[i];
		AUTO_TEXT name = net_service_name(n->domain, s->s2s, s->direct);
		printf("%s: %s, %s\n", service_title(s), name,
			s->refused             ? "says that there is no such service"
				: !s->found    ? "no record"
				: s->authentic ? "signed"
					       : "not signed");
		for (size_t k = 0; k < s->count; k++)
			show_place(s, &s->places[k]);
	}
	size_t i;
	json_t *finding;
	json_array_foreach(n->findings, i, finding) {
		const char *place = json_string_value(json_object_get(finding, "place"));
		printf("%s %-13s %s%s%s: %s\n", json_string_value(json_object_get(finding, "worth")),
			json_string_value(json_object_get(finding, "item")),
			json_string_value(json_object_get(finding, "service")), place[0] ? ", " : "", place,
			json_string_value(json_object_get(finding, "text")));
	}
	printf("%u weak, %u fail\n", n->weak, n->failed);
}

static json_t *place_as_json(const struct named_place *p)
{
	json_t *addresses = json_array(), *tlsa = json_array();
	for (size_t i = 0; i < p->addresses.count; i++)
		json_array_append_new(addresses,
			json_pack("{s:s, s:b}", "address", (const char *)p->addresses.items[i], "accepts",
				!is_dead(p, p->addresses.items[i])));
	for (size_t i = 0; i < p->tlsa_count; i++)
		json_array_append_new(tlsa,
			json_pack("[i, i, i]", (int)p->tlsa[i].usage, (int)p->tlsa[i].selector,
				(int)p->tlsa[i].matching));
	return json_pack("{s:s, s:i, s:i, s:i, s:b, s:o, s:o, s:b}", "host", p->srv.host, "port", p->srv.port,
		"priority", (int)p->srv.priority, "weight", (int)p->srv.weight, "alias", p->alias, "addresses",
		addresses, "tlsa", tlsa, "tlsa_signed", p->tlsa_signed);
}

static void show_json(const struct names *n)
{
	json_t *services = json_array();
	for (size_t i = 0; i < SERVICES; i++) {
		const struct named_service *s = &n->services[i];
		json_t *places = json_array();
		for (size_t k = 0; k < s->count; k++)
			json_array_append_new(places, place_as_json(&s->places[k]));
		json_array_append_new(services,
			json_pack("{s:s, s:s, s:b, s:b, s:b, s:o}", "service", s->s2s ? "s2s" : "c2s", "way",
				s->direct ? "direct" : "starttls", "records", s->found, "refused", s->refused, "signed",
				s->authentic, "places", places));
	}
	json_t *all = json_pack("{s:s, s:o, s:O}", "domain", n->domain, "services", services, "findings", n->findings);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

/* ---- the whole ---- */

static int look(struct names *n, struct err *e)
{
	for (size_t i = 0; i < SERVICES; i++) {
		n->services[i] = (struct named_service){ .s2s = i / 2, .direct = i % 2 };
		if (look_at_service(n, &n->services[i], e))
			return -1;
		judge(n, &n->services[i]);
	}
	return 0;
}

static void release(struct names *n)
{
	for (size_t i = 0; i < SERVICES; i++)
		for (size_t k = 0; k < n->services[i].count; k++) {
			struct named_place *p = &n->services[i].places[k];
			for (size_t m = 0; m < p->addresses.count; m++)
				free(p->addresses.items[m]);
			vec_release(&p->addresses);
			vec_release(&p->dead);
		}
	json_decref(n->findings);
}

static int run(int argc, char **argv)
{
	struct err e;
	struct vec words = VEC_INIT;
	struct names n = { .findings = json_array() };
	const char *resolver = NULL;
	bool json = false;
	const struct option_spec specs[] = {
		{ "resolver", &resolver, NULL, NULL },
		{ "json", NULL, NULL, &json },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (options_read(&command_names, argc, argv, specs, &words))
		goto out;
	n.domain = words.count == 1 ? words.items[0] : NULL;
	if (!n.domain || !target_domain_valid(n.domain))
		status = cmd_usage(&command_names, n.domain ? "'%s' is no domain" : "it looks at one DOMAIN", n.domain);
	else if (resolver && dns_resolver_read(&n.resolver, resolver))
		status = cmd_usage(&command_names, "--resolver takes ADDRESS or ADDRESS:PORT, not '%s'", resolver);
	else if (look(&n, &e))
		status = cmd_fail(&e);
	else {
		if (json)
			show_json(&n);
		else
			show(&n);
		status = n.failed ? EXIT_NOT_CONFORMING : EXIT_AS_EXPECTED;
	}
out:
	release(&n);
	vec_release(&words);
	return status;
}

const struct command command_names = { "names",
	"find out where DNS says that a domain's services are, and whether they are", usage, run };
