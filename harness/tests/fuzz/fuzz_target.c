/* Target files, and baselines beside them. */
#include "fuzz.h"
#include "target/target.h"

FUZZ_TARGET(target)
{
	struct err e = { .class = ERR_NONE };
	struct baseline b = { .arena = ARENA_INIT };
	xml_start();
	struct target *t = target_load(fuzz_file("target.ini", data, size), &e);
	fuzz_must(t || (*e.message && *e.where), "a fault has a place and a message");
	fuzz_must(!t || (t->domain && *t->domain), "a target has a domain");
	if (t) {
		struct target_account *leased = target_lease(t, "contact");
		if (leased)
			target_return(t, leased);
	}
	target_free(t);
	if (baseline_load(&b, fuzz_file("target.ini", data, size), TRANSPORT_WEBSOCKET, &e))
		fuzz_must(*e.message, "a fault of a baseline has a message");
	baseline_release(&b);
	return 0;
}
