"""A regency's TPP in four components, each realised and rounded by itself, as its application works it out."""

from __future__ import annotations

from pathlib import Path

from remunerasi.books import Book

book = Book(Path(__file__).parent)
