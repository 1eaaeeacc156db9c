"""Ratings, outcomes, ranking groups and distribution."""
