/* The driver on our own stack, xmpp/. */
#include "base/text.h"
#include "driver/operations.h"
#include "xmpp/stream.h"
#include <stdlib.h>

struct native_driver {
	struct driver base;
	struct loop *loop;
	int watched;         /* -1: none */
	struct vec finished; /* struct stream *: replaced, perhaps from within their own callbacks; freed in pump */
};

struct native_device {
	struct device base;
	struct stream *stream;     /* NULL before the first connection */
	struct sm_session session; /* of the last stream, for resumption and for the facts after it ended */
	struct stream_token token; /* likewise, for the next login */
	bool acks_by_hand;
};

static struct native_driver *driver_of(const struct device *v)
{
	return (struct native_driver *)v->driver;
}

static struct native_device *native(struct device *v)
{
	return (struct native_device *)v;
}

static const struct native_device *native_const(const struct device *v)
{
	return (const struct native_device *)v;
}

/* ---- the driver ---- */

static struct driver *native_driver_new(struct err *e)
{
	(void)e;
	struct native_driver *d = memory_alloc(sizeof *d);
	d->loop = loop_new();
	d->watched = -1;
	return &d->base;
}

static void reap(struct native_driver *d)
{
	for (size_t i = 0; i < d->finished.count; i++)
		stream_free(d->finished.items[i]);
	vec_clear(&d->finished);
}

static void native_driver_free(struct driver *base)
{
	struct native_driver *d = (struct native_driver *)base;
	reap(d);
	vec_release(&d->finished);
	loop_free(d->loop);
	stream_forget_secrets();
	free(d);
}

static void native_pump(struct driver *base, int64_t deadline)
{
	struct native_driver *d = (struct native_driver *)base;
	reap(d);
	loop_once(d->loop, deadline);
}

static int64_t native_idle(const struct driver *base)
{
	return loop_idle(((const struct native_driver *)base)->loop);
}

static struct loop *native_loop(struct driver *base)
{
	return ((struct native_driver *)base)->loop;
}

static void native_watch(struct driver *base, int descriptor, void (*callback)(void *context), void *context)
{
	struct native_driver *d = (struct native_driver *)base;
	if (d->watched >= 0)
		loop_watch(d->loop, d->watched, NULL, NULL);
	d->watched = callback ? descriptor : -1;
	if (callback)
		loop_watch(d->loop, descriptor, callback, context);
}

/* ---- what the stream says ---- */

static void stream_received(void *context, xmlDoc *doc, int64_t when)
{
	struct native_device *n = context;
	if (n->base.callbacks->received)
		n->base.callbacks->received(n->base.context, doc, when);
	else
		xmlFreeDoc(doc);
}

static void stream_sent(void *context, const xmlNode *element, int64_t when)
{
	struct native_device *n = context;
	if (n->base.callbacks->sent)
		n->base.callbacks->sent(n->base.context, element, when);
}

static void stream_noted(void *context, const char *text)
{
	struct native_device *n = context;
	device_note(&n->base, "%s", text);
}

static void stream_changed(void *context, enum stream_state state)
{
	struct native_device *n = context;
	switch (state) {
	case STREAM_OPENING:
	case STREAM_CLOSING: /* still online as far as the scenario sees */
		break;
	case STREAM_READY:
		device_enter(&n->base, stream_jid(n->stream) ? DEVICE_ONLINE : DEVICE_UNBOUND);
		break;
	case STREAM_ENDED:
		if (stream_error(n->stream)->class == ERR_NONE)
			device_enter(&n->base, DEVICE_CLOSED);
		else
			device_fail(&n->base, stream_error(n->stream));
		break;
	}
}

static const struct stream_callbacks stream_callbacks = { stream_received, stream_sent, stream_changed, stream_noted };

/* ---- devices ---- */

static struct device *native_device_new(struct driver *d)
{
	(void)d;
	struct native_device *n = memory_alloc(sizeof *n);
	return &n->base;
}

static void keep_session(struct native_device *n)
{
	if (n->stream && stream_token(n->stream))
		stream_token_copy(&n->token, stream_token(n->stream));
	if (n->stream && stream_sm(n->stream)->jid)
		sm_session_copy(&n->session, stream_sm(n->stream));
}

/* Puts the stream away, and what it knows of its session aside. */
static void retire_stream(struct native_device *n)
{
	if (!n->stream)
		return;
	keep_session(n);
	vec_push(&driver_of(&n->base)->finished, n->stream);
	n->stream = NULL;
}

static void native_device_free(struct device *v)
{
	struct native_device *n = native(v);
	stream_free(n->stream);
	sm_session_release(&n->session);
	stream_token_release(&n->token);
	free(n);
}

static enum stream_goal goal_of(enum device_goal goal)
{
	switch (goal) {
	case GOAL_BOUND:
		return STREAM_GOAL_BOUND;
	case GOAL_UNBOUND:
		return STREAM_GOAL_AUTHENTICATED;
	case GOAL_CONNECTED:
		return STREAM_GOAL_CONNECTED;
	case GOAL_SECURED:
		return STREAM_GOAL_SECURED;
	case GOAL_SUCCEEDED:
		return STREAM_GOAL_SUCCEEDED;
	}
	return STREAM_GOAL_BOUND;
}

static struct stream_options options_of(const struct device_config *c)
{
	return (struct stream_options){ .user = c->user,
		.domain = c->domain,
		.password = c->password,
		.resource = c->resource,
		.host = c->host,
		.port = c->port,
		.direct_port = c->direct_port,
		.transport = c->transport,
		.url = c->url,
		.ca_file = c->ca_file,
		.verify = c->verify,
		.highest_tls = c->highest_tls,
		.mechanism = c->mechanism,
		.as_server = c->as_server,
		.as_component = c->as_component,
		.own_domain = c->own_domain,
		.without_tls = c->without_tls,
		.goal = goal_of(c->goal) };
}

static void start(struct native_device *n, const struct stream_options *options)
{
	n->stream = stream_new(driver_of(&n->base)->loop, options, &stream_callbacks, n);
	stream_answer_acks(n->stream, !n->acks_by_hand);
}

static void native_connect(struct device *v)
{
	struct native_device *n = native(v);
	struct stream_options options = options_of(&v->config);
	retire_stream(n);
	if (v->config.by_token && !n->token.agent[0])
		stream_token_init(&n->token);
	options.token = v->config.by_token ? &n->token : NULL;
	start(n, &options);
}

static void native_resume(struct device *v, int64_t h)
{
	struct native_device *n = native(v);
	struct stream_options options = options_of(&v->config);
	retire_stream(n);
	options.goal = STREAM_GOAL_RESUMED;
	options.resume = &n->session;
	options.resume_h = h;
	start(n, &options);
}

static void native_close(struct device *v)
{
	stream_close(native(v)->stream);
}

static void native_cut(struct device *v)
{
	stream_cut(native(v)->stream);
}

static void native_send(struct device *v, const xmlNode *element)
{
	stream_send(native(v)->stream, element);
}

static void native_send_raw(struct device *v, const char *bytes, size_t length)
{
	stream_send_raw(native(v)->stream, bytes, length);
}

static void native_secure(struct device *v)
{
	stream_secure(native(v)->stream);
}

static void native_restart(struct device *v)
{
	stream_restart(native(v)->stream);
}

static void native_answer_acks(struct device *v, bool by_itself)
{
	struct native_device *n = native(v);
	n->acks_by_hand = !by_itself;
	if (n->stream)
		stream_answer_acks(n->stream, by_itself);
}

static const char *native_jid(const struct device *v)
{
	return native_const(v)->stream ? stream_jid(native_const(v)->stream) : NULL;
}

static void sm_fact(const struct sm_session *sm, const char *name, struct buf *out)
{
	if (text_equal(name, "sm.id"))
		buf_add_text(out, sm->id ? sm->id : "");
	else if (text_equal(name, "sm.h") && sm->enabled)
		buf_printf(out, "%u", sm->handled);
	else if (text_equal(name, "sm.sent") && sm->asked)
		buf_printf(out, "%u", sm->sent);
}

static void time_fact(const struct stream_times *t, const char *name, struct buf *out)
{
	const struct {
		const char *name;
		int64_t when;
	} facts[] = {
		{ "time.began", t->began },
		{ "time.resolved", t->resolved },
		{ "time.connected", t->connected },
		{ "time.secured", t->secured },
		{ "time.authenticated", t->authenticated },
		{ "time.ready", t->ready },
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (text_equal(name, facts[i].name) && facts[i].when)
			buf_printf(out, "%lld", (long long)facts[i].when);
}

static void native_fact(const struct device *v, const char *name, struct buf *out)
{
	const struct stream *s = native_const(v)->stream;
	if (!s)
		return;
	static const struct {
		const char *name;
		const char *(*value)(const struct stream *s);
	} facts[] = {
		{ "tls.version", stream_tls_version },
		{ "tls.cipher", stream_tls_cipher },
		{ "tls.number", stream_tls_number },
		{ "tls.asked", stream_tls_asked },
		{ "sasl.mechanism", stream_mechanism },
		{ "sasl.mechanisms", stream_mechanisms },
		{ "sasl.bindings", stream_binding_types },
		{ "stream.features", stream_feature_names },
		{ "stream.end", stream_ending },
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (text_equal(name, facts[i].name))
			buf_add_text(out, facts[i].value(s));
	if (text_equal(name, "sasl.took") && stream_sasl_took(s) >= 0)
		buf_printf(out, "%lld", (long long)stream_sasl_took(s));
	if (text_equal(name, "token.mechanism") && stream_token(s) && stream_token(s)->secret)
		buf_add_text(out, stream_token(s)->mechanism);
	time_fact(stream_times(s), name, out);
	if (text_starts(name, "binding "))
		stream_binding(s, name + strlen("binding "), out);
	if (text_starts(name, "sm."))
		sm_fact(stream_sm(s)->jid ? stream_sm(s) : &native_const(v)->session, name, out);
}

static const xmlNode *native_features(const struct device *v)
{
	return native_const(v)->stream ? stream_features(native_const(v)->stream) : NULL;
}

static int native_register(struct driver *base, const struct device_config *config,
	const struct driver_account *accounts, size_t count, int64_t deadline, struct err *e)
{
	struct native_driver *d = (struct native_driver *)base;
	const struct stream_options options = options_of(config);
	struct stream_account *list = memory_alloc((count + 1) * sizeof *list);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct stream_account){ accounts[i].user, accounts[i].password };
	size_t done;
	reap(d);
	int result = stream_register(d->loop, &options, list, count, &done, deadline, e);
	free(list);
	return result;
}

const struct driver_operations native_operations = {
	.name = "native",
	.capabilities = DRIVER_DIRECT_TLS | DRIVER_UNBOUND | DRIVER_MECHANISM | DRIVER_CUT | DRIVER_SM | DRIVER_RAW |
		DRIVER_FAITHFUL | DRIVER_FEATURES | DRIVER_BARE | DRIVER_WEB | DRIVER_COMPONENT | DRIVER_CLEAR |
		DRIVER_TOKEN | DRIVER_CLIENT,
	.speaks_web = true,
	.driver_new = native_driver_new,
	.driver_free = native_driver_free,
	.pump = native_pump,
	.idle = native_idle,
	.loop = native_loop,
	.watch = native_watch,
	.device_new = native_device_new,
	.device_free = native_device_free,
	.connect = native_connect,
	.resume = native_resume,
	.close = native_close,
	.cut = native_cut,
	.send = native_send,
	.send_raw = native_send_raw,
	.secure = native_secure,
	.restart = native_restart,
	.answer_acks = native_answer_acks,
	.jid = native_jid,
	.fact = native_fact,
	.features = native_features,
	.register_accounts = native_register,
};
