import signal
import socket
import threading
import time

import watch
from watch import same, told, wire

pb = wire.schema()


def load(daemon, number, acknowledged, closed):
    """Adds people, 64 in flight, until the daemon closes."""
    session = wire.Session(pb, daemon.connect())
    keys = {}
    made = 0
    try:
        while True:
            while len(keys) < 64:
                key = f"{number}-{made}"
                request = session.request("practitioner_add", watch.add(pb, f"D{key}"),
                                          idempotency_key=key)
                keys[request.request_id] = key
                session.send(request)
                made += 1
            response = session.receive()
            key = keys.pop(response.request_id)
            if response.HasField("write"):
                acknowledged[key] = response.write.sequence
            elif response.error.reason != "DRAINING":
                closed.append(response.error.reason)
                return
    except EOFError:
        closed.append("closed")
    except OSError as error:
        closed.append("closed" if isinstance(error, (BrokenPipeError, ConnectionResetError))
                      else repr(error))


def run(second, threads):
    daemon = wire.Daemon(options=["--threads", str(threads)]).start()
    watch.people(pb, wire.Session(pb, daemon.connect()))
    acknowledged = [{} for _ in range(4)]
    closed = []
    threads = [threading.Thread(target=load, args=(daemon, i, acknowledged[i], closed))
               for i in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    begun = time.monotonic()
    daemon.process.send_signal(signal.SIGTERM)
    if second:
        daemon.process.send_signal(signal.SIGTERM)
    status = daemon.process.wait(20)
    took = time.monotonic() - begun
    for thread in threads:
        thread.join(20)
    how = f"{'a second SIGTERM' if second else 'SIGTERM'}, {threads} threads"
    same(f"{how} under load ends with 0", 0, status)
    told(took < 5, f"{how} under load ends soon", f"{took:.1f} s")
    same(f"{how}: every session is closed, none fails", ["closed"] * 4, closed)
    daemon.start()
    session = wire.Session(pb, daemon.connect())
    promised = {key: seq for one in acknowledged for key, seq in one.items()}
    told(len(promised) > 200, f"{how}: there was load", f"{len(promised)} writes")
    requests = {}
    for key in promised:
        request = session.request("outcome", pb.Outcome(key=key))
        requests[request.request_id] = (key, request)
    answers = session.call_all([request for _, request in requests.values()])
    lost = [key for number, (key, _) in requests.items()
            if answers[number].outcome.write.sequence != promised[key]]
    same(f"{how}: {len(promised)} acknowledged writes, lost", [], lost[:5])
    same(f"{how}: the next daemon stops too", 0, daemon.stop())


def asked_before():
    """What was sent before the signal is answered, and the address is free at once."""
    daemon = wire.Daemon().start()
    session = wire.Session(pb, daemon.connect())
    watch.people(pb, session)
    writes = [session.request("practitioner_add", watch.add(pb, f"D{i}"),
                              idempotency_key=f"k{i}") for i in range(100)]
    session.send(*writes)
    session.receive()
    daemon.process.send_signal(signal.SIGTERM)
    answered = 1
    refused = 0
    try:
        while True:
            response = session.receive()
            answered += 1
            refused += response.HasField("error")
    except EOFError:
        pass
    same("all that was sent before the signal is answered", 100, answered)
    same("the daemon ends with 0", 0, daemon.process.wait(10))
    late = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        late.connect(daemon.socket)
        told(False, "nobody is let in afterwards", "connected")
    except OSError:
        told(True, "nobody is let in afterwards")


asked_before()
run(second=False, threads=1)
run(second=True, threads=1)
run(second=True, threads=4)
watch.finish()
