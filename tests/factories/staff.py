"""The staffed agency of the measurements, for tests."""

from bench.staff import UNIT_SIZE, create_staff, make_breach

__all__ = ["UNIT_SIZE", "create_staff", "make_breach"]
