"""The years that people bring along: a successor's people find their predecessor's results behind their own wall."""

from __future__ import annotations

from collections.abc import Collection

from selaras.demo.offices import office
from selaras.demo.stage import Stage, refuse_refused
from selaras.errors import NotFound
from selaras.evaluation.handovers import handovers
from selaras.exchange.handing_over import hand_over
from selaras.exchange.imports import run
from selaras.exchange.layouts import Kind
from selaras.tenancy.packs import Pack
from selaras.tenancy.queries import AgencyView, agency_by_slug


def inherit(stage: Stage, pack: Pack, tenant: int, numbers: Collection[str]) -> int:
    """Have the predecessor hand over what it set for these people; returns how many results came, 0 if repeated.

    Each side acts within its own agency: what goes from one to the other is the file alone.
    """
    former = _predecessor(stage, pack)
    with stage.app.tenant(tenant) as session:
        if former is None or handovers(session):
            return 0
        receiver = agency_by_slug(session, pack.slug).uuid
    with stage.app.tenant(former.tenant_id) as session:
        giver = office(session, former.tenant_id, "pengelola")
        made = hand_over(session, giver, numbers, to=receiver, steps=True)
    if not made.results:
        return 0
    name = f"riwayat_{former.slug}.csv"
    with stage.app.tenant(tenant) as session:
        taker = office(session, tenant, "pengelola")
        report = run(session, taker, Kind.HISTORY, name, made.data, registry=stage.registry, store=stage.store)
        refuse_refused(report, name, pack.slug)
    return report.rows


def _predecessor(stage: Stage, pack: Pack) -> AgencyView | None:
    """The predecessor where it takes part in this instance."""
    if pack.predecessor is None:
        return None
    with stage.console.platform() as session:
        try:
            return agency_by_slug(session, pack.predecessor)
        except NotFound:
            return None
