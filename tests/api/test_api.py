"""The API: what is answered is what is declared, refusals are problems, nothing goes that was there."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from factories.declared import check, declared_at
from factories.site import PERIOD, Site, Visitor

from selaras.exchange.jobs import Upload, submit
from selaras.files.store import LocalStore
from selaras.identity import clients, providers
from selaras.identity.actor import system
from selaras.identity.permissions import Role
from selaras.identity.vault import Vault
from selaras.planning.models import Goal

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
REASON = "Unit ini baru dibentuk dan seluruh targetnya terlampaui."


def things(site: Site) -> dict[str, str]:
    """The ids of things that only somebody's doing makes."""
    values = {}
    with site.closed.database.tenant(site.closed.tenant_id) as session:
        order = Upload("units", "unor.csv", b"ID;NAMA\n1;\n")
        made = clients.create(session, system(site.closed.tenant_id), "A", "token", ["people:read"], days=1)
        values["client_id"] = str(made.client_id)
        values["job_id"] = str(submit(session, system(site.closed.tenant_id), LocalStore(site.settings.files), order))
        goal = Goal(code="api", unit_id=site.closed.unit(0), year=2026, title="Sasaran", indicator="Nilai")
        session.add(goal)
        session.flush()
        values["goal_id"] = str(goal.id)
        sso = providers.Wanted(name={"id": "SSO"}, issuer="https://sso.example", client_id="selaras")
        vault = Vault(site.settings.encryption_keys)
        values["provider_id"] = str(providers.register(session, system(site.closed.tenant_id), vault, sso))
    return values


def test_every_read_answers_what_it_declares(site: Site) -> None:
    spec = declared_at(site)
    person = site.closed.person(4)
    values = {"person_id": str(person), "period": PERIOD, "year": "2026"}
    manager, head, employee = site.closed.manager(), site.closed.as_person(1), site.closed.as_person(4)
    admin, official = site.closed.as_role(Role.AGENCY_ADMIN), site.closed.official()
    values |= {"account_id": str(site.closed.account(f"auditor@{site.closed.slug}")), "permission": "see_ledger"}
    begun = site.closed.as_role(Role.AUDITOR).send("POST", "/api/v1/audits", {"reason": "Surat tugas audit 700/45"})
    values["audit_id"] = begun.json["audit"]["id"]
    report = site.closed.manager().send("POST", "/api/v1/imports", data=_file("units", b"ID;NAMA\n1;\n"))
    check(spec, "POST", "/api/v1/imports", report)
    values["batch_id"] = report.json["id"]
    values |= things(site)
    walked = 0
    for template, methods in spec["paths"].items():
        if "get" not in methods or "{meeting_id}" in template:  # tests/calibration/test_api.py
            continue
        asked = re.findall(r"\{(\w+)\}", template)
        path = template.format(**{name: values.get(name) or str(uuid4()) for name in asked})
        answers = (one.get(path) for one in (manager, head, employee, admin, official))
        response = next((one for one in answers if one.status_code in (200, 404)), None)
        assert response is not None, path
        # The printed receipt is switched on nowhere in this site, nobody need have objected, no box was proposed, and
        # person 4 is no functional official; no national system is connected. A job of another kind makes no file.
        nothing = (
            template.endswith(("/document", "/talent", "/talent/file", "/credit-points", "/national-connection"))
            or template.endswith("/national-exchange")
            or "/exports/jobs/" in template
            or not values.keys() >= set(asked)
        )
        expected = {404} if nothing else {200, 404} if "objections/{" in template else {200}
        assert response.status_code in expected, (path, response.text)
        check(spec, "GET", template, response)
        walked += 1
        for other in (employee, site.closed.visitor()):
            answer = other.get(path)
            check(spec, "GET", template, answer)
    assert walked >= 11


def _file(kind: str, data: bytes) -> dict[str, Any]:
    return {"kind": kind, "file": (io.BytesIO(data), "unor.csv")}


def test_people_page_by_page_and_by_search(site: Site) -> None:
    manager = site.closed.manager()
    seen: list[str] = []
    path = "/api/v1/people?limit=25"
    while path:
        page = manager.get(path).json
        seen += [one["id"] for one in page["items"]]
        path = f"/api/v1/people?limit=25&after={page['next']}" if page["next"] else ""
    assert len(seen) == len(set(seen)) == 60
    assert [one["name"] for one in manager.get("/api/v1/people?search=orang+7").json["items"]] == ["Orang 7"]
    for query in ("limit=0", "limit=1000", "limit=x", "after=broken", "unit_id=x"):
        response = manager.get(f"/api/v1/people?{query}")
        assert (query, response.status_code) == (query, 422)
        assert response.mimetype == "application/problem+json"


def test_history_and_receipt_carry_words_and_articles(site: Site) -> None:
    person = site.closed.person(4)
    visitor = site.closed.as_person(4)
    (outcome,) = visitor.get(f"/api/v1/people/{person}/history").json["items"]
    assert outcome["outcome"] == {"code": "sangat_baik", "label": {"id": "Sangat Baik", "en": "Very good"}}
    assert outcome["state"] == "delivered"
    receipt = visitor.get(f"/api/v1/people/{person}/receipts/{PERIOD}").json
    assert receipt["outcome"] == outcome
    assert [line["step"] for line in receipt["lines"]] == [
        "rating_hasil_kerja",
        "rating_perilaku",
        "hasil_kerja",
        "predikat",
    ]
    assert receipt["lines"][-1]["article"].startswith("PermenPANRB 6/2022")


def test_a_read_has_an_etag_and_is_not_sent_twice(site: Site) -> None:
    manager = site.closed.manager()
    for path in ("/api/v1/people", f"/api/v1/periods/{PERIOD}", "/api/v1/agency"):
        first = manager.get(path)
        again = manager.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert manager.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_money_is_shown_to_those_who_may_see_it(site: Site) -> None:
    path = f"/api/v1/periods/{PERIOD}"
    seen = site.closed.manager().get(path).json
    assert int(seen["pay_base"]) > int(seen["pay_amount"]) > 0
    assert site.closed.as_role(Role.AUDITOR).get(path).json["pay_base"] is None


def test_refusals_are_problems_in_the_language_asked_for(site: Site) -> None:
    employee = site.closed.as_person(4)
    refused = employee.get("/api/v1/people", headers={"Accept-Language": "en"})
    assert refused.status_code == 403
    assert refused.mimetype == "application/problem+json"
    assert refused.json["code"] == "permission_missing"
    assert refused.json["type"] == "urn:selaras:problem:permission_missing"
    assert "You may not do this" in refused.json["title"]
    assert "Anda tidak berwenang" in employee.get("/api/v1/people").json["title"]
    assert employee.get("/api/v1/nothing").json["code"] == "http_404"
    assert site.closed.visitor().get("/api/v1/me").json["code"] == "sign_in_needed"


def test_a_rating_is_put_as_often_as_one_likes(site: Site) -> None:
    spec = declared_at(site)
    head, template = site.open.as_person(1), "/api/v1/people/{person_id}/ratings/{period}"
    path = f"/api/v1/people/{site.open.person(3)}/ratings/{PERIOD}"
    body = {"inputs": {"rating_hasil_kerja": "sesuai", "rating_perilaku": "di_atas"}}
    for _ in range(2):
        response = head.send("PUT", path, body)
        assert response.status_code == 200, response.text
        check(spec, "PUT", template, response)
        assert response.json["inputs"] == body["inputs"]
    for bad in ({"inputs": {"rating_hasil_kerja": "sesuai"}}, {"inputs": {"x": 1}}, {}, {"inputs": []}):
        response = head.send("PUT", path, bad)
        assert response.status_code == 422, bad
        check(spec, "PUT", template, response)
    assert site.open.as_person(21).send("PUT", path, body).status_code == 404
    other = head.client.put(path, base_url=f"http://{site.open.host}", json=body)
    assert other.json["code"] == "form_foreign"


def test_a_period_is_opened_through_the_api(site: Site) -> None:
    spec = declared_at(site)
    opened = site.empty.manager().send("POST", "/api/v1/periods", {"period": "2026-12"})
    assert opened.status_code == 200
    check(spec, "POST", "/api/v1/periods", opened)
    assert (opened.json["code"], opened.json["state"]) == ("2026-12", "open")
    assert site.empty.manager().send("POST", "/api/v1/periods", {"period": "Q4"}).status_code == 422
    assert site.waiting.official().send("POST", "/api/v1/periods", {"period": "2026-12"}).status_code == 403


def test_closing_and_overriding_through_the_api(site: Site, urls) -> None:
    spec = declared_at(site)
    manager = site.open.manager()
    started = manager.send("POST", "/api/v1/closes", {"period": PERIOD, "without_unrated": True})
    assert started.status_code == 202
    check(spec, "POST", "/api/v1/closes", started)
    assert manager.send("POST", "/api/v1/closes", {"period": PERIOD}).status_code == 409
    site.open.carry(urls)
    assert manager.get(f"/api/v1/periods/{PERIOD}").json["state"] == "set"

    waiting, official = site.waiting, site.waiting.official()
    body = {"period": PERIOD, "unit_id": str(waiting.unit(1)), "reason": REASON}
    assert waiting.manager().send("POST", "/api/v1/overrides", body).status_code == 403
    assert official.send("POST", "/api/v1/overrides", {**body, "reason": "short"}).status_code == 422
    done = official.send("POST", "/api/v1/overrides", body)
    assert done.status_code == 200
    check(spec, "POST", "/api/v1/overrides", done)
    assert [one["override_reason"] for one in done.json["checks"] if not one["valid"]] == [REASON]


def test_the_description_only_grows(site: Site) -> None:
    """What the committed description promises still holds: paths, methods, answers, fields and their types."""
    assert COMMITTED.exists(), "write it with: python -m selaras.api.description docs/openapi.json"
    before, now = json.loads(COMMITTED.read_text(encoding="utf-8")), declared_at(site)
    assert _lost(before, now) == []


def test_the_committed_description_is_the_one_of_today(site: Site) -> None:
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == declared_at(site)


@pytest.mark.parametrize("change", ["path", "field", "type"])
def test_a_loss_is_seen(site: Site, change: str) -> None:
    before = declared_at(site)
    now = json.loads(json.dumps(before))
    if change == "path":
        del now["paths"]["/api/v1/people"]
    elif change == "field":
        del now["components"]["schemas"]["PersonLine"]["properties"]["name"]
    else:
        now["components"]["schemas"]["PersonLine"]["properties"]["name"]["type"] = "integer"
    assert _lost(before, now)


def _lost(before: Any, now: Any, at: str = "") -> list[str]:
    if isinstance(before, dict):
        if not isinstance(now, dict):
            return [at]
        return [
            lost
            for key, value in before.items()
            if key not in ("description", "summary", "info")
            for lost in ([f"{at}/{key}"] if key not in now else _lost(value, now[key], f"{at}/{key}"))
        ]
    if isinstance(before, list):
        hashable = [json.dumps(one, sort_keys=True) for one in now] if isinstance(now, list) else []
        return [f"{at}: {one}" for one in before if json.dumps(one, sort_keys=True) not in hashable]
    return [] if before == now else [f"{at}: {before} → {now}"]


def test_the_page_for_people_lists_every_endpoint(site: Site) -> None:
    page = Visitor(site.app, site.closed.host).page("/api/v1/")
    for template in declared_at(site)["paths"]:
        assert template in page
