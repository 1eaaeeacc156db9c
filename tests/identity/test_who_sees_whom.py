"""Over every route of the application: who sees whom. A route that nobody classified fails.

A person sees their own record, an appraiser the own team, whoever manages one unit's subtree the people in it. Nobody
else is shown anything about a person, on any page and at any endpoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from factories.route_kinds import KINDS
from factories.site import PERIOD, Home, Site, Visitor
from factories.site_fixtures import forget_attempts
from factories.surveys import Survey
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from selaras.config import settings
from selaras.identity.actor import system
from selaras.identity.permissions import Role, ScopeKind, scopes_of
from selaras.identity.roles import Granting, Scope, grant
from selaras.identity.service import ensure_account, grant_role

# Routes of a whole blueprint that need no line each.
BLUEPRINTS = {
    "api_audits": "access",
    "api_clients": "access",
    "api_identity providers": "access",
    "api_survey_campaigns": "figures",
    "api_input grants": "list",
    "oauth": "open",
    "scim": "access",
}
# Routes with such a word in their names: accounts and how they sign in, and who acts for whom, are for administrators.
FAMILIES = {
    **dict.fromkeys(("identity_provider", "account", "group", "invit", "access_limits", "delegation"), "access"),
    **dict.fromkeys(("goal", "rating_procedure"), "figures"),
    **dict.fromkeys(("session", "reviews", "board", "confirmation", "confirm_many"), "own"),
    "superior": "about",
    # Whoever has a seat sees whom the meeting speaks of: tests/calibration.
    "calibration": "own",
    **dict.fromkeys(("input_grant", "offer_input"), "list"),
    "granted_input": "own",
}
SAID = "Kata seorang rekan dalam survei tertutup."
WHY = "Surat Perintah Sekretaris Nomor 800/12"
NAMED = re.compile(r"Orang (\d+)\b")
# The unit of the subtree's manager holds people 21 to 40; person 25 is of it, person 5 is not. 1 and 21 head units.
INSIDE, OUTSIDE = 25, 5
# Who appraises the unit's head stands beside the head's name.
MINE = frozenset(range(21, 41))
ABOVE = frozenset({1})
# For whom a route about a person opens: the person, the appraiser. Others are for neither or need more than a person.
FOR_MANAGERS = {"web.segments_page"}
RATING = {
    "web.rating",
    "web.rate",
    "web.review",
    "web.rating_evidence",
    *(f"api_ratings.{n}" for n in ("show_rating", "put_rating")),
}
# Colleagues give each other feedback; whoever is none finds nothing there (tests/monitoring/test_giving.py).
AMONG_COLLEAGUES = {"web.feedback_form"}
# The agency has not chosen to show people their own box, and appraisers never see it.
TALENT = {"web.talent_place", "api_talent.show_talent_place"}
NOT_FOR_ONESELF = {
    *TALENT,
    *RATING,
    "api_ratings.post_review",
    "web.talk_form",
    *AMONG_COLLEAGUES,
    *FOR_MANAGERS,
}
FOR_SELF = {"web.superior_form", "api_superiors.list_superior_candidates"}
WRITING = {"web.write_plan", "web.amend_plan"}
NOT_FOR_APPRAISERS = {"api_remuneration.show_remuneration", *TALENT, *WRITING, *FOR_SELF, *FOR_MANAGERS}
NEEDS_MORE = {
    "api_talent.show_credit_points",
    "web.calibration_result",
    "web.amend_plan",
    "web.plan_handing_out",
    "web.handed_over_page",
    "web.objection_file",
    "web.plan_document",
    "web.receipt_document",
    "api_evaluation.receipt_document",
}


@dataclass(frozen=True)
class Ground:
    """An agency with follow-up, objections and cases about both people, and whoever manages one of its units."""

    home: Home
    manager: UUID
    values: dict[int, dict[str, object]]

    def visitor(self) -> Visitor:
        return self.home.visitor().sign_in_as(self.home.uuid, self.manager)

    def address(self, rule: Rule, about: int) -> str:
        given = self.values[about]
        with self.home.app.test_request_context(base_url=f"http://{self.home.host}"):
            return rule.build({name: given.get(name) or uuid4() for name in rule.arguments}, append_unknown=False)[1]  # type: ignore[index]  # found, or the test fails

    def rules(self, *methods: str) -> Iterator[Rule]:
        for rule in self.home.app.url_map.iter_rules():
            if set(methods) & (rule.methods or set()):
                yield rule


@pytest.fixture(scope="module")
def ground(site: Site) -> Ground:
    home = site.closed
    assert home.manager().post("/follow-up", {"period": PERIOD}, on="/follow-up").status_code == 303
    for n in (INSIDE, OUTSIDE):
        sent = home.as_person(n).post(
            f"/people/{home.person(n)}/receipts/{PERIOD}/objection", {"reason": "Bukti dukung saya belum dibaca. " * 3}
        )
        assert sent.status_code == 303, sent.text
    pyb = home.official()
    values = {n: _values(home, pyb, n) for n in (INSIDE, OUTSIDE)}
    with home.database.tenant(home.tenant_id) as session:
        manager = ensure_account(session, f"unit-2@{home.slug}", "Pengelola Unit 2")
        scope = Scope(ScopeKind.UNIT, home.unit(2))
        today = date(2026, 10, 1)
        for role in (Role.PERFORMANCE_MANAGER, Role.AUTHORISED_OFFICIAL, Role.AGENCY_ADMIN):
            grant(session, system(home.tenant_id), Granting(manager, role, WHY, today, scope=scope), today)
    campaign = surveyed(home)
    return Ground(home, manager, {n: {**one, "campaign_id": campaign} for n, one in values.items()})


def surveyed(home: Home) -> UUID:
    """A closed survey in which peers said something about both people."""
    survey = Survey(
        home.database, SimpleNamespace(app=home.app.extensions["selaras"].settings.app_database_url), home.tenant_id
    )
    survey.period, survey.ends = "2026-TW4", date(2026, 12, 31)
    survey.scalar(
        "INSERT INTO selaras.period (tenant_id, code, kind, starts, ends)"
        " VALUES (:tenant, '2026-TW4', 'quarter', '2026-10-01', '2026-12-31') RETURNING id"
    )
    survey.choose(start=date(2026, 10, 1))
    survey.plan()
    survey.open()
    for n in (INSIDE, OUTSIDE):
        for rater, _ in survey.asked(n, "peers")[:4]:
            survey.cast(rater, n, {"loyal": 3}, SAID)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SELARAS_ENCRYPTION_KEYS", survey.key)
        settings.cache_clear()
        survey.close()
    settings.cache_clear()
    return survey.id


def _values(home: Home, pyb: Visitor, n: int) -> dict[str, object]:
    """What may stand in addresses about person n, or about somebody of the same unit where n has no such thing."""
    unit = home.unit(1 + (n - 1) // 20)
    proposal = home.scalar(
        "SELECT f.id FROM selaras.proposal f JOIN selaras.appointment a ON a.tenant_id = f.tenant_id"
        " AND a.person_id = f.person_id WHERE f.tenant_id = :tenant AND f.kind = 'improvement' AND a.unit_id = :unit"
        " AND a.employment = 'pns' ORDER BY f.id LIMIT 1",
        unit=unit,
    )
    assert pyb.post("/follow-up/steps", {"proposal": proposal, "step": "endorsed"}, on="/follow-up").status_code == 303
    opened = pyb.post(f"/follow-up/{proposal}/improvement", {"reason": "Hasil kerja di bawah ekspektasi."})
    assert opened.status_code == 303, opened.text
    return {
        "person_id": home.person(n),
        "unit_id": unit,
        "proposal_id": proposal,
        "case_id": home.scalar(
            "SELECT id FROM selaras.improvement_case WHERE tenant_id = :tenant AND proposal_id = :p", p=proposal
        ),
        "account_id": home.scalar(
            "SELECT account_id FROM selaras.person WHERE tenant_id = :tenant AND id = :p", p=home.person(n)
        ),
        "period": PERIOD,
        "year": 2026,
        "regulation": "permenpan_6_2022",
        "permission": "import",
        "office": "hr",
        **{name: uuid4() for name in ("batch_id", "job_id", "grant_id", "result_id", "assignment_id")},
        "digest": "0",
        "name": "x",
    }


def kind_of(rule: Rule) -> str | None:
    return "person" if "person_id" in rule.arguments else _named(rule.endpoint)


def _named(endpoint: str) -> str | None:
    family = next((kind for word, kind in FAMILIES.items() if word in endpoint), None)
    return KINDS.get(endpoint) or BLUEPRINTS.get(endpoint.split(".", maxsplit=1)[0]) or family


def readable(answer: TestResponse) -> str:
    """What an answer says; of a document only what is not compressed."""
    return answer.get_data().decode(errors="replace")


def strangers(said: str) -> set[int]:
    """Who is named in an answer and is none of the unit's people."""
    return {int(n) for n in NAMED.findall(said)} - MINE - ABOVE


def ids_of(home: Home, numbers: frozenset[int]) -> set[str]:
    with home.database.tenant(home.tenant_id) as session:
        query = text("SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = ANY(:s)")
        values = {"t": home.tenant_id, "s": [f"person-{n}" for n in numbers]}
        return {str(one) for one in session.execute(query, values).scalars()}


def test_every_route_is_classified(site: Site) -> None:
    unknown = [rule.endpoint for rule in site.app.url_map.iter_rules() if kind_of(rule) is None]
    assert unknown == [], f"say in KINDS what these routes are about, and let the tests below walk them: {unknown}"
    known = {rule.endpoint for rule in site.app.url_map.iter_rules()}
    assert set(KINDS) <= known, "these routes are gone"


def test_whoever_manages_a_part_is_shown_nobody_outside_it(ground: Ground) -> None:
    visitor, home = ground.visitor(), ground.home
    others = ids_of(home, frozenset(range(1, 61)) - MINE - ABOVE)
    shown: set[int] = set()
    for rule in ground.rules("GET"):
        address = ground.address(rule, OUTSIDE)
        answer = visitor.get(address)
        said = readable(answer).replace(address, "")  # the form for the language says where one stands
        where = f"{rule.endpoint}: {answer.status_code}"
        if kind_of(rule) in ("person", "about"):
            assert answer.status_code in (403, 404), where
        assert answer.status_code < 500, where
        assert strangers(said) == set(), where
        assert not {one for one in others if one in said}, where
        shown |= {int(n) for n in NAMED.findall(said)}
    assert shown >= {21, INSIDE}, "the lists do show those who are managed"


def test_lists_show_the_others_to_whoever_manages_all(ground: Ground) -> None:
    """The check above can see: the same routes name people outside the unit to the whole agency's offices."""
    home = ground.home
    offices = [home.manager(), home.official(), home.as_role(Role.AGENCY_ADMIN)]
    for endpoint in ("web.people", "web.follow_up", "api_organisation.list_people", "api_followup.list_proposals"):
        rule = next(one for one in ground.rules("GET") if one.endpoint == endpoint)
        answers = [one.get(ground.address(rule, OUTSIDE)).text for one in offices]
        assert any(strangers(one) for one in answers), endpoint


def test_whoever_manages_a_part_sees_its_people(ground: Ground) -> None:
    visitor = ground.visitor()
    for rule in ground.rules("GET"):
        if kind_of(rule) in ("person", "about") and rule.endpoint in (
            "web.person",
            "web.receipt_page",
            "web.plan_page",
            "web.proposal_page",
            "web.improvement",
            "api_organisation.show_person",
            "api_evaluation.show_history",
            "api_remuneration.show_remuneration",
        ):
            assert visitor.get(ground.address(rule, INSIDE)).status_code == 200, rule.endpoint


def test_a_person_is_seen_by_themself_and_their_appraiser_and_by_no_colleague(ground: Ground) -> None:
    """Person 5 under head 1; 7 is a colleague of the same unit, 21 heads another."""
    home = ground.home
    own, appraiser, colleague, other = (home.as_person(n) for n in (OUTSIDE, 1, 7, 21))
    for rule in ground.rules("GET"):
        if kind_of(rule) != "person":
            continue
        address = ground.address(rule, OUTSIDE)
        for stranger in () if rule.endpoint in AMONG_COLLEAGUES else (colleague, other):
            answer = stranger.get(address)
            assert answer.status_code in (403, 404), (rule.endpoint, answer.status_code)
            assert f"Orang {OUTSIDE}<" not in answer.text
        if rule.endpoint in NEEDS_MORE:
            continue
        for visitor, closed in ((own, NOT_FOR_ONESELF), (appraiser, NOT_FOR_APPRAISERS)):
            expected = (403, 404) if rule.endpoint in closed else (200, 303, 409)
            answer = visitor.get(address)
            assert answer.status_code in expected, (rule.endpoint, answer.status_code, answer.text[:300])


def test_nobody_else_changes_anything_about_a_person(ground: Ground) -> None:
    home = ground.home
    colleague, manager = home.as_person(7), ground.visitor()
    for rule in ground.rules("POST", "PUT", "DELETE", "PATCH"):
        if kind_of(rule) not in ("person", "about"):
            continue
        [method] = (rule.methods or set()) - {"HEAD", "OPTIONS", "GET"}
        for visitor in (colleague, manager):
            address = ground.address(rule, OUTSIDE)
            if rule.endpoint.startswith("api_"):
                answer = visitor.send(method, address, {})
            else:
                proposal = str(ground.values[OUTSIDE]["proposal_id"])
                answer = visitor.post(address, {"proposal": proposal, "step": "endorsed", "reason": WHY})
            assert answer.status_code in (403, 404, 422), (rule.endpoint, answer.status_code)


def test_no_permission_opens_what_colleagues_answered(ground: Ground) -> None:
    """An account with every role there is reads neither a result nor a comment; the subject and the appraiser do."""
    home = ground.home
    with home.database.tenant(home.tenant_id) as session:
        mighty = ensure_account(session, f"mighty@{home.slug}", "Semua peran")
        for role in Role:
            if ScopeKind.AGENCY in scopes_of(role):
                grant_role(session, mighty, role, Range(date(2015, 1, 1), None))
    for visitor in (home.visitor().sign_in_as(home.uuid, mighty), home.as_person(7), home.as_person(21)):
        for rule in ground.rules("GET"):
            forget_attempts(home.app)
            address = ground.address(rule, OUTSIDE)
            assert SAID not in readable(visitor.get(address)), rule.endpoint
    for n in (OUTSIDE, 1):
        said = [
            home.as_person(n).get(ground.address(rule, OUTSIDE)).text
            for rule in ground.rules("GET")
            if "survey" in rule.endpoint
        ]
        assert sum(SAID in one for one in said) == 2


def test_everybody_whom_an_auditor_is_shown_is_recorded(ground: Ground) -> None:
    """Without a reason nobody; with one, whoever an answer names stands in the list of that audit."""
    home = ground.home
    auditor = home.as_role(Role.AUDITOR)
    heads = {1, 21, 41}  # named beside their people, as those who appraise them
    for rule in ground.rules("GET"):
        forget_attempts(home.app)
        if kind_of(rule) == "access":
            continue
        answer = auditor.get(ground.address(rule, OUTSIDE))
        assert set(map(int, NAMED.findall(readable(answer)))) <= heads, rule.endpoint
        if kind_of(rule) in ("person", "about"):
            assert answer.status_code in (403, 404), rule.endpoint
    begun = auditor.post("/audits", {"reason": "Surat tugas Inspektorat 700/45, audit triwulan III."}, on="/audits")
    assert begun.status_code == 303
    [audit] = [one for one in auditor.get("/api/v1/audits").json["items"] if one["open"]]
    reader = home.as_role(Role.AUDITOR)  # another session: so many pages a minute are more than one may ask
    for rule in ground.rules("GET"):
        forget_attempts(home.app)
        if kind_of(rule) == "access":
            continue
        said = readable(auditor.get(ground.address(rule, OUTSIDE)))
        seen = reader.get(f"/api/v1/audits/{audit['id']}").json["seen"]
        recorded = {int(n) for one in seen for n in NAMED.findall(one["name"])}
        assert set(map(int, NAMED.findall(said))) <= recorded | heads, rule.endpoint
    assert OUTSIDE in recorded
