"""How somebody who acts for another stands on paper: in what post, as what; and whose superior decides then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of

PREFIX = {"plt": "Plt.", "plh": "Plh.", "mandate": "a.n."}
"""What stands before the post under a signature; official letters say it so in every language."""

# The post of whoever is stood for on that day, else the head's post of the unit, else the unit.
_ACTED = text(
    """
    SELECT d.kind, d.delegate_id, d.principal_id, coalesce(
        (SELECT held.title FROM selaras.public_office held
         WHERE held.tenant_id = :tenant AND held.person_id = d.principal_id AND held.during @> CAST(:day AS date)
         LIMIT 1),
        (SELECT post.title FROM selaras.appointment held
         JOIN selaras.position post ON post.tenant_id = :tenant AND post.id = held.position_id
         WHERE held.tenant_id = :tenant AND held.person_id = d.principal_id AND held.kind = 'definitive'
           AND held.during @> CAST(:day AS date) LIMIT 1),
        (SELECT post.title FROM selaras.position post
         WHERE post.tenant_id = :tenant AND post.unit_id = d.unit_id AND post.is_head ORDER BY post.id LIMIT 1),
        principal.name, unit.name) AS post
    FROM selaras.delegation d
    LEFT JOIN selaras.person principal ON principal.tenant_id = :tenant AND principal.id = d.principal_id
    LEFT JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = d.unit_id
    WHERE d.tenant_id = :tenant AND d.id = :id
    """
)


@dataclass(frozen=True)
class ActedAs:
    """A delegation by which something was done: who acted, for whom (None: a vacant post), and in what post."""

    kind: str
    delegate_id: UUID
    principal_id: UUID | None
    post: str

    @property
    def printed(self) -> str:
        """As it stands before a name: Plh. Kepala Dinas Kesehatan."""
        return f"{PREFIX[self.kind]} {self.post}"


def acted_as(session: Session, delegation_id: UUID | None, day: date) -> ActedAs | None:
    """As what somebody acted by a delegation, with the post as it was called on `day`; None where nobody did."""
    if delegation_id is None:
        return None
    row = session.execute(_ACTED, {"tenant": tenant_of(session), "id": delegation_id, "day": day}).one_or_none()
    return ActedAs(row.kind, row.delegate_id, row.principal_id, row.post) if row else None
