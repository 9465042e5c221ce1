/*
 * The stand-in by hand: fake-demeritd PATH [reverse].
 */

#include "fake.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: fake-demeritd PATH [reverse]\n");
		return 2;
	}
	fake_serve(argv[1], argc > 2, 0);
}
