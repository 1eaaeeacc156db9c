"""Messages: what one was told, and on which ways one wants to be told; for an administrator, how they travel."""

from __future__ import annotations

from datetime import time
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.channels import choices, queries, settings
from selaras.channels.composing import opted_out
from selaras.channels.rules import Channel, Mode
from selaras.clock import now
from selaras.edge.access import needs, public
from selaras.edge.context import actor, agency, instance, session
from selaras.edge.fields import time_of_field
from selaras.edge.forms import unbound
from selaras.errors import Invalid, NotFound
from selaras.identity.permissions import Permission
from selaras.notices.queries import latest
from selaras.web.blueprint import pages
from selaras.web.notice_links import link_of
from selaras.web.pages import render, see


@pages.get("/messages")
@needs(Permission.SEE_OWN)
def messages() -> Response:
    """What one was told, and how one is told."""
    return _messages()


@pages.post("/messages/channels")
@needs(Permission.SEE_OWN)
def choose_channels() -> BaseResponse:
    """Choose how one is told."""
    person = actor().person_id
    if person is None:
        raise NotFound("person_unknown", "There is no such person here.")
    modes = {one.value: request.form[one.value] for one in Channel if one.value in request.form}
    try:
        choices.choose(session(), person, modes, request.form.get("number"))
    except Invalid as error:
        return _messages(error)
    for one in Channel:
        if f"again-{one.value}" in request.form:
            choices.try_again(session(), person, one)
    return see("web.messages", "saved")


@pages.get("/messages/opt-out/<token>")
@public
def opt_out_page(token: str) -> Response:
    """What a mail's last line leads to: a question, because mail programs open addresses by themselves."""
    return render("opt_out.html", token=token, known=_opted(token) is not None, done=False)


@pages.post("/messages/opt-out/<token>")
@public
@unbound
def opt_out(token: str) -> Response:
    """No more messages on that channel; a mail program may ask it by itself (RFC 8058)."""
    found = _opted(token)
    if found is not None:
        choices.opt_out(session(), *found)
    return render("opt_out.html", 200 if found else 404, token=token, known=found is not None, done=True)


@pages.get("/channels")
@needs(Permission.MANAGE_CHANNELS)
def channels() -> Response:
    """How the agency's messages travel, and how they fared."""
    return _channels()


@pages.post("/channels")
@needs(Permission.MANAGE_CHANNELS)
def set_channels() -> BaseResponse:
    """Change it."""
    form, held = request.form, instance()
    try:
        wanted = settings.ChannelSettings(
            sender_name=form.get("sender_name", ""),
            email_mode=form.get("email_mode", ""),
            quiet_from=time_of_field(form.get("quiet_from", ""), "quiet_from"),
            quiet_until=time_of_field(form.get("quiet_until", ""), "quiet_until"),
            digest_at=time_of_field(form.get("digest_at", ""), "digest_at"),
            working_days="working_days" in form,
            gateway_url=form.get("gateway_url", ""),
        )
        settings.set_channels(session(), actor(), held.vault, held.egress, wanted, form.get("gateway_secret", ""))
    except Invalid as error:
        return _channels(error)
    return see("web.channels", "saved")


def _messages(error: Invalid | None = None) -> Response:
    person, chosen = actor().person_id, settings.settings_of(session())
    on = settings.channels_on(chosen, mail=bool(instance().settings.smtp_host))
    told = latest(session(), person) if person else ()
    return render(
        "messages.html",
        error.status if error else 200,
        active="web.messages",
        notices=[(one, link_of(one)) for one in told],
        unread=any(one.read_at is None for one in told),
        channels=choices.choices_of(session(), person, on, chosen.email_mode) if person else [],
        modes=list(Mode),
        quiet=chosen,
        error=error,
        number=request.form.get("number"),
        wrong={fault.field: fault for fault in error.faults} if error else {},
    )


def _channels(error: Invalid | None = None) -> Response:
    held = settings.settings_of(session())
    shown = {name: _shown(getattr(held, name)) for name in settings.ChannelSettings.__dataclass_fields__}
    if error is not None:
        shown |= {name: request.form.get(name, "") for name in shown}
    return render(
        "channels.html",
        error.status if error else 200,
        active="web.channels",
        values=shown,
        mail=bool(instance().settings.smtp_host),
        figures=queries.figures(session(), now()),
        modes=list(Mode),
        error=error,
        wrong={fault.field: fault for fault in error.faults} if error else {},
    )


def _shown(value: object) -> object:
    return value.isoformat("minutes") if isinstance(value, time) else value


def _opted(token: str) -> tuple[UUID, Channel] | None:
    return opted_out(instance().settings.secret_key, agency().uuid, token)
