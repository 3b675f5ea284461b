"""Hold the backtest against itself: archives of known truth, many seeds.

Archives of IREP written as their producer does, drawn from the law of the calculation,
from ratios twice as high, and from tails twice as wide; read by the reader of a study,
and held. Prints the table of ``docs/methode.md``. Usage:
``python -m benchmarks.backtest [seeds] [draws]``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from eitgeo.flows.arisings.arising_draws import DrawLaw
from eitgeo.flows.arisings.backtest import backtest
from eitgeo.reference.tables import waste_ratios
from eitgeo.reference.waste import low_ewc
from eitgeo.sources.waste.gerep import read_waste_declarations
from tests.flows.irep_archives import study_sites, true_tonnes, write_archive

N_SEEDS, N_DRAWS = 12, 1000
ARCHIVES: dict[str, dict[str, float]] = {
    "de la loi du calcul": {},
    "de ratios deux fois plus forts": {"bias": 2.0},
    "d’étendues deux fois plus larges": {"tails": 2.0},
}
MEASURES = ("coverage_sites", "coverage_tonnes", "median_ratio")
VERDICTS = {"tenu": "tenu", "indecis": "indécis", "non_tenu": "non tenu"}


def held(seed: int, truth: dict[str, float], law: DrawLaw) -> pd.DataFrame:
    """Write an archive, read it, hold it: its measures of all sites."""
    sites = study_sites()
    with tempfile.TemporaryDirectory() as folder:
        path = write_archive(
            Path(folder), sites, true_tonnes(sites, seed=seed, **truth)
        )
        declared = read_waste_declarations(path).table
    table = backtest(
        declared, sites, ratios=waste_ratios(), law=law, correspondence=low_ewc()
    )
    return table[table["item"].eq("")].set_index("measure").loc[list(MEASURES)]


def cell(rows: pd.DataFrame, measure: str) -> str:
    """Write mean and extremes of a measure over seeds, then its verdicts."""
    seen = rows[rows.index == measure]["observed"].to_numpy(float)
    is_ratio = measure == "median_ratio"
    mean = float(np.exp(np.log(seen).mean()) if is_ratio else seen.mean())
    digits, unit = (2, "") if is_ratio else (0, "\u00a0%")
    told = [f"{one:.{digits}f}".replace(".", ",") for one in (mean, *_ends(seen))]
    found = rows[rows.index == measure]["verdict"].tolist()
    verdicts = [
        f"{word} {found.count(one)}" for one, word in VERDICTS.items() if one in found
    ]
    return f"{told[0]}{unit} ({told[1]} à {told[2]}) | {', '.join(verdicts)}"


def _ends(seen: np.ndarray) -> tuple[float, float]:
    return float(seen.min()), float(seen.max())


def main(n_seeds: int = N_SEEDS, n_draws: int = N_DRAWS) -> None:
    """Print the table, an archive a row."""
    law = DrawLaw(seed=1, n_draws=n_draws)
    for name, truth in ARCHIVES.items():
        rows = pd.concat(held(seed, truth, law) for seed in range(1, n_seeds + 1))
        cells = " | ".join(cell(rows, measure) for measure in MEASURES)
        sys.stdout.write(f"| {name} | {cells} |\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
