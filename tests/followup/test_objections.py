"""Objections over HTTP: who sees the reason, who decides, what a correction changes, and that it is final."""

from __future__ import annotations

from factories.site import PERIOD, Home, Site, Visitor
from sqlalchemy import text

from selaras.identity.permissions import Role

ON_TARGET = {"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"}
REASON = "Bukti dukung bulan Agustus belum dihitung dalam penilaian ini."
ANSWER = "Bukti dukung telah diperiksa bersama kedua belah pihak dan diterima."


def address(home: Home, n: int) -> str:
    return f"/people/{home.person(n)}"


def object_to(home: Home, n: int) -> Visitor:
    visitor = home.as_person(n)
    page = f"{address(home, n)}/receipts/{PERIOD}"
    response = visitor.post(f"{address(home, n)}/receipts/{PERIOD}/objection", {"reason": REASON}, on=page)
    assert response.status_code == 303, response.text[-900:]
    return visitor


def hear(home: Home, n: int, appraiser: int) -> None:
    """Both sides say that they have nothing to add."""
    page = f"{address(home, n)}/objections/{PERIOD}"
    for side in (home.as_person(n), home.as_person(appraiser)):
        assert side.post(f"{page}/statement", {"nothing": "1"}, on=page).status_code == 303


def verdict(visitor: Visitor, home: Home, n: int, **data: str) -> int:
    page = f"{address(home, n)}/objections/{PERIOD}"
    return visitor.post(f"{page}/decision", {"reason": ANSWER, **data}, on="/objections").status_code


def outcome_of(home: Home, n: int) -> list[tuple[int, str]]:
    with home.database.tenant(home.tenant_id) as session:
        rows = session.execute(
            text(
                "SELECT revision, outcome FROM selaras.outcome o JOIN selaras.period p"
                " ON p.tenant_id = o.tenant_id AND p.id = o.period_id AND p.code = :code"
                " WHERE o.tenant_id = :tenant AND o.person_id = :person ORDER BY revision"
            ),
            {"tenant": home.tenant_id, "person": home.person(n), "code": PERIOD},
        )
        return [(row.revision, row.outcome) for row in rows]


def test_upheld_makes_a_new_revision_tells_the_person_and_is_final(site: Site) -> None:
    """Person 38 (unit 2, below target): appraised by 21, whose superior is 1."""
    home = site.closed
    superior = home.as_person(1)
    evaluation = f"{address(home, 38)}/receipts/{PERIOD}/evaluation"
    assert superior.get(evaluation).status_code == 404, "nothing to decide yet"
    visitor = object_to(home, 38)
    hear(home, 38, 21)
    assert superior.get(evaluation).data.startswith(b"%PDF-")
    assert "Orang 38" in superior.page("/objections")
    page = superior.page(f"{address(home, 38)}/objections/{PERIOD}")
    assert REASON in page
    assert superior.get(f"{address(home, 38)}/receipts/{PERIOD}").status_code == 200
    assert superior.get(f"{address(home, 38)}").status_code == 404

    assert verdict(superior, home, 38, verdict="upheld", **ON_TARGET) == 303
    assert outcome_of(home, 38) == [(1, "butuh_perbaikan"), (2, "baik")]
    receipt = visitor.page(f"{address(home, 38)}/receipts/{PERIOD}")
    assert "Final" in receipt
    assert "3.700.000" in receipt or "2.500.000" in receipt
    assert ANSWER in visitor.page(f"{address(home, 38)}/objections/{PERIOD}")
    period = home.manager().page(f"/periods/{PERIOD}")
    assert "angka pada saat penetapan" in period
    assert "Dikoreksi sesudahnya: 1 hasil" in period
    told = home.manager().get(f"/api/v1/periods/{PERIOD}").json
    assert told["corrected"] == 1
    assert sum(one["people"] for one in told["outcomes_now"]) == sum(one["people"] for one in told["outcomes"])
    told = home.scalar(
        "SELECT params ->> 'upheld' FROM selaras.notice WHERE tenant_id = :tenant AND person_id = :person"
        " AND code = 'objection_decided'",
        person=home.person(38),
    )
    assert told == "true"
    entry = home.scalar(
        "SELECT payload FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'objection.decide'"
        " AND subject = :subject",
        subject=f"person:{home.person(38)}",
    )
    assert (entry["before"], entry["after"]) == ("butuh_perbaikan", "baik")
    assert float(entry["pay_after"]) > float(entry["pay_before"])
    assert verdict(superior, home, 38, verdict="refused") == 409, "a decision is final"


def test_refused_the_result_stands_and_is_final(site: Site) -> None:
    home = site.closed
    object_to(home, 39)
    hear(home, 39, 21)
    assert verdict(home.as_person(1), home, 39, verdict="refused") == 303
    assert outcome_of(home, 39) == [(1, "butuh_perbaikan")]
    assert "Final" in home.as_person(39).page(f"{address(home, 39)}/receipts/{PERIOD}")


def test_nobody_else_sees_or_decides_it(site: Site) -> None:
    home = site.closed
    object_to(home, 37)
    hear(home, 37, 21)
    page = f"{address(home, 37)}/objections/{PERIOD}"
    assert home.as_person(21).get(page).status_code == 200, "the appraiser may read it"
    assert verdict(home.as_person(21), home, 37, verdict="upheld", **ON_TARGET) == 403
    assert home.as_person(41).get(page).status_code == 404, "another unit's appraiser may not"
    assert verdict(home.as_person(41), home, 37, verdict="refused") == 404
    assert home.as_person(36).get(page).status_code == 404
    assert home.manager().get(page).status_code in (403, 404)
    assert outcome_of(home, 37) == [(1, "baik")]


def test_where_nobody_stands_above_the_appraiser_the_appointing_official_decides(site: Site) -> None:
    """Person 18 (unit 1) is appraised by 1, who has no superior."""
    home = site.closed
    object_to(home, 18)
    hear(home, 18, 1)
    assert verdict(home.official(), home, 18, verdict="refused") == 404, "the PyB is not the one"
    ppk = home.as_role(Role.APPOINTING_OFFICIAL)
    assert "Orang 18" in ppk.page("/objections")
    assert verdict(ppk, home, 18, verdict="upheld", **ON_TARGET) == 303
    assert outcome_of(home, 18)[-1] == (2, "baik")


def test_the_same_ratings_correct_nothing(site: Site) -> None:
    home = site.closed
    object_to(home, 22)
    hear(home, 22, 21)
    superior = home.as_person(1)
    same = {"rating_hasil_kerja": "di_atas", "rating_perilaku": "di_atas"}
    assert verdict(superior, home, 22, verdict="upheld", **same) == 422
    assert verdict(superior, home, 22, verdict="maybe") == 422
    assert outcome_of(home, 22) == [(1, "sangat_baik")]


def test_the_form_says_what_is_not_filed_there(site: Site) -> None:
    home = site.closed
    form = home.as_person(46).page(f"{address(home, 46)}/receipts/{PERIOD}")
    assert "Upaya administratif terhadap keputusan lain" in form, "another procedure, and said so"


def test_a_late_objection_is_refused_with_the_rule(site: Site) -> None:
    home = site.closed
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text(
                "UPDATE selaras.outcome_batch SET delivered_at = now() - interval '15 days'"
                " WHERE tenant_id = :tenant AND id = (SELECT batch_id FROM selaras.outcome WHERE tenant_id = :tenant"
                " AND person_id = :person AND revision = 1)"
            ),
            {"tenant": home.tenant_id, "person": home.person(45)},
        )
    visitor = home.as_person(45)
    assert "upaya administratif" not in visitor.page(f"{address(home, 45)}/receipts/{PERIOD}"), "closed"
    path = f"{address(home, 45)}/receipts/{PERIOD}/objection"
    response = visitor.post(path, {"reason": REASON}, on="/")
    assert response.status_code == 409
    assert "PP 30/2019 Ps 59" in response.text
    refused = visitor.send("POST", f"/api/v1/people/{home.person(45)}/objections/{PERIOD}", {"reason": REASON})
    assert refused.status_code == 409
    assert refused.json["code"] == "objection_late"


def test_the_api_files_shows_and_decides(site: Site) -> None:
    home = site.waiting
    assert home.as_person(25).get(f"/api/v1/people/{home.person(25)}/objections/{PERIOD}").status_code == 404
    closed = site.closed
    superior = closed.as_person(1)
    listed = superior.get("/api/v1/objections").json["items"]
    assert {"Orang 38", "Orang 39"} <= {one["name"] for one in listed}
    one = next(one for one in listed if one["name"] == "Orang 38")
    assert one["upheld"] is True
    assert one["corrected_revision"] == 2
    assert one["outcome"]["code"] == "butuh_perbaikan"
    path = f"/api/v1/people/{closed.person(37)}/objections/{PERIOD}"
    body = {"upheld": True, "reason": ANSWER, "inputs": {"rating_hasil_kerja": "di_atas", "rating_perilaku": "di_atas"}}
    assert closed.as_person(21).send("POST", f"{path}/decision", body).status_code == 403
    done = superior.send("POST", f"{path}/decision", body)
    assert done.status_code == 200, done.text
    assert done.json["outcome"] == "sangat_baik"
    assert done.json["revision"] == 2


def test_a_result_with_nothing_corrected_behind_it_follows_nothing(site: Site) -> None:
    home = site.closed
    person, manager = home.person(30), home.manager()
    path = f"/api/v1/people/{person}/outcomes/{PERIOD}/following"
    assert manager.send("POST", path, {}).json["code"] == "follow_nothing"
    assert manager.post(f"/periods/{PERIOD}/people/{person}/following", on=f"/periods/{PERIOD}").status_code == 409
    assert "tertinggal dari koreksi" not in manager.page(f"/periods/{PERIOD}")
    for other in (home.as_person(30), home.official()):
        assert other.send("POST", path, {}).status_code == 403
    assert manager.send("POST", f"/api/v1/people/{person}/outcomes/2019/following", {}).status_code == 404
