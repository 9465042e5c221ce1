"""The stand-in behind the real bytes: a session thread that speaks the wire's protobuf.

It exists to test wire.py before and without the daemon: what the oracle would send and read,
cut into pieces of a few bytes each.
"""

import socket
import threading
from datetime import date

from fake import Fake
from model import Standing
from wire import PARAMETER, from_wire, to_wire, word
from world import ANY, Given

CODE = {"refused": "FAILED_PRECONDITION", "exists": "ALREADY_EXISTS", "missing": "NOT_FOUND",
        "invalid": "INVALID_ARGUMENT"}
TO_PARAMETER = {v: k for k, v in PARAMETER.items()}
PIECES = (1, 3, 7, 4096)


class Loopback:
    def __init__(self, schema, bug=None):
        self.pb = schema
        self.fake = Fake(bug)
        self.near, self.far = socket.socketpair()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        stream = self.far.makefile("rb")
        turn = 0
        while True:
            size = shift = 0
            while True:
                byte = stream.read(1)
                if not byte:
                    return
                size |= (byte[0] & 127) << shift
                shift += 7
                if byte[0] < 128:
                    break
            request = self.pb.Request.FromString(stream.read(size))
            data = self._answer(request).SerializeToString()
            head, size = b"", len(data)
            while size > 127:
                head += bytes([size & 127 | 128])
                size >>= 7
            data = head + bytes([size]) + data
            turn += 1
            piece = PIECES[turn % len(PIECES)] if len(data) < 200 else 4096
            for at in range(0, len(data), piece):
                self.far.sendall(data[at:at + piece])

    def _answer(self, request):
        response = self.pb.Response(request_id=request.request_id)
        response.position.sequence = self.fake.sequence
        body = request.WhichOneof("body")
        message = getattr(request, body)
        known_at = request.known_at if request.HasField("known_at") else None
        if body == "hello":
            response.hello.today = to_wire(self.fake.today)
        elif body == "check_batch":
            for item in message.items:
                self._check(item, known_at, response.check_batch.results.add().check)
        elif body == "standing":
            self._standing(message, known_at, response.standing)
        elif body == "screen":
            self._screen(message, known_at, response)
        elif body == "write_batch":
            for item in message.items:
                kind = item.WhichOneof("body")
                result = response.write_batch.results.add()
                answer, _ = self.fake.write(getattr(self, "_" + kind)(getattr(item, kind)))
                if answer.kind != "ok":
                    result.error.code = self.pb.Code.Value("CODE_" + CODE[answer.kind])
                    result.error.reason = answer.reason
        else:
            op = getattr(self, "_" + body)(message)
            answer, sequence = self.fake.write(op, key=request.idempotency_key,
                                               dry_run=request.dry_run)
            if answer.kind == "ok":
                response.write.sequence = sequence
            else:
                self._error(answer, response.error)
        return response

    def _error(self, answer, error):
        error.code = self.pb.Code.Value("CODE_" + CODE[answer.kind])
        error.reason = answer.reason
        for name in sorted(answer.missing):
            error.choices.add(parameter=TO_PARAMETER.get(name, name))

    # ---- reads

    def _screen(self, message, known_at, response):
        lines = [([r.code for r in item.roles], from_wire(item, "service_day"),
                  item.institution if item.HasField("institution") else None, item.emergency)
                 for item in message.items]
        for item, (decision, reason) in zip(message.items, self.fake.screen(lines, known_at)):
            decision = "pay" if decision == ANY else decision
            reason = "ELIGIBLE" if reason == ANY else reason
            response.screen.results.add(
                id=item.id, decision=self.pb.Decision.Value("DECISION_" + decision.upper()),
                reason=self.pb.DecisionReason.Value("DECISION_REASON_" + reason))
        response.end = True

    @staticmethod
    def _day(message, name, value):
        if isinstance(value, date):
            setattr(message, name, to_wire(value))

    def _check(self, item, known_at, out):
        (check,), _, (registered,) = self.fake.look(
            [(item.practitioner, from_wire(item, "on"),
              item.institution if item.HasField("institution") else None, item.emergency,
              known_at)], [])
        if ANY in (check.decision, check.status):
            return
        out.decision = self.pb.Decision.Value("DECISION_" + check.decision.upper())
        out.status = self.pb.EligibilityStatus.Value("ELIGIBILITY_STATUS_" + check.status.upper())
        reason = check.reason if check.reason != ANY else "ELIGIBLE"
        out.reason = self.pb.DecisionReason.Value("DECISION_REASON_" + reason)
        self._day(out, "until_day", check.until)
        self._day(out, "bar_until", check.bar_until)
        if check.points != ANY:
            out.points_this_year = check.points
        if registered != ANY:
            out.registered = registered

    def _standing(self, message, known_at, out):
        _, (standing,), _ = self.fake.look(
            [], [(message.practitioner, from_wire(message, "on"), known_at)])
        if not isinstance(standing, Standing):
            return
        check = standing.check
        out.status = self.pb.EligibilityStatus.Value("ELIGIBILITY_STATUS_" + check.status.upper())
        self._day(out, "status_until", check.until)
        self._day(out, "bar_until", check.bar_until)
        out.points_this_year, out.points_raw = check.points, check.raw
        for row in standing.rows:
            s = out.sanctions.add()
            s.kind = self.pb.SanctionKind.Value("SANCTION_KIND_" + row.kind.upper())
            path = row.path if row.path != ANY else "single"
            s.path = self.pb.SanctionPath.Value("SANCTION_PATH_" + path.upper())
            s.from_day = to_wire(row.start)
            for name in ("months", "bar_years"):
                if getattr(row, name) not in (None, ANY):
                    setattr(s, name, getattr(row, name))
            self._day(s, "bar_until", row.bar_until)
            self._day(s, "until_day", next(iter(row.until)))
            if row.lifted:
                s.lifted = to_wire(self.fake.today)
            if row.superseded is True:
                s.superseded_by = "other"
            s.basis.extend(sorted(next(iter(row.basis), ())))

    # ---- writes: each answers the name and arguments of a Model method

    def _given(self, m, reason=None):
        def has(name):
            return getattr(m, name) if m.HasField(name) else None

        overlap = word(m, "overlap", "OVERLAP_").lower() if m.HasField("overlap") else None
        return Given(has("months"), has("bar_years"), from_wire(m, "from_day"), overlap,
                     has("credit_days"), has("reason") or reason)

    def _institution_add(self, m):
        return "institution_add", {"code": m.code, "region": m.region,
                                   "kind": word(m, "kind", "INSTITUTION_KIND_").lower()}

    def _practitioner_add(self, m):
        return "practitioner_add", {"code": m.code,
                                    "category": word(m, "category", "CATEGORY_").lower()}

    @staticmethod
    def _person_place(name, m):
        return name, {"code": m.practitioner, "institution": m.institution,
                      "on": from_wire(m, "on")}

    def _registration_join(self, m):
        return self._person_place("registration_join", m)

    def _registration_leave(self, m):
        return self._person_place("registration_leave", m)

    def _reregister(self, m):
        return self._person_place("practitioner_register", m)

    def _penalty_record(self, m):
        return "penalty_record", {"id_": m.id, "institution": m.institution,
                                  "on": from_wire(m, "on")}

    def _points(self, m):
        rulebook = m.rulebook if m.HasField("rulebook") else None
        if m.HasField("rulebook_on"):
            rulebook += "@" + str(from_wire(m, "rulebook_on"))
        return {"points": m.points, "penalty": m.penalty if m.HasField("penalty") else None,
                "on": from_wire(m, "on"),
                "institution": m.institution if m.HasField("institution") else None,
                "conduct": (from_wire(m, "conduct_from"), from_wire(m, "conduct_to"))
                if m.HasField("conduct_from") else None,
                "situation": m.situation or "other", "rulebook": rulebook,
                "given": self._given(m)}

    def _points_record(self, m):
        return "points_record", {"code": m.practitioner, "id_": m.id, **self._points(m)}

    def _points_correct(self, m):
        return "points_correct", {"id_": m.entry, "new_id": m.replacement.id,
                                  **self._points(m.replacement)}

    def _choices(self, m):
        return {c.practitioner: self._given(c, m.reason) for c in m.choices}

    def _points_annul(self, m):
        return "points_annul", {"id_": m.entry, "reason": m.reason, "choice": self._choices(m)}

    def _penalty_overturn(self, m):
        return "penalty_overturn", {"id_": m.id, "on": from_wire(m, "on"),
                                    "choice": self._choices(m)}

    def _foreign_sanction_record(self, m):
        return "sanction_record", {
            "code": m.practitioner, "kind": word(m, "kind", "SANCTION_KIND_").lower(),
            "start": from_wire(m, "from_day"), "until": from_wire(m, "until_day"),
            "id_": m.id, "exempt": frozenset(m.exempt)}

    def _foreign_sanction_end(self, m):
        return "sanction_end", {"id_": m.id, "on": from_wire(m, "on"), "withdrawn": m.withdrawn}
