"""Figures of tickets at the console: six clusters of all agencies, small counts of one agency hidden, no words."""

from __future__ import annotations

import re

from sqlalchemy import text

FIGURES = text(
    "INSERT INTO selaras.ticket_figure (tenant_id, month, category, told, open, forwarded)"
    " VALUES (:t, date_trunc('month', now())::date, :c, :told, 1, 1),"
    " (:t, (date_trunc('month', now()) - interval '14 months')::date, :c, 900, 900, 900)"
)


def test_clusters_are_counted_over_a_year_and_small_counts_are_hidden(sign_in, plant, database):
    large, small = plant("Instansi Besar"), plant("Instansi Kecil")
    told = {large.tenant_id: {"planning": 40, "appraisal": 31}, small.tenant_id: {"planning": 3, "governance": 12}}
    for tenant, clusters in told.items():
        with database.tenant(tenant) as session:
            for cluster, count in clusters.items():
                session.execute(FIGURES, {"t": tenant, "c": cluster, "told": count})
    page = sign_in("support").page("/tickets")
    whole, by_agency = page.split("<details>")
    rows = re.findall(r'<tr><th scope="row"[^>]*>([^<]+)</th>(.*?)</tr>', whole, re.S)
    shown = {name: re.findall(r">([0-9.]+)</td>", cells) for name, cells in rows}
    assert len(shown) == 6
    assert shown["Perencanaan"][0] == "43"
    assert shown["Penilaian"] == ["31", "1", "1"]
    lines = dict(re.findall(r"<li><b>(Instansi \w+)</b>(.*?)</li>", by_agency, re.S))
    assert ">40</b>" in lines["Instansi Besar"]
    assert ">3</b>" not in lines["Instansi Kecil"]
    assert "–" in lines["Instansi Kecil"]
    assert "900" not in page, "of the last twelve months only"


def test_who_gives_no_support_does_not_see_them(sign_in):
    assert sign_in("observer").get("/tickets").status_code == 403
