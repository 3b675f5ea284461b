"""The country of three communes: counts by commune and APE, no establishment."""

from pathlib import Path

import yaml

from tests.studies.small_country import write_country

COUNTS = [{"reader": "urssaf_ape", "path": "raw/ape.csv"}]


def write_counted(folder: Path) -> Path:
    """Write the country, and a study of it without any file of establishments."""
    path = write_country(
        folder,
        counts=COUNTS,
        sites=[{"reader": "counted"}],
        movements="raw/mouvements.csv",
    )
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["territory"]["perimeters"] = ["petr_x", "epci_200000001"]
    study["methods"]["reach"]["seat"] = "31002"
    study["arisings"]["n_draws"] = 100
    study["flows"]["participation"] = {"n_draws": 6}
    study["sources"]["credits"]["sites"] = "Effectifs : URSSAF, ODbL"
    study["roads"].pop("isochrones", None)
    del study["form"], study["survey"]
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    return path
