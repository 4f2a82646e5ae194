/* What the harness itself costs: messages to a peer that does nothing but send them back. */
#include "base/clock.h"
#include "base/text.h"
#include "measure/result.h"
#include "measure/workloads.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define STREAM_HEADER "<stream:stream xmlns='" NS_CLIENT "' xmlns:stream='" NS_STREAMS "' to='localhost' version='1.0'>"

/* ---- the peer ---- */

static void send_all(int descriptor, const char *bytes, ssize_t length)
{
	while (length > 0) {
		ssize_t put = send(descriptor, bytes, (size_t)length, MSG_NOSIGNAL);
		if (put < 0)
			return;
		bytes += put;
		length -= put;
	}
}

static void serve(int listening)
{
	char bytes[65536];
	for (;;) {
		int descriptor = accept(listening, NULL, NULL), on = 1;
		ssize_t got;
		if (descriptor < 0)
			_exit(1);
		setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		while ((got = recv(descriptor, bytes, sizeof bytes, 0)) > 0)
			send_all(descriptor, bytes, got);
		close(descriptor);
	}
}

pid_t echo_start(int *port, struct err *e)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listening < 0 || bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 8) ||
		getsockname(listening, (struct sockaddr *)&address, &size)) {
		err_set(e, ERR_ENVIRONMENT, NULL, "no echo on loopback: %s", strerror(errno));
		if (listening >= 0)
			close(listening);
		return -1;
	}
	*port = ntohs(address.sin_port);
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		serve(listening);
	}
	close(listening);
	return pid < 0 ? err_set(e, ERR_ENVIRONMENT, NULL, "no process for the echo: %s", strerror(errno)) : pid;
}

void echo_stop(pid_t peer)
{
	if (peer <= 0)
		return;
	kill(peer, SIGKILL);
	while (waitpid(peer, NULL, 0) < 0 && errno == EINTR)
		;
}

/* ---- the workload ---- */

static int set_up(struct engine *g, struct err *e)
{
	const int *port = g->own;
	struct member *m = crew_add_bare(&g->crew, *port);
	if (crew_connect(&g->crew, clock_now() + SET_UP_LIMIT, e))
		return -1;
	crew_send(m, STREAM_HEADER, sizeof STREAM_HEADER - 1);
	return 0;
}

static void send_message(struct engine *g, size_t number)
{
	BUF_AUTO xml = BUF_INIT;
	buf_add_text(&xml, "<message xmlns='" NS_CLIENT "' type='chat' to='juliet@localhost/echo' id='");
	engine_id(g, number, &xml);
	buf_add_text(&xml, "'><body>");
	engine_text(g, number, &xml);
	buf_add_text(&xml, "</body></message>");
	engine_send(g, g->crew.members.items[0], number, &xml);
}

const struct workload workload_echo = {
	.name = "echo",
	.title = "Echo, the harness itself",
	.title_de = "Echo, das Messgerät selbst",
	.about =
		"From the intended instant of a message until its last byte has come back from a peer on this machine that only sends back what comes, over TCP without TLS.",
	.about_de =
		"Vom vorgesehenen Zeitpunkt einer Nachricht, bis ihr letztes Byte zurückgekommen ist, von einer Gegenstelle auf diesem Rechner, die nur zurückschickt, was kommt, über TCP ohne TLS.",
	.series = { { "echo", "There and back", "Hin und zurück" } },
	.part = 1,
	.ordered = true,
	.devices = 1,
	.set_up = set_up,
	.send = send_message,
	.received = message_to_anybody,
};

/* ns for recording a value, over a million of them that are spread like latencies. */
static double cost_of_recording(void)
{
	static int64_t values[65536];
	struct histogram h;
	uint64_t state = 1;
	histogram_init(&h);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		values[i] = (int64_t)(100000 + (schedule_random(&state) >> 44) * (1 + (schedule_random(&state) >> 54)));
	int64_t began = clock_now();
	for (int turn = 0; turn < 16; turn++)
		for (size_t i = 0; i < sizeof values / sizeof *values; i++)
			histogram_record(&h, values[i]);
	int64_t took = clock_now() - began;
	double cost = (double)took / (double)h.count;
	histogram_release(&h);
	return cost;
}

json_t *echo_measure(struct driver *driver, int port, const struct latency_options *o, struct err *e)
{
	struct engine g = { .own = &port };
	crew_init(&g.crew, driver, NULL, TRANSPORT_STARTTLS, NULL, 0);
	json_t *result = result_measure(&g, &workload_echo, o, e);
	if (result)
		json_object_set_new(result, "record_ns", json_real(cost_of_recording()));
	return result;
}
