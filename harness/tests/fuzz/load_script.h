/* tests/fuzz/load_script.h: reads the input as a script of either language. */
#ifndef ASSAY_TESTS_FUZZ_LOAD_SCRIPT_H
#define ASSAY_TESTS_FUZZ_LOAD_SCRIPT_H
#include "fuzz.h"
#include "run/mutation.h"
#include <stdlib.h>
#include <string.h>

/* Loads it from a file of that name; every fault must be one of the script, with its place, and what is accepted can be
 * attacked. */
static inline void load_script(const char *name, const struct map *addresses, const uint8_t *data, size_t size)
{
	struct vec errors = VEC_INIT;
	xml_start();
	const char *path = fuzz_file(name, data, size);
	struct scenario *s = scenario_load(path, addresses, &errors);
	fuzz_must(s ? errors.count == 0 : errors.count > 0, "a script is either accepted or has faults");
	for (size_t i = 0; i < errors.count; i++) {
		const struct err *e = errors.items[i];
		fuzz_must(e->class == ERR_SCRIPT && *e->message && *e->where, "a fault has a place and a message");
		free(errors.items[i]);
	}
	vec_release(&errors);
	if (s) {
		struct vec mutations = VEC_INIT;
		bool *wanted = calloc(s->step_count + 1, sizeof *wanted);
		fuzz_must(wanted != NULL, "there is memory");
		memset(wanted, 1, s->step_count);
		mutation_plan(s, wanted, &mutations);
		for (size_t i = 0; i < mutations.count; i++)
			free(mutations.items[i]);
		vec_release(&mutations);
		free(wanted);
	}
	scenario_free(s);
}
#endif
