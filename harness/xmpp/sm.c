/* Stream management: XEP-0198, the client's counters. */
#include "base/memory.h"
#include "base/text.h"
#include "xmpp/private.h"
#include <stdlib.h>

void sm_session_release(struct sm_session *s)
{
	free(s->id);
	free(s->jid);
	*s = (struct sm_session)SM_SESSION_INIT;
}

void sm_session_copy(struct sm_session *to, const struct sm_session *from)
{
	if (to == from)
		return;
	sm_session_release(to);
	*to = *from;
	to->id = memory_copy_text(from->id);
	to->jid = memory_copy_text(from->jid);
}

/* XEP-0198 section 4: stanzas and nothing else. */
static bool is_stanza(const xmlNode *element)
{
	return xml_is(element, "message", NS_CLIENT) || xml_is(element, "presence", NS_CLIENT) ||
		xml_is(element, "iq", NS_CLIENT);
}

static void enabled(struct sm_session *sm, const xmlNode *element)
{
	const char *resume = xml_attribute(element, "resume");
	free(sm->id);
	sm->id = memory_copy_text(xml_attribute(element, "id"));
	sm->enabled = true;
	sm->resumable = sm->id && (text_equal(resume, "true") || text_equal(resume, "1"));
	sm->handled = 0;
}

bool sm_received(struct sm_session *sm, const xmlNode *element)
{
	if (is_stanza(element)) {
		if (sm->enabled)
			sm->handled++;
		return false;
	}
	if (!text_equal(xml_ns(element), NS_SM))
		return false;
	if (xml_is(element, "enabled", NS_SM) && sm->asked && !sm->enabled)
		enabled(sm, element);
	else if (xml_is(element, "failed", NS_SM) && !sm->enabled)
		sm->asked = false;
	return xml_is(element, "r", NS_SM) && sm->enabled;
}

void sm_sent(struct sm_session *sm, const xmlNode *element)
{
	if (xml_is(element, "enable", NS_SM) && !sm->asked) {
		sm->asked = true;
		sm->sent = 0;
	} else if (sm->asked && is_stanza(element)) {
		sm->sent++;
	}
}
