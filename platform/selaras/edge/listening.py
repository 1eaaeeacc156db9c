"""Where a process with pages listens: its address read, and refused where somebody else listens already."""

from __future__ import annotations

import errno
import socket

from selaras.errors import Misconfigured


def host_and_port(address: str, variable: str) -> tuple[str, int]:
    """`127.0.0.1:8700` in its two parts; `Misconfigured` names the setting's variable."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise Misconfigured(
            "address_unusable",
            "{variable} is {address!r}; write host and port, such as 127.0.0.1:8700.",
            variable=variable,
            address=address,
        )
    return host.strip("[]"), int(port)


def refuse_taken(host: str, port: int, variable: str) -> None:
    """The server shares a port with whoever else holds it, and requests would go to one or the other by chance."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "something listens there already" if error.errno == errno.EADDRINUSE else str(error)
            raise Misconfigured(
                "address_taken",
                "Cannot listen at {host}:{port}: {reason}. Stop what listens there, or set {variable} to another port.",
                host=host,
                port=port,
                reason=reason,
                variable=variable,
            ) from error
