"""A national system to be told to: the documented shapes of SIASN's web service, and its misbehaviour on demand.

By hand: `.venv/bin/python tests/simulators/siasn.py` prints its address. `POST /_faults {"calls": ["html", null, …]}`
says how its next calls go wrong; `GET /_state` shows what it holds, and how often it was asked what.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

from flask import Flask, Response, request
from werkzeug.serving import make_server

KEYS, OPERATOR = ("kunci", "rahasia"), "198001012005011001"
HELD: dict[str, dict[str, dict[str, Any]]] = {"skp22": {}, "kinerjaperiodik": {}}
CALLS: list[str] = []
FAULTS: list[str | None] = []
TOKENS = {"gateway": "gw-1", "sso_ends": 0}
REQUIRED = {
    "skp22": ("tahun", "pnsDinilaiOrang", "hasilKinerjaNilai", "perilakuKerjaNilai", "kuadranKinerjaNilai"),
    "kinerjaperiodik": ("pnsDinilaiId", "koefisienId", "bulanMulaiPenilaian", "periodikId", "tahunMulaiPenilaian"),
}
WHOSE = {"skp22": "pnsDinilaiOrang", "kinerjaperiodik": "pnsDinilaiId"}
NAMED = {"skp22": "rwSkpId", "kinerjaperiodik": "rwKinerjaPeriodikId"}

app = Flask("siasn")


def token(seconds: int, **more: Any) -> str:
    """An operator's token, with the claims that theirs have; nobody checks its signature here."""
    claims = {"exp": int(time.time()) + seconds, "preferred_username": OPERATOR, **more}
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{middle}.x"


@app.post("/_faults")
def faults() -> dict[str, Any]:
    FAULTS[:] = request.get_json()["calls"]
    return {}


@app.get("/_state")
def state() -> dict[str, Any]:
    return {"held": HELD, "calls": CALLS}


@app.post("/_reset")
def reset() -> dict[str, Any]:
    for one in HELD.values():
        one.clear()
    CALLS.clear()
    FAULTS.clear()
    return {}


@app.post("/oauth2/token")
def gateway_token() -> Any:
    CALLS.append("token")
    given = request.authorization
    if given is None or (given.username, given.password) != KEYS:
        return {"error": "invalid_client", "error_description": "Invalid Credentials"}, 401
    TOKENS["gateway"] = f"gw-{uuid4()}"
    return {"access_token": TOKENS["gateway"], "token_type": "Bearer", "expires_in": 3600}


@app.post("/sso/token")
def operator_token() -> Any:
    if request.form.get("password") != "sandi":
        return {"error": "invalid_grant"}, 401
    return {"access_token": token(43_200), "expires_in": 43_200}


def refusal() -> Any:
    """What a call comes to before it has any effect; None where it may go on."""
    if request.headers.get("Authorization") != f"Bearer {TOKENS['gateway']}":
        return {"code": "900901", "description": "Invalid Credentials"}, 401
    lent = request.headers.get("Auth", "").removeprefix("bearer ").split(".")
    claims = json.loads(base64.urlsafe_b64decode(lent[1] + "==")) if len(lent) == 3 else {}
    if claims.get("exp", 0) < time.time():
        return {"message": "invalid or expired jwt"}, 401
    return None


def wrong(fault: str | None) -> Any:
    """An answer that is given instead, before any effect."""
    match fault:
        case "token_swapped":
            return {"code": 0, "data": "Token SSO mismatch"}, 401
        case "gateway_expired":
            TOKENS["gateway"] = "another"
            return {"code": "900901", "description": "Invalid Credentials"}, 401
        case "html":
            return Response("<html><body>502 Bad Gateway</body></html>", 502, mimetype="text/html")
        case "server_error":
            return {"message": "Runtime Error"}, 500
        case "suspended":
            return {"fault": {"code": 303001, "message": "Runtime Error", "description": "endpoint SUSPENDED"}}, 503
        case "throttled":
            return {"fault": {"code": 900800, "message": "Message throttled out"}}, 429
        case "slow":
            time.sleep(1.5)
    return None


@app.get("/apisiasn/1.0/pns/data-utama/<number>")
def person(number: str) -> Any:
    CALLS.append("data-utama")
    fault = FAULTS.pop(0) if FAULTS else None
    if instead := refusal() or wrong(fault):
        return instead
    if number != OPERATOR:
        return {"code": 0, "data": "Data tidak ditemukan"}, 404
    return {"code": 1, "data": {"id": "A1", "nipBaru": number}}


@app.get("/apisiasn/1.0/pns/rw-<kind>/<number>")
def history(kind: str, number: str) -> Any:
    CALLS.append(f"rw-{kind}")
    fault = FAULTS.pop(0) if FAULTS else None
    if instead := refusal() or wrong(fault):
        return instead
    found = [_as_read(kind, key, one) for key, one in HELD[kind].items() if one["_number"] == number]
    if not found:
        return {"code": 0, "data": "Data tidak ditemukan"}, 404
    return {"code": 1, "data": found, "count": len(found)}


@app.post("/apisiasn/1.0/<kind>/save")
def save(kind: str) -> Any:
    CALLS.append(f"{kind}/save")
    fault = FAULTS.pop(0) if FAULTS else None
    if instead := refusal() or wrong(fault):
        return instead
    body = request.get_json()
    lacking = [name for name in REQUIRED[kind] if not body.get(name)]
    if lacking or fault == "refused":
        said = " ".join(f"* {name[0].upper()}{name[1:]} is required" for name in lacking) or "* tidak berwenang"
        return {"success": False, "message": f"{len(lacking)} errors occurred: {said}"}
    key = body.get("id") or str(uuid4())
    HELD[kind][key] = {**body, "_number": _number_of(body[WHOSE[kind]])}
    match fault:
        case "timeout_after_effect":
            time.sleep(2)
        case "truncated":
            return Response('{"success": true, "mapData": {"rwSk', mimetype="application/json")
        case "bare_id":
            return {"success": True, "message": "ok", "mapData": key}
    return {"success": True, "message": "ok", "mapData": {NAMED[kind]: key}}


def _number_of(person_id: str) -> str:
    return PEOPLE.get(person_id, "")


PEOPLE: dict[str, str] = {}


@app.post("/_people")
def people() -> dict[str, Any]:
    """Who is known: national id → NIP."""
    PEOPLE.update(request.get_json())
    return {}


def _as_read(kind: str, key: str, one: dict[str, Any]) -> dict[str, Any]:
    """As it is read back: other names, capitals within them, a null here and there."""
    common = {"id": key, "tahun": one["tahun"], "hasilKinerjaNilai": one["hasilKinerjaNilai"], "path": None}
    if kind == "skp22":
        return common | {
            "PerilakuKerjaNilai": one["perilakuKerjaNilai"],
            "KuadranKinerjaNilai": one["kuadranKinerjaNilai"],
            "nipNrpPenilai": one["penilaiNipNrp"],
        }
    return common | {
        "perilakuKerjaNilai": one["perilakuKerjaNilai"],
        "kuadranNilai": one["kuadranKinerjaNilai"],
        "koefisenId": one["koefisienId"],
        "penilaiNipNrp": one["penilaiNipNrp"],
        "bulanMulaiPenilaian": one["bulanMulaiPenilaian"],
        "bulanSelesaiPenilaian": one["bulanSelesaiPenilaian"],
    }


def main() -> None:
    server = make_server("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0, app, threaded=True)
    print(f"http://localhost:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with suppress(KeyboardInterrupt):
        sys.stdin.read()


if __name__ == "__main__":
    main()
