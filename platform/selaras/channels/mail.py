"""E-mail by SMTP (the standard library's): one connection for a batch, made anew when it breaks."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from selaras.channels.carriers import AddressRefused, Letter, NotNow
from selaras.clock import now
from selaras.config import Settings, variable
from selaras.errors import Misconfigured

SECONDS = 15.0
SECURITIES = ("starttls", "tls", "none")
_FIRST_PERMANENT = 500


class Mail:
    """The instance's mail server, writing as one agency. Closed servers and wrong passwords are `NotNow` for all."""

    def __init__(self, settings: Settings, sender_name: str) -> None:
        if settings.smtp_security not in SECURITIES or "@" not in settings.smtp_from:
            raise Misconfigured(
                "mail_settings_unusable",
                "Mail cannot be sent: {sender} takes an address such as selaras@example.go.id, and {security} one of "
                "{known}.",
                sender=variable("smtp_from"),
                security=variable("smtp_security"),
                known=", ".join(SECURITIES),
            )
        self._settings = settings
        self._sender = Address(display_name=sender_name, addr_spec=settings.smtp_from)
        self._server: smtplib.SMTP | None = None

    def carry(self, letter: Letter) -> None:
        """Hand a letter to the mail server."""
        message = self._message(letter)
        try:
            self._open().send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            self._after(code, about_address=True)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused) as error:
            self.close()
            raise NotNow(str(error.smtp_code), all_of_them=True) from None
        except smtplib.SMTPResponseException as error:
            self._after(error.smtp_code, about_address=False)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NotNow(type(error).__name__, all_of_them=True) from None

    def _after(self, code: int, *, about_address: bool) -> None:
        """A refusal of the address is for good, any other of the one letter only."""
        self.close()
        if code >= _FIRST_PERMANENT and about_address:
            raise AddressRefused(str(code))
        raise NotNow(str(code), all_of_them=code == 421)

    def _message(self, letter: Letter) -> EmailMessage:
        try:
            to = Address(addr_spec=letter.to)
        except ValueError:
            raise AddressRefused("address") from None
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now())
        message["Message-ID"] = f"<{letter.id}@{self._settings.smtp_from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["List-Unsubscribe"] = f"<{letter.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(letter.body)
        return message

    def _open(self) -> smtplib.SMTP:
        if self._server is None:
            chosen = self._settings
            if chosen.smtp_security == "tls":
                trust = ssl.create_default_context()
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    chosen.smtp_host, chosen.smtp_port, timeout=SECONDS, context=trust
                )
            else:
                server = smtplib.SMTP(chosen.smtp_host, chosen.smtp_port, timeout=SECONDS)
            self._server = server
            if chosen.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if chosen.smtp_user:
                server.login(chosen.smtp_user, chosen.smtp_password)
        return self._server

    def close(self) -> None:
        """Leave the server, if it still listens."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()
