"""Sole traders and withheld firms of official files, from raw file to publication.

The largest sites of a small country are theirs: every map, page and table that names
or shows a site would have them first.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from eitgeo.steps import STEPS, run_steps
from eitgeo.study import Project, open_project
from eitgeo.tables import read_table
from tests.disclosure.scan import EXAMPLES, scan
from tests.sources import sirene_files as sirene
from tests.sources.test_cnig import csv_of, firm
from tests.studies.small_country import write_country, write_lines

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler absent"
)

TRADERS = {"40000000100011": "ZYLBERSTEIN", "40000000200019": "KOWALCZYK"}
WITHHELD = {"40000000300017": "SECRETS DU VAL", "40000000400015": "DISCRETE SARL"}
INSTALLED = {"40000000500013": "QUENNEVILLE", "40000000600011": "FERRAILLES CACHEES"}
HOLDER = ("40000000700019", "VANDENBROUCKE")
TOLD = "Le Pihourc"
HIDDEN = TRADERS | WITHHELD | INSTALLED | dict([HOLDER])
BIG = {"codeCommuneEtablissement": "31002", "trancheEffectifsEtablissement": "42"}
SITES: list[dict[str, Any]] = [
    {"reader": "anchors", "path": "raw/anchors.csv"},
    {"reader": "s3ic", "path": "raw/s3ic.csv"},
    {"reader": "cnig", "path": "raw/cnig.csv"},
    {
        "reader": "sirene",
        "path": "raw/stock.csv",
        "legal_units": "raw/units.csv",
        "vintage": "septembre 2026",
    },
    {"reader": "synthetic", "n_employers": 60},
]
OUTLETS = [
    {"reader": "csv", "path": "raw/outlets.csv"},
    {"reader": "s3ic", "path": "raw/s3ic.csv"},
]


def write_hidden(raw: Path) -> None:
    """Add people and withheld firms, named, to the files of SIRENE, S3IC and CNIG."""
    stock = raw / "stock.csv"
    named = "denominationUsuelleEtablissement"
    sign = "enseigne1Etablissement"
    rows = [
        *(
            sirene.establishment(siret, **BIG, **{sign: f"CHEZ {name}", named: name})
            for siret, name in TRADERS.items()
        ),
        *(
            sirene.establishment(
                siret, statutDiffusionEtablissement="P", **BIG, **{named: name}
            )
            for siret, name in WITHHELD.items()
        ),
    ]
    stock.write_text(stock.read_text() + body(sirene.establishments_csv(rows)))
    person = {"categorieJuridiqueUniteLegale": "1000"}
    units = [
        *(
            sirene.legal_unit(siret[:9], "", nomUniteLegale=name, **person)
            for siret, name in TRADERS.items()
        ),
        *(sirene.legal_unit(siret[:9], name) for siret, name in WITHHELD.items()),
    ]
    legal = raw / "units.csv"
    legal.write_text(legal.read_text() + body(sirene.legal_units_csv(units)))
    (trader, name), (partial, other) = INSTALLED.items()
    write_lines(
        raw / "s3ic.csv",
        (raw / "s3ic.csv").read_text().strip(),
        f"0068.00021;31002;{name};38.31Z;1000;{trader};O;32",
        f"0068.00022;31002;{other};38.21Z;5599;{partial};P;32",
        "0068.00023;31002;[ND];;;;;",
    )
    siret, name = HOLDER
    holder = firm(
        siret=siret,
        siren=siret[:9],
        etab_nom=name,
        etab_nat_juridique="1000",
        comm_insee="31002",
    )
    (raw / "cnig.csv").write_bytes(csv_of(firm(), holder))


def body(text: str) -> str:
    """Return the rows of a CSV without its header."""
    return text.partition("\n")[2]


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Project:
    """Run every step of the small country, written aside."""
    folder = tmp_path_factory.mktemp("noms") / "pays"
    path = write_country(folder, sites=SITES, outlets=OUTLETS)
    write_hidden(folder / "raw")
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["methods"]["reach"]["seat"] = "31002"
    study["methods"]["ward"]["n_regions"] = 2
    study["comparison"]["seat_min_population"] = 100
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    project = open_project(path)
    reports = run_steps(STEPS, project)
    failed = {one.step.name: str(one.error) for one in reports if one.status != "done"}
    assert failed == {}
    return project


def test_the_hidden_sites_are_in_the_study(published) -> None:
    sites = read_table(published.processed, "sites")
    hidden = sites[sites["natural_person"] | ~sites["diffusible"]]
    assert len(hidden) >= len(HIDDEN)
    assert (hidden["headcount_low"] >= 100).sum() >= len(TRADERS | WITHHELD)


def test_no_hidden_name_or_number_is_published(published) -> None:
    names = [*HIDDEN, *HIDDEN.values(), *(siret[:9] for siret in HIDDEN)]
    allowed = [published.study.identity.contact, *EXAMPLES]
    # One of them may be told, where sites are: the same reader finds it.
    told = scan(published.maps, names=[*names, TOLD], allowed=allowed)
    public = [one for one in told if (one.what, one.text) == ("nom", TOLD)]
    assert [one for one in told if one not in public] == []
    assert any(one.file.endswith(".html") for one in public)
