"""Whose account a provider's claims open: linked before, found by number or user name, or made just in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.identity import links
from selaras.identity.actor import system
from selaras.identity.models import Account
from selaras.identity.oidc.party import Told
from selaras.identity.provider_queries import ProviderView
from selaras.identity.refusals import Reason, SignInRefused
from selaras.identity.service import signed_in
from selaras.organisation.accounts import account_of
from selaras.organisation.inviting import accept
from selaras.organisation.settling import number_ended

MOST_NAME = 200

_PERSON = text(
    """
    SELECT p.id, p.account_id FROM selaras.person_number n
    JOIN selaras.person p ON p.tenant_id = :tenant AND p.id = n.person_id
    WHERE n.tenant_id = :tenant AND n.number = :number AND n.during @> CAST(:day AS date)
      AND (p.left_on IS NULL OR p.left_on > :day)
    """
)


@dataclass(frozen=True)
class _Named:
    """What a number or user name leads to: an account, a person of the agency, both or neither."""

    account_id: UUID | None
    person_id: UUID | None


def account_for(session: Session, provider: ProviderView, told: Told, day: date) -> UUID:
    """The account that whoever signed in may use, linked from now on. `SignInRefused` with the reason otherwise.

    A number that nobody holds any more names nobody, also where a link stands. Else a link is believed before a number,
    because numbers change and links do not. Where the two name different accounts, or the account was linked to another
    subject, nobody is signed in: an administrator removes the link.
    """
    subject = f"provider:{provider.id}"
    name = user_name(provider, told)
    if number_ended(session, name, day):
        raise SignInRefused(Reason.NUMBER_ENDED, subject=subject)
    named = _named(session, name, day)
    linked = links.linked_account(session, provider.id, told.subject)
    if linked is not None:
        if named.account_id not in (None, linked):
            raise SignInRefused(Reason.ACCOUNT_LINKED_ELSEWHERE, subject=subject, account=linked)
        found = linked
        links.used(session, provider.id, told.subject)
    else:
        found = _found(session, provider, named, day)
        if links.is_linked(session, provider.id, found):
            raise SignInRefused(Reason.ACCOUNT_LINKED_ELSEWHERE, subject=subject, account=found)
        links.link(session, provider.id, told.subject, found)
    if not session.scalar(select(Account.active).where(Account.id == found)):
        raise SignInRefused(Reason.ACCOUNT_INACTIVE, subject=subject, account=found)
    signed_in(session, found)
    return found


def accept_invitation(session: Session, provider: ProviderView, told: Told, token: str, day: date) -> UUID:
    """The invited account, bound to whoever just signed in; `SignInRefused` for somebody who is known here already."""
    named = _named(session, user_name(provider, told), day)
    if named.account_id is not None or named.person_id is not None:
        raise SignInRefused(Reason.ACCOUNT_LINKED_ELSEWHERE, subject=f"provider:{provider.id}")
    verified = told.claims.get("email_verified") is not False
    email = told.text(provider.email_claim) if verified else ""
    return accept(session, system(tenant_of(session)), provider.id, told.subject, token, email)


def user_name(provider: ProviderView, told: Told) -> str:
    """The number or user name that the claims give; a NIP may be written in groups. Empty where they give none.

    An e-mail address that the provider itself calls unverified names nobody: whoever wrote it may not own it.
    """
    if provider.number_claim == "email" and told.claims.get("email_verified") is False:
        return ""
    given = told.text(provider.number_claim)
    together = "".join(given.split())
    return together if together.isdigit() else given[:MOST_NAME]


def _named(session: Session, name: str, day: date) -> _Named:
    if not name:
        return _Named(None, None)
    parameters = {"tenant": tenant_of(session), "number": name, "day": day}
    person = session.execute(_PERSON, parameters).one_or_none()
    if person is not None and person.account_id is not None:
        return _Named(person.account_id, person.id)
    account = session.scalar(select(Account.id).where(Account.subject_key == name.lower()))
    return _Named(account, person.id if person else None)


def _found(session: Session, provider: ProviderView, named: _Named, day: date) -> UUID:
    unknown = SignInRefused(Reason.ACCOUNT_UNKNOWN, subject=f"provider:{provider.id}")
    if named.account_id is None and not (provider.just_in_time and named.person_id is not None):
        raise unknown
    if named.person_id is None:
        assert named.account_id is not None
        return named.account_id
    try:
        # Joins the person and the account of their number where nobody has yet.
        found = account_of(session, named.person_id, day)
    except NotFound:
        raise unknown from None
    if named.account_id is None:
        session.execute(update(Account).where(Account.id == found).values(source="jit"))
    return found
