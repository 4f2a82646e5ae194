/* SRV records: RFC 6120 section 3.2.1, RFC 2782, XEP-0368. */
#include "net/dns.h"
#include "net/net.h"
#include <resolv.h>
#include <string.h>

/* By rising priority, then falling weight: where RFC 2782 draws lots, a test run should do the same each time. */
static bool comes_before(const struct net_place *a, const struct net_place *b)
{
	return a->priority != b->priority ? a->priority < b->priority : a->weight > b->weight;
}

static int insert_place(struct net_place *places, int count, const struct net_place *place)
{
	int at = count;
	while (at > 0 && comes_before(place, &places[at - 1]))
		at--;
	if (at == NET_PLACES)
		return count;
	int moved = count < NET_PLACES ? count - at : NET_PLACES - 1 - at;
	memmove(&places[at + 1], &places[at], (size_t)moved * sizeof *places);
	places[at] = *place;
	return count < NET_PLACES ? count + 1 : count;
}

int net_places_read(const unsigned char *answer, size_t length, struct net_place places[NET_PLACES], struct err *e)
{
	ns_msg message;
	int count = 0, refused = 0;
	if (ns_initparse(answer, (int)length, &message) < 0)
		return 0;
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		ns_rr record;
		if (ns_parserr(&message, ns_s_an, i, &record) < 0 || ns_rr_type(record) != ns_t_srv ||
			ns_rr_rdlen(record) < 7)
			continue;
		const unsigned char *data = ns_rr_rdata(record);
		struct net_place place = {
			.priority = ns_get16(data), .weight = ns_get16(data + 2), .port = ns_get16(data + 4)
		};
		if (dn_expand(ns_msg_base(message), ns_msg_end(message), data + 6, place.host, sizeof place.host) < 0)
			continue;
		if (!place.host[0] || strcmp(place.host, ".") == 0)
			refused++;
		else
			count = insert_place(places, count, &place);
	}
	if (!count && refused)
		return err_set(e, ERR_UNSUPPORTED, NULL, "the domain's SRV record says that there is no such service");
	return count;
}

char *net_service_name(const char *domain, bool s2s, bool direct)
{
	return memory_printf("_xmpp%s-%s._tcp.%s", direct ? "s" : "", s2s ? "server" : "client", domain);
}

int net_places(const char *domain, bool s2s, bool direct, struct net_place places[NET_PLACES], struct err *e)
{
	AUTO_TEXT name = net_service_name(domain, s2s, direct);
	struct dns_reply reply;
	if (dns_ask(NULL, name, ns_t_srv, &reply, e) || !reply.length)
		return 0;
	return net_places_read(reply.bytes, reply.length, places, e);
}
