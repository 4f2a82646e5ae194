/* `assay tls` beside an independent scanner (sslscan), and against servers that are weak, silent or something else. */
#include "base/text.h"
#include "program.h"
#include "target/target.h"
#include <check.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static void set_up(void)
{
	xml_start();
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

/* ---- both scanners' findings as sorted lines: "TLSv1.2 c02b", "TLSv1.3 group 001d" ---- */

static void add_line(struct vec *lines, char *line)
{
	for (size_t i = 0; i < lines->count; i++)
		if (strcmp(lines->items[i], line) == 0) {
			free(line);
			return;
		}
	vec_push(lines, line);
}

static int in_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void join_and_free(struct vec *lines, struct buf *out)
{
	qsort(lines->items, lines->count, sizeof *lines->items, in_order);
	for (size_t i = 0; i < lines->count; i++) {
		buf_printf(out, "%s\n", (char *)lines->items[i]);
		free(lines->items[i]);
	}
	vec_release(lines);
}

static void sslscan_lines(const char *place, const char *name, bool with_older_groups, struct buf *out)
{
	struct vec lines = VEC_INIT;
	AUTO_TEXT command =
		memory_printf("sslscan --no-colour --show-cipher-ids --sni-name=%s --xml=%s/ss.xml %s >/dev/null 2>&1",
			name, folder, place);
	ck_assert_int_eq(system(command), 0);
	AUTO_TEXT path = memory_printf("%s/ss.xml", folder);
	xmlDoc *doc = xmlReadFile(path, NULL, XML_PARSE_NONET);
	ck_assert_ptr_nonnull(doc);
	const xmlNode *test = xml_find(xmlDocGetRootElement(doc), "ssltest", NULL);
	for (const xmlNode *n = xml_child(test, NULL, NULL); n; n = xml_next(n, NULL, NULL)) {
		const char *id = xml_attribute(n, "id"), *version = xml_attribute(n, "sslversion");
		if (xml_is(n, "protocol", NULL) && strcmp(xml_attribute(n, "enabled"), "1") == 0)
			add_line(&lines,
				memory_printf("%sv%s", strcmp(xml_attribute(n, "type"), "ssl") ? "TLS" : "SSL",
					xml_attribute(n, "version")));
		else if (xml_is(n, "cipher", NULL))
			add_line(&lines, memory_printf("%s %04lx", version, strtoul(id, NULL, 16)));
		else if (xml_is(n, "group", NULL) && (with_older_groups || strcmp(version, "TLSv1.3") == 0))
			add_line(&lines, memory_printf("%s group %04lx", version, strtoul(id, NULL, 16)));
	}
	xmlFreeDoc(doc);
	join_and_free(&lines, out);
}

/* The scanners agree in numbers; `assay tls` says names, so the test has a table of its own: OpenSSL's, and nmap's names of groups. */
static unsigned number_of_suite(const char *name)
{
	static const struct {
		const char *name;
		unsigned number;
	} newest[] = { { "TLS_AES_128_GCM_SHA256", 0x1301 }, { "TLS_AES_256_GCM_SHA384", 0x1302 },
		{ "TLS_CHACHA20_POLY1305_SHA256", 0x1303 }, { "TLS_AES_128_CCM_SHA256", 0x1304 },
		{ "TLS_AES_128_CCM_8_SHA256", 0x1305 } };
	static SSL_CTX *context;
	for (size_t i = 0; i < sizeof newest / sizeof *newest; i++)
		if (strcmp(newest[i].name, name) == 0)
			return newest[i].number;
	if (!context) {
		context = SSL_CTX_new(TLS_method());
		SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
	}
	STACK_OF(SSL_CIPHER) *list = SSL_CTX_get_ciphers(context);
	for (int i = 0; i < sk_SSL_CIPHER_num(list); i++)
		if (strcmp(SSL_CIPHER_standard_name(sk_SSL_CIPHER_value(list, i)), name) == 0)
			return SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(list, i));
	ck_abort_msg("OpenSSL knows no suite %s", name);
	return 0;
}

static unsigned number_of_group(const char *name)
{
	static const char *const names[] = { [19] = "secp192r1",
		[21] = "secp224r1",
		[22] = "secp256k1",
		[23] = "secp256r1",
		[24] = "secp384r1",
		[25] = "secp521r1",
		[26] = "brainpoolP256r1",
		[27] = "brainpoolP384r1",
		[28] = "brainpoolP512r1",
		[29] = "x25519",
		[30] = "x448" };
	static const char *const finite[] = { "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192" };
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i] && strcmp(names[i], name) == 0)
			return i;
	for (unsigned i = 0; i < 5; i++)
		if (strcmp(finite[i], name) == 0)
			return 0x100 + i;
	ck_abort_msg("no number for the group %s", name);
	return 0;
}

static json_t *run_json(int expected, const char *const *arguments)
{
	json_error_t fault;
	struct outcome_of_program o = program_run(folder, 60, arguments);
	ck_assert_msg(o.status == expected, "status %d, expected %d\n%s%s", o.status, expected, buf_text(&o.out),
		buf_text(&o.err));
	json_t *all = json_loads(buf_text(&o.out), 0, &fault);
	ck_assert_msg(all && json_array_size(all) == 1, "%s", fault.text);
	json_t *one = json_incref(json_array_get(all, 0));
	json_decref(all);
	program_release(&o);
	return one;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void assay_lines(const json_t *scan, bool with_older_groups, struct buf *out)
{
	struct vec lines = VEC_INIT;
	const json_t *findings = json_object_get(scan, "findings");
	for (size_t i = 0; i < json_array_size(findings); i++) {
		const json_t *f = json_array_get(findings, i);
		const char *item = text_of(f, "item"), *value = text_of(f, "value"), *context = text_of(f, "context");
		if (strcmp(item, "version") == 0)
			add_line(&lines, memory_copy_text(value));
		else if (strcmp(item, "group") == 0 && (with_older_groups || strcmp(context, "TLSv1.3") == 0))
			add_line(&lines, memory_printf("%s group %04x", context, number_of_group(value)));
		if (strcmp(item, "suite") != 0)
			continue;
		AUTO_TEXT versions = memory_copy_text(context);
		for (char *rest, *version = strtok_r(versions, " ", &rest); version;
			version = strtok_r(NULL, " ", &rest))
			add_line(&lines, memory_printf("%s %04x", version, number_of_suite(value)));
	}
	join_and_free(&lines, out);
}

static const char *worth_of(const json_t *scan, const char *item, const char *value, const char *policy)
{
	const json_t *findings = json_object_get(scan, "findings");
	for (size_t i = 0; i < json_array_size(findings); i++) {
		const json_t *f = json_array_get(findings, i);
		if (strcmp(text_of(f, "item"), item) == 0 && (!value || strcmp(text_of(f, "value"), value) == 0)) {
			const char *worth = text_of(json_object_get(json_object_get(f, "policies"), policy), "worth");
			return worth ? worth : "nothing";
		}
	}
	return "absent";
}

static bool has_sslscan(void)
{
	if (system("command -v sslscan >/dev/null") == 0)
		return true;
	printf("SKIPPED: sslscan is not installed\n");
	return false;
}

/* ---- real servers ---- */

static const char *const fixtures[] = { "prosody", "ejabberd" };

START_TEST(agrees_with_sslscan)
{
	struct err e = { .class = ERR_NONE };
	struct buf ours = BUF_INIT, theirs = BUF_INIT, starttls = BUF_INIT;
	if (!has_sslscan())
		return;
	struct target *t = fixture_start(fixtures[_i], NULL, &e);
	if (!t) {
		printf("SKIPPED: %s: %s\n", fixtures[_i], e.message);
		return;
	}
	AUTO_TEXT file = memory_printf("%s/target.ini", t->directory);
	AUTO_TEXT place = memory_printf("%s:%d", t->host, t->direct_port);
	json_t *scan = run_json(0, (const char *const[]){ "tls", file, "--direct", "--json", NULL });
	assay_lines(scan, false, &ours);
	/* Groups of TLS 1.2 are left out: sslscan offers each alone, and an ECDSA certificate is then refused for all but its own. */
	sslscan_lines(place, t->domain, false, &theirs);
	ck_assert_str_eq(buf_text(&ours), buf_text(&theirs));
	ck_assert_ptr_nonnull(strstr(buf_text(&ours), "TLSv1.3 group 0017"));
	ck_assert_str_eq(worth_of(scan, "certificate", "accepted", "assay"), "pass");
	ck_assert(json_number_value(json_object_get(scan, "seconds")) < 20);
	json_decref(scan);
	/* The other way leads to the same TLS. */
	scan = run_json(0, (const char *const[]){ "tls", file, "--starttls", "--json", NULL });
	assay_lines(scan, false, &starttls);
	ck_assert_str_eq(buf_text(&ours), buf_text(&starttls));
	ck_assert_str_eq(worth_of(scan, "starttls-required", "yes", "assay"), "pass");
	ck_assert_str_eq(worth_of(scan, "offered-before-tls", "nothing", "assay"), "pass");
	json_decref(scan);
	target_free(t);
	buf_release(&ours);
	buf_release(&theirs);
	buf_release(&starttls);
}
END_TEST

/* What another server meets. */
START_TEST(agrees_between_servers)
{
	struct err e = { .class = ERR_NONE };
	struct buf ours = BUF_INIT, theirs = BUF_INIT, starttls = BUF_INIT;
	struct vec options = VEC_INIT;
	if (!has_sslscan())
		return;
	vec_push(&options, "ASSAY_FIXTURE_S2S=yes");
	struct target *t = fixture_start(fixtures[_i], &options, &e);
	vec_release(&options);
	if (!t) {
		printf("SKIPPED: %s: %s\n", fixtures[_i], e.message);
		return;
	}
	AUTO_TEXT file = memory_printf("%s/target.ini", t->directory);
	AUTO_TEXT port =
		memory_printf("%d", t->s2s_port + 1); /* direct TLS, which needs no words that sslscan has not */
	AUTO_TEXT place = memory_printf("%s:%s", t->host, port);
	json_t *scan =
		run_json(0, (const char *const[]){ "tls", file, "--s2s", "--direct", "--port", port, "--json", NULL });
	assay_lines(scan, false, &ours);
	sslscan_lines(place, t->domain, false, &theirs);
	ck_assert_str_eq(buf_text(&ours), buf_text(&theirs));
	json_decref(scan);
	scan = run_json(0, (const char *const[]){ "tls", file, "--s2s", "--json", NULL });
	assay_lines(scan, false, &starttls);
	ck_assert_str_eq(buf_text(&ours), buf_text(&starttls));
	ck_assert_str_eq(text_of(scan, "service"), "s2s");
	ck_assert_str_eq(worth_of(scan, "certificate", "accepted", "assay"), "pass");
	ck_assert_str_eq(worth_of(scan, "starttls-required", "yes", "assay"), "pass");
	ck_assert_str_eq(worth_of(scan, "peer-certificate", "asked for", "assay"), "pass");
	json_decref(scan);
	target_free(t);
	buf_release(&ours);
	buf_release(&theirs);
	buf_release(&starttls);
}
END_TEST

/* ---- OpenSSL's own server, weak on purpose ---- */

struct server {
	pid_t process;
	int port;
};

static struct server start_server(const char *options)
{
	int ends[2];
	char said[512] = "";
	size_t length = 0;
	ck_assert_int_eq(pipe(ends), 0);
	AUTO_TEXT command = memory_printf(
		"cd %s && openssl req -x509 -newkey rsa:1024 -nodes -sha1 -days 2 -subj /CN=weak.test -addext subjectAltName=DNS:weak.test "
		"-keyout key.pem -out cert.pem 2>/dev/null && tail -f /dev/null | openssl s_server -accept 127.0.0.1:0 -cert cert.pem "
		"-key key.pem %s 2>/dev/null | { sed -u /^ACCEPT/q; exec cat >/dev/null; }",
		folder, options);
	pid_t process = fork();
	if (process == 0) {
		setpgid(0, 0); /* one group, ended as a whole */
		setenv("OPENSSL_CONF", "/dev/null", 1);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	close(ends[1]);
	const char *at = NULL;
	while (!(at = strstr(said, "ACCEPT 127.0.0.1:")) || !strchr(at, '\n')) {
		ssize_t count = read(ends[0], said + length, sizeof said - 1 - length);
		ck_assert_msg(count > 0, "openssl s_server does not start: %s", said);
		length += (size_t)count;
		said[length] = 0;
	}
	close(ends[0]);
	return (struct server){ process, atoi(at + strlen("ACCEPT 127.0.0.1:")) };
}

static void stop_server(struct server s)
{
	kill(-s.process, SIGKILL);
	waitpid(s.process, NULL, 0);
}

START_TEST(weak_servers_are_found_out)
{
	struct buf ours = BUF_INIT, theirs = BUF_INIT;
	struct server s =
		start_server("-cipher ALL:COMPLEMENTOFALL:@SECLEVEL=0 -min_protocol TLSv1 -client_renegotiation");
	AUTO_TEXT port = memory_printf("%d", s.port);
	AUTO_TEXT place = memory_printf("127.0.0.1:%d", s.port);
	json_t *scan = run_json(1,
		(const char *const[]){
			"tls", "weak.test", "--host", "127.0.0.1", "--port", port, "--direct", "--json", NULL });
	ck_assert_str_eq(worth_of(scan, "version", "TLSv1.0", "assay"), "fail");
	ck_assert_str_eq(worth_of(scan, "version", "TLSv1.1", "mozilla-intermediate"), "fail");
	ck_assert_str_eq(worth_of(scan, "version", "TLSv1.2", "bsi-tr-02102-2"), "pass");
	ck_assert_str_eq(worth_of(scan, "suite", "TLS_RSA_WITH_NULL_SHA256", "assay"), "fail");
	ck_assert_str_eq(worth_of(scan, "suite", "TLS_DH_anon_WITH_AES_128_CBC_SHA", "assay"), "fail");
	ck_assert_str_eq(worth_of(scan, "suite", "TLS_RSA_WITH_AES_128_CBC_SHA", "assay"), "weak");
	ck_assert_str_eq(worth_of(scan, "rsa-bits", "1024", "assay"), "fail");
	ck_assert_str_eq(worth_of(scan, "signature", "sha1WithRSAEncryption", "assay"), "fail");
	ck_assert_str_eq(worth_of(scan, "certificate", NULL, "assay"), "fail");
	ck_assert_str_eq(worth_of(scan, "dh-bits", "1024", "assay"), "fail");
	ck_assert_str_eq(worth_of(scan, "client-renegotiation", "yes", "assay"), "weak");
	if (has_sslscan()) {
		assay_lines(scan, true, &ours);
		sslscan_lines(place, "weak.test", true, &theirs);
		/* sslscan asks for suites without authentication only where OpenSSL's list has them, as ours has. */
		ck_assert_str_eq(buf_text(&ours), buf_text(&theirs));
	}
	json_decref(scan);
	stop_server(s);
	buf_release(&ours);
	buf_release(&theirs);
}
END_TEST

/* Whether a server that comes in is asked for its certificate. */
START_TEST(certificates_of_peers)
{
	static const char *const options[] = { "-cipher ALL:@SECLEVEL=0", "-cipher ALL:@SECLEVEL=0 -verify 1" },
				 *const said[] = { "not asked for", "asked for" }, *const worth[] = { "weak", "pass" };
	struct server s = start_server(options[_i]);
	AUTO_TEXT port = memory_printf("%d", s.port);
	json_t *scan = run_json(1,
		(const char *const[]){ "tls", "weak.test", "--host", "127.0.0.1", "--port", port, "--direct", "--s2s",
			"--json", NULL });
	ck_assert_str_eq(worth_of(scan, "peer-certificate", said[_i], "assay"), worth[_i]);
	json_decref(scan);
	/* A client has no certificate to show. */
	scan = run_json(1,
		(const char *const[]){
			"tls", "weak.test", "--host", "127.0.0.1", "--port", port, "--direct", "--json", NULL });
	ck_assert_str_eq(worth_of(scan, "peer-certificate", NULL, "assay"), "absent");
	json_decref(scan);
	stop_server(s);
}
END_TEST

/* ---- what is no TLS ---- */

static const struct {
	const char *bytes;
	const char *way, *message;
	int status;
} strangers[] = {
	{ "HTTP/1.1 400 Bad Request\r\n\r\n", "--direct", "does not speak TLS", 3 },
	{ "SSH-2.0-OpenSSH_9.2\r\n", "--starttls", "", 3 },
	{ "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' version='1.0'>"
	  "<stream:features/>",
		"--starttls", "does not offer STARTTLS", 3 },
	{ "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' version='1.0'>"
	  "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
	  "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
		"--starttls", "failure", 3 },
	{ "", "--starttls", "in time", 3 }, /* says nothing */
};

START_TEST(strangers_are_told)
{
	struct babbler b = babbler_start(strangers[_i].bytes, strlen(strangers[_i].bytes), 0);
	AUTO_TEXT port = memory_printf("%d", b.port);
	struct outcome_of_program o =
		PROGRAM(folder, 30, "tls", "a.test", "--host", "127.0.0.1", "--port", port, strangers[_i].way);
	ck_assert_msg(
		o.status == strangers[_i].status, "status %d\n%s%s", o.status, buf_text(&o.out), buf_text(&o.err));
	ck_assert_msg(strstr(buf_text(&o.err), strangers[_i].message), "%s", buf_text(&o.err));
	ck_assert_msg(strchr(buf_text(&o.err), '\n') == strrchr(buf_text(&o.err), '\n'), "more than a line: %s",
		buf_text(&o.err));
	ck_assert_uint_eq(o.out.len, 0);
	program_release(&o);
	babbler_stop(&b);
}
END_TEST

START_TEST(bad_lines_are_refused)
{
	static const char *const lines[][8] = { { "tls" }, { "tls", "a.test", "b.test" },
		{ "tls", "a.test", "--direct", "--starttls" }, { "tls", "a.test", "--policy", "none-such" },
		{ "tls", "a.test", "--host", "127.0.0.1", "--port", "99999" }, { "tls", "fixture:none" },
		{ "tls", "a.test", "--ca", "/nowhere.pem" }, { "tls", "a.test", "--direct", "--host", "127.0.0.1" } };
	struct outcome_of_program o = program_run(folder, 20, lines[_i]);
	ck_assert_msg(o.status == 2, "status %d\n%s", o.status, buf_text(&o.err));
	ck_assert_uint_gt(o.err.len, 0);
	ck_assert_uint_eq(o.out.len, 0);
	program_release(&o);
}
END_TEST

Suite *suite_tls_command(void);
Suite *suite_tls_command(void)
{
	Suite *s = suite_create("tls command");
	TCase *t = tcase_create("tls command");
	tcase_set_tags(t, "integration");
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, agrees_with_sslscan, 0, 2);
	tcase_add_loop_test(t, agrees_between_servers, 0, 2);
	tcase_add_test(t, weak_servers_are_found_out);
	tcase_add_loop_test(t, certificates_of_peers, 0, 2);
	tcase_add_loop_test(t, strangers_are_told, 0, 5);
	tcase_add_loop_test(t, bad_lines_are_refused, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
