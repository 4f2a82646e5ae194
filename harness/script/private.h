/* script/private.h: the parser from within. */
#ifndef ASSAY_SCRIPT_PRIVATE_H
#define ASSAY_SCRIPT_PRIVATE_H
#include "script/script.h"

#define NS_SCANSION      "urn:assay:scansion:0" /* what the undeclared prefix of scansion's attributes stands for */
#define ACTORS_AT_MOST   64
#define ACCOUNTS_AT_MOST 32
#define INCLUDES_AT_MOST 8 /* depth */

struct word {
	const char *text;
	int column;
	bool quoted;
};
struct words {
	struct word *items;
	size_t count, next; /* next: the word to be read */
	const char *rest;   /* the text after a lone `:`, or NULL */
};

/* A file as lines, and where it was included from. */
struct source {
	const char *path;
	const char **lines; /* without newline; comments are blank */
	size_t count;
	const struct map *scope;   /* parameters of an include; NULL for the script itself */
	const struct source *from; /* the file that includes this one, and its line */
	int from_line;
};

/* An indented block: `count` lines from line `first` (from 1); count 0 where there is none. */
struct block {
	const struct source *source;
	int first;
	size_t count;
	bool shown; /* its elements are events that a client shows, and not stanzas */
};

struct parser {
	struct scenario *s;
	struct arena *a;
	struct vec *errors;
	const char *root;       /* the suites folder for includes */
	struct vec steps;       /* struct step * */
	struct vec needs;       /* struct need * */
	struct vec cites, tags; /* const char * */
	struct map known;       /* variables known so far (value "") */
	struct map peers;       /* names of second targets (value "") */
	bool finally;           /* the postamble has begun */
	struct step *last;      /* for `or` and `until` */
	unsigned depth;
};

/* lines.c */
int source_read(struct parser *p, const char *path, struct source *out, struct err *e);
struct block source_block(const struct source *s, size_t *at); /* the block that begins at line index *at; moves *at */
struct words source_words(struct parser *p, const struct source *s, int line);
struct position source_position(struct parser *p, const struct source *s, int line, int column);
/* Adds an ERR_SCRIPT at the place; always returns -1. */
int parser_error(struct parser *p, struct position at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* block.c */
/* The elements of a block, as documents of the arena's scenario (freed with it). -1 after parser_error. */
int block_elements(struct parser *p, const struct block *b, xmlDoc ***elements, size_t *count);
/* The dedented text. */
char *block_text(struct parser *p, const struct block *b);
/* One expectation for each element. */
int block_patterns(struct parser *p, const struct block *b, bool exactly, enum alternative_verdict verdict,
	struct expectation **list, size_t *count);
/* Every ${name} in the block must be known. */
int block_variables(struct parser *p, const struct block *b);
int text_variables(struct parser *p, const struct source *s, int line, const char *text, int column);

/* header.c */
int header_line(struct parser *p, const struct source *s, int line);
int header_finish(struct parser *p);

/* steps.c */
int step_line(struct parser *p, const struct source *s, int line, const struct block *block);
/* include.c */
int include_file(struct parser *p, const struct source *s, int line, const char *name, const char *const *arguments,
	size_t count, struct position at);
int body_lines(struct parser *p, const struct source *s, size_t from);
int include_contacts(struct parser *p);

/* placeholders.c: what stands for keys and for what is encrypted, in a block that is sent */
int placeholders_check(struct parser *p, struct position at, const xmlNode *element);

/* check_others.c */
int check_others(struct parser *p);

/* check.c */
int check_scenario(struct parser *p);

const struct actor *find_actor(const struct parser *p, const char *name);
struct actor *add_actor(
	struct parser *p, const char *name, const char *account, const char *resource, struct position at);
struct account_reference *find_account(const struct parser *p, const char *name);
#endif
