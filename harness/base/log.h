/* base/log.h: chatter on standard error. Products go to standard output; what is said here is for a person. */
#ifndef ASSAY_BASE_LOG_H
#define ASSAY_BASE_LOG_H
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2))); /* "assay: TEXT" */
#endif
