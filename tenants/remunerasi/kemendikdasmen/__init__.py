"""Permendikdasmen 14/2025: a deduction in the next quarter, and deductions for absence."""

from __future__ import annotations

from pathlib import Path

from remunerasi.books import Book

book = Book(Path(__file__).parent)
