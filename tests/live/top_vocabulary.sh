# What the live tests of pgrec top are written in, beside vocabulary.sh. Sourced.

# top_start ARGUMENTS...: starts pgrec top with its output in out.txt; returns when its probes are in place.
# top_stop [SIGNAL] ends it; top_wait waits for its end. Both leave $out, $err and $status.
top_start() {
  : >err.txt
  "$PGREC" top "$@" >out.txt 2>err.txt </dev/null &
  recorder_pid=$!
  until_true top_has_begun
}

top_has_begun() {
  kill -0 "$recorder_pid" 2>/dev/null || fail "top did not begin: $(cat err.txt)"
  grep -q '^recording' err.txt
}

top_wait() {
  status=0
  wait "$recorder_pid" || status=$?
  recorder_pid=
  out=$(cat out.txt)
  err=$(cat err.txt)
}

top_stop() {
  kill -"${1:-INT}" "$recorder_pid"
  top_wait
}

# shown COLUMN TEXT: the sum over all blocks of that column of the rows that end in TEXT
shown() {
  awk -v column="$1" -v text="  $2" 'length($0) >= length(text) && substr($0, length($0) - length(text) + 1) == text {
    gsub(",", "", $column); sum += $column } END { print sum + 0 }' out.txt
}

# on_terminal ACTIONS: runs top on a terminal of 60 by 12 characters and does what the actions say, each when the
# screen since the one before has what it waits for: "PATTERN=key:K", "PATTERN=resize:ROWSxCOLUMNS",
# "PATTERN=signal:NAME", "PATTERN=close:" to close it and wait for the end, or "PATTERN=raw:" to check that keys
# are not shown, where PATTERN is a Python regular expression. Leaves the exit status, and what the terminal
# got, in status.txt and screen.txt; fails where the terminal is not as it was.
on_terminal() {
  "$calls" endless &
  background_pids=$!
  PYTHONIOENCODING=utf-8 timeout 120 python3 - "$PGREC" "$calls" "$@" <<'PYTHON' || fail "the terminal: see above"
import fcntl, os, pty, re, select, signal, struct, subprocess, sys, termios, time

def resize(rows, columns):
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

pgrec, calls, *actions = sys.argv[1:]
master, slave = pty.openpty()
resize(12, 60)
before = termios.tcgetattr(slave)
top = subprocess.Popen([pgrec, "top", "-x", calls, "-f", "inner,outer", "-d", "100ms"], stdin=slave, stdout=slave,
                       stderr=subprocess.PIPE, env={**os.environ, "TERM": "xterm"}, start_new_session=True)
everything = since = b""
def read_more(wait):
    global everything, since
    if not select.select([master], [], [], wait)[0]: return False
    got = os.read(master, 65536)
    everything += got
    since += got
    return True
for action in actions:
    pattern, what = action.rsplit("=", 1)
    deadline = time.monotonic() + 30
    while not re.search(pattern.encode(), since, re.S):
        if time.monotonic() > deadline: sys.exit(f"never saw {pattern}: {since}")
        read_more(1)
    since = b""
    kind, value = what.split(":")
    if kind == "key": os.write(master, value.encode())
    if kind == "resize": resize(*map(int, value.split("x")))
    if kind == "signal": top.send_signal(getattr(signal, value))
    if kind == "close":
        os.close(slave)
        os.close(master)
        if top.wait(30) != 0: sys.exit(f"exit status {top.returncode}: {top.stderr.read()}")
        sys.exit(0)
    if kind == "raw" and termios.tcgetattr(slave)[3] & (termios.ICANON | termios.ECHO): sys.exit("not raw")
while top.poll() is None: read_more(0.05)
while read_more(0): pass
open("status.txt", "w").write(str(top.returncode))
open("screen.txt", "wb").write(everything)
open("err.txt", "wb").write(top.stderr.read())
if termios.tcgetattr(slave) != before: sys.exit("the terminal's modes are not as they were")
PYTHON
}

# check_terminal_given_back: the last that was shown stands on the screen that the terminal had before
check_terminal_given_back() {
  check "exit status" 0 "$(cat status.txt)"
  check "takes over and gives back" "$(printf '\033[?1049h\n\033[?25l\n\033[?7l\n\033[?7h\n\033[?25h\n\033[?1049l')" \
    "$(grep -aoP '\x1b\[\?(1049|25|7)[hl]' screen.txt)"
  grep -aq $'\033\[?1049l.*calls' screen.txt || fail "nothing stands there at the end"
}
