/* A server's answer to our ClientHello: the first byte chooses the version, the rest is what came. */
#include "fuzz.h"
#include "tls/hello.h"
#include <stdlib.h>
#include <string.h>

FUZZ_TARGET(hello)
{
	static const uint16_t suites[] = { 0x1301, 0xc02b, 0x009e, 0x002f };
	struct tls_answer whole, part;
	if (!size)
		return 0;
	const struct tls_offer offer = {
		.version = (uint16_t)(TLS_SSL3 + data[0] % 5), .suites = suites, .suite_count = 4, .alpn = "xmpp-client"
	};
	size--;
	uint8_t *bytes = malloc(size + 1); /* of just this size, so that a byte beyond shows */
	if (!bytes)
		return 0;
	memcpy(bytes, data + 1, size);
	tls_read_answer(&offer, bytes, size, &whole);
	fuzz_must(whole.reaction != TLS_NONSENSE || whole.fault, "nonsense has a reason");
	/* What was decided by the first bytes stays. */
	tls_read_answer(&offer, bytes, size / 2, &part);
	fuzz_must(part.reaction == TLS_UNDECIDED || part.reaction == whole.reaction,
		"more bytes do not change what was decided");
	free(bytes);
	return 0;
}
