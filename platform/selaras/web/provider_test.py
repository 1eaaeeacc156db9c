"""A test sign-in: the real flow in the administrator's own browser, and what the claims would come to here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Response, g
from sqlalchemy.orm import Session

from selaras.edge import at_provider, signing_in
from selaras.edge.context import actor, agency, day, process
from selaras.edge.refusing import record_refusal
from selaras.identity import providers
from selaras.identity.oidc.flow import Returned, UnderWay
from selaras.identity.oidc.party import Party, Told
from selaras.identity.permissions import Permission
from selaras.identity.provider_queries import ProviderView, provider
from selaras.identity.queries import AccountView, account
from selaras.identity.refusals import Reason, SignInRefused
from selaras.organisation.signing_in import account_for, user_name
from selaras.web.pages import render

PURPOSE = "test"


@dataclass(frozen=True)
class Mapped:
    """One mapped claim: what for, its name, and what came under that name."""

    code: str
    claim: str
    value: str


@dataclass(frozen=True)
class Outcome:
    """What a test came to: the account that would be opened, or why none."""

    provider: ProviderView
    reason: Reason | None = None
    told: Told | None = None
    mapped: tuple[Mapped, ...] = ()
    account: AccountView | None = None

    @property
    def others(self) -> list[str]:
        """Claims that came and are not used, by name alone."""
        used = {one.claim for one in self.mapped}
        return sorted(set(self.told.claims) - used) if self.told else []


def come_back(begun: UnderWay, returned: Returned) -> Response:
    """Finish a test for the very administrator who began it; nothing is kept but whether it succeeded."""
    held = signing_in.held_session()
    with process().database.tenant(agency().tenant_id) as session:
        g.actor = signing_in.actor_of(session, held) if held else None
        actor().require(Permission.MANAGE_SIGN_IN)
        if begun.account_id != actor().account_id:
            raise SignInRefused(Reason.STATE_FOREIGN, subject=f"provider:{begun.provider_id}")
        party = providers.testable(session, process().vault, begun.provider_id)
    outcome = _finish(party, begun, returned)
    if outcome.reason is not None:
        record_refusal(outcome.reason, party.subject, {"test": True})
    response = render("provider_test.html", 200, active="web.identity_providers", outcome=outcome)
    response.headers["Cache-Control"] = "no-store"
    return response


def _finish(party: Party, begun: UnderWay, returned: Returned) -> Outcome:
    try:
        told = at_provider.flow().finish(party, begun, returned)
    except SignInRefused as refused:
        with process().database.tenant(agency().tenant_id) as session:
            return Outcome(provider(session, begun.provider_id), refused.reason)
    with process().database.tenant(agency().tenant_id) as session:
        view = provider(session, begun.provider_id)
        account_id, reason = _preview(session, view, told)
        providers.tested(session, actor(), view.id, told, account_id)
        whose = account(session, account_id, day()) if account_id else None
        return Outcome(view, reason, told, _mapped(view, told), whose)


def _preview(session: Session, view: ProviderView, told: Told) -> tuple[UUID | None, Reason | None]:
    """Whose account a real sign-in would open. It is tried and undone, so that it cannot differ from the real one."""
    trial = session.begin_nested()
    try:
        found = account_for(session, view, told, day())
    except SignInRefused as refused:
        return None, refused.reason
    finally:
        trial.rollback()
    return found, None


def _mapped(view: ProviderView, told: Told) -> tuple[Mapped, ...]:
    return (
        Mapped("number", view.number_claim, user_name(view, told)),
        Mapped("name", view.name_claim, told.text(view.name_claim)),
        Mapped("email", view.email_claim, told.text(view.email_claim)),
    )
