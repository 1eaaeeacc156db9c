"""Every page asks the database as often for ten rows as for a hundred: a walk over all pages at two agencies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from factories.counting import statements
from factories.one_agency import one_agency
from factories.site import PERIOD, Home, Visitor
from factories.site_fixtures import forget_attempts
from sqlalchemy import text
from werkzeug.routing import Rule

from selaras.agenda.counting import count
from selaras.clock import today
from selaras.evaluation.queries import period_by_code
from selaras.followup.proposing import propose
from selaras.identity.actor import system
from selaras.identity.permissions import Role
from selaras.regulation import load_registry
from selaras.web.exports import LIST_PAGES

pytestmark = pytest.mark.slow
OPEN, FEW, MANY = "2026-TW4", (20, 10), (120, 100)
ALWAYS = 2
"""Visitors to whom every page is shown that they may see; the others see what neither of these may."""
# Each statement makes :rows rows of something that a page lists; `me` reports to `head`.
ROWS = (
    "INSERT INTO selaras.activity (tenant_id, person_id, on_day, content, source, request_key)"
    " SELECT :t, :me, CURRENT_DATE, 'Baris ' || n, 'page', 'k-' || n FROM generate_series(1, :rows) n",
    "INSERT INTO selaras.feedback (tenant_id, person_id, giver_id, relation, on_day, content)"
    " SELECT :t, :me, :head, 'superior', CURRENT_DATE, 'Umpan balik ' || n FROM generate_series(1, :rows) n",
    "INSERT INTO selaras.coaching (tenant_id, kind, person_id, coach_id, on_day, cause, content)"
    " SELECT :t, 'guidance', :me, :head, CURRENT_DATE, 'asked', 'Bimbingan ' || n FROM generate_series(1, :rows) n",
    "INSERT INTO selaras.goal (tenant_id, code, unit_id, year, title, indicator)"
    " SELECT :t, 'S-' || n, :unit, 2026, 'Sasaran ' || n, 'Indeks' FROM generate_series(1, :rows) n",
    "INSERT INTO selaras.ticket (tenant_id, category, content, reference, place, browser, account_id, level)"
    " SELECT :t, 'information_system', 'Kendala ' || n, 'r-' || n, 'web.home', 'Firefox', :account, 'agency'"
    " FROM generate_series(1, :rows) n",
    "INSERT INTO selaras.unlock (tenant_id, code, matter, until, reason, asked_by, asked_at)"
    " SELECT :t, '2026-TW4', 'rating', now() + interval '1 day', 'Pejabat penilai sakit.', :account, now()"
    " FROM generate_series(1, :rows) n",
    "INSERT INTO selaras.import_batch (tenant_id, kind, file_name, sha256, state, rows, account_id)"
    " SELECT :t, 'people', 'p.csv', repeat('a', 64), 'taken', 1, :account FROM generate_series(1, :rows) n",
    "INSERT INTO selaras.plan (tenant_id, person_id, year, appraiser_id, state, submitted_at)"
    " SELECT :t, id, 2026, :head, 'submitted', now() FROM selaras.person"
    " WHERE tenant_id = :t AND substr(source_id, 8)::int > 1",
)


def filled(home: Home, urls: Any, rows: int) -> Home:
    """A closed quarter with proposals, an open one, and so many rows of everything that is listed."""
    home.close(urls)
    assert home.manager().send("POST", "/api/v1/periods", {"period": OPEN}).status_code < 300
    values = {
        "t": home.tenant_id,
        "rows": rows,
        "me": home.person(4),
        "head": home.person(1),
        "unit": home.unit(1),
        "account": home.account(f"{Role.AGENCY_ADMIN.value}@{home.slug}"),
    }
    with home.database.tenant(home.tenant_id) as session:
        for one in ROWS:
            session.execute(text(one), values)
        propose(session, system(home.tenant_id), PERIOD, load_registry())
        for code in (PERIOD, OPEN):
            count(session, period_by_code(session, code), today("Asia/Makassar"))
    return home


@pytest.fixture(scope="module")
def pair(console_database, database, urls, redis_url, tmp_path_factory) -> Iterator[tuple[Home, Home]]:
    """The agency with few rows and the one with many."""
    with ExitStack() as both:
        homes = []
        for people, rows in (FEW, MANY):
            folder = tmp_path_factory.mktemp("files")
            made = one_agency(console_database, database, urls, redis_url, folder, people=people)
            homes.append(filled(both.enter_context(made), urls, rows))
        yield homes[0], homes[1]


def visitors(home: Home) -> list[Visitor]:
    roles = (Role.AGENCY_ADMIN, Role.AUTHORISED_OFFICIAL, Role.APPOINTING_OFFICIAL, Role.AUDITOR)
    return [home.as_person(1), home.manager(), home.as_person(4), *(home.as_role(one) for one in roles)]


def address(rule: Rule, home: Home) -> str | None:
    known = {"period": OPEN, "year": 2026, "person_id": home.person(4), "unit_id": home.unit(1)}
    if not rule.endpoint.startswith("web.") or "GET" not in (rule.methods or ()) or not rule.arguments <= set(known):
        return None
    built = rule.build({name: known[name] for name in rule.arguments}, append_unknown=False)
    return built[1] if built else None


def taken(home: Home, who: Visitor, path: str) -> int | None:
    """The statements of a page once it is warm; None where it is no page of theirs."""
    if who.get(path).status_code != 200:
        return None
    with statements(home.app.extensions["selaras"].database) as seen:
        assert who.get(path).status_code == 200
    return len(seen)


def looked_at(home: Home, who: Visitor, path: str, most: int) -> int | None:
    """The same, once more where they are above `most`: what is kept for some seconds may have run out in between."""
    found = taken(home, who, path)
    return taken(home, who, path) if found is not None and found > most else found


def test_every_page_asks_the_database_as_often_for_ten_rows_as_for_a_hundred(pair: tuple[Home, Home]) -> None:
    few, many = pair
    looked, more = set(), list[str]()
    both = list(zip(visitors(few), visitors(many), strict=True))
    for rule in few.app.url_map.iter_rules():
        here, there = address(rule, few), address(rule, many)
        if here is None or there is None or rule.endpoint == "web.asset":
            continue
        for at, (one, other) in enumerate(both):
            if at >= ALWAYS and rule.endpoint in looked:
                break
            for home in pair:
                forget_attempts(home.app)
            first = taken(few, one, here)
            second = looked_at(many, other, there, first) if first is not None else None
            if first is not None and second is not None:
                looked.add(rule.endpoint)
                if second > first:
                    more.append(f"{rule.rule}: {first} statements, with ten times the rows {second}")
    assert more == []
    assert set(LIST_PAGES) - looked == set(), "a page with a list that nobody was shown"
    assert len(looked) > 60
