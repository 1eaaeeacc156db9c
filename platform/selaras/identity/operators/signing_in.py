"""Which operator a provider's claims name: bound before, or found by login and bound now. Console role; no commits."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.identity.oidc.party import Party, Told
from selaras.identity.operators.models import OperatorAccount
from selaras.identity.operators.service import at_console
from selaras.identity.refusals import Reason, SignInRefused
from selaras.tenancy.operators import note


def operator_for(session: Session, party: Party, told: Told, claim: str) -> UUID:
    """The account of whoever signed in, bound to that very subject from the first time on; `SignInRefused` otherwise.

    A login that the provider gave to somebody else later opens nothing: the account is another subject's by then.
    """
    issuer = party.published.issuer
    row = session.scalar(
        select(OperatorAccount).where(OperatorAccount.issuer == issuer, OperatorAccount.subject == told.subject)
    )
    if row is None:
        row = _by_login(session, party, _login(told, claim))
        row.issuer, row.subject = issuer, told.subject
    if not row.active:
        raise SignInRefused(Reason.ACCOUNT_INACTIVE, subject=party.subject, operator=row.id)
    session.flush()
    facts = {"acr": told.acr, "amr": list(told.amr)}
    note(session, at_console(row.id).reference, "operator.signed_in", str(row.id), facts)
    return row.id


def _by_login(session: Session, party: Party, login: str) -> OperatorAccount:
    query = select(OperatorAccount).where(func.lower(OperatorAccount.login) == login.lower()).with_for_update()
    row = session.scalar(query) if login else None
    if row is None:
        raise SignInRefused(Reason.ACCOUNT_UNKNOWN, subject=party.subject)
    if row.subject is not None:
        raise SignInRefused(Reason.ACCOUNT_LINKED_ELSEWHERE, subject=party.subject, operator=row.id)
    return row


def _login(told: Told, claim: str) -> str:
    """An e-mail address that the provider itself calls unverified names nobody: whoever wrote it may not own it."""
    if claim == "email" and told.claims.get("email_verified") is False:
        return ""
    return told.text(claim)
