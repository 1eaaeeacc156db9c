"""People (asn.xlsx, asn.csv): the national export, upserted by PNS ID; nobody vanishes unnoticed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from selaras.db.merge import Merged, latest_rows
from selaras.exchange.intake import Intake, refuse_duplicates, resolve_units
from selaras.exchange.kinds.people_columns import posts, service
from selaras.exchange.kinds.superiors import refuse_circles
from selaras.exchange.report import Severity
from selaras.organisation.identifiers import FIRST_CONTRACT, OLDEST, YOUNGEST, Finding, check_number
from selaras.organisation.identifiers import Severity as FindingSeverity
from selaras.organisation.reporting import recompute
from selaras.organisation.service import known_people, known_units, release_people, take_people
from selaras.organisation.settling import settle

VANISHING = 0.02
"""The share of known people that may be missing from a file before it must be confirmed."""


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """Everybody in the file; whoever is known here and missing from it has left on the import's day."""
    people = _numbered(intake, table)
    refuse_duplicates(intake, people, ["source_id"], "PNS ID", "person")
    refuse_duplicates(intake, people, ["number"], "NIP BARU", "number")
    people = resolve_units(intake, people, "UNOR ID")
    people = posts(intake, service(people, intake.day))
    intake.problems.refuse_errors()
    known = known_people(intake.session)
    _check_taken(intake, people, known)
    vanished = _vanished(intake, people, known)
    _warn_of_absent_leaders(intake, people)
    intake.problems.refuse_errors()
    left = release_people(intake.session, vanished, intake.day)
    changed = dict(take_people(intake.session, people, intake.day))
    changed["people"] += left
    changed["reporting_lines"] = recompute(intake.session, intake.day)
    refuse_circles(intake)
    settled = settle(intake.session, intake.actor, intake.today)
    changed["accounts"] = Merged(0, settled.renamed + settled.opened, settled.closed)
    return changed


def _numbered(intake: Intake, table: pl.DataFrame) -> pl.DataFrame:
    """The frame with `number` (18 digits) and `number_kind`; what is wrong with a number becomes a problem."""
    cleaned = table.with_columns(number=pl.col("number").str.replace_all(r"\s", ""))
    doubtful = cleaned.filter(~plainly_right(intake.day) & pl.col("number").is_not_null())
    for one in doubtful.select("row", "sheet", "number", "birth_date", "sex").iter_rows(named=True):
        findings = check_number(one["number"], intake.day, birth=one["birth_date"], sex=one["sex"])
        for finding in findings:
            _report(intake, finding, one["row"], one["sheet"], one["number"])
    middle = pl.col("number").str.slice(12, 2).cast(pl.Int32, strict=False)
    kind = pl.when(middle <= 12).then(pl.lit("nip")).otherwise(pl.lit("ni_pppk"))
    return cleaned.with_columns(number_kind=kind)


def plainly_right(day: date) -> pl.Expr:
    """Whether `identifiers.check_number` would surely find nothing; the few others are asked one by one."""
    number = pl.col("number")
    birth = number.str.head(8).str.to_date("%Y%m%d", strict=False)
    age = day.year - birth.dt.year()
    year = number.str.slice(8, 4).cast(pl.Int32, strict=False)
    middle = number.str.slice(12, 2).cast(pl.Int32, strict=False)
    sex = number.str.slice(14, 1).replace_strict({"1": "M", "2": "F"}, default=None, return_dtype=pl.String)
    checks = (
        number.str.contains(r"^[0-9]{18}$"),
        age.is_between(YOUNGEST + 1, OLDEST - 1),
        year - birth.dt.year() >= YOUNGEST,
        middle.is_between(1, 12) | (middle >= FIRST_CONTRACT),
        sex.eq_missing(pl.col("sex").fill_null(sex)) & sex.is_not_null(),
        birth == pl.col("birth_date").fill_null(birth),
    )
    return pl.all_horizontal(checks).fill_null(False)


def _report(intake: Intake, finding: Finding, row: int, sheet: str | None, value: str) -> None:
    warning = finding.severity is FindingSeverity.WARNING
    words = (finding.message, "" if warning else "Correct it in the source and import again.")
    intake.problems.add(
        finding.code,
        row=row,
        sheet=sheet,
        column="NIP BARU",
        value=value,
        severity=Severity.WARNING if warning else Severity.ERROR,
        words=words,
        **{name: one for name, one in finding.params.items() if name != "value"},
    )


def _check_taken(intake: Intake, people: pl.DataFrame, known: pl.DataFrame) -> None:
    """A number that somebody else holds, who does not give it up in this very file."""
    held = latest_rows(intake.session, "person_number", "person_id", ["number"]).filter(pl.col("until").is_null())
    owners = held.join(known, on="person_id").select("number", pl.col("source_id").alias("owner"), other="name")
    keeping = owners.join(people, left_on="owner", right_on="source_id", how="anti")
    taken = people.join(keeping, on="number").filter(pl.col("owner") != pl.col("source_id"))
    intake.problems.add_rows("number_taken", taken, column="NIP BARU", value="number", other="=other")


def _vanished(intake: Intake, people: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    serving = known.filter(pl.col("left_on").is_null())
    vanished = serving.join(people, on="source_id", how="anti")
    if vanished.height > VANISHING * serving.height and not intake.accept_vanished:
        percent = round(100 * vanished.height / serving.height, 1)
        intake.problems.add("people_vanished", vanished=vanished.height, known=serving.height, percent=percent)
    return vanished


def _warn_of_absent_leaders(intake: Intake, people: pl.DataFrame) -> None:
    named = known_units(intake.session).filter(pl.col("leader_source_id").is_not_null())
    absent = named.join(people, left_on="leader_source_id", right_on="source_id", how="anti")
    for unit in absent.head(10).iter_rows(named=True):
        intake.problems.add(
            "leader_absent", value=unit["leader_source_id"], severity=Severity.WARNING, unit=unit["source_id"]
        )
