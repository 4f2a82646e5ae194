/* tests/fuzz/fuzz.h: what the fuzz targets share. A target is fuzz_NAME.c; its first inputs, and every input that was once a
 * crash, are in corpus/NAME. `make fuzz` lets libFuzzer find more (docs/fuzzing.md); test_corpus.c feeds it what is there. */
#ifndef ASSAY_TESTS_FUZZ_H
#define ASSAY_TESTS_FUZZ_H
#include <stddef.h>
#include <stdint.h>

/* The head of a target's function: libFuzzer's own name for it where it stands alone, else one of its own. */
#ifdef FUZZ_ALONE
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
#define FUZZ_TARGET(name) int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
#else
#define FUZZ_TARGET(name)                                                                                              \
	int fuzz_##name(const uint8_t *data, size_t size);                                                             \
	int fuzz_##name(const uint8_t *data, size_t size)
#endif

/* Writes the input to a file of that name in a folder of this process's own, and returns its path; borrowed. */
const char *fuzz_file(const char *name, const uint8_t *data, size_t size);
/* Ends the process with a report where what must hold does not. */
void fuzz_must(int holds, const char *what);
#endif
