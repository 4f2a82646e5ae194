/* target/reach.h: one look at the way to a target, step by step, for `assay doctor`: nobody logs in. */
#ifndef ASSAY_TARGET_REACH_H
#define ASSAY_TARGET_REACH_H
#include "target/target.h"

enum reach_step {
	REACH_NAME,        /* the name has an address */
	REACH_TCP,         /* something accepts connections there */
	REACH_XMPP,        /* it speaks XMPP for this domain and offers STARTTLS; direct TLS has no such step */
	REACH_TLS,         /* the handshake ends, whatever the certificate says */
	REACH_CERTIFICATE, /* the certificate is accepted; passed over where the target says verify = no */
	REACH_STEPS,
};

struct reach {
	enum reach_step failed;      /* REACH_STEPS: all is well */
	struct err error;            /* why, where it failed */
	bool from_dns;               /* the place comes from an SRV record */
	char place[300];             /* "host:port", where known */
	char peer[80];               /* the address that answered */
	char tls[128];               /* "TLSv1.3, TLS_AES_256_GCM_SHA384" */
	char issuer[256], until[64]; /* of the certificate */
};

/* Looks at the target's STARTTLS port, or at its direct TLS port; waits until `deadline` at most. False where the
 * target does not offer that way (then `r` says nothing). */
bool target_reach(const struct target *t, bool direct, int64_t deadline, struct reach *r);
#endif
