"""The proof of isolation: planted leaks, the catalogue check, the random attacker, and what upper layers add."""
