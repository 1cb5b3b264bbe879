"""What a server said of the statements that it ran: out of its jsonlog or csvlog, and out of what wire.py wrote."""

import csv
import json
import re

ERRORS = ("ERROR", "FATAL", "PANIC")
MESSAGE = 100  # characters of an error's that are compared: pgrec keeps no more than some hundred bytes
DURATION = re.compile(r"duration: [0-9.]+ ms  (statement|parse|bind|execute|fastpath function call)([^:]*): (.*)$", re.S)
FASTPATH = re.compile(r"duration: [0-9.]+ ms  fastpath function call: ")
COUNTED = re.compile(r"(?:SELECT|INSERT 0|UPDATE|DELETE|MERGE|COPY|FETCH|MOVE) (\d+)$")
GAP = re.compile(r"(?:[\s;]|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.S)
CSV_KEYS = ("timestamp user dbname pid connection session_id line_num ps session_start vxid txid error_severity state_code "
            "message detail hint internal_query internal_position context statement cursor_position location "
            "application_name backend_type leader_pid query_id").split()
OF_NO_EXECUTION = ("26000", "34000", "08P01")  # no such prepared statement or portal, a message that breaks the protocol
FASTPATH_TEXT = "fastpath function call"  # what pgrec calls it


def gap_only(text):
    """Nothing is in it that runs."""
    return GAP.fullmatch(text) is not None


class Statement:
    """Of a message: what became of it."""

    def __init__(self, outcome, sqlstate=None, rows=None):
        self.outcome, self.sqlstate, self.rows = outcome, sqlstate, rows


class Message:
    """Of a client, and its statements: without the wire only what a line of the log can tell, one."""

    def __init__(self, kind, text, line):
        self.kind, self.text = kind, text
        self.sqlstate = line.get("state_code") if line["error_severity"] in ERRORS else None
        # A fast-path call reports none, and the log has that of the statement before it; so it may be with an error.
        self.query_id = line.get("query_id", 0) if kind in ("statement", "execute") else 0
        self.severity, self.message = line["error_severity"], line["message"]
        self.fails = kind == "error"  # a statement, with this error
        self.database = line.get("dbname")
        self.applications = {line.get("application_name", "")}
        empty = kind == "outside" or kind == "statement" and gap_only(text)
        self.statements = [] if empty else [Statement("error" if self.sqlstate else "completed", self.sqlstate)]


def message_of(line):
    if line["error_severity"] in ERRORS:
        return Message("error" if "statement" in line else "outside", line.get("statement"), line)
    if FASTPATH.match(line["message"]):
        return Message("fastpath", FASTPATH_TEXT, line)
    said = DURATION.match(line["message"])
    return Message(said[1], said[3], line) if said and said[1] in ("statement", "execute") else None


def lines_of(name):
    """With the keys of jsonlog; csvlog is what PostgreSQL 13 and 14 have."""
    if not name.endswith(".csv"):
        yield from map(json.loads, open(name, encoding="utf-8", errors="replace"))
        return
    csv.field_size_limit(1 << 30)
    for line in csv.DictReader(open(name, encoding="utf-8", errors="replace", newline=""), CSV_KEYS):
        line = {key: value for key, value in line.items() if key and value}
        yield line | {"pid": int(line["pid"]), "query_id": int(line.get("query_id", 0))}


def read_log(name):
    """Messages by process, in order."""
    by_pid, application = {}, {}
    for line in lines_of(name):
        if not (message := message_of(line)):
            continue
        if line.get("backend_type") != "client backend":
            # A parallel worker's is of its leader's statement, which fails with one of its own.
            message.kind, message.statements = "outside", []
        # A message that sets it has the new one in the log.
        message.applications.add(application.get(line["session_id"], line.get("application_name", "")))
        application[line["session_id"]] = line.get("application_name", "")
        by_pid.setdefault(line["pid"], []).append(message)
    return by_pid


def replies_of(name):
    """By process: lists of what was answered up to ReadyForQuery, or to the connection's end."""
    groups, open_groups = {}, {}
    for pid, *said in map(json.loads, open(name, encoding="utf-8")):
        if said[0] != "Z":
            open_groups.setdefault(pid, []).append(said)
        elif pid in open_groups:
            groups.setdefault(pid, []).append(open_groups.pop(pid))
    for pid, rest in open_groups.items():
        groups.setdefault(pid, []).append(rest)
    return groups


def statement_of(reply):
    if reply[0] == "C":
        counted = COUNTED.match(reply[1])
        return Statement("completed", rows=int(counted[1]) if counted else 0)
    if reply[0] == "E":
        return Statement("error", reply[1])
    if reply[0] == "s":
        return Statement("suspended", rows=reply[1])
    return Statement("completed")


def take(message, replies):
    """Of the replies of a group those that answer the message."""
    count = len(replies)
    if message.kind in ("execute", "outside"):
        count = 1
    elif message.kind == "statement":
        count = next((n for n, reply in enumerate(replies) if reply[0] == "E"), count)
    taken, replies[:] = replies[:count], replies[count:]
    statements = [statement_of(reply) for reply in taken if reply[0] != "I"]
    return statements


def is_of_commit(message):
    """Whether an error that is of no statement in the log is of those before it, which have completed."""
    return message.kind == "outside" and message.sqlstate not in OF_NO_EXECUTION


def errors_said(by_pid):
    """By process: severity, SQLSTATE, text, and whether a statement failed with it."""
    return {pid: [(message.severity, message.sqlstate, message.message[:MESSAGE], message.fails)
                  for message in messages if message.sqlstate] for pid, messages in by_pid.items()}


def add_wire(name, by_pid):
    """Gives the messages the statements that the wire tells; yields where it and the log do not agree."""
    groups = replies_of(name)
    for pid, messages in by_pid.items():
        waiting = list(groups.get(pid, []))
        if not waiting:
            continue
        before = None  # the message that the same group answers
        for message in messages:
            if not waiting:
                yield message.text, "no answer to it is on the wire"
                break
            message.statements = take(message, waiting[0])
            errors = [one.sqlstate for one in message.statements if one.outcome == "error"]
            if errors != ([message.sqlstate] if message.sqlstate else []):
                yield message.text, f"{errors} on the wire, {message.sqlstate} in the log"
            if before and before.statements and is_of_commit(message):
                before.statements[-1] = Statement("error", message.sqlstate)
                message.fails = True
            # A timeout can strike while the completion is sent; the statement has completed.
            if message.kind == "error" and before and before.kind == "statement":
                message.kind, message.fails = "outside", False
            if message.kind == "outside":
                message.statements = []
            before = message
            if not waiting[0]:
                waiting.pop(0)
                before = None
        if waiting and waiting != [[]]:
            yield None, f"{waiting[:3]} on the wire answers no message of the log"
