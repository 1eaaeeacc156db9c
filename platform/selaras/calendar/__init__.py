"""Zones, holidays and legal days."""
