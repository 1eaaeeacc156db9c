"""The fixture `site`, for what people hand in through pages and API."""

from factories.site_fixtures import fresh_attempts, site

__all__ = ["fresh_attempts", "site"]
