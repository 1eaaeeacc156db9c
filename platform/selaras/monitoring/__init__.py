"""Progress, evidence and feedback."""
