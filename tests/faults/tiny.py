"""The whole pipeline over the country of three communes: a run of seconds."""

from pathlib import Path

import yaml

from tests.studies.small_country import write_country


def write_tiny(folder: Path) -> Path:
    """Write the country and a study that runs to its end."""
    path = write_country(folder)
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["territory"]["perimeters"] = ["petr_x", "epci_200000001"]
    study["methods"]["reach"]["seat"] = "31002"
    study["arisings"]["n_draws"] = 100
    study["flows"]["participation"] = {"n_draws": 6}
    del study["form"], study["survey"]
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    return path
