"""What a measurement prints: a compact table, and JSON for whoever compares."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from statistics import median
from typing import Any


def table(rows: Sequence[Sequence[object]]) -> str:
    """Rows as columns of equal width; the first row is the header, numbers stand to the right."""
    texts = [[_text(value) for value in row] for row in rows]
    widths = [max(len(row[column]) for row in texts) for column in range(len(texts[0]))]
    numeric = [all(isinstance(row[column], int | float) for row in rows[1:]) for column in range(len(texts[0]))]
    lines = ["  ".join(_placed(*cell) for cell in zip(row, widths, numeric, strict=True)) for row in texts]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _placed(text: str, width: int, number: bool) -> str:
    return text.rjust(width) if number else text.ljust(width)


def _text(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def middle(values: Sequence[float]) -> float:
    """The median: one disturbed round does not move it."""
    return float(median(values))


def keep(path: Path | None, figures: dict[str, Any]) -> None:
    """Write the figures as JSON, if somebody asked for it."""
    if path is not None:
        path.write_text(json.dumps(figures, indent=2, default=_plain) + "\n")


def write_block(page: Path, name: str, figures: str) -> None:
    """Put what a command printed into the page, between the two comments that name the command."""
    begin, end = f"<!-- {name}: figures -->", f"<!-- {name}: end -->"
    before, found, rest = page.read_text("utf-8").partition(begin)
    if not found or end not in rest:
        raise SystemExit(f"{page} has no place “{begin}” … “{end}”")
    page.write_text(f"{before}{begin}\n```text\n{figures}\n```\n{end}{rest.partition(end)[2]}", "utf-8")


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
