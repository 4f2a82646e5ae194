/* target/target.h: the system under test as its operator describes it, its accounts, what it offers, and fixtures.
 *
 * The room promises: a target file is read and checked whole, each fault ERR_USAGE at file:line; accounts are leased
 * and given back; features are looked up, never guessed; a fixture is started, waited for by events, and stopped by
 * its own process id. Conversations with the server (registration, discovery) are held by run/ and driver/: this room
 * keeps what they find. Passwords are registered with xml/redact.h as soon as they are known. */
#ifndef ASSAY_TARGET_TARGET_H
#define ASSAY_TARGET_TARGET_H
#include "base/err.h"
#include "base/memory.h"
#include "net/net.h"
#include "xml/xml.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum provisioning {
	PROVISION_FIXED,    /* [account NAME] sections or --account: leased, never made */
	PROVISION_REGISTER, /* in-band registration (XEP-0077), before authentication */
	PROVISION_ADMIN,    /* ad-hoc commands of an administrator (XEP-0133 sections 4.1 and 4.2) */
	/* A program of the operator's: argv [command, "create"|"delete", user, domain], the password on stdin. */
	PROVISION_COMMAND,
};

struct target_account {
	char *user;
	char *password;
	char *role; /* "owner", "contact", "stranger" that it may serve as, or NULL: any */
	bool leased;
};

/* A domain in whose name Assay may come as a component of the server (XEP-0114). */
struct target_component {
	char *domain, *host, *secret;
	int port;
};
/* What measuring may do to the server ([load]). Where a target file does not say `allow = yes`, nothing. */
struct target_load_limits {
	bool allowed;
	int64_t most_rate;        /* stanzas a second, connections and transfers included */
	int64_t most_connections; /* at once */
	int64_t most_time;        /* ns, of one run */
	enum net_clear without_tls;
	char *websocket, *bosh; /* ws://… and http://…, for measuring without TLS; NULL: none */
};
#define TARGET_LOAD_LIMITS                                                                                             \
	{                                                                                                              \
		false, 100, 100, 10 * 60 * CLOCK_SECOND, NET_CLEAR_NEVER, NULL, NULL                                   \
	}

struct target {
	char *name; /* "fixture:prosody", "example.org", the file's name without .ini */
	char *domain;
	char *host;            /* NULL: SRV records, then the domain */
	int port, direct_port; /* 0: not offered; default 5222 and 0 */
	int s2s_port;          /* where other servers come in; 0: not said */
	/* wss://… and https://…; NULL: what the domain says of itself (target_choose_transport) */
	char *websocket, *bosh;
	char *host_meta;          /* https://…, where that is; NULL: at the domain (XEP-0156 section 3) */
	enum transport transport; /* how the run speaks to it */
	char *ca_file;            /* NULL: the system's */
	bool verify;
	enum provisioning provisioning;
	struct vec accounts;          /* struct target_account *, PROVISION_FIXED (and the administrator, [admin]) */
	struct target_account *admin; /* PROVISION_ADMIN */
	char *command;                /* PROVISION_COMMAND */
	struct target_component *component; /* NULL: the target file names none */
	bool allow_register, allow_delete, allow_flood;
	struct target_load_limits load; /* of a fixture: none */
	struct vec claims;              /* char * */
	char *baseline;                 /* path of expected verdicts, or NULL */
	pid_t fixture;                  /* process id of a fixture's server, 0 where there is none */
	char *directory;                /* the fixture's temporary directory, or NULL */
	char *product;                  /* what the fixture says it is: "prosody 0.12.3", or NULL */
	struct fixture *running;        /* how to stop it; private to target/fixture.c */
};

/* 0 where the target is a fixture, or its file allows as much; else ERR_USAGE with the line of its file that would allow it. */
int target_allows_load(const struct target *t, double rate, int64_t connections, int64_t time, struct err *e);
/* Takes `name` (NULL: starttls, the port for it) for a transport that is to be measured without TLS. 0 where the target's file allows
 * that and says where; a place that is to be on loopback is. Else ERR_USAGE with the line that would allow it. Names are resolved, which
 * blocks. */
int target_choose_clear(struct target *t, const char *name, struct err *e);
const char *target_clear_url(
	const struct target *t, enum transport transport); /* ws:// or http://, as target_url(); borrowed */

/* The domain is a host name or an address, nothing more. */
bool target_domain_valid(const char *domain);
/* Reads a target file (INI, see docs/targets.md). */
struct target *target_load(const char *path, struct err *e);
/* A target from the command line alone: domain, user names; passwords from `password_file` (lines `user password`),
 * from the environment (ASSAY_PASSWORD, or ASSAY_PASSWORD_USER with the user in capitals), or by a prompt on the
 * terminal. */
struct target *target_from_arguments(
	const char *domain, const struct vec *users, const char *password_file, struct err *e);
/* How whoever makes accounts speaks to it, whatever the run's transport is. */
enum transport target_own_transport(const struct target *t);
const char *target_url(
	const struct target *t, enum transport transport); /* NULL where none is known or needed; borrowed */
/* Where it is on the web: "websocket", "bosh" or "host-meta"; NULL where that is not known. free(). */
char *target_web_place(const struct target *t, const char *what);
/* The machine to connect to for a URL: the target's own where the URL is at the domain and the target file names a host, which may
 * be in no DNS; else NULL, the URL's. Borrowed. */
const char *target_web_host(const struct target *t, const char *url);
/* Takes `name` (transport_name()) for the run's transport, or where it is NULL target_own_transport(). Where a URL is
 * needed and none is known, asks the domain for its host-meta (XEP-0156 section 3): a request over HTTPS, a few seconds at most.
 * ERR_USAGE for another name, ERR_UNSUPPORTED where the target has no such way, else as in net/. */
int target_choose_transport(struct target *t, const char *name, struct err *e);
/* The URL that a host-meta document names for this transport over HTTP, into `url`; NULL where it names none, or none that is
 * secured. For tests. */
char *target_read_host_meta(const char *document, size_t length, enum transport transport);
/* Starts the fixture `name` (folder fixtures/servers/NAME) on free loopback ports in a temporary directory and waits
 * until it is ready. ERR_ENVIRONMENT with the mend ("apt-get install ejabberd") where it cannot. `options` are
 * KEY=VALUE texts that reach its script as the environment (NULL for none). The server ends with this process
 * whatever happens to it. */
struct target *fixture_start(const char *name, const struct vec *options, struct err *e);
/* "fixture:NAME", a path of a file, or a domain: chooses among the three above. `users` and `password_file` go with a
 * domain only. */
struct target *target_open(const char *what, const struct vec *users, const char *password_file, struct err *e);
/* What two fixtures share that are to speak with one another, on loopback and with nobody else (fixtures/federation): an authority,
 * and a name server that knows the two. */
struct federation;
/* Chooses a place for it; nothing runs yet. federation_free. NULL with ERR_ENVIRONMENT. */
struct federation *federation_new(struct err *e);
/* The options for fixture_start of the first or the second of them; borrowed from it. */
void federation_options(const struct federation *f, bool second, struct vec *options);
/* Starts the name server for two fixtures that run, and waits until it answers. ERR_ENVIRONMENT, with the mend where a package is
 * missing. */
int federation_join(struct federation *f, const struct target *first, const struct target *second, struct err *e);
/* Ends the name server and removes its directory; NULL is fine. In a child of the process that made it, it frees the memory only. */
void federation_free(struct federation *f);
/* Stops the fixture, waits for its end, removes its directory; NULL is fine. In a child of the process that started
 * the fixture it frees the memory only. */
void target_free(struct target *t);
/* What the server processes of a fixture have used: processor time in ns of the process and its descendants; -1
 * without a fixture. */
int64_t fixture_processor(const struct target *t);
/* Names of the fixtures that there are, sorted, into the arena. */
void fixture_names(struct arena *a, struct vec *names);
/* "prosody 0.12.3" for the fixture `name`, without starting it; free(). NULL with ERR_USAGE for an unknown name,
 * ERR_ENVIRONMENT with the mend where its packages are missing. */
char *fixture_describe(const char *name, struct err *e);

/* Leases one account fit for `role` (NULL any) for exclusive use; NULL when none is free now. */
struct target_account *target_lease(struct target *t, const char *role);
/* Leases the account of that user; NULL when there is none or it is not free now. */
struct target_account *target_lease_user(struct target *t, const char *user);
void target_return(struct target *t, struct target_account *account);

/* ---- what the server offers (filled once a run by run/discover.c) ---- */
struct service {
	char *address, *kind;            /* muc, upload, pubsub, proxy, "" for others */
	struct vec identities, features; /* char * : "conference/text/NAME" */
};
struct features {
	struct vec server_identities, server_features; /* char * */
	struct vec account_features;
	struct vec stream_features; /* namespaces, before TLS, after TLS and after authentication together */
	struct vec mechanisms;      /* SASL, after TLS */
	struct vec services;        /* struct service * */
	struct map facts;           /* "version.name", "version.version", "tls.version", … */
};
void features_release(struct features *f);
/* Takes a disco#info answer of the domain, of an account or of a service (NULL service: see `kind`). */
enum disco_subject { DISCO_SERVER, DISCO_ACCOUNT };
void features_add_info(struct features *f, enum disco_subject subject, const xmlNode *iq);
void features_add_service(struct features *f, const char *address, const xmlNode *iq);
void features_add_stream(struct features *f, const xmlNode *stream_features);
bool features_has(const struct vec *list, const char *feature);
const struct service *features_service(
	const struct features *f, const char *kind); /* the first of that kind, or NULL */
/* As JSON text (one object) for the journal and back; features_parse returns -1 with ERR_INTERNAL on nonsense. */
void features_print(const struct features *f, struct buf *out);
int features_parse(struct features *f, const char *json, struct err *e);

/* ---- baseline: expected verdicts of a target (docs/baselines.md) ---- */
struct baseline_line {
	char *check;         /* an id, or a glob over ids; without the transport that may stand behind it */
	int transport;       /* an enum transport; -1: whatever the run's is */
	bool glob;           /* `check` is a glob */
	const char *verdict; /* the one that is expected; never "pass" */
	const char *reason;
	const char *link, *expires; /* an http(s) address, a date YYYY-MM-DD; "" where there is none */
	unsigned number;            /* of the line in the file, from 1 */
};
struct baseline {
	struct arena arena; /* owns all texts */
	char *path;
	struct vec lines;         /* struct baseline_line *, in the file's order */
	enum transport transport; /* the run's; may be set after loading */
};
/* Reads a file of lines `CHECK<tab>VERDICT<tab>REASON[<tab>LINK[<tab>EXPIRES]]`; `#` begins a comment. A malformed line, a
 * second one for the same check and transport, and one whose date is past (UTC; the day itself still counts) is ERR_USAGE at
 * file:line, and `b` is empty. */
int baseline_load(struct baseline *b, const char *path, enum transport transport, struct err *e);
/* The same, but lines that have expired are no fault: for who is about to mend them. */
int baseline_load_expired(struct baseline *b, const char *path, enum transport transport, struct err *e);
/* ERR_USAGE at file:line for the first line that names none of these checks (char *, ids). */
int baseline_match(const struct baseline *b, const struct vec *checks, struct err *e);
/* Whether the line is about the check, whatever its transport. */
bool baseline_names(const struct baseline_line *l, const char *check);
/* The line that says what a check is expected to come to in a run over b->transport, NULL where none does. A line for the check alone
 * goes before a glob, then one for the transport before one for any, then the first. Borrowed. */
const struct baseline_line *baseline_find(const struct baseline *b, const char *check);
bool baseline_is_date(const char *text); /* YYYY-MM-DD, in the calendar */
bool baseline_is_past(const char *date); /* such a date: its day is over, UTC */
void baseline_release(struct baseline *b);

/* Passphrases, for what is no account. Both are told to xml/redact.h, or never leave the caller; free(), after cleansing. */
/* The first line of a file; `whose` is for the message. NULL with ERR_USAGE. */
char *password_from_file(const char *path, const char *whose, struct err *e);
/* Asks on the terminal, without echo; NULL where there is none, or no answer. */
char *password_ask(const char *question);
#endif
