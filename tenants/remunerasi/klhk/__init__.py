"""Permen LHK 6/2024: tukin of the former ministry of environment and forestry by last year's predikat."""

from __future__ import annotations

from pathlib import Path

from remunerasi.books import Book

book = Book(Path(__file__).parent)
