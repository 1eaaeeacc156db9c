"""PMK 221/PMK.01/2021: deductions from tukin for attendance at the ministry of finance."""

from __future__ import annotations

from pathlib import Path

from remunerasi.books import Book

book = Book(Path(__file__).parent)
