/* run/sharing.h: files that are shared encrypted (XEP-0454) by way of the server's upload service (XEP-0363). */
#ifndef ASSAY_RUN_SHARING_H
#define ASSAY_RUN_SHARING_H
#include "run/steps.h"

/* Encrypts a file of the step's size and puts it where the slot says that the actor took last. Met where the answer is 201, and then the
 * variable is the file's link; `refused`: met where it is an error of HTTP. Not met where the slot's addresses are not of HTTPS; unknown
 * where there is no slot, or nobody answers. Only the headers that section 4 allows are sent, without line ends. */
enum outcome sharing_upload(struct stage *g, const struct step *step, struct finding *f);
/* Fetches the file of a link and decrypts it. Not met where the answer is not 200, holds the file in the clear, does not fit its tag or is
 * another file; unknown where the text is no link, or nobody answers. */
enum outcome sharing_download(struct stage *g, const struct step *step, struct finding *f);
#endif
