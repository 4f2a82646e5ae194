/* When what is read had come to this machine, as the kernel says. */
#include "net/private.h"
#include <errno.h>
#include <openssl/bio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define LOOKS 4
#define CLOSE 1000                     /* ns between the looks at two clocks that are good enough */
#define SET   (CLOCK_MILLISECOND / 10) /* a change beyond this is no drift */

void stamp_ask(struct connection *c)
{
	int on = 1;
	c->stamped = setsockopt(c->descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0;
}

static int64_t nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * CLOCK_SECOND + t->tv_nsec;
}

/* Monotonic time above that of the wall clock, now: of a few looks the one in which the least passed between the two. */
static int64_t offset_of_clocks(void)
{
	int64_t best = 0, least = CLOCK_FOREVER;
	for (int i = 0; i < LOOKS && least > CLOSE; i++) {
		struct timespec wall;
		int64_t before = clock_now();
		clock_gettime(CLOCK_REALTIME, &wall);
		int64_t span = clock_now() - before;
		if (span >= least)
			continue;
		least = span;
		best = before + span / 2 - nanoseconds(&wall);
	}
	return best;
}

/* The kernel's instant is one of the wall clock. Where that was set since the last look at it, nothing is known. (An instant may well be
 * before a read that found nothing: a busy kernel takes a while from the arrival of a packet until a socket has its bytes.) */
static void take_stamp(struct connection *c, const struct timespec *stamp)
{
	static int64_t known = INT64_MIN; /* of the whole process, as the clocks are */
	int64_t offset = offset_of_clocks(), before = known, came = nanoseconds(stamp) + offset;
	known = offset;
	bool was_set = before != INT64_MIN && (offset - before > SET || before - offset > SET);
	if (!was_set && came < c->received_at)
		c->received_at = came;
}

ssize_t stamp_receive(struct connection *c, void *bytes, size_t size)
{
	union {
		struct cmsghdr aligned;
		char bytes[256];
	} control;
	struct iovec place = { bytes, size };
	struct msghdr message = {
		.msg_iov = &place, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes
	};
	ssize_t got = recvmsg(c->descriptor, &message, 0);
	if (got <= 0)
		return got;
	c->received_at = clock_now();
	for (struct cmsghdr *m = CMSG_FIRSTHDR(&message); m; m = CMSG_NXTHDR(&message, m))
		if (m->cmsg_level == SOL_SOCKET && m->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec stamp;
			memcpy(&stamp, CMSG_DATA(m), sizeof stamp);
			take_stamp(c, &stamp);
		}
	return got;
}

/* ---- the same below TLS: OpenSSL's own way to a socket, but for the reading ---- */

static int bio_read(BIO *bio, char *bytes, int size)
{
	struct connection *c = (struct connection *)BIO_get_callback_arg(bio);
	errno = 0;
	ssize_t got = stamp_receive(c, bytes, (size_t)size);
	BIO_clear_retry_flags(bio);
	if (got == 0)
		BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
	else if (got < 0 && BIO_sock_should_retry((int)got))
		BIO_set_retry_read(bio);
	return (int)got;
}

BIO *stamp_bio(struct connection *c)
{
	static BIO_METHOD *method; /* for the life of the process, as the contexts are */
	const BIO_METHOD *socket = BIO_s_socket();
	if (!method && (method = BIO_meth_new(BIO_TYPE_SOCKET, "socket with instants"))) {
		BIO_meth_set_write(method, BIO_meth_get_write(socket));
		BIO_meth_set_read(method, bio_read);
		BIO_meth_set_puts(method, BIO_meth_get_puts(socket));
		BIO_meth_set_ctrl(method, BIO_meth_get_ctrl(socket));
		BIO_meth_set_create(method, BIO_meth_get_create(socket));
		BIO_meth_set_destroy(method, BIO_meth_get_destroy(socket));
	}
	BIO *bio = method ? BIO_new(method) : NULL;
	if (bio)
		BIO_set_fd(bio, c->descriptor, BIO_NOCLOSE);
	return bio;
}
