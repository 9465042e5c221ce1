"""The procedure's writes and lists as messages: notice, objection, review, stay, repair.

Mixed into wire.Wire. Knows the shape of the messages and nothing of the rules.
"""

from datetime import date, timedelta

EPOCH = date(1970, 1, 1)


def _day(day):
    return (day - EPOCH).days


class Cases:
    """What Wire says and hears of cases."""

    def _rulebook_load(self, text):
        return "rulebook_load", self.pb.RulebookLoad(text=text)

    def _policy_load(self, text):
        return "policy_load", self.pb.PolicyLoad(text=text)

    def _notice_serve(self, id_, entry, to, served):
        return "notice", self.pb.Notice(id=id_, entry=entry, to=to, served_on=_day(served))

    def _objection_file(self, id_, entry, by, received, signed=False, stamped=False):
        message = self.pb.ObjectionFile(id=id_, entry=entry, by=by, received_on=_day(received),
                                        text="text")
        if signed:
            message.signed_by_person = True
        if stamped:
            message.stamped_by_institution = True
        return "objection_file", message

    def _objection_explain(self, objection, on):
        return "objection_explain", self.pb.ObjectionExplain(
            objection=objection, on=_day(on), text="explained")

    def _objection_review(self, objection, on, outcome, reason="reviewed", replacement=None,
                          choice=None):
        message = self.pb.Review(
            objection=objection, on=_day(on), department="department",
            outcome=self.pb.ReviewOutcome.Value("REVIEW_OUTCOME_" + outcome.upper()))
        if reason is not None:
            message.reason = reason
        if replacement is not None:
            more = dict(replacement)
            message.replacement.CopyFrom(self._entry(
                more.pop("points"), more.pop("penalty", None), more.pop("on", None), None,
                more.pop("conduct", None), more.pop("situation", "other"),
                more.pop("rulebook", None), more.pop("given")))
            message.replacement.id = more.pop("new_id")
            assert not more
        self._choices(message, choice)
        return "review", message

    def _sanction_stay(self, id_, sanction, on):
        return "stay", self.pb.Stay(id=id_, sanction=sanction, on=_day(on), court="court",
                                    number=id_, reason="ordered")

    def _sanction_resume(self, stay, on, until=None):
        message = self.pb.Resume(stay=stay, on=_day(on), reason="ordered")
        if until is not None:
            message.until_day = _day(until)
        return "resume", message

    def _repair_request(self, id_, code, activity, on, points=None):
        message = self.pb.RepairRequest(id=id_, practitioner=code, activity=activity, on=_day(on))
        if points is not None:
            message.points = points
        return "repair_request", message

    def _repair_approve(self, repair, on, points=None, sanction=None, until=None):
        message = self.pb.RepairApprove(repair=repair, on=_day(on), reason="approved")
        if points is not None:
            message.points = points
        if sanction is not None:
            message.sanction = sanction
        if until is not None:
            message.until_day = _day(until)
        return "repair_approve", message

    def _repair_deny(self, repair, on):
        return "repair_deny", self.pb.RepairDeny(repair=repair, on=_day(on), reason="denied")

    def cases(self, code):
        """The cases of a person: id -> (kind, state, due day, party)."""
        response = self._call(self._request("case_list", self.pb.CaseList(practitioner=code)))
        if response.WhichOneof("body") != "case_list":
            return self._no(response.error)
        return {c.id: (c.kind, c.state,
                       EPOCH + timedelta(days=c.due_on) if c.HasField("due_on") else None,
                       c.party) for c in response.case_list.cases}

    def sanction_ids(self, code):
        """The daemon's names of a person's sanctions, in the order they were set."""
        response = self._call(self._request("standing", self.pb.Standing(practitioner=code)))
        return [(s.id, EPOCH + timedelta(days=s.from_day), bool(s.source))
                for s in response.standing.sanctions]
