"""Operators of the instance: their accounts and roles; nothing of theirs stands at any agency."""
