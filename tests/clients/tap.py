# Stands between clients and a PostgreSQL server and writes down what became of each command: the rows of executions are
# told by nobody else, one by one.
#
#   tap.py SERVER_SOCKET TAP_SOCKET RESULTS PORT_FILE
#
# Listens on the unix socket TAP_SOCKET, and on a port of localhost, which it writes to PORT_FILE when it is ready; each
# connection goes on to SERVER_SOCKET. RESULTS gets a line for each result: the backend's pid, and
#   C TAG ROWS  the command completed       S ROWS  it gave as many rows as were asked for
#   I           there was no command        E SQLSTATE  it failed
#   V           the result of a function called through the fast path
import asyncio
import os
import struct
import sys

server_socket, tap_socket, results_file, port_file = sys.argv[1:]
results = open(results_file, "w", buffering=1)


class Results:
    """Reads what a server sends on one connection."""

    def __init__(self):
        self.bytes = b""
        self.pid = None
        self.rows = 0
        self.refused = 0  # offers of encryption, each answered by one byte

    def tell(self, *words):
        print(self.pid, *words, file=results)

    def feed(self, bytes_):
        self.bytes += bytes_
        while self.refused and self.bytes:
            self.refused, self.bytes = self.refused - 1, self.bytes[1:]
        start = 0
        while len(self.bytes) - start >= 5:
            length = 1 + struct.unpack_from(">I", self.bytes, start + 1)[0]
            if len(self.bytes) - start < length:
                break
            self.message(self.bytes[start:start + 1], self.bytes[start + 5:start + length])
            start += length
        self.bytes = self.bytes[start:]

    def message(self, kind, body):
        if kind == b"K":
            self.pid = struct.unpack_from(">I", body)[0]
        elif kind == b"D":
            self.rows += 1
        elif kind == b"C":
            tag = body[:-1].decode()
            last = tag.split(" ")[-1]
            self.tell("C", tag.replace(" ", "_"), last if last.isdigit() else 0)
            self.rows = 0
        elif kind == b"s":
            self.tell("S", self.rows)
            self.rows = 0
        elif kind in (b"I", b"V"):
            self.tell(kind.decode())
        elif kind == b"E":
            fields = dict((field[:1], field[1:].decode()) for field in body.split(b"\0") if field)
            self.tell("E", fields[b"C"])
            self.rows = 0


async def pass_on(reader, writer, look):
    try:
        while bytes_ := await reader.read(65536):
            look(bytes_)
            writer.write(bytes_)
            await writer.drain()
    except ConnectionError:
        pass
    # Who has gone is gone for the other, too.
    writer.close()


async def serve(client_reader, client_writer):
    server_reader, server_writer = await asyncio.open_unix_connection(server_socket)
    seen = Results()

    def look_at_client(bytes_):
        # An offer of encryption (SSL or GSSAPI) is the first that a client says.
        if seen.pid is None and len(bytes_) == 8 and struct.unpack(">II", bytes_)[1] in (80877103, 80877104):
            seen.refused += 1

    await asyncio.gather(pass_on(client_reader, server_writer, look_at_client),
                         pass_on(server_reader, client_writer, seen.feed))


async def main():
    await asyncio.start_unix_server(serve, tap_socket)
    os.chmod(tap_socket, 0o777)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    with open(port_file + ".new", "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.rename(port_file + ".new", port_file)
    await server.serve_forever()


asyncio.run(main())
