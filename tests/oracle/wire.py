"""The daemon as the oracle sees it: operations in, the contract's classes out.

Speaks varint-delimited protobuf over the Unix socket and starts one daemon for all machines.
Knows the shape of the messages and nothing of the rules.
"""

import atexit
import importlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta

from model import Standing
from wire_case import Cases
from world import ANY, Answer, Check, Row

EPOCH = date(1970, 1, 1)
START_MAX_S = 20
ANSWER_MAX_S = 20
NO = {"FAILED_PRECONDITION": "refused", "ALREADY_EXISTS": "exists", "NOT_FOUND": "missing",
      "INVALID_ARGUMENT": "invalid"}
PARAMETER = {"bar-years": "bar_years", "from": "start"}


def to_wire(day):
    return (day - EPOCH).days


def from_wire(message, name):
    return EPOCH + timedelta(days=getattr(message, name)) if message.HasField(name) else None


def word(message, name, prefix):
    """An enum's value as the lower-case word after its prefix."""
    field = message.DESCRIPTOR.fields_by_name[name]
    text = field.enum_type.values_by_number[getattr(message, name)].name
    return text[len(prefix):]


def load_schema():
    """Compiles the schema beside this test into a temporary folder and imports it."""
    proto = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "proto")
    out = tempfile.mkdtemp(prefix="oracle-pb-")
    atexit.register(shutil.rmtree, out, ignore_errors=True)
    subprocess.run(["protoc", f"--python_out={out}", f"-I{proto}", "demerit/v1/demerit.proto"],
                   check=True)
    sys.path.insert(0, out)
    return importlib.import_module("demerit.v1.demerit_pb2")


class Daemon:
    """A daemon of our own in a folder of its own, ended with the process that started it."""

    def __init__(self, binary):
        self.binary = binary
        self.folder = tempfile.mkdtemp(prefix="oracle-")
        self.path = os.path.join(self.folder, "s")
        self.log_path = os.path.join(self.folder, "log")
        self.process = None
        self._start()
        atexit.register(self.stop)

    def _start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                # Random histories are refused more often than a person would stand.
                [self.binary, "--data", os.path.join(self.folder, "data"), "--listen",
                 "unix:" + self.path, "--refusals-per-second", "1000000"],
                stdout=log, stderr=log)

    def start_without_view(self):
        """Stopped, its view taken away, started: everything is folded again from the book."""
        self._end()
        shutil.rmtree(os.path.join(self.folder, "data", "view"))
        self._start()

    def connect(self):
        deadline = time.monotonic() + START_MAX_S
        while True:
            s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                s.connect(self.path)
                s.settimeout(ANSWER_MAX_S)
                return s
            except OSError:
                s.close()
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the daemon did not start:\n" + self.tail()) from None
                time.sleep(0.02)

    def tail(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-20:])

    def _end(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def stop(self):
        self._end()
        shutil.rmtree(self.folder, ignore_errors=True)


class Wire(Cases):
    """One session. Every call pipelines what it can and answers in the model's words."""

    def __init__(self, connected, schema):
        self.pb = schema
        self.socket = connected
        self.buffer = b""
        self.request_id = 0
        self.key = 0
        hello = self._call(self._request("hello", schema.Hello(client="oracle")))
        if hello.WhichOneof("body") != "hello":
            raise RuntimeError(f"no greeting: {hello}")
        self.today = EPOCH + timedelta(days=hello.hello.today)
        self.sequence = hello.position.sequence
        self.last = None

    # ---- framing

    def _request(self, body, message, **more):
        self.request_id += 1
        request = self.pb.Request(request_id=self.request_id, **more)
        getattr(request, body).CopyFrom(message)
        return request

    def _send(self, requests):
        out = b""
        for request in requests:
            data = request.SerializeToString()
            size = len(data)
            while size > 127:
                out += bytes([size & 127 | 128])
                size >>= 7
            out += bytes([size]) + data
        self.socket.sendall(out)

    def _receive(self):
        while True:
            size = shift = at = 0
            for at, byte in enumerate(self.buffer):
                size |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    end = at + 1 + size
                    if len(self.buffer) >= end:
                        data = self.buffer[at + 1:end]
                        self.buffer = self.buffer[end:]
                        return self.pb.Response.FromString(data)
                    break
            more = self.socket.recv(1 << 16)
            if not more:
                raise RuntimeError("the daemon closed the session")
            self.buffer += more

    def _all(self, requests):
        """Responses to all the requests, in the requests' order; they may come in any."""
        self._send(requests)
        waiting = {r.request_id: None for r in requests}
        for _ in requests:
            response = self._receive()
            if response.request_id not in waiting:
                raise RuntimeError(f"an answer nobody asked for: {response}")
            waiting[response.request_id] = response
        return list(waiting.values())

    def _call(self, request):
        return self._all([request])[0]

    # ---- writes

    def write(self, op, *, key=None, dry_run=False):
        """Answers (Answer, sequence). `op` is (name, arguments) of a Model method."""
        name, arguments = op
        body, message = getattr(self, "_" + name)(**arguments)
        if key is None:
            key = self.new_key()
        more = {"idempotency_key": key}
        if dry_run:
            more["dry_run"] = True
        response = self._call(self._request(body, message, **more))
        self.last = response
        if response.WhichOneof("body") == "error":
            return self._no(response.error), self.sequence
        if response.WhichOneof("body") != "write":
            return Answer("failure", f"answered {response.WhichOneof('body')}"), self.sequence
        if not dry_run:
            self.sequence = response.write.sequence or response.position.sequence
        return Answer("ok"), self.sequence

    def new_key(self):
        self.key += 1
        return f"oracle-{os.getpid()}-{self.key}"

    @staticmethod
    def _no(error):
        code = word(error, "code", "CODE_")
        choices = getattr(error, "choices", ())      # an item of a batch carries none
        missing = {PARAMETER.get(c.parameter, c.parameter) for c in choices}
        if code not in NO:
            return Answer("failure", f"{code} {error.reason}: {error.message}")
        return Answer(NO[code], error.reason, frozenset(missing))

    def _institution_add(self, code, region, kind, name=""):
        return "institution_add", self.pb.InstitutionAdd(
            code=code, region=region, name=name or "Place",
            kind=self.pb.InstitutionKind.Value("INSTITUTION_KIND_" + kind.upper()))

    def _practitioner_add(self, code, category):
        return "practitioner_add", self.pb.PractitionerAdd(
            code=code, category=self.pb.Category.Value("CATEGORY_" + category.upper()))

    def _registration_join(self, code, institution, on):
        return "registration_join", self.pb.RegistrationJoin(
            practitioner=code, institution=institution, on=to_wire(on))

    def _registration_leave(self, code, institution, on):
        return "registration_leave", self.pb.RegistrationLeave(
            practitioner=code, institution=institution, on=to_wire(on))

    def _practitioner_register(self, code, institution, on):
        return "reregister", self.pb.Reregister(
            practitioner=code, institution=institution, on=to_wire(on))

    def _penalty_record(self, id_, institution, on, facts=()):
        measure, = facts or ("fine",)
        return "penalty_record", self.pb.PenaltyRecord(
            id=id_, institution=institution, on=to_wire(on), measure=measure, article="38",
            authority="bureau", kind=self.pb.PenaltyKind.Value("PENALTY_KIND_ADMINISTRATIVE"))

    def _entry(self, points, penalty, on, institution, conduct, situation, rulebook, given):
        message = self.pb.PointsRecord(
            points=points, level=self.pb.Level.Value("LEVEL_MAIN"), situation=situation)
        if penalty is not None:
            message.penalty = penalty
        if on is not None:
            message.on = to_wire(on)
        if institution is not None:
            message.institution = institution
        if conduct is not None:
            message.conduct_from, message.conduct_to = map(to_wire, conduct)
        if rulebook is not None:
            slug, _, at = rulebook.partition("@")
            message.rulebook = slug
            if at:
                message.rulebook_on = to_wire(date.fromisoformat(at))
        if given.reason is not None:
            message.reason = given.reason
        self._fill(message, given)
        return message

    def _fill(self, message, given):
        for name, field in (("months", "months"), ("bar_years", "bar_years"),
                            ("credit", "credit_days")):
            if getattr(given, name) is not None:
                setattr(message, field, getattr(given, name))
        if given.start is not None:
            message.from_day = to_wire(given.start)
        if given.overlap is not None:
            message.overlap = self.pb.Overlap.Value("OVERLAP_" + given.overlap.upper())

    def _points_record(self, code, points, *, id_, penalty=None, on=None, institution=None,
                       conduct=None, situation="other", rulebook=None, given, act=None,
                       catalogue=None, shift=0):
        # An entry has a day of conduct; only a correction may leave it as it was.
        if conduct is None:
            conduct = (date(2025, 1, 1), date(2025, 1, 1))
        message = self._entry(points, penalty, on, institution, conduct, situation, rulebook,
                              given)
        message.id = id_
        message.practitioner = code
        if act is not None:
            message.act = act
        if catalogue is not None:
            message.catalogue_code = catalogue
        if shift:
            message.band_shift = shift
        return "points_record", message

    def _points_annul(self, id_, reason, choice=None):
        message = self.pb.PointsAnnul(entry=id_, reason=reason)
        self._choices(message, choice)
        return "points_annul", message

    def _points_correct(self, id_, points, *, new_id, penalty=None, on=None, institution=None,
                        conduct=None, situation="other", rulebook=None, given):
        entry = self._entry(points, penalty, on, institution, conduct, situation, rulebook, given)
        entry.id = new_id
        return "points_correct", self.pb.PointsCorrect(entry=id_, reason="corrected",
                                                       replacement=entry)

    def _penalty_overturn(self, id_, on, choice=None):
        message = self.pb.PenaltyOverturn(id=id_, on=to_wire(on), reason="overturned")
        self._choices(message, choice)
        return "penalty_overturn", message

    def _choices(self, message, choice):
        for code, given in (choice or {}).items():
            self._fill(message.choices.add(practitioner=code), given)

    def _sanction_record(self, code, kind, start, until=None, *, id_, exempt=frozenset()):
        message = self.pb.ForeignSanctionRecord(
            id=id_, practitioner=code, source="elsewhere", number=id_, from_day=to_wire(start),
            kind=self.pb.SanctionKind.Value("SANCTION_KIND_" + kind.upper()),
            exempt=sorted(exempt))
        if until is not None:
            message.until_day = to_wire(until)
        return "foreign_sanction_record", message

    def _sanction_end(self, id_, on, withdrawn=False):
        message = self.pb.ForeignSanctionEnd(id=id_, on=to_wire(on), reason="ended")
        if withdrawn:
            message.withdrawn = True
        return "foreign_sanction_end", message

    # ---- reads

    def look(self, checks, standings):
        """Many questions in one round trip.

        `checks` are (code, day, institution, emergency, sequence), `standings` (code, day,
        sequence); a sequence of None asks for now. Answers two lists in the same order; an
        element is a Check, a Standing, or an Answer when the daemon said no.
        """
        by_sequence = {}
        for n, (code, day, institution, emergency, sequence) in enumerate(checks):
            item = self.pb.Check(practitioner=code, on=to_wire(day), detail=True)
            if institution is not None:
                item.institution = institution
            if emergency:
                item.emergency = True
            by_sequence.setdefault(sequence, []).append((n, item))
        requests = []
        for sequence, items in by_sequence.items():
            more = {} if sequence is None else {"known_at": sequence}
            batch = self.pb.CheckBatch(items=[item for _, item in items])
            requests.append(self._request("check_batch", batch, **more))
        for code, day, sequence in standings:
            more = {} if sequence is None else {"known_at": sequence}
            body = self.pb.Standing(practitioner=code, on=to_wire(day))
            requests.append(self._request("standing", body, **more))
        responses = self._all(requests) if requests else []

        answers = [None] * len(checks)
        registered = [ANY] * len(checks)
        for (sequence, items), response in zip(by_sequence.items(), responses):
            if response.WhichOneof("body") != "check_batch":
                for n, _ in items:
                    answers[n] = self._no(response.error)
                continue
            for (n, _), result in zip(items, response.check_batch.results):
                if result.HasField("error"):
                    answers[n] = self._no(result.error)
                else:
                    answers[n] = self._check(result.check)
                    if result.check.HasField("registered"):
                        registered[n] = result.check.registered
        found = []
        for response in responses[len(by_sequence):]:
            if response.WhichOneof("body") != "standing":
                found.append(self._no(response.error))
            else:
                found.append(self._standing(response.standing))
        return answers, found, registered

    ROLES = ("BILG_DR_CODG", "ORDERS_DR_CODE", "ATDDR_NO", "OPER_DR_CODE")

    def screen(self, lines, sequence):
        """Claim lines (codes, day, institution, emergency); answers (decision, reason) each."""
        body = self.pb.Screen()
        for n, (codes, day, institution, emergency) in enumerate(lines):
            item = body.items.add(id=n + 1, service_day=to_wire(day), emergency=emergency)
            if institution is not None:
                item.institution = institution
            for name, code in zip(self.ROLES, codes):
                item.roles.add(role=self.pb.Role.Value("ROLE_" + name), code=code)
        more = {} if sequence is None else {"known_at": sequence}
        request = self._request("screen", body, **more)
        self._send([request])
        found = {}
        while True:
            response = self._receive()
            if response.request_id != request.request_id:
                raise RuntimeError(f"an answer nobody asked for: {response}")
            if response.WhichOneof("body") != "screen":
                return [self._no(response.error)] * len(lines)
            for result in response.screen.results:
                found[result.id] = (word(result, "decision", "DECISION_").lower(),
                                    word(result, "reason", "DECISION_REASON_"))
            if response.end:
                return [found.get(n + 1) for n in range(len(lines))]

    def write_batch(self, ops):
        """Many writes in one frame; answers an Answer each."""
        body = self.pb.WriteBatch()
        for name, arguments in ops:
            kind, message = getattr(self, "_" + name)(**arguments)
            getattr(body.items.add(), kind).CopyFrom(message)
        response = self._call(self._request("write_batch", body, idempotency_key=self.new_key()))
        if response.WhichOneof("body") != "write_batch":
            return [self._no(response.error)] * len(ops)
        return [self._no(r.error) if r.HasField("error") else Answer("ok")
                for r in response.write_batch.results]

    @staticmethod
    def _check(m):
        return Check(word(m, "decision", "DECISION_").lower(),
                     word(m, "status", "ELIGIBILITY_STATUS_").lower(),
                     word(m, "reason", "DECISION_REASON_"),
                     from_wire(m, "until_day"), from_wire(m, "bar_until"),
                     m.points_this_year if m.HasField("points_this_year") else 0, ANY)

    @staticmethod
    def _standing(m):
        check = Check(ANY, word(m, "status", "ELIGIBILITY_STATUS_").lower(), ANY,
                      from_wire(m, "status_until"), from_wire(m, "bar_until"),
                      m.points_this_year, m.points_raw)
        found = []
        for s in m.sanctions:
            found.append(Row(
                word(s, "kind", "SANCTION_KIND_").lower(),
                word(s, "path", "SANCTION_PATH_").lower(), from_wire(s, "from_day"),
                s.months if s.HasField("months") else None,
                s.bar_years if s.HasField("bar_years") else None, from_wire(s, "bar_until"),
                s.HasField("lifted"), s.HasField("superseded_by"),
                frozenset({from_wire(s, "until_day")}),
                frozenset({frozenset(s.basis)}) if s.basis else frozenset()))
        repairs = frozenset((r.id, from_wire(r, "on"), r.points) for r in m.repairs)
        stays = frozenset((y.id, from_wire(y, "from_day"), from_wire(y, "until_day"))
                          for y in m.stays if not y.objection)
        return Standing(check, tuple(found), repairs, stays)


