/* How much may be asked of a target for the sake of measuring: [load] of its file. */
#include "target/target.h"

int target_allows_load(const struct target *t, double rate, int64_t connections, int64_t time, struct err *e)
{
	const struct target_load_limits *m = &t->load;
	if (t->fixture)
		return 0;
	if (!m->allowed)
		return err_set(e, ERR_USAGE, t->name,
			"measuring needs a target file that allows it: allow = yes in a section [load] (docs/targets.md)");
	if (rate > (double)m->most_rate)
		return err_set(e, ERR_USAGE, t->name,
			"%g a second are more than the target allows: most-rate = %lld in [load]", rate,
			(long long)m->most_rate);
	if (connections > m->most_connections)
		return err_set(e, ERR_USAGE, t->name,
			"%lld connections are more than the target allows: most-connections = %lld in [load]",
			(long long)connections, (long long)m->most_connections);
	if (time > m->most_time)
		return err_set(e, ERR_USAGE, t->name,
			"%.0f s are longer than the target allows: most-time = %.0fs in [load]",
			(double)time / CLOCK_SECOND, (double)m->most_time / CLOCK_SECOND);
	return 0;
}
