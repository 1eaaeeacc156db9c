"""Tests here go through HTTP against the site, and where they sign in for real, at two real providers."""

from factories.providers import canaille, nanoidp
from factories.site_fixtures import fresh_attempts, site

__all__ = ["canaille", "fresh_attempts", "nanoidp", "site"]
