"""One's private calendar address, and what it answers."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from selaras.agenda import feed
from selaras.edge import words
from selaras.edge.access import needs, public
from selaras.edge.context import actor, agency, day, rules, session
from selaras.errors import NotFound
from selaras.identity.permissions import Permission
from selaras.translations import translations
from selaras.web.blueprint import pages
from selaras.web.pages import render, see


@pages.get("/my-calendar")
@needs(Permission.SEE_OWN)
def my_calendar() -> Response:
    """Whether one has an address, and making or ending it."""
    return render("my_calendar.html", active="web.messages", since=feed.made_at(session(), _me()), address=None)


@pages.post("/my-calendar")
@needs(Permission.SEE_OWN)
def renew_calendar() -> Response:
    """A new address, shown this once; the one before ends."""
    token = feed.renew(session(), _me())
    address = url_for("web.calendar_feed", token=token, _external=True)
    return render("my_calendar.html", active="web.messages", since=feed.made_at(session(), _me()), address=address)


@pages.post("/my-calendar/revocation")
@needs(Permission.SEE_OWN)
def revoke_calendar() -> BaseResponse:
    """The address opens nothing any more."""
    feed.revoke(session(), _me())
    return see("web.my_calendar", "saved")


@pages.get("/calendar/<token>.ics")
@public
def calendar_feed(token: str) -> Response:
    """The last days and follow-ups of whoever the token belongs to; nothing about anybody else."""
    found = feed.opened(session(), token)
    entries = feed.entries(session(), found.person_id, day(), rules)
    home = url_for("web.home", _external=True)
    data = feed.ical(entries, f"Selaras · {agency().short_name}", home, translations(words.language()).gettext)
    response = Response(data, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _me() -> UUID:
    person = actor().person_id
    if person is None:
        raise NotFound("person_unknown", "There is no such person here.")
    return person
