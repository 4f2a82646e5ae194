/* `assay latency` as a user starts it: on a real server, and where it must refuse. */
#include "base/memory.h"
#include "base/text.h"
#include "program.h"
#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

static const char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

static void figures_are_in_order(const json_t *workload)
{
	size_t i;
	const json_t *series;
	ck_assert_uint_gt(json_array_size(json_object_get(workload, "series")), 0);
	json_array_foreach(json_object_get(workload, "series"), i, series) {
		static const char *const names[] = { "p50", "p90", "p99", "p99.9", "greatest" };
		const json_t *p = json_object_get(series, "percentiles");
		json_int_t before = json_integer_value(json_object_get(series, "least"));
		ck_assert_int_gt(json_integer_value(json_object_get(series, "count")), 0);
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			json_int_t value = json_integer_value(json_object_get(p, names[k]));
			ck_assert_msg(value >= before, "%s %s %s", member(workload, "name"), member(series, "name"),
				names[k]);
			before = value;
		}
	}
}

/* Every workload on each server: nothing is lost, and each figure is there. */
START_TEST(on_a_real_server)
{
	static const char *const servers[] = { "fixture:prosody", "fixture:ejabberd" };
	struct outcome_of_program o = PROGRAM(folder, 240, "latency", servers[_i], "--rate", "50", "--count", "20",
		"--within", "60s", "--contacts", "3", "--out", "measured", "--lang", "de");
	ck_assert_msg(o.status == 0, "%d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	json_t *result = program_result(folder, "measured", "latency.json"), *w;
	size_t i;
	json_array_foreach(json_object_get(result, "workloads"), i, w) {
		if (text_equal(member(w, "name"), "connect-fast")) { /* these servers have no tokens */
			ck_assert_str_eq(member(w, "state"), "unsupported");
			ck_assert_ptr_nonnull(strstr(member(w, "reason"), "no SASL2 (XEP-0388)"));
			continue;
		}
		ck_assert_msg(
			strcmp(member(w, "state"), "measured") == 0, "%s: %s", member(w, "name"), member(w, "reason"));
		figures_are_in_order(w);
		AUTO_TEXT raw = memory_printf("measured/raw/%s.requests.csv", member(w, "name"));
		AUTO_TEXT plot = memory_printf("measured/plots/%s-distribution.svg", member(w, "name"));
		ck_assert_msg(program_wrote(folder, raw) && program_wrote(folder, plot), "%s and %s", raw, plot);
		ck_assert_ptr_nonnull(strstr(buf_text(&o.out), member(json_object_get(w, "about"), "en")));
	}
	ck_assert_uint_eq(i, 15);
	ck_assert(json_is_true(json_object_get(result, "tls")));
	ck_assert(program_wrote(folder, "measured/plots/connect-phases.svg"));
	ck_assert(program_wrote(folder, "measured/plots/connect-phases.png"));
	BUF_AUTO page = BUF_INIT;
	struct err e;
	AUTO_TEXT path = memory_printf("%s/measured/latency.html", folder);
	ck_assert_int_eq(file_read(path, &page, &e), 0);
	ck_assert_ptr_nonnull(strstr(page.data, "<html lang=\"de\">"));
	ck_assert_ptr_nonnull(strstr(page.data, "Vom vorgesehenen Zeitpunkt"));
	ck_assert_ptr_nonnull(strstr(page.data, "src=\"plots/message-time.svg\""));
	json_decref(result);
	program_release(&o);
	o = PROGRAM(folder, 60, "latency", "--again", "--out", "measured");
	ck_assert_msg(o.status == 0, "%d: %s", o.status, buf_text(&o.err));
	buf_clear(&page);
	ck_assert_int_eq(file_read(path, &page, &e), 0);
	ck_assert_ptr_nonnull(strstr(page.data, "<html lang=\"en\">"));
	program_release(&o);
}
END_TEST

static const struct {
	const char *server, *transport;
} ways[] = { { "fixture:prosody", "starttls" }, { "fixture:prosody", "ws" }, { "fixture:prosody", "bosh" },
	{ "fixture:ejabberd", "starttls" }, { "fixture:ejabberd", "ws" }, { "fixture:ejabberd", "bosh" } };

/* Everything without TLS on loopback: nothing is lost, and page and figures say that it was so. */
START_TEST(without_tls)
{
	struct outcome_of_program o = PROGRAM(folder, 120, "latency", ways[_i].server, "--tls", "off", "--transport",
		ways[_i].transport, "--workload", "iq,message,upload,download,connect*", "--rate", "50", "--count",
		"20", "--within", "60s", "--out", "measured", "--lang", "de");
	ck_assert_msg(o.status == 0, "%d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "without TLS"));
	json_t *result = program_result(folder, "measured", "latency.json"), *w;
	size_t i;
	ck_assert(json_is_false(json_object_get(result, "tls")));
	json_array_foreach(json_object_get(result, "workloads"), i, w) {
		bool by_token = text_equal(member(w, "name"), "connect-fast");
		ck_assert_msg(text_equal(member(w, "state"), by_token ? "unsupported" : "measured"), "%s: %s",
			member(w, "name"), member(w, "reason"));
		if (by_token)
			ck_assert_ptr_nonnull(strstr(member(w, "reason"), "over TLS only"));
	}
	ck_assert_uint_eq(i, 6);
	BUF_AUTO page = BUF_INIT;
	struct err e;
	AUTO_TEXT path = memory_printf("%s/measured/latency.html", folder);
	ck_assert_int_eq(file_read(path, &page, &e), 0);
	ck_assert_ptr_nonnull(strstr(page.data, "ohne TLS"));
	json_decref(result);
	program_release(&o);
}
END_TEST

/* The servers of Debian 13 give tokens, where they are there (make newer-servers). */
START_TEST(with_a_token)
{
	static const char *const servers[] = { "fixture:prosody-13", "fixture:ejabberd-24" };
	struct outcome_of_program o = PROGRAM(folder, 120, "latency", servers[_i], "--workload", "connect-fast",
		"--rate", "50", "--count", "100", "--within", "60s", "--out", "measured");
	if (o.status != 0 && (strstr(buf_text(&o.err), "Debian 13") || strstr(buf_text(&o.err), "newer-servers"))) {
		printf("%s is not there; not measured\n", servers[_i]);
	} else {
		ck_assert_msg(o.status == 0, "%d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
		json_t *result = program_result(folder, "measured", "latency.json");
		const json_t *w = json_array_get(json_object_get(result, "workloads"), 0), *series;
		ck_assert_msg(text_equal(member(w, "state"), "measured"), "%s", member(w, "reason"));
		size_t i;
		json_array_foreach(json_object_get(w, "series"), i, series) {
			bool with_bind_2 = text_equal(member(series, "name"), "bind");
			ck_assert_int_eq(json_integer_value(json_object_get(series, "count")), with_bind_2 ? 0 : 10);
		}
		json_decref(result);
	}
	program_release(&o);
}
END_TEST

/* In turns, the second round the other way round, each with a folder of its own; then compared. */
START_TEST(several_targets)
{
	struct err e;
	BUF_AUTO page = BUF_INIT;
	AUTO_TEXT path = memory_printf("%s/both/comparison.html", folder);
	struct outcome_of_program o = PROGRAM(folder, 120, "latency", "fixture:prosody", "fixture:prosody",
		"--workload", "iq,message", "--rate", "50", "--count", "20", "--repeat", "2", "--out", "both");
	ck_assert_msg(o.status == 0, "%d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.err),
		"round 1 of 2: prosody\nassay: round 1 of 2: prosody-2\nassay: round 2 of 2: prosody-2\nassay: round 2 of 2: prosody\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "No message went wrong that did not in the base."));
	json_t *result = program_result(folder, "both/prosody-2", "latency.json");
	ck_assert_uint_eq(json_array_size(json_object_get(result, "rounds")), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(result, "repetitions")), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(result, "contacts")), 10);
	figures_are_in_order(json_array_get(json_object_get(result, "workloads"), 1));
	json_decref(result);
	ck_assert(program_wrote(folder, "both/prosody/latency.html") &&
		program_wrote(folder, "both/prosody/raw/iq.requests.csv") &&
		program_wrote(folder, "both/prosody/rounds/2/iq.requests.csv") &&
		program_wrote(folder, "both/plots/overview.png") &&
		program_wrote(folder, "both/plots/iq-distribution.svg") &&
		program_wrote(folder, "both/prosody-2/plots/message-time.svg"));
	program_release(&o);
	o = PROGRAM(folder, 60, "latency", "--again", "--out", "both", "--lang", "de");
	ck_assert_msg(o.status == 0, "%d: %s", o.status, buf_text(&o.err));
	ck_assert_int_eq(file_read(path, &page, &e), 0);
	ck_assert_ptr_nonnull(strstr(page.data, "<html lang=\"de\">"));
	program_release(&o);
	o = PROGRAM(folder, 60, "compare", "both/prosody", "both/prosody-2");
	ck_assert_msg(o.status == 0 || o.status == 1, "%d: %s", o.status, buf_text(&o.err));
	program_release(&o);
}
END_TEST

/* A server whose pages come in the wrong order is told as one that alters what it was asked for. */
START_TEST(a_wrong_server_is_a_failure)
{
	struct outcome_of_program o = PROGRAM(folder, 90, "latency", "fixture:prosody", "--option",
		"ASSAY_FIXTURE_FAULT=archive_reversed", "--workload", "archive-50", "--rate", "50", "--count", "20",
		"--warm-up", "0", "--within", "5s", "--out", "measured");
	ck_assert_msg(o.status == 1, "%d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "FAILED: 10 of 10 lost"));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "FAILED: 10 of 10 altered"));
	program_release(&o);
}
END_TEST

/* All but the plots: without gnuplot, with a word of what to do. */
START_TEST(without_gnuplot)
{
	const char *path = getenv("PATH");
	AUTO_TEXT before = memory_copy_text(path);
	AUTO_TEXT places = memory_printf("%s/bin", folder);
	struct err e;
	ck_assert_int_eq(directory_make(places, &e), 0);
	ck_assert_int_eq(chmod(folder, 0755), 0); /* the server runs as a user of its own */
	/* The fixture needs what the system has, gnuplot apart. */
	AUTO_TEXT command = memory_printf(
		"for f in /usr/local/sbin/* /usr/local/bin/* /usr/sbin/* /usr/bin/* /sbin/* /bin/*; do n=${f##*/}; "
		"case $n in gnuplot*) ;; *) [ -e '%s'/\"$n\" ] || ln -s \"$f\" '%s'/\"$n\" ;; esac; done",
		places, places);
	ck_assert_int_eq(system(command), 0);
	setenv("PATH", places, 1);
	struct outcome_of_program o = PROGRAM(
		folder, 90, "latency", "--workload", "iq", "--rate", "50", "--count", "20", "--out", "measured");
	setenv("PATH", before, 1);
	ck_assert_msg(o.status == 0, "%d: %s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.err), "gnuplot is missing"));
	ck_assert(program_wrote(folder, "measured/latency.html") &&
		program_wrote(folder, "measured/raw/iq-latency.hgrm"));
	ck_assert(!program_wrote(folder, "measured/plots/iq-distribution.svg"));
	program_release(&o);
}
END_TEST

#define PLAIN                                                                                                          \
	"[target]\ndomain = example.test\n[account romeo]\npassword = julietscapulet\n[account juliet]\npassword = romeosmontague\n"

static const struct {
	const char *file; /* a target file's text, or NULL */
	const char *arguments[6];
	const char *says;
} refusals[] = {
	{ PLAIN, { NULL }, "allow = yes in a section [load]" },
	{ PLAIN "[load]\nallow = yes\nmost-rate = 20\n", { NULL }, "most-rate = 20 in [load]" },
	{ PLAIN "[load]\nallow = yes\nmost-connections = 10\n", { "--workload", "room-50" },
		"most-connections = 10 in [load]" },
	{ PLAIN "[load]\nallow = yes\nmost-time = 5s\n", { "--workload", "iq" }, "most-time = 5s in [load]" },
	{ NULL, { "example.test" }, "allow = yes in a section [load]" },
	{ PLAIN "[load]\nallow = yes\n", { "--workload", "iq", "--tls", "off" },
		"without-tls = loopback in a section [load]" },
	{ PLAIN "[load]\nallow = yes\nwithout-tls = loopback\nwebsocket = ws://192.0.2.1/\n",
		{ "--workload", "iq", "--tls=off", "--transport", "ws" }, "is not on this machine's loopback" },
	{ NULL, { "--tls", "maybe" }, "--tls is on or off" },
	{ NULL, { "--rate", "0" }, "--rate takes a number from 1" },
	{ NULL, { "--count", "5", "--time", "5s" }, "--count and --time say the same" },
	{ NULL, { "--time", "soon" }, "--time takes a time" },
	{ NULL, { "--loop", "shut" }, "--loop is open or closed" },
	{ NULL, { "--arrivals", "often" }, "--arrivals is constant or poisson" },
	{ NULL, { "--workload", "nothing" }, "no workload is called 'nothing'" },
	{ NULL, { "--again", "fixture:prosody" }, "it takes no TARGET" },
	{ NULL, { "--again" }, "assay-latency/latency.json" },
	{ NULL, { "one", "two" }, "allow = yes in a section [load]" },
	{ PLAIN "[load]\nallow = yes\nmost-rate = 20\n", { "fixture:prosody" }, "most-rate = 20 in [load]" },
	{ NULL, { "fixture:prosody", "fixture:nothing" }, "nothing" },
};

START_TEST(refused_in_one_line)
{
	const char *arguments[9] = { "latency" };
	size_t count = 1;
	if (refusals[_i].file) {
		AUTO_TEXT path = program_file(folder, "here.ini", refusals[_i].file);
		arguments[count++] = "here.ini";
	}
	for (size_t i = 0; refusals[_i].arguments[i]; i++)
		arguments[count++] = refusals[_i].arguments[i];
	struct outcome_of_program o = program_run(folder, 20, arguments);
	ck_assert_msg(o.status == 2, "%d: %s", o.status, buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.err), refusals[_i].says) != NULL, "%s", buf_text(&o.err));
	const char *end = strchr(buf_text(&o.err), '\n');
	ck_assert(end &&
		(!end[1] ||
			text_starts(end + 1, "assay: here.ini"))); /* that it is readable may be remarked on before */
	ck_assert_uint_eq(o.out.len, 0);
	ck_assert(!program_wrote(folder, "assay-latency"));
	program_release(&o);
}
END_TEST

/* Names of files, which gnuplot opens, are made of what is in the file: `< command` would be run. */
START_TEST(what_is_no_result)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{\"assay\":\"latency\",\"format\":2}",
		"{\"assay\":\"latency\",\"format\":1,\"echo\":{\"name\":\"< touch here\"},\"workloads\":[]}",
		"{\"assay\":\"latency\",\"format\":1,\"echo\":{\"name\":\"echo\"},\"workloads\":[{\"name\":\"../iq\"}]}",
		"{\"assay\":\"latency\",\"format\":1,\"echo\":{\"name\":\"echo\"},\"workloads\":"
		"[{\"name\":\"iq\",\"series\":[{\"name\":\"a'b\"}]}]}",
	};
	struct err e;
	AUTO_TEXT place = memory_printf("%s/measured", folder);
	ck_assert_int_eq(directory_make(place, &e), 0);
	AUTO_TEXT path = program_file(folder, "measured/latency.json", texts[_i]);
	struct outcome_of_program o = PROGRAM(folder, 20, "latency", "--again", "--out", "measured");
	ck_assert_int_eq(o.status, 2);
	ck_assert_str_eq(buf_text(&o.err),
		"assay: measured/latency.json: is no result of `assay latency` that this version knows\n");
	ck_assert(!program_wrote(folder, "measured/latency.html") && !program_wrote(folder, "here"));
	program_release(&o);
}
END_TEST

START_TEST(workloads_are_listed)
{
	struct outcome_of_program o = PROGRAM(folder, 20, "latency", "--list");
	ck_assert_int_eq(o.status, 0);
	ck_assert_ptr_nonnull(
		strstr(buf_text(&o.out), "room-500 (only when it is named)\n  From the intended instant"));
	program_release(&o);
}
END_TEST

Suite *suite_latency_command(void)
{
	Suite *s = suite_create("latency command");
	TCase *t = tcase_create("latency command");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, refused_in_one_line, 0, (int)(sizeof refusals / sizeof *refusals));
	tcase_add_loop_test(t, what_is_no_result, 0, 6);
	tcase_add_test(t, workloads_are_listed);
	suite_add_tcase(s, t);
	TCase *real = tcase_create("real servers");
	tcase_add_checked_fixture(real, set_up, tear_down);
	tcase_set_timeout(real, 300);
	tcase_set_tags(real, "integration");
	tcase_add_loop_test(real, on_a_real_server, 0, 2);
	tcase_add_loop_test(real, without_tls, 0, (int)(sizeof ways / sizeof *ways));
	tcase_add_loop_test(real, with_a_token, 0, 2);
	tcase_add_test(real, several_targets);
	tcase_add_test(real, a_wrong_server_is_a_failure);
	tcase_add_test(real, without_gnuplot);
	suite_add_tcase(s, real);
	return s;
}
