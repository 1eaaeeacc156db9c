"""The page and the endpoint of what regulations leave open: shown with sources, chosen from a day, refused in words."""

from __future__ import annotations

from factories.site import Site

from selaras.identity.permissions import Role

DAY = "2026-10-01"
REASON = "Keputusan bupati Nomor 7 Tahun 2026 tentang sebaran."
CHOOSE = "/rule-choices/permenpan_6_2022"


def test_the_page_shows_law_source_certainty_and_other_sources(site: Site) -> None:
    page = site.open.manager().page(f"/rule-choices?on={DAY}")
    assert "Pilihan aturan" in page
    assert "majority" in page  # another reading of the word “most”
    assert "SE MenPANRB 3/2023" in page
    assert "anggapan" in page or "asumsi" in page
    assert "permenpan_3_2020" in page  # a rulebook about something else
    assert "/rule-choices" in site.open.manager().page("/periods")
    assert site.open.as_role(Role.AUDITOR).get("/rule-choices").status_code in (403, 404)


def test_a_choice_is_recorded_and_shown_and_a_wrong_one_comes_back_as_written(site: Site) -> None:
    manager = site.open.manager()
    wrong = manager.post(
        CHOOSE, {"on": DAY, "from": DAY, "reason": REASON, "distribution_exempt_up_to": "200", "head_rating": ""}
    )
    assert wrong.status_code == 422
    assert 'value="200"' in wrong.text
    assert REASON in wrong.text
    short = manager.post(CHOOSE, {"on": DAY, "from": DAY, "reason": "Baik", "distribution_exempt_up_to": "2"})
    assert (short.status_code, "20" in short.text) == (422, True)
    assert manager.post(CHOOSE, {"on": DAY, "from": "besok", "reason": REASON}).status_code == 422
    done = manager.post(CHOOSE, {"on": DAY, "from": DAY, "reason": REASON, "distribution_exempt_up_to": "2"})
    assert done.status_code == 303, done.text[:400]
    page = manager.page(f"/rule-choices?on={DAY}")
    assert "distribution_exempt_up_to: 2" in page
    assert REASON in page
    back = manager.post(CHOOSE, {"on": DAY, "from": DAY, "reason": REASON, "distribution_exempt_up_to": ""})
    assert back.status_code == 303
    assert "distribution_exempt_up_to: 2" not in manager.page(f"/rule-choices?on={DAY}")


def test_a_closed_period_keeps_its_rule(site: Site) -> None:
    manager = site.closed.manager()
    refused = manager.post(
        CHOOSE, {"on": "2026-09-30", "from": "2026-09-30", "reason": REASON, "distribution_exempt_up_to": "2"}
    )
    assert refused.status_code == 422
    assert "2026-TW3" in refused.text


def test_the_api_chooses_and_takes_back(site: Site) -> None:
    manager = site.open.manager()
    path, day = "/api/v1/rule-choices", "2027-01-01"
    found = manager.get(f"{path}?on={day}").json["items"][0]
    assert (found["regulation"], found["followed"]) == ("permenpan_6_2022", True)
    body = {"regulation": "permenpan_6_2022", "from_day": day, "reason": REASON}
    made = manager.send("POST", path, {**body, "parameters": {"distribution_most": "majority"}})
    assert made.status_code == 201, made.text
    chosen = made.json["items"][0]
    one = {each["name"]: each for each in chosen["parameters"]}["distribution_most"]
    assert (one["law"], one["counts"], one["is_chosen"]) == ("largest", "majority", True)
    assert one["conflict"][0]["value"] == "majority"
    assert chosen["rule_hash"] != found["rule_hash"]
    returned = manager.send("POST", path, {**body, "parameters": {}, "back": ["distribution_most"]})
    assert returned.json["items"][0]["rule_hash"] == found["rule_hash"]
    closed = manager.send("POST", path, {**body, "parameters": {"distribution_heads": "somewhere"}})
    assert (closed.status_code, closed.json["code"]) == (422, "regulation.override_value")
