"""Lists of what people plan and do: assignments, plans with their texts and matrices, progress, feedback."""

from __future__ import annotations

from selaras.exchange.layouts import ASPECTS, ORIGINS, Kind
from selaras.exchange.lists.declaring import ListExport, coded, day, number, number_of, of_kind, within
from selaras.identity.permissions import Permission

_SEEN = Permission.SEE_RESULTS
_PLAN = f"""
    FROM selaras.plan plan
    JOIN selaras.person p ON p.tenant_id = %(tenant)s AND p.id = plan.person_id
    JOIN selaras.plan_item item ON item.tenant_id = %(tenant)s AND item.plan_id = plan.id
    {{more}}
    WHERE plan.tenant_id = %(tenant)s AND plan.year = %(year)s AND {within("plan.person_id")}
"""  # our own text
_KINDS = {"utama": "main", "tambahan": "additional"}
_MEASURED = """
    LEFT JOIN selaras.item_measure m ON m.tenant_id = %(tenant)s AND m.item_id = item.id
    LEFT JOIN selaras.plan_item above ON above.tenant_id = %(tenant)s AND above.id = item.parent_item_id
    LEFT JOIN selaras.plan leads ON leads.tenant_id = %(tenant)s AND leads.id = above.plan_id
    LEFT JOIN selaras.goal g ON g.tenant_id = %(tenant)s AND g.id = item.goal_id
    LEFT JOIN selaras.assignment team ON team.tenant_id = %(tenant)s AND team.id = item.assignment_id
    JOIN selaras.agency agency ON agency.tenant_id = %(tenant)s
"""
_AGREED = day("plan.agreed_at AT TIME ZONE agency.time_zone")
_PLANS = f"""
    SELECT p.id, {number_of("p.id")}, plan.year, item.code, {coded("item.kind", _KINDS)}, item.title,
           CASE WHEN above.id IS NOT NULL THEN {number_of("leads.person_id")} END, above.code, g.code,
           {coded("m.aspect", ASPECTS)}, m.indicator, {number("m.target")}, m.measure, m.manual, plan.model,
           plan.variant, {_AGREED}, item.section, item.perspective, item.expectation,
           {coded("item.origin", ORIGINS)}, team.code, {day("plan.starts")}, {day("plan.ends")}, item.detail
    {_PLAN.format(more=_MEASURED)} ORDER BY p.source_id, plan.starts, plan.segment, item.code, m.aspect
"""
_TEXTS = f"""
    WITH text_of AS (
        SELECT plan_id, 'lampiran' AS part, kind AS term, NULL::uuid AS item_id, content, place
        FROM selaras.plan_annex WHERE tenant_id = %(tenant)s
        UNION ALL
        SELECT plan_id, 'ekspektasi', behaviour, NULL, content, 0 FROM selaras.plan_expectation
        WHERE tenant_id = %(tenant)s
        UNION ALL
        SELECT i.plan_id, 'strategi', s.stage, i.id, s.content, s.place FROM selaras.item_strategy s
        JOIN selaras.plan_item i ON i.tenant_id = %(tenant)s AND i.id = s.item_id WHERE s.tenant_id = %(tenant)s
    )
    SELECT p.id, {number_of("p.id")}, plan.year, {day("plan.starts")}, t.part, t.term, item.code, t.content
    FROM selaras.plan plan
    JOIN selaras.person p ON p.tenant_id = %(tenant)s AND p.id = plan.person_id
    JOIN text_of t ON t.plan_id = plan.id
    LEFT JOIN selaras.plan_item item ON item.tenant_id = %(tenant)s AND item.id = t.item_id
    WHERE plan.tenant_id = %(tenant)s AND plan.year = %(year)s AND {within("plan.person_id")}
    ORDER BY p.source_id, plan.starts, plan.segment, t.part, t.term, item.code, t.place
"""  # noqa: S608  # our own text
_SHARES = """JOIN selaras.result_share share ON share.tenant_id = %(tenant)s AND share.item_id = item.id
    JOIN selaras.person member ON member.tenant_id = %(tenant)s AND member.id = share.person_id"""
_MATRIX = f"""
    SELECT member.id, {number_of("p.id")}, plan.year, {day("plan.starts")}, item.code, {number_of("member.id")},
           {coded("share.kind", {"langsung": "direct", "tidak langsung": "supporting"})}, {number("share.share")},
           share.output
    {_PLAN.format(more=_SHARES)} AND {within("member.id")}
    ORDER BY p.source_id, plan.starts, item.code, member.source_id
"""
_PROGRESS_OF = "JOIN selaras.progress done ON done.tenant_id = %(tenant)s AND done.item_id = item.id"
_PROGRESS = f"""
    SELECT p.id, {number_of("p.id")}, plan.year, item.code, {coded("done.aspect", ASPECTS)}, {day("done.on_day")},
           {number("done.actual")}, done.note, done.evidence
    {_PLAN.format(more=_PROGRESS_OF)} ORDER BY p.source_id, item.code, done.aspect, done.on_day
"""
_LOG = f"""
    SELECT p.id, {number_of("p.id", "a.on_day")}, item.code, {day("a.on_day")}, to_char(a.starts, 'HH24:MI'),
           to_char(a.ends, 'HH24:MI'), a.content, {number("a.amount")}, a.measure,
           (SELECT e.url FROM selaras.evidence e WHERE e.tenant_id = %(tenant)s AND e.activity_id = a.id
            AND e.url IS NOT NULL ORDER BY e.id LIMIT 1)
    FROM selaras.activity a
    JOIN selaras.person p ON p.tenant_id = %(tenant)s AND p.id = a.person_id
    LEFT JOIN selaras.plan_item item ON item.tenant_id = %(tenant)s AND item.id = a.item_id
    WHERE a.tenant_id = %(tenant)s AND extract(year FROM a.on_day) = %(year)s AND {within("a.person_id")}
    ORDER BY p.source_id, a.on_day, a.starts, a.id
"""  # noqa: S608  # our own text
_FEEDBACK = f"""
    SELECT p.id, {number_of("p.id", "f.on_day")}, {number_of("f.giver_id", "f.on_day")},
           {coded("f.relation", {"atasan": "superior", "rekan": "peer", "bawahan": "subordinate"})}, item.code,
           f.behaviour, {day("f.on_day")}, f.content
    FROM selaras.feedback f
    JOIN selaras.person p ON p.tenant_id = %(tenant)s AND p.id = f.person_id
    LEFT JOIN selaras.plan_item item ON item.tenant_id = %(tenant)s AND item.id = f.item_id
    WHERE f.tenant_id = %(tenant)s AND extract(year FROM f.on_day) = %(year)s AND {within("f.person_id")}
    ORDER BY p.source_id, f.on_day, f.id
"""  # noqa: S608  # our own text
_TEAM = """
    FROM selaras.assignment t JOIN selaras.person p ON p.tenant_id = %(tenant)s AND p.id = t.person_id
"""
_ASSIGNMENTS = f"""
    SELECT p.id, t.code, {number_of("p.id")}, {coded("t.role", {"ketua": "leader", "anggota": "member"})},
           CASE WHEN t.leader_id IS NOT NULL THEN {number_of("t.leader_id")} END, t.leader_name,
           {coded("t.origin", ORIGINS)}, u.source_id, t.agency_name, t.task, t.basis, {day("lower(t.during)")},
           {day("upper(t.during) - 1")}, t.result
    {_TEAM} LEFT JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = t.unit_id
    WHERE t.tenant_id = %(tenant)s AND {within("t.person_id")} ORDER BY t.code, p.source_id
"""
_INPUTS = f"""
    SELECT p.id, t.code, {number_of("p.id")}, i.period_code,
           CASE WHEN i.giver_id IS NOT NULL THEN {number_of("i.giver_id", "i.given_on")} END, {day("i.given_on")},
           i.content
    {_TEAM} JOIN selaras.team_input i ON i.tenant_id = %(tenant)s AND i.assignment_id = t.id
    WHERE t.tenant_id = %(tenant)s AND i.period_code = %(period)s AND {within("t.person_id")}
    ORDER BY t.code, p.source_id
"""

PLANS: tuple[ListExport, ...] = (
    of_kind(
        Kind.ASSIGNMENTS, _SEEN, _ASSIGNMENTS,
        "code", "number", "role", "leader_number", "leader_name", "origin", "unit_source_id", "agency_name", "task",
        "basis", "starts", "ends", "result",
    ),
    of_kind(
        Kind.PLANS, _SEEN, _PLANS,
        "number", "year", "code", "kind", "title", "parent_number", "parent_code", "goal_code", "aspect", "indicator",
        "target", "measure", "manual", "model", "variant", "agreed_on", "section", "perspective", "expectation",
        "origin", "assignment_code", "starts", "ends",
        asks="year", spread=True,
    ),
    of_kind(
        Kind.PLAN_TEXTS, _SEEN, _TEXTS, "number", "year", "starts", "part", "term", "code", "content", asks="year",
    ),
    of_kind(
        Kind.MATRIX, _SEEN, _MATRIX,
        "leader_number", "year", "starts", "code", "number", "kind", "share", "output", asks="year",
    ),
    of_kind(
        Kind.PROGRESS, _SEEN, _PROGRESS,
        "number", "year", "code", "aspect", "on_day", "actual", "note", "evidence", asks="year",
    ),
    of_kind(
        Kind.DAILY_LOG,
        _SEEN,
        _LOG,
        "number",
        "action",
        "on_day",
        "starts",
        "ends",
        "content",
        "amount",
        "measure",
        "url",
        asks="year",
    ),
    of_kind(
        Kind.FEEDBACK, _SEEN, _FEEDBACK,
        "number", "giver_number", "relation", "code", "behaviour", "on_day", "content", asks="year",
    ),
    of_kind(
        Kind.TEAM_INPUTS, _SEEN, _INPUTS,
        "code", "number", "period", "giver_number", "on_day", "content", asks="period",
    ),
)  # fmt: skip
