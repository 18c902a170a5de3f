"""Workbooks: every value comes back, none becomes a formula, templates are filled by names, LibreOffice opens them."""

import csv
import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from eucaim_nb.dataset.record import FORMS, changes, in_order, read_file, write_template
from eucaim_nb.errors import RecordError
from eucaim_nb.practice.central._columns import record as catalogue_record
from tests.dataset.record.filled import HARD, everything

SHEET, MOLGENIS = FORMS["xlsx"].make, FORMS["molgenis"].make
_ENDS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def full():
    return everything()


def saved(tmp_path, data, name="record.xlsx"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_every_field_comes_back_from_the_sheet_the_same(full, tmp_path):
    back = read_file(saved(tmp_path, SHEET(full)))
    assert in_order(back.record.values) == in_order(full.values)
    assert back.unread == ()


def test_table_of_the_catalogue_comes_back_as_far_as_it_goes(full, tmp_path):
    one_language = full.changed(
        {
            "dct:title": ["Prostate, MR"],
            "dct:description": [HARD],
            "dct:provenance": [HARD],
            "dct:publisher/foaf:name": ["Hospital"],
            "dpv:hasPurpose": ["dpv:ScientificResearch", "Something, else"],
            "dct:temporal/dcat:startDate": ["2019"],
            "dcat:distribution/dcat:byteSize": ["12345000000"],
        }
    )
    back = read_file(saved(tmp_path, MOLGENIS(one_language))).record
    assert len(back.values) > 25
    assert {key: one_language.values[key] for key in back.values} == dict(back.values)


def test_table_of_the_catalogue_has_its_columns_and_numbers(full):
    page = load_workbook(io.BytesIO(MOLGENIS(full)))["Collections"]
    row = dict(zip(*([cell.value for cell in line] for line in page.iter_rows()), strict=True))
    assert row["number_of_subjects"] == 12
    assert row["commercial_use"] is True
    assert row["image_year_range"] == "startDate:2021-05, endDate:2023-11-30"
    assert row["imaging_modality"] == "Computed tomography,Magnetic resonance imaging"


def test_practice_catalogue_takes_the_row_as_it_is(full):
    page = load_workbook(io.BytesIO(MOLGENIS(full)))["Collections"]
    row = dict(zip(*([cell.value for cell in line] for line in page.iter_rows()), strict=True))
    assert set(catalogue_record(row)) == set(row)


@pytest.mark.parametrize("make", [SHEET, MOLGENIS])
def test_no_cell_is_or_becomes_a_formula(full, make):
    for page in load_workbook(io.BytesIO(make(full))):
        for cell in (cell for line in page.iter_rows() for cell in line):
            assert cell.data_type != "f"
            assert not (isinstance(cell.value, str) and cell.value.startswith(_ENDS))


def template(
    rows, captions=("Property", "Property IRI", "Usage", "Dataset#1"), title="Data Holder Template sheet"
):
    book = Workbook()
    book.active.title = title
    book.active.append(("EUCAIM Dataset metadata",))
    book.active.append(())
    book.active.append(captions)
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_template_is_filled_by_paths_and_names_and_keeps_the_rest(workspace, full, tmp_path):
    path = saved(
        tmp_path,
        template(
            [
                ("Title", "`dct:title`", "M"),
                ("Publisher Name", "dct:publisher / foaf:name", "M"),
                ("* Image Equipment Manufacturer (M)", None, "M"),
                ("Number of Imaging Studies", "", "M", "an example"),
                ("Rights / Access Conditions", None, "M"),
                ("Mood of the dataset", "ex:mood", "O", "stays"),
            ]
        ),
        "holder.xlsx",
    )
    file, missing = write_template(workspace, full, path)
    page = load_workbook(file.path).active
    filled = {page.cell(row, 1).value: page.cell(row, 4).value for row in range(4, 10)}
    assert filled["Title"] == "'-Prostate, MR; “T2” <b>\nProstata@de"
    assert (
        filled["* Image Equipment Manufacturer (M)"]
        == "Siemens (eucaim:IMG1000044)\nToshiba (eucaim:IMG1000045)"
    )
    assert filled["Number of Imaging Studies"] == "12"
    assert filled["Mood of the dataset"] == "stays"
    assert page["A1"].value == "EUCAIM Dataset metadata"
    assert "Cancer condition" in missing
    assert "Title" not in missing
    back = read_file(file.path)
    wanted = {key: held for key, held in full.values.items() if key in back.record.values}
    assert in_order(back.record.values) == in_order(wanted)
    assert len(wanted) == 5
    assert "Mood" in back.unread[0]


def test_template_without_a_column_for_the_dataset_gets_one(workspace, full, tmp_path):
    path = saved(tmp_path, template([("Version", None)], captions=("Property", "Definition")))
    file, _ = write_template(workspace, full, path)
    assert load_workbook(file.path).active.cell(4, 3).value == "1.0.0"


def test_sheet_of_distributions_names_their_fields(workspace, full, tmp_path):
    path = saved(tmp_path, template([("Title", "dct:title")], title="Distribution"))
    file, _ = write_template(workspace, full, path)
    assert list(read_file(file.path).record.values) == ["dcat:distribution/dct:title"]


def test_molgenis_template_is_filled_by_its_columns(workspace, full, tmp_path):
    book = Workbook()
    book.active.title = "Collections"
    book.active.append(("id", "name", "own_column"))
    book.active.append(("", "", "stays"))
    book.save(tmp_path / "m.xlsx")
    file, _ = write_template(workspace, full, tmp_path / "m.xlsx")
    row = [cell.value for cell in load_workbook(file.path)["Collections"][2]]
    assert row == ["1a1a6653-975a-4a0a-a79b-b2bfc7317119", "'-Prostate, MR; “T2” <b>", "stays"]


def test_template_is_not_changed_itself_and_a_foreign_workbook_is_refused(workspace, full, tmp_path):
    path = saved(tmp_path, template([("Mood", None)]))
    before = path.read_bytes()
    with pytest.raises(RecordError, match="No property"):
        write_template(workspace, full, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["xlsx", "molgenis"])
def test_libreoffice_opens_it_and_sees_the_same_texts(full, kind, tmp_path):
    office = shutil.which("soffice")
    if office is None or not (Path(office).resolve().parent / "libsclo.so").exists():
        if os.environ.get("CI") == "true":
            pytest.fail("LibreOffice is not installed (apt-get install libreoffice-calc-nogui)")
        pytest.skip("LibreOffice is not installed (apt-get install libreoffice-calc-nogui)")
    path = saved(tmp_path, FORMS[kind].make(full), FORMS[kind].file)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    # Comma, quotes, UTF-8, from the first line on, no formulas, first sheet
    told = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"
    done = subprocess.run(
        [office, profile, "--headless", "--convert-to", told, "--outdir", str(tmp_path), str(path)],
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    made = next(tmp_path.glob("*.csv"))
    cells = {cell for line in csv.reader(io.StringIO(made.read_text(encoding="utf-8"))) for cell in line}
    assert f"'{HARD}" in cells
    assert "1a1a6653-975a-4a0a-a79b-b2bfc7317119" in cells
    assert not any(cell.startswith(("#NAME", "Err:")) for cell in cells)


def test_reading_its_own_template_again_changes_nothing(workspace, full, tmp_path):
    file, missing = write_template(workspace, full, saved(tmp_path, SHEET(full), "own.xlsx"))
    assert missing == ()
    assert changes(full, read_file(file.path).record) == ()
