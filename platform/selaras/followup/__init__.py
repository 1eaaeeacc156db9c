"""What follows an outcome: remuneration."""
