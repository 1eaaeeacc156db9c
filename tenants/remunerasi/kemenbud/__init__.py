"""Permenkebud 3/2025: 70 per cent of tukin for work achieved, 30 for attendance."""

from __future__ import annotations

from pathlib import Path

from remunerasi.books import Book

book = Book(Path(__file__).parent)
