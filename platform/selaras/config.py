"""Settings, read once from the environment (`SELARAS_…`); each is documented in docs/operating.md."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from selaras.errors import Misconfigured

PREFIX = "SELARAS_"


@dataclass(frozen=True)
class Settings:
    """Every setting of the instance. A process uses the database URL of its own role and no other."""

    home: Path = Path(".selaras")
    migrator_database_url: str = ""
    app_database_url: str = ""
    console_database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    encryption_keys: str = ""
    egress_allowed: str = ""
    files: Path = Path(".selaras/files")
    web_address: str = "127.0.0.1:8700"
    console_address: str = "127.0.0.1:8701"
    console_host: str = "console.localhost"
    tls: bool = False
    trusted_proxies: int = 0
    operator_issuer: str = ""
    operator_client_id: str = ""
    operator_client_secret: str = ""
    operator_acr: str = ""
    operator_amr: str = ""
    operator_claim: str = "preferred_username"
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""
    scanner: str = ""
    evidence_megabytes: int = 20_000
    agency_requests: int = 30_000
    audit_hours: int = 8
    workers: int = 2
    jobs_in_flight: int = 4

    def require(self, name: str) -> str:
        """The text of a setting that must not be empty; `Misconfigured` tells which variable to set."""
        value = getattr(self, name)
        if not value:
            raise Misconfigured(
                "setting_missing", "Setting {variable} is missing: set it and start again.", variable=variable(name)
            )
        return str(value)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def _parse(name: str, kind: object, text: str) -> object:
    if kind in ("bool", bool):
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off", ""):
            return False
        raise _unusable(name, text, "true or false")
    if kind in ("int", int):
        if not text.isdigit():
            raise _unusable(name, text, "a whole number")
        return int(text)
    if kind in ("Path", Path):
        return Path(text)
    return text


def _unusable(name: str, text: str, wanted: str) -> Misconfigured:
    return Misconfigured(
        "setting_unusable",
        "Setting {variable} has the value {value!r}; it takes {wanted}.",
        variable=variable(name),
        value=text,
        wanted=wanted,
    )


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings out of an environment; an unknown `SELARAS_…` variable is refused, so that a typing slip is seen."""
    known = {variable(field.name): field for field in fields(Settings)}
    unknown = sorted(key for key in environment if key.startswith(PREFIX) and key not in known)
    if unknown:
        raise Misconfigured(
            "setting_unknown",
            "There is no setting {variable}; known are: {known}.",
            variable=unknown[0],
            known=", ".join(sorted(known)),
        )
    values = {
        field.name: _parse(field.name, field.type, environment[key])
        for key, field in known.items()
        if key in environment
    }
    return Settings(**values)  # type: ignore[arg-type]  # each value was parsed by its field's type above


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read_settings(os.environ)
