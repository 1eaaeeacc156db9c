"""Looking for malware in what is uploaded: clamd's INSTREAM over TCP or a unix socket, where the operator set one."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from enum import StrEnum

from selaras.config import Settings, variable
from selaras.errors import Invalid, Misconfigured, Unavailable

SECONDS = 10.0
_CHUNK = 64 * 1024


class Verdict(StrEnum):
    """What the scanner says; `unknown`: it did not answer, or not so that it can be believed."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Scanner:
    """A clamd: `tcp://host:port`, or `unix:/path`."""

    address: tuple[str, int] | str

    def scan(self, data: bytes) -> Verdict:
        """Hand the bytes over and read the verdict; never raises."""
        try:
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                for start in range(0, len(data), _CHUNK):
                    part = data[start : start + _CHUNK]
                    connection.sendall(struct.pack("!L", len(part)) + part)
                connection.sendall(struct.pack("!L", 0))
                return _verdict(_answer(connection))
        except OSError:
            return Verdict.UNKNOWN

    def _connected(self) -> socket.socket:
        if isinstance(self.address, tuple):
            return socket.create_connection(self.address, SECONDS)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(SECONDS)
        try:
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection


def refuse_infected(scanner: Scanner | None, data: bytes) -> None:
    """For what cannot wait hidden: `Invalid` where the scanner finds something, `Unavailable` while it is silent."""
    verdict = scanner.scan(data) if scanner else Verdict.CLEAN
    if verdict is Verdict.INFECTED:
        raise Invalid(
            "file_infected",
            "The virus scanner found something in this file; nothing was kept. Tell those who keep your computer.",
            field="files",
        )
    if verdict is Verdict.UNKNOWN:
        raise Unavailable(
            "scanner_silent",
            "The virus scanner does not answer; nothing was kept. Try again in a moment, or send it without files.",
        )


def scanner_of(settings: Settings) -> Scanner | None:
    """The instance's scanner, or None where none was set."""
    text = settings.scanner
    if not text:
        return None
    if text.startswith("unix:"):
        return Scanner(text.removeprefix("unix:"))
    host, _, port = text.removeprefix("tcp://").rpartition(":")
    if not text.startswith("tcp://") or not host or not port.isdecimal():
        raise Misconfigured(
            "setting_unusable",
            "Setting {variable} has the value {value!r}; it takes {wanted}.",
            variable=variable("scanner"),
            value=text,
            wanted="tcp://host:3310 or unix:/run/clamav/clamd.ctl",
        )
    return Scanner((host, int(port)))


def _answer(connection: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\0") and len(found) < 4096:
        part = connection.recv(4096)
        if not part:
            break
        found += part
    return found.rstrip(b"\0\n")


def _verdict(answer: bytes) -> Verdict:
    if answer == b"stream: OK":
        return Verdict.CLEAN
    return Verdict.INFECTED if answer.startswith(b"stream: ") and answer.endswith(b" FOUND") else Verdict.UNKNOWN
