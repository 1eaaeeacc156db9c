"""Composition root of the web process: settings, servers, edge, pages and API put together."""

from __future__ import annotations

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from selaras import api, web
from selaras.config import Settings, settings
from selaras.db.refusals import in_words
from selaras.db.session import Database
from selaras.edge import bearer, errors, forms, headers, languages, limits, refusing
from selaras.edge.agency_limits import KnownLimits
from selaras.edge.application import Application
from selaras.edge.context import EXTENSION, Instance, has_agency, instance
from selaras.edge.hosts import Hosts
from selaras.edge.reference import with_reference
from selaras.errors import Refused
from selaras.files.store import LocalStore
from selaras.identity.egress import Egress
from selaras.identity.sessions import SessionStore, connect
from selaras.identity.vault import Vault
from selaras.regulation import load_registry

NOWHERE = "404\nTidak ada instansi pada alamat ini.\nThere is no agency at this address.\n"


def create_app(chosen: Settings | None = None) -> Flask:
    """The application of one process. Refuses to start with a database role that the walls do not bind."""
    chosen = chosen or settings()
    chosen.require("secret_key")
    vault, egress = Vault(chosen.require("encryption_keys")), Egress.of(chosen)
    database = open_database(chosen.require("app_database_url"))
    redis = connect(chosen.require("redis_url"))
    app = Application("selaras", static_folder=None, template_folder=None)
    app.extensions[EXTENSION] = Instance(
        settings=chosen,
        database=database,
        redis=redis,
        sessions=SessionStore(redis),
        hosts=Hosts(database),
        limits=KnownLimits(database),
        registry=load_registry(),
        store=LocalStore(chosen.files),
        vault=vault,
        egress=egress,
    )
    _install(app, chosen)
    return app


def open_database(url: str) -> Database:
    """The database by a role that the walls bind; any other is refused."""
    database = Database(url, pool_size=8)
    try:
        database.refuse_bypass()
    except Exception:
        database.close()
        raise
    return database


def _install(app: Application, chosen: Settings) -> None:
    app.config["MAX_CONTENT_LENGTH"] = errors.MOST_MEGABYTES * 1024 * 1024
    app.config["WITHOUT_TRANSACTION"] = web.WITHOUT_TRANSACTION
    if chosen.trusted_proxies:
        n = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]  # how Werkzeug says to wrap an app
    app.before_request(_resolve_host)
    languages.install(app)
    limits.install(app, chosen, web.ASSETS)
    web.install(app)
    api.install(app)
    app.register_error_handler(Exception, _answer_error)
    app.after_request(lambda response: _finish(response, chosen))


def _resolve_host() -> Response | None:
    """Which agency, before any cookie is looked at; an unknown host learns nothing at all."""
    with in_words():
        found = instance().hosts.agency(request.host)
    if found is None:
        return Response(NOWHERE, 404, mimetype="text/plain")
    g.agency = found
    if found.status == "suspended" and request.endpoint != web.ASSETS:
        raise Refused(
            "agency_suspended",
            "{agency} is suspended on this instance: nothing can be seen or changed. Ask the operator of the instance.",
            agency=found.name,
        )
    return None


def _answer_error(error: Exception) -> Response:
    problem = errors.problem_of(error)
    refusing.note(error)
    return errors.with_patience(_told(problem), problem)


def _told(problem: errors.Problem) -> Response:
    if not has_agency():
        # Nobody's page can be drawn: the failure came before it was known whose it is.
        return Response(
            f"{problem.status} {problem.title}\n\n{problem.detail}\n", problem.status, mimetype="text/plain"
        )
    if bearer.speaks_json(request.path):
        return api.problem_response(problem)
    return web.error_page(problem)


def _finish(response: Response, chosen: Settings) -> Response:
    if has_agency():
        response = bearer.challenge(forms.keep_form_cookie(response))
    response = headers.conditional(response)
    response = headers.compress(response)
    return headers.secure(with_reference(response), chosen)
