"""Inviting the holder of a public office who has no NIP: made, sent anew, taken back, and accepted once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound
from selaras.identity import links
from selaras.identity.actor import Actor
from selaras.identity.directory import grantable_to_groups
from selaras.identity.models import Account, RoleGrant
from selaras.identity.permissions import Permission
from selaras.identity.refusals import Reason, SignInRefused
from selaras.identity.service import open_account
from selaras.identity.sessions import SessionStore
from selaras.organisation.access import unit_for
from selaras.organisation.leaving import end_access
from selaras.organisation.models import Invitation, Person, PublicOffice
from selaras.organisation.reporting import recompute

DAYS = 14
MOST_DAYS = 60
LONGEST = 200
LONGEST_EMAIL = 250


@dataclass(frozen=True)
class Wanted:
    """Whom to invite: name, the title that documents print instead of a NIP, the unit they lead, until when.

    `by_mail`: the link goes to `email` and to nobody else.
    """

    name: str
    title: str
    unit_id: UUID | None = None
    email: str = ""
    roles: tuple[str, ...] = ()
    until: date | None = None
    days: int = DAYS
    by_mail: bool = False


@dataclass(frozen=True)
class Invited:
    """An invitation in the one moment in which its token is known."""

    id: UUID
    account_id: UUID
    person_id: UUID
    token: str
    expires_at: datetime


@dataclass(frozen=True)
class InvitationLine:
    """An invitation as the list shows it; `state`: waiting, expired, accepted, revoked."""

    id: UUID
    account_id: UUID
    name: str
    title: str
    unit: str | None
    state: str
    expires_at: datetime
    accepted_at: datetime | None
    mail_to: str | None = None
    mailed_at: datetime | None = None
    mail_trouble: str | None = None


_LINES = text(
    """
    SELECT i.id, i.account_id, p.name, o.title, u.name AS unit, i.expires_at, i.accepted_at, i.revoked_at,
           i.mail_to, i.mailed_at, i.mail_trouble
    FROM selaras.invitation i
    JOIN selaras.person p ON p.tenant_id = :tenant AND p.account_id = i.account_id
    JOIN selaras.public_office o ON o.tenant_id = :tenant AND o.person_id = p.id
    LEFT JOIN selaras.unit u ON u.tenant_id = :tenant AND u.id = o.unit_id
    WHERE i.tenant_id = :tenant AND (CAST(:hash AS text) IS NULL OR i.token_hash = :hash) ORDER BY i.created_at DESC
    """
)


def invite(session: Session, actor: Actor, wanted: Wanted, day: date) -> Invited:
    """Make the person, the office, the closed account and its invitation; who reports to whom follows at once.

    Needs MANAGE_ACCOUNTS, and GRANT_ROLES where roles are given.
    """
    actor.require_whole(Permission.MANAGE_ACCOUNTS)
    if wanted.roles:
        actor.require_whole(Permission.GRANT_ROLES)
    name, title = _check(session, wanted, day)
    key, moment = uuid4(), now()
    account = Account(
        subject=f"undangan-{key.hex[:12]}",
        name=name,
        source="invitation",
        active=False,
        inactive_cause="invited",
        inactive_at=moment,
        emails=[{"value": wanted.email, "type": "work", "primary": True}] if wanted.email else [],
    )
    session.add(account)
    session.flush()
    person = Person(source_id=f"official:{key}", name=name, search_name=name.lower(), account_id=account.id)
    session.add(person)
    session.flush()
    during = Range(day, wanted.until)
    session.add(PublicOffice(person_id=person.id, title=title, unit_id=wanted.unit_id, during=during))
    for role in wanted.roles:
        session.add(RoleGrant(account_id=account.id, role=role, origin="invitation", during=during))
    token = secrets.token_urlsafe(32)
    expires = moment + timedelta(days=wanted.days)
    row = Invitation(
        account_id=account.id,
        token_hash=_hash(token),
        created_by=actor.account_id,
        created_at=moment,
        expires_at=expires,
        mail_to=wanted.email if wanted.by_mail else None,
    )
    session.add(row)
    session.flush()
    recompute(session, day)
    payload = {"person": person.id, "roles": sorted(wanted.roles), **({"until": wanted.until} if wanted.until else {})}
    payload |= {"by_mail": True} if wanted.by_mail else {}
    record(session, actor, "invitation.create", f"account:{account.id}", payload)
    return Invited(row.id, account.id, person.id, token, expires)


def send_anew(
    session: Session, actor: Actor, invitation_id: UUID, days: int = DAYS, *, by_mail: bool = False
) -> Invited:
    """A new link; the one before is worth nothing from now on. `Conflict` once it was accepted.

    `by_mail`: to the address that was entered, and to nobody else; `Invalid` where there is none.
    """
    actor.require_whole(Permission.MANAGE_ACCOUNTS)
    row = _row(session, invitation_id)
    row.mail_to, row.mailed_at, row.mail_trouble = _address_of(session, row) if by_mail else None, None, None
    token, expires = secrets.token_urlsafe(32), now() + timedelta(days=days)
    row.token_hash, row.expires_at, row.revoked_at = _hash(token), expires, None
    session.flush()
    record(session, actor, "invitation.resend", f"account:{row.account_id}", {"invitation": row.id})
    person = session.execute(select(Person.id).where(Person.account_id == row.account_id)).scalar_one()
    return Invited(row.id, row.account_id, person, token, expires)


def revoke(session: Session, sessions: SessionStore, actor: Actor, invitation_id: UUID) -> None:
    """The link is worth nothing; the office stays, because others report to it. `Conflict` once it was accepted."""
    actor.require_whole(Permission.MANAGE_ACCOUNTS)
    row = _row(session, invitation_id)
    row.revoked_at = now()
    session.flush()
    end_access(session, sessions, row.account_id, actor=actor, cause="page")
    record(session, actor, "invitation.revoke", f"account:{row.account_id}", {"invitation": row.id})


def invitations(session: Session) -> Sequence[InvitationLine]:
    """Every invitation, the newest first."""
    return [_line(row) for row in session.execute(_LINES, {"tenant": tenant_of(session), "hash": None})]


def shown(session: Session, token: str) -> InvitationLine | None:
    """The invitation of a link that can still be accepted, or None."""
    found = session.execute(_LINES, {"tenant": tenant_of(session), "hash": _hash(token)}).one_or_none()
    line = _line(found) if found else None
    return line if line is not None and line.state == "waiting" else None


def accept(session: Session, actor: Actor, provider_id: UUID, subject: str, token: str, email: str = "") -> UUID:
    """Bind whoever has just signed in at a provider to the invited account, once; returns the account.

    `email`: the address that the provider vouches for. `SignInRefused` for a link that is used, expired or taken back,
    for somebody who has an account here already, and for another address than the one that the link was mailed to.
    """
    told = f"provider:{provider_id}"
    row = session.scalar(select(Invitation).where(Invitation.token_hash == _hash(token)).with_for_update())
    if row is None or row.accepted_at is not None or row.revoked_at is not None or row.expires_at <= now():
        raise SignInRefused(Reason.INVITATION_INVALID, subject=told)
    if links.linked_account(session, provider_id, subject) not in (None, row.account_id):
        raise SignInRefused(Reason.ACCOUNT_LINKED_ELSEWHERE, subject=told, account=row.account_id)
    if row.mail_to is not None and row.mail_to.casefold() != email.casefold():
        # Mail is read by others, too: whoever finds the link there is not whom the provider calls by that address.
        raise SignInRefused(Reason.INVITATION_EMAIL, subject=told, account=row.account_id)
    row.accepted_at = now()
    session.execute(update(Account).where(Account.id == row.account_id).values(last_sign_in_at=now()))
    if not links.is_linked(session, provider_id, row.account_id):
        links.link(session, provider_id, subject, row.account_id)
    open_account(session, actor, row.account_id, "accepted")
    record(session, actor, "invitation.accept", f"account:{row.account_id}", {"provider": provider_id})
    return row.account_id


def _check(session: Session, wanted: Wanted, day: date) -> tuple[str, str]:
    name, title = " ".join(wanted.name.split()), " ".join(wanted.title.split())
    for field, value in (("name", name), ("title", title)):
        if not value or len(value) > LONGEST or not value.isprintable():
            raise Invalid("invitation_text", "Write this in at most {most} characters.", most=LONGEST, field=field)
    check_email(wanted.email, needed=wanted.by_mail)
    if not 1 <= wanted.days <= MOST_DAYS:
        raise Invalid("invitation_days", "A link holds for 1 to {most} days.", most=MOST_DAYS, field="days")
    if wanted.until is not None and wanted.until <= day:
        raise Invalid(
            "invitation_until", "The last day lies in the past; leave it open or choose a later one.", field="until"
        )
    unknown = set(wanted.roles) - set(grantable_to_groups())
    if unknown:
        raise Invalid("invitation_role", "“{role}” cannot be given here.", role=min(unknown)[:40], field="roles")
    if wanted.unit_id is not None:
        unit_for(session, wanted.unit_id)
        held = select(func.count()).where(PublicOffice.unit_id == wanted.unit_id, PublicOffice.during.contains(day))
        if session.scalar(held):
            raise Conflict("office_held", "Somebody holds the office of this unit already; end that first.")
    return name, title


def check_email(text_: str, *, needed: bool) -> None:
    """`Invalid` for what is no e-mail address; empty is one only where none is needed."""
    if not text_ and not needed:
        return
    try:
        sound = "." in Address(addr_spec=text_).domain and text_.isascii() and len(text_) <= LONGEST_EMAIL
    except (ValueError, IndexError, HeaderParseError):
        sound = False
    if not sound:
        raise Invalid(
            "invitation_email", "“{email}” is no e-mail address such as nama@instansi.go.id.", email=text_[:80],
            field="email",
        )  # fmt: skip


def _address_of(session: Session, row: Invitation) -> str:
    emails = session.execute(select(Account.emails).where(Account.id == row.account_id)).scalar_one()
    found = str(emails[0]["value"]) if emails else ""
    check_email(found, needed=True)
    return found


def _row(session: Session, invitation_id: UUID) -> Invitation:
    row = session.scalar(select(Invitation).where(Invitation.id == invitation_id).with_for_update())
    if row is None:
        raise NotFound("invitation_unknown", "There is no such invitation here.")
    if row.accepted_at is not None:
        raise Conflict("invitation_accepted", "This invitation was accepted; close or open the account instead.")
    return row


def _line(row: object) -> InvitationLine:
    values = row._mapping  # type: ignore[attr-defined]  # a row of the statement above
    state = "waiting"
    if values["accepted_at"] is not None:
        state = "accepted"
    elif values["revoked_at"] is not None:
        state = "revoked"
    elif values["expires_at"] <= now():
        state = "expired"
    return InvitationLine(
        values["id"],
        values["account_id"],
        values["name"],
        values["title"],
        values["unit"],
        state,
        values["expires_at"],
        values["accepted_at"],
        values["mail_to"],
        values["mailed_at"],
        values["mail_trouble"],
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
