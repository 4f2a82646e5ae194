#include "target/place.h"
#include "base/clock.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define FIRST_PORT 20000
#define LAST_PORT  30000 /* below the ports that the kernel gives to outgoing connections */
#define PORTS      16    /* what one fixture may use */

/* What this process has chosen last. The server of names of a federation takes its ports only when those of the fixtures are taken: until
 * then they look free. */
static int chosen[8];

static bool is_chosen(int port)
{
	for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++)
		if (chosen[i] == port)
			return true;
	return false;
}

static void remember(int port)
{
	static size_t next;
	chosen[next++ % (sizeof chosen / sizeof *chosen)] = port;
}

/* Whether all PORTS from `port` are free; errno says why not. */
static bool ports_free(in_addr_t address, int port)
{
	for (int i = 0; i < PORTS; i++) {
		struct sockaddr_in at = {
			.sin_family = AF_INET, .sin_port = htons((uint16_t)(port + i)), .sin_addr.s_addr = address
		};
		int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
		if (s < 0)
			return false;
		setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* as the servers do */
		int refused = bind(s, (struct sockaddr *)&at, sizeof at);
		int reason = errno;
		close(s);
		errno = reason;
		if (refused)
			return false;
	}
	return true;
}

/* Whether a connection through the loopback interface comes about; where the interface is down only binding works. */
static bool loopback_works(in_addr_t address, int port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = address
	};
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
	    client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	bool works = server >= 0 && client >= 0 && bind(server, (struct sockaddr *)&at, sizeof at) == 0 &&
		listen(server, 1) == 0 && connect(client, (struct sockaddr *)&at, sizeof at) == 0;
	int reason = errno;
	/* The server closes last, so that no end of the connection lingers at its port. */
	if (client >= 0)
		close(client);
	if (server >= 0)
		close(server);
	errno = reason;
	return works;
}

/* An address of this process's own: process ids have at most 22 bits, as many as 127.64.0.0/10 leaves, so two runs on
 * one machine never meet. Ports are drawn at random for those that share a network but not their process ids, and for
 * machines whose loopback knows 127.0.0.1 only. */
int place_choose(struct place *p, struct err *e)
{
	in_addr_t own = htonl(0x7f400000u | ((uint32_t)getpid() & 0x3fffffu)), common = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < 200; i++) {
		uint32_t chance = 0;
		if (getrandom(&chance, sizeof chance, 0) < 0)
			chance = (uint32_t)clock_now();
		int port = FIRST_PORT + (int)(chance % ((LAST_PORT - FIRST_PORT) / PORTS)) * PORTS;
		if (is_chosen(port))
			continue;
		in_addr_t address = own;
		bool good = ports_free(address, port);
		if (!good && errno == EADDRNOTAVAIL)
			good = ports_free(address = common, port);
		good = good && loopback_works(address, port);
		if (!good && errno != EADDRINUSE && errno != EACCES)
			break;
		if (!good)
			continue;
		inet_ntop(AF_INET, &address, p->address, sizeof p->address);
		p->port = port;
		remember(port);
		return 0;
	}
	return err_set(e, ERR_ENVIRONMENT, NULL, "the loopback interface is of no use: %s; `ip link set lo up`",
		strerror(errno));
}

int place_connect(const struct place *p)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)p->port) };
	inet_pton(AF_INET, p->address, &at.sin_addr);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval limit = { .tv_sec = 1 };
	setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (s >= 0 && connect(s, (struct sockaddr *)&at, sizeof at) == 0)
		return s;
	if (s >= 0)
		close(s);
	return -1;
}
