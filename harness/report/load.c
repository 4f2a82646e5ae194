#include "report/load.h"

json_t *load_read(const char *directory, struct err *e)
{
	err_set(e, ERR_USAGE, directory, "todo");
	return NULL;
}
int load_plots(const json_t *result, const char *directory, const char *language, struct err *e)
{
	(void)result; (void)directory; (void)language; (void)e;
	return 0;
}
int load_page(const json_t *result, const char *directory, const char *language, struct err *e)
{
	(void)result; (void)directory; (void)language; (void)e;
	return 0;
}
