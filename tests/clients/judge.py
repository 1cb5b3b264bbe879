# Judges a recording of clients, and the slow-query log of the same time, by the server's own log, and by what the
# server sent (tap.py).
#
#   judge.py NAME VERSION PGREC TRACE SLOWLOG LOG RESULTS DIFFERENCES STATEMENTS
#
# LOG is a jsonlog with log_statement = all, log_duration = on and log_error_verbosity = verbose: what began and how it
# ended, with its text, application, SQLSTATE and query id; and errors, with their messages. RESULTS has rows and
# outcomes. Per session of the user `client`, in order, the executions and errors of TRACE and of SLOWLOG have to be the
# server's, and nothing else may be there. STATEMENTS is what pg_stat_statements counted (query id, calls, rows), which
# has to be the sum of the executions.
#
# DIFFERENCES says which kinds of differences are right in NAME on this major VERSION of PostgreSQL, and why. One that is
# not listed there fails, and one that is listed and does not occur, too. Prints what differs, and a line of figures; exit
# status 1 where it fails.
import csv
import difflib
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict, namedtuple

from sql_commands import commands_of

name, version, pgrec, trace, slowlog, log, results, differences, statements = sys.argv[1:]
OF_COMMITS = ("23505", "23503", "40001")
UNKNOWN = "?"  # in a field of what the server says
Execution = namedtuple("Execution", "text outcome sqlstate rows application")
Error = namedtuple("Error", "severity sqlstate message of_statement")
faults = []
seen_kinds = Counter()


def read_log():
    """Of each session its messages: how each began, with which text, and how it ended; and its errors."""
    sessions, errors = defaultdict(list), defaultdict(list)
    with open(log) as lines:
        for line in map(json.loads, lines):
            if line.get("user") != "client":
                continue
            messages = sessions[line["pid"]]
            running = messages and messages[-1]["end"] is None
            message, function, severity = line["message"], line.get("func_name"), line["error_severity"]
            if severity in ("ERROR", "FATAL", "PANIC"):
                if not running:
                    messages.append({"kind": "unannounced", "text": line.get("statement"), "application": line.get("application_name", "")})
                errors[line["pid"]].append(Error(severity, line["state_code"], message, "statement" in line))
                messages[-1].update(end="error", sqlstate=line["state_code"], severity=severity, query_id=line.get("query_id"))
                continue
            begun = re.match(r"(statement|execute|execute fetch from|fastpath function call)(?: .*?)?: (.*)", message, re.S)
            if severity == "LOG" and begun and function in ("exec_simple_query", "exec_execute_message", "HandleFunctionRequest"):
                if running:
                    faults.append(f"the log of {line['pid']} does not say how it ended: {messages[-1]}")
                text = begun[2] if begun[1] != "fastpath function call" else begun[1]
                messages.append({"kind": begun[1], "text": text, "application": line.get("application_name", ""), "end": None})
            elif message.startswith("duration: ") and running:
                messages[-1].update(end="completed", query_id=line.get("query_id"))
    return sessions, errors


def read_results():
    sessions = defaultdict(list)
    with open(results) as lines:
        for line in lines:
            pid, *words = line.split()
            sessions[int(pid)].append(words)
    return sessions


def expected_of(messages, sent, pid):
    """The executions that these messages are, and the query ids that the log has of them, by their number."""
    sent = list(sent)
    executions, query_ids = [], {}

    def take():
        # What a client that is gone did not get is not known.
        return sent.pop(0) if sent else ["-"]

    for message in messages:
        text, application = message["text"], message["application"]
        commands = commands_of(text) if text is not None and message["kind"] == "statement" else [text]
        if message["end"] == "completed" and not commands_of(text or ""):
            if take()[0] != "I":
                faults.append(f"{pid}: no command, and the server sent another result: {message}")
            continue
        # An Execute of a text without a command is not logged.
        while sent and sent[0][0] == "I":
            sent.pop(0)
        failed = message["end"] == "error"
        done = 0
        while not (failed and (not sent or sent[0][0] == "E")) and done < len(commands):
            result = take()
            rows = int(result[-1]) if result[0] in "CS" else 0 if result[0] == "V" else UNKNOWN
            if result[0] == "C" and result[1] == "REFRESH_MATERIALIZED_VIEW":
                rows = UNKNOWN  # pg_stat_statements has them
            outcome = {"S": "suspended"}.get(result[0], "completed")
            executions.append(Execution(commands[done], outcome, None, rows, application))
            application = UNKNOWN  # that of later commands of a message is not logged
            done += 1
        if failed:
            result = take()
            if result[0] == "E" and result[1] != message["sqlstate"]:
                faults.append(f"{pid}: the log has {message}, the client got {result}")
            # A message that failed before any of it began has failed as a whole.
            failed_text = text if message["kind"] == "unannounced" or done >= len(commands) else commands[done]
            if message["severity"] == "FATAL" and message["kind"] == "unannounced":
                continue  # of the session, not of a statement
            executions.append(Execution(failed_text, "error", message["sqlstate"], None, application))
        if message.get("query_id"):
            query_ids[len(executions) - 1] = message["query_id"]
    if sent and any(result[0] != "E" for result in sent):
        faults.append(f"{pid}: the server sent more than it logged: {sent}")
    return executions, query_ids


def by_session(rows, source):
    """Of each session its executions and their query ids."""
    sessions = defaultdict(list)
    for row in rows:
        if row["session_user"] not in ("client", "postgres"):
            faults.append(f"{source}: not known whose it is: {row}")
        elif row["session_user"] == "client" and row["pid"] not in in_log:
            faults.append(f"{source}: a session that the log does not have: {row}")
        # What a failed one had done is not logged.
        rows_ = None if row["outcome"] == "error" else row["rows"]
        sessions[row["pid"]].append((Execution(row["text"], row["outcome"], row["sqlstate"], rows_, row["application"] or ""),
                                     row["query_id"]))
    return sessions


def in_trace(sql):
    answer = subprocess.run([pgrec, "sql", trace, "--format", "json", sql], check=True, capture_output=True).stdout
    return json.loads(answer)["rows"]


def read_trace():
    errors = defaultdict(list)
    for row in in_trace("SELECT pid, severity, sqlstate, message, execution_id FROM errors ORDER BY ts_ns"):
        errors[row["pid"]].append(Error(row["severity"], row["sqlstate"], row["message"], row["execution_id"] is not None))
    return by_session(in_trace("""SELECT pid, text, outcome, sqlstate, rows, application, query_id, session_user
                                  FROM executions ORDER BY ts_ns, execution_id"""), "record"), errors


def read_slowlog():
    with open(slowlog) as lines:
        lines = [json.loads(line) for line in lines]
    errors = defaultdict(list)
    for row in lines:
        if row["event"] == "error" or row["event"] == "statement" and row["outcome"] == "error":
            errors[row["pid"]].append(Error(row["severity"], row["sqlstate"], row["message"], row["event"] == "statement"))
    return by_session([row for row in lines if row["event"] == "statement" and row["outcome"] != "not-run"], "slowlog"), errors


def same(their, ours):
    return all(a in (UNKNOWN, b) for a, b in zip(their, ours))


def kind_of(theirs, ours):
    """What the first is in which they differ, and how many of each it takes; none where it is nothing that is known."""
    if theirs and theirs[0].text is None:
        return None, 1, 0  # it is among the errors
    if len(theirs) > 1 and ours and theirs[1].text is None and ours[0].outcome == "error" and \
            ours[0].sqlstate == theirs[1].sqlstate and ours[0].text == theirs[0].text:
        return "failed-at-its-sync", 2, 1
    return "differs", len(theirs), len(ours)


def kind_of_fields(their, our):
    if our == their._replace(rows=None) and their.outcome == "suspended" and their.text.startswith(("SHOW ", "EXPLAIN ")):
        return "rows-of-suspended-utilities"
    return "differs"


def tell(kind, theirs, ours, who):
    """Counts what is allowed, and prints what is not."""
    if kind is None:
        return
    if kind in allowed:
        seen_kinds[kind] += 1
    else:
        faults.append("\n".join([f"{who}: {kind}", *(f"  server {one}" for one in theirs), *(f"  pgrec  {one}" for one in ours)]))


def compare(who, theirs, ours):
    """The number of equal executions."""
    matcher = difflib.SequenceMatcher(None, [their[:3] for their in theirs], [our[:3] for our in ours], autojunk=False)
    equal = 0
    for tag, begin, end, our_begin, our_end in matcher.get_opcodes():
        if tag == "equal":
            for their, our in zip(theirs[begin:end], ours[our_begin:our_end]):
                if same(their, our):
                    equal += 1
                else:
                    tell(kind_of_fields(their, our), [their], [our], who)
        else:
            more, our_more = theirs[begin:end], ours[our_begin:our_end]
            while more or our_more:
                kind, taken, our_taken = kind_of(more, our_more)
                tell(kind, more[:taken], our_more[:our_taken], who)
                more, our_more = more[taken:], our_more[our_taken:]
    return equal


def compare_errors(who, theirs, ours):
    if [their[:3] for their in theirs] != [our[:3] for our in ours]:
        tell("differs", theirs, ours, f"{who}, errors")
        return
    for their, our in zip(theirs, ours):
        if their != our:
            tell("failed-at-its-sync" if our.of_statement else "differs", [their], [our], f"{who}, errors")


def compare_query_ids(who, theirs, ours, query_ids):
    """Where both have one. The log's is that of the statement before where a message has none."""
    if len(theirs) != len(ours):
        return
    for number, query_id in query_ids.items():
        if ours[number][1] not in (None, query_id):
            faults.append(f"{who}: the log has query id {query_id} of {theirs[number]}, pgrec {ours[number][1]}")


def compare_statements(sessions, source):
    """Calls and rows by query id: what pg_stat_statements counted is what completed."""
    with open(statements, newline="") as lines:
        counted = {int(query_id): (int(calls), int(rows), text) for query_id, calls, rows, text in csv.reader(lines)}
    calls, rows, failed, left, suspended, given = Counter(), Counter(), Counter(), Counter(), Counter(), Counter()
    for session in sessions:
        for (execution, query_id), then in zip(session, [*session[1:], None]):
            given[query_id] += execution.rows or 0
            if execution.outcome == "completed":
                calls[query_id] += 1
                rows[query_id] += execution.rows or 0
                left[query_id] += then is None or then[0].outcome == "error"
            suspended[query_id] += execution.outcome == "suspended"
            failed[query_id] += execution.outcome == "error" and execution.sqlstate in OF_COMMITS
    moved = sum(one.rows for session in sessions for one, _ in session if one.text.startswith("MOVE "))
    for query_id, (their_calls, their_rows, text) in counted.items():
        if (their_calls, their_rows) == (calls[query_id], rows[query_id]):
            continue
        kind = "differs"
        if suspended[query_id] and calls[query_id] <= their_calls <= calls[query_id] + suspended[query_id]:
            if int(version) < 16:
                kind = "rows-of-limited-executes"
            elif their_rows == given[query_id]:
                kind = "calls-of-limited-executes"
            elif " RETURNING " in text and their_rows > given[query_id] or their_rows == given[query_id] + moved:
                kind = "rows-that-were-not-given"
        elif text.startswith("MOVE ") and their_calls == calls[query_id] and their_rows == 0:
            kind = "rows-of-move"
        elif failed[query_id] and their_calls == calls[query_id] + failed[query_id]:
            kind = "failed-at-its-commit"
        elif 0 < calls[query_id] - their_calls <= left[query_id]:
            kind = "portal-left-to-an-abort"
        tell(kind, [f"{their_calls} calls, {their_rows} rows: {text}"],
             [f"{calls[query_id]} calls, {rows[query_id]} rows, {given[query_id]} with those of suspended ones"],
             f"{source}, pg_stat_statements")
    for query_id in set(calls) - set(counted) - {None}:
        texts = {one.text for session in sessions for one, id_ in session if id_ == query_id}
        kind = "prepare-is-not-counted" if all(text.startswith("PREPARE ") for text in texts) else "differs"
        tell(kind, [], [f"query id {query_id}: {calls[query_id]} calls of {texts}"], f"{source}, pg_stat_statements")
    return len(counted)


with open(differences) as lines:
    listed = [line.split(None, 3) for line in lines if line.strip() and not line.startswith("#")]
allowed = {kind for kind, versions, names, _ in listed
           if name in names.split(",") and (versions == "all" or int(version) in range(*map(int, versions.split("-"))))}
(in_log, errors_in_log), in_results = read_log(), read_results()
recorded = {"record": read_trace(), "slowlog": read_slowlog()}
total = equal = 0
for pid, messages in in_log.items():
    theirs, query_ids = expected_of(messages, in_results.get(pid, []), pid)
    total += len(theirs)
    for source, (sessions, errors) in recorded.items():
        ours = sessions.get(pid, [])
        equal += compare(f"{source}, {pid}", theirs, [execution for execution, _ in ours])
        compare_query_ids(f"{source}, {pid}", theirs, ours, query_ids)
        compare_errors(f"{source}, {pid}", errors_in_log.get(pid, []), errors.get(pid, []))
for source, (sessions, _) in recorded.items():
    counted = compare_statements([sessions.get(pid, []) for pid in in_log], source)
for kind in allowed - set(seen_kinds):
    faults.append(f"{kind} is listed for {name}, and does not occur")
if total < 50:
    faults.append(f"only {total} executions are in the log")
for fault in faults:
    print(fault)
print(f"{name}, PostgreSQL {version}: {len(in_log)} sessions, {total} executions, {equal} of {2 * total} equal, "
      f"{sum(map(len, errors_in_log.values()))} errors; {counted} statements of pg_stat_statements; "
      f"differences {dict(seen_kinds)}, {len(faults)} faults")
sys.exit(1 if faults else 0)
