import os
import shutil

import watch
from watch import same, told, wire

NAME = "王小明"

pb = wire.schema()
daemon = wire.Daemon()
backups = os.path.join(daemon.folder, "backups")
vaults = os.path.join(daemon.folder, "vaults")
daemon.options = ["--backups", backups, "--vault-backups", vaults]
daemon.start()
session = wire.Session(pb, daemon.connect())
watch.people(pb, session)
session.call("practitioner_add", watch.add(pb, "D1", NAME), idempotency_key="d1")
answer = session.call("backup", pb.Backup(name="monday"))
told(not answer.HasField("error"), "a backup is made", answer.error.reason)
kept = answer.backup.sequence
late = session.call("practitioner_add", watch.add(pb, "D2"), idempotency_key="d2")
told(late.write.sequence > kept, "and more is recorded afterwards", late)
same("a name with a slash is no backup's", "INVALID_ARGUMENT",
     pb.Code.Name(session.call("backup", pb.Backup(name="../x")).error.code)[5:])
ledger = late.position.ledger_id
daemon.stop()

copies = {entry: os.path.join(vaults, entry) for entry in os.listdir(vaults)}
same("the vault is backed up apart", 1, len(copies))
backup = os.path.join(backups, "monday")
restore = ["--restore", backup, "--restore-vault", *copies.values(), "--reason", "disk lost"]
daemon.options = restore
daemon.start()
same("nothing is restored over a book", 1, daemon.process.wait(20))
told("restore_failed" in daemon.log(), "and the log says so", daemon.log())

for name in ("data", "data.mark", "data.vault"):
    path = os.path.join(daemon.folder, name)
    if os.path.isdir(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)
daemon.start()
session = wire.Session(pb, daemon.connect())
answer = session.call("standing", pb.Standing(practitioner="D1"))
same("what was in the backup is there, the name too", NAME, answer.standing.name)
same("it is the same ledger", ledger, answer.position.ledger_id)
same("in the next epoch", 2, answer.position.epoch)
told(answer.position.sequence > kept, "which has a first record of its own", answer.position)
same("what came later is not there", "UNDETERMINED", pb.Decision.Name(session.call(
    "check", pb.Check(practitioner="D2")).check.decision)[9:])


def asked(**moment):
    return session.call("standing", pb.Standing(practitioner="D1"), **moment).error.reason


same("a sequence that was kept means the same", "", asked(epoch=1, min_seq=kept))
same("a later one of the old epoch is refused", "EPOCH_UNKNOWN",
     asked(epoch=1, min_seq=late.write.sequence))
same("as a moment too", "EPOCH_UNKNOWN", asked(epoch=1, known_at=late.write.sequence))
same("an epoch that never was is refused", "EPOCH_UNKNOWN", asked(epoch=9, min_seq=1))
same("writes go on", kept + 2, session.call(
    "practitioner_add", watch.add(pb, "D2"), idempotency_key="d2").write.sequence)
same("the book is sound", [True], [row.verify.sound for row in [
    session.call("verify", pb.Verify())] if row.end])
daemon.stop()

daemon.options = []
daemon.start()
session = wire.Session(pb, daemon.connect())
same("the next start is an ordinary one", (2, kept + 2), (lambda at: (at.epoch, at.sequence))(
    session.call("hello", pb.Hello()).position))
same("the daemon stops in good order", 0, daemon.stop())
watch.finish()
