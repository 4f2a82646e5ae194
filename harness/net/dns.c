#include "net/dns.h"
#include "base/text.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DNS_PORT 53
#define WAIT     2 /* seconds for one try */
#define TRIES    2

int dns_resolver_read(struct dns_resolver *r, const char *text)
{
	struct in_addr address;
	int64_t port = DNS_PORT;
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : strlen(text);
	if (length >= sizeof r->address || (colon && text_to_number(colon + 1, 1, 65535, &port)))
		return -1;
	snprintf(r->address, sizeof r->address, "%.*s", (int)length, text);
	r->port = (int)port;
	return inet_pton(AF_INET, r->address, &address) == 1 ? 0 : -1;
}

static void choose_resolver(struct __res_state *state, const struct dns_resolver *r)
{
	state->retrans = WAIT;
	state->retry = TRIES;
	state->options |= RES_USE_EDNS0 | RES_TRUSTAD;
	if (!r || !r->address[0])
		return;
	struct sockaddr_in *server = &state->nsaddr_list[0];
	memset(server, 0, sizeof *server);
	server->sin_family = AF_INET;
	server->sin_port = htons((uint16_t)r->port);
	inet_pton(AF_INET, r->address, &server->sin_addr);
	state->nscount = 1;
}

int dns_ask(const struct dns_resolver *resolver, const char *name, int type, struct dns_reply *reply, struct err *e)
{
	struct __res_state state;
	memset(&state, 0, sizeof state);
	memset(reply, 0, sizeof *reply);
	if (res_ninit(&state) < 0)
		return err_set(e, ERR_ENVIRONMENT, name, "no resolver can be asked");
	choose_resolver(&state, resolver);
	int length = res_nquery(&state, name, ns_c_in, type, reply->bytes, sizeof reply->bytes);
	int why = state.res_h_errno;
	res_nclose(&state);
	if (length < 0 && why != HOST_NOT_FOUND && why != NO_DATA)
		return err_set(e, ERR_CONNECTION, name, "the resolver gives no answer: %s", hstrerror(why));
	if (length > 0)
		reply->length = (size_t)length < sizeof reply->bytes ? (size_t)length : sizeof reply->bytes;
	reply->authentic = reply->length > 3 && (reply->bytes[3] & 0x20); /* RFC 4035 section 3.2.3: AD */
	return 0;
}

/* The record at `i` of the answer; false behind the last one. */
static bool record_at(const struct dns_reply *reply, int i, ns_msg *message, ns_rr *record)
{
	return reply->length && ns_initparse(reply->bytes, (int)reply->length, message) == 0 &&
		i < ns_msg_count(*message, ns_s_an) && ns_parserr(message, ns_s_an, i, record) == 0;
}

void dns_addresses(const struct dns_reply *reply, struct vec *out)
{
	ns_msg message;
	ns_rr record;
	char text[INET6_ADDRSTRLEN];
	for (int i = 0; record_at(reply, i, &message, &record); i++) {
		int family = ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == 4  ? AF_INET
			: ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == 16 ? AF_INET6
										       : 0;
		if (family && inet_ntop(family, ns_rr_rdata(record), text, sizeof text))
			vec_push(out, memory_copy_text(text));
	}
}

bool dns_is_alias(const struct dns_reply *reply)
{
	ns_msg message;
	ns_rr record;
	for (int i = 0; record_at(reply, i, &message, &record); i++)
		if (ns_rr_type(record) == ns_t_cname)
			return true;
	return false;
}

#define TYPE_TLSA 52 /* RFC 6698 section 7.1 */
size_t dns_tlsa_read(const struct dns_reply *reply, struct dns_tlsa *out, size_t most)
{
	ns_msg message;
	ns_rr record;
	size_t count = 0;
	for (int i = 0; count < most && record_at(reply, i, &message, &record); i++) {
		const unsigned char *data = ns_rr_rdata(record);
		if ((int)ns_rr_type(record) == TYPE_TLSA && ns_rr_rdlen(record) > 3)
			out[count++] = (struct dns_tlsa){ data[0], data[1], data[2] };
	}
	return count;
}
