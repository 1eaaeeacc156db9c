"""Requests that leave the instance: https to public addresses, resolved once, small, in time, never led elsewhere."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

import httpx

from selaras.config import Settings, variable
from selaras.errors import Invalid, Misconfigured, Unavailable

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

MOST_BYTES = 512 * 1024
SECONDS = 10.0
_CONNECT = 3.0
# IPv6 addresses that carry an IPv4 address within them lead wherever that one does.
_CARRIERS = tuple(map(ip_network, ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


@dataclass(frozen=True)
class Answer:
    """What another server answered, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class _Target:
    """An address that was looked at: the URL as it is dialled, and the name that the certificate must bear."""

    url: httpx.URL
    host: str
    header: str


@dataclass(frozen=True)
class Egress:
    """The one way out. `allowed`: networks within the agencies' own walls that may be asked all the same.

    `loopback`: plain http to this machine itself may be asked, as on a developer's machine.
    """

    allowed: tuple[Network, ...] = ()
    loopback: bool = False
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context, compare=False, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Egress:
        """As the settings say; `Misconfigured` for a network that is none."""
        return cls(allowed=_networks(settings.egress_allowed), loopback=not settings.tls)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | str = b"",
        seconds: float | None = None,
    ) -> Answer:
        """Ask another server. `Invalid` for an address that is never asked, `Unavailable` when it cannot be reached.

        `seconds`: how long it may take as a whole; None: as everything else here.
        """
        target = self._target(url)
        try:
            return self._ask(method, target, dict(headers or {}), body, seconds or SECONDS)
        except httpx.TimeoutException:
            raise Unavailable(
                "egress_timeout", "{host} did not answer in time. Try again later.", host=target.host
            ) from None
        except httpx.HTTPError as error:
            if isinstance(error.__cause__, ssl.SSLError) or "CERTIFICATE" in str(error).upper():
                raise Unavailable(
                    "egress_certificate",
                    "The certificate of {host} is not one that this instance trusts. Have it renewed, or ask the "
                    "operator of this instance to trust the agency's own certificate authority.",
                    host=target.host,
                ) from None
            raise Unavailable("egress_failed", "{host} cannot be reached. Try again later.", host=target.host) from None

    def check(self, url: str) -> None:
        """Return if the address may be asked at all: `Invalid` or `Unavailable` as `send` would raise them."""
        self._target(url)

    def _ask(self, method: str, target: _Target, headers: dict[str, str], body: bytes | str, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        # No connection is kept: one that was opened for another name of the same address must not serve this one.
        limits, timeout = httpx.Limits(max_keepalive_connections=0), httpx.Timeout(seconds / 2, connect=_CONNECT)
        with (
            httpx.Client(verify=self.trust, trust_env=False, timeout=timeout, limits=limits) as client,
            client.stream(
                method,
                target.url,
                headers={"Accept": "application/json", **headers, "Host": target.header, "Accept-Encoding": "identity"},
                content=body,
                extensions={"sni_hostname": target.host},
            ) as response,
        ):
            if response.is_redirect:
                raise Unavailable(
                    "egress_redirect",
                    "{host} sends the request on to another address, which is not followed. Enter the address itself.",
                    host=target.host,
                )
            found = bytearray()
            for part in response.iter_raw():
                found += part
                if len(found) > MOST_BYTES:
                    raise Unavailable("egress_too_large", "{host} answers with more than is taken.", host=target.host)
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("slow")
            return Answer(response.status_code, dict(response.headers), bytes(found))

    def _target(self, address: str) -> _Target:
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, ValueError):
            raise _unusable(address) from None
        if url.scheme not in ("https", "http") or not url.host or url.userinfo or url.fragment:
            raise _unusable(address)
        found = _resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        here = all(one.is_loopback for one in found)
        if url.scheme != "https" and not (self.loopback and here):
            raise _unusable(address)
        for one in found:
            if not self._may_be_asked(one):
                raise Invalid(
                    "egress_address",
                    "{host} lies within a private network, which is not asked. If it is meant, the operator of this "
                    "instance lists the network in {variable}.",
                    host=url.host,
                    variable=variable("egress_allowed"),
                )
        return _Target(url.copy_with(host=str(found[0])), url.host, url.netloc.decode("ascii"))

    def _may_be_asked(self, address: Address) -> bool:
        if any(address.version == network.version and address in network for network in self.allowed):
            return True
        if self.loopback and address.is_loopback:
            return True
        carried = address.version == 6 and any(address in network for network in _CARRIERS)
        return address.is_global and not address.is_multicast and not carried


def _resolve(host: str, port: int) -> list[Address]:
    """Every address of a name, the first of which is dialled; asked once, so that it cannot change in between."""
    if host == "localhost" or host.endswith(".localhost"):
        return [IPv4Address("127.0.0.1")]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    except (OSError, UnicodeError, ValueError):
        raise Unavailable(
            "egress_unknown", "There is no server of the name {host}. Check the address.", host=host
        ) from None


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise Misconfigured(
            "setting_unusable",
            "Setting {variable} has the value {value!r}; it takes {wanted}.",
            variable=variable("egress_allowed"),
            value=text,
            wanted="networks such as 10.20.0.0/16, separated by commas",
        ) from error


def _unusable(address: str) -> Invalid:
    return Invalid(
        "egress_url",
        "{address} cannot be used: enter an address that begins with https:// and has neither a password nor a “#”.",
        address=address[:200],
    )
