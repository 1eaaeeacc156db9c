"""The agency's identity providers: entered, checked, tried, switched on, and retired without locking anybody out."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge import at_provider
from selaras.edge.access import needs
from selaras.edge.context import actor, process, session
from selaras.edge.fields import whole_of_field
from selaras.errors import Conflict, DomainError, Invalid, NotFound
from selaras.identity import links, providers
from selaras.identity.permissions import Permission
from selaras.identity.provider_queries import ProviderView, locked_out, provider
from selaras.identity.provider_queries import providers as listed
from selaras.identity.queries import names_of
from selaras.identity.renewing import adopt
from selaras.identity.retiring import retire
from selaras.web import provider_test
from selaras.web.blueprint import pages
from selaras.web.pages import render, see
from selaras.web.sign_in import CALLBACK

Form = MultiDict[str, str]
Refusal = Invalid | Conflict | NotFound
_HOUR = 3600


@pages.get("/identity-providers")
@needs(Permission.MANAGE_SIGN_IN)
def identity_providers() -> Response:
    """Every provider of the agency, in the order of the sign-in page."""
    return render("identity_providers.html", active="web.identity_providers", providers=listed(session()))


@pages.get("/identity-providers/new")
@needs(Permission.MANAGE_SIGN_IN)
def new_identity_provider() -> Response:
    """The form for another provider, with the addresses that its administrator must enter there."""
    return _form(None, _blank())


@pages.post("/identity-providers")
@needs(Permission.MANAGE_SIGN_IN)
def create_identity_provider() -> BaseResponse:
    """Enter a provider as a draft, and look at what it publishes at once."""
    try:
        made = providers.register(session(), actor(), process().vault, _wanted(request.form))
    except Invalid as error:
        return _form(None, request.form, error)
    providers.check(session(), actor(), process().vault, process().egress, made)
    return see("web.identity_provider", provider_id=made)


@pages.get("/identity-providers/<uuid:provider_id>")
@needs(Permission.MANAGE_SIGN_IN)
def identity_provider(provider_id: UUID) -> Response:
    """One provider: how far it is, what the check found, and the next step."""
    return _one(provider_id)


@pages.get("/identity-providers/<uuid:provider_id>/edit")
@needs(Permission.MANAGE_SIGN_IN)
def edit_identity_provider(provider_id: UUID) -> Response:
    """The form, filled in; the secret is never shown again."""
    found = provider(session(), provider_id)
    return _form(found, _filled(found))


@pages.post("/identity-providers/<uuid:provider_id>")
@needs(Permission.MANAGE_SIGN_IN)
def change_identity_provider(provider_id: UUID) -> BaseResponse:
    """Enter it anew; an empty secret keeps the one there is."""
    found = provider(session(), provider_id)
    try:
        wanted = _wanted(request.form, keep_secret=True)
        with session().begin_nested():
            providers.change(session(), actor(), process().vault, provider_id, wanted)
    except (Invalid, Conflict) as error:
        return _form(found, request.form, error)
    if provider(session(), provider_id).checked_at is None:
        providers.check(session(), actor(), process().vault, process().egress, provider_id)
    return see("web.identity_provider", "saved", provider_id=provider_id)


@pages.post("/identity-providers/<uuid:provider_id>/check")
@needs(Permission.MANAGE_SIGN_IN)
def check_identity_provider(provider_id: UUID) -> BaseResponse:
    """Fetch what it publishes anew."""
    providers.check(session(), actor(), process().vault, process().egress, provider_id)
    return see("web.identity_provider", provider_id=provider_id)


@pages.get("/identity-providers/<uuid:provider_id>/test")
@needs(Permission.MANAGE_SIGN_IN)
def test_identity_provider(provider_id: UUID) -> BaseResponse:
    """Leave for the provider to try it; a link and no form, because the browser is led away from this host."""
    try:
        found = providers.testable(session(), process().vault, provider_id)
    except Conflict as error:
        return _one(provider_id, error)
    return at_provider.leave_for(found, CALLBACK, purpose=provider_test.PURPOSE, account_id=actor().account_id)


@pages.post("/identity-providers/<uuid:provider_id>/switch-on")
@needs(Permission.MANAGE_SIGN_IN)
def switch_on_identity_provider(provider_id: UUID) -> BaseResponse:
    """Let people sign in by it."""
    try:
        providers.switch_on(session(), actor(), provider_id)
    except Conflict as error:
        return _one(provider_id, error)
    return see("web.identity_provider", "provider-on", provider_id=provider_id)


@pages.post("/identity-providers/<uuid:provider_id>/retire")
@needs(Permission.MANAGE_SIGN_IN)
def retire_identity_provider(provider_id: UUID) -> BaseResponse:
    """Let nobody sign in by it any more; the last working way in is kept."""
    try:
        retire(session(), process().sessions, actor(), provider_id)
    except Conflict as error:
        return _one(provider_id, error)
    return see("web.identity_provider", "provider-retired", provider_id=provider_id)


@pages.post("/identity-providers/<uuid:provider_id>/adoption")
@needs(Permission.MANAGE_SIGN_IN)
def adopt_identity_provider(provider_id: UUID) -> BaseResponse:
    """Take over what the provider publishes now, after reading what changed."""
    try:
        adopt(session(), actor(), provider_id)
    except Conflict as error:
        return _one(provider_id, error)
    return see("web.identity_provider", "provider-adopted", provider_id=provider_id)


@pages.post("/identity-providers/<uuid:provider_id>/unlink")
@needs(Permission.MANAGE_SIGN_IN)
def unlink_account(provider_id: UUID) -> BaseResponse:
    """Forget whom the provider means by somebody's account, as when it was made anew there."""
    try:
        links.unlink(session(), actor(), provider_id, request.form.get("user_name", ""))
    except NotFound as error:
        return _one(provider_id, error, status=422)
    return see("web.identity_provider", "unlinked", provider_id=provider_id)


def _one(provider_id: UUID, error: DomainError | None = None, status: int = 200) -> Response:
    found = provider(session(), provider_id)
    return render(
        "identity_provider.html",
        error.status if error and status == 200 else status,  # unless said otherwise
        active="web.identity_providers",
        provider=found,
        names=names_of(session(), (found.tested_by,)),
        lost=locked_out(session(), provider_id),
        ready=bool(found.checks) and all(one.state != "bad" for one in found.checks),
        error=error,
        addresses=_addresses(found.id),
    )


def _form(found: ProviderView | None, form: Form, error: DomainError | None = None) -> Response:
    return render(
        "identity_provider_form.html",
        error.status if error else 200,
        active="web.identity_providers",
        provider=found,
        form=form,
        error=error,
        addresses=_addresses(found.id if found else None),
    )


def _addresses(provider_id: UUID | None) -> dict[str, str]:
    """What must be entered at the provider."""
    found = {"callback": at_provider.own_url(CALLBACK), "signed_out": at_provider.own_url(url_for("web.signed_out"))}
    if provider_id:
        back_channel = url_for("web.sign_out_back_channel", provider_id=provider_id)
        found["back_channel"] = at_provider.own_url(back_channel)
    return found


def _wanted(form: Form, *, keep_secret: bool = False) -> providers.Wanted:
    secret, public = form.get("client_secret", ""), form.get("public") == "true"
    hours = form.get("hours", "").strip()
    return providers.Wanted(
        name={"id": form.get("name", ""), "en": form.get("name_en", "")},
        issuer=form.get("issuer", ""),
        client_id=form.get("client_id", ""),
        client_secret="" if public else (None if keep_secret and not secret.strip() else secret),
        scopes=tuple(form.get("scopes", "").split()),
        number_claim=form.get("number_claim", ""),
        name_claim=form.get("name_claim", ""),
        email_claim=form.get("email_claim", ""),
        acr_values=tuple(form.get("acr_values", "").split()),
        amr_values=tuple(form.get("amr_values", "").split()),
        max_age=whole_of_field(hours, "hours") * _HOUR if hours else None,
        just_in_time=form.get("just_in_time") == "true",
        position=whole_of_field(form["position"], "position") if form.get("position", "").strip() else None,
    )


def _blank() -> Form:
    wanted = providers.Wanted(name={}, issuer="", client_id="")
    return MultiDict(
        {
            "scopes": " ".join(wanted.scopes),
            "number_claim": wanted.number_claim,
            "name_claim": wanted.name_claim,
            "email_claim": wanted.email_claim,
        }
    )


def _filled(found: ProviderView) -> Form:
    return MultiDict(
        {
            "name": found.name.get("id", ""),
            "name_en": found.name.get("en", ""),
            "issuer": found.issuer,
            "client_id": found.client_id,
            "public": "" if found.has_secret else "true",
            "scopes": " ".join(found.scopes),
            "number_claim": found.number_claim,
            "name_claim": found.name_claim,
            "email_claim": found.email_claim,
            "acr_values": " ".join(found.acr_values),
            "amr_values": " ".join(found.amr_values),
            "hours": str(found.max_age // _HOUR) if found.max_age else "",
            "just_in_time": "true" if found.just_in_time else "",
            "position": str(found.position),
        }
    )
