#!/usr/bin/python3
"""The tables again, through a running daemon and the command line: through_daemon.py FILE...

What the pure core decides is only as good as what the daemon asks it and what the client shows. So
every row becomes one `demerit` command against a private daemon, and its verdict, the year's
total and the state come from `demerit practitioner show`. README.md says how a row reads.

The daemon stamps the day of recording by its own clock, which is set ahead of every table. Rows
about a decision dated tomorrow are left to the core, unless "tomorrow" is far away; so is the one
that would need thousands of people.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

FOLDER = os.path.dirname(os.path.abspath(__file__))

BUILD = os.environ.get("DEMERIT_BUILD", "")
DEMERITD = os.environ.get("DEMERITD") or os.path.join(BUILD, "daemon", "demeritd")
DEMERIT = os.environ.get("DEMERIT") or os.path.join(BUILD, "client", "demerit")
FAKETIME = (glob.glob("/usr/lib/*/faketime/libfaketime.so.1") or [""])[0]
NOW = "2032-01-01 12:00:00"
# Where today decides (a closed year): each scenario has a daemon of its own, whose clock goes with
# its rows. Elsewhere everything was recorded long ago, and one daemon does for all.
CLOCKED = {"repair.txt", "proposal.txt"}
START_MAX_S = 20
WORKERS = 4
STEPS_MAX = 8

# Their sentence does not tell the day, or it is the daemon's own.
DAY_UNTOLD = {"already_registered", "not_registered", "entry_fallen"}

REGIONS = {"beijing": "11", "tianjin": "12", "inner-mongolia": "15", "liaoning": "21",
           "shanghai": "31", "fujian": "35", "hunan": "43", "hainan": "46", "chongqing": "50",
           "sichuan": "51", "guizhou": "52", "national": "33"}
FIRST_DAY = "2025-01-01"
CHOICES = ("months", "from", "bar-years", "overlap", "credit")


def verdicts():
    """Every word that can end a command: read from where the verdicts are numbered."""
    path = os.path.join(FOLDER, "..", "..", "daemon", "ledger", "verdict.h")
    with open(path, encoding="utf-8") as header:
        words = re.findall(r"^\tVERDICT_([A-Z_]+)\s*=", header.read(), re.MULTILINE)
    return {word.lower() for word in words} | {"pay", "exempt", "undetermined", "refuse", "-"}


class Row:
    def __init__(self, path, number, text, ends):
        words = text.split()
        at = next(i for i in range(2, len(words)) if words[i].split("[")[0] in ends)
        self.where = f"{os.path.basename(path)}:{number}"
        self.recorded = words[0]
        self.command = words[1]
        self.words = [w for w in words[2:at] if "=" not in w]
        self.values = dict(w.split("=", 1) for w in words[2:at] if "=" in w.split(":")[0])
        self.choices = [w for w in words[2:at] if ":" in w and "=" in w.split(":", 1)[1]
                        and "=" not in w.split(":")[0]]
        self.words = [w for w in self.words if w not in self.choices]
        self.verdict, _, says = words[at].partition("[")
        self.says = says.rstrip("]") if says or "[" in words[at] else None
        self.year = words[at + 1] if at + 1 < len(words) else "-"
        rest = re.split(r"\s+", text.strip(), maxsplit=at + 2)
        self.state = rest[at + 2].strip() if len(rest) > at + 2 else "-"


class Scenario:
    def __init__(self, number, where, slug):
        self.number = number
        self.where = where
        self.slug = slug
        self.loads = []  # of its table
        self.rows = []


def read(paths):
    """The scenarios of all tables, and the rulebooks they load."""
    ends = verdicts()
    scenarios, loads = [], []
    for path in paths:
        own = set()
        with open(path, encoding="utf-8") as table:
            for number, line in enumerate(table, 1):
                words = line.split()
                if not words or words[0].startswith("#"):
                    continue
                if words[0] == "load":
                    loads.append(os.path.join(os.path.dirname(path), words[1]))
                    own.add(loads[-1])
                elif words[0] == "rulebook":
                    where = f"{os.path.basename(path)}:{number}"
                    scenarios.append(Scenario(len(scenarios) + 1, where, words[1]))
                    scenarios[-1].loads = [p for p in loads if p in own]
                else:
                    scenarios[-1].rows.append(Row(path, number, line, ends))
    return scenarios, loads


class Refused(Exception):
    """A command of the table's own setting up did not go through."""


class Player:
    """One scenario: its codes carry a prefix, so that all share one daemon."""

    def __init__(self, scenario, environment):
        self.scenario = scenario
        self.environment = environment
        self.prefix = f"s{scenario.number}-"
        self.by_region = scenario.slug in REGIONS
        self.region = REGIONS.get(scenario.slug, "33") + "0100"
        self.people, self.penalties, self.years, self.owners = set(), {}, {}, {}
        self.entries = 0
        self.under = {}  # entry -> penalty
        self.cases, self.case_of, self.stay_owner, self.case_person = {}, {}, {}, {}
        self.shown = {}
        self.faults = []
        self.played = 0

    def code(self, name):
        return self.prefix + name

    def run(self, *arguments):
        done = subprocess.run([DEMERIT, "-o", "json", *arguments], env=self.environment,
                              capture_output=True, encoding="utf-8", timeout=60, check=False)
        if done.returncode == 0:
            return json.loads(done.stdout)
        try:
            return json.loads(done.stderr.strip().splitlines()[-1])
        except (ValueError, IndexError):
            return {"error": {"reason": f"exit status {done.returncode}", "message": done.stderr}}

    def must(self, *arguments):
        answer = self.run(*arguments)
        if "error" in answer:
            raise Refused(f"{' '.join(arguments)}: {answer['error']}")
        return answer

    # What a row takes for granted.

    def begin(self):
        self.must("institution", "add", self.code("H1"), "--name", "H1", "--region", self.region,
                  "--kind", "hospital")

    def person(self, name):
        if name.startswith("P") and name not in self.people:
            self.people.add(name)
            self.must("practitioner", "add", self.code(name), "--category", "medical", "--at",
                      self.code("H1"), "--from", FIRST_DAY)
        return self.code(name)

    def penalty_record(self, name, values, on):
        return ["penalty", "record", self.code(name), "--institution",
                self.code(values.get("at", "H1")), "--kind", values.get("kind", "administrative"),
                "--measure", "fine", "--article", "38", "--authority", "bureau", "--on", on]

    def penalty(self, row):
        name = row.values["penalty"]
        if name.startswith("I") and name not in self.penalties:
            on = row.values.get("on", row.values.get("from", row.recorded))
            self.must(*self.penalty_record(name, row.values, on))
            self.penalties[name] = on
        return self.code(name)

    # One function a command: the arguments, or the answer.

    def do_institution(self, row):
        return self.run("institution", "add", self.code(row.words[0]), "--name", row.words[0],
                        "--region", row.values.get("region", self.region),
                        "--kind", row.values.get("kind", "hospital"))

    def do_change(self, row):
        arguments = ["institution", "change", self.code(row.words[0]), "--on",
                     row.values.get("on", row.recorded)]
        for key, option in (("region", "--region"), ("closed", "--closed-on")):
            if key in row.values:
                arguments += [option, row.values[key]]
        if "into" in row.values:
            arguments += ["--merged-into", self.code(row.values["into"])]
        return self.run(*arguments)

    def do_practitioner(self, row):
        self.people.add(row.words[0])
        arguments = ["practitioner", "add", self.code(row.words[0]), "--category",
                     row.values.get("category", "medical")]
        if "at" in row.values:
            arguments += ["--at", self.code(row.values["at"]),
                          "--from", row.values.get("from", FIRST_DAY)]
        if "alias" in row.values:
            arguments += ["--alias", self.alias(row.values["alias"])]
        return self.run(*arguments)

    def alias(self, alias):
        """Each scenario's people and their names are its own."""
        kind, value = alias.split(":", 1)
        return kind + ":" + self.code(value)

    def do_alias(self, row):
        more = ["--remove"] if row.command == "unalias" else []
        return self.run("practitioner", "alias", self.person(row.words[0]),
                        self.alias(row.words[1]), *more)

    do_unalias = do_alias

    def do_join(self, row):
        return self.run("registration", row.command, self.person(row.words[0]),
                        self.code(row.words[1]), "--on", row.values.get("on", row.recorded))

    do_leave = do_join

    def do_register(self, row):
        return self.run("practitioner", "register", self.person(row.words[0]), "--at",
                        self.code(row.values.get("at", "H1")),
                        "--on", row.values.get("on", row.recorded))

    def do_penalty(self, row):
        on = row.values.get("on", row.recorded)
        answer = self.run(*self.penalty_record(row.words[0], row.values, on))
        if answer.get("verdict") == "ACCEPTED":
            self.penalties[row.words[0]] = on
        return answer

    def do_overturn(self, row):
        arguments = ["penalty", "overturn", self.code(row.words[0]), "--reason", "r",
                     "--on", row.values.get("on", row.recorded)]
        for choice in row.choices:
            arguments += ["--choice", self.prefix + choice]
        return self.run(*arguments)

    def points(self, row, person, number):
        """The options that points record and points correct share."""
        self.entries += 1
        name = row.values.get("id", f"E{self.entries}")
        on = row.values.get("on", row.recorded)
        arguments = ["--id", self.code(name), "--level", row.values.get("level", "main")]
        if "penalty" in row.values:
            arguments += ["--penalty", self.penalty(row)]
            on = self.penalties.get(row.values["penalty"], on)
        elif "on" in row.values:
            arguments += ["--on", on]
        arguments += ["--conduct", row.values.get("conduct", on)]
        for key, option in (("situation", "situation"), ("catalogue", "catalogue-code"),
                            ("act", "act"), ("shift", "band-shift")):
            if key in row.values:
                arguments += [f"--{option}", row.values[key]]
        if "rulebook" in row.values or not self.by_region:
            arguments += ["--rulebook", row.values.get("rulebook", self.scenario.slug)]
        if row.values.get("reason") != "none":
            arguments += ["--reason", "r"]
        self.years[name] = int(on[:4])
        self.owners.setdefault(name, person)
        return [number, *arguments]

    def choice(self, row, person=None):
        """As options of their own, or gathered for one person."""
        given = [(key, row.values[key]) for key in CHOICES if key in row.values]
        if person is None:
            return [word for key, value in given for word in (f"--{key}", value)]
        if not given:
            return []
        return ["--choice", f"{person}:" + ",".join(f"{key}={value}" for key, value in given)]

    def do_points(self, row):
        person = self.person(row.words[0])
        for _ in range(int(row.values.get("times", 1)) - 1):
            self.must("points", "record", person,
                      *self.points(row, row.words[0], row.words[1]), *self.choice(row))
        return self.run("points", "record", person,
                        *self.points(row, row.words[0], row.words[1]), *self.choice(row))

    def owner_code(self, entry):
        return self.code(self.owners[entry]) if entry in self.owners else ""

    def do_correct(self, row):
        entry = row.words[0]
        return self.run("points", "correct", self.code(entry),
                        *self.points(row, self.owners.get(entry), row.words[1]),
                        *self.choice(row, self.owner_code(entry)))

    def do_annul(self, row):
        entry = row.words[0]
        return self.run("points", "annul", self.code(entry), "--reason", "r", "--on", row.recorded,
                        *self.choice(row, self.owner_code(entry)))

    def do_sanction(self, row):
        values = row.values
        arguments = ["sanction", "record", self.person(row.words[0]), "--kind", row.words[1],
                     "--source", "elsewhere", "--number", "1", "--from", values["from"],
                     "--id", self.code(values.get("id", "F1"))]
        if "until" in values:
            arguments += ["--until", values["until"]]
        if "exempt" in values:
            arguments += ["--exempt", values["exempt"].replace("+", ",")]
        self.owners.setdefault(values.get("id", "F1"), row.words[0])
        return self.run(*arguments)

    def do_end(self, row):
        name = row.words[0]
        if name.startswith("@"):
            sanctions = self.must("practitioner", "show", self.code(name[1:]))["sanctions"]
            code = [s["id"] for s in sanctions if s["path"] != "foreign"][-1]
        else:
            code = self.code(name)
        return self.run("sanction", "end", code, "--on", row.values.get("on", row.recorded))

    def case(self, row, letter):
        """The id of a case that begins: given, or the next of its letter."""
        self.cases[letter] = self.cases.get(letter, 0) + 1
        return self.code(row.values.get("id", f"{letter}{self.cases[letter]}"))

    def do_notice(self, row):
        self.case_of[self.case(row, "N")] = row.words[0]
        return self.run("notice", "record", self.code(row.words[0]),
                        "--to", self.code(row.values.get("to", "P1")),
                        "--served-on", row.values.get("on", row.recorded),
                        "--id", list(self.case_of)[-1])

    def do_objection(self, row):
        name = self.case(row, "O")
        self.case_of.setdefault(name, row.words[0])
        arguments = ["objection", "file", self.code(row.words[0]),
                     "--by", self.code(row.values.get("by", "P1")),
                     "--received-on", row.values.get("on", row.recorded), "--id", name]
        arguments += [f"--{key}" for key in ("signed", "stamped") if row.values.get(key) == "yes"]
        return self.run(*arguments)

    def do_explain(self, row):
        return self.run("objection", "explain", self.code(row.words[0]), "--text", "t",
                        "--on", row.values.get("on", row.recorded))

    def do_review(self, row):
        name = self.code(row.words[0])
        arguments = ["objection", "review", name, "--outcome", row.words[1], "--department", "d",
                     "--on", row.values.get("on", row.recorded)]
        if row.values.get("reason") != "none":
            arguments += ["--reason", "r"]
        if "points" in row.values:
            self.entries += 1
            entry = f"E{self.entries}"
            owner = self.owners.get(self.case_of.get(name))
            self.owners.setdefault(entry, owner)
            self.years[entry] = self.years.get(self.case_of.get(name))
            arguments += ["--points", row.values["points"], "--entry-id", self.code(entry)]
            if "rulebook" in row.values:
                arguments += ["--rulebook", row.values["rulebook"]]
            return self.run(*arguments, *self.choice(row))
        owner = self.owner_code(self.case_of.get(name))
        return self.run(*arguments, *self.choice(row, owner))

    def do_stay(self, row):
        name = row.words[0]
        if name.startswith("@"):
            sanctions = self.must("practitioner", "show", self.code(name[1:]))["sanctions"]
            code = [s["id"] for s in sanctions if s["path"] != "foreign"][-1]
            owner = name[1:]
        else:
            code, owner = self.code(name), self.owners.get(name)
        stay = self.case(row, "Y")
        self.stay_owner.setdefault(stay, owner)
        return self.run("sanction", "stay", code, "--court", "c", "--id", stay,
                        "--on", row.values.get("on", row.recorded))

    def do_resume(self, row):
        arguments = ["sanction", "resume", self.code(row.words[0]),
                     "--on", row.values.get("on", row.recorded)]
        if "until" in row.values:
            arguments += ["--until", row.values["until"]]
        if row.values.get("reason") != "none":
            arguments += ["--reason", "r"]
        return self.run(*arguments)

    def do_repair(self, row):
        name = self.case(row, "R")
        self.case_person.setdefault(name, row.words[0])
        arguments = ["repair", "request", self.person(row.words[0]), "--id", name,
                     "--activity", row.values.get("activity", "training"),
                     "--on", row.values.get("on", row.recorded)]
        if "points" in row.values:
            arguments += ["--points", row.values["points"]]
        return self.run(*arguments)

    def do_approve(self, row):
        name = self.code(row.words[0])
        arguments = ["repair", "approve", name, "--on", row.values.get("on", row.recorded)]
        if "points" in row.values:
            arguments += ["--points", row.values["points"]]
        if "sanction" in row.values:
            code = row.values["sanction"]
            if code.startswith("@"):
                sanctions = self.must("practitioner", "show", self.code(code[1:]))["sanctions"]
                code = [s["id"] for s in sanctions if s["path"] != "foreign"][-1]
            else:
                code = self.code(code)
            arguments += ["--sanction", code, "--until", row.values["until"], "--reason", "r"]
        return self.run(*arguments)

    def do_deny(self, row):
        return self.run("repair", "deny", self.code(row.words[0]), "--reason", "r",
                        "--on", row.values.get("on", row.recorded))

    def behind(self, row):
        return ["--on-behalf-of", row.values["as"]] if "as" in row.values else []

    def do_propose(self, row):
        name = self.proposal()
        self.case_person[name] = row.words[0]
        person = self.person(row.words[0])
        return self.run("points", "propose", person, "--proposal", name, *self.behind(row),
                        *self.points(row, row.words[0], row.words[1]), *self.choice(row))

    def proposal(self):
        self.cases["Q"] = self.cases.get("Q", 0) + 1
        return self.code(f"Q{self.cases['Q']}")

    def do_second(self, row):
        return self.run("points", "approve", self.code(row.words[0]), *self.behind(row))

    def do_reject(self, row):
        return self.run("points", "deny", self.code(row.words[0]), "--reason", "r",
                        *self.behind(row))

    def do_show(self, row):
        self.person(row.words[0])
        return {"verdict": "-"}

    def do_check(self, row):
        name = row.words[0]
        arguments = ["check", self.code(name), "--on", row.values.get("on", row.recorded)]
        if "at" in row.values:
            arguments += ["--institution", self.code(row.values["at"])]
        if "visit" in row.values:
            arguments += ["--visit-type", row.values["visit"]]
        if row.values.get("emergency") == "yes":
            arguments.append("--emergency")
        done = subprocess.run([DEMERIT, "-o", "json", *arguments], env=self.environment,
                              capture_output=True, encoding="utf-8", timeout=60, check=False)
        answer = json.loads(done.stdout)
        return answer[0] if isinstance(answer, list) else answer

    # What came of it.

    def fault(self, row, what, expected, got):
        self.faults.append(f"not ok daemon {row.where} {row.command}: {what} "
                           f"expected \"{expected}\", got \"{got}\"")

    def person_of(self, row):
        if row.command in ("annul", "correct"):
            return self.owners.get(row.words[0])
        if row.command in ("notice", "objection"):
            return self.owners.get(row.words[0])
        if row.command in ("explain", "review"):
            return self.owners.get(self.case_of.get(self.code(row.words[0])))
        if row.command in ("approve", "deny", "second", "reject"):
            return self.case_person.get(self.code(row.words[0]))
        if row.command == "resume":
            return self.stay_owner.get(self.code(row.words[0]))
        if row.command in ("end", "stay"):
            name = row.words[0]
            return name[1:] if name.startswith("@") else self.owners.get(name)
        if row.command == "overturn":
            under = self.entries_under(row.words[0])
            return next((p for e, p in self.owners.items() if e in under), None)
        return row.words[0] if row.command not in ("institution", "penalty") else None

    def entries_under(self, penalty):
        return [e for e, p in self.under.items() if p == penalty]

    def year_of(self, row):
        if row.command in ("annul", "correct", "notice", "objection"):
            return self.years.get(row.words[0], int(row.recorded[:4]))
        if row.command in ("explain", "review"):
            entry = self.case_of.get(self.code(row.words[0]))
            return self.years.get(entry, int(row.recorded[:4]))
        if row.command == "points":
            on = row.values.get("on", row.recorded)
            return int(self.penalties.get(row.values.get("penalty"), on)[:4])
        return int(row.recorded[:4])

    def says(self, row, answer):
        """What stands in brackets: a measure, or what the refusal names."""
        if row.verdict == "accepted":
            shown = self.show(row.words[0], row.recorded)
            entry = self.code(row.values.get("id", f"E{self.entries}"))
            due = [m["action"] for m in shown["measures"] if m["entry"] == entry]
            if due != ([row.says] if row.says else []):
                self.fault(row, "measure", row.says, due)
            return
        if row.verdict in DAY_UNTOLD:
            return
        text = json.dumps(answer.get("error", {}), ensure_ascii=False)
        plain = text.replace("_", "-")
        for part in row.says.split(","):
            for word in part.rstrip(".").split("="):
                if word and word not in plain and word not in text:
                    self.fault(row, "to be told", word, text)

    def show(self, name, on):
        """Asked once a row: the total, the state and the measures are in one answer."""
        if (name, on) not in self.shown:
            self.shown[name, on] = self.must("practitioner", "show", self.code(name), "--on", on)
        return self.shown[name, on]

    def stretch(self, shown, on):
        """The state on a day in a table's words, and where it ends."""
        until, begins = shown["status_until"], on
        spans = self.spans(shown)
        if shown["status"] == "terminated":
            sanction, begins, _ = [s for s in spans if s[0]["kind"] == "terminated" and
                                   s[1] <= on and (s[2] is None or on < s[2])][-1]
            text = f"terminated {sanction['path']}"
            if until is not None:
                return f"{text} [{begins}, {until})"
            if sanction["path"] == "foreign":
                return f"{text} from {begins}"
            return f"{text}, bar until {shown['bar_until']}"
        # Suspensions that touch are one absence.
        while True:
            covering = [s for s in spans if s[1] < begins and (s[2] is None or begins <= s[2])
                        and s[0]["kind"] == "suspended"]
            if not covering:
                break
            begins = min(s[1] for s in covering)
        return f"suspended [{begins}, {until})"

    @staticmethod
    def spans(shown):
        """Each stretch of a sanction that stands: its first day and the first day no longer."""
        sanctions = shown["sanctions"]
        known = {s["id"]: s for s in sanctions}
        spans = []
        for s in sanctions:
            if s["lifted"] is not None:
                continue
            until = s["until"]
            over = known.get(s["superseded_by"])
            if over is not None and over["lifted"] is None:
                until = min(until or over["from"], over["from"])
                if until <= s["from"]:
                    continue
            begins = s["from"]
            for stay in sorted((t for t in shown["stays"] if t["sanction"] == s["id"]),
                               key=lambda t: t["from"]):
                if until is not None and stay["from"] >= until:
                    break
                if stay["from"] > begins:
                    spans.append((s, begins, stay["from"]))
                begins = max(begins, stay["until"] or "9999")
            if until is None or begins < until:
                spans.append((s, begins, until))
        return [span for span in spans if span[1] < "9999"]

    def state(self, name, on):
        stretches = []
        for _ in range(STEPS_MAX):
            shown = self.show(name, on)
            if shown["status"] != "normal":
                stretches.append(self.stretch(shown, on))
                if shown["status_until"] is None:
                    break
                on = shown["status_until"]
            else:
                later = [begins for _, begins, _ in self.spans(shown) if begins > on]
                if not later:
                    break
                on = min(later)
        return ", then ".join(stretches) or "normal"

    def total(self, name, row):
        year = self.year_of(row)
        on = row.recorded if year == int(row.recorded[:4]) else f"{year}-12-31"
        shown = self.show(name, on)
        points, raw = shown["points_this_year"], shown["points_raw"]
        return str(points) if points == raw else f"{points}({raw})"

    def play(self, row):
        if row.verdict == "date_in_future" and "2999-12-31" not in row.values.values():
            return
        if "subjects" in row.values:
            return
        if row.command == "points" and not {"penalty", "on"} & set(row.values):
            return  # the command line does not let such a command out
        self.played += 1
        self.shown = {}
        answer = getattr(self, f"do_{row.command}")(row)
        if row.command == "check":
            got = (answer["decision"], answer["reason"])
            if got != (row.verdict, row.state):
                self.fault(row, "decision", f"{row.verdict} {row.state}", " ".join(got))
            return
        if "error" in answer:
            verdict = answer["error"]["reason"].lower()
        else:
            verdict = answer["verdict"].lower()
        if verdict != row.verdict:
            self.fault(row, "verdict", row.verdict, f"{verdict} {answer.get('error', '')}")
            return
        if row.says is not None:
            self.says(row, answer)
        name = self.person_of(row)
        if name is None or row.year == "-" and row.state == "-":
            return
        if row.year not in ("-", self.total(name, row)):
            self.fault(row, "total", row.year, self.total(name, row))
        if row.state != "-":
            state = self.state(name, row.recorded)
            if state != row.state:
                self.fault(row, "state", row.state, state)

    def play_all(self):
        if os.path.basename(self.scenario.where).split(":")[0] not in CLOCKED:
            return self.play_rows(lambda row: None)
        daemon = Daemon(self.scenario.rows[0].recorded)
        try:
            if not daemon.ready():
                raise Refused("its daemon did not start")
            self.environment = daemon.environment
            for path in self.scenario.loads:
                self.must("rulebook", "load", path)
            return self.play_rows(daemon.clock)
        except Refused as problem:
            self.faults.append(f"not ok daemon {self.scenario.where}: {problem}")
            return self
        finally:
            daemon.close()

    def play_rows(self, clock):
        try:
            self.begin()
            for row in self.scenario.rows:
                clock(row)
                self.play(row)
                if row.command == "points" and "penalty" in row.values:
                    self.under[row.values.get("id", f"E{self.entries}")] = row.values["penalty"]
        except (Refused, KeyError, IndexError, ValueError, subprocess.TimeoutExpired) as problem:
            self.faults.append(f"not ok daemon {self.scenario.where}: {type(problem).__name__}: "
                               f"{problem}")
        return self


class Daemon:
    def __init__(self, day=None):
        self.folder = tempfile.mkdtemp(prefix="demerit-rules-")
        self.environment = dict(os.environ, LC_ALL="C.UTF-8",
                                DEMERIT_SERVER=f"unix:{self.folder}/sock")
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.day, self.principal, self.two_persons = day, None, False
        self.start()

    def options(self):
        """Whoever asks has the same uid; the configuration says what it is called."""
        options = ["--two-persons", "yes"] if self.two_persons else []
        if self.principal is None:
            return options
        with open(f"{self.folder}/conf", "w", encoding="utf-8") as conf:
            conf.write(f"[demeritd]\ndata = {self.folder}/data\n[principal {self.principal}]\n"
                       f"uid = {os.getuid()}\nroles = everything\n")
        return options + ["--config", f"{self.folder}/conf"]

    def start(self):
        now = NOW if self.day is None else f"{self.day} 12:00:00"
        faked = dict(os.environ, LD_PRELOAD=FAKETIME, FAKETIME="@" + now,
                     FAKETIME_DONT_FAKE_MONOTONIC="1", FAKETIME_NO_CACHE="1", TZ="Asia/Shanghai")
        self.process = subprocess.Popen([DEMERITD, "--data", f"{self.folder}/data", "--listen",
                                         f"unix:{self.folder}/sock", "--accept-clock",
                                         *self.options()],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env=faked)

    def clock(self, row):
        """On to that day and principal: a clock that jumps would be doubted, so it starts again."""
        now = (row.recorded, row.values.get("by"), row.values.get("persons") == "2")
        if now == (self.day, self.principal, self.two_persons):
            return
        self.stop()
        self.day, self.principal, self.two_persons = now
        self.start()
        if not self.ready():
            raise Refused(f"its daemon did not start on {self.day}")

    def ready(self):
        deadline = time.monotonic() + START_MAX_S
        while time.monotonic() < deadline and self.process.poll() is None:
            done = subprocess.run([DEMERIT, "status"], env=self.environment, check=False,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if done.returncode == 0:
                return True
            time.sleep(0.02)
        return False

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def close(self):
        self.stop()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def main(paths):
    if not FAKETIME:
        print("not ok daemon: the package faketime is missing")
        return 1
    scenarios, loads = read(paths)
    daemon = Daemon()
    failed = 0
    try:
        if not daemon.ready():
            with open(os.path.join(daemon.folder, "log"), encoding="utf-8") as log:
                print("not ok daemon: it did not start:", log.read()[-2000:])
            return 1
        for path in loads:
            done = subprocess.run([DEMERIT, "rulebook", "load", path], env=daemon.environment,
                                  capture_output=True, encoding="utf-8", check=False)
            if done.returncode != 0:
                print(f"not ok daemon: {path} was not loaded: {done.stderr.strip()}")
                failed += 1
        players = [Player(scenario, daemon.environment) for scenario in scenarios]
        with ThreadPoolExecutor(WORKERS) as pool:
            for player in pool.map(Player.play_all, players):
                failed += len(player.faults)
                for fault in player.faults:
                    print(fault)
                if not player.faults:
                    print(f"ok daemon {player.scenario.where} ({player.played} rows)")
        if daemon.process.poll() is not None:
            print("not ok daemon: it is gone")
            failed += 1
    finally:
        daemon.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
