"""A regency's TPP in two parts, 60 per cent for performance and 40 for discipline, as a press report tells it."""

from __future__ import annotations

from pathlib import Path

from remunerasi.books import Book

book = Book(Path(__file__).parent)
