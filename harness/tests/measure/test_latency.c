/* Measuring against peers whose behaviour is known: one that stalls, and one that does everything wrong once. */
#include "base/clock.h"
#include "base/text.h"
#include "measure/histogram.h"
#include "measure/latency.h"
#include "xml/xml.h"
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct driver *driver;

static void begin(void)
{
	struct err e;
	xml_start();
	driver = driver_new("native", &e);
	ck_assert_ptr_nonnull(driver);
}

static void end(void)
{
	driver_free(driver);
}

static struct latency_options options(double rate, size_t count)
{
	return (struct latency_options){ .rate = rate,
		.count = count,
		.repetitions = 1,
		.within = 3 * CLOCK_SECOND,
		.size = 80,
		.seed = 1,
		.contacts = 1 };
}

static long long fault(const json_t *result, const char *name)
{
	return json_integer_value(json_object_get(json_object_get(result, "faults"), name));
}

static void read_histogram(const json_t *result, struct histogram *h)
{
	struct err e;
	const json_t *series = json_array_get(json_object_get(result, "series"), 0);
	histogram_init(h);
	ck_assert_int_eq(histogram_from_json(h, json_object_get(series, "histogram"), "result", &e), 0);
}

/* A peer on loopback that behaves so, in a process of its own until echo_stop. */
static pid_t peer_start(void (*behave)(int descriptor), int *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(listening, 1), 0);
	ck_assert_int_eq(getsockname(listening, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	pid_t peer = fork();
	ck_assert_int_ge(peer, 0);
	if (peer == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		behave(accept(listening, NULL, NULL));
		_exit(0);
	}
	close(listening);
	return peer;
}

static void say(int descriptor, const char *text, size_t length)
{
	if (send(descriptor, text, length, MSG_NOSIGNAL) != (ssize_t)length)
		_exit(1);
}

/* ---- a peer that stalls 1 s once in ten ---- */

static unsigned messages_in(const char *bytes, size_t length)
{
	static const char end[] = "</message>";
	unsigned count = 0;
	for (const char *at = bytes; (at = memmem(at, (size_t)(bytes + length - at), end, sizeof end - 1));
		at += sizeof end - 1)
		count++;
	return count;
}

/* Sends back what comes; before the tenth message, the twentieth and so on nothing moves for a second. */
static void stall(int descriptor)
{
	static char bytes[65536];
	unsigned messages = 0;
	ssize_t got;
	while ((got = recv(descriptor, bytes, sizeof bytes, 0)) > 0) {
		unsigned before = messages / 10;
		struct pollfd gone = { .fd = descriptor };
		messages += messages_in(bytes, (size_t)got);
		if (messages / 10 > before && poll(&gone, 1, 1000))
			return;
		say(descriptor, bytes, (size_t)got);
	}
}

static uint64_t later_than_half_a_second(enum loop_kind loop)
{
	struct err e;
	struct latency_options o = options(100, 40);
	struct histogram h;
	int port;
	o.loop = loop;
	pid_t peer = peer_start(stall, &port);
	json_t *result = echo_measure(driver, port, &o, &e);
	echo_stop(peer);
	ck_assert_ptr_nonnull(result);
	ck_assert_str_eq(json_string_value(json_object_get(result, "state")), "measured");
	read_histogram(result, &h);
	ck_assert_uint_eq(h.count, 40);
	uint64_t late = h.count - histogram_at_most(&h, CLOCK_SECOND / 2);
	histogram_release(&h);
	json_decref(result);
	return late;
}

/* Of 40 messages that are read one by one the 10th, 20th, 30th and 40th stall. In the open loop those that were due meanwhile are late
 * as well: all but the nine before. */
START_TEST(open_loop_shows_a_stall)
{
	ck_assert_uint_ge(later_than_half_a_second(LOOP_OPEN), 30);
}
END_TEST

START_TEST(closed_loop_hides_it)
{
	ck_assert_uint_eq(later_than_half_a_second(LOOP_CLOSED), 4);
}
END_TEST

/* ---- a peer that makes mistakes ---- */

#define DROPPED 2
#define DOUBLED 4
#define SWAPPED 6 /* with the one behind it */
#define ALTERED 9

static void answer(int descriptor, unsigned number, char *message, size_t length)
{
	static char held[1024];
	static size_t held_length;
	char *body = memmem(message, length, "<body>", 6);
	if (number == SWAPPED) {
		memcpy(held, message, length);
		held_length = length;
		return;
	}
	if (number == ALTERED)
		body[40] = body[40] == 'x' ? 'y' : 'x';
	if (number != DROPPED)
		say(descriptor, message, length);
	if (number == DOUBLED)
		say(descriptor, message, length);
	if (number == SWAPPED + 1)
		say(descriptor, held, held_length);
}

static void make_mistakes(int descriptor)
{
	static char bytes[65536];
	size_t length = 0;
	ssize_t got;
	unsigned number = 0;
	bool headed = false;
	while ((got = recv(descriptor, bytes + length, sizeof bytes - length, 0)) > 0) {
		length += (size_t)got;
		for (;;) {
			const char *mark = headed ? "</message>" : ">";
			char *found = memmem(bytes, length, mark, strlen(mark));
			if (!found)
				break;
			size_t whole = (size_t)(found - bytes) + strlen(mark);
			if (headed)
				answer(descriptor, number++, bytes, whole);
			else
				say(descriptor, bytes, whole);
			headed = true;
			length -= whole;
			memmove(bytes, bytes + whole, length);
		}
	}
}

START_TEST(every_mistake_is_counted)
{
	struct err e;
	struct latency_options o = options(200, 20);
	int port;
	pid_t peer = peer_start(make_mistakes, &port);
	o.within = CLOCK_SECOND;
	json_t *result = echo_measure(driver, port, &o, &e);
	echo_stop(peer);
	ck_assert_ptr_nonnull(result);
	ck_assert_int_eq(fault(result, "repeated"), 1);
	ck_assert_int_eq(fault(result, "reordered"), 1);
	ck_assert_int_eq(fault(result, "altered"), 1);
	ck_assert_int_eq(fault(result, "lost"), 2); /* the altered one never came as it was sent */
	json_t *whole = json_pack("{s:[O]}", "workloads", result);
	ck_assert(latency_is_faulty(whole));
	json_decref(whole);
	json_decref(result);
}
END_TEST

/* ---- what is kept ---- */

static size_t lines_of(const char *folder, const char *name)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT path = memory_printf("%s/%s", folder, name);
	ck_assert_int_eq(file_read(path, &text, &e), 0);
	size_t lines = 0;
	for (size_t i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	unlink(path);
	return lines;
}

START_TEST(raw_data_of_every_request)
{
	char folder[] = "/tmp/assay-latency-XXXXXX";
	struct err e;
	struct latency_options o = options(500, 50);
	int port;
	ck_assert_ptr_nonnull(mkdtemp(folder));
	o.out = folder;
	o.repetitions = 3;
	o.warm_up = 0.2;
	o.arrivals = ARRIVALS_POISSON;
	pid_t peer = echo_start(&port, &e);
	json_t *result = echo_measure(driver, port, &o, &e);
	echo_stop(peer);
	ck_assert_ptr_nonnull(result);
	const json_t *series = json_array_get(json_object_get(result, "series"), 0);
	ck_assert_int_eq(json_integer_value(json_object_get(series, "count")), 150);
	ck_assert_int_eq(json_integer_value(json_object_get(result, "sent")), 180);
	ck_assert_uint_eq(json_array_size(json_object_get(series, "repetitions")), 3);
	ck_assert_int_gt(json_integer_value(json_object_get(json_object_get(result, "read_lag"), "p50")), 0);
	BUF_AUTO rows = BUF_INIT;
	AUTO_TEXT path = memory_printf("%s/echo.requests.csv", folder);
	ck_assert_int_eq(file_read(path, &rows, &e), 0);
	ck_assert(text_starts(rows.data, "repetition,number,warm_up,intended_ns,lag_ns,echo_ns,written_ns\n1,0,1,"));
	ck_assert_uint_eq(lines_of(folder, "echo.requests.csv"), 1 + 180);
	ck_assert_uint_ge(lines_of(folder, "echo-echo.intervals.csv"), 1 + 3);
	ck_assert_uint_gt(lines_of(folder, "echo-echo.hgrm"), 10);
	ck_assert_uint_gt(lines_of(folder, "echo-echo.histogram.csv"), 2);
	json_t *whole = json_pack("{s:[O]}", "workloads", result);
	ck_assert(!latency_is_faulty(whole));
	json_decref(whole);
	json_decref(result);
	rmdir(folder);
}
END_TEST

START_TEST(nobody_is_there)
{
	struct err e;
	struct latency_options o = options(100, 10);
	int port;
	pid_t peer = echo_start(&port, &e);
	echo_stop(peer);
	json_t *result = echo_measure(driver, port, &o, &e);
	ck_assert_ptr_nonnull(result);
	ck_assert_str_eq(json_string_value(json_object_get(result, "state")), "failed");
	ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(result, "reason")), "cannot connect"));
	json_decref(result);
}
END_TEST

START_TEST(what_is_asked_for)
{
	struct err e;
	double rate;
	int64_t connections, time;
	struct latency_options o = options(200, 1000);
	ck_assert_int_eq(latency_demand(&o, &rate, &connections, &time, &e), 0);
	ck_assert(rate == 200);
	ck_assert_int_eq(connections, 50);
	o.workloads = "room-500"; /* only by its name */
	ck_assert_int_eq(latency_demand(&o, &rate, &connections, &time, &e), 0);
	ck_assert_int_eq(connections, 500);
	ck_assert(rate == 4);
	ck_assert_int_eq(time, 5 * CLOCK_SECOND);
	o.workloads = "room-*";
	ck_assert_int_eq(latency_demand(&o, &rate, &connections, &time, &e), 0);
	ck_assert_int_eq(connections, 50);
	o.workloads = "nothing-*";
	ck_assert_int_eq(latency_demand(&o, &rate, &connections, &time, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
}
END_TEST

Suite *suite_latency(void)
{
	Suite *s = suite_create("latency");
	TCase *t = tcase_create("latency");
	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, open_loop_shows_a_stall);
	tcase_add_test(t, closed_loop_hides_it);
	tcase_add_test(t, every_mistake_is_counted);
	tcase_add_test(t, raw_data_of_every_request);
	tcase_add_test(t, nobody_is_there);
	tcase_add_test(t, what_is_asked_for);
	suite_add_tcase(s, t);
	return s;
}
