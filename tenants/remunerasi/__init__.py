"""Performance pay of agencies as data: one folder each, on six shared shapes (docs/remuneration.md)."""
