/* In-band registration before authentication: XEP-0077 section 3.1. */
#include "base/text.h"
#include "xmpp/private.h"
#include <stdlib.h>
#include <string.h>

#define FIELDS_ID  "assay-fields"
#define ACCOUNT_ID "assay-account"
#define NS_DATA    "jabber:x:data"

struct registrar {
	struct stream *stream;
	const char *domain;
	const struct stream_account *accounts;
	size_t count, done;
	size_t on_this_stream; /* accounts that this stream has registered */
	bool with_form;        /* the server takes a data form only */
	bool again;            /* this stream is used up; the next account wants a new one */
	bool ended;
	struct err error; /* class ERR_NONE until something failed */
};

static void failed(struct registrar *r, enum err_class class, const char *text, const char *detail)
{
	err_set(&r->error, class, r->domain, "%s%s", text, detail);
	r->ended = true;
}

static void send_text(struct registrar *r, struct buf *xml)
{
	stream_send_raw(r->stream, xml->data, xml->len);
	buf_cleanse(xml);
}

static void ask_fields(struct registrar *r)
{
	struct buf xml = BUF_INIT;
	buf_add_text(&xml, "<iq type='get' id='" FIELDS_ID "' to='");
	xml_escape(r->domain, &xml);
	buf_add_text(&xml, "'><query xmlns='" NS_REGISTER "'/></iq>");
	send_text(r, &xml);
}

static void add_element(struct buf *xml, const char *name, const char *value)
{
	buf_printf(xml, "<%s>", name);
	xml_escape(value, xml);
	buf_printf(xml, "</%s>", name);
}

static void add_form_field(struct buf *xml, const char *name, const char *value)
{
	buf_add_text(xml, "<field var='");
	xml_escape(name, xml);
	buf_add_text(xml, "'>");
	add_element(xml, "value", value);
	buf_add_text(xml, "</field>");
}

static void register_next(struct registrar *r)
{
	if (r->done == r->count) {
		r->ended = true;
		return;
	}
	const struct stream_account *a = &r->accounts[r->done];
	struct buf xml = BUF_INIT;
	buf_add_text(&xml, "<iq type='set' id='" ACCOUNT_ID "' to='");
	xml_escape(r->domain, &xml);
	buf_add_text(&xml, "'><query xmlns='" NS_REGISTER "'>");
	if (r->with_form) {
		buf_add_text(&xml, "<x xmlns='" NS_DATA "' type='submit'>");
		add_form_field(&xml, "FORM_TYPE", NS_REGISTER);
		add_form_field(&xml, "username", a->user);
		add_form_field(&xml, "password", a->password);
		buf_add_text(&xml, "</x>");
	} else {
		add_element(&xml, "username", a->user);
		add_element(&xml, "password", a->password);
	}
	buf_add_text(&xml, "</query></iq>");
	send_text(r, &xml);
}

/* The name of something that the server wants and that cannot be made up here (an e-mail address, a puzzle); NULL
 * where user name and password are all. */
static const char *impossible_field(const xmlNode *query, const xmlNode *form)
{
	if (form) {
		for (const xmlNode *f = xml_child(form, "field", NS_DATA); f; f = xml_next(f, "field", NS_DATA)) {
			const char *name = xml_attribute(f, "var");
			if (xml_child(f, "required", NS_DATA) && !text_equal(name, "username") &&
				!text_equal(name, "password"))
				return name ? name : "a field without a name";
		}
		return NULL;
	}
	for (const xmlNode *f = xml_child(query, NULL, NS_REGISTER); f; f = xml_next(f, NULL, NS_REGISTER)) {
		const char *name = (const char *)f->name;
		if (!text_equal(name, "username") && !text_equal(name, "password") && !text_equal(name, "instructions"))
			return name;
	}
	return NULL;
}

static void take_fields(struct registrar *r, const xmlNode *iq)
{
	const xmlNode *query = xml_child(iq, "query", NS_REGISTER);
	if (!text_equal(xml_attribute(iq, "type"), "result") || !query) {
		failed(r, ERR_UNSUPPORTED, "the server offers no registration: ",
			query || text_equal(xml_attribute(iq, "type"), "error") ? xml_error_condition(iq, NULL)
										: "its answer is empty");
		return;
	}
	bool plain = xml_child(query, "username", NS_REGISTER) && xml_child(query, "password", NS_REGISTER);
	const xmlNode *form = plain ? NULL : xml_child(query, "x", NS_DATA);
	const char *field = impossible_field(query, form);
	r->with_form = form != NULL;
	if (!plain && !form)
		failed(r, ERR_UNSUPPORTED, "the server's registration takes neither user name and password nor a form",
			"");
	else if (field)
		failed(r, ERR_UNSUPPORTED, "the server's registration asks for what cannot be filled in here: ", field);
	else
		register_next(r);
}

static void take_result(struct registrar *r, const xmlNode *iq)
{
	if (text_equal(xml_attribute(iq, "type"), "result")) {
		r->done++;
		r->on_this_stream++;
		register_next(r);
	} else if (r->on_this_stream) {
		r->again = true; /* perhaps it takes one account a stream only */
	} else {
		const xmlNode *error = xml_child(iq, "error", NULL);
		const xmlNode *text = error ? xml_child(error, "text", NS_STANZAS) : NULL;
		AUTO_TEXT words = text ? xml_text(text) : NULL;
		AUTO_TEXT detail = memory_printf("%s: %s%s%s%s", r->accounts[r->done].user,
			xml_error_condition(iq, NULL), words ? " (" : "", words ? words : "", words ? ")" : "");
		failed(r, ERR_REFUSED, "the server does not register ", detail);
	}
}

static void registrar_received(void *context, xmlDoc *doc, int64_t when)
{
	struct registrar *r = context;
	const xmlNode *iq = xml_root(doc);
	const char *id = xml_attribute(iq, "id"), *type = xml_attribute(iq, "type");
	(void)when;
	bool answer = xml_is(iq, "iq", NS_CLIENT) && (text_equal(type, "result") || text_equal(type, "error"));
	if (answer && !r->ended && !r->again && text_equal(id, FIELDS_ID))
		take_fields(r, iq);
	else if (answer && !r->ended && !r->again && text_equal(id, ACCOUNT_ID))
		take_result(r, iq);
	xmlFreeDoc(doc);
}

static void registrar_changed(void *context, enum stream_state state)
{
	struct registrar *r = context;
	if (state == STREAM_READY) {
		ask_fields(r);
	} else if (state == STREAM_ENDED && !r->ended) {
		if (r->on_this_stream) {
			r->again = true;
			return;
		}
		r->error = *stream_error(r->stream);
		if (r->error.class == ERR_NONE)
			err_set(&r->error, ERR_CONNECTION, r->domain,
				"the server closed the stream within the registration");
		r->ended = true;
	}
}

/* Closes politely, as far as the time allows: a server may count streams that just vanish. */
static void end_stream(struct registrar *r, struct loop *l, int64_t deadline)
{
	r->ended = true;
	stream_close(r->stream);
	while (stream_state(r->stream) != STREAM_ENDED && clock_now() < deadline)
		loop_once(l, deadline);
	stream_free(r->stream);
	r->stream = NULL;
}

int stream_register(struct loop *l, const struct stream_options *options, const struct stream_account *accounts,
	size_t count, size_t *done, int64_t deadline, struct err *e)
{
	static const struct stream_callbacks callbacks = { .received = registrar_received,
		.changed = registrar_changed };
	struct registrar r = { .domain = options->domain, .accounts = accounts, .count = count };
	struct stream_options o = *options;
	o.user = o.password = NULL;
	o.token = NULL;
	o.without_tls = NET_CLEAR_NEVER; /* passwords are sent as they are */
	o.goal = STREAM_GOAL_FEATURES;
	while (r.done < count && r.error.class == ERR_NONE) {
		r.ended = r.again = false;
		r.on_this_stream = 0;
		r.stream = stream_new(l, &o, &callbacks, &r);
		while (!r.ended && !r.again && clock_now() < deadline)
			loop_once(l, deadline);
		if (!r.ended && !r.again)
			failed(&r, ERR_CONNECTION, "registration did not end in time", "");
		end_stream(&r, l, deadline);
	}
	*done = r.done;
	if (r.error.class == ERR_NONE)
		return 0;
	if (e)
		*e = r.error;
	return -1;
}
