/* net/http.h: requests over HTTPS, by libcurl on the loop of net/net.h.
 *
 * The room's promises hold here too: nothing blocks but loop_once(), but for the resolving of names; a certificate that is
 * wrong is ERR_PROTOCOL, all else that goes wrong on the way ERR_CONNECTION. An answer of HTTP is handed over whatever its
 * status is: what it means is the caller's to say. Only https is spoken (but where `clear` says otherwise), redirections are not
 * followed. */
#ifndef ASSAY_NET_HTTP_H
#define ASSAY_NET_HTTP_H
#include "net/net.h"

struct url {
	char scheme[8]; /* "https", "wss", … in small letters */
	char host[256]; /* without the brackets of an IPv6 address */
	int port;       /* the scheme's own where the URL names none */
	char *path;     /* with what follows a question mark; "/" at least */
};
/* Reads an absolute URL with a host; ERR_USAGE otherwise, and for any scheme but http, https, ws and wss. */
int url_read(struct url *u, const char *text, struct err *e);
void url_release(struct url *u);

struct http_options { /* every text is copied */
	const char *url;
	const char *ca_file; /* PEM; NULL: the system's */
	bool verify;
	enum net_clear clear;       /* where it is not NET_CLEAR_NEVER, http is spoken and nothing else */
	const char *host;           /* the machine to connect to; NULL: the URL's */
	const char *content_type;   /* of what is posted */
	bool puts;                  /* a body is put, not posted */
	const char *const *headers; /* more of them with a body, each `Name: value`; ended by NULL. Or NULL */
	size_t most;                /* bytes of an answer's body that are taken; more is an error. 0: 1 MiB */
};
/* Requests to one URL; connections are kept open and used again. */
struct http;
struct http *http_new(struct loop *l, const struct http_options *options);
void http_free(struct http *h); /* what is under way ends without a callback; not from within a callback */

struct http_answer {
	long status;      /* 0: there was no answer, see `error` */
	const char *body; /* borrowed, as the rest, until the callback returns */
	size_t length;
	const char *content_type; /* "" where it is not said */
	const char *
		allowed_origin; /* who may read it from a browser (Access-Control-Allow-Origin); "" where it is not said */
	int64_t when;           /* when the last byte of it came */
	const struct err *error; /* class ERR_NONE where an answer came */
};
typedef void http_callback(void *context, const struct http_answer *answer);
/* Begins a request: POST or PUT with this body (copied), or GET where `body` is NULL. The callback comes once, from loop_once(); before
 * it `sent` (may be NULL) when the last byte of a body is on its way, from within libcurl: it may only take note. */
void http_request(struct http *h, const char *body, size_t length, http_callback *callback, void (*sent)(void *context),
	void *context);
/* Calls back, once, when this monotonic instant has passed; CLOCK_FOREVER never. There are HTTP_ALARMS, each is set anew. */
#define HTTP_ALARMS 2
void http_alarm(struct http *h, unsigned which, int64_t when, void (*callback)(void *context), void *context);
/* "TLSv1.3" and the suite's name of the last answer; "" before any. Borrowed. */
const char *http_tls_version(const struct http *h);
const char *http_tls_cipher(const struct http *h);
#endif
