"""Permenlu 3/2025: tukin of the foreign ministry by the predikat of the quarter before."""

from __future__ import annotations

from pathlib import Path

from remunerasi.books import Book

book = Book(Path(__file__).parent)
