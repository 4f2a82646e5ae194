/* Against the truth: what a capture of the same traffic says of each message (tshark, on loopback, a real server, without TLS). */
#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "measure/latency.h"
#include "xml/xml.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MESSAGES 300
#define RATE     50
#define MOST     50      /* us, at the 99th percentile */
#define LATE     1000000 /* ns that a request may go out late */

/* ---- tshark ---- */

struct capture {
	pid_t process; /* 0 where there is none: tshark is missing, or may not capture */
	FILE *lines; /* of each packet with data: seconds since 1970, the ports, its place in the flow, the data in hexadecimal */
};

/* What tshark says is read until it says that it has begun. */
static struct capture start_capture(const char *host, int port)
{
	int said[2], lines[2];
	AUTO_TEXT filter = memory_printf("host %s and tcp port %d", host, port);
	ck_assert(pipe2(said, O_CLOEXEC) == 0 && pipe2(lines, O_CLOEXEC) == 0);
	struct capture c = { .process = fork() };
	if (c.process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(lines[1], 1);
		dup2(said[1], 2);
		execlp("tshark", "tshark", "-l", "-i", "lo", "-f", filter, "-Y", "tcp.len > 0", "-T", "fields", "-e",
			"frame.time_epoch", "-e", "tcp.srcport", "-e", "tcp.dstport", "-e", "tcp.seq", "-e",
			"tcp.payload", (char *)NULL);
		_exit(127);
	}
	close(said[1]);
	close(lines[1]);
	BUF_AUTO text = BUF_INIT;
	char bytes[512];
	ssize_t got;
	while (!strstr(buf_text(&text), "Capture started") && (got = read(said[0], bytes, sizeof bytes)) > 0)
		buf_add(&text, bytes, (size_t)got);
	if (strstr(buf_text(&text), "Capture started")) {
		c.lines = fdopen(lines[0], "r");
		return c; /* `said` stays open: tshark may say more */
	}
	close(said[0]);
	close(lines[0]);
	waitpid(c.process, NULL, 0);
	c.process = 0;
	return c;
}

static void stop_capture(struct capture *c)
{
	kill(c->process, SIGINT);
	fclose(c->lines);
	while (waitpid(c->process, NULL, 0) < 0 && errno == EINTR)
		;
}

/* ---- what the capture saw ---- */

struct packet {
	size_t end; /* of its data in the flow */
	double when;
};

struct flow { /* one direction of one connection */
	unsigned from, to;
	struct buf text;
	struct packet packets[4 * MESSAGES];
	size_t count, looked_at;
};

struct sight {       /* of a message, seconds; 0: not seen */
	double sent; /* its first byte, to the server */
	double came; /* its last byte, from the server */
};

static struct flow flows[32];
static struct sight sights[MESSAGES];

static struct flow *flow_of(unsigned from, unsigned to)
{
	for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
		if (flows[i].count == 0)
			flows[i].from = from, flows[i].to = to;
		if (flows[i].from == from && flows[i].to == to)
			return &flows[i];
	}
	ck_abort_msg("too many connections");
}

static double when_was(const struct flow *f, size_t offset)
{
	for (size_t i = 0; i < f->count; i++)
		if (offset < f->packets[i].end)
			return f->packets[i].when;
	return 0;
}

/* The number at the end of the word that begins a text of ours; -1 where there is none. */
static int64_t number_of(const char *body)
{
	size_t length = strcspn(body, " <");
	AUTO_TEXT word = memory_copy_bytes(body, length);
	const char *dash = strrchr(word, '-');
	int64_t number;
	return dash && text_to_number(dash + 1, 0, MESSAGES - 1, &number) == 0 ? number : -1;
}

/* Looks at the messages that are whole since last time; returns how many there were. */
static size_t look(struct flow *f, bool to_server)
{
	size_t seen = 0;
	for (;;) {
		const char *text = buf_text(&f->text), *begin = strstr(text + f->looked_at, "<message"),
			   *end = begin ? strstr(begin, "</message>") : NULL,
			   *body = begin ? strstr(begin, "<body>") : NULL;
		if (!end)
			return seen;
		f->looked_at = (size_t)(end - text) + strlen("</message>");
		int64_t number = body && body < end ? number_of(body + strlen("<body>")) : -1;
		if (number < 0)
			continue;
		if (to_server)
			sights[number].sent = when_was(f, (size_t)(begin - text));
		else
			sights[number].came = when_was(f, f->looked_at - 1);
		seen++;
	}
}

/* Bytes of TLS, of the registration, may be anything; a NUL would end the text. */
static size_t take_packet(double when, unsigned from, unsigned to, uint64_t place, const char *hex, unsigned server)
{
	struct flow *f = flow_of(from, to);
	if (place <= f->text.len) /* sent again; the first byte is at 1 */
		return 0;
	for (unsigned byte; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		buf_add_char(&f->text, byte ? (char)byte : '?');
	ck_assert_uint_lt(f->count, sizeof f->packets / sizeof *f->packets);
	f->packets[f->count++] = (struct packet){ f->text.len, when };
	return look(f, to == server);
}

/* Until each message was seen on both its ways. What tshark has not told yet, it will: the test's own limit is the limit. */
static void read_capture(struct capture *c, int port)
{
	char *line = NULL;
	size_t size = 0, seen = 0;
	while (seen < 2 * MESSAGES && getline(&line, &size, c->lines) > 0) {
		double when;
		unsigned from, to;
		unsigned long long place;
		int length = 0;
		if (sscanf(line, "%lf %u %u %llu %n", &when, &from, &to, &place, &length) == 4)
			seen += take_packet(when, from, to, place, line + length, (unsigned)port);
	}
	free(line);
	ck_assert_uint_eq(seen, 2 * MESSAGES);
	for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
		buf_release(&flows[i].text);
}

/* ---- beside what was measured ---- */

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

struct row { /* of a request that was answered, ns */
	unsigned number;
	long long lag;     /* how late it went out */
	long long came;    /* since the schedule's start */
	long long took;    /* from its first byte until it had come */
	long long written; /* from its first byte until the kernel had it */
};

static size_t read_rows(const char *folder, struct row *rows)
{
	AUTO_TEXT path = memory_printf("%s/message.requests.csv", folder);
	FILE *file = fopen(path, "re");
	char line[256];
	size_t count = 0;
	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof line, file)) {
		struct row *r = &rows[count];
		long long intended, value;
		if (sscanf(line, "1,%u,0,%lld,%lld,%lld,%lld", &r->number, &intended, &r->lag, &value, &r->written) !=
			5)
			continue;
		ck_assert_uint_lt(r->number, MESSAGES);
		r->came = intended + value;
		r->took = value - r->lag;
		count++;
	}
	fclose(file);
	return count;
}

/* How much longer each took by our account than by the wire's, us. Left out is what our own raw data show to be known less well, since
 * this machine had let us run too late (docs/latency.md): a message that was read together with a later one, so that its instant is that
 * of the later one's last byte; one whose first byte may have gone at any time within more than MOST; and one that went out late, behind
 * which TCP may have waited for an acknowledgement of those before, as it is not to have more than ten under way at once. */
static size_t differences(const struct row *rows, size_t count, double *out)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		const struct row *r = &rows[i];
		if (r->written > MOST * 1000 || r->lag > LATE || (i + 1 < count && rows[i + 1].came == r->came))
			continue;
		out[kept++] = (double)r->took / 1000 - (sights[r->number].came - sights[r->number].sent) * 1e6;
	}
	return kept;
}

static void make_accounts(
	struct driver *driver, const struct target *t, const struct driver_account *list, size_t count)
{
	struct err e;
	const struct device_config config = { .label = "registration",
		.domain = t->domain,
		.host = t->host,
		.port = t->port,
		.ca_file = t->ca_file,
		.verify = t->verify };
	ck_assert_msg(driver_register(driver, &config, list, count, clock_now() + 20 * CLOCK_SECOND, &e) == 0, "%s",
		e.message);
}

static void measure(const char *folder, struct driver *driver, struct target *t)
{
	static const struct driver_account accounts[] = { { "romeo", "capulet1" }, { "juliet", "montague" } };
	struct err e;
	const struct latency_options o = { .rate = RATE,
		.count = MESSAGES,
		.repetitions = 1,
		.within = 5 * CLOCK_SECOND,
		.size = 100,
		.seed = 1,
		.contacts = 1,
		.without_tls = true,
		.workloads = "message",
		.out = folder };
	make_accounts(driver, t, accounts, 2);
	ck_assert_msg(target_choose_clear(t, NULL, &e) == 0, "%s", e.message);
	json_t *result = latency_run(driver, t, accounts, 2, &o, &e);
	ck_assert_msg(result != NULL, "%s", e.message);
	const json_t *w = json_array_get(json_object_get(result, "workloads"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(w, "state")), "measured");
	ck_assert(!latency_is_faulty(result));
	json_decref(result);
}

static struct target *start_server(struct err *e)
{
	struct vec options = VEC_INIT;
	vec_push(&options, "ASSAY_FIXTURE_TLS=optional");
	struct target *t = fixture_start("prosody", &options, e);
	vec_release(&options);
	return t;
}

START_TEST(a_capture_says_the_same)
{
	static double different[MESSAGES];
	static struct row rows[MESSAGES];
	char folder[] = "/tmp/assay-capture-XXXXXX";
	struct err e;
	xml_start();
	struct target *t = start_server(&e);
	struct capture capture = { .process = 0 };
	if (t)
		capture = start_capture(t->host, t->port);
	if (capture.process) {
		struct driver *driver = driver_new("native", &e);
		ck_assert_ptr_nonnull(mkdtemp(folder));
		measure(folder, driver, t);
		read_capture(&capture, t->port);
		stop_capture(&capture);
		ck_assert_uint_eq(read_rows(folder, rows), MESSAGES);
		size_t count = differences(rows, MESSAGES, different);
		ck_assert_uint_gt(count, 0);
		qsort(different, count, sizeof *different, ascending);
		double p1 = different[count / 100], p50 = different[count / 2], p99 = different[count * 99 / 100];
		printf("capture: of %zu messages %zu compared, ours above the wire's by %.1f us at the median, %.1f us at the 99th "
		       "percentile, %.1f to %.1f us\n",
			(size_t)MESSAGES, count, p50, p99, different[0], different[count - 1]);
		ck_assert_msg(p1 > -MOST && p99 < MOST, "%.1f to %.1f us", p1, p99);
		driver_free(driver);
		directory_remove(folder);
	} else {
		printf("capture: %s; not compared\n", t ? "tshark is missing or may not capture" : e.message);
	}
	target_free(t);
}
END_TEST

Suite *suite_capture(void)
{
	Suite *s = suite_create("capture");
	TCase *t = tcase_create("capture");
	tcase_set_timeout(t, 60);
	tcase_set_tags(t, "heavy");
	tcase_add_test(t, a_capture_says_the_same);
	suite_add_tcase(s, t);
	return s;
}
