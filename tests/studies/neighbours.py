"""Four territories of Gascony and of the Pyrenees, as « eitgeo new » takes them.

Lists of whole EPCI, hypotheses as the command marks them: what bodies have for members
today is for their own study to confirm.
"""

from pathlib import Path
from typing import NamedTuple

import yaml


class Territory(NamedTuple):
    """A territory to study: its EPCI, and what the lists of the COG say of them."""

    name: str
    epci: tuple[str, ...]
    n_communes: int
    population: int
    seat: str


GERS_WASTE = Territory(
    # A waste syndicate around Lectoure and Condom.
    "dechets_gers_nord",
    ("243200391", "243200417", "200034726"),
    110,
    44_954,
    "32132",
)
ARIEGE_WASTE = Territory(
    # A waste syndicate of the plain and the Plantaurel.
    "dechets_ariege",
    ("200067791", "200044469", "240900464"),
    99,
    57_900,
    "09122",
)
PETR = Territory(
    # Portes de Gascogne, five EPCI.
    "petr_gascogne",
    ("200023620", "200034726", "200042372", "243200391", "243200599"),
    159,
    68_320,
    "32132",
)
COUSERANS = Territory(
    # Couserans and Haute Ariège, in the shipped files too.
    "couserans",
    ("200067940", "200066223"),
    121,
    41_067,
    "09261",
)
TERRITORIES = (GERS_WASTE, ARIEGE_WASTE, PETR)


def shortened(path: Path) -> None:
    """Ask of a study what a minute can give."""
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["methods"]["optimum"] = None
    study["arisings"] = {"n_draws": 100}
    study["territory"]["buffer_km"] = 15.0
    study.setdefault("flows", {})["participation"] = {"n_draws": 6}
    study["survey"] = {}
    study["roads"].pop("criticality", None)
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
