"""What a request knows: its instance, its agency, its transaction and who acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from flask import current_app, g
from redis import Redis
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.config import Settings
from selaras.db.session import Database
from selaras.edge.agency_limits import KnownLimits
from selaras.edge.hosts import Hosts
from selaras.errors import NotFound, Unauthenticated
from selaras.files.store import FileStore
from selaras.identity.access_limits import CONSOLE, AccessLimits
from selaras.identity.actor import Actor
from selaras.identity.egress import Egress
from selaras.identity.sessions import SessionStore
from selaras.identity.vault import Vault
from selaras.regulation import Registry, Rules
from selaras.tenancy.features import Feature
from selaras.tenancy.queries import AgencyView, Followed, features_on, rules_on, rules_within

EXTENSION = "selaras"


@dataclass(frozen=True, kw_only=True)
class Process:
    """What any process with pages holds, made once at its start. `cookies` begins the names of its cookies."""

    settings: Settings
    database: Database
    redis: Redis
    sessions: SessionStore
    registry: Registry
    vault: Vault
    egress: Egress
    cookies: str = "selaras"


@dataclass(frozen=True, kw_only=True)
class Instance(Process):
    """What one process of the agencies' application holds."""

    hosts: Hosts
    limits: KnownLimits
    store: FileStore


def instance() -> Instance:
    """The instance that serves this request."""
    return cast(Instance, current_app.extensions[EXTENSION])


def process() -> Process:
    """The process that serves this request, whether it is the agencies' application or the console."""
    return cast(Process, current_app.extensions[EXTENSION])


def realm() -> UUID:
    """Where a sign-in, a form and a count of attempts are worth something: at this agency, or at the console."""
    return cast(UUID, g.realm) if "realm" in g else agency().uuid


def has_realm() -> bool:
    """Whether the request got as far as an agency or the console; an unknown host does not."""
    return "realm" in g or has_agency()


def agency() -> AgencyView:
    """The agency whose host was asked for."""
    return cast(AgencyView, g.agency)


def has_agency() -> bool:
    """Whether the request got as far as an agency; an unknown host does not."""
    return "agency" in g


def access_limits() -> AccessLimits:
    """How long sessions last here and how much may be asked: the agency's choice; the console has its own."""
    return instance().limits.of(agency().tenant_id) if has_agency() else CONSOLE


def session() -> Session:
    """The one transaction of this request, within the agency."""
    return cast(Session, g.transaction)


def visitor() -> Actor | None:
    """Who is signed in, if anybody."""
    return cast("Actor | None", g.get("actor"))


def actor() -> Actor:
    """Who is signed in, or `Unauthenticated`."""
    found = visitor()
    if found is None:
        raise Unauthenticated("sign_in_needed", "Please sign in first.")
    return found


def day() -> date:
    """Today in the agency's zone."""
    return today(agency().time_zone)


def rules(on: date) -> Rules:
    """The rules that the agency follows on a day."""
    return rules_on(session(), agency(), on, instance().registry)


def law(first: date, last: date) -> tuple[Followed, ...]:
    """Each regulation that the agency follows between two days, both included."""
    return rules_within(session(), agency(), first, last, instance().registry)


def has_feature(feature: Feature) -> bool:
    """Whether the feature is switched on for the agency today."""
    return feature.value in features_on(session(), agency().tenant_id, day())


def refuse_without(feature: Feature) -> None:
    """`NotFound` where the feature is not switched on: there is nothing at this address then."""
    if not has_feature(feature):
        raise NotFound("feature_off", "This is not switched on for your agency.")


def after_commit(action: Callable[[], None]) -> None:
    """Do something once the transaction of this request is kept; it is forgotten when the request is refused."""
    g.setdefault("after_commit", []).append(action)
