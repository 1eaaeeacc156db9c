"""Endpoints: audits with their reasons, and who was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.identity.permissions import Permission
from selaras.organisation import inspecting

endpoints = endpoints_of("audits", "Audits with a stated reason, and who was looked at")


@dataclass(frozen=True)
class Audit:
    """An audit: whose, why, from when to when, and how many people were looked at."""

    id: UUID
    account_id: UUID
    name: str
    reason: str
    opened_at: datetime
    ends: datetime
    open: bool
    people: int


@dataclass(frozen=True)
class Audits:
    """Audits, the newest first."""

    items: list[Audit]


@dataclass(frozen=True)
class AuditRequest:
    """What is audited and why; the agency reads it."""

    reason: str


@dataclass(frozen=True)
class SeenPerson:
    """Somebody who was looked at, and where."""

    person_id: UUID
    name: str
    place: str
    at: datetime


@dataclass(frozen=True)
class AuditWithPeople:
    """One audit with everybody who was looked at."""

    audit: Audit
    seen: list[SeenPerson]


@endpoints.route("/audits")
@needs(Permission.AUDIT, Permission.GRANT_ROLES)
@endpoints.response(200, schema_of(Audits))
def list_audits() -> Response:
    """One's own audits; everybody's for whoever grants roles."""
    return encoded(Audits([Audit(**vars(one)) for one in inspecting.audits(session(), actor())]))


@endpoints.route("/audits", methods=["POST"])
@needs(Permission.AUDIT)
@endpoints.arguments(schema_of(AuditRequest))
@endpoints.response(201, schema_of(AuditWithPeople))
def begin_audit(body: dict[str, Any]) -> Response:
    """Say what is audited and why; what concerns people is shown from then on, for some hours, and recorded."""
    made = inspecting.begin(session(), actor(), body["reason"], instance().settings.audit_hours)
    return encoded(_one(made), 201)


@endpoints.route("/audits/<uuid:audit_id>")
@needs(Permission.AUDIT, Permission.GRANT_ROLES)
@endpoints.response(200, schema_of(AuditWithPeople))
def show_audit(audit_id: UUID) -> Response:
    """One audit with everybody who was looked at."""
    return encoded(_one(audit_id))


@endpoints.route("/audits/<uuid:audit_id>/end", methods=["POST"])
@needs(Permission.AUDIT)
@endpoints.response(204)
def end_audit(audit_id: UUID) -> Response:
    """End one's own audit before its time."""
    inspecting.end(session(), actor(), audit_id)
    return Response(status=204)


def _one(audit_id: UUID) -> AuditWithPeople:
    found, seen = inspecting.audit(session(), actor(), audit_id)
    return AuditWithPeople(Audit(**vars(found)), [SeenPerson(**vars(one)) for one in seen])
