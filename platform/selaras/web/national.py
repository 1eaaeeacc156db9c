"""The national exchange: the feed doctor, what is on its way, and the agency's connection with its trial."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from uuid import UUID

from flask import Response, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from selaras.clock import now
from selaras.edge import national_words
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.errors import Invalid
from selaras.exchange.national import connection as connecting
from selaras.exchange.national import doctor, trial
from selaras.exchange.national.border import Probed, Words
from selaras.exchange.national.endpoints import endpoint, endpoints
from selaras.exchange.national.rules import Mode, State, When
from selaras.exchange.national.service import look_again, send_now
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

AT_ONCE = 50


@pages.get("/national-exchange")
@needs(Permission.MANAGE_NATIONAL)
def national_exchange() -> Response:
    """How fit the agency's results are to be told, what is in the way and whose it is, and what is on its way."""
    held = connecting.connection(session(), instance().vault)
    if held is None:
        return render("national_none.html", active="web.national_exchange")
    chosen = endpoint(held.endpoint)
    cause = request.args.get("cause") if request.args.get("cause") in chosen.causes else None
    state = request.args.get("state") if request.args.get("state") in list(State) else None
    after = request.args.get("after", type=UUID)
    found = doctor.items(session(), cause=cause, state=state, after=after, most=AT_ONCE + 1)
    return render(
        "national.html",
        active="web.national_exchange",
        held=held,
        chosen=chosen,
        health=doctor.health(session(), chosen),
        items=found[:AT_ONCE],
        more=found[AT_ONCE - 1].id if len(found) > AT_ONCE else None,
        cause=cause,
        state=state,
        words=national_words,
        say=_say,
        now=now(),
    )


@pages.post("/national-exchange/look-again")
@needs(Permission.MANAGE_NATIONAL)
def look_again_at_national() -> BaseResponse:
    """Look anew at what has some cause, at one result, or at everything that is not sent; then send."""
    cause, item = request.form.get("cause") or None, request.form.get("item", type=UUID)
    look_again(session(), actor(), cause=cause, item=item)
    return see("web.national_exchange", "national-asked")


@pages.post("/national-exchange/send")
@needs(Permission.MANAGE_NATIONAL)
def send_national() -> BaseResponse:
    """Send what is ready now."""
    send_now(session(), actor(), instance().vault)
    return see("web.national_exchange", "national-asked")


@pages.get("/national-connection")
@needs(Permission.MANAGE_NATIONAL)
def national_connection() -> Response:
    """The agency's connection, without its secrets."""
    return _connection()


@pages.post("/national-connection")
@needs(Permission.MANAGE_NATIONAL)
def set_national_connection() -> BaseResponse:
    """Change it; a secret that is left empty stays."""
    form, held = request.form, instance()
    wanted = connecting.Wanted(
        form.get("endpoint", ""),
        form.get("mode", ""),
        form.get("send_when", ""),
        _number(form.get("per_second", "")),
        dict(form.items()),
    )
    try:
        connecting.set_connection(session(), actor(), held.vault, held.egress, wanted)
    except Invalid as error:
        return _connection(error=error)
    return see("web.national_connection", "saved")


@pages.post("/national-connection/trial")
@needs(Permission.MANAGE_NATIONAL)
def try_national_connection() -> Response:
    """Try it step by step; nothing is changed there."""
    held = instance()
    response = _connection(steps=trial.probe(session(), actor(), held.vault, held.egress))
    response.headers["Cache-Control"] = "no-store"
    return response


def _connection(error: Invalid | None = None, steps: tuple[Probed, ...] = ()) -> Response:
    held = connecting.connection(session(), instance().vault)
    installed = endpoints()
    code = request.form.get("endpoint") or (held.endpoint if held else next(iter(installed)))
    chosen = endpoint(code)
    values = {one.code: one.default for one in chosen.fields} | (dict(held.entered) if held else {})
    if error is not None:
        values |= {one.code: request.form.get(one.code, "") for one in chosen.fields if not one.secret}
    return render(
        "national_connection.html",
        error.status if error else 200,
        active="web.national_connection",
        held=held,
        chosen=chosen,
        installed=installed,
        values=values,
        given=request.form if error else {},
        modes=list(Mode),
        whens=list(When),
        steps=steps,
        error=error,
        wrong={fault.field: fault for fault in error.faults} if error else {},
        words=national_words,
        say=_say,
        now=now(),
    )


def _say(words: Words) -> str:
    return words.get(str(get_locale()), words["id"])


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)
