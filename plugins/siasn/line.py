"""One connection to the service: saving, reading back, and the trial; a call whose token lapsed is made once more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from selaras.exchange.national.border import Answer, Ask, Halted, Held, Kind, Probed, Rejected, Result, Stop, Words
from siasn.answers import rows, saved
from siasn.payloads import path_of, payload
from siasn.tokens import Tokens

_JSON = {"Content-Type": "application/json", "Accept": "application/json"}
_KEYS: Words = {"id": "Kunci instansi diterima", "en": "The agency's keys are accepted"}
_TOKEN: Words = {"id": "Token operator berlaku", "en": "The operator's token holds"}
_READ: Words = {"id": "Data operator terbaca", "en": "The operator's own record can be read"}
# Ours → theirs, as a read names it; some begin with a capital, and a few are named otherwise than in a save.
_READ_AS = {
    "hasilKinerjaNilai": ("hasilKinerjaNilai",),
    "perilakuKerjaNilai": ("perilakuKerjaNilai", "PerilakuKerjaNilai"),
    "kuadranKinerjaNilai": ("kuadranKinerjaNilai", "KuadranKinerjaNilai", "kuadranNilai"),
    "penilaiNipNrp": ("nipNrpPenilai", "penilaiNipNrp"),
}


class Line:
    """Implements `border.Line`; the gateway's token lives as long as the line."""

    def __init__(self, settings: Mapping[str, str], ask: Ask, today: Callable[[], datetime]) -> None:
        self._settings, self._ask, self._today = settings, ask, today
        self._tokens = Tokens(settings, ask, today)

    def probe(self) -> Iterator[Probed]:
        """Keys, token, and one read of the operator's own record; nothing is changed."""
        number = self._settings.get("operator", "")
        steps: tuple[tuple[Words, Callable[[], object]], ...] = (
            (_KEYS, self._tokens.gateway),
            (_TOKEN, self._tokens.operator),
            (_READ, lambda: self._own_record(number)),
        )
        for words, step in steps:
            try:
                step()
            except (Halted, Rejected) as error:
                yield Probed(words, False, error.said or str(error))
                return
            yield Probed(words, True)

    def save(self, result: Result, remote_id: str | None) -> str:
        """As `border.Line.save`."""
        body = {"id": remote_id, **payload(result, self._settings)}
        return str(self._authorised("POST", f"{path_of(result.kind)}/save", json.dumps(body).encode(), saved))

    def held(self, result: Result) -> Sequence[Held]:
        """As `border.Line.held`."""
        name = "skp22" if result.kind is Kind.ANNUAL else "kinerjaperiodik"
        found = self._authorised("GET", f"pns/rw-{name}/{result.number}", b"", rows)
        ours = payload(result, self._settings)
        return tuple(_held(one, ours) for one in found if _same_period(one, result))

    def _own_record(self, number: str) -> None:
        if not self._authorised("GET", f"pns/data-utama/{number}", b"", rows):
            raise Rejected("person_unknown", f"404 {number}")

    def _authorised(self, method: str, path: str, body: bytes, understood: Callable[[Answer, datetime], Any]) -> Any:
        """One call; once more with fresh tokens if the first was refused for its token (never for a busy gateway)."""
        try:
            return understood(self._call(method, path, body), self._today())
        except Halted as error:
            if error.why not in (Stop.TOKEN_EXPIRED, Stop.KEYS_REFUSED):
                raise
        self._tokens.forget()
        return understood(self._call(method, path, body), self._today())

    def _call(self, method: str, path: str, body: bytes) -> Answer:
        address = f"{self._settings['api_url'].rstrip('/')}/{path}"
        return self._ask(method, address, {**_JSON, **self._tokens.headers()}, body)


def _same_period(one: Mapping[str, Any], result: Result) -> bool:
    if str(one.get("tahun", "")) != str(result.starts.year):
        return False
    if result.kind is Kind.ANNUAL:
        return True
    months = (str(one.get("bulanMulaiPenilaian", "")), str(one.get("bulanSelesaiPenilaian", "")))
    return months == (str(result.starts.month), str(result.ends.month))


def _held(one: Mapping[str, Any], ours: Mapping[str, Any]) -> Held:
    theirs = {name: next((one[key] for key in keys if key in one), "") for name, keys in _READ_AS.items()}
    differs = {
        name: (str(ours[name]), str(value)) for name, value in theirs.items() if str(ours[name]) != str(value or "")
    }
    return Held(str(one["id"]), differs)
