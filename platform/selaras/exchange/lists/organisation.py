"""Lists of the organisation: units, posts, people, reporting lines, goals, closed days."""

from __future__ import annotations

from selaras.exchange.kinds.people_columns import ECHELONS
from selaras.exchange.layouts import CLOSED, DOCUMENTS, Kind
from selaras.exchange.lists.declaring import (
    ListExport,
    coded,
    day,
    number,
    number_of,
    of_kind,
    within,
    within_unit,
)
from selaras.identity.permissions import Permission

_SERVES = """
    FROM selaras.appointment a
    JOIN selaras.person p ON p.tenant_id = %(tenant)s AND p.id = a.person_id
    JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = a.unit_id
    JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id
    WHERE a.tenant_id = %(tenant)s AND a.kind = 'definitive' AND a.during @> %(day)s::date
"""
# The name without its titles stands in search_name, in small letters.
_AT = "greatest(strpos(lower(p.name), p.search_name), 1)"
_BARE = f"substr(p.name, {_AT}, length(p.search_name))"
_BEFORE = f"nullif(btrim(left(p.name, {_AT} - 1)), '')"
_AFTER = f"nullif(btrim(substr(p.name, {_AT} + length(p.search_name)), ' ,'), '')"
_EMPLOYMENT = {"PNS": "pns", "CPNS": "cpns", "PPPK": "pppk", "PPPK Paruh Waktu": "pppk_paruh_waktu"}
_TYPE = "CASE post.kind WHEN 'jf' THEN '2' WHEN 'pelaksana' THEN '4' ELSE '1' END"
_ECHELON = (
    "CASE WHEN post.kind IN ('jpt', 'administrator', 'pengawas') THEN coalesce("
    + coded("post.level", {code: level for code, level in ECHELONS.items()})
    + ", CASE post.kind WHEN 'jpt' THEN '1' WHEN 'administrator' THEN '3' ELSE '4' END) END"
)

_UNITS = f"""
    SELECT NULL, u.source_id, parent.source_id, u.name, u.head_title, place.leader_source_id, u.kind
    FROM selaras.unit_placement place
    JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = place.unit_id
    LEFT JOIN selaras.unit parent ON parent.tenant_id = %(tenant)s AND parent.id = place.parent_id
    WHERE place.tenant_id = %(tenant)s AND place.during @> %(day)s::date AND {within_unit("u.id")}
    ORDER BY u.source_id
"""  # noqa: S608  # our own text
_PEOPLE = f"""
    SELECT p.id, p.source_id, {number_of("p.id")}, {_BARE}, {_BEFORE}, {_AFTER}, {day("p.birth_date")}, p.sex,
           {coded("a.employment", _EMPLOYMENT)}, a.legal_status, a.rank, {_TYPE}, post.title, {day("lower(a.during)")},
           u.source_id, {_ECHELON}, post.job_class
    {_SERVES} AND {within("p.id")} ORDER BY p.source_id
"""
_POSTS = f"""
    SELECT a.person_id, u.source_id, u.name, post.title, post.kind, post.level, post.job_class,
           CASE WHEN post.is_head THEN 'ya' ELSE 'tidak' END, {number_of("p.id")}, p.name
    {_SERVES} AND {within("p.id")} ORDER BY u.source_id, post.is_head DESC, post.title, p.source_id
"""
_LINE = f"""
    FROM selaras.reporting_line line
    JOIN selaras.person p ON p.tenant_id = %(tenant)s AND p.id = line.person_id
    JOIN selaras.person s ON s.tenant_id = %(tenant)s AND s.id = line.superior_id
    WHERE line.tenant_id = %(tenant)s AND line.during @> %(day)s::date AND {within("line.person_id")}
"""  # our own text
_SUPERIORS = f"""
    SELECT p.id, {number_of("p.id")}, {number_of("s.id")}, {day("lower(line.during)")}
    {_LINE} AND line.origin = 'stated' ORDER BY p.source_id
"""
_LINES = f"""
    SELECT p.id, {number_of("p.id")}, p.name, {number_of("s.id")}, s.name,
           CASE line.origin WHEN 'stated' THEN 'dinyatakan' ELSE 'kepala unit' END, {day("lower(line.during)")}
    {_LINE} ORDER BY p.source_id
"""
_GOALS = f"""
    SELECT NULL, g.code, u.source_id, g.year, g.title, g.indicator, {number("g.target")}, g.measure, parent.code,
           {coded("g.document", DOCUMENTS)}
    FROM selaras.goal g
    JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = g.unit_id
    LEFT JOIN selaras.goal parent ON parent.tenant_id = %(tenant)s AND parent.id = g.parent_id
    WHERE g.tenant_id = %(tenant)s AND g.year = %(year)s AND {within_unit("g.unit_id")} ORDER BY g.code
"""  # noqa: S608  # our own text
_CLOSED = f"""
    SELECT NULL, {day("c.day")}, {coded("c.kind", CLOSED)}, c.name, c.source FROM selaras.closed_day c
    WHERE c.tenant_id = %(tenant)s AND (%(units)s::uuid[] IS NULL OR true) ORDER BY c.day
"""  # noqa: S608  # our own text

ORGANISATION: tuple[ListExport, ...] = (
    of_kind(
        Kind.UNITS, Permission.SEE_AGENCY, _UNITS,
        "source_id", "parent_source_id", "name", "head_title", "leader_source_id", "kind",
    ),
    of_kind(
        Kind.PEOPLE, Permission.SEE_PEOPLE, _PEOPLE,
        "source_id", "number", "bare_name", "title_before", "title_after", "birth_date", "sex", "employment_name",
        "legal_status", "rank_name", "post_type", "title", "posted_on", "unit_source_id", "echelon", "job_class",
    ),
    ListExport(
        "posts", Permission.SEE_PEOPLE,
        ("UNOR ID", "UNIT", "JABATAN", "JENIS", "JENJANG", "KELAS JABATAN", "PIMPINAN", "NIP", "NAMA"), _POSTS,
    ),
    of_kind(Kind.SUPERIORS, Permission.SEE_PEOPLE, _SUPERIORS, "number", "superior_number", "since"),
    ListExport(
        "reporting_lines", Permission.SEE_PEOPLE,
        ("NIP", "NAMA", "NIP PENILAI", "NAMA PENILAI", "ASAL", "BERLAKU MULAI"), _LINES,
    ),
    of_kind(
        Kind.GOALS, Permission.SEE_AGENCY, _GOALS,
        "code", "unit_source_id", "year", "title", "indicator", "target", "measure", "parent_code", "document",
        asks="year",
    ),
    of_kind(Kind.CLOSED_DAYS, Permission.SEE_AGENCY, _CLOSED, "day", "kind", "name", "source"),
)  # fmt: skip
