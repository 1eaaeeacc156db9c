"""`python -m bench close|request|…`: one measurement on servers of its own."""

from __future__ import annotations

import sys
from importlib import import_module

MEASUREMENTS = (
    "close",
    "request",
    "provision",
    "appraise",
    "tree",
    "identity",
    "funnel",
    "deadline",
    "survey",
    "simulate",
    "pages",
    "calibration",
)


def main() -> None:
    """Hand over to the measurement that the first argument names."""
    if len(sys.argv) < 2 or sys.argv[1] not in MEASUREMENTS:
        raise SystemExit(f"usage: python -m bench {'|'.join(MEASUREMENTS)} [options]   (each has --help)")
    import_module(f"bench.{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
