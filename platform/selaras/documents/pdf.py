"""PDF out of a Typst template and plain data: data never becomes markup, and nothing outside the template is read."""

from __future__ import annotations

import json
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst


def render(template: str, data: dict[str, Any]) -> bytes:
    """The PDF/A-2b of `templates/<template>.typ` filled with `data` (JSON-able), as bytes."""
    source = (files("selaras.documents") / "templates" / f"{template}.typ").read_bytes()
    with tempfile.TemporaryDirectory(prefix="selaras-pdf-") as folder:
        page = Path(folder) / "document.typ"
        page.write_bytes(source)
        made = typst.compile(
            str(page), root=folder, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, pdf_standards=["a-2b"]
        )
    assert isinstance(made, bytes)
    return made
