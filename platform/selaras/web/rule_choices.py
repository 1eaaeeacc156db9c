"""Choices of rules: what regulations leave open on a day, what other sources say, and the agency's own choice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation import rule_choices as service
from selaras.identity.permissions import Permission
from selaras.regulation.parameters import Parameter
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/rule-choices")
@needs(Permission.CHOOSE_RULES)
def rule_choices() -> Response:
    """Every open parameter of a day, with the law's value, its source and certainty, and the agency's choice."""
    return _page(_asked_day(request.args.get("on", "")))


@pages.post("/rule-choices/<regulation>")
@needs(Permission.CHOOSE_RULES)
def choose_rules(regulation: str) -> BaseResponse:
    """Choose from a day on; an empty field returns to the law. What is refused comes back as written."""
    on, form = _asked_day(request.form.get("on", "")), request.form
    try:
        start = _day(form.get("from", ""))
        open_ = [
            one
            for found in service.open_rules(session(), instance().registry, on)
            if found.rules.code == regulation
            for one in found.parameters
        ]
        written = {one.parameter.name: form.get(one.parameter.name, "").strip() for one in open_}
        chosen = {
            one.parameter.name: _value(one.parameter, written[one.parameter.name])
            for one in open_
            if written[one.parameter.name]
        }
        back = [name for name, text in written.items() if not text]
        service.choose(
            session(),
            actor(),
            instance().registry,
            regulation,
            chosen,
            start=start,
            reason=form.get("reason", ""),
            back=back,
        )
    except (Invalid, Conflict, NotFound) as error:
        return _page(on, error=error, wrong=regulation, form=form)
    return see("web.rule_choices", "chosen", on=start)


def _page(
    on: date,
    *,
    error: Invalid | Conflict | NotFound | None = None,
    wrong: str = "",
    form: Mapping[str, str] | None = None,
) -> Response:
    return render(
        "rule_choices.html",
        422 if error else 200,
        active="web.periods_page",
        on=on,
        found=service.open_rules(session(), instance().registry, on),
        choices=service.choices(session()),
        said=said,
        error=error,
        wrong=wrong,
        form=form or {},
    )


def said(value: object) -> str:
    """A parameter's value as it is written in the form: a code as it is, a list or a table as JSON."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _asked_day(written: str) -> date:
    return _day(written) if written else day()


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Invalid("rule_choice.day", "{day} is no day. Write it as 2026-01-31.", day=written or "–") from error


def _value(parameter: Parameter, written: str) -> object:
    if parameter.kind in ("code", "day_of_year"):
        return written
    try:
        return json.loads(written.replace(",", ".") if parameter.kind in ("number", "integer") else written)
    except ValueError as error:
        raise Invalid(
            "rule_choice.value",
            "{name} cannot be {value}. Write it in the form of the law's value.",
            name=parameter.name,
            value=written,
        ) from error
