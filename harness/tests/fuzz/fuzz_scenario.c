/* The scenario language. */
#include "load_script.h"

FUZZ_TARGET(scenario)
{
	load_script("one.scn", NULL, data, size);
	return 0;
}
