"""Composition root of the console process: settings, the console's database role, the edge and the pages together."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from flask import Flask, Response, g, request
from jinja2 import ChoiceLoader, PackageLoader
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from selaras.config import Settings, settings
from selaras.db.session import Database
from selaras.edge import errors, forms, headers, languages, limits
from selaras.edge.application import Application
from selaras.edge.context import EXTENSION, Process, has_realm, process
from selaras.errors import Refused
from selaras.identity.egress import Egress
from selaras.identity.sessions import SessionStore, SignedIn, connect
from selaras.identity.vault import Vault
from selaras.regulation import load_registry
from selaras.tenancy.rules import host_name, host_name_or_none
from selaras.web.pages import error_page
from selaras_admin import pages, provider
from selaras_admin.operators import REALM, Operator, operator_of
from selaras_admin.vocabulary import say

NAME = "selaras_console"
TRANSLATIONS = Path(__file__).parent / "translations"
NOWHERE = "404\nTidak ada apa pun pada alamat ini.\nThere is nothing at this address.\n"
MOST_BYTES = 64 * 1024


class Console(Application):
    """The core's application, outside every agency: tenant tables answer this role with a refusal."""

    def transaction(self) -> AbstractContextManager[Session]:
        """A transaction without an agency, as the console's role."""
        return process().database.platform()

    def acting(self, session: Session, held: SignedIn) -> Operator | None:
        """The operator behind a session of the console, with the roles of today; nobody by a former provider."""
        begun = held.proof.provider_id
        if begun is not None and begun != provider.provider_id():
            return None
        return operator_of(session, held.account_id)


def create_console(chosen: Settings | None = None) -> Flask:
    """The console of one process. `Misconfigured` for a missing setting or a database role the walls do not bind."""
    chosen = chosen or settings()
    chosen.require("secret_key")
    provider.configured(chosen)
    vault, egress = Vault(chosen.require("encryption_keys")), Egress.of(chosen)
    redis = connect(chosen.require("redis_url"))
    database = open_database(chosen)
    app = Console("selaras_admin", static_folder=None, template_folder=None)
    app.extensions[EXTENSION] = Process(
        settings=chosen,
        database=database,
        redis=redis,
        sessions=SessionStore(redis, prefix=NAME),
        registry=load_registry(),
        cookies=NAME,
        vault=vault,
        egress=egress,
    )
    _install(app, chosen)
    return app


def open_database(chosen: Settings) -> Database:
    """The database by the console's own role, and no other; refused in words when the role bypasses the walls."""
    database = Database(chosen.require("console_database_url"))
    try:
        database.refuse_bypass()
    except Exception:
        database.close()
        raise
    return database


def _install(app: Console, chosen: Settings) -> None:
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.config["WITHOUT_TRANSACTION"] = pages.WITHOUT_TRANSACTION
    app.jinja_loader = ChoiceLoader([PackageLoader("selaras_admin"), PackageLoader("selaras.web")])
    if chosen.trusted_proxies:
        n = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]  # how Werkzeug says to wrap an app
    host = host_name(chosen.console_host)
    app.before_request(lambda: _refuse_other_host(host))
    languages.install(app, TRANSLATIONS)
    limits.install(app, chosen, pages.ASSETS, limits.CONSOLE)
    pages.install(app)
    app.register_error_handler(Exception, _answer_error)
    app.after_request(lambda response: _finish(response, chosen))


def _in_own_words(error: Exception) -> Exception:
    """The core refuses with an agency's words; at the console there is no performance manager to ask."""
    if not isinstance(error, Refused) or error.code != "permission_missing":
        return error
    codes = str(error.params["permission"]).split(", ")
    return Refused(
        "operator_permission_missing",
        "You may not do this at the console; it is for operators who may: {rights}. Ask whoever manages the operators.",
        rights=", ".join(say("PERMISSIONS", code) for code in codes),
    )


def _answer_error(error: Exception) -> Response:
    problem = errors.problem_of(_in_own_words(error))
    return errors.with_patience(error_page(problem), problem)


def process_of(app: Flask) -> Process:
    """What the process of this application holds."""
    held: Process = app.extensions[EXTENSION]
    return held


def _refuse_other_host(host: str) -> Response | None:
    """Before any cookie is looked at: a host that is not the console's learns nothing at all."""
    if host_name_or_none(request.host) != host:
        return Response(NOWHERE, 404, mimetype="text/plain")
    g.realm = REALM
    return None


def _finish(response: Response, chosen: Settings) -> Response:
    if has_realm():
        response = forms.keep_form_cookie(response)
    return headers.secure(headers.compress(headers.conditional(response)), chosen)
