/* run/stage.h: the devices of one scenario while it is played, inside one worker process.
 *
 * One poll loop, plain sequential steps. The stage owns devices, inboxes and variables; it borrows the scenario, the
 * target and the features. */
#ifndef ASSAY_RUN_STAGE_H
#define ASSAY_RUN_STAGE_H
#include "base/clock.h"
#include "driver/driver.h"
#include "run/inbox.h"
#include "run/journal.h"
#include "run/mutation.h"
#include "run/system.h"

struct omemo;
struct openpgp;

#define NS_FENCE   "urn:assay:fence:0"
#define FENCE_MARK "assay-fence-" /* in every id and address that a fence makes */

struct player { /* one actor on stage */
	struct stage *stage;
	const struct actor *actor;
	const struct system *home; /* where its account is */
	struct device *device;
	struct device_config config;
	struct inbox inbox;
	struct omemo *omemo;       /* its keys, or NULL (run/encryption.h) */
	struct openpgp *openpgp;   /* the same of OpenPGP (run/openpgp.h) */
	char *encrypted;           /* the <encrypted/> that it made last, or NULL */
	size_t decrypted_to;       /* so far into the inbox `gets to read` has come */
	uint32_t omemo_number;     /* of a client under test: its device of OMEMO; 0 where that is not known */
	const xmlNode *last_got;   /* the last stanza that a step matched here; in the inbox */
	int64_t last_time;         /* of the last stanza sent or got by a step; 0 none */
	char *asked_id, *asked_to; /* of the last `asks` */
	int64_t asked_when;
	size_t answered_from; /* index in the inbox from which the answer can be */
	bool may_end;         /* it is as good when the connection ends before more comes than … */
	size_t may_end_from;  /* … so many stanzas */
	bool fetched;         /* what is in the inbox came by HTTP, not from a stream */
	bool fence_came;      /* the fence that is awaited has arrived here */
	/* Of a client under test: the step that said what is kept back from it, or NULL; that, and what passed (xmlDoc *). */
	const struct step *withholds;
	struct vec withheld, passed;
	int64_t settled;      /* when its person said last that nothing more is shown; 0 never */
	struct vec questions; /* ids of what it has asked its server, or its account, and what is not answered yet */
	size_t asked, asked_then; /* how many it has asked so far, and when it was given the last ping */
	bool pinged;
};

struct scenario_account {      /* an account of the scenario and who plays it */
	struct target *target; /* where it is */
	char *user, *domain, *password;
	bool made; /* by us: remove it afterwards where that is allowed */
	struct target_account *leased;
};

struct stage {
	const struct scenario *scenario;
	const struct system *systems; /* SYSTEMS of them */
	struct driver *driver;
	struct driver *clients; /* of clients under test; NULL where none is on stage, or `driver` serves them too */
	struct arena arena;     /* what devices of clients borrow */
	struct voice *voice;
	struct player *players;
	struct scenario_account *accounts;
	struct map variables;
	struct map marks;       /* name -> nanoseconds as text */
	char token[16];         /* ${run} */
	unsigned fences, asked; /* fences and requests sent so far, for their ids */
	char fence_id[48];      /* the one awaited, "" none */
	struct player *fence_player;
	int64_t fence_since;  /* when it was sent */
	int64_t fence_ask_at; /* when the archive is to be asked for it again, 0 not yet */
	bool fence_removed;   /* what it put into the roster was taken out again */
	enum fence_kind fence_kind;
	int64_t step_deadline;  /* default length of a wait, ns */
	int64_t end;            /* monotonic instant at which the scenario is out of time */
	int64_t slowest;        /* the slowest answer seen so far, ns: settling adapts to it */
	struct player *flooded; /* got more than an inbox holds; or NULL */
	bool stop;              /* the parent asks to stop */
	struct strike strike;   /* the mutation of this play, if there is one */
};

/* Puts every actor on stage, offline. `accounts` (as many as the scenario has) are taken. */
void stage_open(struct stage *g, struct scenario_account *accounts);
/* Disconnects everything and frees it; devices that are online are closed cleanly, at most `deadline` long. */
void stage_close(struct stage *g, int64_t deadline);
struct player *stage_player(struct stage *g, const struct actor *actor);
/* How the journal tells of an element that has come for it. */
enum journal_way player_way(const struct player *p, const xmlNode *element);
/* The bare address of its account, or the domain of its component; free(). */
char *player_bare(const struct player *p);
struct player *stage_named(struct stage *g, const char *name, size_t length); /* NULL where there is none */

/* Refreshes ${uuid}, ${now} and the facts of every device. */
void stage_refresh(struct stage *g);
/* Expands a text; ERR_SCRIPT names the variable that is not set. The result is the caller's. */
char *stage_expand(struct stage *g, const char *text, struct err *e);
/* A copy of a script's element as the player sends it, with all ${…} expanded and every placeholder replaced; the caller's. NULL and
 * ERR_SCRIPT. */
xmlDoc *stage_element(struct stage *g, struct player *p, const xmlNode *element, struct err *e);
/* Takes what came for an actor: into the journal and the inbox. The document is the stage's. */
void stage_take(struct player *p, xmlDoc *doc, int64_t when);
/* Sends an element from a device and writes it to the journal through the driver's report. */
void stage_send(struct player *p, const xmlNode *element);
/* Works until something happened or `deadline` passed; false when the scenario must stop (out of time, or asked to),
 * with the reason in `e`. */
bool stage_pump(struct stage *g, int64_t deadline, struct err *e);

/* Sends the fence of a step so that it will arrive at `p`; -1 with an error where it cannot be sent. */
int fence_send(struct stage *g, struct player *p, const struct fence *fence, struct err *e);
/* No fence is awaited any more; what still comes of it is taken as before. */
void fence_end(struct stage *g);
/* Asks the archive again for the fence that is awaited, where it is time to. The instant of the next question, CLOCK_FOREVER
 * where none is due before something comes. */
int64_t fence_ask_again(struct stage *g);
/* Whether an element is part of a fence's traffic, sent or received. */
bool fence_mentioned(const struct stage *g, const xmlNode *node);
/* As above for a received one; when it ends the fence that is awaited, p->fence_came is set. */
bool fence_take(struct stage *g, struct player *p, const xmlNode *stanza);
/* Whether this is the fence that is awaited at a client under test, on its way to it: then a ping takes its place. */
bool fence_is_marker(struct stage *g, const struct player *p, const xmlNode *stanza);
/* Whether a fence of this kind changes something for a moment, so that its end must be awaited in any case. */
bool fence_leaves_traces(enum fence_kind kind);
/* Whether the awaited fence has arrived; a pattern is looked for in the inbox, settling looks at the clock. `since`:
 * when the step began. */
bool fence_arrived(struct stage *g, struct player *p, const struct step *step, int64_t since);
/* The instant at which the FENCE_SETTLED of a step that began at `since` ends: the step's own time after it, where it names one. */
int64_t fence_settled_at(const struct stage *g, const struct step *step, int64_t since);
#endif
