"""Ports for the servers that tests start as processes of their own."""

from __future__ import annotations

import random
import socket

# Below what systems give to whoever connects: between asking and listening nobody's connection takes one of these.
_OURS = range(20_000, 32_000)


def free_port() -> int:
    """A port on which nobody listens; another one each time."""
    for port in random.SystemRandom().sample(_OURS, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("a hundred ports, and somebody listens on each")
