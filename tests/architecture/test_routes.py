"""Every view of pages, API and console declares a permission or says `public`, seen in the source text.

The same is asked of the running applications' URL maps in tests/web/test_edge.py and tests/admin/test_walls.py.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import pytest
from architecture.sources import Source, dotted, source, sources

EDGES = ("platform/selaras/web/", "platform/selaras/api/", "platform/selaras/app.py", "admin/selaras_admin/")
METHODS = frozenset({"get", "post", "put", "patch", "delete", "route"})


def views(given: Iterable[Source]) -> Iterator[tuple[str, list[str]]]:
    """Every function that a route leads to, with the names of its decorators."""
    for one in given:
        for function in one.functions():
            calls = [item.func if isinstance(item, ast.Call) else item for item in function.decorator_list]
            if any(isinstance(item, ast.Attribute) and item.attr in METHODS for item in calls):
                yield f"{one.name}:{function.lineno}: {function.name}", [dotted(item) for item in calls]


def undeclared(given: Iterable[Source]) -> list[str]:
    """Views that nobody said who may use."""
    return [
        name for name, decorators in views(given) if not {"needs", "public"} & {d.split(".")[-1] for d in decorators}
    ]


def edges() -> list[Source]:
    return [one for one in sources("platform", "admin") if one.name.startswith(EDGES)]


@pytest.mark.parametrize("part", ["platform/selaras/web/", "platform/selaras/api/", "admin/selaras_admin/"])
def test_every_view_declares_who_may_use_it(part: str) -> None:
    mine = [one for one in edges() if one.name.startswith(part)]
    assert len(list(views(mine))) > 5
    assert undeclared(mine) == []


def test_a_view_that_declares_nothing_is_found() -> None:
    text = """
@pages.get("/secret")
def secret(): ...

@endpoints.route("/fine")
@needs(Permission.SEE_PEOPLE)
def fine(): ...

@console.post("/open")
@public
def open_to_all(): ...

@pages.app_context_processor
def no_view(): ...

"""
    assert undeclared([source(text)]) == ["planted.py:3: secret"]
