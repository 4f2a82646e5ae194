/* net/dns.h: questions to a resolver, by libresolv. Blocks, a few seconds at most a question. What a resolver says of signatures is
 * believed as far as the way to it is: that of this machine, or one that was named. */
#ifndef ASSAY_NET_DNS_H
#define ASSAY_NET_DNS_H
#include "base/err.h"
#include "base/memory.h"
#include <arpa/nameser.h>
#include <stdbool.h>

struct dns_resolver {
	char address[16]; /* IPv4; "" for those of this machine */
	int port;
};
/* Reads "ADDRESS" or "ADDRESS:PORT" (53 where none is said); -1 where it is neither. */
int dns_resolver_read(struct dns_resolver *r, const char *text);

#define DNS_ANSWER 8192
struct dns_reply {
	bool authentic; /* the resolver has verified signatures (RFC 4035 section 3.2.3) */
	size_t length;  /* 0: there is no such record */
	unsigned char bytes[DNS_ANSWER];
};
/* Asks for the records of one type (ns_t_srv …). -1 with ERR_CONNECTION where nobody could answer. `resolver` NULL: this
 * machine's. */
int dns_ask(const struct dns_resolver *resolver, const char *name, int type, struct dns_reply *reply, struct err *e);

void dns_addresses(const struct dns_reply *reply, struct vec *out); /* adds char *, each to be freed */
bool dns_is_alias(const struct dns_reply *reply);                   /* a CNAME was followed */

struct dns_tlsa { /* RFC 6698 section 2.1 */
	unsigned usage, selector, matching;
};
size_t dns_tlsa_read(const struct dns_reply *reply, struct dns_tlsa *out, size_t most);
#endif
