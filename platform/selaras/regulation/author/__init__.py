"""For authors of regulations: a skeleton that works from the start, and a check that says what is still missing."""

from selaras.regulation.author.check import check_plugin
from selaras.regulation.author.grades import Check, Grade, Report
from selaras.regulation.author.skeleton import write_skeleton

__all__ = ["Check", "Grade", "Report", "check_plugin", "write_skeleton"]
