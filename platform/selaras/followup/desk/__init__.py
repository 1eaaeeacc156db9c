"""The objection desk: hearing both sides, the frozen evidence, who stands back, and its figures."""
