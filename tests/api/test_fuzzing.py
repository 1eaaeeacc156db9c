"""Schemathesis against our own description: whatever is sent, no server error, and only answers that are declared."""

from __future__ import annotations

import pytest
import schemathesis
from factories.site import Site
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.mark.slow
@pytest.mark.parametrize("who", ["manager", "head", "nobody"])
def test_nothing_that_is_sent_breaks_it(site: Site, who: str) -> None:
    home = site.empty if who == "manager" else site.open
    visitor = {"manager": home.manager, "head": lambda: home.as_person(1), "nobody": home.visitor}[who]()
    token = visitor.get("/api/v1/me").json.get("form_token", "none")
    cookie = visitor.client.get_cookie("selaras_session", domain=home.host)
    headers = {"Host": home.host, "X-Form-Token": token} | ({"Cookie": f"selaras_session={cookie.value}"} if cookie else {})
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=site.app, headers={"Host": home.host})
    asked = 0

    for found in schema.get_all_operations():
        operation = found.ok()

        @operation.as_strategy_given if False else settings(max_examples=1)
        def _unused() -> None: ...

        asked += _ask(operation, headers)
    assert asked > 60


def _ask(operation, headers: dict[str, str]) -> int:
    from hypothesis import given

    count = 0

    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case) -> None:
        nonlocal count
        count += 1
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()
    return count
