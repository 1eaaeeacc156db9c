"""Each agency of the demo signs in at its own identity provider: registered, checked and switched on, once."""

from __future__ import annotations

from selaras.demo.guests import Invited
from selaras.demo.providers.beside import Beside
from selaras.demo.stage import Stage
from selaras.errors import Unavailable
from selaras.identity import provider_queries, providers
from selaras.identity.actor import system
from selaras.identity.egress import Egress
from selaras.identity.oidc.checks import passed
from selaras.identity.providers import Wanted
from selaras.identity.vault import Vault
from selaras.tenancy.queries import agency_by_slug

# Product → what it is called on the sign-in page, and the claim that holds a person's name there.
CALLED = {
    "nanoidp": ({"id": "NanoIDP (peragaan)", "en": "NanoIDP (demonstration)"}, "attributes.name"),
    "canaille": ({"id": "Canaille (peragaan)", "en": "Canaille (demonstration)"}, "name"),
}


def arrange(stage: Stage, beside: Beside, invitations: list[Invited]) -> None:
    """Leave every agency with its provider switched on; what is there already stays. The providers must answer."""
    vault = Vault(stage.settings.require("encryption_keys"))
    egress = Egress.of(stage.settings)
    for one in invitations:
        _arrange(stage, beside, one, vault, egress)


def _arrange(stage: Stage, beside: Beside, one: Invited, vault: Vault, egress: Egress) -> None:
    wanted = _wanted(beside, one)
    with stage.app.platform() as session:
        tenant = agency_by_slug(session, one.guest.slug).tenant_id
    with stage.app.tenant(tenant) as session:
        known = {(view.issuer, view.client_id) for view in provider_queries.providers(session)}
        if (wanted.issuer, wanted.client_id) in known:
            return
        actor = system(tenant)
        made = providers.register(session, actor, vault, wanted)
        found = providers.check(session, actor, vault, egress, made)
        if not passed(found):
            bad = next(check for check in found if check.state == "bad")
            raise Unavailable(
                "demo_provider",
                "The demo's identity provider of {agency} did not pass its check: {check}.",
                agency=one.guest.slug,
                check=bad.code,
            )
        providers.switch_on(session, actor, made)


def _wanted(beside: Beside, one: Invited) -> Wanted:
    client, provider = beside.client(one.guest), beside.providers[one.guest.provider]
    name, name_claim = CALLED[one.guest.provider]
    return Wanted(
        name=name,
        issuer=provider.issuer,
        client_id=client.client_id,
        client_secret=client.client_secret,
        name_claim=name_claim,
    )
