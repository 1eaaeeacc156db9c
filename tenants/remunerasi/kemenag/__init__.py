"""PMA 29/2016: the older tukin of the ministry of religious affairs, by last year's predikat in its older labels."""

from __future__ import annotations

from pathlib import Path

from remunerasi.books import Book

book = Book(Path(__file__).parent)
