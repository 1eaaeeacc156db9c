"""The offices of each demo agency: who acts for it, beside the people themselves."""

from __future__ import annotations

from sqlalchemy.orm import Session

from selaras.identity.actor import Actor
from selaras.identity.permissions import Role, permissions_of
from selaras.identity.service import ensure_account
from selaras.tenancy.queries import agency

# Subject, name, role.
OFFICES = (
    ("pengelola", "Pengelola Kinerja", Role.PERFORMANCE_MANAGER),
    ("pejabat", "Pejabat yang Berwenang", Role.AUTHORISED_OFFICIAL),
    ("ppk", "Pejabat Pembina Kepegawaian", Role.APPOINTING_OFFICIAL),
    ("auditor", "Auditor Internal", Role.AUDITOR),
    ("admin", "Admin Instansi", Role.AGENCY_ADMIN),
)


def office(session: Session, tenant: int, subject: str) -> Actor:
    """One of the offices as somebody who acts."""
    name, role = next((name, role) for known, name, role in OFFICES if known == subject)
    account = ensure_account(session, subject, f"{name} {agency(session, tenant).short_name}")
    return Actor(tenant, account, name, frozenset({role.value}), permissions_of([role]))
