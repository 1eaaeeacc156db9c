"""`python -m selaras.api.description FILE`: write the API's description, as it is committed and only ever grows."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from flask import Flask

from selaras.api import install


def description() -> dict[str, Any]:
    """The OpenAPI description, without a server or a setting."""
    app = Flask("selaras")
    install(app)
    with app.app_context():
        made: dict[str, Any] = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return made


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(description(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
