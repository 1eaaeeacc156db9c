"""A whole agency in a handful of statements: units, posts, people, superiors, ratings. Plain SQL, any size."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.bulk import set_based
from selaras.db.session import tenant_of

UNIT_SIZE = 20

_UNITS = """
INSERT INTO selaras.unit (tenant_id, id, source_id, name, kind, head_title)
SELECT :tenant, uuidv7(), 'unit-' || n, 'Unit ' || n, null, 'Kepala Unit ' || n
FROM generate_series(0, :units) n
"""
_PLACES = """
INSERT INTO selaras.unit_placement (tenant_id, unit_id, parent_id, during)
SELECT u.tenant_id, u.id, CASE WHEN u.id = top.id THEN NULL ELSE top.id END, '[2015-01-01,)'
FROM selaras.unit u JOIN selaras.unit top ON top.tenant_id = u.tenant_id AND top.source_id = 'unit-0'
WHERE u.tenant_id = :tenant
"""
_POSTS = """
INSERT INTO selaras.position (tenant_id, unit_id, title, kind, level, job_class, is_head)
SELECT u.tenant_id, u.id, post.title, post.kind, post.level, post.job_class, post.head
FROM selaras.unit u CROSS JOIN (VALUES
    ('Kepala', 'administrator', null, 12, true), ('Analis', 'jf', 'ahli_pertama', 8, false),
    ('Pengolah', 'pelaksana', null, 6, false)) post (title, kind, level, job_class, head)
WHERE u.tenant_id = :tenant
"""
_PEOPLE = """
INSERT INTO selaras.person (tenant_id, id, source_id, name, search_name, birth_date, sex)
SELECT :tenant, uuidv7(), 'person-' || n, 'Orang ' || n, 'orang ' || n, '1985-01-01',
       CASE n % 2 WHEN 0 THEN 'F' ELSE 'M' END
FROM generate_series(1, :people) n
"""
_NUMBERS = """
INSERT INTO selaras.person_number (tenant_id, person_id, number, kind, during)
SELECT tenant_id, id, '198501012010' || lpad(substr(source_id, 8), 6, '0'), 'nip', '[2010-01-01,)'
FROM selaras.person WHERE tenant_id = :tenant
"""
# Person n works in unit 1 + (n-1) / size; the first of each unit is its head.
# The unit first: without statistics the planner would meet everybody with every post of the same title.
_APPOINTMENTS = """
WITH placed AS MATERIALIZED (
    SELECT p.tenant_id, p.id, u.id AS unit_id, CASE s.n % 5 WHEN 4 THEN 'pppk' ELSE 'pns' END AS employment,
           CASE WHEN s.n % :size = 0 THEN 'Kepala' WHEN s.n % 2 = 0 THEN 'Analis' ELSE 'Pengolah' END AS title
    FROM selaras.person p
    CROSS JOIN LATERAL (SELECT substr(p.source_id, 8)::int - 1 AS n) s
    JOIN selaras.unit u ON u.tenant_id = p.tenant_id AND u.source_id = 'unit-' || (1 + s.n / :size)
    WHERE p.tenant_id = :tenant
)
INSERT INTO selaras.appointment (tenant_id, person_id, unit_id, position_id, employment, rank, legal_status, during)
SELECT placed.tenant_id, placed.id, placed.unit_id, post.id, placed.employment, 'III/b', '01', '[2015-01-01,)'
FROM placed
JOIN selaras.position post
  ON post.tenant_id = :tenant AND post.unit_id = placed.unit_id AND post.title = placed.title
"""
_LINES = """
INSERT INTO selaras.reporting_line (tenant_id, person_id, superior_id, origin, during)
SELECT p.tenant_id, p.id, head.id, 'unit_head', '[2015-01-01,)'
FROM selaras.person p
CROSS JOIN LATERAL (SELECT substr(p.source_id, 8)::int - 1 AS n) s
JOIN selaras.person head ON head.tenant_id = p.tenant_id
 AND head.source_id = 'person-' || CASE WHEN s.n % :size = 0 THEN 1 ELSE s.n - s.n % :size + 1 END
WHERE p.tenant_id = :tenant AND head.id <> p.id
"""
# Per unit of twenty: 3 Sangat Baik, 14 Baik (the head, by the unit's own rating, among them), 2 BP, 1 Kurang.
_RATINGS = """
INSERT INTO selaras.rating (tenant_id, period_id, person_id, inputs)
SELECT p.tenant_id, :period, p.id, jsonb_build_object(
    'rating_hasil_kerja', CASE WHEN s.k < 4 THEN 'di_atas' WHEN s.k BETWEEN 17 AND 18 THEN 'di_bawah' ELSE 'sesuai' END,
    'rating_perilaku', CASE WHEN s.k < 4 THEN 'di_atas' WHEN s.k = 19 THEN 'di_bawah' ELSE 'sesuai' END)
FROM selaras.person p
CROSS JOIN LATERAL (SELECT (substr(p.source_id, 8)::int - 1) % :size AS k) s
WHERE p.tenant_id = :tenant
"""
_ORGANISATION = """
INSERT INTO selaras.organisation_rating (tenant_id, period_id, unit_id, rating)
SELECT tenant_id, :period, id, 'baik' FROM selaras.unit WHERE tenant_id = :tenant
"""
_PAY = """
INSERT INTO selaras.remuneration_table (tenant_id, name, kind, percents, bases, effect, source, certainty, during)
VALUES (:tenant, 'Tabel uji', 'tpp',
    '{"sangat_baik": "100", "baik": "100", "butuh_perbaikan": "80", "kurang": "60", "sangat_kurang": "40"}',
    '{"12": 9500000, "8": 3700000, "6": 2500000}', 'next_quarter', 'test', 'sample', '[2020-01-01,)')
"""
# Nobody of a measurement has to read the briefing for appraisers first.
_PROCEDURE = """
INSERT INTO selaras.rating_procedure (tenant_id, review, briefing, reason, during)
VALUES (:tenant, false, false, 'Aturan untuk pengujian saja.', '[2015-01-01,)')
"""
_PERIOD = """
INSERT INTO selaras.period (tenant_id, code, kind, starts, ends)
VALUES (:tenant, '2026-TW3', 'quarter', :starts, :ends) RETURNING id
"""


def create_staff(session: Session, people: int) -> None:
    """An agency of `people` with a rated quarter 2026-TW3, ready to be closed; units of twenty under one top unit."""
    values = {"tenant": tenant_of(session), "people": people, "size": UNIT_SIZE, "units": -(-people // UNIT_SIZE)}
    # Without statistics the planner nests loops over the whole agency: 100,000 people then take minutes.
    with set_based(session):
        for statement in (_UNITS, _PLACES, _POSTS, _PEOPLE, _NUMBERS, _APPOINTMENTS, _LINES, _PAY, _PROCEDURE):
            session.execute(text(statement), values)
        dates = {"starts": date(2026, 7, 1), "ends": date(2026, 9, 30)}
        values["period"] = session.execute(text(_PERIOD), values | dates).scalar_one()
        for statement in (_RATINGS, _ORGANISATION):
            session.execute(text(statement), values)


def make_breach(session: Session, unit: int = 1) -> None:
    """Rate everybody of one unit above expectation, which no distribution allows."""
    session.execute(
        text(
            """
            UPDATE selaras.rating SET inputs = '{"rating_hasil_kerja": "di_atas", "rating_perilaku": "di_atas"}'
            WHERE tenant_id = :tenant AND person_id IN (
                SELECT a.person_id FROM selaras.appointment a JOIN selaras.unit u
                  ON u.tenant_id = a.tenant_id AND u.id = a.unit_id
                WHERE a.tenant_id = :tenant AND u.source_id = :unit)
            """
        ),
        {"tenant": tenant_of(session), "unit": f"unit-{unit}"},
    )
