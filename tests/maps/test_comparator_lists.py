"""What the page makes of lists of members to confirm, as the package does."""

import itertools
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.maps.comparator.payload import _bodies, _ranks
from eitgeo.scenarios.measures.governance import body_figures, council_figures
from eitgeo.tables.public import Released
from eitgeo.words import tied
from tests.maps.test_comparator import MODULES, needs_node, run_node
from tests.scenarios.toy import (
    ROW,
    C,
    E,
    make_bodies,
    make_communes,
    make_inputs,
    make_membership,
)

SUBSETS = [
    codes for n in range(1, len(ROW) + 1) for codes in itertools.combinations(ROW, n)
]
"""Every perimeter of the row of six."""
NAMES = ("n_petr", "n_waste_bodies", "body_fit_pct")
FIND = """
import { heldOf, prepare } from "%(modules)s/data.js";
import { computedFigure } from "%(modules)s/model.js";
let text = "";
process.stdin.on("data", (part) => { text += part; });
process.stdin.on("end", () => {
  const { raw, subsets } = JSON.parse(text);
  const data = prepare(raw);
  console.log(JSON.stringify(subsets.map((codes) => raw.indicators.map((one) => {
    const { value, low, high, note, evidence } = computedFigure(data, one, heldOf(data, codes));
    return [value, low, high, note, evidence];
  }))));
});
"""  # noqa: E501


def confirmed(*statuses: tuple[str, str, str]) -> pd.DataFrame:
    """Return the members of the toy, some with another status: body, commune, it."""
    rows = make_membership()
    for body, code, status in statuses:
        mine = rows["body_id"].str.contains(body) & rows["code_insee"].str.contains(
            code
        )
        rows.loc[mine, "status"] = status
    return rows


MEMBERSHIPS = {
    "none": confirmed(("", "", "publie")),
    "syndicate": confirmed(),
    "part": confirmed(("syndicat", C, "publie"), ("petr_est", E, "a_confirmer")),
    "petr": confirmed(("petr_ouest", "", "a_confirmer")),
    "all": confirmed(("", "", "a_confirmer")),
}


def told_by_the_package(bodies: pd.DataFrame, membership: pd.DataFrame) -> Any:
    """Measure every perimeter: indicator → rows of value, low, high, note, class."""
    inputs = make_inputs(*SUBSETS, bodies=bodies, membership=membership)
    found = council_figures(inputs) | body_figures(inputs)
    rows = {}
    for name in NAMES:
        table = found[name]
        doubt = table.get("doubt_pct", pd.Series(0.0, table.index)).fillna(0)
        evidence = np.where(doubt > 20, "H", "O")
        told = table[["value", "low", "high", "note"]].assign(evidence=evidence)
        # As the page has them, where no line breaks a number from its unit.
        rows[name] = told.assign(note=told["note"].map(tied))
    return rows


def raw_of(bodies: pd.DataFrame, membership: pd.DataFrame) -> dict[str, Any]:
    """Return what the page reads of bodies, and nothing else."""
    communes = make_communes()
    public = {"bodies": Released(bodies), "body_members": Released(membership)}
    ground = SimpleNamespace(communes=communes.set_index("code_insee"), area=communes)
    rank = {code: place for place, code in enumerate(ROW)}
    listed = [
        {**one, **{key: _ranks(one[key], rank) for key in ("codes", "certain")}}
        for one in _bodies(public, ground)  # type: ignore[arg-type]
    ]
    petr = [one["id"] for one in listed if one["kind"] == "petr"]
    recipes = [
        {"how": "bodies", "of": petr, "note": "whole"},
        {"how": "bodies", "of": ["syndicat"], "note": "unknown"},
        {"how": "fit"},
    ]
    people = communes["population"].tolist()
    return {
        "communes": {
            "code": ROW,
            "epci": [0] * 6,
            "dep": [],
            "pop": people,
            "area": [],
        },
        "epci": [{"total": 6}],
        "links": [],
        "blocks": {},
        "counts": {},
        "minutes": {"towns": [], "by_town": []},
        "perimeters": [],
        "unions": {"epci": []},
        "published": {"unions": {}, "perimeters": {}},
        "bodies": listed,
        "indicators": [
            {"id": name, "evidence": "O", "recipe": recipe}
            for name, recipe in zip(NAMES, recipes, strict=True)
        ],
    }


@needs_node
@pytest.mark.parametrize("members", list(MEMBERSHIPS))
def test_every_perimeter_is_known_as_far_as_its_lists_are(members, tmp_path) -> None:
    bodies, membership = make_bodies(), MEMBERSHIPS[members]
    if members == "none":
        bodies = bodies.assign(status="publie")
    script = tmp_path / "find.mjs"
    script.write_text(FIND % {"modules": MODULES.as_uri()}, encoding="utf-8")
    rank = {code: place for place, code in enumerate(ROW)}
    asked = {
        "raw": raw_of(bodies, membership),
        "subsets": [[rank[code] for code in codes] for codes in SUBSETS],
    }
    said = json.loads(run_node(str(script), text=json.dumps(asked)))
    n_open = 0
    for name, made in zip(NAMES, zip(*said, strict=True), strict=True):
        told = told_by_the_package(bodies, membership)[name]
        for row, page in zip(told.itertuples(index=False), made, strict=True):
            numbers = [np.nan if one is None else one for one in page[:3]]
            assert numbers == pytest.approx(list(row[:3]), rel=1e-9, nan_ok=True)
            assert page[3:] == list(row[3:])
            n_open += page[4] == "H" and page[0] is None
    assert (n_open == 0) == (members == "none")
