"""Write the figures of the delivered study into docs, from its run.

A page marks a figure with its name, ``<!--=optimum_gap_pct-->0,49<!--/-->``, and this
script writes what the tables of a run say between the two comments. A figure of the
delivered study that no mark holds is refused by a test; ``mesure`` marks what a dated
benchmark wrote, and stays. Usage, after ``eitgeo run --out OUT``:
``python scripts/quote_delivered.py OUT``.
"""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.flows.exchanges.levers import ABOVE, BY_COUNT, BY_TONNE, reach_medians
from eitgeo.flows.exchanges.participation import taking_part_in
from eitgeo.flows.exchanges.synergies import unquantified_rules
from eitgeo.reference.governance import carrier_rules, carriers
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.rules import mutualisation_rules, synergy_rules
from eitgeo.scenarios.measures.activity import drawn_tonnes, site_amounts
from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table
from eitgeo.words import french_number, round_significant
from eitgeo.zones.clustering import STABLE

if TYPE_CHECKING:
    from eitgeo.study.project import Project

ROOT = Path(__file__).resolve().parents[1]
MEASURE = "mesure"
WRITTEN = ("mesures.md", "fautes.md")
"""Pages that other scripts write."""
MARK = re.compile(r"<!--=(\w+)-->(.*?)<!--/-->", re.DOTALL)
_WORDS = "aucun une deux trois quatre cinq six sept huit neuf dix onze douze"
_KILO = 1e3
_LEVELS = ("low", "mid", "high")
_UNION = "union_epci"
_MAIN_FAMILIES = ("organique", "inertes", "bois")


def pages() -> list[Path]:
    """Return the pages whose figures are those of the delivered study."""
    docs = [path for path in (ROOT / "docs").glob("*.md") if path.name not in WRITTEN]
    return sorted([*docs, ROOT / "README.md"])


def filled(page: str, figures: dict[str, str]) -> str:
    """Write the figures between their marks; an unknown name is a KeyError."""

    def told(found: re.Match[str]) -> str:
        text = found[2] if found[1] == MEASURE else figures[found[1]]
        return f"<!--={found[1]}-->{text}<!--/-->"

    return MARK.sub(told, page)


def delivered_figures(project: Project) -> dict[str, str]:
    """Read every figure that pages quote from the tables of a run."""
    return (
        _of_the_package()
        | _of_the_territory(project)
        | _of_roads(project)
        | _of_zones(project)
        | _of_arisings(project)
        | _of_exchanges(project)
        | _of_levers(project)
        | _of_perimeters(project)
        | _of_disclosure(project)
    )


def _of_the_package() -> dict[str, str]:
    rules, shared = synergy_rules(), mutualisation_rules()
    return {
        "n_indicators": _count(len(indicator_catalogue())),
        "n_rules": _count(len(rules)),
        "n_mutual_rules": _count(len(shared)),
        "n_carrier_rules": _count(len(carrier_rules())),
        "n_carriers": _count((carriers()["deliberations_least"] != "").sum()),
    }


def _of_the_territory(project: Project) -> dict[str, str]:
    communes, sites = (_table(project, name) for name in ("communes", "sites"))
    area = communes[communes["in_area"]]
    hidden = ~sites["diffusible"] | sites["natural_person"]
    counts = [_table(project, name) for name in ("activity_urssaf", "activity_insee")]
    counted = {code for table in counts for code in table["code_insee"]}
    return {
        "n_communes": _count(len(area)),
        "n_epci": _count(area["epci_siren"].nunique()),
        "buffer_km": _number(project.study.territory.buffer_km),
        "n_outlets": _count(len(_table(project, "outlets"))),
        "n_named_sites": _count((~sites["synthetic"]).sum()),
        "n_drawn_sites": _number(round_significant(int(sites["synthetic"].sum()), 2)),
        "n_uncounted": _count(len(set(communes["code_insee"]) - counted)),
        "hidden_sites": _in_words(int(hidden.sum())),
        "shareholders": _in_words(len(project.study.governance.shareholders)),
    }


def _of_roads(project: Project) -> dict[str, str]:
    fit, edges = (_table(project, name) for name in ("road_fit", "road_edges"))
    km = edges["length_m"].sum() / 1000
    found = {
        "n_trips": _count(len(fit)),
        "n_road_km": _number(round_significant(int(km), 2)),
    }
    for what in ("km", "min"):
        gap = 100 * (fit[f"model_{what}"] / fit[f"known_{what}"] - 1)
        worst = int(gap.abs().argmax())
        town = str(fit["to_name"].iloc[worst])
        found[f"trip_{what}_median"] = _signed(float(gap.median()))
        found[f"trip_{what}_worst"] = _signed(float(gap.iloc[worst]))
        found[f"trip_{what}_worst_to"] = town.replace("'", "’")
    return found


def _of_zones(project: Project) -> dict[str, str]:
    zones = _table(project, "zones")
    mine = zones[zones["kind"] == "zone"]
    stable = mine[mine["stability"] >= STABLE]
    share = 100 * stable["headcount_mid"].sum() / mine["headcount_mid"].sum()
    return {
        "n_zones": _count(len(mine)),
        "n_stable_zones": _count(len(stable)),
        "stable_jobs_pct": _number(share, 0),
    }


def _of_arisings(project: Project) -> dict[str, str]:
    totals = _table(project, "arising_totals")
    is_total = totals["grain"].eq("territoire") & totals["stream"].eq("NDNI")
    whole = totals[is_total].iloc[0]
    communes, sites, arisings = (
        _table(project, name) for name in ("communes", "sites", "arisings")
    )
    area = communes.loc[communes["in_area"], "code_insee"]
    inside = sites.loc[sites["code_insee"].isin(area), "site_id"]
    mine = arisings["site_id"].isin(inside) & arisings["stream"].eq("NDNI")
    shares = whole["ratio_common_pct"]
    return {
        "deposit_kt": _number(whole["t_mid"] / _KILO, 0),
        "deposit_kt_range": _range(whole["t_low"] / _KILO, whole["t_high"] / _KILO),
        "deposit_medians_kt": _number(arisings.loc[mine, "t_mid"].sum() / _KILO, 0),
        "deposit_ratio_pct": _number(shares, 0),
    }


def _of_exchanges(project: Project) -> dict[str, str]:
    allocation = _table(project, "allocation")
    tonnes = allocation["t"]
    family = allocation["rule_id"].map(synergy_rules().set_index("rule_id")["family"])
    main = tonnes[family.isin(_MAIN_FAMILIES)].sum() / tonnes.sum()
    made_t = taking_part_in(project.study).n_draws * tonnes
    medians = reach_medians(allocation["length_km"], made_t)
    shares = _table(project, "participation").set_index("share")
    lost = _table(project, "without_largest").set_index("measure")
    kept = lost["without_it"] / lost["with_it"]
    needs = _table(project, "receiver_needs")
    sites, arisings = (_table(project, name) for name in ("sites", "arisings"))
    silent = unquantified_rules(sites, arisings, synergy_rules())
    return {
        "exchanged_kt": _number(round_significant(tonnes.sum() / _KILO, 1)),
        "main_families_pct": _number(100 * main, 0),
        "median_km": _number(medians[BY_COUNT], 0),
        "median_10t_km": _number(medians[ABOVE], 0),
        "median_t_km": _number(medians[BY_TONNE], 0),
        "median_all_km": _number(float(shares["median_km"][1.0]), 0),
        "kept_t_pct": _number(100 * kept["t"], 0),
        "kept_families": _in_words(round(float(lost["without_it"]["families"]))),
        "n_unbounded": _count((needs["method"] == "unbounded").sum()),
        "n_unquantified": _count(len(silent)),
    }


def _of_levers(project: Project) -> dict[str, str]:
    rows = _table(project, "lever_totals").set_index("lever").to_dict("index")
    levers = {str(name): row for name, row in rows.items()}
    firms = [
        round_significant(float(levers["eur_firms"][one]) / _KILO, 1) for one in _LEVELS
    ]
    moved_kt = float(levers["syndicate_t"]["mid"]) / _KILO
    return {
        "firms_keur": _number(firms[1], 0),
        "firms_keur_range": _range(firms[0], firms[2]),
        "syndicate_kt": _number(round_significant(moved_kt, 1)),
        "co2_covered_pct": _number(levers["tco2e_avoided"]["covered_pct"], 0),
    }


def _of_perimeters(project: Project) -> dict[str, str]:
    perimeters, best = (_table(project, name) for name in ("perimeters", "optimum"))
    public = _table(project, "indicators_public")
    kept = public.loc[public["indicator_id"] == "kept_without_top_pct", "value"]
    criteria = _table(project, "decision_criteria")
    weighed = criteria.loc[criteria["weight"] > 0, "indicator_id"].nunique()
    contour = project.study.methods.optimum
    gap_pct = 100 * float(best["gap"].iloc[0])
    compared = int(perimeters["compared"].sum())
    return {
        "n_perimeters": _count(compared),
        "Perimeters": _in_words(compared).capitalize(),
        "n_unions": _count((perimeters["method"] == _UNION).sum()),
        "optimum_gap_pct": _number(math.ceil(100 * gap_pct) / 100, 2),
        "optimum_stop": "" if contour is None else f"{contour.gap:g}",
        "optimum_nodes": _count(best["n_nodes"].iloc[0]),
        "without_top_pct": _range(kept.min(), kept.max()),
        "criteria": _in_words(weighed),
    }


def _of_disclosure(project: Project) -> dict[str, str]:
    perimeters = _table(project, "perimeters").set_index("perimeter_id")
    unions = perimeters.index[perimeters["method"] == _UNION]
    inside, public, left = (
        _table(project, name).pivot_table(
            index="perimeter_id", columns="indicator_id", values=column, dropna=False
        )
        for name, column in (
            ("indicators", "value"),
            ("indicators_public", "value"),
            ("indicators_public", "unallocated_pct"),
        )
    )
    found = {}
    for mark, name in (("jobs", "industry_jobs"), ("tonnes", "deposit_t")):
        same = _of_held_blocks(project, name).reindex(unions)
        moved = (100 * (public.loc[unions, name] / same - 1)).abs()
        found[f"{mark}_rounding_pct"] = _number(moved.median(), 2)
        found[f"{mark}_rounding_most_pct"] = _number(moved.max(), 2)
        found[f"{mark}_left_pct"] = _number(left.loc[unions, name].median(), 0)
    gap = (inside - public).loc[unions, "captured_pct"]
    return found | {"captured_gap_points": _number(gap.median(), 1)}


def _of_held_blocks(project: Project, name: str) -> pd.Series[float]:
    """Sum, before any rounding, the communes of the blocks that each union holds."""
    units, communes = _table(project, "communes_public"), _table(project, "communes")
    mine = units[(units["indicator_id"] == name) & units["released"]]
    codes = communes.loc[communes["in_area"], "code_insee"]
    sites, arisings = _table(project, "sites"), _table(project, "arisings")
    amounts = site_amounts(sites, arisings, codes=codes)[name]
    exact = amounts.groupby(["origin", "code_insee"])["value"].sum().to_dict()
    if name == "deposit_t":
        drawn = drawn_tonnes(_table(project, "arising_draws"), pd.Index(codes))
        means = drawn.mean(axis=1).to_dict()
        exact |= {("estime", code): t for code, t in means.items()}
    keys = zip(mine["kind"], mine["code_insee"], strict=True)
    mine = mine.assign(exact=[exact.get(key, 0.0) for key in keys])
    members = _table(project, "perimeter_communes").groupby("perimeter_id")
    return members["code_insee"].agg(lambda held: _held_sum(mine, held))


def _held_sum(units: pd.DataFrame, codes: pd.Series[str]) -> float:
    inside = units["code_insee"].isin(codes)
    whole = inside.groupby(units["block_id"]).transform("all")
    return float(units.loc[whole, "exact"].sum())


def _table(project: Project, name: str) -> pd.DataFrame:
    return read_table(project.processed, name)


def _count(number: float) -> str:
    return french_number(float(number), decimals=0)


def _number(value: float, decimals: int | None = None) -> str:
    return french_number(float(value), decimals=decimals)


def _range(low: float, high: float) -> str:
    return f"{_number(low, 0)} à {_number(high, 0)}"


def _signed(value: float) -> str:
    text = _number(abs(value), 0)
    return text if text == "0" else f"{'+' if value > 0 else '−'} {text}"


def _in_words(number: int) -> str:
    words = _WORDS.split()
    return words[number] if number < len(words) else _count(number)


def main(out: Path) -> None:
    """Fill every page from a run, and say which moved."""
    figures = delivered_figures(open_project(ROOT / "study.yaml", out=out))
    for path in pages():
        page = path.read_text(encoding="utf-8")
        told = filled(page, figures)
        if told != page:
            path.write_text(told, encoding="utf-8", newline="\n")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
