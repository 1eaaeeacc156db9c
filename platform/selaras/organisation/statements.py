"""The SQL behind the organisation's reads; each names its tenant, and each date predicate is `during @> :day`."""

from __future__ import annotations

from typing import Final

# What a list shows of the person `p` on one day, to the right of it.
LINE: Final = """
    LEFT JOIN selaras.person_number number
      ON number.tenant_id = :tenant AND number.person_id = p.id AND number.during @> CAST(:day AS date)
    LEFT JOIN selaras.appointment a
      ON a.tenant_id = :tenant AND a.person_id = p.id AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
    LEFT JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = a.unit_id
    LEFT JOIN selaras.position post ON post.tenant_id = :tenant AND post.id = a.position_id
    LEFT JOIN selaras.reporting_line line
      ON line.tenant_id = :tenant AND line.person_id = p.id AND line.during @> CAST(:day AS date)
    LEFT JOIN selaras.person superior ON superior.tenant_id = :tenant AND superior.id = line.superior_id
    LEFT JOIN selaras.public_office office
      ON office.tenant_id = :tenant AND office.person_id = p.id AND office.during @> CAST(:day AS date)
    LEFT JOIN selaras.unit led ON led.tenant_id = :tenant AND led.id = office.unit_id
"""

SHOWN: Final = """
    p.id, p.name, p.search_name, number.number, coalesce(a.unit_id, office.unit_id) AS unit_id,
    coalesce(unit.name, led.name) AS unit_name, coalesce(post.title, office.title) AS position_title,
    post.kind AS position_kind, a.employment, a.rank, line.superior_id, superior.name AS superior_name
"""

PEOPLE: Final = """
    SELECT {shown}
    FROM (
        SELECT p.id, p.name, p.search_name FROM selaras.person p
        WHERE p.tenant_id = :tenant AND (p.left_on IS NULL OR p.left_on > :day) {where}
        ORDER BY p.search_name USING ~<~, p.id LIMIT :limit
    ) p {line}
    ORDER BY p.search_name USING ~<~, p.id
"""

BELOW: Final = """
    AND p.id IN (
        WITH RECURSIVE below AS (
            SELECT CAST(:unit AS uuid) AS unit_id
            UNION
            SELECT place.unit_id FROM selaras.unit_placement place JOIN below ON place.parent_id = below.unit_id
            WHERE place.tenant_id = :tenant AND place.during @> CAST(:day AS date)
        )
        SELECT held.person_id FROM selaras.appointment held JOIN below ON below.unit_id = held.unit_id
        WHERE held.tenant_id = :tenant AND held.kind = 'definitive' AND held.during @> CAST(:day AS date)
    )
"""

PERSON: Final = """
    SELECT {shown}, p.source_id, p.birth_date, p.sex, p.left_on, p.account_id,
    (SELECT count(*) FROM selaras.reporting_line down
     WHERE down.tenant_id = :tenant AND down.superior_id = p.id AND down.during @> CAST(:day AS date)) AS team_size
    FROM selaras.person p {line}
    WHERE p.tenant_id = :tenant AND p.id = :person
"""

TEAM: Final = """
    SELECT {shown}
    FROM selaras.reporting_line down
    JOIN selaras.person p ON p.tenant_id = :tenant AND p.id = down.person_id {line}
    WHERE down.tenant_id = :tenant AND down.superior_id = :person AND down.during @> CAST(:day AS date)
    ORDER BY p.search_name USING ~<~, p.id
"""

LINES: Final = """
    SELECT {shown}
    FROM selaras.person p {line}
    WHERE p.tenant_id = :tenant AND p.id = ANY(:people)
    ORDER BY p.search_name USING ~<~, p.id
"""

NUMBERS: Final = """
    SELECT number, kind, lower(during), upper(during) FROM selaras.person_number
    WHERE tenant_id = :tenant AND person_id = :person ORDER BY during DESC
"""

APPOINTMENTS: Final = """
    SELECT a.unit_id, unit.name, post.title, post.kind, post.level, post.job_class, post.is_head, a.employment, a.rank,
           a.legal_status, a.kind, lower(a.during), upper(a.during)
    FROM selaras.appointment a
    JOIN selaras.unit unit ON unit.tenant_id = a.tenant_id AND unit.id = a.unit_id
    JOIN selaras.position post ON post.tenant_id = a.tenant_id AND post.id = a.position_id
    WHERE a.tenant_id = :tenant AND a.person_id = :person ORDER BY a.during DESC, a.kind
"""

SUPERIOR: Final = """
    SELECT superior_id FROM selaras.reporting_line
    WHERE tenant_id = :tenant AND person_id = :person AND during @> CAST(:day AS date)
"""

# Whoever holds the public office of the unit; else the leader named by the placement, while still serving; else
# whoever holds a head's post in the unit itself.
LEADERS: Final = """
    SELECT place.unit_id, coalesce(office.person_id, named.id, held.person_id) AS person_id
    FROM selaras.unit_placement place
    LEFT JOIN selaras.public_office office
      ON office.tenant_id = :tenant AND office.unit_id = place.unit_id AND office.during @> CAST(:day AS date)
    LEFT JOIN LATERAL (
        SELECT p.id FROM selaras.person p
        JOIN selaras.appointment a ON a.tenant_id = :tenant AND a.person_id = p.id
         AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
        WHERE p.tenant_id = :tenant AND p.source_id = place.leader_source_id
    ) named ON true
    LEFT JOIN LATERAL (
        SELECT a.person_id FROM selaras.appointment a
        JOIN selaras.position post ON post.tenant_id = :tenant AND post.id = a.position_id AND post.is_head
        WHERE a.tenant_id = :tenant AND a.unit_id = place.unit_id AND a.during @> CAST(:day AS date)
        ORDER BY a.kind, a.person_id LIMIT 1
    ) held ON true
    WHERE place.tenant_id = :tenant AND place.during @> CAST(:day AS date)
      AND coalesce(office.person_id, named.id, held.person_id) IS NOT NULL
"""

UNITS: Final = f"""
    WITH RECURSIVE tree AS (
        SELECT unit.id, unit.source_id, place.parent_id, unit.name, 0 AS depth, ARRAY[unit.name, unit.id::text] AS path
        FROM selaras.unit_placement place
        JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = place.unit_id
        WHERE place.tenant_id = :tenant AND place.during @> CAST(:day AS date) AND place.parent_id IS NULL
        UNION ALL
        SELECT unit.id, unit.source_id, place.parent_id, unit.name, tree.depth + 1,
               tree.path || ARRAY[unit.name, unit.id::text]
        FROM tree
        JOIN selaras.unit_placement place ON place.tenant_id = :tenant AND place.parent_id = tree.id
         AND place.during @> CAST(:day AS date)
        JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = place.unit_id
    ), leader AS ({LEADERS}), held AS (
        SELECT unit_id, count(*) AS people FROM selaras.appointment
        WHERE tenant_id = :tenant AND kind = 'definitive' AND during @> CAST(:day AS date) GROUP BY unit_id
    )
    SELECT tree.id, tree.source_id, tree.parent_id, tree.name, leader.person_id, head.name, tree.depth,
           coalesce(held.people, 0)
    FROM tree
    LEFT JOIN leader ON leader.unit_id = tree.id
    LEFT JOIN selaras.person head ON head.tenant_id = :tenant AND head.id = leader.person_id
    LEFT JOIN held ON held.unit_id = tree.id
    ORDER BY tree.path
"""  # noqa: S608  # every part is a constant of this module
