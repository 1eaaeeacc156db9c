"""Lists around the cycle: how far units are, who is waited for, tickets, unlocked periods, surveys, merit."""

from __future__ import annotations

from selaras.exchange.lists.declaring import ListExport, day, moment, number_of, within, within_unit
from selaras.identity.permissions import Permission

_OF_PERIOD = "JOIN selaras.period period ON period.tenant_id = %(tenant)s AND period.id = f.period_id"
_OF_UNIT = "JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = f.unit_id"
_CHOSEN = "f.tenant_id = %(tenant)s AND period.code = %(period)s"
_FUNNEL = f"""
    SELECT NULL, u.source_id, u.name, above.source_id, f.people, f.planned, f.submitted, f.agreed, f.logged, f.rated,
           f.delivered, f.accepted, f.objected, {moment("c.counted_at")}
    FROM selaras.funnel_unit f {_OF_PERIOD} {_OF_UNIT}
    JOIN selaras.funnel_count c ON c.tenant_id = %(tenant)s AND c.period_id = f.period_id
    LEFT JOIN selaras.unit above ON above.tenant_id = %(tenant)s AND above.id = f.parent_id
    WHERE {_CHOSEN} AND {within_unit("f.unit_id")} ORDER BY u.source_id
"""  # noqa: S608  # our own text
_WAITING = f"""
    SELECT p.id, {number_of("p.id")}, p.name, u.name, period.code, f.plans, {moment("f.plans_since")}, f.ratings
    FROM selaras.funnel_appraiser f {_OF_PERIOD}
    JOIN selaras.person p ON p.tenant_id = %(tenant)s AND p.id = f.person_id
    LEFT JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = f.unit_id
    WHERE {_CHOSEN} AND {within_unit("f.unit_id")} ORDER BY p.source_id
"""  # noqa: S608  # our own text
# Without who reported it: the page of one ticket names them, a file that travels need not.
_TICKETS = f"""
    SELECT NULL, t.id, {moment("t.at")}, {moment("t.changed_at")}, t.category, t.level, t.state, u.name, t.reference,
           t.place, t.browser, t.content
    FROM selaras.ticket t LEFT JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = t.unit_id
    WHERE t.tenant_id = %(tenant)s AND {within_unit("t.unit_id")} ORDER BY t.at, t.id
"""  # noqa: S608  # our own text
_UNLOCKS = f"""
    SELECT l.person_id, l.code, l.matter, CASE WHEN l.person_id IS NOT NULL THEN {number_of("l.person_id")} END,
           u.source_id, {moment("l.until")}, l.reason, asker.name, {moment("l.asked_at")}, l.answer, answerer.name,
           {moment("l.answered_at")}, {moment("l.ended_at")}
    FROM selaras.unlock l
    JOIN selaras.account asker ON asker.tenant_id = %(tenant)s AND asker.id = l.asked_by
    LEFT JOIN selaras.account answerer ON answerer.tenant_id = %(tenant)s AND answerer.id = l.answered_by
    LEFT JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = l.unit_id
    WHERE l.tenant_id = %(tenant)s AND (l.person_id IS NULL OR {within("l.person_id")}) ORDER BY l.asked_at, l.id
"""  # noqa: S608  # our own text
# How many answered is known once a survey is closed; while it is open, each new figure would tell who came last.
_SURVEYS = f"""
    SELECT NULL, period.code, u.source_id, {day("f.opens")}, {day("f.closes")}, f.state,
           CASE WHEN f.moderated THEN 'ya' ELSE 'tidak' END, CASE WHEN f.state = 'closed' THEN f.asked END,
           CASE WHEN f.state = 'closed' THEN f.answered END, {day("f.closed_on")}
    FROM selaras.survey_campaign f {_OF_PERIOD}
    LEFT JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = f.unit_id
    WHERE f.tenant_id = %(tenant)s AND (%(units)s::uuid[] IS NULL OR false) ORDER BY period.code, f.opens, f.id
"""  # noqa: S608  # our own text
_MERIT = f"""
    SELECT NULL, m.year, m.regulation, part.name, one.key, replace(one.value #>> '{{}}', '.', ','),
           CASE WHEN part.name = 'nilai' THEN m.evidence ->> one.key END, {moment("m.at")}
    FROM selaras.merit_assessment m
    CROSS JOIN LATERAL (VALUES ('nilai', m.scores), ('jawaban', m.answers), ('angka', m.figures)) part (name, content)
    CROSS JOIN LATERAL jsonb_each(part.content) one
    WHERE m.tenant_id = %(tenant)s AND m.year = %(year)s::int AND (%(units)s::uuid[] IS NULL OR false)
    ORDER BY part.name DESC, one.key
"""  # noqa: S608  # our own text

_NATIONAL = f"""
    SELECT i.person_id, {number_of("i.person_id")}, who.name, p.code, i.state, array_to_string(i.causes, '; '), i.said,
           i.remote_id, {moment("i.sent_at")}
    FROM selaras.national_item i
    JOIN selaras.person who ON who.tenant_id = %(tenant)s AND who.id = i.person_id
    JOIN selaras.period p ON p.tenant_id = %(tenant)s AND p.id = i.period_id
    WHERE i.tenant_id = %(tenant)s AND {within("i.person_id")} ORDER BY i.id
"""  # noqa: S608  # our own text

CYCLE: tuple[ListExport, ...] = (
    ListExport(
        "national", Permission.MANAGE_NATIONAL,
        ("NIP", "NAMA", "PERIODE", "KEADAAN", "SEBAB", "JAWABAN", "ID DI SANA", "TERKIRIM (UTC)"), _NATIONAL,
        whole=True,
    ),
    ListExport(
        "funnel", Permission.SEE_AGENCY,
        ("ID UNIT", "UNIT", "ID UNIT ATASAN", "PEGAWAI", "ADA SKP", "DIAJUKAN", "DISEPAKATI", "ADA CATATAN", "DINILAI",
         "DISAMPAIKAN", "DITERIMA", "KEBERATAN", "DIHITUNG (UTC)"), _FUNNEL, asks="period",
    ),
    ListExport(
        "waited_for", Permission.SEE_PEOPLE,
        ("NIP", "NAMA", "UNIT", "PERIODE", "SKP MENUNGGU", "SEJAK (UTC)", "BELUM DINILAI"), _WAITING, asks="period",
    ),
    ListExport(
        "tickets", Permission.HANDLE_TICKETS,
        ("ID", "DILAPORKAN (UTC)", "DIUBAH (UTC)", "KLASTER", "DITANGANI", "KEADAAN", "UNIT", "ID PERMINTAAN", "TEMPAT",
         "PERAMBAN", "ISI"), _TICKETS,
    ),
    ListExport(
        "unlocks", Permission.CLOSE_PERIOD,
        ("PERIODE", "PERIHAL", "NIP", "ID UNIT", "SAMPAI (UTC)", "ALASAN", "DIMINTA OLEH", "DIMINTA (UTC)", "JAWABAN",
         "DIJAWAB OLEH", "DIJAWAB (UTC)", "DIAKHIRI (UTC)"), _UNLOCKS, whole=True,
    ),
    ListExport(
        "surveys", Permission.MANAGE_SURVEY,
        ("PERIODE", "ID UNIT", "MULAI", "SELESAI", "KEADAAN", "MODERASI", "DIMINTA", "MENJAWAB", "DITUTUP"), _SURVEYS,
        whole=True,
    ),
    ListExport(
        "merit", Permission.SEE_FOLLOWUP,
        ("TAHUN", "REGULASI", "BAGIAN", "KODE", "ISI", "BUKTI", "DISIMPAN (UTC)"), _MERIT, asks="year", whole=True,
    ),
)  # fmt: skip
