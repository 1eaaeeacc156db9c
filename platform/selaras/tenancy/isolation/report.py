"""The proof in words that an agency can read, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from selaras.tenancy.isolation.proof import Planted, Proof

WIDTH = 78


def as_json(proof: Proof) -> dict[str, Any]:
    """Everything in the proof, with times in ISO 8601 (UTC) and the verdict."""
    found = asdict(proof)
    return found | {
        "holds": proof.holds,
        "started": proof.started.isoformat(),
        "finished": proof.finished.isoformat(),
    }


def as_text(proof: Proof) -> str:
    """A dated page: the verdict in Indonesian and English, what was planted, checked, attacked and probed."""
    parts = [_verdict(proof), _planted(proof), _checked(proof), _attacked(proof), _probed(proof), _limits()]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _verdict(proof: Proof) -> list[str]:
    seconds = (proof.finished - proof.started).total_seconds()
    planted, caught = _planted_and_caught(proof)
    if proof.holds:
        indonesian = f"TERBUKTI: {caught} kebocoran yang ditanam semuanya ditemukan, dan tidak ada kebocoran lain."
        english = f"PROVEN: all {caught} leaks that were planted were found, and there is no other."
    else:
        holes = len(proof.findings) + len(proof.leaks)
        indonesian = (
            f"TIDAK TERBUKTI: {holes} celah ditemukan; {len(proof.missed)} dari {planted} tanaman tidak tertangkap."
        )
        english = f"NOT PROVEN: {holes} holes were found; {len(proof.missed)} of {planted} planted leaks were missed."
    return [
        "Proof of isolation between agencies / Bukti isolasi antarinstansi",
        "=" * WIDTH,
        f"{proof.started:%Y-%m-%d %H:%M:%S} UTC, {seconds:.1f} s, {proof.server}, seed {proof.seed}",
        "",
        indonesian,
        english,
    ]


def _planted_and_caught(proof: Proof) -> tuple[int, int]:
    tried = [one for one in proof.planted if one.caught is not None and not one.is_control]
    return len(tried), sum(1 for one in tried if one.caught)


def _planted(proof: Proof) -> list[str]:
    lines = [
        "1. Leaks that were planted on purpose",
        "   In a schema of its own, which is gone again. Whoever misses one of these may not claim to find none.",
    ]
    return lines + [f"   {_mark(one)} {one.name:<52} {one.finder}{_note(one)}" for one in proof.planted]


def _mark(one: Planted) -> str:
    if one.caught is None:
        return "skipped"
    return ("ok     " if one.is_control else "caught ") if one.caught else "MISSED "


def _note(one: Planted) -> str:
    return f" ({one.note})" if one.note else ""


def _checked(proof: Proof) -> list[str]:
    lines = [
        "2. What the database says of itself",
        f"   {proof.tables} tables with rows of agencies were compared with what the product declares of them.",
    ]
    for one in proof.findings:
        lines += [f"   FOUND {one.rule}: {one.object}: {one.what}", f"         what to do: {one.remedy}"]
    return lines + ([] if proof.findings else ["   Nothing was found."])


def _attacked(proof: Proof) -> list[str]:
    lines = [
        "3. Attacks by one agency on another",
        f"   {proof.attacks} attacks of {proof.kinds} kinds on {proof.tables} tables: {proof.refused} were refused, "
        f"{proof.empty} came back empty, {len(proof.leaks)} got through.",
    ]
    return lines + [f"   LEAK  {one.attack} on {one.target}: {one.what}" for one in proof.leaks]


def _probed(proof: Proof) -> list[str]:
    lines = ["4. What lies beside the tables"]
    return lines + [f"   {name:<52} {found} found" for name, found in proof.probed]


def _limits() -> list[str]:
    return [
        "5. What this does not prove",
        "   Row-level security guards against our own mistakes. Whoever can run SQL of their own choice as the app, or",
        "   has the migrator's or the server's password, is not held by it. An agency may run this proof again at any",
        "   time: selaras tenant prove-isolation",
    ]
