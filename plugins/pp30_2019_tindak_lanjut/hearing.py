"""Around an objection (Ps 59) and after a result that was reached: hearing both sides, lost days, a raised target."""

from __future__ import annotations

from polars import Expr, duration, lit, max_horizontal, when

from selaras.regulation import Columns, Values, person_step

DATE = "%Y-%m-%d"


@person_step(
    article="PP 30/2019 Ps 59",
    label={"id": "Batas memberi penjelasan", "en": "Last day to explain"},
    kind="code",
)
def hearing_until(person: Columns, p: Values) -> Expr:
    """The superior asks both sides for an explanation; how long they have, the article does not say."""
    return (person.invited_on + duration(days=p.hearing_days)).dt.to_string(DATE)


@person_step(
    article="PP 30/2019 Ps 59",
    label={"id": "Hari gangguan sistem", "en": "Day of an outage"},
    kind="code",
)
def day_counts(person: Columns, p: Values) -> Expr:
    """A day on which the system was out of reach for so long does not count towards a deadline."""
    lost = person.outage_minutes_of_day >= p.outage_minutes
    return when(lost.is_not_null()).then(when(lost).then(lit("tidak_dihitung")).otherwise(lit("dihitung")))


@person_step(article="PP 30/2019 (tindak lanjut)", label={"id": "Target yang dinaikkan", "en": "Raised target"})
def raised_target(person: Columns, p: Values) -> Expr:
    """Of a target that was reached: raised by a share, and never below what was reached already."""
    raised = person.target_before * (1 + p.target_raise / 100)
    return when(person.target_reached >= person.target_before).then(max_horizontal(raised, person.target_reached))


HEARING_STEPS = (hearing_until, day_counts, raised_target)
