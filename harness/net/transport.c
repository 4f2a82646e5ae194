#include "net/net.h"

const char *transport_name(enum transport t)
{
	switch (t) {
	case TRANSPORT_STARTTLS:
		return "starttls";
	case TRANSPORT_DIRECT:
		return "direct";
	case TRANSPORT_WEBSOCKET:
		return "ws";
	case TRANSPORT_BOSH:
		return "bosh";
	}
	return "";
}

bool transport_is_web(enum transport t)
{
	return t == TRANSPORT_WEBSOCKET || t == TRANSPORT_BOSH;
}
