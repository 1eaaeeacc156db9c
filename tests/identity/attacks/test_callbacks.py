"""What a browser brings back to an agency from a provider, and should not."""

from __future__ import annotations

from uuid import UUID

import pytest
from factories.attacks import Verdict, attacker_at, entries, with_address
from factories.hostile_provider import HostileProvider
from factories.signing_in import at_provider, begin, come_back, query_of, sign_in
from factories.site import Site

Connected = dict[str, UUID]


def test_without_an_attack_somebody_is_signed_in(site: Site, hostile: HostileProvider, connected: Connected) -> None:
    """Else every refusal below would say nothing."""
    visitor = attacker_at(site.closed)
    assert sign_in(visitor, connected[site.closed.slug]).headers["Location"] == "/"
    assert visitor.get("/").status_code == 200
    assert entries(site.closed, visitor.address) == 0


@pytest.mark.attack(
    "Answer of A at B",
    "Code and state of a sign-in at agency A are brought to agency B's callback, by the browser that began it.",
    status=401,
    code="sign_in.expired",
    ledger="state_unknown",
)
def test_an_answer_for_another_agency(
    site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict
) -> None:
    there = attacker_at(site.closed)
    back = at_provider(begin(there, connected[site.closed.slug]))
    attacker = attacker_at(site.open)
    begin(attacker, connected[site.open.slug])
    cookie = there.client.get_cookie("selaras_signing_in", domain=site.closed.host)
    assert cookie is not None
    attacker.client.set_cookie("selaras_signing_in", cookie.value, domain=site.open.host)
    verdict(come_back(attacker, back), site.open, attacker)


@pytest.mark.attack(
    "Provider of A at B",
    "The address with which agency A leaves for its provider, asked of agency B.",
    status=401,
    code="sign_in.expired",
    ledger="provider_inactive",
)
def test_the_provider_of_another_agency(
    site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict
) -> None:
    attacker = attacker_at(site.open)
    verdict(attacker.get(f"/sign-in/with/{connected[site.closed.slug]}"), site.open, attacker)


@pytest.mark.attack(
    "Callback of another browser (login CSRF)",
    "The attacker begins a sign-in, and has the victim's browser finish it, so that the victim works in their account.",
    status=401,
    code="sign_in.expired",
    ledger="state_foreign",
)
@pytest.mark.parametrize("own", [False, True], ids=["victim began nothing", "victim began one too"])
def test_a_callback_that_another_browser_began(
    site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict, own: bool
) -> None:
    back = at_provider(begin(attacker_at(site.closed), connected[site.closed.slug]))
    victim = attacker_at(site.closed)
    if own:
        begin(victim, connected[site.closed.slug])
    verdict(come_back(victim, back), site.closed, victim)


@pytest.mark.attack(
    "Replayed callback",
    "The address of a callback that signed somebody in is opened a second time.",
    status=401,
    code="sign_in.expired",
    ledger="state_unknown",
)
def test_a_callback_twice(site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict) -> None:
    attacker = attacker_at(site.closed)
    back = at_provider(begin(attacker, connected[site.closed.slug]))
    assert come_back(attacker, back).status_code == 303
    attacker.client.delete_cookie("selaras_session", domain=site.closed.host)
    verdict(come_back(attacker, back), site.closed, attacker)


@pytest.mark.attack(
    "Replayed code",
    "A code that was used is sent again, with a state that was just begun.",
    status=401,
    code="sign_in.untrusted",
    ledger="code_refused",
)
def test_a_code_twice(site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict) -> None:
    first, attacker = attacker_at(site.closed), attacker_at(site.closed)
    back = at_provider(begin(first, connected[site.closed.slug]))
    assert come_back(first, back).status_code == 303
    fresh = query_of(begin(attacker, connected[site.closed.slug]))["state"]
    verdict(come_back(attacker, back | {"state": fresh}), site.closed, attacker)


@pytest.mark.attack(
    "Swapped state",
    "Of two sign-ins of one browser, the code of one comes with the state of the other.",
    status=401,
    code="sign_in.untrusted",
    ledger="code_refused",
)
def test_a_swapped_state(site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict) -> None:
    attacker = attacker_at(site.closed)
    one, other = (at_provider(begin(attacker, connected[site.closed.slug])) for _ in range(2))
    verdict(come_back(attacker, one | {"state": other["state"]}), site.closed, attacker)


@pytest.mark.attack(
    "Injected code (PKCE)",
    "A stolen code of somebody else's sign-in is put into the attacker's own callback.",
    status=401,
    code="sign_in.untrusted",
    ledger="code_refused",
)
def test_a_code_of_somebody_else(site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict) -> None:
    stolen = at_provider(begin(attacker_at(site.closed), connected[site.closed.slug]))["code"]
    attacker = attacker_at(site.closed)
    own = at_provider(begin(attacker, connected[site.closed.slug]))
    verdict(come_back(attacker, own | {"code": stolen}), site.closed, attacker)


@pytest.mark.attack(
    "State made up",
    "A callback with a state that nobody began: empty, made up, overlong, or with another agency's uuid in it.",
    status=401,
    code="sign_in.expired",
    ledger="state_unknown",
)
@pytest.mark.parametrize("state", ["", "made-up", "x" * 5000, "*", "../{uuid}:signing-in:x", "\u0000"])
def test_a_state_of_nobody(
    site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict, state: str
) -> None:
    attacker = attacker_at(site.closed)
    back = at_provider(begin(attacker, connected[site.closed.slug]))
    verdict(come_back(attacker, back | {"state": state.format(uuid=site.open.uuid)}), site.closed, attacker)


@pytest.mark.attack(
    "Mix-up of providers (RFC 9207)",
    "The callback says that another provider answered, or does not say who did where the provider always does.",
    status=401,
    code="sign_in.untrusted",
    ledger="issuer_mismatch",
)
@pytest.mark.parametrize("issuer", ["https://evil.example", "", None, "HTTP://LOCALHOST"])
def test_a_mix_up(
    site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict, issuer: str | None
) -> None:
    attacker = attacker_at(site.closed)
    back = at_provider(begin(attacker, connected[site.closed.slug]))
    named = {name: value for name, value in (back | {"iss": issuer}).items() if value is not None}
    verdict(come_back(attacker, named), site.closed, attacker)


@pytest.mark.attack(
    "PKCE downgrade",
    "The challenge is taken out of the address on the way to the provider, which is made to answer without it.",
    status=401,
    code="sign_in.untrusted",
    ledger="code_refused",
)
def test_a_downgrade_of_pkce(site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict) -> None:
    attacker = attacker_at(site.closed)
    there = begin(attacker, connected[site.closed.slug])
    asked = query_of(there)
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    plain = there.replace(asked["code_challenge"], "plain").replace("S256", "plain")
    verdict(come_back(attacker, at_provider(plain)), site.closed, attacker)


@pytest.mark.attack(
    "Open redirect after signing in",
    "The address to return to after signing in lies at another host.",
    status=303,
    code="/",
)
@pytest.mark.parametrize(
    "aim",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "http:evil.example",
        "/%09/evil.example\n",
        "javascript:alert(1)",
        "\\\\evil.example",
    ],
)
def test_nobody_is_led_elsewhere(
    site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict, aim: str
) -> None:
    victim = attacker_at(site.closed)
    answer = sign_in(victim, connected[site.closed.slug], aim)
    assert answer.headers["Location"] == "/"
    verdict(answer, site.closed, victim)


@pytest.mark.attack(
    "Session fixation",
    "A session cookie is planted in the victim's browser before they sign in, and used by the attacker afterwards.",
    status=303,
    code="/sign-in",
)
def test_a_planted_session(site: Site, hostile: HostileProvider, connected: Connected, verdict: Verdict) -> None:
    auditor = with_address(site.closed.as_account(f"auditor@{site.closed.slug}"))
    planted = auditor.client.get_cookie("selaras_session", domain=site.closed.host)
    assert planted is not None
    victim = attacker_at(site.closed)
    victim.client.set_cookie("selaras_form", "planted", domain=site.closed.host)
    victim.client.set_cookie("selaras_session", "planted-by-the-attacker", domain=site.closed.host)
    assert sign_in(victim, connected[site.closed.slug]).status_code == 303
    held = victim.client.get_cookie("selaras_session", domain=site.closed.host)
    assert held is not None
    assert held.value not in ("planted-by-the-attacker", planted.value)
    attacker = attacker_at(site.closed)
    attacker.client.set_cookie("selaras_session", "planted-by-the-attacker", domain=site.closed.host)
    verdict(attacker.get("/people"), site.closed, attacker)
