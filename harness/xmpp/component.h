/* xmpp/component.h: the component's side of the Jabber Component Protocol (XEP-0114), method "accept".
 *
 * The protocol knows neither TLS nor features: after the headers there is one handshake, and then stanzas. They are in the namespace
 * jabber:component:accept on the wire and in jabber:client for the owner of a stream that was set up here, so that all that is written
 * for clients fits components: see component_takes() and component_sends(). A stream that is left to its owner (STREAM_GOAL_CONNECTED)
 * shows and sends what is on the wire. */
#ifndef ASSAY_XMPP_COMPONENT_H
#define ASSAY_XMPP_COMPONENT_H
#include "base/buf.h"

/* Appends the handshake of section 3: SHA-1 of the stream's id and the secret, one behind the other, in small hexadecimal digits. Who
 * has seen the id can try secrets on it, so it is as confidential as a hashed password. */
void component_handshake(const char *stream_id, const char *secret, struct buf *out);
#endif
