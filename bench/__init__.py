"""Measurements: how fast a period closes, a request is answered, an agency is provisioned; always as ratios."""
