"""Six communes in a row, three EPCI, two départements, and who is what there.

commune      a      b      c      d      e      f
people   1 000  2 000  3 000  4 000  5 000  6 000
EPCI         1      1      2      2      3      3
dép.        31     31     31     09     09     09
PETR         west───────────      .      east────
syndicat     ────────────────────        .      .   (to be confirmed)
"""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.governance import members_of
from eitgeo.scenarios.measures.measures import Inputs
from eitgeo.study.project import read_study
from eitgeo.study.sections import Comparison, Flows, Study
from tests.surrogate import on_surrogate

ROOT = Path(__file__).resolve().parents[2]
A, B, C, D, E, F = "31001", "31002", "31003", "09004", "09005", "09006"
ROW = [A, B, C, D, E, F]
DAY = dt.date(2026, 1, 1)


def make_communes(people: Iterable[int] | None = None) -> pd.DataFrame:
    """Return table ``communes`` without its polygons."""
    counts = people or [1_000, 2_000, 3_000, 4_000, 5_000, 6_000]
    return pd.DataFrame(
        {
            "code_insee": ROW,
            "nom": ["Amont", "Bourg", "Combe", "Dalle", "Étape", "Forge"],
            "epci_siren": [f"20000000{n}" for n in (1, 1, 2, 2, 3, 3)],
            "epci_communes": 2,
            "dep": [code[:2] for code in ROW],
            "population": list(counts),
            "in_area": True,
        }
    )


def make_bodies() -> pd.DataFrame:
    """Return the bodies of the module's docstring and a body without statutes."""
    rows = [(f"epci_20000000{n}", "epci", f"CC {n}", True, "publie") for n in (1, 2, 3)]
    rows += [
        ("petr_est", "petr", "PETR de l'Est", True, "publie"),
        ("petr_ouest", "petr", "PETR de l'Ouest", True, "publie"),
        ("syndicat", "syndicat", "Syndicat", True, "a_confirmer"),
        ("projet", "ti", "Projet", False, "a_confirmer"),
    ]
    names = ["body_id", "kind", "name", "legal_person", "status"]
    return pd.DataFrame(rows, columns=names)


def make_membership(*more: tuple[str, str, str]) -> pd.DataFrame:
    """Return the members of those bodies: body, commune, status."""
    groups = {
        "epci_200000001": [A, B],
        "epci_200000002": [C, D],
        "epci_200000003": [E, F],
        "petr_est": [E, F],
        "petr_ouest": [A, B, C],
    }
    rows = [(body, code, "publie") for body, codes in groups.items() for code in codes]
    rows += [("syndicat", code, "a_confirmer") for code in (A, B, C, D)]
    rows += [("projet", C, "publie"), ("projet", D, "a_confirmer")]
    rows += [("projet", E, "publie"), *more]
    table = pd.DataFrame(rows, columns=["body_id", "code_insee", "status"])
    return table.assign(from_date="", to_date="")


def candidate(name: str, *codes: str, **options: Any) -> Candidate:
    """Make a perimeter of communes."""
    options = {"method": "structure"} | options
    return Candidate(perimeter_id=name, name=name, codes=frozenset(codes), **options)


def union(*numbers: int) -> Candidate:
    """Make the union of whole EPCI."""
    codes = [code for n in numbers for code in ROW[2 * n - 2 : 2 * n]]
    name = "union_" + "".join(map(str, numbers))
    epci = [f"20000000{n}" for n in numbers]
    return candidate(name, *codes, method="union_epci", parameters={"epci": epci})


def make_targets(counts: dict[str, int], *, naf: str = "10.51C") -> pd.DataFrame:
    """Return so many target sites in each commune."""
    codes = [code for code, n in counts.items() for _ in range(n)]
    table = pd.DataFrame({"code_insee": codes}, dtype="str")
    names = pd.Series([f"t{n}" for n in range(len(codes))], dtype="str")
    return table.assign(site_id=names, naf=naf, synthetic=False)


def make_sites(counts: dict[str, int], *, source: str = "SIRENE") -> pd.DataFrame:
    """Return so many sites in each commune, as a source tells them."""
    return make_targets(counts).assign(source=source)


def make_unsure(counts: dict[str, int], *, unsized: bool = True) -> pd.DataFrame:
    """Return so many sites that may be targets, of unknown size unless said."""
    return make_targets(counts).assign(unsized=unsized)


def make_amounts(stem: str, *rows: tuple[str, str, float]) -> pd.DataFrame:
    """Return sites with an amount: half of it at least, twice at most."""
    table = pd.DataFrame(rows, columns=["site_id", "code_insee", f"{stem}_mid"])
    mid = table[f"{stem}_mid"].astype(float)
    bounds = {f"{stem}_low": 0.5 * mid, f"{stem}_mid": mid, f"{stem}_high": 2 * mid}
    return table.assign(**bounds, synthetic=False)


def make_exchanges(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Return exchanges: donor, taker, tonnes."""
    table = pd.DataFrame(rows, columns=["donor_id", "receiver_id", "t_mid"])
    return table.astype({"t_mid": float})


def make_families(
    *rows: tuple[str, str, str], documented: bool = False
) -> pd.DataFrame:
    """Return givers: family, commune, site."""
    names = ["family", "code_insee", "site_id"]
    table = pd.DataFrame(rows, columns=names, dtype="str")
    return table.assign(documented=documented)


def make_groups(
    *rows: tuple[str, str, str], fewest: int = 3, documented: bool = False
) -> pd.DataFrame:
    """Return firms of a zone that could share a service: group, commune, site.

    A group is of the family that its name starts with.
    """
    table = pd.DataFrame(rows, columns=["group_id", "code_insee", "site_id"])
    table = table.astype("str").assign(fewest_sites=fewest, documented=documented)
    return table.assign(family=table["group_id"].str[:2])


def make_outlet_ways(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Return ways to outlets: site, commune, minutes."""
    table = pd.DataFrame(rows, columns=["site_id", "code_insee", "minutes"])
    return table.astype({"minutes": float})


MINUTES = {
    A: [5.0, 20.0, 30.0, 40.0, 60.0, 70.0],
    E: [60.0, 50.0, 40.0, 30.0, 5.0, 20.0],
}
"""Minutes from a to f to each of the two towns."""


def make_minutes(by_town: dict[str, list[float]] | None = None) -> pd.DataFrame:
    """Return minutes, communes × towns, in the order of codes."""
    table = pd.DataFrame(MINUTES if by_town is None else by_town, index=ROW)
    return table.sort_index().sort_index(axis=1)


def make_activity(**parts: Any) -> Activity:
    """Return the facts of the row of six; nothing happens unless said."""
    values: dict[str, Any] = {
        "target": make_targets({}),
        "unsure": make_unsure({}),
        "sites": make_sites({}),
        "industry": make_amounts("headcount"),
        "deposit": make_amounts("t"),
        "observed": make_amounts("t"),
        "exchanges": make_exchanges(),
        "families": make_families(),
        "town_minutes": make_minutes(),
    }
    return Activity(codes=pd.Index(sorted(ROW), dtype="str"), **(values | parts))


def make_inputs(
    *perimeters: Candidate | Iterable[str],
    activity: Activity | None = None,
    study: Study | None = None,
    communes: pd.DataFrame | None = None,
    bodies: pd.DataFrame | None = None,
    membership: pd.DataFrame | None = None,
    **options: Any,
) -> Inputs:
    """Return what measures are given, on perimeters or groups of communes."""
    bodies = make_bodies() if bodies is None else bodies
    rows = make_membership() if membership is None else membership
    return Inputs(
        [
            one if isinstance(one, Candidate) else candidate(f"p{rank}", *one)
            for rank, one in enumerate(perimeters)
        ],
        make_activity() if activity is None else activity,
        make_communes() if communes is None else communes,
        study or make_study(),
        bodies,
        members_of(bodies, rows, DAY),
        **options,
    )


def make_study(*, posts: float = 2.0, **changes: Any) -> Study:
    """Return the study that ships, with thresholds in round figures."""
    study = on_surrogate(read_study(ROOT / "study.yaml"))
    comparison = {
        "target_naf": ("05-39",),
        "waste_bodies": ("syndicat",),
    }
    return study.model_copy(
        update={
            "comparison": Comparison.model_validate(comparison | changes),
            "flows": Flows(),
            "governance": study.governance.model_copy(update={"posts": posts}),
            "territory": study.territory.model_copy(update={"on_date": DAY}),
        }
    )
