"""Agencies: the list with their last close, and one agency with its regulations, closes and rollouts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from selaras.edge.access import needs
from selaras.edge.context import session
from selaras.errors import Invalid
from selaras.tenancy.assignments import assignments
from selaras.tenancy.queries import agency_by_uuid, predecessors, successors
from selaras.tenancy.regions import is_within, provinces
from selaras.tenancy.rollout_queries import rollouts
from selaras.web.pages import render
from selaras_admin.operators import OperatorPermission
from selaras_admin.pages import console, day
from selaras_admin.queries import AgencyLine, closes, distributions, overview, region_name
from selaras_admin.rules import page

_NEVER = datetime.min.replace(tzinfo=UTC)
NATIONAL = "-"

_Key = Callable[[AgencyLine], Any]
# Column → what it is sorted by; figures begin with the largest.
ORDERS: dict[str, _Key] = {
    "name": lambda line: line.agency.name.casefold(),
    "regulation": lambda line: line.regulation or "",
    "closed": lambda line: line.last.set_at if line.last else _NEVER,
    "people": lambda line: line.last.people if line.last else -1,
    "breaches": lambda line: (line.last.breaches, line.last.overrides) if line.last else (-1, -1),
    "seconds": lambda line: line.last.seconds if line.last else -1.0,
    "pay": lambda line: line.last.pay_amount if line.last else -1,
}
LARGEST_FIRST = frozenset({"closed", "people", "breaches", "seconds", "pay"})


@dataclass(frozen=True)
class Wish:
    """Which agencies are looked for, and in which order; empty means all."""

    search: str = ""
    kind: str = ""
    region: str = ""
    status: str = ""
    sort: str = "name"

    @property
    def narrowed(self) -> bool:
        """Whether anything but the search narrows the list."""
        return bool(self.kind or self.region or self.status)

    def address(self, **changes: object) -> dict[str, object]:
        """The arguments of an address with some changed; what is empty or the usual is left out."""
        values = {**vars(self), **changes}
        return {name: value for name, value in values.items() if value and (name, value) != ("sort", "name")}

    def fits(self, line: AgencyLine) -> bool:
        """Whether an agency is among those looked for."""
        one = line.agency
        told = (one.name, one.short_name, one.slug, line.region or "", *one.hosts)
        return (
            all(part in " ".join(told).casefold() for part in self.search.casefold().split())
            and (not self.kind or one.kind == self.kind)
            and (not self.status or one.status == self.status)
            and self._lies_in(one.region_code)
        )

    def _lies_in(self, code: str | None) -> bool:
        if not self.region:
            return True
        return code is None if self.region == NATIONAL else code is not None and is_within(code, self.region)


@console.get("/")
@needs(OperatorPermission.SEE_AGENCIES)
def home() -> Response:
    """Every agency of the instance, searched, narrowed and sorted."""
    wish = _wish()
    every = overview(session())
    found = sorted(filter(wish.fits, every), key=ORDERS[wish.sort], reverse=wish.sort in LARGEST_FIRST)
    return render(
        "console/agencies.html",
        active="web.home",
        wish=wish,
        largest_first=LARGEST_FIRST,
        provinces=provinces(),
        national=NATIONAL,
        page=page(found, request.args.get("page", 1, type=int)),
        every=len(every),
    )


@console.get("/agencies/<uuid:agency>")
@needs(OperatorPermission.SEE_AGENCIES)
def agency(agency: UUID) -> Response:
    """One agency: its facts, the regulations it followed, its closes and the rollouts it is part of."""
    here = session()
    found = agency_by_uuid(here, agency)
    listed = closes(here, found.tenant_id)
    return render(
        "console/agency.html",
        active="web.home",
        one=found,
        region=region_name(here, found.region_code),
        today=day(),
        assignments=assignments(here, found.tenant_id),
        successors=successors(here, found.tenant_id),
        predecessors=predecessors(here, found.tenant_id),
        closes=listed,
        distributions=distributions(here, found.tenant_id, listed),
        rollouts=[
            (one, member.stage)
            for one in rollouts(here)
            for member in one.members
            if member.tenant_id == found.tenant_id
        ],
    )


def _wish() -> Wish:
    given = {name: request.args.get(name, "").strip()[:80] for name in ("search", "kind", "region", "status")}
    sort = request.args.get("sort", "name")
    if sort not in ORDERS:
        raise Invalid(
            "sort_unknown",
            "This list cannot be sorted by {sort}; choose one of its columns: {known}.",
            sort=sort[:40],
            known=", ".join(ORDERS),
        )
    return Wish(**given, sort=sort)
