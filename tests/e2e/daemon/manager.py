import os
import pwd
import signal
import socket
import subprocess
import sys

import watch
from watch import same, told, wire

pb = wire.schema()
daemon = wire.Daemon()
folder = daemon.folder
os.chmod(folder, 0o755)
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(os.path.join(folder, "notify"))
manager.settimeout(10)


def heard():
    return manager.recv(4096).decode()


environment = dict(os.environ, NOTIFY_SOCKET=os.path.join(folder, "notify"),
                   WATCHDOG_USEC="400000")
daemon.start(environment)
same("readiness is announced", "READY=1", heard())
same("and is true at that moment", 1, wire.Session(pb, daemon.connect()).call(
    "hello", pb.Hello()).hello.protocol)
same("the watchdog is fed", ["WATCHDOG=1"] * 3, [heard() for _ in range(3)])
daemon.process.send_signal(signal.SIGHUP)
news = [heard() for _ in range(4)]
told("RELOADING=1" in news and "READY=1" in news, "a reload is announced", news)
daemon.process.send_signal(signal.SIGTERM)
told(watch.wait_for(lambda: heard() == "STOPPING=1"), "stopping is announced")
same("the daemon ends with 0", 0, daemon.process.wait(10))

# A socket that is there before the daemon: whoever connects early waits, and is answered.
listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
handed = os.path.join(folder, "handed")
listening.bind(handed)
listening.listen()
early = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
early.connect(handed)
session = wire.Session(pb, early)
session.send(session.request("hello", pb.Hello()))
LAUNCH = """
import os, sys
fd = int(sys.argv[1])
if fd != 3:
    os.dup2(fd, 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""
with open(os.path.join(folder, "log"), "ab") as log:
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, str(listening.fileno()), wire.demeritd(), "--data",
         os.path.join(folder, "data")], pass_fds=[listening.fileno()], stdout=log, stderr=log)
same("whoever connected early is answered", 1, session.receive().hello.protocol)
process.terminate()
same("with sockets handed over it ends with 0", 0, process.wait(10))
told(os.path.exists(handed), "a socket handed over is not removed", "")

if os.geteuid() == 0:
    nobody = pwd.getpwnam("nobody")
    theirs = os.path.join(folder, "theirs")
    os.mkdir(theirs)
    os.chown(theirs, nobody.pw_uid, nobody.pw_gid)
    other = wire.Daemon(folder=theirs, options=["--user", "nobody"]).start()
    principal = wire.Session(pb, other.connect()).call("hello", pb.Hello()).hello.principal
    same("root may still do everything", "root", principal)
    with open(f"/proc/{other.process.pid}/status", encoding="ascii") as status:
        rows = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
    same("--user is that user, for good", [str(nobody.pw_uid)] * 4, rows["Uid"].split())
    same("and that group", [str(nobody.pw_gid)] * 4, rows["Gid"].split())
    same("and has no capabilities", 0, int(rows["CapEff"], 16))
    same("the book is theirs", nobody.pw_uid, os.stat(os.path.join(theirs, "data")).st_uid)
    same("it ends with 0", 0, other.stop())
    missing = wire.Daemon(options=["--user", "no-such-user"]).start()
    same("an unknown user is refused", 1, missing.process.wait(10))
    told("no-such-user" in missing.log(), "by name", missing.log())
watch.finish()
