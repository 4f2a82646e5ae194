/* A client under test: its adapter tells it what to do, the gateway shows what it says. */
#include "base/process.h"
#include "base/text.h"
#include "client/gateway.h"
#include "driver/operations.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct client_driver {
	struct driver base;
	struct loop *loop;
};

/* What the adapter is asked for on the device's own account, beside the commands of a scenario. */
enum errand { ERRAND_NONE, ERRAND_CONNECT, ERRAND_DISCONNECT };

struct client_device {
	struct device base;
	struct gateway *gateway;
	struct adapter *adapter;
	enum errand errand;
	bool said; /* the errand was */
};

static struct client_device *own(const struct device *v)
{
	return (struct client_device *)v;
}

struct driver *client_driver_new(struct loop *l)
{
	struct client_driver *d = memory_alloc(sizeof *d);
	d->base.operations = &client_operations;
	d->loop = l;
	return &d->base;
}

static void client_driver_free(struct driver *d)
{
	free(d);
}

/* The driver whose loop it is does the work. */
static void client_pump(struct driver *d, int64_t deadline)
{
	loop_once(((struct client_driver *)d)->loop, deadline);
}

static int64_t client_idle(const struct driver *d)
{
	(void)d;
	return 0;
}

static void client_watch(struct driver *d, int descriptor, void (*callback)(void *context), void *context)
{
	(void)d;
	(void)descriptor;
	(void)callback;
	(void)context;
}

static struct device *client_device_new(struct driver *d)
{
	struct client_device *v = memory_alloc(sizeof *v);
	(void)d;
	return &v->base;
}

static void client_device_free(struct device *base)
{
	struct client_device *v = own(base);
	adapter_free(v->adapter);
	gateway_free(v->gateway);
	free(v);
}

/* ---- the errands ---- */

static void run_errand(struct client_device *v)
{
	if (v->errand == ERRAND_NONE || v->said || !adapter_is_ready(v->adapter))
		return;
	v->said = true;
	adapter_say(v->adapter, v->errand == ERRAND_CONNECT ? "connect" : "disconnect");
}

static void connect_answered(struct client_device *v)
{
	struct err e;
	const char *reason = adapter_reason(v->adapter);
	switch (adapter_answer(v->adapter)) {
	case ADAPTER_WAITS:
		return;
	case ADAPTER_DONE:
		if (!gateway_is_online(v->gateway))
			return; /* what it says may be here before what it did */
		v->errand = ERRAND_NONE;
		if (adapter_shows(v->adapter, v->base.config.password))
			adapter_fail(v->adapter, ERR_ENVIRONMENT,
				"the adapter has put the password on a command line, where everybody can read it");
		else
			device_enter(&v->base, DEVICE_ONLINE);
		return;
	case ADAPTER_FAILED:
		err_set(&e, ERR_REFUSED, v->base.config.label, "the client did not log in: %s", reason);
		break;
	case ADAPTER_UNSUPPORTED:
		err_set(&e, ERR_UNSUPPORTED, v->base.config.label, "the client cannot log in: %s", reason);
		break;
	}
	v->errand = ERRAND_NONE;
	device_fail(&v->base, &e);
}

static void disconnect_answered(struct client_device *v)
{
	if (adapter_answer(v->adapter) == ADAPTER_WAITS || gateway_is_online(v->gateway))
		return;
	v->errand = ERRAND_NONE;
	device_enter(&v->base, DEVICE_CLOSED);
}

static void look_at_errand(struct client_device *v)
{
	run_errand(v);
	if (v->said && v->errand == ERRAND_CONNECT)
		connect_answered(v);
	else if (v->said && v->errand == ERRAND_DISCONNECT)
		disconnect_answered(v);
}

/* ---- what the two say ---- */

static void adapter_event(void *context, xmlDoc *doc, int64_t when)
{
	struct client_device *v = context;
	v->base.callbacks->received(v->base.context, doc, when);
}

static void adapter_answered(void *context)
{
	look_at_errand(context);
}

static void adapter_ended(void *context)
{
	struct client_device *v = context;
	v->errand = ERRAND_NONE;
	device_fail(&v->base, adapter_error(v->adapter));
}

static bool gateway_came(void *context, enum gateway_side from, xmlNode *element, int64_t when)
{
	struct client_device *v = context;
	const struct device_callbacks *c = v->base.callbacks;
	bool pass = !c->passes || c->passes(v->base.context, from == GATEWAY_CLIENT, element, when);
	if (from == GATEWAY_CLIENT)
		c->received(v->base.context, xml_copy(element), when);
	else if (pass)
		c->sent(v->base.context, element, when);
	return pass;
}

static void gateway_changed(void *context, enum gateway_event event)
{
	struct client_device *v = context;
	if (event == GATEWAY_ENDED)
		device_note(&v->base, "the client's session has lost its connection");
	look_at_errand(v);
}

static void gateway_noted(void *context, const char *text)
{
	struct client_device *v = context;
	device_note(&v->base, "%s", text);
}

/* ---- starting ---- */

/* Where it listens: at the fixture's own address, for which its certificate is too, so that a browser accepts it. */
static const char *own_address(const struct device_config *c)
{
	return c->host && text_starts(c->host, "127.") ? c->host : "127.0.0.1";
}

static int open_gateway(struct client_device *v, struct err *e)
{
	static const struct gateway_callbacks callbacks = { gateway_came, gateway_changed, gateway_noted };
	const struct device_config *c = &v->base.config;
	const struct gateway_options options = { .domain = c->domain,
		.host = c->host ? c->host : c->domain,
		.port = c->port,
		.ca_file = c->ca_file,
		.verify = c->verify,
		.address = own_address(c),
		.certificate = c->client->certificate,
		.key = c->client->key,
		.authority = c->client->authority,
		.authority_key = c->client->authority_key };
	v->gateway = gateway_new(((struct client_driver *)v->base.driver)->loop, &options, &callbacks, v, e);
	return v->gateway ? 0 : -1;
}

static void say_where(const struct client_device *v, struct arena *a, const char *directory, struct vec *environment)
{
	const struct device_config *c = &v->base.config;
	vec_push(environment, arena_printf(a, "ASSAY_JID=%s@%s", c->user, c->domain));
	vec_push(environment, arena_printf(a, "ASSAY_PASSWORD=%s", c->password));
	vec_push(environment, arena_printf(a, "ASSAY_RESOURCE=%s", c->resource ? c->resource : ""));
	vec_push(environment, arena_printf(a, "ASSAY_HOST=%s", own_address(c)));
	vec_push(environment,
		arena_printf(
			a, "ASSAY_WEBSOCKET=wss://%s:%d/xmpp-websocket", own_address(c), gateway_web_port(v->gateway)));
	vec_push(environment, arena_printf(a, "ASSAY_PORT=%d", gateway_port(v->gateway)));
	vec_push(environment, arena_printf(a, "ASSAY_DIRECT_PORT=%d", gateway_direct_port(v->gateway)));
	vec_push(environment, arena_printf(a, "ASSAY_CA=%s", c->ca_file ? c->ca_file : ""));
	vec_push(environment, arena_printf(a, "ASSAY_DIRECTORY=%s", directory));
	vec_push(environment, arena_printf(a, "HOME=%s", directory));
	vec_push(environment, arena_printf(a, "ASSAY_PROGRAMS=%s", binary_folder(a)));
	for (size_t i = 0; c->client->environment && i < c->client->environment->count; i++)
		vec_push(environment, c->client->environment->items[i]);
}

static int start_adapter(struct client_device *v, struct err *e)
{
	static const struct adapter_callbacks callbacks = { adapter_event, adapter_answered, adapter_ended };
	struct arena arena = ARENA_INIT;
	struct vec environment = VEC_INIT;
	AUTO_TEXT directory = directory_temporary(e);
	if (!directory)
		return -1;
	say_where(v, &arena, directory, &environment);
	char *argv[] = { (char *)v->base.config.client->adapter, NULL };
	const struct adapter_options options = { argv, &environment, directory };
	v->adapter = adapter_start(((struct client_driver *)v->base.driver)->loop, &options, &callbacks, v, e);
	vec_release(&environment);
	arena_release(&arena);
	return v->adapter ? 0 : -1;
}

static void client_connect(struct device *base)
{
	struct client_device *v = own(base);
	struct err e;
	if (v->adapter && adapter_has_ended(v->adapter)) {
		device_fail(base, adapter_error(v->adapter));
		return;
	}
	v->errand = ERRAND_CONNECT;
	v->said = false;
	if ((!v->gateway && open_gateway(v, &e)) || (!v->adapter && start_adapter(v, &e)))
		device_fail(base, &e);
	else
		look_at_errand(v);
}

static void client_close(struct device *base)
{
	struct client_device *v = own(base);
	v->errand = ERRAND_DISCONNECT;
	v->said = false;
	look_at_errand(v);
}

/* Connecting is given up. */
static void client_cut(struct device *base)
{
	struct client_device *v = own(base);
	v->errand = ERRAND_NONE;
	if (v->gateway)
		gateway_cut(v->gateway);
}

/* ---- between the two ---- */

static void client_send(struct device *base, const xmlNode *element)
{
	if (gateway_give(own(base)->gateway, element))
		base->callbacks->sent(base->context, element, clock_now());
	else
		device_note(base, "nothing can be given to the client: it has no session");
}

static void client_send_raw(struct device *base, const char *bytes, size_t length)
{
	if (!gateway_give_raw(own(base)->gateway, bytes, length))
		device_note(base, "nothing can be given to the client: it has no session");
}

static int client_deceive(struct device *base, const char *lie, struct err *e)
{
	struct client_device *v = own(base);
	if (!v->gateway && open_gateway(v, e))
		return -1;
	return gateway_deceive(v->gateway, lie, e);
}

static const struct gateway *client_gateway(const struct device *base)
{
	return own(base)->gateway;
}

static void client_release(struct device *base, const xmlNode *element)
{
	if (gateway_release(own(base)->gateway, element))
		base->callbacks->sent(base->context, element, clock_now());
	else
		device_note(base, "what was kept back is lost: the client has no session");
}

static void client_breaks(struct device *base)
{
	if (own(base)->gateway)
		gateway_cut(own(base)->gateway);
}

static void client_ends(struct device *base)
{
	if (own(base)->gateway)
		gateway_end(own(base)->gateway);
}

static void client_loses(struct device *base)
{
	if (own(base)->gateway)
		gateway_lose(own(base)->gateway);
}

static void client_tell(struct device *base, const char *command)
{
	adapter_say(own(base)->adapter, command);
}

static enum adapter_answer client_answer(const struct device *base)
{
	return own(base)->adapter ? adapter_answer(own(base)->adapter) : ADAPTER_WAITS;
}

static const char *client_reason(const struct device *base)
{
	return own(base)->adapter ? adapter_reason(own(base)->adapter) : "";
}

static void client_give_up(struct device *base, const char *command)
{
	struct client_device *v = own(base);
	if (!v->adapter)
		return;
	if (v->errand == ERRAND_CONNECT && adapter_answer(v->adapter) == ADAPTER_DONE)
		adapter_fail(v->adapter, ERR_ENVIRONMENT,
			"the adapter says that the client is connected, and it has not come to the gateway");
	else
		adapter_fail(v->adapter, ERR_ENVIRONMENT, "the adapter did not answer `%.80s` in time", command);
}

static void client_blame(struct device *base, const char *what)
{
	adapter_fail(own(base)->adapter, ERR_ENVIRONMENT, "%s", what);
}

static bool client_retire(struct device *base, int64_t deadline)
{
	struct adapter *adapter = own(base)->adapter;
	bool well = !adapter || adapter_has_ended(adapter) || adapter_end(adapter, deadline);
	if (adapter)
		base->state = DEVICE_CLOSED;
	return well;
}

static const char *client_jid(const struct device *base)
{
	return own(base)->gateway ? gateway_jid(own(base)->gateway) : NULL;
}

static void client_fact(const struct device *base, const char *name, struct buf *out)
{
	const struct client_device *v = own(base);
	if (!v->gateway)
		return;
	if (text_equal(name, "client.online"))
		buf_add_text(out, gateway_is_online(v->gateway) ? "yes" : "");
	else if (text_equal(name, "client.ending"))
		buf_add_text(out, gateway_is_ending(v->gateway) ? "yes" : "");
	else if (text_equal(name, "client.name") && v->adapter)
		buf_add_text(out, adapter_client(v->adapter));
	else if (text_equal(name, "client.version") && v->adapter)
		buf_add_text(out, adapter_version(v->adapter));
	else if (text_equal(name, "client.directory") && v->adapter)
		buf_add_text(out, adapter_directory(v->adapter));
	else
		gateway_fact(v->gateway, name, out);
}

const struct driver_operations client_operations = {
	.name = "client",
	.driver_free = client_driver_free,
	.pump = client_pump,
	.idle = client_idle,
	.watch = client_watch,
	.device_new = client_device_new,
	.device_free = client_device_free,
	.connect = client_connect,
	.close = client_close,
	.cut = client_cut,
	.send = client_send,
	.send_raw = client_send_raw,
	.jid = client_jid,
	.fact = client_fact,
	.tell = client_tell,
	.answer = client_answer,
	.reason = client_reason,
	.give_up = client_give_up,
	.blame = client_blame,
	.release = client_release,
	.breaks = client_breaks,
	.deceive = client_deceive,
	.gateway = client_gateway,
	.ends = client_ends,
	.loses = client_loses,
	.retire = client_retire,
};
