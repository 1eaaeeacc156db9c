"""What leaves the instance: where to, how much comes back, and that nobody leads it elsewhere."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from selaras.config import Settings
from selaras.errors import Invalid, Misconfigured, Unavailable
from selaras.identity import egress
from selaras.identity.egress import MOST_BYTES, Egress

HERE = Egress(loopback=True)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/ok")
            self.end_headers()
            return
        body = {"/large": b"x" * (MOST_BYTES + 1), "/slow": b"x" * 40}.get(self.path, self.headers["Host"].encode())
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for n in range(len(body) if self.path == "/slow" else 0):
            self.wfile.write(body[n : n + 1])
            self.wfile.flush()
            time.sleep(0.1)
        self.wfile.write(b"" if self.path == "/slow" else body)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hung up is meant
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as found:
        yield found


def test_this_machine_answers_where_it_may_be_asked(port: int) -> None:
    answer = HERE.send("GET", f"http://sso.localhost:{port}/ok")
    assert (answer.status, answer.body) == (200, f"sso.localhost:{port}".encode())
    for url in (f"http://127.0.0.1:{port}/", f"http://localhost:{port}/", f"https://127.0.0.1:{port}/"):
        with pytest.raises(Invalid):
            Egress().send("GET", url)


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.8",
        "192.168.1.1",
        "172.16.5.5",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "[::]",
        "[::1]",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:10.0.0.8]",
        "[64:ff9b::a00:8]",
        "[2002:a00:8::1]",
        "2130706433",
        "0x7f.1",
    ],
)
def test_private_addresses_are_not_asked(host: str) -> None:
    with pytest.raises((Invalid, Unavailable)) as refused:
        Egress().send("GET", f"https://{host}/")
    assert refused.value.code in ("egress_address", "egress_unknown")


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/",
        "ftp://sso.example/",
        "file:///etc/passwd",
        "https://",
        "https://user:word@sso.example/",
        "https://sso.example/#here",
        "not an address",
        "https://[::1",
        "",
    ],
)
def test_addresses_that_are_never_asked(url: str) -> None:
    with pytest.raises((Invalid, Unavailable)) as refused:
        Egress(loopback=True).send("GET", url)
    assert refused.value.code in ("egress_url", "egress_unknown")


def test_a_name_is_resolved_once_and_every_address_counts(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    real = socket.getaddrinfo

    def resolve(host: str, at: int, *more: Any, **named: Any) -> list[Any]:
        if host != "two-faced.example":
            return real(host, at, *more, **named)
        asked.append(host)
        # The second answer would lead to this machine: nobody asks a second time.
        found = ["192.0.2.9", "10.0.0.8"] if len(asked) == 1 else ["127.0.0.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, at)) for one in found]

    monkeypatch.setattr(egress.socket, "getaddrinfo", resolve)
    with pytest.raises(Invalid, match="private network"):
        Egress().send("GET", "https://two-faced.example/")
    assert asked == ["two-faced.example"]
    answer = HERE.send("GET", f"http://two-faced.example:{port}/ok")
    assert answer.body == f"two-faced.example:{port}".encode(), "dialled by its address, asked by its name"


def test_networks_that_are_listed_are_asked(port: int) -> None:
    listed = Egress.of(Settings(egress_allowed="10.0.0.0/8, 127.0.0.0/8", tls=True))
    with pytest.raises(Unavailable) as refused:
        listed.send("GET", f"https://127.0.0.1:{port}/")
    assert refused.value.code in ("egress_failed", "egress_certificate"), "asked, and no TLS was spoken there"
    with pytest.raises(Misconfigured, match="SELARAS_EGRESS_ALLOWED"):
        Egress.of(Settings(egress_allowed="the intranet"))


@pytest.mark.parametrize(("path", "code"), [("/elsewhere", "egress_redirect"), ("/large", "egress_too_large")])
def test_what_comes_back_is_bounded(port: int, path: str, code: str) -> None:
    with pytest.raises(Unavailable) as refused:
        HERE.send("GET", f"http://127.0.0.1:{port}{path}")
    assert refused.value.code == code


def test_a_slow_server_is_left(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egress, "SECONDS", 0.5)
    with pytest.raises(Unavailable) as refused:
        HERE.send("GET", f"http://127.0.0.1:{port}/slow")
    assert refused.value.code == "egress_timeout"


def test_nobody_there_is_told_in_words() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    with pytest.raises(Unavailable, match="cannot be reached"):
        HERE.send("GET", f"http://127.0.0.1:{free}/")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for sso.localhost alone, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sso.localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("sso.localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    held = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(held + made.public_bytes(pem))
    return file


def test_the_certificate_must_be_trusted_and_bear_the_name_though_the_address_is_dialled(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as port:
        trusting = Egress(loopback=True, trust=ssl.create_default_context(cafile=certificate))
        answer = trusting.send("GET", f"https://sso.localhost:{port}/ok")
        assert answer.body == f"sso.localhost:{port}".encode()
        for way, host in ((trusting, "other.localhost"), (trusting, "127.0.0.1"), (HERE, "sso.localhost")):
            with pytest.raises(Unavailable) as refused:
                way.send("GET", f"https://{host}:{port}/ok")
            assert refused.value.code == "egress_certificate", host
