"""Tests here go through HTTP against the site, or to servers that receive."""

from factories.site_fixtures import fresh_attempts, site

__all__ = ["fresh_attempts", "site"]
