"""From a notice to a mail at a real SMTP server and a post at a real gateway: once, in time, and what goes wrong."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from factories.counting import statements
from factories.post import Posted, Received, gateway_server, mail_server
from factories.site import site_settings
from sqlalchemy import text

from selaras import clock
from selaras.channels import choices
from selaras.channels.jobs import KIND, deliver
from selaras.channels.rounds import post
from selaras.channels.rules import ATTEMPTS, Channel
from selaras.channels.settings import ChannelSettings, set_channels
from selaras.config import Settings
from selaras.db.session import Database
from selaras.errors import Invalid
from selaras.identity.actor import system
from selaras.identity.egress import Egress
from selaras.identity.vault import Vault
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.notices.service import mark_read, tell
from selaras.translations import translations

MORNING = datetime(2026, 10, 7, 3, tzinfo=UTC)  # ten o'clock in Jakarta, a Wednesday
ZONE = "Asia/Jakarta"
SECRET = "a secret of the gateway"


class Post:
    """One agency with its post: two servers that receive, the round and the carrier that send."""

    def __init__(self, database: Database, tenant: Any, urls: Any, settings: Settings) -> None:
        self.database, self.tenant, self.urls, self.settings = database, tenant, urls, settings

    def person(self, email: str | None) -> UUID:
        emails = [{"value": "old@example.go.id"}, {"value": email, "primary": True}] if email else []
        with self.database.tenant(self.tenant.tenant_id) as session:
            account = session.execute(
                text(
                    "INSERT INTO selaras.account (tenant_id, subject, name, emails)"
                    " VALUES (:tenant, :subject, 'Rini Pramudita', CAST(:emails AS jsonb)) RETURNING id"
                ),
                {"tenant": self.tenant.tenant_id, "subject": uuid4().hex, "emails": json.dumps(emails)},
            ).scalar_one()
            found: UUID = session.execute(
                text(
                    "INSERT INTO selaras.person (tenant_id, source_id, name, search_name, account_id)"
                    " VALUES (:tenant, :source, 'Rini Pramudita', 'rini pramudita', :account) RETURNING id"
                ),
                {"tenant": self.tenant.tenant_id, "source": uuid4().hex, "account": account},
            ).scalar_one()
        return found

    def tell(self, person: UUID, code: str = "outcome_delivered", subject: UUID | None = None) -> UUID:
        subject = subject or uuid4()
        with self.database.tenant(self.tenant.tenant_id) as session:
            tell(session, person, code, subject, {"period": "2026-TW3"})
        return subject

    def choose(self, **values: Any) -> None:
        with self.database.tenant(self.tenant.tenant_id) as session:
            held = self.settings
            vault, egress = Vault(held.require("encryption_keys")), Egress.of(held)
            secret = SECRET if values.get("gateway_url") else ""
            wanted = replace(ChannelSettings(), **values)
            set_channels(session, system(self.tenant.tenant_id), vault, egress, wanted, secret)

    def round(self) -> int:
        with self.database.tenant(self.tenant.tenant_id) as session:
            return post(session, self.tenant.tenant_id, ZONE, mail=bool(self.settings.smtp_host))

    def carry(self) -> None:
        """Every waiting job, by a real carrier."""
        with self.database.tenant(self.tenant.tenant_id) as session:
            jobs = session.execute(
                text("UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :tenant RETURNING job_id"),
                {"tenant": self.tenant.tenant_id},
            ).scalars()
            waiting = list(jobs)
        watch = Watch(self.urls.app)
        handler = deliver(self.settings, translations("id").gettext)
        try:
            for job in waiting:
                Carrier(self.database, watch, {KIND: handler}, lambda: False).carry(self.tenant.tenant_id, job)
        finally:
            watch.close()

    def states(self) -> list[str]:
        with self.database.tenant(self.tenant.tenant_id) as session:
            query = "SELECT state FROM selaras.delivery WHERE tenant_id = :tenant ORDER BY told_at, channel"
            return list(session.execute(text(query), {"tenant": self.tenant.tenant_id}).scalars())

    def at(self, moment: datetime) -> None:
        with clock.fixed(moment):
            self.round()
            self.carry()


@pytest.fixture
def mailbox() -> Iterator[Received]:
    with mail_server() as received:
        yield received


@pytest.fixture
def gateway() -> Iterator[Posted]:
    with gateway_server() as posted:
        yield posted


@pytest.fixture
def office(database: Database, tenant: Any, urls: Any, redis_url: str, tmp_path: Path, mailbox: Received) -> Post:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_security": "none"}
    settings = site_settings(urls, redis_url, tmp_path, smtp_from="selaras@example.go.id", **mail)
    return Post(database, tenant, urls, settings)


def test_a_notice_is_mailed_once(office: Post, mailbox: Received) -> None:
    person = office.person("rini@example.go.id")
    with clock.fixed(MORNING):
        office.tell(person)
        office.choose(sender_name="Badan Kepegawaian “Contoh”")
    office.at(MORNING)
    office.at(MORNING + timedelta(hours=1))
    [mail] = mailbox.mails
    assert mail["To"] == "rini@example.go.id"
    assert mail["From"].addresses[0].display_name == "Badan Kepegawaian “Contoh”"
    assert mail["Subject"] == "Hasil Anda telah ditetapkan (2026-TW3)"
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_content()
    assert f"http://{office.tenant.slug}.localhost:8700/messages" in body
    assert "Rini" not in str(mail)
    assert office.states() == ["sent"]


def test_nothing_happens_without_a_channel(office: Post, mailbox: Received) -> None:
    person = office.person("rini@example.go.id")
    office.settings = replace(office.settings, smtp_host="")
    with clock.fixed(MORNING):
        office.tell(person)
    office.at(MORNING)
    assert office.states() == []
    # Set up much later: what was told long ago stays on the page alone.
    office.settings = replace(office.settings, smtp_host="127.0.0.1")
    office.at(MORNING + timedelta(days=5))
    assert (office.states(), mailbox.mails) == ([], [])


def test_several_notices_are_one_mail_and_digests_go_once_a_day(office: Post, mailbox: Received) -> None:
    person, other = office.person("rini@example.go.id"), office.person("budi@example.go.id")
    with office.database.tenant(office.tenant.tenant_id) as session:
        choices.choose(session, other, {"email": "daily"})
    with clock.fixed(MORNING):
        for who in (person, other):
            office.tell(who)
            office.tell(who, "objection_decided")
    office.at(MORNING)
    [mail] = mailbox.mails
    assert mail["Subject"] == "2 pesan baru di Selaras"
    assert "Keberatan Anda telah diputus" in mail.get_content()
    office.at(MORNING + timedelta(hours=21))  # seven o'clock
    assert len(mailbox.mails) == 1
    office.at(MORNING + timedelta(hours=21, minutes=40))
    assert [mail["To"] for mail in mailbox.mails] == ["rini@example.go.id", "budi@example.go.id"]


def test_quiet_hours_and_what_is_read_meanwhile(office: Post, mailbox: Received) -> None:
    person = office.person("rini@example.go.id")
    evening = MORNING + timedelta(hours=10)
    with clock.fixed(evening):
        read, _unread = office.tell(person), office.tell(person, "objection_decided")
    office.at(evening)
    assert mailbox.mails == []
    with office.database.tenant(office.tenant.tenant_id) as session:
        mark_read(session, person, "outcome_delivered", read)
    office.at(MORNING + timedelta(hours=21, minutes=5))
    [mail] = mailbox.mails
    assert mail["Subject"] == "Keberatan Anda telah diputus (2026-TW3)"
    assert sorted(office.states()) == ["read", "sent"]


def test_an_address_that_bounces_is_shown_and_left_alone(office: Post, mailbox: Received) -> None:
    person = office.person("gone@example.go.id")
    mailbox.refuse["gone@example.go.id"] = "550 no such user"
    with clock.fixed(MORNING):
        office.tell(person)
    office.at(MORNING)
    assert office.states() == ["refused"]
    with office.database.tenant(office.tenant.tenant_id) as session:
        [choice] = choices.choices_of(session, person, ["email"], "each")
    assert (choice.trouble, choice.address) == ("550", "gone@example.go.id")
    with clock.fixed(MORNING):
        office.tell(person, "objection_decided")
    office.at(MORNING + timedelta(minutes=5))
    assert office.states() == ["refused"]
    # The person says that it is right after all.
    mailbox.refuse.clear()
    with office.database.tenant(office.tenant.tenant_id) as session:
        choices.try_again(session, person, Channel.EMAIL)
    with clock.fixed(MORNING):
        office.tell(person, "objection_answered")
    office.at(MORNING + timedelta(minutes=10))
    assert len(mailbox.mails) == 1


def test_a_busy_server_is_asked_again_until_it_is_given_up(office: Post, mailbox: Received) -> None:
    person = office.person("rini@example.go.id")
    mailbox.refuse["rini@example.go.id"] = "451 try again"
    with clock.fixed(MORNING):
        office.tell(person)
    office.at(MORNING)
    assert office.states() == ["waiting"]
    office.at(MORNING + timedelta(minutes=1))
    assert office.states() == ["waiting"]
    for n in range(ATTEMPTS):
        office.at(MORNING + timedelta(days=n + 1))
    assert office.states() == ["failed"]
    assert mailbox.mails == []


def test_a_server_that_is_away_delays_everybody_and_loses_nothing(office: Post, mailbox: Received) -> None:
    people = [office.person(f"p{n}@example.go.id") for n in range(3)]
    sound = office.settings
    office.settings = replace(sound, smtp_port=9)
    with clock.fixed(MORNING):
        for one in people:
            office.tell(one)
    office.at(MORNING)
    assert office.states() == ["waiting"] * 3
    office.settings = sound
    office.at(MORNING + timedelta(minutes=6))
    assert office.states() == ["sent"] * 3
    assert len(mailbox.mails) == 3


def test_what_was_broken_off_is_not_sent_twice(office: Post, mailbox: Received) -> None:
    person = office.person("rini@example.go.id")
    with clock.fixed(MORNING):
        office.tell(person)
        office.round()
    with office.database.tenant(office.tenant.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.delivery SET state = 'sending', claimed_at = :at WHERE tenant_id = :tenant"),
            {"at": MORNING, "tenant": office.tenant.tenant_id},
        )
    office.at(MORNING + timedelta(minutes=5))
    assert office.states() == ["sending"]
    office.at(MORNING + timedelta(minutes=20))
    assert (office.states(), mailbox.mails) == (["unsure"], [])


def test_told_again_is_sent_again(office: Post, mailbox: Received) -> None:
    person, subject = office.person("rini@example.go.id"), uuid4()
    for hours in (0, 1):
        with clock.fixed(MORNING + timedelta(hours=hours)):
            office.tell(person, subject=subject)
        office.at(MORNING + timedelta(hours=hours))
    assert len(mailbox.mails) == 2


def test_a_messenger_is_told_nothing_but_that_something_is_there(
    office: Post, mailbox: Received, gateway: Posted
) -> None:
    person = office.person(None)
    with clock.fixed(MORNING):
        office.choose(gateway_url=gateway.url)
        with office.database.tenant(office.tenant.tenant_id) as session:
            choices.choose(session, person, {"messenger": "each"}, "0812-3456-7890")
        office.tell(person)
    office.at(MORNING)
    office.at(MORNING + timedelta(minutes=10))
    [(headers, body)] = gateway.requests
    sent = json.loads(body)
    assert sent["to"] == "+6281234567890"
    assert sent["text"] == f"Ada pesan baru di Selaras: http://{office.tenant.slug}.localhost:8700/messages"
    stamp = headers["X-Selaras-Timestamp"]
    proof = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Selaras-Signature"] == f"sha256={proof}"
    assert headers["Idempotency-Key"] == sent["id"]
    assert mailbox.mails == []


@pytest.mark.parametrize(("status", "state"), [(410, "refused"), (503, "waiting"), (500, "waiting")])
def test_what_a_gateway_answers(office: Post, gateway: Posted, status: int, state: str) -> None:
    person = office.person(None)
    gateway.status = status
    with clock.fixed(MORNING):
        office.choose(gateway_url=gateway.url)
        with office.database.tenant(office.tenant.tenant_id) as session:
            choices.choose(session, person, {"messenger": "each"}, "+6281234567890")
        office.tell(person)
    office.at(MORNING)
    assert office.states() == [state]


def test_a_gateway_within_a_private_network_is_refused(office: Post) -> None:
    with pytest.raises(Invalid) as refused:
        office.choose(gateway_url="https://10.1.2.3/send")
    assert refused.value.code == "egress_address"
    with pytest.raises(Invalid) as refused:
        office.choose(gateway_url="ftp://example.go.id/send")
    assert refused.value.code == "egress_url"


def test_opting_out_between_settling_and_sending(office: Post, mailbox: Received) -> None:
    person = office.person("rini@example.go.id")
    with clock.fixed(MORNING):
        office.tell(person)
        office.round()
        with office.database.tenant(office.tenant.tenant_id) as session:
            choices.opt_out(session, person, Channel.EMAIL)
        office.carry()
    assert (office.states(), mailbox.mails) == (["off"], [])


def test_a_strange_address_is_refused_and_nothing_else_is_held_up(office: Post, mailbox: Received) -> None:
    strange, fine = office.person("not an address\r\nBcc: x@example.com"), office.person("rini@example.go.id")
    with clock.fixed(MORNING):
        office.tell(strange)
        office.tell(fine)
    office.at(MORNING)
    assert office.states() == ["refused", "sent"]
    assert len(mailbox.mails) == 1


def test_settling_takes_the_same_statements_for_one_and_for_many(office: Post) -> None:
    counts = []
    for many in (1, 40):
        with clock.fixed(MORNING):
            for _ in range(many):
                office.tell(office.person(f"{uuid4().hex}@example.go.id"))
        with clock.fixed(MORNING), statements(office.database) as seen:
            office.round()
        counts.append(len(seen))
        with clock.fixed(MORNING):
            office.carry()
    assert counts[0] == counts[1]
