/* The plugin that lets several processes of `assay load` act as one over Open MPI (measure/ranks.h). A library of its own, so that
 * the program needs no MPI. Every operation is one that does not wait: who waits serves its connections meanwhile. */
#include "measure/ranks_plugin.h"
#include <mpi.h>

static MPI_Request request = MPI_REQUEST_NULL;

static int join_others(int *rank, int *size)
{
	int given;
	if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SINGLE, &given) != MPI_SUCCESS)
		return -1;
	MPI_Comm_rank(MPI_COMM_WORLD, rank);
	MPI_Comm_size(MPI_COMM_WORLD, size);
	return 0;
}

static void leave_others(void)
{
	MPI_Finalize();
}

static void abort_all(int status)
{
	MPI_Abort(MPI_COMM_WORLD, status);
}

static void wait_for_all(void)
{
	MPI_Ibarrier(MPI_COMM_WORLD, &request);
}

static void sum(uint64_t *numbers, int count)
{
	MPI_Iallreduce(MPI_IN_PLACE, numbers, count, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD, &request);
}

static void greatest(int64_t *numbers, int count)
{
	MPI_Iallreduce(MPI_IN_PLACE, numbers, count, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD, &request);
}

static void tell(char *bytes, int count)
{
	MPI_Ibcast(bytes, count, MPI_BYTE, 0, MPI_COMM_WORLD, &request);
}

static int is_over(void)
{
	int over = 0;
	MPI_Test(&request, &over, MPI_STATUS_IGNORE);
	return over;
}

__attribute__((visibility("default"))) const struct ranks_operations assay_ranks = { RANKS_PLUGIN_VERSION, join_others,
	leave_others, abort_all, wait_for_all, sum, greatest, tell, is_over };
