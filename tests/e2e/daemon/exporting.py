import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time

import watch
from watch import same, told, wire

import exported  # noqa: E402 (watch says where)

NAME = "王小明"
MANY = 3000

pb = wire.schema()
daemon = wire.Daemon().start()
writer = wire.Session(pb, daemon.connect())
watch.people(pb, writer)
head = writer.call("practitioner_add", watch.add(pb, "D1", NAME), idempotency_key="d1").write.sequence
reason = "抄写处方"
entry = writer.call("points_record", pb.PointsRecord(
    practitioner="D1", points=3, penalty="P1", level=pb.LEVEL_GENERAL, id="E1", reason=reason,
    conduct_from=wire.day("2025-03-01"), conduct_to=wire.day("2025-03-02")), idempotency_key="e1")
same("points with a reason are recorded", "write", entry.WhichOneof("body"))
head = writer.call("registration_leave", pb.RegistrationLeave(
    practitioner="D1", institution=watch.INSTITUTION, on=wire.day("2025-06-01")),
    idempotency_key="leave").error.sequence
folder = tempfile.mkdtemp(prefix="demerit-export-")
book = os.path.join(folder, "book")
rows = os.path.join(folder, "book.jsonl")
PROGRAM = [os.path.join(os.environ["DEMERIT_BUILD"], "client", "demerit"), "--server",
           "unix:" + daemon.socket]


def run(*words, code=0, what=None):
    done = subprocess.run([*PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    done.stderr = done.stderr.decode()
    if what is not None or done.returncode != code:
        told(done.returncode == code, what or " ".join(words),
             f"exit {done.returncode}: {done.stderr}")
    return done


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def status():
    answer = writer.call("status", pb.Status()).status
    return answer.tree_size, answer.root


def is_the_book(what, records):
    """Every record once, in order, and the root of their leaves is the root the daemon tells."""
    records = list(records)
    size, root = status()
    return (same(what + ": every record once", list(range(1, size + 1)),
                 [one.sequence for one in records]) and
            same(what + ": the leaves make the root", root.hex(),
                 exported.root([one.leaf() for one in records]).hex()))


# ---- as a whole ----

data = run("export", what="the book goes to stdout").stdout
is_the_book("on stdout", exported.frames(data))
records = list(exported.frames(data))
same("refused ones too, and the first", ("refused", "genesis"), (records[-1].kind, records[0].kind))
told(all(NAME.encode() not in one.body and reason.encode() not in one.body for one in records),
     "names and reasons stay sealed")
same("a stock reader finds the same", [one.body for one in records],
     [pb.ExportRecord.FromString(data[at:at + size]).body for at, size in exported.places(data)])
run("export", book, what="and into a file")
told(data == read(book), "which has the same bytes")
run("-o", "jsonl", "export", rows, what="and as lines of JSON")
is_the_book("as JSON", exported.lines(read(rows).decode()))
broken = bytearray(data)
broken[-5] ^= 1
told(exported.root([one.leaf() for one in exported.frames(bytes(broken))]) != status()[1],
     "one bit more or less makes another root")

# ---- from a sequence on ----

part = run("export", "--since", "2", "--until", str(head)).stdout
same("from the one, and up to but without the other", list(range(2, head)),
     [one.sequence for one in exported.frames(part)])
same("a part is a part of the whole", True, part in data)
same("nothing new is nothing", b"", run("export", "--since", str(head + 1)).stdout)
for words, name in ((("--since", str(head + 2)), "SINCE_AHEAD"),
                    (("--until", str(head + 2)), "NOT_FRESH"),
                    (("--since", "5", "--until", "4"), "FIELD_BAD_VALUE")):
    done = subprocess.run([*PROGRAM, "-o", "jsonl", "export", *words], capture_output=True,
                          check=False)
    told(done.returncode != 0 and not done.stdout and name in done.stderr.decode(),
         " ".join(words) + " is refused", done.stderr.decode())
answer = writer.call("export", pb.Export(since=1), epoch=9)
same("so is another epoch", "EPOCH_UNKNOWN", answer.error.reason)
answer = writer.call("export", pb.Export(since=1), known_at=2)
same("an export has no other moment", "FIELD_BAD_VALUE", answer.error.reason)

# ---- bad files ----

for line in (["-o", "csv", "export"], ["-o", "json", "export", book], ["export", book, "again"],
             ["export", rows], ["-o", "jsonl", "export", book], ["export", book, "--since", "3"],
             ["export", book, "--until", "3"], ["export", os.path.join(folder, "no", "where")]):
    before = read(book), read(rows)
    run(*line, code=2, what=" ".join(line).replace(folder + "/", "") + " makes no sense")
    told(before == (read(book), read(rows)), "and changes nothing")
notes = os.path.join(folder, "notes")
for text in (b"my notes", b"my notes\n", b"\x0a\x09not ours!", b"\xff" * 20):
    write(notes, text)
    for form in ([], ["-o", "jsonl"]):
        run(*form, "export", notes, code=2)
    same(f"{text!r} is left as it is", text, read(notes))

# ---- going on ----

for first in range(0, MANY, 1000):
    batch = pb.WriteBatch(items=[pb.WriteItem(practitioner_add=watch.add(pb, f"S{first + i}"))
                                 for i in range(1000)])
    writer.call("write_batch", batch, idempotency_key=f"b{first}")
done = run("export", book, what="the same line brings the file up")
told(f"records {head + 1} to {status()[0]} written" in done.stderr, "and says so", done.stderr)
is_the_book("brought up", exported.frames(read(book)))
run("-o", "jsonl", "export", rows)
is_the_book("brought up as JSON", exported.lines(read(rows).decode()))
told("nothing new" in run("export", book).stderr, "once more changes nothing")
whole, whole_rows = read(book), read(rows)
for path, all_of_it, form in ((book, whole, []), (rows, whole_rows, ["-o", "jsonl"])):
    for size in (0, 1, 2, 40, len(data) - 1, len(whole) // 2, len(all_of_it) - 1):
        write(path, all_of_it[:size])
        run(*form, "export", path)
        if read(path) != all_of_it:
            told(False, f"cut off at {size}, it is made whole")
            break
    else:
        told(True, "wherever it was cut off, it is made whole " + " ".join(form))

write(book, whole)
with open(book, "rb") as held:
    fcntl.flock(held, fcntl.LOCK_EX)
    told("another export" in run("export", book, code=1).stderr, "one at a time writes to a file")
slow = subprocess.Popen([*PROGRAM, "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
time.sleep(0.5)
slow.send_signal(signal.SIGINT)
taken, said = slow.communicate(timeout=20)
if same("an export can be interrupted", 130, slow.returncode):
    following = str(list(exported.frames(taken))[-1].sequence + 1)
    told(f"--since {following}" in said.decode(), "interrupted, it says where to go on",
         said.decode())
    taken += run("export", "--since", following).stdout
told(whole == taken, "and nothing is missing behind it", (len(whole), len(taken)))

# ---- another book ----

other = wire.Daemon().start()
second = wire.Session(pb, other.connect())
watch.people(pb, second)
PROGRAM[2] = "unix:" + other.socket
write(book, run("export", what="another book has records of its own").stdout)
theirs = read(book)
PROGRAM[2] = "unix:" + daemon.socket
told("another book" in run("export", book, code=1).stderr, "they are not mixed")
told(theirs == read(book), "and the file is as it was")
PROGRAM[2] = "unix:" + other.socket
write(book, whole)
done = run("export", book, code=6)
told("SINCE_AHEAD" in done.stderr, "nor is a shorter book", done.stderr)
told(whole == read(book), "nor that file")
other.stop()
daemon.stop()
shutil.rmtree(folder)
watch.finish()
