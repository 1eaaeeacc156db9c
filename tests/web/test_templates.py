"""No page carries a script, a style or an event handler of its own: the policy of every answer would refuse it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from architecture.sources import ROOT

FOLDERS = (ROOT / "platform" / "selaras" / "web" / "templates", ROOT / "admin" / "selaras_admin" / "templates")
INLINE = re.compile(
    r"<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:|\ssrcdoc\s*=|\shx-on|<base\b|<iframe|<object",
    re.IGNORECASE,
)
SOURCE = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\s(?:src|href)=\"([^\"]*)\"")


def templates() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted(folder.rglob("*.html"))]


def inline(text: str) -> list[str]:
    """What a browser would refuse under our policy."""
    return INLINE.findall(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL))


def test_no_template_carries_anything_inline() -> None:
    assert len(templates()) > 40
    found = {path.name: inline(path.read_text("utf-8")) for path in templates()}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_what_pages_load_is_ours() -> None:
    loaded = {source for path in templates() for source in SOURCE.findall(path.read_text("utf-8"))}
    assert loaded
    assert all(source.startswith("{{ asset(") for source in loaded), loaded


@pytest.mark.parametrize(
    "text",
    [
        "<style>p{color:red}</style>",
        '<p style="color:red">',
        "<script>go()</script>",
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        '<form hx-on:submit="go()">',
    ],
)
def test_what_is_inline_is_found(text: str) -> None:
    assert inline(text) != []
    assert inline("<script src=\"{{ asset('htmx.js') }}\" defer></script>") == []
