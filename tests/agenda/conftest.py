"""The fixture `site`, for the plans' pages and endpoints."""

from factories.site_fixtures import fresh_attempts, site

__all__ = ["fresh_attempts", "site"]
