"""What a provider publishes is fetched every day; what decides whose word is believed is shown, not silently taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from factories.carrying import carry
from factories.door import Door, doors, sign_in
from factories.hostile_provider import HostileProvider, Orders, hostile_provider
from factories.site import site_settings
from factories.site_fixtures import fresh_agency
from sqlalchemy import text

from selaras.db.session import Database
from selaras.identity import jobs, rounds
from selaras.identity.oidc.changes import between
from selaras.identity.oidc.published import Published
from selaras.identity.permissions import Role
from selaras.identity.sessions import Proof
from selaras.organisation.rounds import LeaverRounds

ZONE = "Asia/Jakarta"
STRONG = ["RS256", "ES256"]
_YESTERDAY = text(
    "UPDATE selaras.job SET created_at = created_at - interval '1 day' WHERE tenant_id = :t AND kind = :k"
)


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with hostile_provider() as made:
        yield made


@pytest.fixture
def there(running: HostileProvider) -> Iterator[HostileProvider]:
    running.orders = Orders()
    yield running
    running.orders = Orders()


class Renewed(Door):
    """An agency's door, and the round that renews its providers."""

    urls: Any
    settings: Any

    def round(self) -> int:
        with self.database.tenant(self.tenant_id) as session:
            asked = rounds.ask(session, self.tenant_id, ZONE)
        handlers = {rounds.KIND: jobs.handler(self.settings)}
        assert carry(self.database, self.urls.app, self.tenant_id, handlers) == int(asked)
        return int(asked)

    def tomorrow(self) -> None:
        """The next day's round: what was put into the post before was yesterday."""
        with self.database.tenant(self.tenant_id) as session:
            earlier = (
                "UPDATE selaras.job SET created_at = created_at - interval '1 day' WHERE tenant_id = :t AND kind = :k"
            )
            session.execute(text(earlier), {"t": self.tenant_id, "k": rounds.KIND})
        assert self.round() == 1

    def published(self, provider: UUID) -> dict[str, Any]:
        query = "SELECT published FROM selaras.identity_provider WHERE tenant_id = :tenant AND id = :provider"
        found: dict[str, Any] = self.scalar(query, provider=provider)
        return found

    def proposed(self, admin: Any, provider: UUID) -> list[str]:
        found = admin.get(f"/api/v1/identity-providers/{provider}").json
        return [one["name"] for one in found["proposed"]]


@pytest.fixture(scope="module")
def door(
    console_database: Database, database: Database, urls: Any, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Renewed]:
    files = tmp_path_factory.mktemp("files")
    with doors(lambda: fresh_agency(console_database), database, urls, redis_url, files, count=1) as (made,):
        found = Renewed(made.app, made.database, made.tenant_id, made.uuid, made.slug)
        found.urls, found.settings = urls, site_settings(urls, redis_url, files)
        yield found


def metadata(**changes: Any) -> Published:
    plain = {
        "issuer": "https://sso.example",
        "authorization_endpoint": "https://sso.example/a",
        "token_endpoint": "https://sso.example/t",
        "jwks_uri": "https://sso.example/k",
        "id_token_signing_alg_values_supported": ("RS256", "ES256", "HS256"),
        "code_challenge_methods_supported": ("S256", "plain"),
        "authorization_response_iss_parameter_supported": True,
    }
    return Published(**(plain | changes))


@pytest.mark.parametrize(
    ("changed", "decisive"),
    [
        ({"issuer": "https://sso.example/"}, True),
        ({"token_endpoint": "https://elsewhere.example/t"}, True),
        ({"jwks_uri": "http://sso.example/k"}, True),
        ({"token_endpoint": "https://sso.example/v2/t"}, False),
        ({"id_token_signing_alg_values_supported": ("RS256",)}, True),
        ({"id_token_signing_alg_values_supported": ("RS256", "ES256")}, False),
        ({"id_token_signing_alg_values_supported": ("HS256", "ES256", "RS256", "PS256")}, False),
        ({"code_challenge_methods_supported": ("plain",)}, True),
        ({"authorization_response_iss_parameter_supported": False}, True),
        ({"scopes_supported": ("openid",)}, False),
        ({"userinfo_endpoint": "https://sso.example/u"}, False),
    ],
)
def test_what_decides_whose_word_is_believed(changed: dict[str, Any], decisive: bool) -> None:
    [found] = between(metadata(), metadata(**changed))
    assert (found.name, found.decisive) == (next(iter(changed)), decisive)
    assert between(metadata(), metadata()) == []


def test_a_round_a_day_takes_what_decides_nothing(door: Renewed, there: HostileProvider) -> None:
    provider = door.at(there)
    asked = there.asked.count("/.well-known/openid-configuration")
    assert door.round() == 1
    assert door.round() == 0, "once a day"
    assert there.asked.count("/.well-known/openid-configuration") == asked + 1
    there.orders.metadata = {"token_endpoint": f"{there.issuer}/token?v=2", "scopes_supported": ["openid"]}
    door.tomorrow()
    assert door.published(provider)["token_endpoint"].endswith("?v=2")
    [entry] = [one for one in door.entries() if one.action == "provider.renew" and str(provider) in one.subject]
    assert entry.payload["changed"] == ["token_endpoint", "scopes_supported"]


def test_a_vanished_algorithm_waits_for_an_administrator(door: Renewed, there: HostileProvider) -> None:
    provider, admin = door.at(there), door.as_role(Role.AGENCY_ADMIN)
    there.orders.metadata = {"id_token_signing_alg_values_supported": STRONG}
    door.tomorrow()
    assert "PS256" in door.published(provider)["id_token_signing_alg_values_supported"], "not taken silently"
    assert door.proposed(admin, provider) == ["id_token_signing_alg_values_supported"]
    door.tomorrow()
    renewed = [one for one in door.entries() if one.action == "provider.renew" and str(provider) in one.subject]
    assert [one.payload["came_to"] for one in renewed] == ["held"], "told once"
    waiting = admin.get("/api/v1/next").json["items"]
    assert "providers_to_look_at" in [one["code"] for one in waiting]
    page = admin.page(f"/identity-providers/{provider}")
    assert "PS256" in page
    assert "Kini penyedia mengumumkan hal lain" in page
    assert "kini mengumumkan hal lain" in admin.page("/identity-providers")
    path = f"/identity-providers/{provider}/adoption"
    assert door.as_role(Role.PERFORMANCE_MANAGER).post(path, on="/").status_code == 403
    assert admin.post(path, on="/identity-providers").status_code == 303
    assert door.published(provider)["id_token_signing_alg_values_supported"] == STRONG
    assert door.proposed(admin, provider) == []
    assert admin.send("POST", f"/api/v1{path}").json["code"] == "provider.nothing_proposed"
    assert "provider.adopt" in [one.action for one in door.entries()]
    there.orders.algorithm = "PS256"
    door.person_called("pegawai.ps")
    there.orders.subject, there.orders.more = "ps", {"preferred_username": "pegawai.ps"}
    assert sign_in(door.visitor(), provider).status_code == 401
    assert door.refusals()[-1] == "algorithm_refused"


def test_another_issuer_is_shown_and_cannot_be_taken_over(door: Renewed, there: HostileProvider) -> None:
    provider, admin = door.at(there), door.as_role(Role.AGENCY_ADMIN)
    there.orders.metadata = {"issuer": f"{there.issuer}/"}
    assert admin.send("POST", f"/api/v1/identity-providers/{provider}/check").json["state"] == "active"
    assert door.proposed(admin, provider) == ["issuer"]
    assert door.published(provider)["issuer"] == there.issuer
    refused = admin.send("POST", f"/api/v1/identity-providers/{provider}/adoption")
    assert (refused.status_code, refused.json["code"]) == (409, "provider.proposed_wrong")
    assert admin.post(f"/identity-providers/{provider}/adoption", on="/identity-providers").status_code == 409
    there.orders.metadata = {}
    door.person_called("pegawai.tetap")
    there.orders.subject, there.orders.more = "tetap", {"preferred_username": "pegawai.tetap"}
    assert sign_in(door.visitor(), provider).status_code == 303, "what was tested counts"
    admin.send("POST", f"/api/v1/identity-providers/{provider}/check")
    assert door.proposed(admin, provider) == [], "it is as it was"


def test_a_provider_that_is_away_keeps_what_counts(door: Renewed) -> None:
    with hostile_provider() as short:
        provider = door.at(short)
    door.tomorrow()
    admin = door.as_role(Role.AGENCY_ADMIN)
    found = admin.get(f"/api/v1/identity-providers/{provider}").json
    assert (found["state"], found["away_since"] is not None) == ("active", True)
    assert "tidak dapat ditanyai" in admin.page(f"/identity-providers/{provider}")
    door.tomorrow()
    again = admin.get(f"/api/v1/identity-providers/{provider}").json
    assert again["away_since"] == found["away_since"]


def test_what_was_begun_by_a_retired_provider_ends(door: Renewed, there: HostileProvider) -> None:
    old, new = door.at(there), door.at(there)
    for at, name in ((old, "pegawai.lama"), (new, "pegawai.baru"), (new, f"agency_admin@{door.slug}")):
        if "@" not in name:
            door.person_called(name)
        there.orders.subject, there.orders.more = name, {"preferred_username": name}
        visitor = door.visitor()
        assert sign_in(visitor, at).status_code == 303
        if name == "pegawai.lama":
            left = visitor
        elif name == "pegawai.baru":
            stays = visitor
        else:
            admin = visitor
    assert "sesi yang dimulai" in admin.page(f"/identity-providers/{old}")
    assert admin.post(f"/identity-providers/{old}/retire", on="/identity-providers").status_code == 303
    assert left.get("/").status_code == 303, "signed out at once"
    assert stays.get("/").status_code == 200
    # Redis was away when it was retired: the hourly round ends what is left.
    held = door.app.extensions["selaras"].sessions
    token = held.start(door.uuid, door.account("pegawai.lama"), Proof(method="oidc", provider_id=old, subject="x"))
    assert held.read(door.uuid, token) is not None
    round_ = LeaverRounds(door.database, held, every=0.0)
    while held.read(door.uuid, token) is not None:
        round_()
