"""The national exchange: what an agency's results come to elsewhere, and what is in the way."""
