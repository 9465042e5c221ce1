/*
 * A configuration file: taken, or refused with a sentence that names the line.
 */

#include "fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/conf.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct conf conf;
	struct conf_error error = {0};
	char path[64];
	int fd = memfd_create("conf", 0);
	int result;

	assert(fd >= 0);
	assert(write(fd, bytes, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	conf_init(&conf);
	result = conf_read_file(&conf, path, &error);
	assert(result <= 0);
	assert(memchr(error.text, '\0', sizeof(error.text)) != NULL);
	assert(result == 0 || error.text[0] != '\0');
	if (result == 0)
		(void)conf_finish(&conf, &error);
	close(fd);
	return 0;
}
