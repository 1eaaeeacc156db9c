"""Every table of the product, imported once, so that the metadata is whole (migrations, catalogue checks)."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files

from sqlalchemy import MetaData

import selaras
from selaras.db.base import Base, metadata


def load_tables() -> MetaData:
    """Import the `models` of every capability, found by walking the package; returns the whole metadata."""
    for folder in sorted(files(selaras).iterdir(), key=lambda entry: entry.name):
        # Looking at the file keeps capabilities without tables (the web among them) unimported.
        if (folder / "models.py").is_file():
            import_module(f"selaras.{folder.name}.models")
    return metadata


def sides() -> dict[str, type[Base]]:
    """Table name → the model that declares its side."""
    load_tables()
    return {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]  # every model here maps one plain table
