"""Potential: places on the axis by the talent rulebook's own words, dated; what is wrong is named by row."""

from __future__ import annotations

from datetime import date

from factories.uploads import NIP, codes, csv_file, staffed, taken, upload
from sqlalchemy import text
from sqlalchemy.orm import Session

TEACHER, CLERK = NIP["teacher"], NIP["clerk"]


def lines(*rows: tuple[str, str, str]) -> bytes:
    header = ("NIP", "POTENSIAL", "SUMBER", "BERLAKU MULAI")
    return csv_file(header, [(number, level, "Asesmen 2026", since) for number, level, since in rows])


def held(session: Session) -> list[tuple[str, date, date | None]]:
    return [
        (row.level, row.since, row.until)
        for row in session.execute(
            text(
                "SELECT level, lower(during) AS since, upper(during) AS until FROM selaras.potential"
                " WHERE tenant_id = selaras.tid() ORDER BY person_id, during"
            )
        )
    ]


def test_words_or_codes_are_taken_and_a_later_assessment_follows_the_earlier(session: Session) -> None:
    staffed(session)
    taken(session, "potential", lines((TEACHER, "Tinggi", "2026-01-01")))
    taken(session, "potential", lines((TEACHER, "menengah", "2026-07-01")))
    taken(session, "potential", lines((TEACHER, "menengah", "2026-07-01")))
    assert held(session) == [
        ("tinggi", date(2026, 1, 1), date(2026, 7, 1)),
        ("menengah", date(2026, 7, 1), None),
    ]


def test_what_is_wrong_is_named_and_nothing_is_taken(session: Session) -> None:
    staffed(session)
    wrong = upload(session, "potential", lines((TEACHER, "luar biasa", "2026-01-01"), (CLERK, "rendah", "2026-01-01")))
    assert codes(wrong) == [(2, "POTENSIAL", "not_allowed")]
    assert codes(upload(session, "potential", lines(("199001012015011999", "rendah", "2026-01-01"))))
    assert codes(upload(session, "potential", lines((CLERK, "rendah", "2026-01-01"), (CLERK, "tinggi", "2026-01-01"))))
    assert held(session) == []
