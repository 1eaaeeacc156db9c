"""The offices of each demo agency: who acts for it, beside the people themselves."""

from __future__ import annotations

from sqlalchemy.orm import Session

from selaras.identity.actor import Actor
from selaras.identity.permissions import Role, permissions_of
from selaras.identity.service import ensure_account
from selaras.tenancy.queries import agency

# What the office is called here, its holder's name, and the role. Its user name says the agency too, because agencies
# share a provider: `pengelola.sidoarjo`.
OFFICES = (
    ("pengelola", "Pengelola Kinerja", Role.PERFORMANCE_MANAGER),
    ("pejabat", "Pejabat yang Berwenang", Role.AUTHORISED_OFFICIAL),
    ("ppk", "Pejabat Pembina Kepegawaian", Role.APPOINTING_OFFICIAL),
    ("auditor", "Auditor Internal", Role.AUDITOR),
    ("admin", "Admin Instansi", Role.AGENCY_ADMIN),
)


def user_name(key: str, slug: str) -> str:
    """Under which name the holder of an office signs in."""
    return f"{key}.{slug}"


def office(session: Session, tenant: int, key: str) -> Actor:
    """One of the offices as somebody who acts."""
    name, role = next((name, role) for known, name, role in OFFICES if known == key)
    here = agency(session, tenant)
    account = ensure_account(session, user_name(key, here.slug), f"{name} {here.short_name}")
    return Actor(tenant, account, name, frozenset({role.value}), permissions_of([role]))
