#include "net/http.h"
#include "base/memory.h"
#include "base/text.h"
#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define MOST_TAKEN    (1u << 20)
#define CONNECT_LIMIT 15000 /* milliseconds, of one connection */
#define EVENTS        8

struct alarm {
	int timer;
	void (*callback)(void *context);
	void *context;
};

/* libcurl's sockets and all timers are in one epoll, and that is what the loop watches. */
struct http {
	struct loop *loop;
	CURLM *multi;
	struct curl_slist *headers, *connect_to;
	char *url, *ca_file;
	bool verify, puts;
	enum net_clear clear;
	size_t most;
	int epoll, curl_timer;
	struct alarm alarms[HTTP_ALARMS];
	struct vec exchanges; /* struct exchange * under way */
	char tls_version[16], tls_cipher[64];
};

struct exchange {
	struct http *http;
	CURL *easy;
	char *posted;
	size_t posted_length, given;
	struct buf body;
	bool too_much, elsewhere;
	char complaint[CURL_ERROR_SIZE];
	http_callback *callback;
	void (*sent)(void *context);
	void *context;
};

/* ---- URLs ---- */

static int take_url(CURLU *parsed, struct url *u, const char *text, struct err *e)
{
	static const char *const schemes[] = { "https", "wss", "http", "ws" };
	char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL, *query = NULL;
	bool known = false;
	curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0);
	curl_url_get(parsed, CURLUPART_HOST, &host, 0);
	curl_url_get(parsed, CURLUPART_PORT, &port, 0);
	curl_url_get(parsed, CURLUPART_PATH, &path, 0);
	curl_url_get(parsed, CURLUPART_QUERY, &query, 0);
	for (size_t i = 0; scheme && i < sizeof schemes / sizeof *schemes; i++)
		known = known || text_equal(scheme, schemes[i]);
	int fault = 0;
	if (!known || !host || strlen(host) >= sizeof u->host) {
		fault = err_set(e, ERR_USAGE, NULL, "'%s' is no URL with https or wss", text);
	} else {
		size_t length = strlen(host);
		bool bracketed = host[0] == '[' && host[length - 1] == ']';
		snprintf(u->scheme, sizeof u->scheme, "%s", scheme);
		snprintf(u->host, sizeof u->host, "%.*s", (int)(length - (bracketed ? 2 : 0)), host + bracketed);
		u->port = port ? atoi(port) : text_equal(scheme, "https") || text_equal(scheme, "wss") ? 443 : 80;
		u->path = memory_printf("%s%s%s", path && path[0] ? path : "/", query ? "?" : "", query ? query : "");
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(path);
	curl_free(query);
	return fault;
}

int url_read(struct url *u, const char *text, struct err *e)
{
	*u = (struct url){ .port = 0 };
	CURLU *parsed = curl_url();
	int fault = parsed && !curl_url_set(parsed, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME)
		? take_url(parsed, u, text, e)
		: err_set(e, ERR_USAGE, NULL, "'%s' is no URL", text);
	curl_url_cleanup(parsed);
	return fault;
}

void url_release(struct url *u)
{
	free(u->path);
	u->path = NULL;
}

/* ---- the end of an exchange ---- */

static void exchange_free(struct exchange *x)
{
	curl_multi_remove_handle(x->http->multi, x->easy);
	curl_easy_cleanup(x->easy);
	if (x->posted)
		OPENSSL_cleanse(x->posted, x->posted_length); /* perhaps a password */
	free(x->posted);
	buf_release(&x->body);
	free(x);
}

static void explain(const struct exchange *x, CURLcode code, struct err *e)
{
	const char *words = x->complaint[0] ? x->complaint : curl_easy_strerror(code);
	enum err_class class = ERR_CONNECTION;
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
		code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL)
		class = ERR_PROTOCOL;
	if (code == CURLE_SSL_CACERT_BADFILE)
		class = ERR_USAGE;
	if (x->too_much)
		err_set(e, ERR_PROTOCOL, NULL, "an answer of HTTP is larger than %zu bytes", x->http->most);
	else if (x->elsewhere)
		err_set(e, ERR_CONNECTION, NULL, NET_NOT_LOOPBACK);
	else
		err_set(e, class, NULL, "%s", words);
	e->where[0] = '\0';
}

/* A header of the answer; "" where there is none. Borrowed. */
static const char *header_of(const struct exchange *x, const char *name)
{
	struct curl_header *header;
	return curl_easy_header(x->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : "";
}

static void finish(struct http *h, struct exchange *x, CURLcode code)
{
	struct err e = { .class = ERR_NONE };
	struct http_answer answer = { .body = buf_text(&x->body),
		.length = x->body.len,
		.content_type = header_of(x, "Content-Type"),
		.when = clock_now(),
		.error = &e };
	answer.allowed_origin = header_of(x, "Access-Control-Allow-Origin");
	if (code == CURLE_OK)
		curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &answer.status);
	else
		explain(x, code, &e);
	for (size_t i = 0; i < h->exchanges.count; i++)
		if (h->exchanges.items[i] == x) {
			h->exchanges.items[i] = h->exchanges.items[--h->exchanges.count];
			break;
		}
	x->callback(x->context, &answer);
	exchange_free(x);
}

static void look_for_ends(struct http *h)
{
	int left;
	CURLMsg *message;
	while ((message = curl_multi_info_read(h->multi, &left)) != NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		struct exchange *x = NULL;
		CURLcode code = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&x);
		finish(h, x, code);
	}
}

/* ---- events ---- */

static void set_timer(int descriptor, int64_t after)
{
	const struct itimerspec when = { .it_value = { after / CLOCK_SECOND, after % CLOCK_SECOND } };
	timerfd_settime(descriptor, 0, &when, NULL);
}

static bool rang(int descriptor)
{
	uint64_t times;
	return read(descriptor, &times, sizeof times) == sizeof times;
}

static bool is_alarm(const struct http *h, int descriptor)
{
	for (size_t i = 0; i < HTTP_ALARMS; i++)
		if (h->alarms[i].timer == descriptor)
			return true;
	return false;
}

static void serve(void *context)
{
	struct http *h = context;
	struct epoll_event events[EVENTS];
	int count = epoll_wait(h->epoll, events, EVENTS, 0), running;
	for (int i = 0; i < count; i++) {
		int descriptor = events[i].data.fd;
		if (descriptor == h->curl_timer) {
			if (rang(descriptor))
				curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
		} else if (!is_alarm(h, descriptor)) {
			int what = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
				(events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
				(events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
			curl_multi_socket_action(h->multi, descriptor, what, &running);
		}
	}
	look_for_ends(h);
	for (size_t i = 0; i < HTTP_ALARMS; i++)
		if (rang(h->alarms[i].timer) && h->alarms[i].callback)
			h->alarms[i].callback(h->alarms[i].context);
}

static int on_socket(CURL *easy, curl_socket_t descriptor, int what, void *context, void *known)
{
	struct http *h = context;
	(void)easy;
	struct epoll_event event = { .data.fd = descriptor };
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(h->epoll, EPOLL_CTL_DEL, descriptor, NULL);
		return 0;
	}
	event.events = (what & CURL_POLL_IN ? (unsigned)EPOLLIN : 0) | (what & CURL_POLL_OUT ? (unsigned)EPOLLOUT : 0);
	epoll_ctl(h->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event);
	curl_multi_assign(h->multi, descriptor, h);
	return 0;
}

static int on_timer(CURLM *multi, long milliseconds, void *context)
{
	struct http *h = context;
	(void)multi;
	/* A timer of nothing is off, so `at once` is a nanosecond. */
	set_timer(h->curl_timer, milliseconds < 0 ? 0 : milliseconds == 0 ? 1 : milliseconds * CLOCK_MILLISECOND);
	return 0;
}

/* ---- bytes ---- */

static void note_tls(struct exchange *x)
{
	struct curl_tlssessioninfo *session = NULL;
	if (curl_easy_getinfo(x->easy, CURLINFO_TLS_SSL_PTR, &session) || !session || !session->internals ||
		session->backend != CURLSSLBACKEND_OPENSSL)
		return;
	SSL *ssl = session->internals;
	snprintf(x->http->tls_version, sizeof x->http->tls_version, "%s", SSL_get_version(ssl));
	snprintf(x->http->tls_cipher, sizeof x->http->tls_cipher, "%s", SSL_get_cipher_name(ssl));
}

static size_t on_header(char *bytes, size_t one, size_t count, void *context)
{
	(void)bytes;
	note_tls(context);
	return one * count;
}

static size_t on_body(char *bytes, size_t one, size_t count, void *context)
{
	struct exchange *x = context;
	size_t length = one * count;
	if (x->body.len + length > x->http->most) {
		x->too_much = true;
		return 0;
	}
	buf_add(&x->body, bytes, length);
	return length;
}

static size_t on_upload(char *place, size_t one, size_t count, void *context)
{
	struct exchange *x = context;
	size_t room = one * count, left = x->posted_length - x->given, given = left < room ? left : room;
	memcpy(place, x->posted + x->given, given);
	x->given += given;
	if (x->given == x->posted_length && given && x->sent)
		x->sent(x->context);
	return given;
}

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct exchange *x = context;
	(void)purpose;
	x->elsewhere = x->http->clear == NET_CLEAR_ON_LOOPBACK && !net_address_is_loopback(&a->addr);
	return x->elsewhere ? CURL_SOCKET_BAD : socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* libcurl sends a body again where a connection that it kept had been closed meanwhile. */
static int on_rewind(void *context, curl_off_t offset, int origin)
{
	struct exchange *x = context;
	if (origin != SEEK_SET || offset < 0 || (size_t)offset > x->posted_length)
		return CURL_SEEKFUNC_FAIL;
	x->given = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* ---- the owner ---- */

static int new_timer(struct http *h)
{
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	struct epoll_event event = { .events = EPOLLIN, .data.fd = timer };
	epoll_ctl(h->epoll, EPOLL_CTL_ADD, timer, &event);
	return timer;
}

struct http *http_new(struct loop *l, const struct http_options *o)
{
	static bool started;
	if (!started)
		curl_global_init(CURL_GLOBAL_DEFAULT);
	started = true;
	struct http *h = memory_alloc(sizeof *h);
	h->loop = l;
	h->url = memory_copy_text(o->url);
	h->ca_file = memory_copy_text(o->ca_file);
	h->verify = o->verify;
	h->puts = o->puts;
	h->clear = o->clear;
	h->most = o->most ? o->most : MOST_TAKEN;
	if (o->content_type) {
		AUTO_TEXT type = memory_printf("Content-Type: %s", o->content_type);
		h->headers = curl_slist_append(NULL, type);
		h->headers = curl_slist_append(h->headers, "Expect:");
	}
	for (size_t i = 0; o->headers && o->headers[i]; i++)
		h->headers = curl_slist_append(h->headers, o->headers[i]);
	if (o->host) {
		AUTO_TEXT place = memory_printf(strchr(o->host, ':') ? "::[%s]:" : "::%s:", o->host);
		h->connect_to = curl_slist_append(NULL, place);
	}
	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	h->curl_timer = new_timer(h);
	for (size_t i = 0; i < HTTP_ALARMS; i++)
		h->alarms[i].timer = new_timer(h);
	h->multi = curl_multi_init();
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	loop_watch(l, h->epoll, serve, h);
	return h;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	loop_watch(h->loop, h->epoll, NULL, NULL);
	for (size_t i = 0; i < h->exchanges.count; i++)
		exchange_free(h->exchanges.items[i]);
	vec_release(&h->exchanges);
	curl_multi_cleanup(h->multi);
	curl_slist_free_all(h->headers);
	curl_slist_free_all(h->connect_to);
	close(h->epoll);
	close(h->curl_timer);
	for (size_t i = 0; i < HTTP_ALARMS; i++)
		close(h->alarms[i].timer);
	free(h->url);
	free(h->ca_file);
	free(h);
}

void http_request(struct http *h, const char *body, size_t length, http_callback *callback, void (*sent)(void *context),
	void *context)
{
	struct exchange *x = memory_alloc(sizeof *x);
	x->http = h;
	x->callback = callback;
	x->sent = sent;
	x->context = context;
	x->easy = curl_easy_init();
	if (body) {
		x->posted = memory_alloc(length + 1);
		memcpy(x->posted, body, length);
		x->posted_length = length;
		curl_easy_setopt(x->easy, h->puts ? CURLOPT_UPLOAD : CURLOPT_POST, 1L);
		curl_easy_setopt(x->easy, CURLOPT_READFUNCTION, on_upload);
		curl_easy_setopt(x->easy, CURLOPT_READDATA, x);
		curl_easy_setopt(x->easy, CURLOPT_SEEKFUNCTION, on_rewind);
		curl_easy_setopt(x->easy, CURLOPT_SEEKDATA, x);
		curl_easy_setopt(x->easy, h->puts ? CURLOPT_INFILESIZE : CURLOPT_POSTFIELDSIZE, (long)length);
		curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, h->headers);
	}
	curl_easy_setopt(x->easy, CURLOPT_URL, h->url);
	curl_easy_setopt(x->easy, CURLOPT_CONNECT_TO, h->connect_to);
	curl_easy_setopt(x->easy, CURLOPT_PROTOCOLS_STR, h->clear == NET_CLEAR_NEVER ? "https" : "http");
	curl_easy_setopt(x->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(x->easy, CURLOPT_OPENSOCKETDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(x->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(x->easy, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_LIMIT);
	curl_easy_setopt(x->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(x->easy, CURLOPT_SSL_VERIFYPEER, h->verify ? 1L : 0L);
	curl_easy_setopt(x->easy, CURLOPT_SSL_VERIFYHOST, h->verify ? 2L : 0L);
	if (h->ca_file)
		curl_easy_setopt(x->easy, CURLOPT_CAINFO, h->ca_file);
	curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->complaint);
	curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_PRIVATE, x);
	vec_push(&h->exchanges, x);
	curl_multi_add_handle(h->multi, x->easy);
}

void http_alarm(struct http *h, unsigned which, int64_t when, void (*callback)(void *context), void *context)
{
	int64_t now = clock_now();
	struct alarm *a = &h->alarms[which];
	a->callback = callback;
	a->context = context;
	set_timer(a->timer, when == CLOCK_FOREVER ? 0 : when > now ? when - now : 1);
}

const char *http_tls_version(const struct http *h)
{
	return h->tls_version;
}

const char *http_tls_cipher(const struct http *h)
{
	return h->tls_cipher;
}
