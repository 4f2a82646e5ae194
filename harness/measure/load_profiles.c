/* What a load does, each profile with its definition. Every figure counts from the instant at which the request was meant to go out
 * (measure/schedule.h). */
#include "measure/load_profiles.h"
#include "base/text.h"

static const struct load_profile idle = {
	.workload = { .name = "idle",
		.title = "Idle phones",
		.title_de = "Ruhende Telefone",
		.about =
			"Devices with stream management that say that nobody looks at them (XEP-0198, XEP-0352), to which one in a hundred others sends messages in turn. A request is a message.",
		.about_de =
			"Geräte mit Stream-Management, die sagen, dass niemand hinsieht (XEP-0198, XEP-0352); eins von hundert schickt den anderen reihum Nachrichten. Eine Anforderung ist eine Nachricht.",
		.series = { { "delivery", "From the intended instant until the phone has read the message's last byte",
			"Vom vorgesehenen Zeitpunkt, bis das Telefon das letzte Byte der Nachricht gelesen hat" } },
		.ordered = true,
		.send = idle_send,
		.received = idle_received },
	.unit = "messages",
	.unit_de = "Nachrichten",
	.fewest = 2,
	.managed = true,
	.quiet = true,
	.prepare = idle_prepare,
};

static const struct load_profile office = {
	.workload = { .name = "office",
		.title = "Office chat",
		.title_de = "Büro",
		.about =
			"Everyone writes to nine colleagues by turns and asks for a receipt, which each of them sends (XEP-0184). A request is a message with its receipt.",
		.about_de =
			"Alle schreiben reihum neun anderen und bitten um eine Empfangsbestätigung, die jene senden (XEP-0184). Eine Anforderung ist eine Nachricht mit ihrer Bestätigung.",
		.series = { { "delivery",
				    "From the intended instant until the colleague has read the message's last byte",
				    "Vom vorgesehenen Zeitpunkt, bis das letzte Byte der Nachricht gelesen ist" },
			{ "receipt", "From the intended instant until the sender has read the receipt",
				"Vom vorgesehenen Zeitpunkt, bis die Bestätigung gelesen ist" } },
		.ordered = true,
		.send = office_send,
		.received = office_received },
	.unit = "messages",
	.unit_de = "Nachrichten",
	.fewest = 2,
	.prepare = office_prepare,
};

static const struct load_profile rooms = {
	.workload = { .name = "rooms",
		.title = "Large rooms",
		.title_de = "Große Räume",
		.about =
			"Rooms full of occupants, of whom eight speak in turn (XEP-0045). A request is a message to a room, which all occupants must get, the sender too.",
		.about_de =
			"Volle Räume, in denen acht reihum sprechen (XEP-0045). Eine Anforderung ist eine Nachricht an einen Raum, die alle bekommen müssen, auch wer sie schickt.",
		.series = { { "last", "From the intended instant until the last occupant has read it",
				    "Vom vorgesehenen Zeitpunkt, bis der letzte Teilnehmer sie gelesen hat" },
			{ "first", "From the intended instant until the first occupant has read it",
				"Vom vorgesehenen Zeitpunkt, bis der erste Teilnehmer sie gelesen hat" } },
		.ordered = true,
		.send = rooms_send,
		.received = rooms_received },
	.unit = "messages to rooms",
	.unit_de = "Nachrichten an Räume",
	.fewest = 2,
	.prepare = rooms_prepare,
	.end = rooms_end,
};

static const struct load_profile reconnect = {
	.workload = { .name = "reconnect",
		.title = "Reconnect storm",
		.title_de = "Neuverbindungssturm",
		.about =
			"Connections that are cut and come back into their session (XEP-0198), each with a message that is sent while it is away. A request is one that comes back, whose message must arrive once.",
		.about_de =
			"Verbindungen, die abreißen und in ihre Sitzung zurückkehren (XEP-0198), jede mit einer Nachricht, die währenddessen geschickt wird. Eine Anforderung ist eine Rückkehr, deren Nachricht einmal ankommen muss.",
		.series = { { "resumed", "From the intended instant until the session was resumed",
				    "Vom vorgesehenen Zeitpunkt, bis die Sitzung wieder aufgenommen ist" },
			{ "message", "From the intended instant until the message was read",
				"Vom vorgesehenen Zeitpunkt, bis die Nachricht gelesen ist" } },
		.send = reconnect_send,
		.received = reconnect_received,
		.changed = reconnect_changed },
	.unit = "reconnections",
	.unit_de = "Neuverbindungen",
	.fewest = 2,
	.managed = true,
	.prepare = reconnect_prepare,
	.end = reconnect_end,
};

const struct load_profile *const load_profile_list[] = { &idle, &office, &rooms, &reconnect, NULL };

const struct load_profile *load_profile_find(const char *name)
{
	for (size_t i = 0; load_profile_list[i]; i++)
		if (text_equal(load_profile_list[i]->workload.name, name))
			return load_profile_list[i];
	return NULL;
}

json_t *load_profile_json(const struct load_profile *p)
{
	const struct workload *w = &p->workload;
	return json_pack("{s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:{s:s, s:s}}", "name", w->name, "title", "en", w->title,
		"de", w->title_de, "about", "en", w->about, "de", w->about_de, "unit", "en", p->unit, "de", p->unit_de);
}

json_t *load_profiles(void)
{
	json_t *list = json_array();
	for (size_t i = 0; load_profile_list[i]; i++)
		json_array_append_new(list, load_profile_json(load_profile_list[i]));
	return list;
}
