"""The link of an invitation by mail: sealed in its job, sent once by the worker, told on the administrator's page."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.channels.carriers import AddressRefused, Letter, NotNow
from selaras.channels.composing import Words, home_of
from selaras.channels.mail import Mail
from selaras.channels.settings import settings_of
from selaras.clock import now
from selaras.config import Settings
from selaras.errors import Conflict
from selaras.identity.actor import Actor
from selaras.identity.vault import Vault
from selaras.jobs.context import Handler, JobContext
from selaras.jobs.service import enqueue
from selaras.organisation.inviting import Invited
from selaras.organisation.models import Invitation
from selaras.tenancy.queries import agency

KIND = "mail_invitation"
PURPOSE = "invitation.token"


def _(text: str) -> str:
    """Marks a msgid for the catalogue; the worker translates it."""
    return text


_SUBJECT = _("Your way into Selaras at {agency}")
_OPENING = _("{agency} has made an account for you in Selaras, where the performance of its officials is appraised.")
_HOW = _("Open this address and sign in at your agency's own provider. It works once, and only for you:")
_UNTIL = _("It holds until {day}.")
_NOT_YOU = _("If you expected nothing of the kind, do nothing: without you it opens nothing.")


def refuse_without_mail(settings: Settings) -> None:
    """`Conflict` where the instance sends no mail."""
    if not settings.smtp_host:
        raise Conflict(
            "invitation_no_mail", "This instance sends no mail; hand the link over yourself, or ask the operator."
        )


def post(session: Session, actor: Actor, vault: Vault, made: Invited) -> None:
    """Put the link into the post. The token stands sealed in the job: whoever reads rows reads no link."""
    sealed = vault.seal(made.token.encode(), *_sealing(session, made.id))
    enqueue(session, actor, KIND, {"invitation": str(made.id), "token": b64encode(sealed).decode()})


def handler(settings: Settings, words: Words) -> Handler:
    """The handler of this process, with its keys and the instance's mail server."""

    def run(context: JobContext) -> dict[str, Any]:
        """Send one link, unless it was sent, accepted, taken back or replaced meanwhile."""
        invitation_id = UUID(context.args["invitation"])
        with context.transaction() as session:
            letter = _letter(session, context, settings, words, invitation_id)
            sender = settings_of(session).sender_name or agency(session, context.tenant_id).name
        if letter is None:
            return {}
        carrier, trouble = Mail(settings, sender), None
        try:
            carrier.carry(letter)
        except (AddressRefused, NotNow) as error:
            trouble = error.code
        finally:
            carrier.close()
        with context.transaction() as session:
            row = session.scalars(select(Invitation).where(Invitation.id == invitation_id)).one()
            row.mailed_at, row.mail_trouble = (None, trouble) if trouble else (now(), None)
        return {"sent": 0 if trouble else 1}

    return run


def _letter(
    session: Session, context: JobContext, settings: Settings, words: Words, invitation_id: UUID
) -> Letter | None:
    row = session.scalar(select(Invitation).where(Invitation.id == invitation_id))
    home = home_of(session, context.tenant_id, settings)
    if row is None or home is None or row.mail_to is None or row.mailed_at or row.accepted_at or row.revoked_at:
        return None
    sealed = b64decode(context.args["token"])
    token = Vault(settings.require("encryption_keys")).open(sealed, *_sealing(session, row.id)).decode()
    whose = agency(session, context.tenant_id)
    day = row.expires_at.date().isoformat()
    lines = (words(_OPENING).format(agency=whose.name), "", words(_HOW), f"{home}/invitations/{token}", "",
             words(_UNTIL).format(day=day), words(_NOT_YOU), "")  # fmt: skip
    return Letter(context.job_id, row.mail_to, words(_SUBJECT).format(agency=whose.name), "\n".join(lines), home)


def _sealing(session: Session, invitation_id: UUID) -> tuple[str, ...]:
    tenant = session.info["tenant"]
    return (str(agency(session, tenant).uuid), PURPOSE, str(invitation_id))
