"""The fixture `site`, for what goes through HTTP."""

from factories.site_fixtures import fresh_attempts, site

__all__ = ["fresh_attempts", "site"]
