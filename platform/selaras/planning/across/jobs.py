"""The job that brings one agency's letter about a grant to the other: two walls, never both open at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from selaras.errors import NotFound
from selaras.jobs.context import JobContext
from selaras.planning.across.letters import Letter, Settled, delivered, outgoing, refuse_whole, take
from selaras.tenancy.queries import agency_by_uuid


def carry(context: JobContext, settled: Settled) -> dict[str, Any]:
    """Read the letter here, take it there, note it here: three transactions, each of which may be run again.

    The args name a grant of this agency and nothing else; where it goes stands in the agency's own row.
    """
    letter, there = _read(context)
    with context.elsewhere(there) as session:
        taken = take(session, letter, settled)
    with context.transaction() as session:
        delivered(session, letter, taken)
    refuse_whole(taken)
    return {"inputs": len(taken.inputs), "refused": sum(1 for *_, refusal in taken.inputs if refusal)}


def _read(context: JobContext) -> tuple[Letter, int]:
    try:
        grant_id = UUID(str(context.args.get("grant")))
    except ValueError:
        raise NotFound("input_grant_unknown", "There is no such grant of input here.") from None
    with context.transaction() as session:
        letter = outgoing(session, grant_id)
        return letter, agency_by_uuid(session, letter.receiver).tenant_id
