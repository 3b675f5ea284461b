"""Tell the waste syndicate what it would gain and lose, and what it would ask."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.flows.exchanges.levers import DISPOSAL, PARTICIPATION, TONNES, USE, VALUE
from eitgeo.flows.exchanges.participation import DRAW
from eitgeo.flows.exchanges.syndicate_account import (
    BALANCE,
    MATERIALS,
    Collected,
    Factors,
    Landfill,
    account_entries,
    account_lines,
    collected_today,
    landfill_marks,
    levels,
    member_draws,
    member_levels,
    space_lines,
)
from eitgeo.flows.outlets.syndicate import collected_bodies, plant_costs, public_outlets
from eitgeo.ledger import Place
from eitgeo.reference.exchange_terms import (
    LANDFILL,
    landfill_tax,
    latest_tax_year,
    material_values,
    syndicate_lines,
)
from eitgeo.sources.waste.landfills import read_landfill_ceilings
from eitgeo.steps.flows.levers import (
    NO_COLLECTION,
    NO_OUTLETS,
    lever_draw_factors,
    study_rules,
    with_uses,
)
from eitgeo.steps.log_words import about
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.study.sections import Study, Syndicate
from eitgeo.tables.files import read_table, write_table
from eitgeo.territory.membership import members
from eitgeo.words import split_name

if TYPE_CHECKING:
    Level = tuple[float, float, float]
    Key = tuple[str, str, str, str]

_KEY = ["line", "outlet_id", "ewc_stat", "member"]
_LEVELS = ["low", "mid", "high"]
_NO_LANDFILL = "aucun stockage parmi les exutoires du syndicat"
_FULL = (
    "stockage au plafond : le modèle n'y envoie aucun déchet d'entreprise ; "
    f"{NO_COLLECTION}"
)
_NO_COMPOST = "ventes de compost : à demander à l'exploitant"
_NO_COST = (
    "coût d'une tonne traitée à saisir (flows.syndicate.costs) : {names} ; il est dans "
    "le compte d'exploitation, que tiennent le syndicat et ses exploitants"
)
_NO_END = "fin de l'autorisation du stockage à demander à l'exploitant"
_NO_LIST = "liste des membres à demander au syndicat"
_FACTS = {
    "balance": "bilan du syndicat (potentiel)",
    "landfill_t": "place gagnée dans son stockage (potentiel)",
    "per_inhabitant": "effet par habitant (potentiel)",
}
_UNKNOWN = "tax_spared"
_OF_MEMBERS = ("per_inhabitant", "member_eur")
_ON_COSTS = ("fee_lost", "cost_spared", MATERIALS, BALANCE, *_OF_MEMBERS)
_OF_LANDFILL = ("landfill_t", "landfill_days", "landfill_years")


@step(
    "Compte du syndicat",
    writes=("syndicate_account",),
    files="ceiling_files",
)
def run(allocation: pd.DataFrame, *, project: Project) -> dict[str, object]:
    """Write ``syndicate_account``: each line, its interval, or why there is none."""
    syndicate = project.study.flows.syndicate
    if syndicate is None:
        rows = pd.DataFrame([_untold(line, NO_OUTLETS) for line in _UNITS])
    else:
        rows = _account(project, allocation, syndicate)
    write_table(project.processed, rows, table="syndicate_account")
    whole = rows[(rows["outlet_id"] + rows["ewc_stat"] + rows["member"]).eq("")]
    by_line = whole.set_index("line", drop=False).to_dict("index")
    return {label: _interval(by_line[line]) for line, label in _FACTS.items()}


_UNITS = {str(line): str(unit) for line, unit in syndicate_lines()["unit"].items()}


def _interval(row: dict[Hashable, Any]) -> str:
    if np.isnan(row["mid"]):
        return f"non chiffré : {row['left_out']}"
    place = Place("syndicate_account", str(row["line"]), "mid")
    return about(row["mid"], row["unit"], place, bounds=(row["low"], row["high"]))


def _untold(line: str, why: str) -> dict[str, object]:
    return {
        **dict.fromkeys(_KEY, ""),
        **dict.fromkeys(_LEVELS, float("nan")),
        "line": line,
        "unit": _UNITS[line],
        "status": "non_chiffre",
        "left_out": why,
        "evidence": "H",
    }


class _Told(NamedTuple):
    """Levels of a line by its key, and how sure they are."""

    key: Key
    levels: Level
    evidence: str = "H"


def _account(
    project: Project, allocation: pd.DataFrame, syndicate: Syndicate
) -> pd.DataFrame:
    """Compute every line; those that nobody can tell say why."""
    landfills = _landfills(project)
    rules = study_rules(project)
    rows = _lots(allocation, rules)
    collected = _collected(project, rows, landfills)
    lots = read_table(project.processed, "public_lots")
    entries = account_entries(rows, lots, collected, costs=plant_costs(project.study))
    lines = account_lines(
        entries, _factors(project, rows, rules), landfills, values=material_values()
    )
    left = _years_left(project.study)
    if not syndicate.public_collection:  # unknown, which is not nothing
        lines = {key: drawn for key, drawn in lines.items() if key[0] != _UNKNOWN}
    records = [_Told((*key, ""), levels(drawn)) for key, drawn in lines.items()]
    space = space_lines(lines, landfills, years_left=left)
    records += [_Told((*key, ""), levels(*bounds)) for key, bounds in space.items()]
    records += _marks(project, landfills, left)
    records += _member_rows(lines["balance", "", ""], _hypotheses(project))
    uncosted = set(entries.loc[entries["cost"].isna(), "outlet_id"])
    return _table(records, _reasons(project, landfills, syndicate, uncosted))


def _lots(allocation: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Sum what leaves each lot in each draw of who takes part, use by use today."""
    own_lots = with_uses(allocation[allocation["syndicate_share"] > 0], rules)
    own_lots = own_lots.assign(out_t=own_lots["t"] * own_lots["syndicate_share"])
    today = ["use", "used_share", "left_share"]
    by_lot = own_lots.groupby(["donor_code", "ewc_stat", DRAW, *today])
    lots = by_lot[["t", "out_t"]].sum().reset_index()
    return lots.assign(syndicate_share=lots["out_t"] / lots["t"])


def _table(told: list[_Told], reasons: dict[str, str]) -> pd.DataFrame:
    rows: list[dict[str, object]] = [
        {
            **dict(zip(_KEY, one.key, strict=True)),
            **dict(zip(_LEVELS, one.levels, strict=True)),
            "unit": _UNITS[one.key[0]],
            "evidence": one.evidence,
        }
        for one in told
    ]
    there = {one.key[0] for one in told}
    absent = [_untold(line, reasons[line]) for line in _UNITS if line not in there]
    table = pd.DataFrame(rows + absent)
    known = table["mid"].notna()
    table["status"] = known.map({True: "chiffre", False: "non_chiffre"})
    table["left_out"] = table["line"].map(reasons).fillna("")
    return table


def _landfills(project: Project) -> list[Landfill]:
    """List the landfills of the syndicate, with the tax of the year."""
    study = project.study
    outlets = read_table(project.processed, "outlets").set_index("outlet_id")
    own = outlets.loc[[one for one in public_outlets(study) if one in outlets.index]]
    tax = landfill_tax()
    year = latest_tax_year(study.identity.edition.year)
    row = tax[tax["heading"].eq(LANDFILL) & tax["year"].eq(year)].iloc[0]
    return [
        Landfill(
            str(name),
            float(outlet["household_t"]),
            float(row["eur_per_t"]),
            float(np.nan_to_num(row["extra_eur_per_t"])),
            float(np.nan_to_num(row["above_t"], nan=np.inf)),
        )
        for name, outlet in own.iterrows()
        if LANDFILL in str(outlet["icpe_headings"]).split(";")
        or outlet["kind"] == "isdnd"
    ]


def _collected(
    project: Project, allocation: pd.DataFrame, landfills: list[Landfill]
) -> Collected:
    codes = _codes(project, collected_bodies(project.study))
    # The tax of the one that pays most, as the levers count it.
    first = max(landfills, key=lambda one: one.over_t > 0, default=None)
    outlet_id = first.outlet_id if first else ""
    return collected_today(allocation, project.study, codes, outlet_id)


def _codes(project: Project, bodies: tuple[str, ...]) -> set[str]:
    rows = read_table(project.processed, "membership")
    day = project.study.territory.on_date
    codes_by_body = [members(rows, body, on_date=day)["code_insee"] for body in bodies]
    return {str(code) for codes in codes_by_body for code in codes}


def _hypotheses(project: Project) -> dict[str, pd.Series[float]]:
    """List who may be a member, list by list: inhabitants of each EPCI.

    Lists of one syndicate bear its name before a dash; none where several are told.
    """
    bodies = read_table(project.processed, "bodies").set_index("body_id")
    names = bodies["name"].astype(str).map(lambda name: split_name(name)[0])
    own_names = set(names.reindex(list(project.study.comparison.waste_bodies)).dropna())
    if len(own_names) != 1:
        return {}
    treats = bodies["kind"].eq("syndicat") & bodies["waste_competence"]
    communes = read_table(project.processed, "communes").set_index("code_insee")
    inhabitants = {}
    for body in sorted(names.index[names.isin(own_names) & treats]):
        of_list = communes[communes.index.isin(_codes(project, (str(body),)))]
        people = of_list.groupby("epci_siren")["population"].sum().astype(float)
        inhabitants[str(body)] = people
    return inhabitants


def _factors(
    project: Project, allocation: pd.DataFrame, rules: pd.DataFrame
) -> Factors:
    draws = lever_draw_factors(project, allocation, rules)
    t = allocation["t"].to_numpy(float)[None, :] * draws[TONNES] * draws[PARTICIPATION]
    # No tonne that is used today leaves a plant.
    t = t * draws[USE]
    return Factors(t, draws[DISPOSAL], draws[VALUE])


def _years_left(study: Study) -> tuple[float, float]:
    landfill_end = study.flows.syndicate and study.flows.syndicate.landfill_end
    if not landfill_end:
        return float("nan"), float("nan")
    first, last = (
        float(max(year - study.identity.edition.year, 0))
        for year in sorted(landfill_end.years)
    )
    return first, last


def _marks(
    project: Project, landfills: list[Landfill], left: tuple[float, float]
) -> Iterator[_Told]:
    """Say where each landfill stands: what sources publish, no model."""
    outlets = read_table(project.processed, "outlets").set_index("outlet_id")
    sure = outlets["evidence"].astype(str)
    for landfill in landfills:
        letter = "H" if sure[landfill.outlet_id] == "H" else "S"
        for line, (low, high) in landfill_marks(landfill, years_left=left).items():
            middle = (low + high) / 2
            yield _Told((line, landfill.outlet_id, "", ""), (low, middle, high), letter)
        # A threshold of the tax is no ceiling, though it is told beside them.
        ceilings = [
            t for t in _ceilings(project, landfill.outlet_id) if t != landfill.above_t
        ]
        capacity_t = float(outlets["capacity_t"][landfill.outlet_id])
        every = [t for t in (*ceilings, capacity_t) if np.isfinite(t)] or [capacity_t]
        bounds = (min(every), capacity_t, max(every))
        yield _Told(("ceiling_t", landfill.outlet_id, "", ""), bounds, letter)


def _ceilings(project: Project, outlet_id: str) -> list[float]:
    written = project.study.sources.ceilings
    if written is None:
        return []
    table = read_landfill_ceilings(project.path(written))
    return [float(t) for t in table.loc[table["outlet_id"] == outlet_id, "ceiling_t"]]


def _member_rows(
    balance: np.ndarray, hypotheses: dict[str, pd.Series[float]]
) -> Iterator[_Told]:
    """Tell what each member would pay or spare, over the lists of members."""
    if not hypotheses or np.isnan(balance).any():
        return
    draws = member_draws(balance, hypotheses)
    whole = {name: float(people.sum()) for name, people in hypotheses.items()}
    each = {(name, ""): balance / people for name, people in whole.items()}
    yield _Told(("per_inhabitant", "", "", ""), member_levels(each)[""])
    for siren, levels_of_member in member_levels(draws).items():
        yield _Told(("member_eur", "", "", siren), levels_of_member)


def _reasons(
    project: Project,
    landfills: list[Landfill],
    syndicate: Syndicate,
    uncosted: set[str],
) -> dict[str, str]:
    """Say what a line does not count, or why it has no figure: whom to ask.

    ``uncosted``: outlets that tonnes leave, whose costs nobody tells.
    """
    unknown = "" if syndicate.public_collection else NO_COLLECTION
    euros = syndicate_lines().query("part in ['compte', 'reste', 'membres']").index
    reasons = dict.fromkeys(euros, unknown) | {"out_t": unknown}
    without_compost = " ; ".join(filter(None, [unknown, _NO_COMPOST]))
    reasons |= dict.fromkeys((MATERIALS, BALANCE), without_compost)
    outlets = read_table(project.processed, "outlets").set_index("outlet_id")
    ids = [one.outlet_id for one in landfills]
    full = outlets.loc[ids, "household_t"] >= outlets.loc[ids, "capacity_t"]
    why = _NO_LANDFILL if not ids else _FULL if full.all() and unknown else unknown
    reasons |= dict.fromkeys(_OF_LANDFILL, why)
    if not ids:
        marks = syndicate_lines().query("part == 'repere'").index
        reasons |= dict.fromkeys(marks, _NO_LANDFILL)
    if syndicate.landfill_end is None and ids:
        reasons |= dict.fromkeys(("landfill_years", "years_1000t"), _NO_END)
    if not _hypotheses(project):
        reasons |= dict.fromkeys(_OF_MEMBERS, _NO_LIST)
    if uncosted:
        names = ", ".join(outlets.loc[sorted(uncosted), "name"])
        reasons |= dict.fromkeys(_ON_COSTS, _NO_COST.format(names=names))
    return dict.fromkeys(_UNITS, "") | reasons
