"""Tables are read as they are: no cell is converted, and whatever looks wrong is said."""

import io
import zipfile

import msoffcrypto.format.ooxml as ooxml
import openpyxl
import pytest
import xlwt

from benchmarks.clinical.suggestions import loaded
from benchmarks.clinical.tables import held_out
from eucaim_nb import clinical
from eucaim_nb.clinical import Layout
from eucaim_nb.errors import TableError

from .conftest import rules, table


def workbook(*rows, then=lambda book: None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    then(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def texts(raw):
    return {name: column.texts() for name, column in raw.columns.items()}


@pytest.mark.parametrize("one", held_out(), ids=lambda one: one.name)
def test_tables_in_the_style_of_public_cohorts_are_read_without_options(one):
    assert loaded(one) == []


def test_no_cell_is_converted_on_the_way_in():
    raw = table("id;a;b", "007;1,50;NA", " 8 ;1e5;2020-01-05", "true;+3;=1+1")
    assert texts(raw) == {
        "id": ["007", " 8 ", "true"],
        "a": ["1,50", "1e5", "+3"],
        "b": ["NA", "2020-01-05", "=1+1"],
    }
    assert raw.lines.tolist() == [2, 3, 4]


def test_every_guess_is_said_and_can_be_overruled():
    raw = table("id;x", "1;1,5", "2;2,5")
    assert len(raw.guessed) == 3
    assert (raw.layout.delimiter, raw.layout.decimal, raw.layout.encoding) == (";", ",", "utf-8")
    other = table("id;x", "1;a", "2;b", delimiter=",")
    assert texts(other) == {"id;x": ["1;a", "2;b"]}


def test_accents_in_an_old_code_page_are_read_and_doubted():
    raw = clinical.load("Código;Año\nA1;señor\nÑ2;mañana\n".encode("cp1252"))
    assert texts(raw) == {"Código": ["A1", "Ñ2"], "Año": ["señor", "mañana"]}
    assert "encoding" in rules(raw.findings)
    polish = clinical.load("Płeć;x\nmężczyzna;źle\n".encode("cp1250"))
    assert polish.layout.encoding == "cp1250"
    assert polish.headers == ("Płeć", "x")


def test_a_mark_of_byte_order_and_both_line_ends_leave_no_trace():
    assert texts(clinical.load("\ufeffid;x\r\n1;a\r\n2;b\r\n".encode())) == {
        "id": ["1", "2"],
        "x": ["a", "b"],
    }


def test_duplicate_and_missing_headers_keep_their_columns_apart():
    raw = table("id,x,x,", "1,a,b,c")
    assert texts(raw) == {"id": ["1"], "x": ["a"], "x (2)": ["b"], "Column 4": ["c"]}
    assert rules(raw.findings) == {"duplicate header", "column without a header"}


def test_short_and_long_rows_lose_nothing_and_are_named_by_line():
    raw = table("id,a,b", "1,x,y", "2,x", "3,x,y,z")
    assert texts(raw)["Column 4"] == ["", "", "z"]
    (short,) = [one for one in raw.findings if one.rule == "short row"]
    assert short.rows == (3,)


@pytest.mark.parametrize("sign", ["\n", "\u2028", "\x85", "\x0b"])
def test_a_break_in_a_cell_keeps_the_row_whole_and_is_said(sign):
    raw = table("id,a,b", f'1,"x{sign}y",z', "2,p,q")
    assert texts(raw) == {"id": ["1", "2"], "a": [f"x{sign}y", "p"], "b": ["z", "q"]}
    (found,) = [one for one in raw.findings if one.rule == "line break in a cell"]
    assert (found.column, found.rows) == ("a", (2,))


def test_an_open_quotation_mark_swallows_nothing_silently():
    with pytest.raises(TableError, match="after line 2"):
        table("id,a", '1,"x', "2,y", "3,z")


def test_300_columns_are_all_there():
    raw = table(",".join(f"c{i}" for i in range(300)), ",".join(str(i) for i in range(300)))
    assert len(raw.columns) == 300
    assert raw.columns["c299"][0] == "299"
    assert "many columns" in rules(raw.findings)


def test_formulas_errors_and_merged_cells_of_a_workbook_are_said():
    data = workbook(
        ["id", "a", "b"],
        [1, "=1+1", "#N/A"],
        [2, "m", "n"],
        then=lambda book: book.active.merge_cells("B3:C3"),
    )
    raw = clinical.load(data)
    found = {one.rule: one.rows for one in raw.findings}
    assert found == {
        "formulas": (),
        "formula without a value": (2,),
        "error in a cell": (2,),
        "merged cells": (3,),
    }
    assert clinical.Severity.ERR in {one.severity for one in raw.findings}


def test_cells_of_a_workbook_keep_what_a_person_sees():
    import datetime

    data = workbook(
        ["id", "d", "n", "t"],
        ["007", datetime.datetime(2020, 1, 5), 5.0, datetime.datetime(2020, 1, 5, 8, 30)],
    )
    assert texts(clinical.load(data)) == {
        "id": ["007"],
        "d": ["2020-01-05"],
        "n": ["5"],
        "t": ["2020-01-05 08:30:00"],
    }


def test_an_old_workbook_is_read():
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for i, row in enumerate([("id", "x"), ("01", 2.5), ("02", "b")]):
        for j, cell in enumerate(row):
            sheet.write(i, j, cell)
    file = io.BytesIO()
    book.save(file)
    assert texts(clinical.load(file.getvalue())) == {"id": ["01", "02"], "x": ["2.5", "b"]}


def test_the_fullest_sheet_is_taken_and_another_can_be_named():
    def then(book):
        other = book.create_sheet("Other")
        for i in range(9):
            other.append([i, i, i])

    data = workbook(["id", "x"], [1, 2], then=then)
    assert clinical.load(data).layout.sheet == "Other"
    assert clinical.load(data, Layout(sheet="Sheet")).headers == ("id", "x")
    with pytest.raises(TableError, match="no sheet of that name"):
        clinical.load(data, Layout(sheet="None"))


def test_a_workbook_under_a_password_says_so():
    file = io.BytesIO()
    ooxml.OOXMLFile(io.BytesIO(workbook(["id"], [1]))).encrypt("secret", file)
    with pytest.raises(TableError, match="password"):
        clinical.load(file.getvalue())


def test_damaged_and_empty_files_say_so_without_their_content(tmp_path):
    empty_zip = io.BytesIO()
    zipfile.ZipFile(empty_zip, "w").close()
    for data in (
        b"",
        b"  \n ",
        b"PK\x03\x04nothing",
        b'{"a": ',
        b"id,x\n",
        empty_zip.getvalue() or b"",
        b"[1, 2]",
    ):
        with pytest.raises(TableError):
            clinical.load(data)
    with pytest.raises(TableError, match="cannot be read"):
        clinical.load(tmp_path / "none.csv")


def test_nested_json_becomes_columns_and_numbers_stay_as_written():
    raw = clinical.load(
        b'[{"id": "1", "a": {"b": 1.50, "c": [1, 2]}, "v": [{"d": true}]}, {"id": "2", "a": {"b": null}}]'
    )
    assert texts(raw) == {"id": ["1", "2"], "a.b": ["1.50", ""], "a.c": ["1; 2", ""], "v.1.d": ["true", ""]}


def test_codes_that_a_header_explains_are_known():
    raw = table('"id","ER {0=neg, 1=pos}"', "1,0", "2,1")
    assert raw.books == {"ER {0=neg, 1=pos}": {"0": "neg", "1": "pos"}}


def test_no_text_is_lost_or_moved_in_a_column_that_hardly_repeats_itself():
    cells = [f"{i % 9000}.{i}" if i % 7 else "" for i in range(12_000)]
    cells[4_321] = " with blanks "
    raw = table("id,much,little", *(f"{i},{cell},{i % 3}" for i, cell in enumerate(cells)))
    assert texts(raw)["much"] == cells
    assert texts(raw)["little"] == [str(i % 3) for i in range(12_000)]


def test_a_workbook_is_the_same_table_as_a_file_and_as_bytes(tmp_path):
    data = workbook(["id", "value"], ["a", "=1/0"], ["b", 2.5])
    (tmp_path / "table.xlsx").write_bytes(data)
    file, held = clinical.load(tmp_path / "table.xlsx"), clinical.load(data)
    assert texts(file) == texts(held)
    assert (file.digest, rules(file.findings)) == (held.digest, rules(held.findings))
    assert "formula without a value" in rules(file.findings)
