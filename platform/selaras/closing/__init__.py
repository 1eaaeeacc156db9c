"""Closing a period: owns the stages and calls downward only."""
