"""Calibration: a meeting compares the ratings of a group of people, and every word of it stays readable."""
