"""The blueprint that every page is part of."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("web", __name__, template_folder="templates")
