#include "run/talk.h"
#include "base/clock.h"
#include "base/text.h"
#include "run/inbox.h"
#include <stdio.h>
#include <string.h>

static void talk_received(void *context, xmlDoc *doc, int64_t when)
{
	struct talk *k = context;
	(void)when;
	if (k->inbox.count < INBOX_MOST)
		vec_push(&k->inbox, doc);
	else
		xmlFreeDoc(doc);
}

static void talk_sent(void *context, const xmlNode *element, int64_t when)
{
	(void)context;
	(void)element;
	(void)when;
}

static void talk_changed(void *context, enum device_state state)
{
	(void)context;
	(void)state;
}

static void talk_note(void *context, const char *text)
{
	(void)context;
	(void)text;
}

static const struct device_callbacks talk_callbacks = { talk_received, talk_sent, talk_changed, NULL, talk_note };

int talk_begin(struct talk *k, struct driver *driver, const struct target *t, enum transport transport,
	const char *user, const char *password, int64_t deadline, struct err *e)
{
	*k = (struct talk){ .driver = driver, .deadline = deadline };
	k->config = (struct device_config){ .label = user,
		.user = user,
		.domain = t->domain,
		.password = password,
		.host = t->host,
		.port = t->port,
		.direct_port = t->direct_port,
		.ca_file = t->ca_file,
		.verify = t->verify,
		.transport = transport,
		.url = target_url(t, transport) };
	k->device = device_new(driver, &k->config, &talk_callbacks, k);
	device_connect(k->device);
	while (device_state(k->device) == DEVICE_CONNECTING && clock_now() < deadline)
		driver_pump(driver, deadline);
	if (device_state(k->device) == DEVICE_ONLINE)
		return 0;
	const struct err *why = device_error(k->device);
	if (why->class == ERR_NONE)
		return err_set(e, ERR_CONNECTION, t->host ? t->host : t->domain, "no session for %s in time", user);
	*e = *why;
	return -1;
}

const xmlNode *talk_ask(struct talk *k, const char *iq, struct err *e)
{
	xmlDoc *doc = xml_parse(iq, strlen(iq), e);
	if (!doc)
		return NULL;
	AUTO_TEXT id = memory_printf("talk-%u", ++k->asked);
	xml_set_attribute(xml_root(doc), "id", id);
	size_t seen = k->inbox.count;
	device_send(k->device, xml_root(doc));
	xmlFreeDoc(doc);
	for (;;) {
		for (; seen < k->inbox.count; seen++) {
			const xmlNode *root = xml_root(k->inbox.items[seen]);
			const char *type = xml_attribute(root, "type");
			if (xml_is(root, "iq", NULL) && text_equal(xml_attribute(root, "id"), id) &&
				(text_equal(type, "result") || text_equal(type, "error")))
				return root;
		}
		if (k->inbox.count >= INBOX_MOST) {
			err_set(e, ERR_CONNECTION, k->config.domain, "%s is flooded: more than %d stanzas came",
				k->config.user, INBOX_MOST);
			return NULL;
		}
		if (device_state(k->device) != DEVICE_ONLINE) {
			const struct err *why = device_error(k->device);
			err_set(e, ERR_CONNECTION, why->where, "the stream of %s ended: %s", k->config.user,
				why->class == ERR_NONE ? "closed by the server" : why->message);
			return NULL;
		}
		if (clock_now() >= k->deadline) {
			err_set(e, ERR_CONNECTION, k->config.domain, "the server did not answer %s in time",
				k->config.user);
			return NULL;
		}
		driver_pump(k->driver, k->deadline);
	}
}

void talk_end(struct talk *k)
{
	if (k->device) {
		int64_t until = clock_now() + CLOCK_SECOND;
		if (device_state(k->device) == DEVICE_ONLINE)
			device_close(k->device);
		while (device_state(k->device) == DEVICE_ONLINE && clock_now() < until)
			driver_pump(k->driver, until);
		device_free(k->device);
	}
	for (size_t i = 0; i < k->inbox.count; i++)
		xmlFreeDoc(k->inbox.items[i]);
	vec_release(&k->inbox);
	k->device = NULL;
}
