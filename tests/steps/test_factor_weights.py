"""What a factor is worth: the very steps, run at either bound, say the same."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import resources
from typing import Any

import pandas as pd
import pytest

from eitgeo.flows.arisings.arising_draws import estimate_arisings, site_byproducts
from eitgeo.flows.weights.parts import DEPOSIT, EXCHANGED, exchange_rows
from eitgeo.reference import factors, shipped, tables
from eitgeo.reference.exchange_terms import current_outlets
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table
from tests.rerun import changed, run_step
from tests.steps import test_allocation
from tests.tables.conftest import frame_of, row_of

written, paper = test_allocation.written, test_allocation.project
"""The five sites, their outlet and their roads."""
TIMES = {"scie": 0.01, "scie2": 0.01, "chaufferie": 100.0}
"""Jobs over those on paper."""
KEY = ["factor_table", "row_key", "column"]


class Reference:
    """The files of the package, one cell of which may be another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let no residue be sold today: wood goes to an outlet."""
        self.told: dict[str, pd.DataFrame] = {
            "current_outlets.csv": current_outlets().query("outlet == 'laisse'")
        }
        read = shipped._parsed  # noqa: SLF001 - where all files are read
        monkeypatch.setattr(
            shipped, "_parsed", lambda file: self.told.get(file, read(file))
        )

    @contextmanager
    def telling(self, name: str, row_key: str, **cells: float) -> Iterator[None]:
        """Write other figures in the row of a file, for a while."""
        file, keys = f"{name}.csv", factors.KEYS[name]
        path = resources.files("eitgeo.reference").joinpath(file)
        table = pd.read_csv(str(path), dtype=str, keep_default_na=False)
        mine = table[list(keys)].agg("|".join, axis="columns").eq(row_key)
        assert mine.sum() == 1
        for column, amount in cells.items():
            table.loc[mine, column] = repr(float(amount))
        self.told[file] = table
        yield
        del self.told[file]


@pytest.fixture
def reference(monkeypatch) -> Reference:
    """Return the files of the package, which a test may change."""
    return Reference(monkeypatch)


@pytest.fixture
def study(paper) -> Project:
    """Return the five sites with the waste that ratios make, all takers in.

    Sawmills are small, boiler and platform large: nothing is full at either bound.
    """
    part = paper.study.flows.participation.model_copy(
        update={"share": (1.0, 1.0), "n_draws": 1}
    )
    made = changed(paper, "flows", participation=part)
    sites = read_table(made.processed, "sites")
    jobs = [name for name in sites if name.startswith("headcount_")]
    times = sites["site_id"].map(TIMES).fillna(1.0)
    sites[jobs] = sites[jobs].mul(times, axis=0)
    write_table(made.processed, sites, table="sites")
    outlets = read_table(made.processed, "outlets").assign(capacity_t=1e6)
    write_table(made.processed, outlets, table="outlets")
    all_in = row_of("participation", share=1.0, donor_share=1.0, draw=0)
    write_table(
        made.processed, frame_of("participation", all_in), table="participation"
    )
    return made


def run(made: Project, *, knows_residues: bool = True) -> pd.Series:
    """Make waste and by-products again, allocate, and sum what exchanges add."""
    sites = read_table(made.processed, "sites")
    waste = estimate_arisings(sites, tables.waste_ratios())
    residues = site_byproducts(sites, tables.byproduct_ratios())
    residues = residues if knows_residues else residues.iloc[:0]
    write_table(made.processed, waste, table="arisings")
    write_table(made.processed, residues, table="byproducts")
    run_step("allocation", made)
    rows = exchange_rows(read_table(made.processed, "allocation"))
    sums = rows[list(EXCHANGED)].sum()
    sums[DEPOSIT] = waste.loc[waste["stream"].eq("NDNI"), "t_mid"].sum()
    return sums


def weighed(made: Project, **how: bool) -> tuple[Any, pd.Series]:
    """Run the step; return its table by factor, and what exchanges add."""
    sums = run(made, **how)
    run_step("factor_weights", made)
    return read_table(made.processed, "factor_weights").set_index(KEY), sums


def test_factors_are_worth_what_the_steps_say(study, reference) -> None:
    """Each bound written in the files, the steps run again: the same change.

    A ratio goes to its bounds whole, its three figures multiplied alike. Prices of one
    run move other totals each; a change is a straight line but for tonnes.
    """
    made = test_allocation.with_syndicate(study, "plateforme")
    for place, knows in {
        ("waste_ratios", "16|NDNI", "t_per_employee"): False,
        ("byproducts", "16.2|03 01 05", "per_employee"): True,
    }.items():
        table, usual = weighed(made, knows_residues=knows)
        shared = read_table(made.processed, "allocation")
        told, at = table.loc[place], {}
        for end in ("low", "high"):
            times = told[end] / told["mid"]
            stem = {"_low": "low", "": "mid", "_high": "high"}
            bounds = {f"{place[2]}{one}": times * told[of] for one, of in stem.items()}
            with reference.telling(place[0], place[1], **bounds):
                at[end] = run(made, knows_residues=knows)
        same(told, at["high"] - at["low"])
        assert told["swing_exchanged_t"] > 0
    adds_up(table, usual, shared)
    gate = "2780|NDNI|W032;W075;W091;W092;W11"
    for places in (
        [
            ("residue_values", "W075", "value_eur_per_t"),
            ("freight_factors", "*|fuel_kgco2e_per_l", "mid"),
        ],
        [("heading_wastes", gate, "gate_eur_per_t")],
    ):
        told = table.loc[places]
        with ExitStack() as stack:
            for (file, key, cell), row in told.iterrows():
                cells = {cell: row["high"]}
                stack.enter_context(reference.telling(file, key, **cells))
            moved = run(made) - usual
        again = read_table(made.processed, "allocation")["t"].tolist()
        assert again == pytest.approx(shared["t"].tolist()), "the allocation moved"
        part = (told["high"] - told["mid"]) / (told["high"] - told["low"])
        swings = told.filter(like="swing_").mul(part, axis=0)
        assert swings.ne(0).any(axis=1).all()
        same(swings.sum(), moved)
    # Nothing exchanged: waste alone hangs on ratios.
    write_table(made.processed, shared.iloc[:0], table="allocation")
    run_step("factor_weights", made)
    table = read_table(made.processed, "factor_weights")
    assert table["deposit_t"].sum() > 0
    assert not table[list(EXCHANGED)].any(axis=None)


def same(told: pd.Series, moved: pd.Series) -> None:
    """Hold the change of each total to what is told of it."""
    for name, amount in moved.items():
        assert told[f"swing_{name}"] == pytest.approx(amount, rel=1e-6, abs=1e-6), name


def adds_up(table: Any, sums: pd.Series, rows: pd.DataFrame) -> None:
    """Each tonne has one ratio, each exchange one rule; euros are those of prices."""
    ratios = table.xs("t_per_employee", level="column").loc["waste_ratios"]
    assert ratios["deposit_t"].sum() == pytest.approx(sums[DEPOSIT])
    by_rule = table.xs("dist_typ_km", level="column")
    assert by_rule["exchanged_t"].sum() == pytest.approx(sums["exchanged_t"])
    everyone = table.loc[("participation", "receivers", "share")]
    assert everyone["eur_firms"] == pytest.approx(sums["eur_firms"])
    prices = table.loc[["residue_values", "heading_wastes", "landfill_tax"]]
    hauls = rows["haul_to_disposal_eur_per_t"] - rows["haul_eur_per_t"]
    haul_eur = (rows["t"] * hauls).sum()
    of_prices = prices["eur_firms"].sum()
    assert of_prices + haul_eur == pytest.approx(sums["eur_firms"])
    loads = table[table.index.get_level_values("row_key").str.endswith("|load_t")]
    assert loads["eur_firms"].sum() == pytest.approx(haul_eur)
