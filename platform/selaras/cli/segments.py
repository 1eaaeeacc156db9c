"""`selaras segments`: the parts of a period with an appraiser or regulation of their own; forming and stating them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from selaras.cli.options import DAY
from selaras.cli.reach import agency_session
from selaras.errors import NotFound
from selaras.evaluation import forming
from selaras.evaluation.queries import PeriodView, period_by_code
from selaras.evaluation.segment_queries import segments_of
from selaras.evaluation.segments import ENDED
from selaras.identity.actor import Actor, system
from selaras.organisation.queries import person_by_number
from selaras.regulation import load_registry
from selaras.regulation.segmentation import CAUSES
from selaras.tenancy.queries import Followed, agency, rules_within


@click.group()
def segments() -> None:
    """Segments of a period: moves, new appraisers, leave, two regulations in one year."""


_agency = click.option("--agency", "slug", required=True, metavar="SLUG", help="The agency.")
_period = click.argument("period")
_person = click.option("--number", required=True, metavar="NIP", help="The person's NIP or NI PPPK.")
_segment = click.option("--segment", required=True, type=int, help="The segment's number.")
_reason = click.option("--reason", required=True, help="Why, in at least 20 characters; it is kept.")


@segments.command()
@_agency
@_period
def form(slug: str, period: str) -> None:
    """Cut an open period into segments, from posts, superiors, standing and regulations; again at any time."""
    with agency_session(slug) as session:
        made = forming.form_segments(session, _actor(session), period, _law(session, period_by_code(session, period)))
    click.echo(f"{made.people} people have segments of their own; {made.segments} formed, {made.stated} people stated.")


@segments.command()
@_agency
@_period
@_person
def show(slug: str, period: str, number: str) -> None:
    """The segments of one person."""
    with agency_session(slug) as session:
        found = period_by_code(session, period)
        known = segments_of(session, found.id, _who(session, found, number))
    table = Table(title=f"{number} {period}", title_justify="left")
    for heading in ("segment", "from", "to", "cause", "ended", "regulation", "evaluated", "reason"):
        table.add_column(heading)
    for one in known:
        days = (one.starts.isoformat(), one.ends.isoformat())
        evaluated = "yes" if one.evaluated else "no"
        table.add_row(str(one.number), *days, one.cause, one.ended or "", one.regulation, evaluated, one.reason or "")
    Console().print(table if known else f"{number} {period}: one whole.")


@segments.command()
@_agency
@_period
@_person
@_segment
@click.option("--from", "starts", required=True, type=DAY, help="First day of the new segment.")
@click.option("--to", "ends", required=True, type=DAY, help="Its last day.")
@click.option("--cause", required=True, type=click.Choice(CAUSES))
@click.option("--appraiser", metavar="NIP", help="Who rates it; default: the superior of its last day.")
@click.option("--not-evaluated", is_flag=True, help="It has no outcome (leave).")
@_reason
def split(  # noqa: PLR0913 - each argument is an option of the command
    *,
    slug: str,
    period: str,
    number: str,
    segment: int,
    starts: datetime,
    ends: datetime,
    cause: str,
    appraiser: str | None,
    not_evaluated: bool,
    reason: str,
) -> None:
    """Cut a segment: the days from --from to --to become one of their own."""
    with agency_session(slug) as session:
        found = period_by_code(session, period)
        rater = _who(session, found, appraiser) if appraiser else None
        later = forming.StatedSegment(starts.date(), ends.date(), cause, not not_evaluated, rater)
        who = _who(session, found, number)
        forming.split_segment(session, _actor(session), period, who, segment, later, reason, _law(session, found))
    click.echo(f"Segment {segment} of {number} is cut.")


@segments.command()
@_agency
@_period
@_person
@_segment
@_reason
def merge(*, slug: str, period: str, number: str, segment: int, reason: str) -> None:
    """Make a segment part of the one before it, whose appraiser then rates both."""
    with agency_session(slug) as session:
        found = period_by_code(session, period)
        who = _who(session, found, number)
        forming.merge_segment(session, _actor(session), period, who, segment, reason, _law(session, found))
    click.echo(f"Segment {segment} of {number} is part of segment {segment - 1}.")


@segments.command()
@_agency
@_period
@_person
@click.option("--why", required=True, type=click.Choice(ENDED))
@_reason
def ended(*, slug: str, period: str, number: str, why: str, reason: str) -> None:
    """Say why a person's last segment ended: of a death or a retirement an outcome is still made."""
    with agency_session(slug) as session:
        found = period_by_code(session, period)
        who = _who(session, found, number)
        forming.end_segments(session, _actor(session), period, who, why, reason, _law(session, found))
    click.echo(f"The last segment of {number} ended by {why}.")


@segments.command()
@_agency
@_period
@_person
def release(*, slug: str, period: str, number: str) -> None:
    """Hand a person's stated segments back to the facts."""
    with agency_session(slug) as session:
        found = period_by_code(session, period)
        who = _who(session, found, number)
        forming.release_segments(session, _actor(session), period, who, _law(session, found))
        left = len(segments_of(session, found.id, who))
    click.echo(f"{number} {period}: {left} segments from the facts." if left else f"{number} {period}: one whole.")


def _actor(session: Session) -> Actor:
    return system(int(session.info["tenant"]))


def _law(session: Session, period: PeriodView) -> Sequence[Followed]:
    whose = agency(session, int(session.info["tenant"]))
    return rules_within(session, whose, period.starts, period.ends, load_registry())


def _who(session: Session, period: PeriodView, number: str) -> UUID:
    found = person_by_number(session, number, period.ends) or person_by_number(session, number, period.starts)
    if found is None:
        raise NotFound("segment_nobody", "Nobody here holds the number {number} in that period.", number=number)
    return found
