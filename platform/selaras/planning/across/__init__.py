"""Input from another agency: a grant for one assignment of one person, kept at both agencies and told by letters."""
