"""A browser without a window for the pages of a provider: follows redirects by hand, fills in the forms it meets."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

# Signing in takes a name, a password, perhaps a second factor and consent, each perhaps behind a redirect.
MOST_STEPS = 20


class _Named(httpx.HTTPTransport):
    """Every name is this machine, as browsers know of *.localhost; cookies stay apart by name."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        here = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1"),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return super().handle_request(here)


def browser() -> httpx.Client:
    """A browser that keeps cookies, follows nothing by itself, and reaches this machine alone."""
    return httpx.Client(transport=_Named(), timeout=90, trust_env=False)


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(found.get("action", ""), found.get("method", "get").lower()))
        elif self.forms and tag in ("input", "button") and found.get("name"):
            self._field(tag, found)

    def _field(self, tag: str, found: dict[str, str]) -> None:
        form, kind = self.forms[-1], found.get("type", "text")
        if tag == "button" or kind == "submit":
            form.buttons.append((found["name"], found.get("value", "")))
            return
        form.fields[found["name"]] = found.get("value", "")
        if kind != "hidden":
            form.typed.add(found["name"])


def forms(page: httpx.Response) -> list[Form]:
    """The forms of a page, in order."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.forms


@dataclass
class Walk:
    """What happened on the way: every address asked, and the last answer."""

    asked: list[str]
    answer: httpx.Response

    @property
    def location(self) -> str:
        return urljoin(str(self.answer.request.url), self.answer.headers.get("location", ""))


def walk(client: httpx.Client, start: str, until: str, **typed: str) -> Walk:
    """From an address through the provider's pages until it sends the browser to an address that begins with `until`.

    `typed` is what to write into fields of that name (`login` and `username` are the same to us); the walk ends at a
    form whose fields were all filled before, such as after a wrong password.
    """
    asked, filled = [start], set[str]()
    answer = client.get(start)
    for _ in range(MOST_STEPS):
        if answer.is_redirect:
            target = urljoin(asked[-1], answer.headers["location"])
            if target.startswith(until):
                return Walk(asked, answer)
            asked.append(target)
            answer = client.get(target)
            continue
        form = next((form for form in forms(answer) if _wanted(form, typed)), None)
        if form is None or (form.typed & typed.keys() and form.typed & typed.keys() <= filled):
            return Walk(asked, answer)
        filled |= form.typed & typed.keys()
        target = urljoin(asked[-1], form.action)
        asked.append(target)
        answer = client.post(target, data=_content(form, typed))
    raise AssertionError(f"no end of pages: {asked}")


def _wanted(form: Form, typed: dict[str, str]) -> bool:
    return bool(form.typed & typed.keys()) or ("answer", "accept") in form.buttons


def _content(form: Form, typed: dict[str, str]) -> dict[str, str]:
    content = form.fields | {name: typed[name] for name in form.typed & typed.keys()}
    return content | ({"answer": "accept"} if ("answer", "accept") in form.buttons else {})
