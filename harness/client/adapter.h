/* client/adapter.h: the one who tells a client under test what to do, and us what it shows: any program that keeps the contract of
 * docs/adapters.md. One command a line goes in, one event a line, of JSON, comes out.
 *
 * Promised: the program runs in a process group of its own, with an environment that has nothing of the caller's; it is ended with
 * all of its group, whatever it does; what it says is bounded (a line, an event, the whole), and what breaks the contract ends it with an
 * error that says how. Nothing blocks but adapter_end(), and that only to its deadline.
 *
 * Errors of adapter_error(): ERR_UNSUPPORTED where it ended with status 89; ERR_PROTOCOL where the client has crashed (it was ended by a
 * signal that a fault raises, or says so); else ERR_ENVIRONMENT: the adapter's own fault, never the client's. */
#ifndef ASSAY_CLIENT_ADAPTER_H
#define ASSAY_CLIENT_ADAPTER_H
#include "net/net.h"
#include "xml/xml.h"

#define NS_ADAPTER               "urn:assay:client:0"      /* of the elements that events become */
#define ADAPTER_CONTRACT         1                         /* the version of the contract that is spoken here */
#define ADAPTER_LINE_MOST        ((size_t)64 * 1024)       /* bytes of one event */
#define ADAPTER_BYTES_MOST       ((size_t)8 * 1024 * 1024) /* of all that it says */
#define ADAPTER_EVENTS_MOST      10000
#define ADAPTER_EXIT_UNSUPPORTED 89
#define ADAPTER_SLOW_MOST        3600 /* seconds that an adapter may claim for a person */
#define ADAPTER_JOBS_MOST        64

struct adapter;
struct adapter_options {               /* borrowed until adapter_start() returns */
	char *const *argv;             /* ended by NULL; argv[0] is a path */
	const struct vec *environment; /* KEY=VALUE texts beside PATH, LANG and TMPDIR; or NULL */
	const char *directory;         /* its own, which is removed after it; or NULL */
};
struct adapter_callbacks {
	/* An event that is no answer, as an element: `{"event":"message","from":"a","text":"b","carbon":true}` is
	 * <message xmlns='urn:assay:client:0' from='a' carbon='yes'>b</message>; what is false or null is left out. The callee's to free. */
	void (*event)(void *context, xmlDoc *doc, int64_t when);
	void (*answered)(void *context); /* it has answered a command, or become ready */
	void (*ended)(void *context);    /* by itself or by a fault of its own; adapter_error() says why */
};

enum adapter_answer {
	ADAPTER_WAITS, /* nothing was asked yet, or it is being carried out */
	ADAPTER_DONE,
	ADAPTER_FAILED, /* the client would not; adapter_reason() */
	ADAPTER_UNSUPPORTED,
};

/* Never blocks; NULL with ERR_ENVIRONMENT where it cannot be started. */
struct adapter *adapter_start(struct loop *l, const struct adapter_options *options,
	const struct adapter_callbacks *callbacks, void *context, struct err *e);
/* One command, of one line and without its newline; only once it is ready and has answered the one before. */
void adapter_say(struct adapter *a, const char *line);
bool adapter_is_ready(const struct adapter *a); /* its first event came: name and version are known */
bool adapter_has_ended(const struct adapter *a);
enum adapter_answer adapter_answer(const struct adapter *a); /* to the last command */
const char *adapter_reason(const struct adapter *a);         /* what it gave with its answer; "" none */
const char *adapter_client(const struct adapter *a);         /* "profanity"; "" before it is ready */
const char *adapter_version(const struct adapter *a);
int64_t adapter_slow(const struct adapter *a);  /* how long its person may take for one thing, ns; 0 none operates it */
unsigned adapter_jobs(const struct adapter *a); /* how many of it may run at once; 0 it does not say */
const char *adapter_directory(const struct adapter *a);  /* its own; "" none */
const char *adapter_last_words(const struct adapter *a); /* the last line on its standard error; "" none */
/* Whether it, or a process that it has started, shows this text on its command line, where everybody of the machine can read it. */
bool adapter_shows(const struct adapter *a, const char *text);
int adapter_status(const struct adapter *a); /* its exit status once it has ended by itself; -1 where it has none */
const struct err *adapter_error(const struct adapter *a); /* class ERR_NONE while all is well */
/* Ends it for a fault that the caller has found, such as a command that was not answered in time. */
void adapter_fail(struct adapter *a, enum err_class class, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Says `quit`, waits for its end, and ends what is left of its group. False where it had to be ended by force; what was wrong before
 * counts as well done. */
bool adapter_end(struct adapter *a, int64_t deadline);
void adapter_free(struct adapter *a); /* kills what is left; NULL is fine */
#endif
