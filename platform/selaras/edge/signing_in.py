"""The sign-in cookie, and the actor behind it; every request looks both up anew."""

from __future__ import annotations

from uuid import UUID

from flask import Response, g, request
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.edge.context import access_limits, after_commit, agency, process, realm
from selaras.edge.refusing import record_refusal
from selaras.identity.actor import Actor
from selaras.identity.refusals import Reason
from selaras.identity.sessions import Proof, SignedIn
from selaras.organisation.authority import authority_of
from selaras.organisation.standing import Authority, actor_on


def cookie_name(name: str) -> str:
    """`__Host-` under TLS: then no other host and no unencrypted page can set the cookie."""
    own = f"{process().cookies}_{name}"
    return f"__Host-{own}" if process().settings.tls else own


def token() -> str | None:
    """The session token that the browser sent, if any; also one that was handed out in this very request."""
    given: str | None = g.get("token") or request.cookies.get(cookie_name("session"))
    return given or None


def held_session() -> SignedIn | None:
    """The session behind the cookie; None without one, or when it is over or another realm's. Read once a request."""
    if "held" not in g:
        g.held = _read_session()
    found: SignedIn | None = g.held
    return found


def _read_session() -> SignedIn | None:
    given = token()
    if given and process().sessions.is_foreign(realm(), given):
        # Cookies are for one host: no browser brings another agency's by itself.
        record_refusal(Reason.SESSION_FOREIGN, "session", {})
        return None
    return process().sessions.read(realm(), given, access_limits().span) if given else None


def actor_of(session: Session, held: SignedIn) -> Actor | None:
    """Whoever a session belongs to, with the roles of today."""
    return actor_of_account(session, held.account_id)


def actor_of_account(session: Session, account_id: UUID) -> Actor | None:
    """An account with the roles of today: granted ones, employee for the agency's people, appraiser with a team."""
    return actor_on(session, account_id, today(agency().time_zone), request.endpoint or "", authority(session))


def authority(session: Session) -> Authority:
    """What the rulebooks of today, and the agency's choices, let a Plt, a Plh or a mandate do."""
    return lambda kind: authority_of(session, process().registry, kind, today(agency().time_zone))


def start(response: Response, account_id: UUID, proof: Proof) -> None:
    """Sign an account in on this answer; whatever session the browser held before is over."""
    sessions, here = process().sessions, realm()
    former = request.cookies.get(cookie_name("session"))
    if former:
        sessions.end(here, former)
    address, agent = request.remote_addr or "", request.headers.get("User-Agent", "")
    g.token = sessions.start(here, account_id, proof, address=address, agent=agent, span=access_limits().span)
    set_cookie(response, "session", g.token)
    response.delete_cookie(cookie_name("form"), path="/", secure=process().settings.tls)


def end(response: Response) -> None:
    """Sign out: the session ends on the server once the request is kept, and the cookie goes."""
    given, here, sessions = token(), realm(), process().sessions
    if given:
        after_commit(lambda: sessions.end(here, given))
    response.delete_cookie(cookie_name("session"), path="/", secure=process().settings.tls)


def set_cookie(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """A host-only cookie that no script reads and no other site sends along."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=seconds,
        path="/",
        secure=process().settings.tls,
        httponly=True,
        samesite="Lax",
    )
