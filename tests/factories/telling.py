"""An agency that tells a national system its results: connecting it, letting its job run, what came of it."""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import text

from factories.carrying import carry
from factories.site import Home
from selaras.config import Settings
from selaras.exchange.national import jobs
from selaras.identity.permissions import Role

COEFFICIENTS = "pertama sangat_baik = 11\npertama butuh_perbaikan = 13\npertama kurang = 14"
OPERATOR = "198001012005011001"


def token(seconds: int) -> str:
    """An operator's token that ends so many seconds from now."""
    claims = {"exp": int(time.time()) + seconds, "preferred_username": OPERATOR}
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{middle}.x"


@dataclass
class Told:
    """The agency `home`, and the other side at `there`."""

    home: Home
    there: str
    settings: Settings
    urls: Any

    def connect(self, mode: str = "primary", send_when: str = "set", **entered: str) -> Any:
        """Enter the connection as the agency's administrator."""
        given = {
            "api_url": f"{self.there}/apisiasn/1.0",
            "token_url": f"{self.there}/oauth2/token",
            "sign_in_url": f"{self.there}/sso/token",
            "consumer_key": "kunci",
            "consumer_secret": "rahasia",
            "operator": OPERATOR,
            **entered,
        }
        body = {"endpoint": "siasn", "mode": mode, "send_when": send_when, "per_second": 50, "entered": given}
        answer = self.home.as_role(Role.AGENCY_ADMIN).send("PUT", "/api/v1/national-connection", body)
        assert answer.status_code == 200, answer.text
        return answer.json

    def introduce(self) -> None:
        """The other side knows everybody by id and number."""
        with self.home.database.tenant(self.home.tenant_id) as session:
            rows = session.execute(
                text(
                    "SELECT p.source_id, n.number FROM selaras.person p JOIN selaras.person_number n"
                    " ON n.tenant_id = :t AND n.person_id = p.id WHERE p.tenant_id = :t"
                ),
                {"t": self.home.tenant_id},
            )
            known = {row.source_id: row.number for row in rows}
        httpx.post(f"{self.there}/_people", json=known).raise_for_status()

    def goes_wrong(self, *calls: str | None) -> None:
        """How the next calls there go wrong."""
        httpx.post(f"{self.there}/_faults", json={"calls": calls}).raise_for_status()

    def run(self, seconds: float = 1.0) -> None:
        """One job, whatever had stopped the last one, and with every pause and lease over."""
        with self.home.database.tenant(self.home.tenant_id) as session:
            values = {"t": self.home.tenant_id}
            session.execute(text("UPDATE selaras.national_item SET due_at = now() WHERE tenant_id = :t"), values)
        assert self.home.manager().send("POST", "/api/v1/national-exchange/sendings").status_code == 202
        handlers = {jobs.KIND: jobs.handler(self.settings, seconds)}
        assert carry(self.home.database, self.urls.app, self.home.tenant_id, handlers) >= 1

    def states(self) -> dict[str, int]:
        """How many results are where."""
        states: dict[str, int] = self.home.manager().get("/api/v1/national-exchange").json["states"]
        return states

    def held(self, kind: str = "kinerjaperiodik") -> list[dict[str, Any]]:
        """What the other side holds."""
        return list(httpx.get(f"{self.there}/_state").json()["held"][kind].values())

    def once_each(self) -> bool:
        """Whether nobody stands there twice."""
        return max(Counter(one["pnsDinilaiId"] for one in self.held()).values()) == 1

    def calls(self) -> list[str]:
        """Everything that was asked there, in order."""
        calls: list[str] = httpx.get(f"{self.there}/_state").json()["calls"]
        return calls
