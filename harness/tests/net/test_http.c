#include "base/text.h"
#include "net/http.h"
#include <check.h>

START_TEST(urls_are_read)
{
	static const struct {
		const char *text, *scheme, *host, *path;
		int port;
	} good[] = {
		{ "https://example.org", "https", "example.org", "/", 443 },
		{ "wss://example.org/ws", "wss", "example.org", "/ws", 443 },
		{ "WSS://example.org:5281/a/b?c=d", "wss", "example.org", "/a/b?c=d", 5281 },
		{ "https://[::1]:8443/http-bind", "https", "::1", "/http-bind", 8443 },
		{ "ws://127.0.0.1/", "ws", "127.0.0.1", "/", 80 },
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct url u;
		struct err e;
		ck_assert_msg(url_read(&u, good[i].text, &e) == 0, "%s: %s", good[i].text, e.message);
		ck_assert_str_eq(u.scheme, good[i].scheme);
		ck_assert_str_eq(u.host, good[i].host);
		ck_assert_str_eq(u.path, good[i].path);
		ck_assert_int_eq(u.port, good[i].port);
		url_release(&u);
	}
}
END_TEST

START_TEST(what_is_no_url_is_refused)
{
	static const char *const bad[] = { "", "example.org", "/http-bind", "ftp://example.org/", "https://",
		"https://a b/", "wss://example.org:99999/" };
	struct url u;
	struct err e = { .class = ERR_NONE };
	ck_assert_msg(url_read(&u, bad[_i], &e) == -1, "'%s' was taken", bad[_i]);
	ck_assert_int_eq(e.class, ERR_USAGE);
}
END_TEST

Suite *suite_http(void);
Suite *suite_http(void)
{
	Suite *s = suite_create("http");
	TCase *t = tcase_create("urls");
	tcase_add_test(t, urls_are_read);
	tcase_add_loop_test(t, what_is_no_url_is_refused, 0, 7);
	suite_add_tcase(s, t);
	return s;
}
