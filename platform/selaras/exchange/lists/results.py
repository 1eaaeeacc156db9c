"""Lists of results and what follows them: ratings, outcomes, parts, objections, proposals, improvement, pay."""

from __future__ import annotations

from selaras.exchange.layouts import Kind
from selaras.exchange.lists.declaring import (
    ListExport,
    day,
    moment,
    number,
    number_of,
    of_kind,
    within,
    within_unit,
)
from selaras.identity.permissions import Permission

_OF_PERIOD = "JOIN selaras.period period ON period.tenant_id = %(tenant)s AND period.id = {0}.period_id"
_CHOSEN = "period.code = %(period)s"
_PERSON = "JOIN selaras.person p ON p.tenant_id = %(tenant)s AND p.id = {0}.person_id"

_UNIT_RATINGS = f"""
    SELECT NULL, u.source_id, period.code, r.rating,
           CASE WHEN r.set_by IS NOT NULL THEN {number_of("r.set_by", "period.ends")} END
    FROM selaras.organisation_rating r {_OF_PERIOD.format("r")}
    JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = r.unit_id
    WHERE r.tenant_id = %(tenant)s AND {_CHOSEN} AND {within_unit("r.unit_id")} ORDER BY u.source_id
"""  # noqa: S608  # our own text
_RATINGS = f"""
    SELECT p.id, {number_of("p.id", "period.ends")}, period.code, CASE WHEN EXISTS (
               SELECT FROM selaras.segment s WHERE s.tenant_id = %(tenant)s AND s.period_id = r.period_id
               AND s.person_id = r.person_id) THEN r.segment END, r.inputs
    FROM selaras.rating r {_OF_PERIOD.format("r")} {_PERSON.format("r")}
    WHERE r.tenant_id = %(tenant)s AND {_CHOSEN} AND {within("r.person_id")} ORDER BY p.source_id, r.segment
"""  # noqa: S608  # our own text
_OUTCOMES = f"""
    SELECT DISTINCT ON (p.source_id, o.segment) p.id, {number_of("p.id", "period.ends")}, p.name, u.name, period.code,
           o.segment, o.revision, rule.regulation, o.outcome, {number("o.score")}, o.organisation_rating,
           o.group_key, a.name, {moment("b.set_at")}
    FROM selaras.outcome o {_OF_PERIOD.format("o")} {_PERSON.format("o")}
    JOIN selaras.outcome_batch b ON b.tenant_id = %(tenant)s AND b.id = o.batch_id AND b.state = 'set'
    JOIN selaras.rule_text rule ON rule.id = b.rule_id
    JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = o.unit_id
    LEFT JOIN selaras.person a ON a.tenant_id = %(tenant)s AND a.id = o.appraiser_id
    WHERE o.tenant_id = %(tenant)s AND {_CHOSEN} AND {within("o.person_id")}
    ORDER BY p.source_id, o.segment, o.revision DESC
"""  # noqa: S608  # our own text
_SEGMENTS = f"""
    SELECT p.id, {number_of("p.id", "s.ends")}, p.name, period.code, s.number, {day("s.starts")}, {day("s.ends")},
           s.cause, s.ended, CASE WHEN s.evaluated THEN 'ya' ELSE 'tidak' END, s.regulation, a.name, s.origin
    FROM selaras.segment s {_OF_PERIOD.format("s")} {_PERSON.format("s")}
    LEFT JOIN selaras.person a ON a.tenant_id = %(tenant)s AND a.id = s.appraiser_id
    WHERE s.tenant_id = %(tenant)s AND {_CHOSEN} AND {within("s.person_id")} ORDER BY p.source_id, s.number
"""  # noqa: S608  # our own text
_OBJECTIONS = f"""
    SELECT p.id, {number_of("p.id", "period.ends")}, p.name, period.code, o.outcome, {moment("e.at")},
           CASE WHEN d.id IS NULL THEN 'menunggu' WHEN d.upheld THEN 'diterima' ELSE 'ditolak' END, {moment("d.at")}
    FROM selaras.outcome_event e {_OF_PERIOD.format("e")} {_PERSON.format("e")}
    JOIN selaras.outcome o ON o.tenant_id = %(tenant)s AND o.period_id = e.period_id AND o.person_id = e.person_id
     AND o.segment = e.segment AND o.revision = e.revision
    LEFT JOIN selaras.objection_decision d ON d.tenant_id = %(tenant)s AND d.period_id = e.period_id
     AND d.person_id = e.person_id AND d.segment = e.segment AND d.revision = e.revision
    WHERE e.tenant_id = %(tenant)s AND e.state = 'objected' AND {within("e.person_id")} ORDER BY e.at, p.source_id
"""  # noqa: S608  # our own text
_PROPOSALS = f"""
    SELECT p.id, {number_of("p.id")}, p.name, period.code, f.kind, f.state, f.outcome, {moment("f.proposed_at")}
    FROM selaras.proposal f {_OF_PERIOD.format("f")} {_PERSON.format("f")}
    WHERE f.tenant_id = %(tenant)s AND {within("f.person_id")} ORDER BY period.code, f.kind, p.source_id
"""  # noqa: S608  # our own text
_TALENT = f"""
    SELECT DISTINCT ON (p.source_id) p.id, {number_of("p.id")}, p.name, u.name, post.title, post.level, period.code,
           f.basis -> 'values' ->> 'box', f.basis -> 'values' ->> 'performance_axis', f.outcome, f.state,
           f.basis ->> 'article'
    FROM selaras.proposal f {_OF_PERIOD.format("f")} {_PERSON.format("f")}
    LEFT JOIN selaras.appointment a ON a.tenant_id = %(tenant)s AND a.person_id = p.id AND a.kind = 'definitive'
     AND a.during @> %(day)s::date
    LEFT JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = a.unit_id
    LEFT JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id
    WHERE f.tenant_id = %(tenant)s AND f.kind = 'talent_box' AND f.state NOT IN ('declined', 'rejected', 'withdrawn')
      AND {_CHOSEN} AND {within("f.person_id")} ORDER BY p.source_id, f.revision DESC
"""  # noqa: S608  # our own text
_IMPROVEMENTS = f"""
    SELECT p.id, {number_of("p.id")}, p.name, c.stage, {day("c.opened_on")}, {day("c.due_on")}, {day("c.closed_on")}
    FROM selaras.improvement_case c {_PERSON.format("c")}
    WHERE c.tenant_id = %(tenant)s AND {within("c.person_id")} ORDER BY c.opened_on, p.source_id
"""  # noqa: S608  # our own text
_PAY = f"""
    SELECT DISTINCT ON (p.source_id, r.segment) p.id, {number_of("p.id", "period.ends")}, p.name, period.code,
           r.segment, r.revision, {number("r.percent")}, {number("r.base")}, {number("r.amount")}
    FROM selaras.remuneration r {_OF_PERIOD.format("r")} {_PERSON.format("r")}
    WHERE r.tenant_id = %(tenant)s AND {_CHOSEN} AND {within("r.person_id")}
    ORDER BY p.source_id, r.segment, r.revision DESC
"""  # noqa: S608  # our own text
_POTENTIAL = f"""
    SELECT p.id, {number_of("p.id")}, x.level, x.source, {day("lower(x.during)")}
    FROM selaras.potential x {_PERSON.format("x")}
    WHERE x.tenant_id = %(tenant)s AND x.during @> %(day)s::date AND {within("x.person_id")} ORDER BY p.source_id
"""  # noqa: S608  # our own text
_HISTORY = f"""
    SELECT p.id, {number_of("p.id")}, h.period_code, h.segment, h.regulation, h.label ->> 'id', {number("h.score")},
           h.appraiser_name, h.appraiser_number, h.unit_name, {day("h.set_on")}, h.source_agency, h.source_document,
           h.rule_hash, h.lines
    FROM selaras.handed_over_result h {_PERSON.format("h")}
    JOIN selaras.handover given ON given.tenant_id = %(tenant)s AND given.id = h.handover_id AND given.state = 'taken'
    WHERE h.tenant_id = %(tenant)s AND {within("h.person_id")} ORDER BY p.source_id, h.period_code, h.segment
"""  # noqa: S608  # our own text

_WHO = ("NIP", "NAMA")
RESULTS: tuple[ListExport, ...] = (
    of_kind(
        Kind.ORGANISATION_RATINGS, Permission.SEE_AGENCY, _UNIT_RATINGS,
        "unit_source_id", "period", "rating", "setter_number", asks="period",
    ),
    of_kind(
        Kind.RATINGS, Permission.SEE_RESULTS, _RATINGS, "number", "period", "segment", asks="period", spread=True,
    ),
    ListExport(
        "outcomes", Permission.SEE_RESULTS,
        (*_WHO, "UNIT", "PERIODE", "BAGIAN", "REVISI", "REGULASI", "PREDIKAT", "NILAI", "PREDIKAT UNIT", "KELOMPOK",
         "PEJABAT PENILAI", "DITETAPKAN (UTC)"), _OUTCOMES, asks="period",
    ),
    ListExport(
        "segments", Permission.CLOSE_PERIOD,
        (*_WHO, "PERIODE", "BAGIAN", "MULAI", "SELESAI", "SEBAB", "BERAKHIR", "DINILAI", "REGULASI",
         "PEJABAT PENILAI", "ASAL"), _SEGMENTS, asks="period",
    ),
    ListExport(
        "objections", Permission.SEE_FOLLOWUP,
        (*_WHO, "PERIODE", "PREDIKAT", "DIAJUKAN (UTC)", "KEPUTUSAN", "DIPUTUSKAN (UTC)"), _OBJECTIONS,
    ),
    ListExport(
        "proposals", Permission.SEE_FOLLOWUP,
        (*_WHO, "PERIODE", "JENIS", "KEADAAN", "PREDIKAT", "DIUSULKAN (UTC)"), _PROPOSALS,
    ),
    ListExport(
        "talent", Permission.SEE_TALENT,
        (*_WHO, "UNIT", "JABATAN", "JENJANG", "PERIODE", "KOTAK", "SUMBU KINERJA", "PREDIKAT", "STATUS", "DASAR"),
        _TALENT, asks="period",
    ),
    ListExport(
        "improvements", Permission.SEE_FOLLOWUP, (*_WHO, "TAHAP", "DIBUKA", "BATAS", "DITUTUP"), _IMPROVEMENTS,
    ),
    ListExport(
        "remuneration", Permission.SEE_REMUNERATION,
        (*_WHO, "PERIODE", "BAGIAN", "REVISI", "PERSEN", "DASAR", "JUMLAH"), _PAY, asks="period",
    ),
    of_kind(Kind.POTENTIAL, Permission.SEE_FOLLOWUP, _POTENTIAL, "number", "level", "source", "since"),
    of_kind(
        Kind.HISTORY, Permission.SEE_RESULTS, _HISTORY,
        "number", "period", "segment", "regulation", "outcome", "score", "appraiser_name", "appraiser_number",
        "unit_name", "set_on", "source_agency", "source_document", "rule_hash", "lines",
    ),
)  # fmt: skip
