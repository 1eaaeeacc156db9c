"""PP 30/2019 Ps 56-59: whose path begins, until when one may improve, and who decides an objection."""

from __future__ import annotations

from polars import Expr, duration, lit, when

from selaras.regulation import Columns, Values, person_step

DATE = "%Y-%m-%d"


@person_step(
    article="PP 30/2019 Ps 56 dan 58", label={"id": "Jalur tindak lanjut", "en": "Path of follow-up"}, kind="code"
)
def path(person: Columns, p: Values) -> Expr:
    """`perbaikan` for JA and JF below target, `jpt` for high-level leaders (another regulation), else `tidak_ada`."""
    is_below = person.outcome.is_in(p.below_target)
    chosen = when(person.post_kind == "jpt").then(lit("jpt")).otherwise(lit("perbaikan"))
    return when(person.outcome.is_not_null()).then(when(is_below).then(chosen).otherwise(lit("tidak_ada")))


@person_step(article="PP 30/2019 Ps 57", label={"id": "Batas masa perbaikan", "en": "Last day to improve"}, kind="code")
def improve_until(person: Columns, p: Values) -> Expr:
    """Force majeure stops the clock: its days are added."""
    ends = person.improving_from.dt.offset_by(f"{p.improvement_months}mo")
    return (ends + duration(days=person.force_majeure_days.fill_null(0))).dt.to_string(DATE)


@person_step(
    article="PP 30/2019 Ps 57",
    label={"id": "Batas penempatan sementara", "en": "Last day of the temporary placement"},
    kind="code",
)
def temporary_until(person: Columns, p: Values) -> Expr:
    """The same day after the longest term of a temporary post."""
    return person.temporary_from.dt.offset_by(f"{p.temporary_months}mo").dt.to_string(DATE)


@person_step(
    article="PP 30/2019 Ps 59", label={"id": "Pemutus keberatan", "en": "Who decides the objection"}, kind="code"
)
def objection_decider(person: Columns, p: Values) -> Expr:
    above, alone = lit("atasan_pejabat_penilai"), lit(p.objection_without_superior)
    has_superior = person.superior_of_appraiser
    return when(has_superior.is_not_null()).then(when(has_superior).then(above).otherwise(alone))


PATH_STEPS = (path, improve_until, temporary_until, objection_decider)
