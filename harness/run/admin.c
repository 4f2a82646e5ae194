#include "run/admin.h"
#include "base/text.h"
#include "run/talk.h"
#include "xml/redact.h"
#include <string.h>

#define NS_ADMIN    "http://jabber.org/protocol/admin"
#define NS_COMMANDS "http://jabber.org/protocol/commands"

static void add_field(struct buf *form, const char *name, const char *value)
{
	buf_printf(form, "<field var='%s'><value>", name);
	xml_escape(value, form);
	buf_add_text(form, "</value></field>");
}

static void fill_form(struct buf *form, bool add, const struct scenario_account *a)
{
	AUTO_TEXT jid = memory_printf("%s@%s", a->user, a->domain);
	add_field(form, "FORM_TYPE", NS_ADMIN);
	if (!add) {
		add_field(form, "accountjids", jid);
		return;
	}
	add_field(form, "accountjid", jid);
	add_field(form, "password", a->password);
	add_field(form, "password-verify", a->password);
}

static int refused(const xmlNode *answer, const struct target *t, const char *node, struct err *e)
{
	if (!text_equal(xml_attribute(answer, "type"), "error"))
		return 0;
	return err_set(e, ERR_REFUSED, t->domain, "the administrator %s may not use the command %s: %s", t->admin->user,
		node, xml_error_condition(answer, NULL));
}

static int run_one(struct talk *k, const struct target *t, bool add, const struct scenario_account *a, struct err *e)
{
	const char *node = add ? NS_ADMIN "#add-user" : NS_ADMIN "#delete-user";
	BUF_AUTO request = BUF_INIT;
	buf_printf(&request,
		"<iq type='set' to='%s'><command xmlns='" NS_COMMANDS "' action='execute' node='%s'/></iq>", t->domain,
		node);
	const xmlNode *answer = talk_ask(k, request.data, e);
	if (!answer || refused(answer, t, node, e))
		return -1;
	const xmlNode *command = xml_child(answer, "command", NS_COMMANDS);
	const char *session = command ? xml_attribute(command, "sessionid") : NULL;
	if (!session)
		return err_set(e, ERR_PROTOCOL, t->domain, "the command %s was answered without a session", node);
	buf_clear(&request);
	buf_printf(&request, "<iq type='set' to='%s'><command xmlns='" NS_COMMANDS "' node='%s' sessionid='", t->domain,
		node);
	xml_escape(session, &request);
	buf_add_text(&request, "'><x xmlns='jabber:x:data' type='submit'>");
	fill_form(&request, add, a);
	buf_add_text(&request, "</x></command></iq>");
	answer = talk_ask(k, request.data, e);
	if (!answer || refused(answer, t, node, e))
		return -1;
	command = xml_child(answer, "command", NS_COMMANDS);
	const xmlNode *note = command ? xml_child(command, "note", NS_COMMANDS) : NULL;
	if (note && text_equal(xml_attribute(note, "type"), "error")) {
		AUTO_TEXT text = xml_text(note);
		return err_set(
			e, ERR_REFUSED, t->domain, "%s was not %s: %s", a->user, add ? "added" : "removed", text);
	}
	return 0;
}

int admin_users(struct driver *driver, const struct target *t, bool add, const struct scenario_account *accounts,
	size_t count, int64_t deadline, struct err *e)
{
	struct talk k;
	int result =
		talk_begin(&k, driver, t, target_own_transport(t), t->admin->user, t->admin->password, deadline, e);
	for (size_t i = 0; i < count && result == 0; i++)
		if (accounts[i].target == t && (add || accounts[i].made))
			result = run_one(&k, t, add, &accounts[i], e);
	talk_end(&k);
	return result;
}
