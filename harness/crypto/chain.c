/* The length of the chain before, which each message tells (PN of the Double Ratchet, section 3.2; `pn` of OMEMOMessage). libomemo-c
 * 0.5.0 writes the number of that chain's last message, which is one less. A reader that goes by it, as the Double Ratchet has it,
 * keeps no key for the last message of a chain, and cannot read it when it comes late. */
#include "crypto/private.h"
#include <omemo/ratchet.h>
#include <omemo/session_record.h>
#include <omemo/session_state.h>

int chain_note(const struct omemo *o, const signal_protocol_address *address, session_record **before)
{
	return signal_protocol_session_load_session(o->store, before, address, ratchet_version(o->version));
}

/* The state of the same session, which is the one with the same key of the side that opened it; NULL where there is none. */
static session_state *same_session(session_record *record, session_state *as)
{
	const ec_public_key *wanted = session_state_get_alice_base_key(as);
	session_state *current = session_record_get_state(record);
	if (!wanted)
		return NULL;
	if (current && ec_public_key_compare(session_state_get_alice_base_key(current), wanted) == 0)
		return current;
	session_record_state_node *node = session_record_get_previous_states_head(record);
	for (; node; node = session_record_get_previous_states_next(node)) {
		session_state *state = session_record_get_previous_states_element(node);
		if (ec_public_key_compare(session_state_get_alice_base_key(state), wanted) == 0)
			return state;
	}
	return NULL;
}

int chain_mend(const struct omemo *o, const signal_protocol_address *address, session_record *before)
{
	session_record *after = NULL;
	int result = signal_protocol_session_load_session(o->store, &after, address, ratchet_version(o->version));
	if (result < 0)
		return result;
	session_state *now = session_record_get_state(after), *then = now ? same_session(before, now) : NULL;
	if (then && session_state_has_sender_chain(then) && session_state_has_sender_chain(now) &&
		ec_public_key_compare(
			session_state_get_sender_ratchet_key(then), session_state_get_sender_ratchet_key(now)) != 0) {
		session_state_set_previous_counter(
			now, ratchet_chain_key_get_index(session_state_get_sender_chain_key(then)));
		result = signal_protocol_session_store_session(o->store, address, after);
	}
	SIGNAL_UNREF(after);
	return result;
}
