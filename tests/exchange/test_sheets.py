"""Bytes into sheets: by content, not by name; what cannot be read is refused in words."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from time import process_time
from zipfile import ZipFile

import pytest
from factories.uploads import workbook

from selaras.exchange.sheets import LARGEST, MEGABYTE, Sheet, Unreadable, cell_text, read_sheets


def rows(sheet: Sheet) -> list[tuple[object, ...]]:
    return sheet.cells.rows()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_found_out(delimiter: str) -> None:
    text = delimiter.join(("A", "B")) + "\n" + delimiter.join(("1", "2")) + "\n"
    (sheet,) = read_sheets("x.csv", text.encode())
    assert sheet.header == ("A", "B")
    assert rows(sheet) == [(2, "1", "2")]


def test_byte_order_mark_and_windows_line_ends_are_tolerated() -> None:
    (sheet,) = read_sheets("x.csv", b"\xef\xbb\xbfA;B\r\n1;2\r\n")
    assert (sheet.header, rows(sheet)) == (("A", "B"), [(2, "1", "2")])


def test_rows_are_numbered_as_in_the_file_over_blank_and_broken_lines() -> None:
    (sheet,) = read_sheets("x.csv", b'A,B\n\n"two\nlines",2\n,\n3,4\n\n')
    assert rows(sheet) == [(3, "two\nlines", "2"), (5, "3", "4")]


def test_sheets_of_a_workbook_come_with_name_and_row() -> None:
    data = workbook({"PNS": [["A", "B"], ["x", 1], ["", ""], ["y", 2.5]], "Kosong": [], "PPPK": [["A"], ["z"]]})
    first, second = read_sheets("anything.csv", data)
    assert (first.name, first.header, rows(first)) == ("PNS", ("A", "B"), [(2, "x", "1"), (4, "y", "2,5")])
    assert (second.name, rows(second)) == ("PPPK", [(2, "z")])


def test_header_only_has_no_rows() -> None:
    assert rows(read_sheets("x.csv", b"A,B\n")[0]) == []
    assert rows(read_sheets("x.xlsx", workbook({"S": [["A", "B"]]}))[0]) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        (" x ", " x "),
        (12.0, "12"),
        (12, "12"),
        (1.234, "1,234"),
        (True, "true"),
        (date(2026, 3, 1), "01-03-2026"),
        (datetime(2026, 3, 1, 8), "01-03-2026"),  # noqa: DTZ001  # a spreadsheet knows no zone
        (time(8, 30), "08:30:00"),
        (198505052010051005.0, "1.98505052010051E+17"),
    ],
)
def test_cells_read_as_a_csv_file_would_hold_them(value: object, text: str | None) -> None:
    assert cell_text(value) == text


def refused(data: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_sheets("file.csv", data)
    return caught.value


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \n \n", "file_empty"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "file_old_excel"),
        (b"PK\x03\x04" + b"not a package", "file_not_a_table"),
        (b"A,B\n\0\0\n", "file_not_a_table"),
        ("A,B\nJalan Dipati,Kafé\n".encode("latin-1"), "file_encoding"),
        (b"x" * (10 * MEGABYTE), "file_not_a_table"),
        (bytes(range(256)) * 4096, "file_not_a_table"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, code: str) -> None:
    assert refused(data).code == code


def test_too_large_a_file_is_refused_before_it_is_read() -> None:
    assert refused(b"A" * (LARGEST * MEGABYTE + 1)).code == "file_too_large"


def test_a_workbook_that_unpacks_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("selaras.exchange.sheets.LARGEST_UNPACKED", 0)
    data = workbook({"S": [["A"], *[[f"{n}" * 40] for n in range(30_000)]]})
    assert refused(data).code == "file_too_large"


@pytest.mark.parametrize(
    ("data", "row", "code"),
    [
        (b"A,B\n1,2\n1,2,3\n", 3, "row_ragged"),
        (b"A,B\n1\n", 2, "row_ragged"),
        (b'A,B\n1,"2"x\n', 2, "row_broken"),
        (b'A,B\n1,2\n1,"2\n', 3, "row_broken"),
        (b'A,B\n1,"' + b"y" * 200_000 + b'"\n', 2, "row_broken"),
    ],
)
def test_a_broken_row_is_named(data: bytes, row: int, code: str) -> None:
    found = refused(data)
    assert (found.code, found.row) == (code, row)


def test_a_formula_in_a_workbook_is_refused_with_its_cell() -> None:
    found = refused(workbook({"S": [["A", "B"], ["x", "=1+1"]]}))
    assert (found.code, found.row, found.params["value"]) == ("formula", 2, "B2")


NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def repacked(sheet: str, *, path: str = "worksheets/sheet1.xml", more: str = "") -> bytes:
    """A workbook whose one sheet is this text, at this path in the package."""
    made = BytesIO()
    with ZipFile(BytesIO(workbook({"S": [["A", "B"]]}))) as package, ZipFile(made, "w") as other:
        for name in package.namelist():
            content = package.read(name)
            if name == "xl/worksheets/sheet1.xml":
                name, content = f"xl/{path}", sheet.encode()  # noqa: PLW2901  # this very entry is moved
            other.writestr(name, content.replace(b"worksheets/sheet1.xml", path.encode()))
        if more:
            other.writestr(more, "x")
    return made.getvalue()


def test_cells_that_lie_too_far_apart_are_refused_before_room_is_made_for_them() -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c s="1" r="XFD1048576"><v>1</v></c></row>'
    found = refused(repacked(f"<worksheet {NAMESPACE}><sheetData>{cells}</sheetData></worksheet>"))
    assert (found.code, found.params["reason"]) == ("file_not_a_table", "its cells reach to XFD1048576")


def test_cells_without_a_place_are_counted() -> None:
    cells = f"<row>{'<c><v>1</v></c>' * 8_000}</row>" + "<row><c><v>1</v></c></row>" * 8_000
    found = refused(repacked(f"<worksheet {NAMESPACE}><sheetData>{cells}</sheetData></worksheet>"))
    assert (found.code, found.params["reason"]) == ("file_not_a_table", "its cells reach to KUR8001")


def test_a_formula_is_found_wherever_the_sheet_lies_and_however_it_is_written() -> None:
    cells = "<x:row r='1'><x:c s='0' r='B1'><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>"
    sheet = f"<x:worksheet {NAMESPACE.replace('xmlns', 'xmlns:x')}><x:sheetData>{cells}</x:sheetData></x:worksheet>"
    found = refused(repacked(sheet, path="elsewhere/one.xml"))
    assert (found.code, found.row, found.params["value"]) == ("formula", 1, "B1")


def test_many_texts_before_something_like_a_formula_are_read_in_linear_time() -> None:
    text = '<row><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    sheet = f"<worksheet {NAMESPACE}><foo/><sheetData>{text * 20_000}</sheetData></worksheet>"
    began = process_time()
    read_sheets("x.xlsx", repacked(sheet))
    assert process_time() - began < 5


@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.bin"])
def test_another_kind_of_workbook_is_refused(name: str) -> None:
    sheet = f"<worksheet {NAMESPACE}><sheetData/></worksheet>"
    assert refused(repacked(sheet, more=name)).code == "file_not_a_table"


def test_a_sheet_that_is_no_xml_is_refused() -> None:
    assert refused(repacked("<worksheet><sheetData><row r=")).code == "file_not_a_table"
