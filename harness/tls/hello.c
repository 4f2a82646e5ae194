#include "tls/hello.h"
#include "base/memory.h"
#include <openssl/rand.h>
#include <string.h>

enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22 };
enum { SERVER_HELLO = 2, SERVER_KEY_EXCHANGE = 12, SERVER_HELLO_DONE = 14 };
enum {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_GROUPS = 10,
	EXTENSION_POINT_FORMATS = 11,
	EXTENSION_SIGNATURES = 13,
	EXTENSION_ALPN = 16,
	EXTENSION_ENCRYPT_THEN_MAC = 22,
	EXTENSION_EXTENDED_MASTER_SECRET = 23,
	EXTENSION_TICKET = 35,
	EXTENSION_VERSIONS = 43,
	EXTENSION_KEY_SHARE = 51,
	EXTENSION_RENEGOTIATION = 0xff01,
};
#define RANDOM_SIZE        32
#define RECORD_MOST        (16384 + 2048) /* RFC 5246 section 6.2.3 */
#define HANDSHAKE_MOST     131072
#define SCSV_FALLBACK      0x5600
#define SCSV_RENEGOTIATION 0x00ff

/* ---- writing ---- */

static void put(struct buf *out, unsigned value, int bytes)
{
	while (bytes--)
		buf_add_char(out, (char)(value >> (8 * bytes)));
}

/* Leaves room for a length of so many bytes; put_length() fills it in with what came after. */
static size_t begin_length(struct buf *out, int bytes)
{
	put(out, 0, bytes);
	return out->len;
}

static void put_length(struct buf *out, size_t begin, int bytes)
{
	size_t length = out->len - begin;
	for (int i = 0; i < bytes; i++)
		out->data[begin - 1 - (size_t)i] = (char)(length >> (8 * i));
}

static void put_list(struct buf *out, const uint16_t *list, size_t count)
{
	size_t begin = begin_length(out, 2);
	for (size_t i = 0; i < count; i++)
		put(out, list[i], 2);
	put_length(out, begin, 2);
}

static size_t begin_extension(struct buf *out, unsigned type)
{
	put(out, type, 2);
	return begin_length(out, 2);
}

static void put_server_name(struct buf *out, const char *name)
{
	size_t extension = begin_extension(out, EXTENSION_SERVER_NAME), list = begin_length(out, 2);
	put(out, 0, 1); /* host_name */
	size_t begin = begin_length(out, 2);
	buf_add_text(out, name);
	put_length(out, begin, 2);
	put_length(out, list, 2);
	put_length(out, extension, 2);
}

static void put_alpn(struct buf *out, const char *name)
{
	size_t extension = begin_extension(out, EXTENSION_ALPN), list = begin_length(out, 2);
	size_t begin = begin_length(out, 1);
	buf_add_text(out, name);
	put_length(out, begin, 1);
	put_length(out, list, 2);
	put_length(out, extension, 2);
}

static void put_empty(struct buf *out, unsigned type)
{
	put_length(out, begin_extension(out, type), 2);
}

/* Every algorithm that a certificate or a key exchange may be signed with: which the server has is not asked here. */
static void put_signatures(struct buf *out)
{
	static const uint16_t all[] = { 0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805,
		0x0806, 0x0401, 0x0501, 0x0601, 0x081a, 0x081b, 0x081c, 0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602,
		0x0203, 0x0201, 0x0202 };
	size_t extension = begin_extension(out, EXTENSION_SIGNATURES);
	put_list(out, all, sizeof all / sizeof *all);
	put_length(out, extension, 2);
}

static void put_groups(struct buf *out, const struct tls_offer *o)
{
	size_t extension = begin_extension(out, EXTENSION_GROUPS);
	put_list(out, o->groups, o->group_count);
	put_length(out, extension, 2);
	extension = begin_extension(out, EXTENSION_POINT_FORMATS);
	put(out, 0x0100, 2); /* uncompressed */
	put_length(out, extension, 2);
}

static void put_newest(struct buf *out)
{
	size_t extension = begin_extension(out, EXTENSION_VERSIONS);
	put(out, 2, 1);
	put(out, TLS_1_3, 2);
	put_length(out, extension, 2);
	extension = begin_extension(out, EXTENSION_KEY_SHARE);
	put(out, 0, 2);
	put_length(out, extension, 2);
}

static void put_extensions(struct buf *out, const struct tls_offer *o)
{
	size_t begin = begin_length(out, 2);
	if (o->server_name)
		put_server_name(out, o->server_name);
	if (o->group_count)
		put_groups(out, o);
	if (o->version >= TLS_1_2)
		put_signatures(out);
	if (o->alpn)
		put_alpn(out, o->alpn);
	if (o->version == TLS_1_3) {
		put_newest(out);
	} else {
		put_empty(out, EXTENSION_ENCRYPT_THEN_MAC);
		put_empty(out, EXTENSION_EXTENDED_MASTER_SECRET);
		put_empty(out, EXTENSION_TICKET);
	}
	put_length(out, begin, 2);
}

static void put_suites(struct buf *out, const struct tls_offer *o)
{
	size_t begin = begin_length(out, 2);
	for (size_t i = 0; i < o->suite_count; i++)
		put(out, o->suites[i], 2);
	if (o->version < TLS_1_3)
		put(out, SCSV_RENEGOTIATION, 2);
	if (o->fallback)
		put(out, SCSV_FALLBACK, 2);
	put_length(out, begin, 2);
}

void tls_hello(const struct tls_offer *o, struct buf *out)
{
	unsigned char random[RANDOM_SIZE] = { 0 };
	RAND_bytes(random, sizeof random);
	put(out, RECORD_HANDSHAKE, 1);
	put(out, o->version == TLS_SSL3 ? TLS_SSL3 : TLS_1_0, 2); /* RFC 8446 section 5.1 */
	size_t record = begin_length(out, 2);
	put(out, 1, 1); /* client_hello */
	size_t message = begin_length(out, 3);
	put(out, o->version == TLS_1_3 ? TLS_1_2 : o->version, 2);
	buf_add(out, random, sizeof random);
	put(out, 0, 1); /* no session */
	put_suites(out, o);
	if (o->compression)
		put(out, 0x020100, 3);
	else
		put(out, 0x0100, 2);
	if (o->version != TLS_SSL3)
		put_extensions(out, o);
	put_length(out, message, 3);
	put_length(out, record, 2);
}

/* ---- reading ---- */

struct cursor {
	const unsigned char *at;
	size_t left;
	bool broken; /* something was read that is not there */
};

static unsigned get(struct cursor *c, int bytes)
{
	unsigned value = 0;
	if (c->left < (size_t)bytes) {
		c->broken = true;
		c->left = 0;
		return 0;
	}
	for (int i = 0; i < bytes; i++)
		value = value << 8 | *c->at++;
	c->left -= (size_t)bytes;
	return value;
}

/* The next so many bytes, as a cursor of their own. */
static struct cursor part(struct cursor *c, size_t length)
{
	struct cursor inner = { c->at, length, false };
	if (length > c->left) {
		c->broken = inner.broken = true;
		inner.left = c->left = 0;
		return inner;
	}
	c->at += length;
	c->left -= length;
	return inner;
}

static void nonsense(struct tls_answer *a, const char *fault)
{
	a->reaction = TLS_NONSENSE;
	a->fault = fault;
}

static void take_extension(const struct tls_offer *o, struct tls_answer *a, unsigned type, struct cursor value)
{
	switch (type) {
	case EXTENSION_VERSIONS:
		a->version = (uint16_t)get(&value, 2);
		break;
	case EXTENSION_KEY_SHARE:
		a->group = (uint16_t)get(&value, 2);
		break;
	case EXTENSION_RENEGOTIATION:
		a->renegotiation_info = true;
		break;
	case EXTENSION_TICKET:
		a->ticket = true;
		break;
	case EXTENSION_EXTENDED_MASTER_SECRET:
		a->extended_master_secret = true;
		break;
	case EXTENSION_ENCRYPT_THEN_MAC:
		a->encrypt_then_mac = true;
		break;
	case EXTENSION_ALPN: {
		get(&value, 2);
		size_t length = get(&value, 1);
		struct cursor name = part(&value, length);
		a->alpn = o->alpn && !name.broken && name.left == strlen(o->alpn) &&
			memcmp(name.at, o->alpn, name.left) == 0;
		break;
	}
	default:
		break;
	}
}

static bool was_offered(const struct tls_offer *o, uint16_t suite)
{
	for (size_t i = 0; i < o->suite_count; i++)
		if (o->suites[i] == suite)
			return true;
	return false;
}

static void take_server_hello(const struct tls_offer *o, struct cursor c, struct tls_answer *a)
{
	a->version = (uint16_t)get(&c, 2);
	part(&c, RANDOM_SIZE);
	part(&c, get(&c, 1));
	a->suite = (uint16_t)get(&c, 2);
	a->compression = get(&c, 1) == 1;
	if (c.broken) {
		nonsense(a, "its ServerHello is too short");
		return;
	}
	if (c.left) {
		struct cursor extensions = part(&c, get(&c, 2));
		while (extensions.left && !extensions.broken) {
			unsigned type = get(&extensions, 2);
			take_extension(o, a, type, part(&extensions, get(&extensions, 2)));
		}
		if (c.broken || extensions.broken)
			nonsense(a, "the extensions of its ServerHello are broken");
	}
	if (a->reaction != TLS_NONSENSE && !was_offered(o, a->suite))
		nonsense(a, "it chose a cipher suite that was not offered");
}

static unsigned bits_of(struct cursor number)
{
	while (number.left && !*number.at) {
		number.at++;
		number.left--;
	}
	unsigned bits = (unsigned)number.left * 8;
	for (unsigned top = number.left ? *number.at : 0x80; top && !(top & 0x80); top <<= 1)
		bits--;
	return bits;
}

/* RFC 5246 section 7.4.3, RFC 8422 section 5.4. Which it is the suite's name says. */
static void take_key_exchange(struct cursor c, struct tls_answer *a)
{
	const char *name = tls_suite_name(a->suite);
	if (!name)
		return;
	if (strncmp(name, "TLS_ECDH", 8) == 0 && !strstr(name, "PSK")) {
		if (get(&c, 1) == 3) /* named_curve */
			a->group = (uint16_t)get(&c, 2);
	} else if ((strncmp(name, "TLS_DHE_", 8) == 0 || strncmp(name, "TLS_DH_anon_", 12) == 0) &&
		!strstr(name, "PSK")) {
		a->dh_bits = bits_of(part(&c, get(&c, 2)));
	}
}

/* Whole handshake messages; true where nothing more is to be learned. */
static bool take_handshake(const struct tls_offer *o, struct cursor c, struct tls_answer *a)
{
	bool hello = false;
	while (c.left >= 4) {
		unsigned type = get(&c, 1);
		size_t length = get(&c, 3);
		if (length > HANDSHAKE_MOST) {
			nonsense(a, "a handshake message is too large");
			return true;
		}
		if (length > c.left)
			return false;
		struct cursor body = part(&c, length);
		if (!hello && type != SERVER_HELLO) {
			nonsense(a, "its handshake does not begin with a ServerHello");
			return true;
		}
		if (!hello) {
			hello = true;
			take_server_hello(o, body, a);
			if (a->reaction == TLS_NONSENSE)
				return true;
			a->reaction = TLS_ACCEPTED;
			if (a->version >= TLS_1_3)
				return true;
		} else if (type == SERVER_KEY_EXCHANGE) {
			take_key_exchange(body, a);
			return true;
		} else if (type == SERVER_HELLO_DONE) {
			return true;
		}
	}
	return false;
}

void tls_read_answer(const struct tls_offer *o, const void *bytes, size_t length, struct tls_answer *a)
{
	struct cursor c = { bytes, length, false };
	struct buf handshake = BUF_INIT;
	*a = (struct tls_answer){ .reaction = TLS_UNDECIDED };
	bool done = false;
	while (!done && c.left >= 5) {
		unsigned type = get(&c, 1), major = get(&c, 1);
		get(&c, 1);
		size_t size = get(&c, 2);
		if ((type != RECORD_ALERT && type != RECORD_HANDSHAKE) || major != 3 || size == 0 ||
			size > RECORD_MOST) {
			nonsense(a, "it does not speak TLS");
			break;
		}
		if (size > c.left)
			break;
		struct cursor body = part(&c, size);
		if (type == RECORD_HANDSHAKE) {
			buf_add(&handshake, body.at, body.left);
			struct tls_answer next = { .reaction = TLS_UNDECIDED };
			const struct cursor all = { (const unsigned char *)handshake.data, handshake.len, false };
			done = take_handshake(o, all, &next);
			*a = next;
		} else {
			unsigned level = get(&body, 1), description = get(&body, 1);
			/* A warning does not end the handshake: RFC 5246 section 7.2. The name was not recognised, mostly. */
			done = level == 2 || a->reaction == TLS_ACCEPTED;
			if (done && a->reaction != TLS_ACCEPTED)
				*a = (struct tls_answer){ .reaction = TLS_ALERT, .alert = (unsigned char)description };
		}
	}
	/* An answer that is only begun is no answer yet. */
	if (!done && a->reaction == TLS_ACCEPTED)
		a->reaction = TLS_UNDECIDED;
	buf_release(&handshake);
}
