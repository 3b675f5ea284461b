"""docs/sources.md says what the readers say, and the readers say where they read."""

import csv
import inspect
import re

import pytest

from tests.scripts.load import ROOT, load_script

LICENCES = re.compile(
    r"Licence Ouverte 2\.0|Domaine public|Copernicus|EUR-Lex|ODbL 1\.0|no open licence"
)
REFERENCE_SYSTEM = re.compile(r"CRS: |EPSG:\d|No coordinates|no geometry")


@pytest.fixture(scope="module")
def builder():
    return load_script("build_sources_page")


def readers(builder):
    return [one for module in builder.modules() for one in builder.readers(module)]


def test_the_page_is_up_to_date(builder):
    written = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    told = "run scripts/build_sources_page.py"
    assert written == builder.page(), told


def test_each_reader_of_an_official_file_cites_its_source(builder):
    silent = []
    for reader in readers(builder):
        given = inspect.signature(reader).return_annotation
        if given in {"Loaded", "Audited", "Relief", "BodyTables"}:
            text = " ".join(builder.sections(reader).get("References", "").split())
            if not (LICENCES.search(text) and REFERENCE_SYSTEM.search(text)):
                silent.append(reader.__name__)
    assert silent == []


def test_labels_are_split_and_free_references_kept(builder):
    told = "Producer: IGN, https://ign.fr. Licence: LO 2.0. Vintage: 2025.\n CRS: none."
    assert builder.references(told) == [
        ("Producer", "IGN, https://ign.fr."),
        ("Licence", "LO 2.0."),
        ("Vintage", "2025."),
        ("CRS", "none."),
    ]
    assert builder.references("IGN, 2025.") == [("References", "IGN, 2025.")]


def test_each_file_of_the_register_is_on_the_page(builder):
    page = builder.page()
    with (ROOT / "data" / "sources.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            assert row["name"] in page


def test_every_reader_and_its_columns_are_on_the_page(builder):
    page = builder.page()
    for reader in readers(builder):
        assert f"### `{reader.__name__}`" in page
    for column in (
        "site_geomsurf",
        "RESTR_PPE",
        "codeCommuneEtablissement",
        "GPS_LONG",
    ):
        assert f"`{column}`" in page
    assert "etab_contact" not in page.replace("`etab_contact_*`", "")
