"""Tickets ("Laporkan kendala"): told by anybody, answered by unit, agency and operator."""
