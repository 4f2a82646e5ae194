/* Links to encrypted files, and the files that lie behind them. What is read as a link is printed as the same one; a file that nobody
 * has sealed is not opened. */
#include "base/buf.h"
#include "base/memory.h"
#include "crypto/media.h"
#include "fuzz.h"
#include <strings.h>

FUZZ_TARGET(media)
{
	struct err e;
	struct media_key key;
	BUF_AUTO address = BUF_INIT, again = BUF_INIT, file = BUF_INIT;
	AUTO_TEXT link = memory_copy_bytes((const char *)data, size);
	if (media_read_link(link, &key, &address, &e)) {
		fuzz_must(e.class == ERR_PROTOCOL && !address.len, "what is no link is the fault of whoever sent it");
		return 0;
	}
	fuzz_must(
		media_print_link(buf_text(&address), &key, &again, &e) == 0, "an address out of a link can be in one");
	fuzz_must(strncasecmp(buf_text(&again), link, again.len) == 0, "and it is the same link");
	fuzz_must(media_open(&key, data, size, &file, &e) == -1 && !file.len, "what nobody sealed is not opened");
	return 0;
}
