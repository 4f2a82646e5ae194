/* xmpp/bosh.h: a stream in the bodies of HTTP requests (XEP-0124, XEP-0206). A session holds one request at the server, and
 * sends what there is to say in a second one; answers are taken in the order of their requests, whatever way they come. */
#ifndef ASSAY_XMPP_BOSH_H
#define ASSAY_XMPP_BOSH_H
#include "base/buf.h"
#include <stdbool.h>
#include <stdint.h>

struct bosh;
struct stream;
/* Elements and faults go to the stream as those of a connection do. */
struct bosh *bosh_new(struct stream *s);
void bosh_free(struct bosh *b); /* what is under way ends; not from within a callback; NULL is fine */

void bosh_open(struct bosh *b); /* asks for a session, or has it begin a new stream (XEP-0206 section 5) */
void bosh_write(struct bosh *b, const char *xml, size_t length); /* one element, with its namespaces */
void bosh_terminate(struct bosh *b); /* XEP-0124 section 13; the stream is told when it is over */
void bosh_leave(struct bosh *b);     /* nothing more is sent or told */
bool bosh_is_up(const struct bosh *b);
/* The stream fails with this text when this monotonic instant has passed; CLOCK_FOREVER: it does not. */
void bosh_limit(struct bosh *b, int64_t when, const char *text);
int64_t bosh_read_at(const struct bosh *b); /* when the answer that is being taken had come */
#endif
