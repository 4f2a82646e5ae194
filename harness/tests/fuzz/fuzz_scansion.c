/* Scripts of scansion, with and without a map of addresses. */
#include "load_script.h"

FUZZ_TARGET(scansion)
{
	struct map addresses = MAP_INIT;
	map_set(&addresses, "romeo@localhost", "romeo");
	map_set(&addresses, "juliet@localhost", "juliet");
	load_script("one.scs", NULL, data, size);
	load_script("one.scs", &addresses, data, size);
	map_release(&addresses);
	return 0;
}
