/* What never leaves this machine. */
#include "net/private.h"
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static bool is_ipv4_loopback(const unsigned char bytes[4])
{
	return bytes[0] == 127;
}

bool net_address_is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in four;
		memcpy(&four, address, sizeof four);
		unsigned char bytes[4];
		memcpy(bytes, &four.sin_addr, sizeof bytes);
		return is_ipv4_loopback(bytes);
	}
	if (address->sa_family != AF_INET6)
		return false;
	struct sockaddr_in6 six;
	memcpy(&six, address, sizeof six);
	return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr) ||
		(IN6_IS_ADDR_V4MAPPED(&six.sin6_addr) && is_ipv4_loopback(six.sin6_addr.s6_addr + 12));
}

bool net_name_is_loopback(const char *host)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	if (getaddrinfo(host, NULL, &hints, &list) || !list)
		return false;
	bool all = true;
	for (const struct addrinfo *a = list; a; a = a->ai_next)
		all = all && net_address_is_loopback(a->ai_addr);
	freeaddrinfo(list);
	return all;
}

bool net_is_on_loopback(const struct connection *c)
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof address;
	return c->descriptor >= 0 && getpeername(c->descriptor, (struct sockaddr *)&address, &size) == 0 &&
		net_address_is_loopback((struct sockaddr *)&address);
}
