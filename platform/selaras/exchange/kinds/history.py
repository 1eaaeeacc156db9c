"""Results handed over (riwayat.csv): set elsewhere under the regulation of their time, kept apart from our own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from selaras.audit.service import record
from selaras.db.bulk import insert_frame, read_frame
from selaras.db.merge import Merged
from selaras.errors import DomainError, Invalid
from selaras.evaluation.models import Handover
from selaras.evaluation.rules import PeriodSpan, period_span
from selaras.exchange.intake import Intake, holders, refuse_duplicates, resolve_people
from selaras.exchange.layouts import folded
from selaras.exchange.reading import HIDDEN
from selaras.exchange.report import Severity, listed
from selaras.regulation import Rules, load_registry

KEY = ("person_id", "period_code", "segment")
SAME = ("regulation", "outcome", "score", "source_agency", "source_document")
"""What makes a row the one that was taken before; everything else may be worded otherwise."""
MOST_LINES = 1_000
MOST = 1e15
_STORED = (
    *KEY, "starts", "ends", "regulation", "title", "outcome", "label", "tone", "score", "appraiser_name",
    "appraiser_number", "unit_name", "set_on", "source_agency", "source_document", "rule_hash", "lines",
)  # fmt: skip


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The results of the file by person, period and part; what was taken before in the same words is left alone."""
    rows = _spanned(intake, table.with_columns(pl.col("segment").fill_null(1)))
    refuse_duplicates(intake, rows, ["number", "period_code", "segment"], "NIP", "person and period")
    rows = resolve_people(intake, rows, holders(intake), "number", "NIP", "person_id")
    _check_lines(intake, rows)
    intake.problems.refuse_errors()
    rows = _worded(intake, rows)
    _refuse_own(intake, rows)
    new = _new(intake, rows)
    intake.problems.refuse_errors()
    if new.height:
        _take(intake, new)
    return {"handed_over_results": Merged(inserted=new.height)}


def _take(intake: Intake, new: pl.DataFrame) -> None:
    session = intake.session
    session.add(Handover(id=intake.batch_id, results=new.height, account_id=intake.actor.account_id))
    session.flush()
    insert_frame(
        session, "handed_over_result", new.select(_STORED).with_columns(handover_id=pl.lit(str(intake.batch_id)))
    )
    payload = {"results": new.height, "periods": sorted(set(new.get_column("period_code")))}
    record(session, intake.actor, "handover.take", f"handover:{intake.batch_id}", payload)


def _spanned(intake: Intake, table: pl.DataFrame) -> pl.DataFrame:
    """With the days of the period, which must be over; `day` is its last one."""
    spans: dict[str, PeriodSpan] = {}
    problems: dict[str, str] = {}
    for value in table.get_column("period").drop_nulls().unique():
        try:
            spans[value] = period_span(value)
        except Invalid as error:
            problems[value] = str(error)
    bad = table.filter(pl.col("period").is_in(list(problems)))
    bad = bad.with_columns(problem=pl.col("period").replace_strict(problems, default="", return_dtype=pl.String))
    intake.problems.add_rows("bad_period", bad, column="PERIODE", value="period", problem="=problem")
    rows = table.with_columns(
        period_code="period",
        starts=_day(spans, "starts"),
        ends=_day(spans, "ends"),
        day=_day(spans, "ends"),
    )
    running = rows.filter(pl.col("ends") >= intake.today)
    intake.problems.add_rows("period_not_over", running, column="PERIODE", value="period")
    early = rows.filter(pl.col("set_on") > intake.today)
    intake.problems.add_rows("day_in_future", early, column="TANGGAL PENETAPAN", value="set_on")
    return rows


def _day(spans: Mapping[str, PeriodSpan], name: str) -> pl.Expr:
    days = {code: getattr(span, name) for code, span in spans.items()}
    return pl.col("period").replace_strict(days, default=None, return_dtype=pl.Date)


def _check_lines(intake: Intake, rows: pl.DataFrame) -> None:
    bad = rows.filter(pl.col("lines").map_elements(lambda one: not _are_lines(one), return_dtype=pl.Boolean))
    intake.problems.add_rows("bad_lines", bad, column="RINCIAN")


def _are_lines(text: str) -> bool:
    """Whether it is a list of steps as `exchange.handing_over` writes it, without anything that cannot be seen."""
    try:
        found = json.loads(text, parse_constant=_refuse)
        plain = json.dumps(found, ensure_ascii=False)
        plain.encode()
    except (ValueError, RecursionError):
        return False
    if "\\u00" in plain or re.search(HIDDEN, plain):
        return False
    return isinstance(found, list) and len(found) <= MOST_LINES and all(map(_is_line, found))


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _is_line(line: object) -> bool:
    if not isinstance(line, dict) or set(line) != {"item", "label", "value", "value_label", "unit", "article"}:
        return False
    texts = all(isinstance(line[name], str) for name in ("unit", "article"))
    words = _is_label(line["label"]) and (line["value_label"] is None or _is_label(line["value_label"]))
    value = line["value"]
    plain = isinstance(line["item"], str | None) and isinstance(value, str | int | float | None)
    return texts and words and plain and (isinstance(value, str | None) or abs(value) < MOST)


def _is_label(value: object) -> bool:
    return (
        isinstance(value, dict) and set(value) == {"id", "en"} and all(isinstance(one, str) for one in value.values())
    )


def _worded(intake: Intake, rows: pl.DataFrame) -> pl.DataFrame:
    """With `title`, `label` (as JSON), `tone` and `outcome` as the regulation's code, where it is installed."""
    parts = []
    for (code, ends), part in rows.group_by("regulation", "ends", maintain_order=True):
        assert isinstance(code, str)
        assert isinstance(ends, date)
        parts.append(_by_regulation(intake, part, code, ends))
    return pl.concat(parts).sort("sheet", "row", maintain_order=True)


def _by_regulation(intake: Intake, part: pl.DataFrame, code: str, ends: date) -> pl.DataFrame:
    registry = intake.registry or load_registry()
    if code not in registry.codes():
        intake.problems.add_rows(
            "regulation_elsewhere", part.head(1), column="REGULASI", value="regulation", severity=Severity.WARNING
        )
        plain = pl.struct(id="outcome", en="outcome").struct.json_encode()
        return part.with_columns(
            title=pl.lit(_json({"id": code, "en": code})), label=plain, tone=pl.lit(None, pl.String)
        )
    try:
        rules = registry.appraisal(code, on=ends)
    except DomainError as error:
        intake.problems.add_rows("bad_period", part, column="PERIODE", value="period", problem=str(error))
        return part.with_columns(title=pl.lit(""), label=pl.lit(""), tone=pl.lit(None, pl.String))
    return _by_rules(intake, part, rules)


def _by_rules(intake: Intake, part: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    levels = rules.outcomes
    words = {folded(text): one.code for one in levels for text in (one.code, one.label["id"], one.label["en"])}
    plain = pl.col("outcome").str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    coded = part.with_columns(code=plain.replace_strict(words, default=None, return_dtype=pl.String))
    unknown = coded.filter(pl.col("code").is_null() & pl.col("outcome").is_not_null())
    known = listed((one.label["id"] for one in levels), 20)
    intake.problems.add_rows(
        "outcome_unknown", unknown, column="PREDIKAT", value="outcome", regulation=rules.code, known=known
    )
    labels = {one.code: _json(one.label) for one in levels}
    tones = {one.code: one.tone for one in levels}
    return coded.with_columns(
        title=pl.lit(_json(rules.title)),
        outcome="code",
        label=pl.col("code").replace_strict(labels, default="", return_dtype=pl.String),
        tone=pl.col("code").replace_strict(tones, default=None, return_dtype=pl.String),
    ).drop("code")


def _refuse_own(intake: Intake, rows: pl.DataFrame) -> None:
    query = """
        SELECT DISTINCT o.person_id, p.code FROM selaras.outcome o
        JOIN selaras.outcome_batch b ON b.tenant_id = o.tenant_id AND b.id = o.batch_id AND b.state <> 'withdrawn'
        JOIN selaras.period p ON p.tenant_id = o.tenant_id AND p.id = o.period_id
        WHERE o.tenant_id = %(tenant)s AND p.code = ANY(%(codes)s)
    """
    values = {"tenant": intake.tenant, "codes": sorted(set(rows.get_column("period_code")))}
    own = read_frame(intake.session, query, values, {"person_id": pl.String, "period_code": pl.String})
    both = rows.join(own, on=["person_id", "period_code"], how="semi", maintain_order="left")
    intake.problems.add_rows("own_outcome", both, column="NIP", value="period")


def _new(intake: Intake, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that were not taken before; one that was, with another result, is a problem."""
    query = """
        SELECT person_id, period_code, segment, regulation, outcome, score, source_agency, source_document
        FROM selaras.handed_over_result WHERE tenant_id = %(tenant)s
    """
    schema: dict[str, Any] = {name: pl.String for name in (*KEY, *SAME)} | {"segment": pl.Int64, "score": pl.Float64}
    known = read_frame(intake.session, query, {"tenant": intake.tenant}, schema)
    typed = rows.with_columns(pl.col("score").cast(pl.Float64))
    joined = typed.join(known, on=list(KEY), how="left", suffix="_known", coalesce=True, maintain_order="left")
    taken = pl.col("regulation_known").is_not_null()
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_known")) for name in SAME)
    differing = joined.filter(taken & ~same)
    intake.problems.add_rows(
        "handed_over_already", differing, column="NIP", value="period", source="=source_agency_known"
    )
    return joined.filter(~taken).select(rows.columns)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)
