"""PDF out of a Typst template and plain data: data never becomes markup, and nothing outside the template is read."""

from __future__ import annotations

import json
import re
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

HEAD = "letterhead.typ"
"""What every template may import, and nothing else."""
# Whatever is no letter, digit, sign or punctuation of the languages written in Latin letters.
_OTHER = re.compile("[^\\n\\t -~\u00a0-\u024f\u2010-\u205e\u20a0-\u20ba]")


def render(template: str, data: dict[str, Any]) -> bytes:
    """The PDF/A-2b of `templates/<template>.typ` filled with `data` (JSON-able), as bytes.

    PDF/A refuses a character for which no font has a sign; then every one that is not Latin is shown as �.
    """
    try:
        return _compiled(template, data)
    except typst.TypstError:
        return _compiled(template, _latin(data))


def _latin(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _latin(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_latin(one) for one in value]
    return _OTHER.sub("\ufffd", value) if isinstance(value, str) else value


def _compiled(template: str, data: dict[str, Any]) -> bytes:
    kept = files("selaras.documents") / "templates"
    with tempfile.TemporaryDirectory(prefix="selaras-pdf-") as folder:
        page = Path(folder) / "document.typ"
        page.write_bytes((kept / f"{template}.typ").read_bytes())
        (Path(folder) / HEAD).write_bytes((kept / HEAD).read_bytes())
        made = typst.compile(
            str(page), root=folder, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, pdf_standards=["a-2b"]
        )
    assert isinstance(made, bytes)
    return made
