"""Input that is no attack on the law but on the program: numbers of thousands of digits, two openings at once."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from factories.site import PERIOD, Site

from selaras.evaluation.service import open_period
from selaras.identity.actor import system
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on


@pytest.mark.parametrize("digits", [20, 400, 4_000, 5_000, 100_000])
@pytest.mark.parametrize("shape", ["{}", "[{}]", "-{}", "{}.5", "1e{}"])
def test_a_number_without_end_is_refused(site: Site, digits: int, shape: str) -> None:
    number = shape.format("9" * digits)
    head = site.open.as_person(1)
    token = head.get("/api/v1/me").json["form_token"]
    bodies = {
        f"/api/v1/people/{site.open.person(4)}/ratings/{PERIOD}": (
            "PUT",
            f'{{"inputs": {{"rating_hasil_kerja": {number}, "rating_perilaku": "sesuai"}}}}',
        ),
        "/api/v1/periods": ("POST", f'{{"period": {number}}}'),
        "/api/v1/closes": ("POST", number),
    }
    for path, (method, body) in bodies.items():
        answer = head.client.open(
            path,
            method=method,
            base_url=f"http://{site.open.host}",
            data=body,
            content_type="application/json",
            headers={"X-Form-Token": token},
        )
        assert 400 <= answer.status_code < 500, (path, answer.status_code, answer.text[:200])


@pytest.mark.parametrize("limit", ["9" * 30, "9" * 5_000, "-" + "9" * 5_000])
def test_so_is_one_in_an_address(site: Site, limit: str) -> None:
    assert 400 <= site.open.manager().get(f"/api/v1/people?limit={limit}").status_code < 500


def test_of_two_who_open_a_period_at_once_both_get_it(site: Site) -> None:
    home = site.empty
    found: list[object] = []
    together = threading.Barrier(2)

    def opens() -> None:
        with home.database.tenant(home.tenant_id) as session:
            rules = rules_on(session, agency(session, home.tenant_id), date(2026, 3, 31), load_registry())
            together.wait(10)
            found.append(open_period(session, system(home.tenant_id), "2026-TW1", rules))

    threads = [threading.Thread(target=opens) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 2
    assert found[0] == found[1]
    entries = "SELECT count(*) FROM selaras.ledger_entry WHERE tenant_id = :tenant AND action = 'period.open'"
    assert home.scalar(entries) == 1
