"""Who acts: an account within one agency, a machine client of it, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from selaras.errors import Refused
from selaras.identity.permissions import Permission


@dataclass(frozen=True)
class Within:
    """Permissions that are held only for one unit and the units below it."""

    unit_id: UUID
    permissions: frozenset[Permission]


@dataclass(frozen=True)
class Acting:
    """A delegation that is in force: as what somebody acts (plt, plh, mandate), for whom, and what they may do so."""

    id: UUID
    kind: str
    principal_id: UUID | None
    unit_id: UUID | None
    permissions: frozenset[Permission]


@dataclass(frozen=True)
class Inspected:
    """The audit under way in which somebody looks at people, and the page or endpoint where they do."""

    id: UUID
    place: str


@dataclass(frozen=True)
class Actor:
    """Somebody who acts in one agency. `account_id` is None for the system, for a client and for support.

    `client_id`: the machine client whose token was shown. `support_id`: the support access by which an operator is
    here. `read_only`: the edge refuses every change and every file. `permissions` are all that are held at all; those
    that a `within` names hold for its units only. `calibrations`: those that the actor chairs. `inspection`: the
    audit under way, if the actor audits. `delegations`: those in force; `acting`: the one by which this is done.
    """

    tenant_id: int
    account_id: UUID | None
    name: str
    roles: frozenset[str]
    permissions: frozenset[Permission]
    person_id: UUID | None = None
    client_id: UUID | None = None
    read_only: bool = False
    support_id: UUID | None = None
    within: tuple[Within, ...] = ()
    calibrations: frozenset[UUID] = frozenset()
    inspection: Inspected | None = None
    delegations: tuple[Acting, ...] = ()
    acting: Acting | None = None

    @property
    def reference(self) -> str:
        """How the ledger names this actor: the account's uuid, `client:<uuid>`, `support:<uuid>`, or `system`."""
        if self.client_id:
            return f"client:{self.client_id}"
        if self.support_id:
            return f"support:{self.support_id}"
        return str(self.account_id) if self.account_id else "system"

    @property
    def on_behalf(self) -> dict[str, object]:
        """What the ledger adds when this is done for another: the delegation, its kind, and whom or what it is for."""
        if self.acting is None:
            return {}
        stands_for = self.acting.principal_id or self.acting.unit_id
        return {"delegation": self.acting.id, "acting_as": self.acting.kind, "acting_for": stands_for}

    def by(self, acting: Acting | None) -> Actor:
        """The same actor, doing something by a delegation."""
        return replace(self, acting=acting) if acting else self

    def roots(self, permission: Permission) -> frozenset[UUID] | None:
        """The units to whose subtrees a permission is limited; None where it holds for the whole agency."""
        return frozenset(one.unit_id for one in self.within if permission in one.permissions) or None

    def holds_whole(self, permission: Permission) -> bool:
        """Whether the permission is held for the whole agency."""
        return permission in self.permissions and self.roots(permission) is None

    def require_whole(self, permission: Permission) -> None:
        """Return if the permission is held for the whole agency, else `Refused`."""
        self.require(permission)
        if self.roots(permission) is not None:
            raise Refused(
                "permission_whole",
                "This is about the whole agency; your permission “{permission}” holds for a part of it. Ask somebody "
                "who holds it for the whole agency.",
                permission=permission.value,
            )

    def require(self, permission: Permission) -> None:
        """Return if the actor holds the permission, else `Refused`."""
        if permission not in self.permissions:
            raise Refused(
                "permission_missing",
                "You may not do this: it needs the permission “{permission}”. Ask your agency's performance manager.",
                permission=permission.value,
            )


def system(tenant_id: int) -> Actor:
    """The system acting within an agency: jobs, and an operator's command line on the server itself."""
    return Actor(tenant_id, None, "system", frozenset({"system"}), frozenset(Permission))
