/* Measuring without TLS: where the target's file allows it, and says where. */
#include "base/text.h"
#include "net/http.h"
#include "target/private.h"
#include "target/target.h"
#include <stdlib.h>

const char *target_clear_url(const struct target *t, enum transport transport)
{
	return transport == TRANSPORT_WEBSOCKET ? t->load.websocket : transport == TRANSPORT_BOSH ? t->load.bosh : NULL;
}

/* Where a stream would go; free(). NULL where that is not said. */
static char *place_of(const struct target *t)
{
	const char *text = target_clear_url(t, t->transport);
	struct url url;
	struct err ignored;
	if (!transport_is_web(t->transport))
		return memory_copy_text(t->host ? t->host : t->domain);
	if (!text || url_read(&url, text, &ignored))
		return NULL;
	char *host = memory_copy_text(url.host);
	url_release(&url);
	return host;
}

int target_choose_clear(struct target *t, const char *name, struct err *e)
{
	t->transport = TRANSPORT_STARTTLS;
	if (name && target_take_transport(t, name, e))
		return -1;
	if (t->transport == TRANSPORT_DIRECT)
		return err_set(e, ERR_USAGE, t->name, "over direct TLS there is nothing to measure without TLS");
	if (t->load.without_tls == NET_CLEAR_NEVER)
		return err_set(e, ERR_USAGE, t->name,
			"measuring without TLS needs a target file that allows it: without-tls = loopback in a section [load] "
			"(docs/targets.md)");
	AUTO_TEXT place = place_of(t);
	if (!place)
		return err_set(e, ERR_USAGE, t->name, "no way over %s without TLS is known: say `%s` in [load]",
			transport_name(t->transport), t->transport == TRANSPORT_WEBSOCKET ? "websocket" : "bosh");
	if (!transport_is_web(t->transport) && !t->port)
		return err_set(e, ERR_USAGE, t->name, "without direct TLS it offers no way: its port is 0");
	if (t->load.without_tls == NET_CLEAR_ON_LOOPBACK && !net_name_is_loopback(place))
		return err_set(e, ERR_USAGE, t->name,
			"%s is not on this machine's loopback, and without-tls = loopback in [load] allows nothing else",
			place);
	return 0;
}
