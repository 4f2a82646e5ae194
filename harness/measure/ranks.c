#include "measure/ranks.h"
#include "base/memory.h"
#include "base/text.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define PORTION 65536 /* numbers at once */

static int from_environment(const char *name, int missing)
{
	const char *text = getenv(name);
	int64_t value;
	return text && text_to_number(text, 0, 1000000, &value) == 0 ? (int)value : missing;
}

int ranks_join(struct ranks *r, const char *plugin, struct err *e)
{
	*r = (struct ranks){ .size = 1 };
	if (from_environment("OMPI_COMM_WORLD_SIZE", 1) < 2)
		return 0;
	/* Open MPI loads parts of its own, which look for its symbols. The plugin is never closed: the library has threads. */
	void *library = dlopen(plugin, RTLD_NOW | RTLD_GLOBAL);
	if (!library)
		return err_set(e, ERR_USAGE, plugin,
			"mpirun has started several of these, and what lets them act as one is missing (%s); "
			"apt-get install libopenmpi-dev openmpi-bin, then make",
			dlerror());
	const struct ranks_operations *many = dlsym(library, RANKS_PLUGIN_SYMBOL);
	if (!many || many->version != RANKS_PLUGIN_VERSION)
		return err_set(e, ERR_USAGE, plugin, "is a plugin of another version; make it anew");
	if (many->join(&r->rank, &r->size))
		return err_set(e, ERR_ENVIRONMENT, plugin, "Open MPI could not be begun");
	r->many = r->size > 1 ? many : NULL;
	return 0;
}

void ranks_leave(struct ranks *r)
{
	if (r->many)
		r->many->leave();
	r->many = NULL;
}

void ranks_abort(struct ranks *r, int status)
{
	if (r->many)
		r->many->abort(status);
}

static void finish(struct ranks *r)
{
	while (!r->many->is_over())
		if (r->meanwhile)
			r->meanwhile(r->context);
}

void ranks_wait(struct ranks *r)
{
	if (!r->many)
		return;
	r->many->wait();
	finish(r);
}

void ranks_sum(struct ranks *r, uint64_t *numbers, size_t count)
{
	for (size_t done = 0; r->many && done < count; done += PORTION) {
		r->many->sum(numbers + done, (int)(count - done < PORTION ? count - done : PORTION));
		finish(r);
	}
}

void ranks_greatest(struct ranks *r, int64_t *numbers, size_t count)
{
	if (!r->many || !count)
		return;
	r->many->greatest(numbers, (int)count);
	finish(r);
}

void ranks_merge(struct ranks *r, struct histogram *h)
{
	if (!r->many)
		return;
	uint64_t counts[] = { h->count, h->beyond };
	/* The least is the greatest of what is turned round. */
	int64_t ends[] = { h->count ? -h->least : INT64_MIN, h->count ? h->greatest : INT64_MIN };
	ranks_sum(r, counts, 2);
	ranks_greatest(r, ends, 2);
	ranks_sum(r, h->cells, HISTOGRAM_CELLS);
	h->count = counts[0];
	h->beyond = counts[1];
	h->least = h->count ? -ends[0] : 0;
	h->greatest = h->count ? ends[1] : 0;
}

void ranks_tell(struct ranks *r, char **bytes, size_t *length)
{
	if (!r->many)
		return;
	uint64_t size = r->rank == 0 ? *length : 0;
	ranks_sum(r, &size, 1);
	if (r->rank != 0) {
		free(*bytes);
		*bytes = memory_alloc(size + 1);
		*length = size;
	}
	for (size_t done = 0; done < size; done += PORTION) {
		r->many->tell(*bytes + done, (int)(size - done < PORTION ? size - done : PORTION));
		finish(r);
	}
}
