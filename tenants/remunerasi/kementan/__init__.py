"""Permentan 68/2012: deductions from tukin for attendance and discipline."""

from __future__ import annotations

from pathlib import Path

from remunerasi.books import Book

book = Book(Path(__file__).parent)
