"""A mail server and a gateway for messengers, each a real server on this machine that keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Received:
    """What arrived; `refuse` maps an address to the SMTP answer that it gets."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.refuse.get(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]  # given by name, or wrong on purpose
        return "250 OK"


class _Controller(Controller):
    """Lets the system choose the port, and connects to that one to see that it answers."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server() -> Iterator[Received]:
    received = Received()
    controller = _Controller(received, hostname="127.0.0.1", port=0)
    controller.start()
    received.port = controller.port
    try:
        yield received
    finally:
        controller.stop()


@dataclass
class Posted:
    """What a gateway was sent: (headers, body), and the status that it answers with."""

    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 202
    url: str = ""


@contextmanager
def gateway_server() -> Iterator[Posted]:
    posted = Posted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.requests.append((dict(self.headers), body))
            self.send_response(posted.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    posted.url = f"http://127.0.0.1:{server.server_port}/messages"
    try:
        yield posted
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
