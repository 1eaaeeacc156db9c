"""Units, positions, people, reporting lines."""
