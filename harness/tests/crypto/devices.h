/* tests/crypto/devices.h: what the tests of OMEMO share. Every failure in here fails the test. */
#ifndef ASSAY_TESTS_CRYPTO_DEVICES_H
#define ASSAY_TESTS_CRYPTO_DEVICES_H
#include "base/memory.h"
#include "base/text.h"
#include "crypto/omemo.h"
#include "xml/xml.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ROMEO  "romeo@montague.lit"
#define JULIET "juliet@capulet.lit"

#define AUTO_READING __attribute__((cleanup(omemo_reading_release))) struct omemo_reading

struct omemo *device_make(enum omemo_version version, const char *jid, uint32_t id);
/* The device's bundle as a document of its own; xmlFreeDoc. */
xmlDoc *device_bundle(const struct omemo *o);
/* The bundle without the prekeys that are for readers of another number, counted round. Two readers that draw the same prekey, one time in a
 * hundred, are a key exchange that is refused: right of the device, and no matter of the test. xmlFreeDoc. */
#define BUNDLE_SHARES 8
xmlDoc *bundle_share(const xmlDoc *bundle, uint32_t reader);
/* `to` learns the bundle of `from`. */
void device_meet(const struct omemo *from, struct omemo *to);
/* The same where others meet `from` too before it has read anything: `to` learns its share of the prekeys alone. */
void device_meet_among_others(const struct omemo *from, struct omemo *to);
/* An element of what `text` holds; xmlFreeDoc. */
xmlDoc *element_of(const struct buf *text);
/* What `from` encrypts for one device, or for several; appended. `body` NULL: without payload. */
void device_write(struct omemo *from, const struct omemo *to, const char *body, struct buf *out);
void device_write_all(struct omemo *from, struct omemo *const *to, size_t count, const char *body, struct buf *out);
/* omemo_decrypt of a text. */
int device_read(struct omemo *o, const char *sender, const struct buf *message, struct buf *body,
	struct omemo_reading *facts, struct err *e);
/* The message is read, and says `body`. */
void device_reads(struct omemo *o, const struct omemo *from, const struct buf *message, const char *body);
/* One message from one to the other, that is read. */
void device_says(struct omemo *from, struct omemo *to, const char *body);
/* The bytes in base64 of the first element of that name anywhere below, replaced by others. */
void element_set_bytes(xmlNode *root, const char *name, const struct buf *bytes);
void element_bytes(xmlNode *root, const char *name, struct buf *out);
#endif
