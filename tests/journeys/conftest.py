"""Tests here go through HTTP against the site."""

from factories.site_fixtures import site as site
