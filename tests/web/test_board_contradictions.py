"""Feedback and evidence against a rating: pointed out first, and never confirmed along with others."""

from __future__ import annotations

from factories.site import PERIOD, Home
from sqlalchemy import text

from .test_board import BOARD, FINE, TOP, form, held, home, make

__all__ = ["home", "make"]

LOW = {"rating_hasil_kerja": "di_bawah", "rating_perilaku": "di_bawah"}
CONCERN, PRAISE, PROVEN, NOTHING, ALL_MET = 30, 31, 32, 33, 34


def known(home: Home) -> None:
    """A concern about 30, praise for 31 and 32, evidence of 32, nothing about 33, every target of 34 reached."""
    with home.database.tenant(home.tenant_id) as session:

        def write(statement: str, **values: object) -> object:
            done = session.execute(text(statement), {"t": home.tenant_id, **values})
            return done.scalar() if done.returns_rows else None

        for n, tone in ((CONCERN, "concern"), (PRAISE, "praise"), (PROVEN, "praise")):
            write(
                "INSERT INTO selaras.feedback (tenant_id, person_id, giver_id, relation, on_day, content, tone)"
                " VALUES (:t, :p, :g, 'superior', '2026-08-01', 'Laporan terlambat dua kali.', :tone)",
                p=home.person(n),
                g=home.person(21),
                tone=tone,
            )
        line = write(
            "INSERT INTO selaras.activity (tenant_id, person_id, on_day, content, source, request_key)"
            " VALUES (:t, :p, '2026-08-02', 'Menyusun laporan', 'api', 'k') RETURNING id",
            p=home.person(PROVEN),
        )
        write(
            "INSERT INTO selaras.evidence (tenant_id, activity_id, url, state)"
            " VALUES (:t, :a, 'https://x.go.id', 'ready')",
            a=line,
        )
        plan = write(
            "INSERT INTO selaras.plan (tenant_id, person_id, year, segment, state) VALUES (:t, :p, 2026, 1, 'agreed')"
            " ON CONFLICT (tenant_id, person_id, year, segment) DO UPDATE SET state = 'agreed' RETURNING id",
            p=home.person(ALL_MET),
        )
        item = write(
            "INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title)"
            " VALUES (:t, :plan, 'R1', 'main', 'Laporan tepat waktu') RETURNING id",
            plan=plan,
        )
        write(
            "INSERT INTO selaras.item_measure (tenant_id, item_id, aspect, target, actual, measure)"
            " VALUES (:t, :i, 'quantity', 4, 5, 'laporan')",
            i=item,
        )


def flags(home: Home) -> dict[int, set[str]]:
    items = home.as_person(21).get(f"/api/v1/team/board/{PERIOD}").json["items"]
    by_id = {one["person_id"]: set(one["exceptions"]) for one in items}
    return {n: by_id[str(home.person(n))] for n in (CONCERN, PRAISE, PROVEN, NOTHING, ALL_MET)}


def drafted(home: Home, rating: dict[str, str]) -> None:
    head = home.as_person(21)
    page, people = head.page(BOARD), (CONCERN, PRAISE, PROVEN, NOTHING, ALL_MET)
    sent = form(home, page, dict.fromkeys(people, rating), draft="true")
    assert head.post(f"/team/board/{PERIOD}", sent, on=BOARD).status_code == 303


def test_what_is_known_speaks_against_a_draft(home: Home) -> None:
    known(home)
    against = {"high_contradicted", "low_contradicted", "low_unfounded"}
    drafted(home, TOP)
    high = flags(home)
    assert {n: found & against for n, found in high.items()} == {
        CONCERN: {"high_contradicted"},
        PRAISE: {"high_contradicted"},  # praised, but nothing shows it
        PROVEN: set(),
        NOTHING: {"high_contradicted"},
        ALL_MET: {"high_contradicted"},
    }
    assert "concern_unproven" in high[CONCERN]
    assert "concern_unproven" not in high[PRAISE]
    drafted(home, LOW)
    assert {n: found & against for n, found in flags(home).items()} == {
        CONCERN: set(),
        PRAISE: {"low_contradicted"},
        PROVEN: {"low_contradicted"},
        NOTHING: {"low_unfounded"},
        ALL_MET: {"low_contradicted", "low_unfounded"},
    }
    page = home.as_person(21).page(BOARD)
    rows = [page.index(f'id="row-{home.person(n)}"') for n in (PRAISE, PROVEN, NOTHING, ALL_MET)]
    assert max(rows) < page.index(f'id="row-{home.person(CONCERN)}"'), "the contradicted come first"
    drafted(home, FINE)
    assert not any(found & against for found in flags(home).values())


def test_many_are_confirmed_without_those_who_are_contradicted(home: Home) -> None:
    known(home)
    head, where = home.as_person(21), f"/team/confirmation?period={PERIOD}"
    page = head.page(f"{where}&rating_hasil_kerja=di_atas&rating_perilaku=di_atas")
    assert page.count('name="person"') == 1, "only whose evidence supports it can be ticked"
    assert "Nilai tersendiri" in page
    versions = form(home, head.page(f"{where}&rating_hasil_kerja=sesuai&rating_perilaku=sesuai"), {})
    sent = {**versions, **TOP, "looked": "true"}
    alone = head.post(f"/team/confirmation/{PERIOD}", {**sent, "person": str(home.person(CONCERN))}, on=where)
    assert (alone.status_code, held(home)) == (422, 0)
    both = [str(home.person(n)) for n in (CONCERN, PROVEN)]
    some = head.post(f"/team/confirmation/{PERIOD}", {**sent, "person": both}, on=where)
    assert (some.status_code, held(home)) == (303, 1)
    assert "/team/confirmation" in some.location
    after = head.page(some.location)
    assert "tanpa mereka yang bertentangan" in after
    assert f'value="{home.person(PROVEN)}"' not in after


def test_a_feedback_says_what_it_means_or_nothing(home: Home) -> None:
    person, giver = home.person(23), home.as_person(22)
    path = f"/people/{person}/feedback"
    said = {"content": "Selalu membantu rekan yang baru datang.", "tone": "praise"}
    assert giver.post(path, said, on=path).status_code == 303
    assert "apresiasi" in home.as_person(23).page("/feedback")
    wrong = giver.send("POST", f"/api/v1{path}", {"content": said["content"], "tone": "gossip"})
    assert wrong.status_code == 422
    unsaid = {"content": "Rapat dimulai tepat waktu hari ini."}
    assert giver.send("POST", f"/api/v1{path}", unsaid).status_code == 201
    received = home.as_person(23).get("/api/v1/feedback").json["received"]
    assert {one["tone"] for one in received} == {"praise", None}
