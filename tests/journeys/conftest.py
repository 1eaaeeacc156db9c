"""Tests here go through HTTP against the site."""

from factories.browsing import browser, serve
from factories.providers import nanoidp
from factories.site_fixtures import fresh_attempts, site

__all__ = ["browser", "fresh_attempts", "nanoidp", "serve", "site"]
