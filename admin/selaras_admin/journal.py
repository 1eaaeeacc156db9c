"""The operators' journal: what was done across agencies, by whom, the newest first."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from selaras.edge.access import needs
from selaras.edge.context import session
from selaras.identity.operators.queries import operators
from selaras.identity.support.queries import accesses
from selaras.identity.support.queries import journal as happened
from selaras.tenancy.operators import entries
from selaras.tenancy.queries import list_agencies
from selaras.web.pages import render
from selaras_admin.operators import OperatorPermission, day
from selaras_admin.pages import console

SHOWN = 50


@console.get("/journal")
@needs(OperatorPermission.SEE_JOURNAL)
def journal() -> Response:
    """The newest entries, or those before one of them."""
    before = request.args.get("before", type=UUID)
    here = session()
    both = (*entries(here, SHOWN + 1, before), *happened(here, SHOWN + 1, before))
    found = sorted(both, key=lambda one: one.id, reverse=True)
    return render(
        "console/journal.html",
        active="web.operators_page",
        entries=found[:SHOWN],
        more=found[SHOWN - 1].id if len(found) > SHOWN else None,
        names=_names(),
    )


def _names() -> dict[str, str]:
    """What stands in entries → whom or what it names."""
    here = session()
    agencies = {one.tenant_id: one for one in list_agencies(here)}
    told = {str(one.uuid): one.name for one in agencies.values()}
    for one in operators(here, day()):
        told[str(one.id)] = told[f"operator:{one.id}"] = one.name
    return told | {str(one.id): agencies[one.tenant_id].name for one in accesses(here)}
