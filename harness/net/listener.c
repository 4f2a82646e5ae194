/* Taking connections. */
#include "net/private.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 16

struct listener {
	struct loop *loop;
	int descriptor, port;
	net_accepted *accepted;
	void *context;
};

static void somebody_came(void *context)
{
	struct listener *n = context;
	int descriptor = accept4(n->descriptor, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (descriptor < 0)
		return; /* who came has gone again; the loop calls for the next one */
	struct connection *c = connection_adopt(n->loop, descriptor);
	n->accepted(n, c, n->context);
	if (!c->callback)
		net_cut(c);
}

static int open_socket(const char *address, int port)
{
	char service[16];
	struct addrinfo *found = NULL;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	snprintf(service, sizeof service, "%d", port);
	if (getaddrinfo(address, service, &hints, &found)) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	int on = 1, s = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s >= 0)
		setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (s >= 0 && (bind(s, found->ai_addr, found->ai_addrlen) < 0 || listen(s, BACKLOG) < 0)) {
		int fault = errno;
		close(s);
		errno = fault;
		s = -1;
	}
	freeaddrinfo(found);
	return s;
}

static int port_of(int descriptor)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof address;
	if (getsockname(descriptor, (struct sockaddr *)&address, &size) < 0)
		return 0;
	return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
						   : ((struct sockaddr_in *)&address)->sin_port);
}

struct listener *net_listen(
	struct loop *l, const char *address, int port, net_accepted *accepted, void *context, struct err *e)
{
	int descriptor = open_socket(address, port);
	if (descriptor < 0) {
		err_set(e, ERR_ENVIRONMENT, address, "no place to listen at: %s", strerror(errno));
		return NULL;
	}
	struct listener *n = memory_alloc(sizeof *n);
	*n = (struct listener){ l, descriptor, port_of(descriptor), accepted, context };
	loop_watch(l, descriptor, somebody_came, n);
	return n;
}

int listener_port(const struct listener *n)
{
	return n->port;
}

void listener_free(struct listener *n)
{
	if (!n)
		return;
	loop_watch(n->loop, n->descriptor, NULL, NULL);
	close(n->descriptor);
	free(n);
}
