"""Perban Bakamla 1/2023: the monthly deduction from tukin by the month's predikat."""

from __future__ import annotations

from pathlib import Path

from remunerasi.books import Book

book = Book(Path(__file__).parent)
