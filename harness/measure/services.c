/* Where a service of the domain is, and small work on stanzas. */
#include "base/clock.h"
#include "base/text.h"
#include "measure/workloads.h"

char *child_text(const xmlNode *stanza, const char *name)
{
	const xmlNode *child = xml_child(stanza, name, NULL);
	return child ? xml_text(child) : NULL;
}

/* 1 where the address has the feature, 0 where it has not. */
static int has_feature(struct member *m, const char *address, const char *feature, struct err *e)
{
	BUF_AUTO iq = BUF_INIT;
	buf_add_text(&iq, "<iq type='get' to='");
	xml_escape(address, &iq);
	buf_add_text(&iq, "'><query xmlns='" NS_DISCO_INFO "'/></iq>");
	xmlDoc *answer = crew_ask(m, iq.data, clock_now() + SET_UP_LIMIT, e);
	if (!answer)
		return -1;
	const xmlNode *query = xml_child(xml_root(answer), "query", NS_DISCO_INFO);
	int found = 0;
	for (const xmlNode *f = query ? xml_child(query, "feature", NULL) : NULL; f; f = xml_next(f, "feature", NULL))
		found = found || text_equal(xml_attribute(f, "var"), feature);
	xmlFreeDoc(answer);
	return found;
}

char *service_find(struct member *m, const char *feature, const char *what, struct err *e)
{
	AUTO_TEXT iq = memory_printf(
		"<iq type='get' to='%s'><query xmlns='" NS_DISCO_ITEMS "'/></iq>", m->crew->target->domain);
	xmlDoc *answer = crew_ask(m, iq, clock_now() + SET_UP_LIMIT, e);
	if (!answer)
		return NULL;
	char *found = NULL;
	int has = 0;
	const xmlNode *query = xml_child(xml_root(answer), "query", NS_DISCO_ITEMS);
	for (const xmlNode *i = query ? xml_child(query, "item", NULL) : NULL; i && !found && has >= 0;
		i = xml_next(i, "item", NULL)) {
		const char *jid = xml_attribute(i, "jid");
		has = jid && !xml_attribute(i, "node") ? has_feature(m, jid, feature, e) : 0;
		if (has > 0)
			found = memory_copy_text(jid);
	}
	xmlFreeDoc(answer);
	if (!found && has >= 0)
		err_set(e, ERR_UNSUPPORTED, NULL, "the server has no %s", what);
	return found;
}
