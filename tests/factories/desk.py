"""Somebody at the form of their plan, as a browser without JavaScript fills it in and sends it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from factories.site import Home, Site, Visitor

YEAR = 2026
FIELD = re.compile(r'<(?:input|textarea|select)[^>]* name="([^"]+)"[^>]*>', re.S)
SEEN = re.compile(r'name="seen" value="([^"]+)"')
REASON = "Tambahkan indikator kualitas pada hasil pertama."


def path(home: Home, n: int, more: str = "/write", year: int = YEAR) -> str:
    return f"/people/{home.person(n)}/plans/{year}{more}"


class Desk:
    """Somebody at the form of their plan; `fields` is what stands in it, as a browser would send it."""

    def __init__(self, home: Home, n: int, year: int = YEAR) -> None:
        self.home, self.n, self.year = home, n, year
        self.visitor: Visitor = home.as_person(n)
        self.fields: dict[str, str] = {}
        self.read()

    def read(self, more: str = "") -> str:
        page = self.visitor.page(path(self.home, self.n, "/write" + more, self.year))
        self.fields = sent_by(page)
        return page

    def press(self, button: str, to: str = "/write", **more: str) -> Any:
        where = path(self.home, self.n, year=self.year)
        own = path(self.home, self.n, to, self.year)
        return self.visitor.post(own, {**self.fields, **more, "do": button}, on=where)

    def write(self, **more: str) -> Any:
        """Type a whole result and save."""
        at = {
            "model": "kuantitatif",
            "items.0.title": "Naskah tersusun",
            "items.0.measures.0.indicator": "Jumlah naskah",
            "items.0.measures.0.target": "10,5",
            "items.0.measures.0.measure": "naskah",
        }
        return self.press("save", **(at | {name.replace("__", "."): value for name, value in more.items()}))


def sent_by(page: str) -> dict[str, str]:
    """The fields of the form of the plan with their values, as a browser without JavaScript sends them."""
    form = page[page.index('id="plan"') : page.rindex("</form>")]
    found: dict[str, str] = {}
    for tag in re.finditer(r"<input([^>]*)>", form):
        name, value = re.search(r'name="([^"]+)"', tag[1]), re.search(r'value="([^"]*)"', tag[1])
        if name and ('type="radio"' not in tag[1] or " checked" in tag[1]):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, body in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = unescape(body)
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        options = re.findall(r'<option value="([^"]*)"( selected)?', body)
        found[name] = next((value for value, chosen in options if chosen), options[0][0])
    found.pop("form_token", None)
    return found


def stored(home: Home, n: int, year: int = YEAR) -> Any:
    return home.as_person(n).get(f"/api/v1/people/{home.person(n)}/plans/{year}").json["plan"]


@pytest.fixture(autouse=True)
def clean(site: Site, urls: Any) -> None:
    """No plans; as the administrator, because the application can remove neither versions nor what was said."""
    with psycopg.connect(urls.admin) as connection:
        tables = (
            "plan_amendment",
            "plan_version",
            "plan_remark",
            "plan_reading",
            "team_input",
            "item_strategy",
            "item_measure",
            "result_share",
            "plan_item",
            "assignment",
            "goal",
        )
        for table in (*tables, "plan_annex", "plan_expectation", "plan"):
            connection.execute(f"DELETE FROM selaras.{table} WHERE tenant_id = %s", (site.open.tenant_id,))


def set_state(home: Home, n: int, state: str) -> None:
    with home.database.tenant(home.tenant_id) as session:
        session.execute(
            text("UPDATE selaras.plan SET state = :s WHERE tenant_id = :t AND person_id = :p"),
            {"t": home.tenant_id, "p": home.person(n), "s": state},
        )
