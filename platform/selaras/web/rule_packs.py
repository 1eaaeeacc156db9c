"""The agency's rules as a pack: what it holds, how far it has moved, the file, and loading another one in two steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, agency, instance, session
from selaras.edge.downloads import attachment
from selaras.edge.fields import day_of_field
from selaras.edge.words import number
from selaras.errors import Conflict, Invalid
from selaras.exchange import rule_packs
from selaras.exchange.own_rules import KINDS, held
from selaras.identity.permissions import Permission
from selaras.tenancy.rule_rows import Difference, RuleRow, stored
from selaras.web.blueprint import pages
from selaras.web.pages import render, see
from selaras.web.rule_choices import said
from selaras.web.rule_words import RULE_WORDS

MOST = 250_000


@pages.get("/rule-pack")
@needs(Permission.CHOOSE_RULES)
def rule_pack() -> Response:
    """Every rule that the agency holds, how far it has moved from the pack it began with, and the way in and out."""
    return _page()


@pages.get("/rule-pack/file")
@needs(Permission.CHOOSE_RULES)
def rule_pack_file() -> Response:
    """The rules as a pack.toml."""
    name = f"{agency().slug}-pack.toml"
    return attachment(rule_packs.exported(session()).encode(), name, "application/toml")


@pages.post("/rule-pack/look")
@needs(Permission.CHOOSE_RULES)
def look_at_pack() -> Response:
    """What an uploaded pack would change, day by day; nothing is changed."""
    try:
        text, start = _given(), _start()
        found = rule_packs.preview(session(), actor(), instance().registry, text, start)
    except (Invalid, Conflict) as error:
        return _page(error)
    return _page(found=found, text=text)


@pages.post("/rule-pack/load")
@needs(Permission.CHOOSE_RULES)
def load_pack() -> BaseResponse:
    """Take over what was looked at, for a reason; refused if the agency's rules have changed since."""
    text = request.form.get("pack", "")
    try:
        rule_packs.load(
            session(),
            actor(),
            instance().registry,
            text,
            _start(),
            reason=request.form.get("reason", ""),
            seen=request.form.get("version") or None,
        )
    except (Invalid, Conflict) as error:
        return _page(error)
    return see("web.rule_pack", "pack-loaded")


def _given() -> str:
    file = request.files.get("file")
    data = file.read(MOST + 1) if file else b""
    if not data:
        raise Invalid("rules.no_file", "Choose a pack (a file that ends in .toml).", field="file")
    try:
        return data[:MOST].decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("rules.not_text", "The file is no text; a pack ends in .toml.", field="file") from error


def _start() -> date | None:
    return day_of_field(request.form.get("from", ""), "from")


def _page(error: Invalid | Conflict | None = None, **more: Any) -> Response:
    pack = rule_packs.pack_of(session())
    return render(
        "rule_pack.html",
        error.status if error else 200,
        active="web.periods_page",
        rows=held(session()),
        pack=pack,
        drift=rule_packs.drift(session(), pack) if pack else None,
        kinds=KINDS,
        shown=shown,
        side=side,
        error=error,
        form=request.form,
        **{"found": None, "text": "", **more},
    )


def shown(row: RuleRow) -> list[tuple[str, str]]:
    """The values of a row, each by its word."""
    return [(name, _written(value)) for name, value in row.values.items()]


def side(one: Difference, name: str) -> list[tuple[str, str]]:
    """What one side (`before`, `after`) of a difference says where the two differ."""
    values = one.before if name == "before" else one.after
    return [(key, _written(values.get(key))) for key in one.keys] if values is not None else []


def _written(value: object) -> str:
    """A value in words: lists by commas, tables as their lines, what the pages have a word for by that word."""
    if isinstance(value, Mapping):
        return "; ".join(f"{_word(name)}: {_written(one)}" for name, one in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(_written(one) for one in value) or "–"
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return number(value)
    return _word(said(stored(value))) or "–"


def _word(code: str) -> str:
    return str(RULE_WORDS.get(code, code))
