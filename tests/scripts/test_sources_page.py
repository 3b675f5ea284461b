"""docs/sources.md says what the readers say, and the readers say where they read."""

import csv
import inspect
import re

import pytest

from eitgeo.study.readers import Keys
from tests.scripts.load import ROOT, load_script

LICENCES = re.compile(
    r"Licence Ouverte 2\.0|Domaine public|Copernicus|EUR-Lex|ODbL 1\.0"
    r"|no open licence|that of the\s+file"
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


def test_the_french_page_is_up_to_date(builder):
    written = builder.READERS_PAGE.read_text(encoding="utf-8")
    told = "run scripts/build_sources_page.py"
    assert written == builder.readers_page(written), told


def test_a_new_reader_has_its_row_and_what_is_told_of_others_stays(
    builder, monkeypatch
):
    """A reader added in the middle, one taken away, a key more."""
    keys = builder.DECLARED["sources.sites"].keys
    known = {
        "anchors": keys["anchors"],
        "mills": Keys(("path", "rivers"), ("year",)),
        "sirene": keys["sirene"]._replace(needed=("path", "year")),
    }
    monkeypatch.setattr(builder.DECLARED["sources.sites"], "keys", known)
    written = builder.READERS_PAGE.read_text(encoding="utf-8")
    told = builder.readers_page(written)
    assert "| `mills` | `path`, `rivers` | `year` |\n" in told
    assert "| `sirene` | `path` (établissements), `year` | `legal_units`," in told
    assert "| `synthetic` |" not in told
    n_rows = len(known) - len(keys)
    assert len(told.splitlines()) == len(written.splitlines()) + n_rows


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
