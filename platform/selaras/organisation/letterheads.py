"""The agency's own letterhead: every version with its days, the one of a day, a preview as PDF, and a new one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.documents.pdf import render
from selaras.errors import Conflict, Invalid
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.letterhead_models import OwnLetterhead
from selaras.tenancy.letterheads import LONGEST_LINE, MOST_LINES, Letterhead
from selaras.tenancy.packs import letterhead_of
from selaras.tenancy.queries import AgencyView

REASON_LENGTH = 20


@dataclass(frozen=True)
class LetterheadView:
    """One version, and the days `[since, until)` on which documents carry it."""

    letterhead: Letterhead
    since: date | None
    until: date | None
    reason: str


def letterhead_on(session: Session, whose: AgencyView, day: date) -> Letterhead:
    """What a document of that day carries: the agency's own letterhead; without one, what its pack says."""
    row = session.scalar(select(OwnLetterhead).where(OwnLetterhead.during.contains(day)))
    return _said(row) if row else letterhead_of(whose.pack)


def letterheads(session: Session) -> list[LetterheadView]:
    """Every version, the newest first."""
    rows = session.scalars(select(OwnLetterhead).order_by(func.lower(OwnLetterhead.during).desc().nulls_last()))
    return [LetterheadView(_said(one), one.during.lower, one.during.upper, one.reason) for one in rows]


def _said(row: OwnLetterhead) -> Letterhead:
    return Letterhead(tuple(row.lines), row.place)


def written(lines: Iterable[str], place: str) -> Letterhead:
    """The letterhead that somebody wrote, without empty lines; `Invalid` for what no page has room for."""
    found = tuple(clean for one in lines if (clean := " ".join(one.split())))
    where = " ".join(place.split())
    if len(found) > MOST_LINES or any(len(one) > LONGEST_LINE for one in (*found, where)):
        raise Invalid(
            "letterhead.room",
            "A letterhead has room for {most} lines of {longest} characters under the agency's name. Shorten it.",
            most=MOST_LINES,
            longest=LONGEST_LINE,
        )
    if not where:
        raise Invalid("letterhead.place", "Write the place that stands before the date of documents.", field="place")
    return Letterhead(found, where)


def set_letterhead(session: Session, actor: Actor, wanted: Letterhead, *, start: date, reason: str) -> None:
    """From `start` on documents carry it; a version of the same day is replaced, and the ledger says so.

    Conflict where a version from a later day stands: what is ahead is not overwritten unseen.
    """
    actor.require_whole(Permission.MANAGE_LETTERHEAD)
    wanted, why = written(wanted.lines, wanted.place), reason.strip()
    if len(why) < REASON_LENGTH:
        raise Invalid("letterhead.reason", "Write the reason in at least {length} characters.", length=REASON_LENGTH)
    _end_running(session, start)
    row = OwnLetterhead(
        lines=list(wanted.lines),
        place=wanted.place,
        reason=why,
        account_id=actor.account_id,
        during=Range(start, None),
    )
    session.add(row)
    session.flush()
    payload = {
        "words": salted(session, json.dumps([row.lines, row.place])),
        "from": start.isoformat(),
        "reason": salted(session, why),
    }
    record(session, actor, "letterhead.set", f"letterhead:{row.id}", payload)


def _end_running(session: Session, start: date) -> None:
    for one in session.scalars(select(OwnLetterhead).with_for_update()):
        since = one.during.lower or date.min
        if since > start:
            raise Conflict(
                "letterhead.later",
                "A letterhead from {day} on stands already; choose that day or a later one.",
                day=since,
            )
        if since == start:
            session.delete(one)
        elif one.during.upper is None or one.during.upper > start:
            one.during = Range(one.during.lower, start)
    session.flush()


def preview(whose: AgencyView, wanted: Letterhead, day: date, words: dict[str, str]) -> bytes:
    """An empty document with that head and date, as PDF; nothing is recorded and nothing issued.

    `words`: `language`, `title`, `note` and `dated` (the place and the day) as the reader's language has them.
    """
    data: dict[str, Any] = {
        "agency": whose.name,
        "letterhead": wanted.under(whose.hosts),
        "date": {"year": day.year, "month": day.month, "day": day.day},
        **words,
    }
    return render("letterhead_preview", data)
