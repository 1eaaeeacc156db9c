"""Tests here go through HTTP against the site as well."""

from factories.site_fixtures import fresh_attempts, site

__all__ = ["fresh_attempts", "site"]
