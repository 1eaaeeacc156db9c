"""A small TCP server that speaks clamd's INSTREAM, for tests of what is done with its answers."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Clamd:
    """What was scanned; `answer` replaces the verdict by other bytes."""

    scanned: list[bytes] = field(default_factory=list)
    answer: bytes | None = None
    port: int = 0

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"


@contextmanager
def clamd() -> Iterator[Clamd]:
    held = Clamd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            command = self.rfile.read(len(b"zINSTREAM\0"))
            assert command == b"zINSTREAM\0", command
            data = b""
            while size := struct.unpack("!L", self.rfile.read(4))[0]:
                data += self.rfile.read(size)
            held.scanned.append(data)
            verdict = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
            self.wfile.write(held.answer if held.answer is not None else verdict)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    held.port = server.server_address[1]
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
