#include "cmd/interop_table.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/measuring.h"
#include "run/cells.h"
#include <stdio.h>
#include <string.h>

#define COLUMN 5 /* so many letters of a feature's name are its head */

void interop_table_pair(const json_t *target, const json_t *pair)
{
	const json_t *cells = json_object_get(pair, "cells");
	size_t understood = cells_count(cells, "understood"), unsupported = cells_count(cells, "unsupported");
	log_line("%s: %s to %s: %zu understood, %zu twice, %zu not, %zu unsupported, %zu unknown (%.1f s)",
		measuring_text(target, "name"), measuring_text(pair, "writer"), measuring_text(pair, "reader"),
		understood, cells_count(cells, "twice"), cells_count(cells, "not"), unsupported,
		cells_count(cells, "inconclusive") + cells_count(cells, "error"),
		measuring_real(pair, "took_ms") / 1000);
}

static const char *sign_of(const json_t *cell)
{
	const char *by = measuring_text(cell, "by");
	if (cell_is(cell, "understood"))
		return "yes";
	if (cell_is(cell, "twice"))
		return "twice";
	if (cell_is(cell, "not"))
		return "NO";
	if (cell_is(cell, "unsupported"))
		return *by == 'w' ? "-w" : *by == 'r' ? "-r" : "-s";
	return cell_is(cell, "inconclusive") ? "?" : "error";
}

static int widest(const json_t *clients)
{
	size_t i;
	int most = 0;
	const json_t *client;
	json_array_foreach(clients, i, client)
		if ((int)strlen(measuring_text(client, "name")) > most)
			most = (int)strlen(measuring_text(client, "name"));
	return most;
}

static void print_reasons(const json_t *target)
{
	size_t i, k;
	const json_t *pair, *cell;
	json_array_foreach(json_object_get(target, "pairs"), i, pair)
		json_array_foreach(json_object_get(pair, "cells"), k, cell)
			if (!cell_is(cell, "understood") && !cell_is(cell, "unsupported"))
				printf("%s to %s, %s: %s: %s\n", measuring_text(pair, "writer"),
					measuring_text(pair, "reader"), measuring_text(cell, "feature"),
					measuring_text(cell, "verdict"), measuring_text(cell, "reason"));
}

static void print_target(const json_t *result, const json_t *target)
{
	size_t i, k;
	const json_t *feature, *pair, *cell;
	int width = widest(json_object_get(result, "clients"));
	printf("\n%s%s%s\n%-*s    %-*s", measuring_text(target, "name"), *measuring_text(target, "product") ? ", " : "",
		measuring_text(target, "product"), width, "writer", width, "reader");
	json_array_foreach(json_object_get(result, "features"), i, feature)
		printf("  %-*.*s", COLUMN, COLUMN, measuring_text(feature, "name"));
	printf("\n");
	json_array_foreach(json_object_get(target, "pairs"), i, pair) {
		printf("%-*s to %-*s", width, measuring_text(pair, "writer"), width, measuring_text(pair, "reader"));
		json_array_foreach(json_object_get(pair, "cells"), k, cell)
			printf("  %-*s", COLUMN, sign_of(cell));
		printf("\n");
	}
	print_reasons(target);
}

void interop_table_print(const json_t *result)
{
	size_t i;
	const json_t *target;
	json_array_foreach(json_object_get(result, "targets"), i, target)
		print_target(result, target);
	printf("\nyes: the reader understands the writer; twice: it does, and shows it more than once; NO: it does not, though both say that they can; -w, -r, -s: the writer, the\n"
	       "reader or the server has no such thing; ?: nothing is known.\n");
}
