"""Finding every page that somebody can reach, with the statements it takes: links first, then known values."""

from __future__ import annotations

import gzip
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

from bench.pages_ground import Stage, Walker
from bench.statements import recorded
from selaras.edge.context import EXTENSION
from selaras.identity.sessions import Proof

_LINK = re.compile(r'href="(/[^"#]*)')
_ASSET = re.compile(r'(?:src|href)="(/assets/[^"]+)"')
# Pages that end something, leave the agency, or are no pages.
_APART = frozenset({"web.asset", "web.sign_in_callback", "web.sign_in_with", "web.signed_out"})
ENOUGH = 400


@dataclass(frozen=True)
class Found:
    """A page of one walker: where, its statements once it is warm, and what it weighs with all it loads, gzipped."""

    rule: str
    walker: str
    address: str
    statements: int
    weight: int


def rules_of(app: Flask) -> dict[str, str]:
    """Endpoint → the rule of every address that a browser may be sent to."""
    return {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith("web.") and rule.endpoint not in _APART
    }


def walked(app: Flask, stage: Stage, walker: Walker | None) -> list[Found]:
    """One page of each rule that the walker reaches, in the order in which they are found."""
    reader = _Reader(app, stage, walker)
    asked, found = deque(["/", *(["/sign-in"] if walker is None else [])]), dict[str, Found]()
    seen, left = set(asked), ENOUGH
    while left and (asked or _more(app, stage, found, asked, seen)):
        left -= 1
        address = asked.popleft()
        endpoint = reader.endpoint(address)
        if endpoint is None or endpoint in _APART or endpoint in found:
            continue
        html = reader.page(address)
        if html is None:
            continue
        found[endpoint] = reader.measured(address, endpoint, html)
        for link in _links(html):
            if link not in seen:
                seen.add(link)
                asked.append(link)
    return list(found.values())


def _links(html: str) -> Iterator[str]:
    for link in _LINK.findall(html):
        parts = urlsplit(unescape(link))
        yield parts.path + (f"?{parts.query}" if parts.query else "")


def _more(app: Flask, stage: Stage, found: Mapping[str, Found], asked: deque[str], seen: set[str]) -> bool:
    """When the links are used up: addresses of pages that nothing led to, filled with what is known; once."""
    for rule in app.url_map.iter_rules():
        known = rule.endpoint.startswith("web.") and "GET" in (rule.methods or ()) and rule.endpoint not in _APART
        if known and rule.endpoint not in found and (address := _filled(rule, stage)) and address not in seen:
            seen.add(address)
            asked.append(address)
    return bool(asked)


def _filled(rule: Rule, stage: Stage) -> str | None:
    if not rule.arguments <= set(stage.values):
        return None
    built = rule.build({name: stage.values[name] for name in rule.arguments}, append_unknown=False)
    return built[1] if built else None


class _Reader:
    """Asks the application in this process, as one walker."""

    def __init__(self, app: Flask, stage: Stage, walker: Walker | None) -> None:
        self._app, self._stage = app, stage
        self._name = walker.name if walker else "nobody"
        self._client = app.test_client()
        self._adapter: MapAdapter = app.url_map.bind(stage.host)
        self._rules = rules_of(app)
        if walker:
            held = app.extensions[EXTENSION]
            token = held.sessions.start(stage.uuid, walker.account_id, Proof(method="bench"))
            self._client.set_cookie("selaras_session", token, domain=stage.host)

    def endpoint(self, address: str) -> str | None:
        """Which page an address is of."""
        try:
            endpoint, _ = self._adapter.match(urlsplit(address).path, method="GET")
        except HTTPException:
            return None
        return endpoint if endpoint in self._rules else None

    def page(self, address: str) -> str | None:
        """The page, if it is one and may be read."""
        answer = self._client.get(address, base_url=f"http://{self._stage.host}")
        whole = answer.status_code == 200 and answer.mimetype == "text/html" and "<html" in answer.text
        return answer.text if whole else None

    def measured(self, address: str, endpoint: str, html: str) -> Found:
        """The same page once more, now that everything is warm."""
        with recorded(self._app.extensions[EXTENSION].database.engine) as sent:
            self.page(address)
        return Found(self._rules[endpoint], self._name, address, len(sent), self._weight(html))

    def _weight(self, html: str) -> int:
        assets = dict.fromkeys(_ASSET.findall(html))
        bodies = [self._client.get(one, base_url=f"http://{self._stage.host}").data for one in assets]
        return sum(len(gzip.compress(body, 6)) for body in [html.encode(), *bodies])
