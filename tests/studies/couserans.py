"""A territory of « eitgeo new » over the shipped files: Couserans and Haute Ariège.

Its sites are drawn. The largest are planted in official files: sole traders and firms
withheld, which every map, page and table that names or shows a site would have first.
"""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from eitgeo.commands.new_study import NewStudy, new_study
from eitgeo.commands.study_text import Wanted
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project, open_project
from tests.sources import sirene_files as sirene
from tests.sources.test_cnig import csv_of, firm
from tests.sources.test_s3ic import HEADER as S3IC_HEADER
from tests.studies.answers import answers_of, opened_under
from tests.studies.neighbours import COUSERANS, shortened
from tests.studies.small_country import write_lines

ROOT = Path(__file__).resolve().parents[2]
PRINTED_ELSEWHERE = {
    *("body_map", "core_map", "count_products", "difference_sheet", "dossier"),
    *("flow_maps", "perimeter_maps", "participation_picture", "road_maps", "zone_maps"),
    *("manifest", "welcome_page"),
}
"""Sheets, the dossier, and what reads all: of the two studies that print everything."""
HERE = [step for step in STEPS if step.name not in PRINTED_ELSEWHERE]
N_DRAWN = 480
TODAY = dt.date(2026, 11, 26)
TRADERS = {"40000000100011": "ZYLBERSTEIN", "40000000200019": "KOWALCZYK"}
WITHHELD = {"40000000300017": "SECRETS DU VAL", "40000000400015": "DISCRETE SARL"}
INSTALLED = {"40000000500013": "QUENNEVILLE", "40000000600011": "FERRAILLES CACHEES"}
HOLDER = ("40000000700019", "VANDENBROUCKE")
HIDDEN = TRADERS | WITHHELD | INSTALLED | dict([HOLDER])
TOLD = "METAUX DU SALAT"
"""An installation of the same file that may be told."""
BIG = {
    "codeCommuneEtablissement": COUSERANS.seat,
    "trancheEffectifsEtablissement": "42",
}
OFFICIAL: list[dict[str, Any]] = [
    {"reader": "s3ic", "path": "raw/s3ic.csv"},
    {"reader": "cnig", "path": "raw/cnig.csv"},
    {
        "reader": "sirene",
        "path": "raw/stock.csv",
        "legal_units": "raw/units.csv",
        "vintage": "septembre 2026",
    },
]


class Ran(NamedTuple):
    """A study that ran, what it was written from, what its run told."""

    project: Project
    n_communes: int
    population: int
    statuses: dict[str, str]
    opened: list[str]
    """Files that its run opened in the folder of answers."""


def write_couserans(folder: Path) -> NewStudy:
    """Write the study and the files that it reads beside the shipped ones."""
    asked = Wanted(COUSERANS.name, COUSERANS.epci, (), "", TODAY)
    found = new_study(open_project(ROOT / "study.yaml"), folder, asked)
    shortened(found.path)
    study = yaml.safe_load(found.path.read_text(encoding="utf-8"))
    sources = study["sources"]
    # What is drawn comes last: it completes what files tell. A few hundred are enough.
    drawn = sources["sites"][-1] | {"n_employers": N_DRAWN}
    sources["sites"] = [*sources["sites"][:-1], *OFFICIAL, drawn]
    sources["outlets"] = [*sources["outlets"], OFFICIAL[0]]
    # Roads of Andorra, and those of the delivered study, are asked how far one goes.
    study["roads"].pop("isochrones")
    study["territory"]["buffer_km"] = 8.0
    study["roads"]["network"]["margin_km"] = 3.0
    text = yaml.safe_dump(study, allow_unicode=True)
    found.path.write_text(text, encoding="utf-8")
    write_hidden(folder / "raw")
    return found


def write_hidden(raw: Path) -> None:
    """Write people and withheld firms, named, as SIRENE, S3IC and CNIG do."""
    raw.mkdir()
    named, sign = "denominationUsuelleEtablissement", "enseigne1Etablissement"
    partial = {"statutDiffusionEtablissement": "P"}
    rows = [
        *(
            sirene.establishment(siret, **BIG, **{sign: f"CHEZ {name}", named: name})
            for siret, name in TRADERS.items()
        ),
        *(
            sirene.establishment(siret, **BIG, **partial, **{named: name})
            for siret, name in WITHHELD.items()
        ),
    ]
    write_lines(raw / "stock.csv", sirene.establishments_csv(rows).strip())
    person = {"categorieJuridiqueUniteLegale": "1000"}
    units = [
        *(
            sirene.legal_unit(siret[:9], "", nomUniteLegale=name, **person)
            for siret, name in TRADERS.items()
        ),
        *(sirene.legal_unit(siret[:9], name) for siret, name in WITHHELD.items()),
    ]
    write_lines(raw / "units.csv", sirene.legal_units_csv(units).strip())
    (trader, name), (withheld, other) = INSTALLED.items()
    seat = COUSERANS.seat
    write_lines(
        raw / "s3ic.csv",
        S3IC_HEADER.strip(),
        f"0068.00021;{seat};{name};38.31Z;1000;{trader};O;32",
        f"0068.00022;{seat};{other};38.21Z;5599;{withheld};P;32",
        f"0068.00023;{seat};[ND];;;;;",
        f"0068.00024;{seat};{TOLD};38.32Z;5599;39931827800039;O;12",
    )
    siret, name = HOLDER
    holder = firm(
        siret=siret,
        siren=siret[:9],
        etab_nom=name,
        etab_nat_juridique="1000",
        comm_insee=seat,
    )
    (raw / "cnig.csv").write_bytes(csv_of(holder))


def run_new(found: NewStudy, steps: Sequence[Step] = STEPS) -> None:
    """Run steps of a new study, and keep what the run told beside its folder."""
    project = open_project(found.path)
    # Answers that no reader could read: a step that opened them would fail.
    answers = answers_of(project)
    answers.parent.mkdir()
    answers.write_bytes(b"PAR1 secret")
    with opened_under(answers.parent) as opened:
        reports = run_steps(steps, project)
    told = {
        "n_communes": found.n_communes,
        "population": found.population,
        "statuses": {
            one.step.name: f"{one.error}" if one.error else one.status
            for one in reports
        },
        "opened": opened,
    }
    _told(project.base).write_text(json.dumps(told), encoding="utf-8")


def ran_in(folder: Path) -> Ran:
    """Return the study that ran in a folder."""
    told = json.loads(_told(folder).read_text(encoding="utf-8"))
    return Ran(open_project(folder / "study.yaml"), **told)


def _told(folder: Path) -> Path:
    return folder.with_suffix(".json")
