"""A relay between clients and a server's unix socket, that writes down what the server answers.

    wire.py LISTEN SERVER FILE      LISTEN, SERVER: the sockets' names

FILE gets a JSON array a line: the server process's id, and what it said:
    ["C", TAG]  ["E", SQLSTATE, SEVERITY]  ["s", ROWS]  ["I"]  ["V"]  ["Z", STATUS]
CommandComplete, ErrorResponse, PortalSuspended with the rows sent before it, EmptyQueryResponse, FunctionCallResponse,
ReadyForQuery. What is sent to clients is relayed first and byte for byte. Ends on SIGTERM.
"""

import json
import os
import signal
import socket
import struct
import sys
import threading

TOLD = b"CEsIVZ"


def fields_of(body):
    return {field[:1]: field[1:].decode("utf-8", "replace") for field in body.split(b"\0") if field}


def told(kind, body):
    if kind == b"C":
        return ["C", body.rstrip(b"\0").decode()]
    if kind == b"E":
        fields = fields_of(body)
        return ["E", fields.get(b"C"), fields.get(b"V") or fields.get(b"S")]
    if kind == b"Z":
        return ["Z", body.decode()]
    return [kind.decode()]


class Answers:
    """Messages of one server process out of the bytes that it sends."""

    def __init__(self, out):
        self.out, self.pid, self.held, self.skip, self.rows = out, None, b"", 0, 0

    def add(self, data):
        if self.skip >= len(data):
            self.skip -= len(data)
            return
        data = self.held + data[self.skip:]
        at, self.skip, lines = 0, 0, []
        while len(data) - at >= 5:
            kind = data[at:at + 1]
            end = at + 1 + struct.unpack_from(">I", data, at + 1)[0]
            if kind in TOLD or kind == b"K":
                if end > len(data):
                    break
                if kind == b"K":
                    self.pid = struct.unpack_from(">I", data, at + 5)[0]
                elif self.pid is not None:
                    more = [self.rows] if kind == b"s" else []
                    lines.append(json.dumps([self.pid] + told(kind, data[at + 5:end]) + more))
                    self.rows = 0
            else:
                self.rows += kind == b"D"
                if end > len(data):
                    self.skip = end - len(data)
                    at = len(data)
                    break
            at = end
        self.held = data[at:]
        if lines:
            self.out.write(("\n".join(lines) + "\n").encode())


def relay(source, sink, see):
    try:
        while data := source.recv(1 << 16):
            sink.sendall(data)
            see(data)
    except OSError:
        pass
    for one, how in ((sink, socket.SHUT_WR), (source, socket.SHUT_RD)):
        try:
            one.shutdown(how)
        except OSError:
            pass


def main(listen, server, name):
    out = open(name, "wb", buffering=0)
    door = socket.socket(socket.AF_UNIX)
    door.bind(listen)
    door.listen(200)

    def end(*_):
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    print("relaying", flush=True)
    while True:
        client, _ = door.accept()
        backend = socket.socket(socket.AF_UNIX)
        try:
            backend.connect(server)
        except OSError:
            client.close()
            continue
        for arguments in ((client, backend, lambda data: None), (backend, client, Answers(out).add)):
            threading.Thread(target=relay, args=arguments, daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
