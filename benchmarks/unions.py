"""All unions of whole EPCI around the root: listing, Shapley, ranks and front.

Reads the tables of a study that has run: the ten EPCI of the default study make 392
unions, and with four neighbours (``MORE``, taken from the communes around it) 3 824.
Last, the worst of fourteen: all touch, 8 192. Thirty indicators: population and
communes counted, the others drawn. Says how far the Shapley means are from the total.
CPU seconds (``time.process_time``); nothing is asserted. Usage: ``python
benchmarks/unions.py <out>/data/processed``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.perimeters.contours.candidate import (
    Candidate,
    connected_unions,
    union_perimeters,
)
from eitgeo.scenarios.decision.epci_blocks import epci_blocks, union_front, union_ranks
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT_EPCI = "200072643"
MORE = ("200042372", "200066223", "200068807", "246500482")
LIMIT = 20_000
N_INDICATORS = 30
SEED = 1


def real(tables: dict[str, pd.DataFrame], more: Sequence[str]) -> list[Candidate]:
    """List the unions of the EPCI of the study and of some neighbours."""
    communes = tables["communes"]
    area = communes["in_area"] | communes["epci_siren"].isin(more)
    return union_perimeters(
        communes.assign(in_area=area),
        tables["contiguity"],
        names={siren: siren for siren in communes["epci_siren"]},
        root_epci=ROOT_EPCI,
        limit=LIMIT,
    )


def worst() -> list[Candidate]:
    """List the unions of fourteen EPCI that all touch."""
    sirens = [ROOT_EPCI, *(f"9{n:08d}" for n in range(13))]
    near = {siren: frozenset(sirens) - {siren} for siren in sirens}
    return [
        Candidate(f"u{n}", f"u{n}", "union_epci", held, parameters={"epci": list(held)})
        for n, held in enumerate(connected_unions(near, ROOT_EPCI, limit=LIMIT))
    ]


def indicators(made: list[Candidate], people: pd.Series[float]) -> pd.DataFrame:
    """Count population and communes; draw the others."""
    rng = np.random.default_rng(SEED)
    counted = {
        "n_deliberations": [len(one.codes) for one in made],
        "population": [people.reindex(sorted(one.codes)).sum() for one in made],
    }
    drawn = {f"i{n:02d}": rng.random(len(made)) for n in range(2, N_INDICATORS)}
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "perimeter_id": [one.perimeter_id for one in made],
                    "indicator_id": name,
                    "value": np.asarray(values, dtype=float),
                    "unit": "nombre",
                    "direction": "up",
                    "evidence": "O",
                    "percentile_same_size": 50.0,
                }
            )
            for name, values in (counted | drawn).items()
        ],
        ignore_index=True,
    )


def measure(
    what: str, listed: Callable[[], list[Candidate]], people: pd.Series
) -> None:
    """Time one case, and say how far the means are from the total."""
    start = time.process_time()
    made = listed()
    times = [time.process_time() - start]
    rows = indicators(made, people)
    start = time.process_time()
    blocks = epci_blocks(
        rows,
        made,
        names={siren: siren for one in made for siren in one.parameters["epci"]},
        root_epci=ROOT_EPCI,
    )
    times.append(time.process_time() - start)
    start = time.process_time()
    union_ranks(rows, made)
    union_front(rows, made, criteria=[f"i{n:02d}" for n in range(2, 7)])
    times.append(time.process_time() - start)
    values = rows.pivot_table("value", "perimeter_id", "indicator_id")
    by_size = sorted(made, key=lambda one: len(one.parameters["epci"]))
    ends = values.loc[[by_size[0].perimeter_id, by_size[-1].perimeter_id]]
    total = ends.iloc[1] - ends.iloc[0]
    found = blocks.groupby("indicator_id")["mean"].sum().reindex(total.index)
    far = float(((found - total).abs() / total.abs().clip(lower=1.0)).max())
    print(
        f"{what}: {len(made)} unions, {N_INDICATORS} indicators: listing "
        f"{times[0]:.2f} s, Shapley {times[1]:.2f} s, ranks and front {times[2]:.2f} "
        f"s, in all {sum(times):.2f} s CPU; means sum to the total give or take "
        f"{far:.0e} of it",
        flush=True,
    )


def main() -> None:
    """Measure the three cases."""
    folder = Path(sys.argv[1])
    tables = {name: read_table(folder, name) for name in ("communes", "contiguity")}
    people = tables["communes"].set_index("code_insee")["population"].astype(float)
    measure("ten EPCI", lambda: real(tables, ()), people)
    measure("fourteen EPCI", lambda: real(tables, MORE), people)
    measure("fourteen that all touch", worst, people)


if __name__ == "__main__":
    main()
