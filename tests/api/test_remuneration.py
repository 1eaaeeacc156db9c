"""What a result does to the pay: for the person and whoever may see remuneration, with its steps."""

from __future__ import annotations

from factories.site import PERIOD, Site

from selaras.identity.permissions import Role


def test_an_amount_is_shown_with_its_steps_to_those_who_may_see_it(site: Site) -> None:
    person = site.closed.person(4)
    path = f"/api/v1/people/{person}/receipts/{PERIOD}/remuneration"
    seen = site.closed.as_person(4).get(path).json
    assert (seen["kind"], seen["shape"], seen["version"]) == ("tpp", "quarter_to_next_quarter", 1)
    assert (seen["pays_from"], seen["pays_to"]) == ("2026-10-01", "2026-12-01")
    steps = {line["step"]: line["value"] for line in seen["lines"]}
    assert steps["amount"] == float(seen["amount"]) > 0
    assert steps["no_attendance"] is None
    assert all(line["source"] and line["certainty"] for line in seen["lines"])
    assert site.closed.manager().get(path).json == seen
    assert site.closed.as_role(Role.AUDITOR).get(path).status_code in (403, 404)
    assert site.closed.as_person(5).get(path).status_code == 404


def test_the_page_opens_the_amount(site: Site) -> None:
    person = site.closed.person(4)
    page = site.closed.as_person(4).page(f"/people/{person}/receipts/{PERIOD}")
    assert "Bagaimana jumlah ini terjadi" in page
    assert "Dasar menurut kelas jabatan" in page
