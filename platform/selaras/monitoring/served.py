"""People who were served say something by a link or a QR code, without an account and without being known."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.errors import Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.monitoring.log import items_on, own_person
from selaras.monitoring.models import Feedback, FeedbackLink
from selaras.notices.service import tell

LONGEST_LABEL, LONGEST_NAME, SHORTEST, LONGEST = 80, 80, 10, 1_000
MOST_USES, MOST_DAYS, MOST_LINKS = 500, 180, 50
_ADDRESS = re.compile(r"https?://|www\.|\bt\.me/|\bwa\.me/", re.IGNORECASE)


@dataclass(frozen=True)
class LinkView:
    """A link of one's own; `state`: open, used, expired, revoked."""

    link_id: UUID
    label: str
    uses: int
    used: int
    expires_at: datetime
    state: str


@dataclass(frozen=True)
class Made:
    """A link in the one moment in which its token is known."""

    link_id: UUID
    token: str


def make_link(  # what a link is for, how often and how long
    session: Session, actor: Actor, label: str, uses: int, days: int, item_id: UUID | None, today: date
) -> Made:
    """A link that may be used `uses` times within `days`; its token is shown once and kept as a hash."""
    person = own_person(actor)
    label = " ".join(label.split())
    if not 3 <= len(label) <= LONGEST_LABEL or not label.isprintable():
        raise Invalid("link_label", "Name the service in 3 to {most} characters.", most=LONGEST_LABEL, field="label")
    if not 1 <= uses <= MOST_USES:
        raise Invalid("link_uses", "A link takes 1 to {most} answers.", most=MOST_USES, field="uses")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("link_days", "A link holds for 1 to {most} days.", most=MOST_DAYS, field="days")
    if item_id is not None and item_id not in items_on(session, person, today):
        raise Invalid("feedback_item", "Choose a result from the list.", field="item_id")
    if sum(one.state == "open" for one in links_of(session, person)) >= MOST_LINKS:
        raise Invalid("link_many", "You have {most} open links; take one back first.", most=MOST_LINKS, field="label")
    token = secrets.token_urlsafe(24)
    row = FeedbackLink(
        person_id=person,
        item_id=item_id,
        label=label,
        token_hash=_hash(token),
        uses=uses,
        expires_at=now() + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    return Made(row.id, token)


def links_of(session: Session, person_id: UUID) -> list[LinkView]:
    """The person's links, the newest first."""
    rows = session.scalars(
        select(FeedbackLink).where(FeedbackLink.person_id == person_id).order_by(FeedbackLink.id.desc()).limit(100)
    )
    return [LinkView(row.id, row.label, row.uses, row.used, row.expires_at, _state(row)) for row in rows]


def revoke_link(session: Session, actor: Actor, link_id: UUID) -> None:
    """Take a link of one's own back; what was said by it stays."""
    person = own_person(actor)
    mine = (FeedbackLink.id == link_id, FeedbackLink.person_id == person)
    found = session.execute(update(FeedbackLink).where(*mine).values(revoked_at=now()))
    if not found.rowcount:  # type: ignore[attr-defined]  # a cursor result
        raise NotFound("link_unknown", "There is no such link here.")


def shown(session: Session, token: str) -> str | None:
    """The label of a link that can still be used, or None."""
    row = session.scalar(select(FeedbackLink).where(FeedbackLink.token_hash == _hash(token)))
    return row.label if row is not None and _state(row) == "open" else None


def say(session: Session, token: str, name: str, content: str, today: date) -> None:
    """Say something by a link. `NotFound` for one that is used up, expired or taken back; nothing is told of it."""
    row = session.scalar(select(FeedbackLink).where(FeedbackLink.token_hash == _hash(token)).with_for_update())
    if row is None or _state(row) != "open":
        raise NotFound("link_over", "This link cannot be used any more. Ask for a new one where you were served.")
    label, words = " ".join(name.split())[:LONGEST_NAME], content.strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise Invalid(
            "feedback_length", "Write {least} to {most} characters.", least=SHORTEST, most=LONGEST, field="content"
        )
    if _ADDRESS.search(words) or _ADDRESS.search(label):
        raise Invalid("feedback_address", "Write it without addresses of web pages.", field="content")
    row.used += 1
    said = Feedback(
        person_id=row.person_id,
        giver_label=f"{label} · {row.label}" if label else row.label,
        link_id=row.id,
        relation="service_user",
        item_id=row.item_id,
        on_day=today,
        content=words,
    )
    session.add(said)
    session.flush()
    tell(session, row.person_id, "feedback_received", said.id, {})


def _state(row: FeedbackLink) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.used >= row.uses:
        return "used"
    return "expired" if row.expires_at <= now() else "open"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
