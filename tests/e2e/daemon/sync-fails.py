import os
import subprocess
import threading

import watch
from watch import same, told, wire

PLANTED = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int fdatasync(int fd)
{
	static _Atomic int count;
	char path[256] = "", link[64];
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof(path) - 1) > 0 && strstr(path, ".segment") != NULL &&
	    ++count > atoi(getenv("SYNCS_THAT_WORK"))) {
		errno = EIO;
		return -1;
	}
	return real(fd);
}
"""

pb = wire.schema()
daemon = wire.Daemon()
library = os.path.join(daemon.folder, "planted.so")
subprocess.run(["gcc", "-shared", "-fPIC", "-x", "c", "-o", library, "-", "-ldl"],
               input=PLANTED, text=True, check=True)
# A sanitizer must be the first of all libraries.
os.environ.setdefault("ASAN_OPTIONS", "")
environment = dict(os.environ, LD_PRELOAD=library, SYNCS_THAT_WORK="40",
                   ASAN_OPTIONS=os.environ["ASAN_OPTIONS"] + ":verify_asan_link_order=0")
daemon.start(environment)
watch.people(pb, wire.Session(pb, daemon.connect()))
acknowledged = {}
unknown = []
lock = threading.Lock()


def hear(session, flying):
    response = session.receive()
    key = flying.pop(response.request_id)
    with lock:
        if response.HasField("write"):
            acknowledged[key] = response.write.sequence
        else:
            unknown.append((key, response.error.reason))


def load(number):
    session = wire.Session(pb, daemon.connect())
    flying = {}
    made = 0
    try:
        while True:
            while len(flying) < 16:
                key = f"{number}-{made}"
                request = session.request("practitioner_add", watch.add(pb, f"D{key}"),
                                          idempotency_key=key)
                flying[request.request_id] = key
                session.send(request)
                made += 1
            hear(session, flying)
    except (EOFError, OSError):
        pass
    # A request that could not be sent any more says nothing of the answers that are here.
    try:
        while flying:
            hear(session, flying)
    except (EOFError, OSError):
        with lock:
            unknown.extend((key, "closed") for key in flying.values())


threads = [threading.Thread(target=load, args=(i,)) for i in range(4)]
for thread in threads:
    thread.start()
same("the daemon stops with a failure", 1, daemon.process.wait(30))
for thread in threads:
    thread.join(20)
told("event=book_failed" in daemon.log(), "and says why", daemon.log())
told(len(acknowledged) > 20, "there was load", len(acknowledged))
reasons = {reason for _, reason in unknown}
told(reasons <= {"OUTCOME_UNKNOWN", "DRAINING", "UNAVAILABLE", "closed"} and "OUTCOME_UNKNOWN" in
     reasons, "who waited is told that the outcome is unknown", sorted(reasons))

daemon.start()
session = wire.Session(pb, daemon.connect())
lost = [key for key, sequence in acknowledged.items() if session.call(
    "outcome", pb.Outcome(key=key)).outcome.write.sequence != sequence]
same(f"{len(acknowledged)} acknowledged writes, lost", [], lost[:5])
torn = []
for key, _ in unknown:
    found = session.call("outcome", pb.Outcome(key=key)).outcome
    again = session.call("practitioner_add", watch.add(pb, f"D{key}"), idempotency_key=key)
    if not again.HasField("write") or (found.found and
                                       found.write.sequence != again.write.sequence):
        torn.append(key)
same(f"{len(unknown)} unknown outcomes, sent again, each comes to one", [], torn[:5])
same("the daemon stops in good order", 0, daemon.stop())
watch.finish()
