"""PP 10/1979 Ps 4, 5 and 8: which elements of DP3 count, the label of each, and who may rate."""

from __future__ import annotations

from polars import Expr, lit, when

from selaras.regulation import Columns, Label, Step, Values, at_least, person_step, round_law

LEADERSHIP = "PP 10/1979 Ps 4 ayat (3)"
LABELS = "PP 10/1979 Ps 5 ayat (1)"


@person_step(
    article="PP 10/1979 Ps 8",
    label={"id": "Kewenangan pejabat penilai", "en": "Whether the rater may rate"},
    kind="code",
)
def rater_entitled(person: Columns, p: Values) -> Expr:
    """Six months of supervision; who has fewer works with the earlier rater's material, so nothing is withheld here."""
    enough = person.months_supervised >= p.supervision_months
    return when(enough).then(lit("berwenang")).when(~enough).then(lit("belum_enam_bulan"))


@person_step(
    article=LEADERSHIP,
    label={"id": "Penilaian kepemimpinan", "en": "Whether leadership is rated"},
    kind="code",
)
def leadership_rule(person: Columns, p: Values) -> Expr:
    """Rank and post decide. Where they are not stated the form itself tells: leadership counts if it was filled in."""
    applies = person.holds_post & person.golongan.is_in(p.leadership_ranks)
    given = person.kepemimpinan.is_not_null()
    return (
        when(applies & given)
        .then(lit("dinilai"))
        .when(applies)
        .then(lit("belum_dinilai"))
        .when(~applies & given)
        .then(lit("diisi_tetapi_tidak_berlaku"))
        .when(~applies)
        .then(lit("tidak_berlaku"))
        .when(given)
        .then(lit("dinilai"))
        .otherwise(lit("tidak_berlaku"))
    )


@person_step(
    article=LEADERSHIP,
    label={"id": "Kepemimpinan yang diperhitungkan", "en": "Leadership as it counts"},
    unit="poin",
)
def leadership_counted(person: Columns) -> Expr:
    """Empty where it does not apply, never 0: a 0 would pull the mean down."""
    return when(person.leadership_rule == "dinilai").then(person.kepemimpinan)


def sebutan_of(value: Expr, p: Values) -> Expr:
    """The label of a value. The law states it for whole numbers: the convention says how a fraction becomes one."""
    convention = p.label_conventions[p.label_convention]
    whole = round_law(value, 0, convention["bands"], article=LABELS)
    at_top = round_law(value, 0, convention["top"], article=LABELS)
    limits = p.label_from
    return (
        when(value.is_null())
        .then(lit(None))
        .when(at_least(at_top, limits["amat_baik"]))
        .then(lit("amat_baik"))
        .when(at_least(whole, limits["baik"]))
        .then(lit("baik"))
        .when(at_least(whole, limits["cukup"]))
        .then(lit("cukup"))
        .when(at_least(whole, limits["sedang"]))
        .then(lit("sedang"))
        .otherwise(lit("kurang"))
    )


def _label_step(element: str, column: str, words: Label) -> Step:
    def label(person: Columns, p: Values) -> Expr:
        return sebutan_of(getattr(person, column), p)

    label.__name__ = f"{element}_sebutan"
    titles = Label(id=f"Sebutan {words['id']}", en=f"Label of {words['en']}")
    return person_step(article=LABELS, label=titles, kind="code")(label)


ELEMENTS: dict[str, Label] = {
    "kesetiaan": {"id": "kesetiaan", "en": "loyalty"},
    "prestasi_kerja": {"id": "prestasi kerja", "en": "work performance"},
    "tanggung_jawab": {"id": "tanggung jawab", "en": "responsibility"},
    "ketaatan": {"id": "ketaatan", "en": "obedience"},
    "kejujuran": {"id": "kejujuran", "en": "honesty"},
    "kerja_sama": {"id": "kerja sama", "en": "cooperation"},
    "prakarsa": {"id": "prakarsa", "en": "initiative"},
}

ELEMENT_STEPS = (
    rater_entitled,
    leadership_rule,
    leadership_counted,
    *(_label_step(name, name, words) for name, words in ELEMENTS.items()),
    _label_step("kepemimpinan", "leadership_counted", {"id": "kepemimpinan", "en": "leadership"}),
)
