"""Whether a printed document still says what holds: the newest revision of its outcome, the plan as it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from selaras.documents.issuing import Issued
from selaras.evaluation.queries import latest_outcome
from selaras.planning.queries import last_day, plan
from selaras.planning.versions import version
from selaras.regulation import Rules


def still_holds(session: Session, found: Issued, rules: Callable[[date], Rules]) -> bool:
    """False once something newer took its place: a correction, or a plan that was changed.

    A list is a picture of its day and is never overtaken. `rules`: those of a day.
    """
    if found.person_id is None:
        return True
    if found.kind == "plan":
        segment, _, said = found.version.partition(":")
        view = plan(session, found.person_id, int(found.about), segment=int(segment))
        if view is None:
            return False
        return version(view, rules(last_day(int(found.about), view)).form) == said
    outcome = latest_outcome(session, found.person_id, found.about)
    return outcome is not None and f"{outcome.segment}:{outcome.revision}" == found.version
