"""Compares what pgrec has of the executions of a server's clients with what the server itself said of them, process by
process and in order.

    judge.py LOG RECORDED [--wire FILE] [--known LIST] [--show N]

LOG is the server's jsonlog, written with log_min_duration_statement = 0 and log_statement = none: each message of a
client has one line there, with its duration and text or with its error. RECORDED is a trace (.pgt), which the program that
PGREC names reads, or what pgrec slowlog --threshold 0 --format json wrote. FILE is what wire.py wrote of the same
connections: it has the rows of each statement, and how many a message had.

Compared are: that each statement is there, once and in its place, its text, outcome, SQLSTATE, rows, query id (of the last
of a message), database and application. Printed are how many statements were compared, how many of them are equal, and
by class what differs and why. LIST has the reasons: lines CLASS | PATTERN | REASON; PATTERN is a regular expression found
in the statement's text. Fails where a difference has none; the first N of these are printed.
"""

import argparse
import collections
import csv
import difflib
import io
import json
import os
import re
import subprocess
import sys

from statements import MESSAGE, add_wire, errors_said, gap_only, read_log

COLUMNS = ("pid", "outcome", "sqlstate", "rows", "query_id", "database", "application", "text")
LOOK_AHEAD = 8


def sql_rows(name, sql):
    read = subprocess.run([os.environ["PGREC"], "sql", name, sql, "--format", "csv"], check=True, capture_output=True)
    csv.field_size_limit(1 << 30)
    return csv.DictReader(io.StringIO(read.stdout.decode("utf-8", "replace"), newline=""))


def read_trace(name):
    sql = (f"SELECT {', '.join('e.' + column for column in COLUMNS)} FROM executions e JOIN processes p "
           "USING (process_id) WHERE p.client IS NOT NULL ORDER BY e.ts_ns, e.execution_id")
    return sql_rows(name, sql)


def read_slowlog(name):
    for line in map(json.loads, open(name, encoding="utf-8", errors="replace")):
        # A Parse or Bind that no Execute followed is a line, but no execution.
        if line["event"] == "statement" and line["client"] is not None and line["outcome"] != "not-run":
            yield {column: "" if line[column] is None else str(line[column]) for column in COLUMNS}


class Judgement:
    def __init__(self):
        self.compared = self.equal = self.errors = self.equal_errors = 0
        self.differences = []  # class, text, what

    def differs(self, kind, text, what):
        self.differences.append((kind, text or "", what))

    def message(self, message, found):
        """What is there for a message, beside what the server said of each of its statements."""
        before = len(self.differences)

        def check(kind, said, recorded):
            if said != recorded:
                self.differs(kind, message.text, f"the server has {said}, pgrec {recorded or 'nothing'}")

        if not texts_agree(message, found):
            self.differs("text", message.text, f"pgrec has {[one['text'] for one in found]!r}")
        for one, said in zip(found, message.statements):
            check("outcome", said.outcome, one["outcome"])
            check("sqlstate", said.sqlstate or "", one["sqlstate"])
            if said.rows is not None:
                check("rows", str(said.rows), one["rows"] or "0")
            check("database", message.database, one["database"])
            if one["application"] not in message.applications:
                check("application", message.applications, one["application"])
        if message.query_id:
            check("query_id", str(message.query_id), found[-1]["query_id"])
        self.compared += len(found)
        if len(self.differences) == before:
            self.equal += len(found)

    def missing(self, message, next_one):
        self.compared += len(message.statements)
        self.differs("missing", message.text, f"pgrec has not got it; it has next {next_one!r}")

    def extra(self, execution):
        self.differs("extra", execution["text"],
                     f"the server told of none; pgrec has it: {execution['outcome']} {execution['sqlstate']}")


def texts_agree(message, found):
    """Whether these are the message's statements in order, whole, and all of it where all of them ran."""
    if [one["text"] for one in found] == [message.text]:
        return True
    at = 0
    for one in found:
        begin = message.text.find(one["text"], at) if one["text"] else -1
        if begin < 0 or not gap_only(message.text[at:begin]):
            return False
        at = begin + len(one["text"])
    rest = message.text[at:].lstrip()
    return gap_only(rest) or message.sqlstate is not None and (rest[0] == ";" or message.text[at - 1] == ";")


def fits(message, executions):
    found = executions[:len(message.statements)]
    return len(found) == len(message.statements) and all(one["text"] and one["text"] in message.text for one in found)


def judge_process(messages, executions, judgement):
    """What does not fit is missing, unless a message fits a little further: then what is between is too much."""
    at = 0
    for number, message in enumerate(messages):
        count = len(message.statements)
        if not count:
            continue
        skipped = next((n for n in range(LOOK_AHEAD) if fits(message, executions[at + n:at + n + count])), None)
        if skipped:
            later = messages[number + 1:number + 1 + skipped]
            if any(other.statements and fits(other, executions[at:at + len(other.statements)]) for other in later):
                skipped = None
        if skipped is None:
            judgement.missing(message, executions[at]["text"] if at < len(executions) else None)
            continue
        for extra in executions[at:at + skipped]:
            judgement.extra(extra)
        at += skipped
        judgement.message(message, executions[at:at + count])
        at += count
    for extra in executions[at:]:
        judgement.extra(extra)


def judge_errors(said, recorded, judgement):
    """Of one process: severity, SQLSTATE, text, and whether a statement failed with it."""
    judgement.errors += len(said)
    for what, from_said, to_said, from_here, to_here in difflib.SequenceMatcher(None, said, recorded, False).get_opcodes():
        if what == "equal":
            judgement.equal_errors += to_said - from_said
            continue
        for error in said[from_said:to_said]:
            judgement.differs("error", error[2], f"the server told of {error}; pgrec has {recorded[from_here:to_here]}")
        if from_said == to_said:
            judgement.differs("error", recorded[from_here][2], f"the server told of none; pgrec has {recorded[from_here:to_here]}")


def read_errors(name):
    """By process."""
    by_pid = {}
    sql = "SELECT pid, severity, sqlstate, message, execution_id IS NOT NULL AS failed FROM errors ORDER BY ts_ns"
    for row in sql_rows(name, sql):
        by_pid.setdefault(int(row["pid"]), []).append(
            (row["severity"], row["sqlstate"], row["message"][:MESSAGE], row["failed"] == "1"))
    return by_pid


def read_known(name):
    lines = [line.strip() for line in open(name)] if name else []
    fields = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return [(kind.strip(), re.compile(pattern.strip(), re.I), reason.strip()) for kind, pattern, reason in fields]


def report(judgement, known, show):
    counts, unexplained = collections.Counter(), []
    for kind, text, what in judgement.differences:
        reason = next((why for of, pattern, why in known if of == kind and pattern.search(text)), None)
        counts[kind, reason or "UNEXPLAINED"] += 1
        if not reason:
            unexplained.append((kind, text, what))
    print(f"statements compared: {judgement.compared:,}, equal: {judgement.equal:,}")
    if judgement.errors:
        print(f"errors compared: {judgement.errors:,}, equal: {judgement.equal_errors:,}")
    for (kind, reason), count in sorted(counts.items()):
        print(f"  {count:6,} {kind}: {reason}")
    print(f"differences unexplained: {len(unexplained):,}")
    for kind, text, what in unexplained[:show]:
        print(f"  {kind}: {what[:600]}\n    of {text[:600]!r}")
    return not unexplained and judgement.compared > 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("recorded")
    parser.add_argument("--wire")
    parser.add_argument("--known")
    parser.add_argument("--show", type=int, default=40)
    options = parser.parse_args()
    judgement = Judgement()
    messages = read_log(options.log)
    for text, what in add_wire(options.wire, messages) if options.wire else []:
        judgement.differs("witnesses", text, what)
    executions = {}
    for one in (read_trace if options.recorded.endswith(".pgt") else read_slowlog)(options.recorded):
        executions.setdefault(int(one["pid"]), []).append(one)
    for pid in messages.keys() | executions.keys():
        judge_process(messages.get(pid, []), executions.get(pid, []), judgement)
    if options.recorded.endswith(".pgt"):
        said, recorded = errors_said(messages), read_errors(options.recorded)
        for pid in said.keys() | recorded.keys():
            judge_errors(said.get(pid, []), recorded.get(pid, []), judgement)
    sys.exit(0 if report(judgement, read_known(options.known), options.show) else 1)


if __name__ == "__main__":
    main()
