"""Schemathesis against our own description: whatever is sent, no server error, and only answers that are declared."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from factories.site import Site
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
# Nobody is refused before what they send is looked at.
EXAMPLES = {"manager": 10, "head": 10, "nobody": 3}


@pytest.mark.slow
@pytest.mark.parametrize("who", ["manager", "head", "nobody"])
def test_nothing_that_is_sent_breaks_it(site: Site, who: str) -> None:
    home = site.empty if who == "manager" else site.open
    visitor = {"manager": home.manager, "head": lambda: home.as_person(1), "nobody": home.visitor}[who]()
    token = visitor.get("/api/v1/me").json.get("form_token", "none")
    cookie = visitor.client.get_cookie("selaras_session", domain=home.host)
    held = {"HTTP_HOST": home.host, "HTTP_X_FORM_TOKEN": token, "HTTP_ACCEPT_ENCODING": "identity"}
    if cookie:
        held["HTTP_COOKIE"] = f"selaras_session={cookie.value}"

    def app(environ: dict[str, Any], start: Any) -> Any:
        # Tokens are made up, too, since the description names them; beside one a session would not count.
        made_up = {"HTTP_AUTHORIZATION"} if cookie else set()
        return site.app({name: value for name, value in environ.items() if name not in made_up} | held, start)

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=app)
    answered = {found.ok().label: _ask(found.ok(), EXAMPLES[who]) for found in schema.get_all_operations()}
    assert len(answered) >= 15
    assert answered["GET /api/v1/agency"] == ({401} if who == "nobody" else {200})
    assert who != "manager" or 422 in answered["POST /api/v1/closes"] | answered["GET /api/v1/people"]


def _ask(operation: Any, examples: int) -> set[int]:
    statuses: set[int] = set()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        statuses.add(case.call_and_validate(checks=CHECKS).status_code)

    send()
    return statuses
