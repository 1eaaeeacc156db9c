"""`selaras calibration`: a meeting replayed from the ledger."""

from __future__ import annotations

from uuid import UUID

import click

from selaras.calibration.ledger import replay_meeting
from selaras.cli.reach import agency_session


@click.group()
def calibration() -> None:
    """Calibration meetings."""


@calibration.command()
@click.option("--agency", "slug", required=True, metavar="SLUG", help="The agency.")
@click.argument("meeting", type=click.UUID)
def replay(slug: str, meeting: UUID) -> None:
    """Replay a meeting from the ledger and hold it against what the meeting says; exit code 1 if they differ."""
    with agency_session(slug) as session:
        found = replay_meeting(session, meeting)
    moved = sum(place.changed > 0 for place in found.places.values())
    click.echo(f"{found.events} events replayed over {len(found.places)} people; {moved} of them were touched.")
    if found.opening_changed:
        click.echo("The people spoken of, or their outcomes at the opening, are not those that were sealed.")
    if found.missing:
        click.echo(f"Missing in the ledger: {', '.join(str(number) for number in found.missing)}.")
    for one in found.differences:
        click.echo(f"{one.person_id}: the meeting says {one.kept}, the ledger {one.replayed}.")
    if not found.sound:
        raise SystemExit(1)
    click.echo("The ledger and the meeting say the same.")
