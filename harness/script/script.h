/* script/script.h: the scenario language, text to a checked tree.
 *
 * The room promises: a file is parsed and checked whole before anything connects; every fault is ERR_SCRIPT at
 * `file:line:column` and says what was expected; the tree is read-only afterwards and lives in one arena. Two front
 * ends make the same tree: Assay's own language (.scn) and scansion's (.scs). One table of verbs (script/verbs.h)
 * drives the parser, the manual and `assay lint`. Touches no network. */
#ifndef ASSAY_SCRIPT_SCRIPT_H
#define ASSAY_SCRIPT_SCRIPT_H
#include "xml/pattern.h"
#include <stdint.h>

struct position {
	const char *file; /* as the user named it, includes by their own path */
	int line, column; /* from 1 */
};

enum level { LEVEL_NONE, LEVEL_MAY, LEVEL_SHOULD, LEVEL_MUST };

enum role { ROLE_NONE, ROLE_OWNER, ROLE_CONTACT, ROLE_STRANGER };

enum transport_choice { CHOOSE_DEFAULT, CHOOSE_STARTTLS, CHOOSE_DIRECT, CHOOSE_WEBSOCKET };

struct account_reference { /* an account of the scenario: "romeo" */
	const char *name;
	const char *peer; /* the second target's name after `at`, NULL for the system under test */
	enum role role;
	size_t index;
};

struct actor { /* a device: "phone" is romeo/phone */
	const char *name;
	const struct account_reference *account;
	const char *resource; /* as asked for when binding */
	struct position position;
	size_t index;
	bool component; /* no device, but a component of the server: its account is nobody's, and its resource NULL */
	bool client;    /* the client under test, for which nobody speaks */
	bool second;    /* and it is the second one of the run, which the first speaks with */
	bool hidden;    /* made by the language itself (contacts' set-up) */
};

enum need_kind {
	NEED_SERVER,  /* a disco feature of the server's domain */
	NEED_ACCOUNT, /* a disco feature of the account's bare address */
	NEED_STREAM,  /* the namespace of a stream feature after authentication (or, before TLS, starttls) */
	NEED_SERVICE, /* a service of this name was discovered: muc, upload, pubsub, proxy; an optional second word is a
	               * disco feature that the service must advertise */
	NEED_ALLOW,   /* the target file allows: register, delete, flood */
	NEED_DRIVER, /* a capability of the driver, by name: cut, sm, raw, unbound, mechanism, direct, faithful, features,
	              * bare */
	NEED_CLAIM,     /* a line in the target's claims */
	NEED_MECHANISM, /* a SASL mechanism that the server offers after TLS */
	NEED_COMPONENT, /* the target file names a domain as which one may come as a component; no value */
	NEED_WEB,       /* it is known where this is on the web: websocket, bosh, host-meta */
	NEED_PEER,      /* the run has a second target of this name */
	NEED_CLIENT,    /* a client is under test; with a value, its claims have this word */
	NEED_SECOND,    /* likewise a second one */
};
struct need {
	enum need_kind kind;
	bool absent; /* `needs no server X`: applies only where it is not offered */
	const char *value;
	const char *detail; /* second word, or NULL */
	const char *peer;   /* the second target that is asked for it (`at PEER`), NULL for the system under test */
	struct position position;
};

/* Of elements that the runner replaces when it sends them. */
#define NS_PLACEHOLDERS         "urn:assay:omemo:0"
#define NS_OPENPGP_PLACEHOLDERS "urn:assay:openpgp:0"

enum step_kind {
	STEP_CONNECTS,
	STEP_OPENS,    /* `A opens`: connects, and leaves the stream to the scenario */
	STEP_SECURES,  /* `A secures`: TLS begins now */
	STEP_RESTARTS, /* `A restarts`: what comes from now on is a new stream */
	STEP_DISCONNECTS,
	STEP_CUTS,
	STEP_RESUMES,
	STEP_ACKS, /* `A acks by hand` / `A acks by itself` */
	STEP_SENDS,
	STEP_SENDS_RAW,
	STEP_FETCHES,  /* `A fetches URL`, `A posts URL` + body: HTTPS, the answer in the inbox */
	STEP_ASKS,     /* an iq; the id is filled in where it is missing */
	STEP_ANSWERED, /* the answer to the actor's last `asks` */
	STEP_GETS,
	STEP_NEVER,
	STEP_GOT,     /* XPath assertions about the last stanza that the actor got */
	STEP_KEEPS,   /* `A keeps NAME` + one XPath: its string value from the last stanza got */
	STEP_CLOSED,  /* `A is closed`: the server ends the stream */
	STEP_REFUSED, /* `A is refused [MECHANISM…]`: the attempt to connect must fail */
	STEP_ALIKE,   /* `A is refused alike`: with a wrong password and as nobody, in the same time */
	STEP_LET,     /* `let NAME TEXT`, with base64 `encode` and `decode`, `fill`, and `attribute NAME LETTER TEXT` */
	STEP_PROVES,  /* `A proves PROOF SIGNATURE MECHANISM TEXT` */
	STEP_SHAKES,  /* `A shakes hands NAME TEXT`: the handshake of a component for a stream of that id */
	STEP_SUMS,    /* `A sums NAME MECHANISM [of sasl2]`: hashes what the features offer */
	STEP_KEYS, /* `A has keys omemo|axolotl [numbered as B]`, `A has keys openpgp [of B]`: can encrypt from now on; `C has keys … numbered TEXT` */
	STEP_ROTATES,  /* `A rotates keys`: has a new signed prekey */
	STEP_FORGETS,  /* `A forgets B`: has no session with B any more */
	STEP_LEARNS,   /* `A learns B`, `A refuses keys of B`: the keys in the last stanza that A took */
	STEP_RESTORES, /* `A restores keys of B`: the backup in that stanza */
	STEP_READS, /* `A reads TEXT [from B]`, `A cannot read [because REASON] [from B]`: what is encrypted in that stanza */
	STEP_HIDDEN,    /* `hidden TEXT [from A]`: nobody got it in the clear */
	STEP_UPLOADS,   /* `A uploads NAME SIZE`, `A cannot upload SIZE`: an encrypted file, by the slot that A took */
	STEP_DOWNLOADS, /* `A downloads LINK`: and decrypts it */
	STEP_SAME,      /* `same TEXT TEXT` */
	STEP_DIFFER,    /* `differ TEXT TEXT` */
	STEP_MARKS,     /* `A marks NAME`: the instant of the actor's last stanza sent or got */
	STEP_MEASURE,   /* `measure LABEL from MARK to MARK` */
	/* Of a client under test. What it sends and shows is looked for by STEP_GETS and STEP_NEVER, what the gateway gives it is
	 * STEP_SENDS, and how it cuts STEP_CUTS. */
	STEP_DOES,      /* `A does COMMAND …`, `A tries COMMAND …` */
	STEP_FINDS,     /* `A finds NAME TEXT`: a file of its machine */
	STEP_WITHHOLDS, /* `gateway withholds from A` [+ patterns] */
	STEP_LOSES,     /* `gateway loses from A` */
	STEP_OVERLOOKS, /* `gateway overlooks A` */
	STEP_RELEASES,  /* `gateway releases to A` */
	STEP_REPEATS,   /* `gateway repeats to A` + pattern */
	STEP_DECEIVED,  /* `A is not deceived by LIE` */
	STEP_SURVIVES,  /* `A survives` */
};

enum fence_kind {
	FENCE_NONE,
	FENCE_DIRECT, /* FROM sends a headline to the actor's full address */
	FENCE_BARE,   /* FROM sends a chat message to the actor's bare address */
	FENCE_CARBON, /* FROM sends a chat message to VIA's full address; the actor gets the carbon (received) */
	FENCE_SENT, /* VIA (a device of the actor's account) sends a chat message to FROM; the actor gets the carbon (sent) */
	FENCE_ROOM,     /* FROM says something in the room VIA (here a text: the room's address) */
	FENCE_NODE,     /* FROM publishes an item on the node VIA (text) of its account; the actor is notified */
	FENCE_ROSTER,   /* FROM (a device of the actor's account) sets a roster item; the actor gets the push */
	FENCE_PRESENCE, /* FROM sends directed presence to the actor's full address */
	FENCE_ARCHIVE, /* FROM sends a chat message to the actor's bare address; the actor's archive is asked until it is in */
	FENCE_IQ,      /* the actor pings its own server (or VIA, a text, where given) and waits for the answer */
	FENCE_SHOWN,   /* FROM sends a chat message to the full address of a client under test, who shows it */
	FENCE_IDLE,    /* a client under test has asked its server nothing more after the last answer that it got */
	FENCE_PATTERN, /* the stanza under `until` ends it */
	FENCE_SETTLED, /* no route can be shared: a bounded time that adapts to the latencies of this run */
};
struct fence {
	enum fence_kind kind;
	const struct actor *from, *via;
	const char *text;        /* room, node or address; for FENCE_SETTLED the reason */
	struct pattern *pattern; /* FENCE_PATTERN */
};

enum alternative_verdict { ALTERNATIVE_PASS, ALTERNATIVE_WEAK };

struct expectation { /* one stanza of an expecting step */
	struct pattern *pattern;
	struct position position;
	enum alternative_verdict verdict; /* of this alternative */
};

struct check { /* set where level is not LEVEL_NONE; STEP_KEEPS has `id` and `title` alone, where the value is for the report */
	enum level level;
	const char *id;      /* suite/scenario/check */
	const char *must_if; /* feature that makes this a MUST when the SUT advertises it, or NULL */
	const char *title;   /* the text after `:` on the step's line, or NULL */
	const char **cites;  /* ended by NULL: "XEP-0280#inbound" */
};

enum coding { CODING_NONE, CODING_ENCODE, CODING_DECODE, CODING_ATTRIBUTE, CODING_FILL };

enum opening { OPENING_CONNECTED, OPENING_SECURED, OPENING_AUTHENTICATED };

struct step {
	enum step_kind kind;
	struct position position;
	const char *source;        /* the step's line as written, without the block */
	const struct actor *actor; /* NULL for let, same, differ, measure */
	struct check check;
	/* STEP_CONNECTS, STEP_RESUMES, STEP_REFUSED */
	enum transport_choice transport;
	const char *mechanism; /* or NULL */
	const char
		*password; /* `with password TEXT`, `with secret TEXT`, or NULL: the account's, the component's own */
	const char *resource; /* `as RESOURCE`, or NULL: the actor's own */
	bool unbound;
	enum opening opening;    /* STEP_OPENS */
	bool or_ends;            /* STEP_SECURES: it is as good if the connection ends */
	bool for_servers;        /* STEP_OPENS: comes as another server */
	const char *certificate; /* and shows one of this domain's, of nobody's; or NULL */
	enum coding coding;      /* STEP_LET: base64 (RFC 4648 section 4), SCRAM, or the text itself */
	bool cleanly; /* STEP_CLOSED: with </stream:stream>; STEP_CUTS of a client: to the server so, `gateway ends A` */
	const char *h; /* resumes `with h TEXT` */
	/* STEP_SENDS, STEP_ASKS: elements with ${…} still in them; the documents are the tree's */
	xmlDoc **elements;
	size_t element_count;
	const char *raw; /* STEP_SENDS_RAW, STEP_FETCHES (NULL where nothing is posted) */
	const char *url; /* STEP_FETCHES */
	bool by_hand;    /* STEP_ACKS */
	/* STEP_ANSWERED, STEP_GETS, STEP_NEVER */
	struct expectation *expectations; /* GETS without `either`: all of them, in order or `together`; NEVER: none of
	                                   * them; ANSWERED and GETS `either`: one of them */
	size_t expectation_count;
	bool together, next, either, once;
	bool shown;     /* of a client under test: its events are looked for, not its stanzas */
	int64_t within; /* nanoseconds; 0: the run's default */
	struct fence fence;
	/* STEP_GOT, STEP_KEEPS */
	const char **expressions; /* ended by NULL */
	bool sasl2;               /* STEP_SUMS: of SASL2's list */
	/* STEP_LEARNS, STEP_RESTORES, STEP_FORGETS: whose; STEP_KEYS: numbered as whose, or with whose key, or NULL; STEP_READS: from whom, NULL where the stanza says it; STEP_HIDDEN: from whose keys as well, or NULL */
	const struct actor *other;
	bool refused;  /* STEP_LEARNS, STEP_READS, STEP_UPLOADS: it must not work */
	bool awaited;  /* STEP_READS: not in the last stanza, but in one that came or is to come */
	int64_t size;  /* STEP_UPLOADS: bytes of the file, before it is encrypted */
	bool may_fail; /* STEP_DOES: that it fails is shown, and ends nothing */
	bool needed;   /* where they are not true, the rest is unsupported */
	/* STEP_LET, STEP_PROVES, STEP_SHAKES, STEP_SUMS, STEP_KEYS, STEP_READS, STEP_HIDDEN, STEP_UPLOADS, STEP_DOWNLOADS, STEP_SAME, STEP_DIFFER, STEP_KEEPS, STEP_MARKS, STEP_MEASURE */
	const char *name, *left, *right;
};

struct scenario {
	struct arena arena; /* everything below */
	const char *file;
	const char *id, *suite, *name; /* "carbons/receipt-follows", "carbons", "receipt-follows" */
	const char *title;             /* one line, or NULL */
	const char *about;             /* the header's `about` lines joined, or NULL */
	const char **cites;            /* those of the header, then those of checks that it lacks; ended by NULL */
	size_t header_cite_count;      /* so many of them are the header's */
	const char **tags;             /* ended by NULL */
	struct need *needs;
	size_t need_count;
	struct account_reference *accounts;
	size_t account_count;
	struct actor *actors;
	size_t actor_count;
	struct step *steps;
	size_t step_count;
	size_t finally;      /* index of the first step of the postamble; step_count where there is none */
	struct map prefixes; /* for XPath */
	bool scansion;
};

/* Reads and checks one file (.scn or .scs). On failure NULL, and `errors` has one `struct err` for each fault found
 * (at least one; malloc'ed, free each). `address_map` (may be NULL) maps addresses of a scansion script to account
 * names, see script/scansion.h. */
struct scenario *scenario_load(const char *path, const struct map *address_map, struct vec *errors);
void scenario_free(struct scenario *s);

const char *level_name(enum level level);        /* "must" … */
const char *step_kind_name(enum step_kind kind); /* "connects" … */
const char *fence_kind_name(enum fence_kind kind);

/* ---- the catalogue of requirements (suites/catalogue/SPEC.tsv) ---- */
struct requirement {
	const char *key; /* "XEP-0280#inbound" */
	const char *spec, *anchor, *section;
	enum level level;
	const char *duty;   /* server, client, both */
	const char *text;   /* our paraphrase */
	const char *waiver; /* why no black box can see it, or "" */
};
struct catalogue {
	struct arena arena;
	struct vec entries; /* struct requirement * */
};
/* Loads every .tsv below `directory`. ERR_USAGE at file:line. */
int catalogue_load(struct catalogue *c, const char *directory, struct err *e);
const struct requirement *catalogue_find(const struct catalogue *c, const char *key);
void catalogue_release(struct catalogue *c);
#endif
