"""What every part of the demo works with: the databases, the registry and the file store of a running instance."""

from __future__ import annotations

from dataclasses import dataclass

from selaras.config import Settings
from selaras.db.session import Database
from selaras.errors import Unavailable
from selaras.exchange.report import ImportReport
from selaras.files.store import LocalStore
from selaras.regulation import Registry

OPERATOR = "demo"


@dataclass(frozen=True)
class Stage:
    """A running instance, in the roles of the agencies' application and of the operators' console."""

    app: Database
    console: Database
    registry: Registry
    store: LocalStore
    settings: Settings


def refuse_refused(report: ImportReport, file: str, agency: str) -> None:
    """`Unavailable` where a generated file was refused: then the demo itself is wrong."""
    if report.state == "refused":
        raise Unavailable(
            "demo_import",
            "The generated {file} of {agency} was refused: {problem}",
            file=file,
            agency=agency,
            problem=str(report.problems[0]),
        )
