/* What is measured, each with its definition. Every figure counts from the instant at which the request was meant to go out
 * (measure/schedule.h), unless its definition says otherwise. */
#include "measure/workloads.h"

#define ONE(text, german)                                                                                              \
	{                                                                                                              \
		"latency", text, german                                                                                \
	}
#define ROOM(occupants, rarely, by_name)                                                                                                                             \
	{                                                                                                                                                            \
		.name = "room-" #occupants, .title = "Room of " #occupants, .title_de = "Raum mit " #occupants,                                                      \
		.about =                                                                                                                                             \
			"From the intended instant of a message to a room until the last byte of its copy has come to an occupant; " #occupants                      \
			" occupants, who speak in turn, the sender's own copy included.",                                                                            \
		.about_de =                                                                                                                                          \
			"Vom vorgesehenen Zeitpunkt einer Nachricht an einen Raum, bis das letzte Byte ihrer Kopie bei einem Teilnehmer angekommen ist; " #occupants \
			" Teilnehmer, die reihum sprechen, die Kopie für den Absender eingeschlossen.",                                                              \
		.series = { { "last", "The last occupant has it", "Der letzte Teilnehmer hat sie" },                                                                 \
			{ "first", "The first occupant has it", "Der erste Teilnehmer hat sie" } },                                                                  \
		.part = (rarely), .parameter = (occupants), .ordered = true, .optional = (by_name),                                                                  \
		.devices = (occupants), .set_up = room_set_up, .send = room_send, .received = room_received,                                                         \
		.tear_down = room_tear_down                                                                                                                          \
	}

static const struct workload iq = {
	.name = "iq",
	.title = "Request to the server",
	.title_de = "Anfrage an den Server",
	.about =
		"The floor: from the intended instant of a ping to the server until the last byte of its answer has come.",
	.about_de =
		"Die Untergrenze: vom vorgesehenen Zeitpunkt eines Pings an den Server, bis das letzte Byte der Antwort angekommen ist.",
	.series = { ONE("There and back", "Hin und zurück") },
	.part = 1,
	.devices = 1,
	.set_up = ping_set_up,
	.send = ping_send,
	.received = ping_received,
};

static const struct workload message = {
	.name = "message",
	.title = "Message, one way",
	.title_de = "Nachricht, einfacher Weg",
	.about =
		"From the intended instant of a chat message until its last byte has come to the recipient's device. Both devices are in one process, on one clock.",
	.about_de =
		"Vom vorgesehenen Zeitpunkt einer Nachricht, bis ihr letztes Byte beim Gerät der Empfängerin angekommen ist. Beide Geräte sind in einem Prozess, an einer Uhr.",
	.series = { ONE("One way", "Einfacher Weg") },
	.part = 1,
	.ordered = true,
	.devices = 2,
	.set_up = pair_set_up,
	.send = message_send,
	.received = message_received,
};

static const struct workload receipt = {
	.name = "receipt",
	.title = "Delivery receipt",
	.title_de = "Empfangsbestätigung",
	.about =
		"From the intended instant of a chat message until the receipt (XEP-0184) that the recipient's device sends at once has come to its sender.",
	.about_de =
		"Vom vorgesehenen Zeitpunkt einer Nachricht, bis die Bestätigung (XEP-0184), die das Gerät der Empfängerin sofort schickt, beim Absender angekommen ist.",
	.series = { ONE("Until the receipt", "Bis zur Bestätigung"),
		{ "message", "Until the message", "Bis zur Nachricht" } },
	.part = 1,
	.ordered = true,
	.devices = 2,
	.set_up = answered_set_up,
	.send = receipt_send,
	.received = receipt_received,
};

static const struct workload marker = {
	.name = "marker",
	.title = "Displayed marker",
	.title_de = "Lesebestätigung",
	.about =
		"From the intended instant of a chat message until the marker (XEP-0333) by which the recipient's device says at once that it was displayed has come to its sender.",
	.about_de =
		"Vom vorgesehenen Zeitpunkt einer Nachricht, bis die Marke (XEP-0333), mit der das Gerät der Empfängerin sofort sagt, dass sie angezeigt wurde, beim Absender angekommen ist.",
	.series = { ONE("Until the marker", "Bis zur Marke"), { "message", "Until the message", "Bis zur Nachricht" } },
	.part = 1,
	.ordered = true,
	.devices = 2,
	.set_up = answered_set_up,
	.send = marker_send,
	.received = marker_received,
};

static const struct workload carbon = {
	.name = "carbon",
	.title = "Carbon copy",
	.title_de = "Kopie am Zweitgerät",
	.about =
		"How long after the original at the recipient's first device the copy (XEP-0280) came to her second. Where the copy came first, that counts as 0.",
	.about_de =
		"Wie lange nach dem Original am ersten Gerät der Empfängerin die Kopie (XEP-0280) am zweiten ankam. Kam die Kopie zuerst, so zählt das als 0.",
	.series = { { "behind", "The copy behind the original", "Die Kopie nach dem Original" },
		{ "copy", "From the intended instant to the copy", "Vom vorgesehenen Zeitpunkt zur Kopie" },
		{ "original", "From the intended instant to the original",
			"Vom vorgesehenen Zeitpunkt zum Original" } },
	.part = 1,
	.ordered = true,
	.devices = 3,
	.set_up = carbon_set_up,
	.send = message_send,
	.received = carbon_received,
};

static const struct workload archive = {
	.name = "archive-50",
	.title = "Page of the archive",
	.title_de = "Seite des Archivs",
	.about =
		"From the intended instant of a query for the last 50 messages with somebody (XEP-0313) until the end of the answer has come; each message of the page is checked.",
	.about_de =
		"Vom vorgesehenen Zeitpunkt einer Anfrage nach den letzten 50 Nachrichten mit jemandem (XEP-0313), bis das Ende der Antwort angekommen ist; jede Nachricht der Seite wird geprüft.",
	.series = { ONE("The whole page", "Die ganze Seite") },
	.part = 5,
	.parameter = 50,
	.devices = 2,
	.set_up = archive_set_up,
	.send = archive_send,
	.received = archive_received,
	.tear_down = archive_tear_down,
};

static const struct workload presence = {
	.name = "presence",
	.title = "Presence to contacts",
	.title_de = "Anwesenheit an Kontakte",
	.about =
		"From the intended instant of a presence with a status until contacts have it; how many contacts there are is up to --contacts.",
	.about_de =
		"Vom vorgesehenen Zeitpunkt einer Anwesenheit mit Statustext, bis Kontakte sie haben; wie viele Kontakte es sind, sagt --contacts.",
	.series = { { "last", "The last contact has it", "Der letzte Kontakt hat sie" },
		{ "first", "The first contact has it", "Der erste Kontakt hat sie" } },
	.part = 2,
	.ordered = true,
	.devices = 12,
	.set_up = presence_set_up,
	.send = presence_send,
	.received = presence_received,
	.tear_down = presence_tear_down,
};

static const struct workload room_5 = ROOM(5, 1, false), room_50 = ROOM(50, 5, false), room_500 = ROOM(500, 50, true);

static const struct workload event = {
	.name = "event",
	.title = "Event to contacts",
	.title_de = "Ereignis an Kontakte",
	.about =
		"From the intended instant at which a nickname is published (XEP-0163) until contacts, whose devices ask to be told of it, have it.",
	.about_de =
		"Vom vorgesehenen Zeitpunkt, zu dem ein Spitzname veröffentlicht wird (XEP-0163), bis Kontakte ihn haben, deren Geräte davon wissen wollen.",
	.series = { { "last", "The last contact has it", "Der letzte Kontakt hat es" },
		{ "first", "The first contact has it", "Der erste Kontakt hat es" } },
	.part = 2,
	.ordered = true,
	.devices = 12,
	.set_up = events_set_up,
	.send = events_send,
	.received = events_received,
	.tear_down = events_tear_down,
};

static const struct workload upload = {
	.name = "upload",
	.title = "Upload of 1 MB",
	.title_de = "Hochladen von 1 MB",
	.about =
		"From the intended instant of the request for a slot (XEP-0363) until the server has answered the PUT of 1,000,000 bytes, which makes a connection of its own.",
	.about_de =
		"Vom vorgesehenen Zeitpunkt der Bitte um einen Platz (XEP-0363), bis der Server das PUT von 1.000.000 Bytes beantwortet hat, das eine eigene Verbindung aufbaut.",
	.series = { ONE("The whole upload", "Das ganze Hochladen"), { "slot", "Until the slot", "Bis zum Platz" },
		{ "put", "The PUT alone, with its connection", "Das PUT allein, mit seiner Verbindung" } },
	.part = 20,
	.devices = 12,
	.set_up = upload_set_up,
	.send = upload_send,
	.received = upload_received,
	.tear_down = transfer_tear_down,
};

static const struct workload download = {
	.name = "download",
	.title = "Download of 1 MB",
	.title_de = "Herunterladen von 1 MB",
	.about =
		"From the intended instant of a GET of 1,000,000 bytes, which makes a connection of its own, until the last of them was read; each byte is checked.",
	.about_de =
		"Vom vorgesehenen Zeitpunkt eines GET von 1.000.000 Bytes, das eine eigene Verbindung aufbaut, bis das letzte gelesen ist; jedes Byte wird geprüft.",
	.series = { ONE("The whole download", "Das ganze Herunterladen") },
	.part = 20,
	.devices = 12,
	.set_up = download_set_up,
	.send = download_send,
	.received = upload_received,
	.tear_down = transfer_tear_down,
};

static const struct workload connecting = {
	.name = "connect",
	.title = "Connecting",
	.title_de = "Verbinden",
	.about =
		"From the intended instant at which a device begins to connect until it has its roster. The password's key is derived once an account, before the figures count.",
	.about_de =
		"Vom vorgesehenen Zeitpunkt, zu dem ein Gerät sich zu verbinden beginnt, bis es seine Kontaktliste hat. Der Schlüssel zum Passwort wird einmal je Konto abgeleitet, bevor gezählt wird.",
	.series = { ONE("All of it", "Alles zusammen"), { "resolve", "Names to addresses", "Namen zu Adressen" },
		{ "tcp", "TCP", "TCP" },
		{ "tls", "TLS, with what is said before it in the clear",
			"TLS, mit dem, was davor im Klartext gesagt wird" },
		{ "sasl", "Authentication, with the stream's header before it",
			"Anmeldung, mit dem Kopf des Stroms davor" },
		{ "bind", "Binding a resource, with the stream's header before it",
			"Binden einer Ressource, mit dem Kopf des Stroms davor" },
		{ "session", "The roster", "Die Kontaktliste" } },
	.part = 10,
	.draws_phases = true,
	.devices = 40,
	.set_up = connect_set_up,
	.send = connect_send,
	.received = connect_received,
	.changed = connect_changed,
	.tear_down = connect_tear_down,
};

static const struct workload by_token = {
	.name = "connect-fast",
	.title = "Connecting with a token",
	.title_de = "Verbinden mit einem Token",
	.about =
		"From the intended instant at which a device begins to connect until it has its roster, where it logs in with a token that the server gave it before (FAST, XEP-0484).",
	.about_de =
		"Vom vorgesehenen Zeitpunkt, zu dem ein Gerät sich zu verbinden beginnt, bis es seine Kontaktliste hat, wobei es sich mit einem Token anmeldet, das der Server ihm zuvor gegeben hat (FAST, XEP-0484).",
	.series = { ONE("All of it", "Alles zusammen"), { "resolve", "Names to addresses", "Namen zu Adressen" },
		{ "tcp", "TCP", "TCP" },
		{ "tls", "TLS, with what is said before it in the clear",
			"TLS, mit dem, was davor im Klartext gesagt wird" },
		{ "sasl",
			"Authentication by the token, with the stream's header before it; where the server has Bind 2 (XEP-0386), the resource is bound with it",
			"Anmeldung mit dem Token, mit dem Kopf des Stroms davor; hat der Server Bind 2 (XEP-0386), so wird die Ressource damit gebunden" },
		{ "bind", "Binding a resource, where the server has no Bind 2",
			"Binden einer Ressource, wo der Server kein Bind 2 hat" },
		{ "session", "The roster", "Die Kontaktliste" } },
	.part = 10,
	.draws_phases = true,
	.devices = 40,
	.set_up = fast_set_up,
	.send = connect_send,
	.received = connect_received,
	.changed = connect_changed,
	.tear_down = connect_tear_down,
};

static const struct workload resuming = {
	.name = "resume",
	.title = "Resuming",
	.title_de = "Wiederaufnehmen",
	.about =
		"From the intended instant at which a device loses its connection and begins to connect again until its session is resumed (XEP-0198).",
	.about_de =
		"Vom vorgesehenen Zeitpunkt, zu dem ein Gerät seine Verbindung verliert und sich neu zu verbinden beginnt, bis seine Sitzung wieder aufgenommen ist (XEP-0198).",
	.series = { ONE("All of it", "Alles zusammen"), { "resolve", "Names to addresses", "Namen zu Adressen" },
		{ "tcp", "TCP", "TCP" },
		{ "tls", "TLS, with what is said before it in the clear",
			"TLS, mit dem, was davor im Klartext gesagt wird" },
		{ "sasl", "Authentication, with the stream's header before it",
			"Anmeldung, mit dem Kopf des Stroms davor" },
		{ "resume", "Resuming, with the stream's header before it",
			"Wiederaufnehmen, mit dem Kopf des Stroms davor" } },
	.part = 10,
	.draws_phases = true,
	.devices = 20,
	.set_up = resume_set_up,
	.send = resume_send,
	.received = resume_received,
	.changed = resume_changed,
	.tear_down = connect_tear_down,
};

const struct workload *const workloads[] = { &iq, &message, &receipt, &marker, &carbon, &archive, &presence, &room_5,
	&room_50, &room_500, &event, &upload, &download, &connecting, &by_token, &resuming, NULL };
