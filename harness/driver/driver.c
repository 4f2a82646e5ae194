#include "base/text.h"
#include "driver/operations.h"

static const struct driver_operations *const drivers[] = { &native_operations, &strophe_operations };

struct driver *driver_new(const char *name, struct err *e)
{
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
		if (text_equal(drivers[i]->name, name)) {
			struct driver *d = drivers[i]->driver_new(e);
			if (d)
				d->operations = drivers[i];
			return d;
		}
	err_set(e, ERR_USAGE, NULL, "there is no driver '%s'; there are native and strophe", name);
	return NULL;
}

void driver_free(struct driver *d)
{
	if (d)
		d->operations->driver_free(d);
}

/* Over HTTP a session is not the connection's: it outlives a cut (XEP-0124 section 10), and what is no element has no place in a
 * message or a body. Stream management and channel binding are a matter of the server's offer there. */
unsigned driver_capabilities(const struct driver *d, enum transport t)
{
	switch (t) {
	case TRANSPORT_STARTTLS:
	case TRANSPORT_DIRECT:
		return d->operations->capabilities;
	case TRANSPORT_WEBSOCKET:
		return d->operations->speaks_web ? d->operations->capabilities & ~(unsigned)(DRIVER_RAW | DRIVER_BARE)
						 : 0;
	case TRANSPORT_BOSH:
		return d->operations->speaks_web
			? d->operations->capabilities & ~(unsigned)(DRIVER_RAW | DRIVER_BARE | DRIVER_CUT)
			: 0;
	}
	return 0;
}

const char *driver_name(const struct driver *d)
{
	return d->operations->name;
}

void driver_pump(struct driver *d, int64_t deadline)
{
	d->operations->pump(d, deadline);
}

int64_t driver_idle(const struct driver *d)
{
	return d->operations->idle(d);
}

void driver_stamp_arrivals(struct driver *d)
{
	if (d->operations->loop)
		loop_stamp_arrivals(d->operations->loop(d));
}

struct loop *driver_loop(struct driver *d)
{
	return d->operations->loop ? d->operations->loop(d) : NULL;
}

void driver_watch(struct driver *d, int descriptor, void (*callback)(void *context), void *context)
{
	d->operations->watch(d, descriptor, callback, context);
}

/* ---- what both stacks share ---- */

void device_enter(struct device *v, enum device_state state)
{
	if (v->state == state)
		return;
	v->state = state;
	if (v->callbacks->changed)
		v->callbacks->changed(v->context, state);
}

void device_fail(struct device *v, const struct err *why)
{
	if (why != &v->error)
		v->error = *why;
	device_enter(v, DEVICE_FAILED);
}

void device_note(struct device *v, const char *format, ...)
{
	if (!v->callbacks->note)
		return;
	BUF_AUTO text = BUF_INIT;
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	v->callbacks->note(v->context, buf_text(&text));
}

static bool is_connected(const struct device *v)
{
	switch (v->state) {
	case DEVICE_CONNECTING:
	case DEVICE_UNBOUND:
	case DEVICE_ONLINE:
		return true;
	case DEVICE_IDLE:
	case DEVICE_CLOSED:
	case DEVICE_FAILED:
		return false;
	}
	return false;
}

static void cannot(struct device *v, const char *what)
{
	err_set(&v->error, ERR_UNSUPPORTED, v->config.label, "the driver %s cannot %s", v->driver->operations->name,
		what);
	device_fail(v, &v->error);
}

/* ---- devices ---- */

struct device *device_new(
	struct driver *d, const struct device_config *config, const struct device_callbacks *callbacks, void *context)
{
	struct device *v = d->operations->device_new(d);
	v->driver = d;
	v->config = *config;
	v->callbacks = callbacks;
	v->context = context;
	v->state = DEVICE_IDLE;
	return v;
}

void device_free(struct device *v)
{
	if (v)
		v->driver->operations->device_free(v);
}

void device_configure(struct device *v, const struct device_config *config)
{
	v->config = *config;
}

static bool begin(struct device *v)
{
	if (is_connected(v)) {
		if (v->driver->operations->cut)
			v->driver->operations->cut(v);
		err_set(&v->error, ERR_INTERNAL, v->config.label, "is connected already");
		device_fail(v, &v->error);
		return false;
	}
	v->error = (struct err){ .class = ERR_NONE };
	device_enter(v, DEVICE_CONNECTING);
	return true;
}

void device_connect(struct device *v)
{
	unsigned can = v->driver->operations->capabilities;
	if (v->config.without_tls != NET_CLEAR_NEVER && !(can & DRIVER_CLEAR))
		cannot(v, "connect without TLS");
	else if (v->config.by_token && !(can & DRIVER_TOKEN))
		cannot(v, "log in with a token");
	else if (begin(v))
		v->driver->operations->connect(v);
}

void device_resume(struct device *v, int64_t h)
{
	if (!v->driver->operations->resume)
		cannot(v, "resume a session");
	else if (begin(v))
		v->driver->operations->resume(v, h);
}

void device_close(struct device *v)
{
	if (is_connected(v))
		v->driver->operations->close(v);
}

void device_cut(struct device *v)
{
	if (!is_connected(v))
		return;
	if (!v->driver->operations->cut) {
		cannot(v, "cut a connection");
		return;
	}
	v->driver->operations->cut(v);
	device_enter(v, DEVICE_CLOSED);
}

void device_send(struct device *v, const xmlNode *element)
{
	if (is_connected(v))
		v->driver->operations->send(v, element);
}

void device_send_raw(struct device *v, const char *bytes, size_t length)
{
	if (!v->driver->operations->send_raw)
		cannot(v, "send bytes that are not a stanza");
	else if (is_connected(v))
		v->driver->operations->send_raw(v, bytes, length);
}

void device_secure(struct device *v)
{
	if (!v->driver->operations->secure) {
		cannot(v, "leave TLS to the scenario");
	} else if (is_connected(v)) {
		device_enter(v, DEVICE_CONNECTING);
		v->driver->operations->secure(v);
	}
}

void device_restart(struct device *v)
{
	if (v->driver->operations->restart && is_connected(v))
		v->driver->operations->restart(v);
}

void device_answer_acks(struct device *v, bool by_itself)
{
	if (v->driver->operations->answer_acks)
		v->driver->operations->answer_acks(v, by_itself);
}

/* ---- clients under test ---- */

void device_tell(struct device *v, const char *command)
{
	if (v->driver->operations->tell && is_connected(v))
		v->driver->operations->tell(v, command);
}

enum adapter_answer device_answer(const struct device *v)
{
	return v->driver->operations->answer ? v->driver->operations->answer(v) : ADAPTER_UNSUPPORTED;
}

const char *device_reason(const struct device *v)
{
	return v->driver->operations->reason ? v->driver->operations->reason(v) : "";
}

void device_give_up(struct device *v, const char *command)
{
	if (v->driver->operations->give_up)
		v->driver->operations->give_up(v, command);
}

void device_blame(struct device *v, const char *what)
{
	if (v->driver->operations->blame)
		v->driver->operations->blame(v, what);
}

void device_release(struct device *v, const xmlNode *element)
{
	if (v->driver->operations->release && is_connected(v))
		v->driver->operations->release(v, element);
}

void device_break(struct device *v)
{
	if (v->driver->operations->breaks)
		v->driver->operations->breaks(v);
}

int device_deceive(struct device *v, const char *lie, struct err *e)
{
	if (v->driver->operations->deceive)
		return v->driver->operations->deceive(v, lie, e);
	return err_set(e, ERR_UNSUPPORTED, v->config.label, "nobody is lied to here");
}

static const struct gateway *gateway_of(const struct device *v)
{
	return v->driver->operations->gateway ? v->driver->operations->gateway(v) : NULL;
}

enum gateway_attempt device_attempt(const struct device *v)
{
	const struct gateway *gateway = gateway_of(v);
	return gateway ? gateway_attempt(gateway) : ATTEMPT_NONE;
}

unsigned device_attempts_over(const struct device *v)
{
	const struct gateway *gateway = gateway_of(v);
	return gateway ? gateway_attempts_over(gateway) : 0;
}

const char *device_deed(const struct device *v)
{
	const struct gateway *gateway = gateway_of(v);
	return gateway ? gateway_deed(gateway) : "";
}

void device_end(struct device *v)
{
	if (v->driver->operations->ends)
		v->driver->operations->ends(v);
}

void device_lose(struct device *v)
{
	if (v->driver->operations->loses)
		v->driver->operations->loses(v);
}

bool device_retire(struct device *v, int64_t deadline)
{
	return !v->driver->operations->retire || v->driver->operations->retire(v, deadline);
}

/* ---- looking ---- */

enum device_state device_state(const struct device *v)
{
	return v->state;
}

const struct err *device_error(const struct device *v)
{
	return &v->error;
}

const char *device_jid(const struct device *v)
{
	return v->driver->operations->jid(v);
}

void device_fact(const struct device *v, const char *name, struct buf *out)
{
	if (v->driver->operations->fact)
		v->driver->operations->fact(v, name, out);
}

const xmlNode *device_features(const struct device *v)
{
	return v->driver->operations->features ? v->driver->operations->features(v) : NULL;
}

int driver_register(struct driver *d, const struct device_config *config, const struct driver_account *accounts,
	size_t count, int64_t deadline, struct err *e)
{
	if (!d->operations->register_accounts)
		return err_set(e, ERR_UNSUPPORTED, NULL, "the driver %s cannot register accounts", d->operations->name);
	return d->operations->register_accounts(d, config, accounts, count, deadline, e);
}
