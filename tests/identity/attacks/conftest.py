"""Attacks go through HTTP, each from an address of its own."""

from factories.attacks import verdict

__all__ = ["verdict"]
