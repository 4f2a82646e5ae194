#include "base/log.h"
#include <stdarg.h>
#include <stdio.h>

void log_line(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("assay: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}
