#include "measure/latency.h"
#include "base/clock.h"
#include "base/text.h"
#include "measure/result.h"
#include "measure/workloads.h"
#include <stdlib.h>
#include <string.h>

#define ECHO_MOST 2000 /* requests that measure the harness itself, at most */

static bool is_chosen(const struct workload *w, const struct latency_options *o)
{
	if (!o->workloads)
		return !w->optional;
	return w->optional ? strstr(o->workloads, w->name) != NULL : text_glob(o->workloads, w->name);
}

size_t latency_accounts(const struct latency_options *o)
{
	size_t count = (size_t)o->contacts + 1;
	for (size_t i = 0; workloads[i]; i++)
		count += is_chosen(workloads[i], o) ? 2 : 0;
	return count;
}

int latency_demand(const struct latency_options *o, double *rate, int64_t *connections, int64_t *time, struct err *e)
{
	size_t chosen = 0;
	*rate = 0;
	*connections = *time = 0;
	for (size_t i = 0; workloads[i]; i++) {
		const struct workload *w = workloads[i];
		if (!is_chosen(w, o))
			continue;
		chosen++;
		double own = result_rate(w, o),
		       count = (double)(result_count(w, o) + result_warm(w, o)) * o->repetitions;
		*rate = own > *rate ? own : *rate;
		*connections = (int64_t)w->devices > *connections ? (int64_t)w->devices : *connections;
		*time += (int64_t)(count / own * CLOCK_SECOND);
		if (result_count(w, o) >= LATENCY_REQUESTS_MOST)
			return err_set(
				e, ERR_USAGE, w->name, "a repetition has less than %d requests", LATENCY_REQUESTS_MOST);
	}
	return chosen ? 0
		      : err_set(e, ERR_USAGE, NULL, "no workload is called '%s'; `assay latency --list` names them",
				o->workloads);
}

static json_t *own_cost(struct driver *driver, const struct latency_options *o, struct err *e)
{
	struct latency_options echo = *o;
	int port;
	pid_t peer = echo_start(&port, e);
	if (peer < 0)
		return NULL;
	if (result_count(&workload_echo, o) > ECHO_MOST)
		echo.count = ECHO_MOST;
	echo.repetitions = 1;
	if (o->progress)
		o->progress(o->context, workload_echo.name, NULL);
	json_t *result = echo_measure(driver, port, &echo, e);
	echo_stop(peer);
	if (result && o->progress)
		o->progress(o->context, workload_echo.name, result);
	return result;
}

static json_t *measure(struct driver *driver, const struct target *t, const struct driver_account *accounts,
	size_t count, const struct workload *w, const struct latency_options *o, struct err *why)
{
	struct engine g = { .own = NULL };
	crew_init(&g.crew, driver, t, t->transport, accounts, count);
	if (o->without_tls)
		g.crew.without_tls = t->load.without_tls;
	if (o->progress)
		o->progress(o->context, w->name, NULL);
	json_t *result = result_measure(&g, w, o, why);
	if (result && o->progress)
		o->progress(o->context, w->name, result);
	return result;
}

json_t *latency_run(struct driver *driver, const struct target *t, const struct driver_account *accounts, size_t count,
	const struct latency_options *o, struct err *e)
{
	char began[CLOCK_STAMP_SIZE];
	clock_stamp(began);
	json_t *echo = own_cost(driver, o, e);
	if (!echo)
		return NULL;
	json_t *list = json_array();
	struct driver_account *turned = memory_alloc(count * sizeof *turned);
	size_t turn = 0;
	bool reached = false;
	for (size_t i = 0; workloads[i]; i++) {
		if (!is_chosen(workloads[i], o))
			continue;
		for (size_t k = 0; k < count; k++)
			turned[k] = accounts[(k + turn) % count];
		turn += 2;
		json_t *one = measure(driver, t, turned, count, workloads[i], o, e);
		bool unreachable = !reached && (e->class == ERR_CONNECTION || e->class == ERR_REFUSED);
		reached = true;
		if (!one || (unreachable && !json_object_get(one, "series"))) {
			json_decref(one);
			json_decref(list);
			json_decref(echo);
			free(turned);
			return NULL;
		}
		json_array_append_new(list, one);
	}
	free(turned);
	return json_pack("{s:s, s:i, s:s, s:s, s:{s:s, s:s, s:s}, s:s, s:b, s:s, s:s, s:f, s:I, s:i, s:i, s:o, s:o}",
		"assay", "latency", "format", 1, "version", ASSAY_VERSION, "started", began, "target", "name", t->name,
		"domain", t->domain, "product", t->product ? t->product : "", "transport", transport_name(t->transport),
		"tls", !o->without_tls, "loop", loop_name(o->loop), "arrivals", arrivals_name(o->arrivals), "rate",
		o->rate, "seed", (json_int_t)o->seed, "repetitions", (int)o->repetitions, "text_bytes", (int)o->size,
		"echo", echo, "workloads", list);
}

bool latency_is_faulty(const json_t *result)
{
	size_t i;
	const json_t *w, *count;
	const char *name;
	json_array_foreach(json_object_get(result, "workloads"), i, w) {
		if (text_equal(json_string_value(json_object_get(w, "state")), "failed"))
			return true;
		json_object_foreach(json_object_get(w, "faults"), name, count)
			if (json_integer_value(count))
				return true;
	}
	return false;
}

json_t *latency_workloads(void)
{
	json_t *list = json_array();
	for (size_t i = 0; workloads[i]; i++) {
		const struct workload *w = workloads[i];
		json_t *series = json_array();
		for (size_t k = 0; k < SERIES_MOST && w->series[k].name; k++)
			json_array_append_new(series,
				json_pack("{s:s, s:s, s:s}", "name", w->series[k].name, "about", w->series[k].about,
					"about_de", w->series[k].about_de));
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:i, s:b, s:o}", "name", w->name, "about", w->about, "about_de",
				w->about_de, "part", (int)w->part, "optional", w->optional, "series", series));
	}
	return list;
}
