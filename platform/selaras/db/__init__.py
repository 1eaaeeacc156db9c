"""Base tables, sessions, walls and bulk movement between columns and rows."""
