"""What registers count in perimeters of the row of six: by hand, then by the page.

a b c d e f: 10, 0, 20, 0, 60 and 10 employees, half of them in industry in c and e;
INSEE does not cover f, and tells of 65001, beyond the area.
"""

import datetime as dt
import itertools
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.maps.comparator.published import counted_lists
from eitgeo.scenarios.measures.access import (
    UNNAMED_SEAT,
    access_figures,
    counted_access_figures,
)
from eitgeo.scenarios.measures.activity import counted_facts, vintage_words
from eitgeo.scenarios.measures.counted import (
    counted_figures,
    counted_quotient_figures,
    counted_share_figures,
)
from eitgeo.tables.schema import empty_table
from eitgeo.words import published_value
from tests.maps.test_comparator import MODULES, needs_node, run_node
from tests.scenarios.toy import (
    ROW,
    A,
    B,
    C,
    D,
    E,
    F,
    make_activity,
    make_inputs,
    make_targets,
)

BEYOND = "65001"
EMPLOYEES = dict(zip(ROW, (10, 0, 20, 0, 60, 10), strict=True))
FIRMS_10 = {A: 1, B: 0, C: 2, D: 0, E: 6, BEYOND: 50}
FIRMS = {A: 10, B: 5, C: 20, D: 5, E: 60, BEYOND: 100}
OF_INDUSTRY = {A: 0, B: 0, C: 10, D: 0, E: 10, BEYOND: 0}
NEVER = "1 commune sans chiffre dans la source"


def rows(values, sector, measure, vintage):
    """Return rows of a table of activity."""
    table = pd.DataFrame({"code_insee": list(values), "value": list(values.values())})
    return table.astype({"value": float}).assign(
        sector=sector, measure=measure, vintage=vintage, evidence="O", source="x"
    )


def urssaf():
    """Return the employees of two sectors."""
    industry = {code: n / 2 if code in (C, E) else 0 for code, n in EMPLOYEES.items()}
    others = {code: EMPLOYEES[code] - industry[code] for code in ROW}
    parts = [(industry, "industry"), (others, "trade")]
    return pd.concat(
        rows(values, sector, measure, "2025-12-31")
        for values, sector in parts
        for measure in ("employees", "employers")
    )


def insee(times=1):
    """Return the establishments of five communes, and of one beyond."""
    large = {code: times * n for code, n in FIRMS_10.items()}
    return pd.concat(
        [
            rows(FIRMS, "all", "establishments", "2018-12-31"),
            rows(OF_INDUSTRY, "industry", "establishments", "2018-12-31"),
            rows(large, "all", "establishments_10_plus", "2018-12-31"),
        ]
    )


def counted(first=None, second=None):
    """Return the facts."""
    return counted_facts(
        urssaf() if first is None else first,
        insee() if second is None else second,
        empty_table("activity_ape"),
    )


def measured(*perimeters, facts=None):
    """Return the figures of perimeters."""
    activity = make_activity(counted=counted() if facts is None else facts)
    inputs = make_inputs(*perimeters, activity=activity)
    measures = (
        counted_figures,
        counted_share_figures,
        counted_quotient_figures,
        counted_access_figures,
    )
    return {k: v for measure in measures for k, v in measure(inputs).items()}


def test_sums_are_those_of_the_communes() -> None:
    found = measured([A, C], [A, C, E])
    values = {name: table["value"].tolist() for name, table in found.items()}
    assert values["counted_employees"] == [30, 90]
    assert values["counted_industry_employees"] == [10, 40]
    assert values["counted_industry_pct"] == pytest.approx([100 / 3, 400 / 9])
    assert values["counted_top_commune_pct"] == [100, 75]
    assert values["counted_establishments"] == [30, 90]
    assert values["counted_firms_10"] == [3, 9]
    # 10 of 30 and 20 of 90, against 20 of 200.
    assert values["counted_industry_lq"] == pytest.approx([10 / 3, 20 / 9])


def test_each_figure_says_its_vintage_and_when_it_is_old() -> None:
    found = measured([A, C])
    assert set(found["counted_employees"]["note"]) == {"fin\xa02025"}
    old = "fin\xa02018, il y a plus de cinq ans"
    assert set(found["counted_firms_10"]["note"]) == {old}
    assert set(found["counted_industry_lq"]["note"]) == {old}


def test_a_commune_that_is_not_covered_leaves_no_figure() -> None:
    found = measured([E, F])
    assert found["counted_employees"]["value"].tolist() == [70]
    for name in ("counted_firms_10", "counted_industry_lq", "counted_firms_10_45min"):
        assert found[name]["value"].isna().all()
        assert found[name]["note"].str.endswith(NEVER).all()


def test_the_seat_is_near_what_is_counted_and_nothing_drawn_moves_it() -> None:
    # Minutes to a: 5, 20, 30, 40, 60; to e: 60, 50, 40, 30, 5. Six of nine are in e.
    found = measured([A, B, C, D, E])["counted_firms_10_45min"]
    assert found["value"].tolist() == [2 + 6]
    assert found["note"].str.startswith("siège calculé : ").all()
    assert measured([B, D])["counted_firms_10_45min"]["value"].isna().all()


def test_a_part_is_never_printed_above_its_whole() -> None:
    """All 177 of a and c are near the seat, two figures of which are 180."""
    found = measured([A, C], [A, B, C, D, E], facts=counted(second=insee(59)))
    every, near = (found[f"counted_firms_10{tail}"]["value"] for tail in ("", "_45min"))
    assert every.tolist() == [177, 531]
    assert near.tolist() == [170, 472]
    about: Any = {"evidence": "S", "decimals": 0, "unit": "nombre"}
    assert [published_value(one, **about) for one in near] == [170, 470]


def test_one_seat_bears_a_name_and_it_is_the_counted_one() -> None:
    activity = make_activity(counted=counted(), target=TARGETS)
    inputs = make_inputs([A, B, C, D, E], activity=activity)
    drawn = access_figures(inputs)["seat_45min_pct"]
    assert drawn["value"].notna().all()
    assert set(drawn["note"]) == {UNNAMED_SEAT}


def test_without_a_register_nothing_is_told() -> None:
    none = counted_facts(
        *map(empty_table, ("activity_urssaf", "activity_insee", "activity_ape"))
    )
    assert none is None
    assert measured(
        [A], facts=counted(second=empty_table("activity_insee"))
    ).keys() == {
        "counted_employers",
        "counted_employees",
        "counted_industry_employees",
        "counted_industry_pct",
        "counted_top_commune_pct",
    }


def test_activities_by_subclass_stand_in_for_sectors() -> None:
    empty = empty_table("activity_urssaf")
    found = counted_facts(empty, insee(), urssaf().assign(naf="10.71C"))
    assert found is not None
    assert found.table["salaries"].reindex(ROW).tolist() == list(EMPLOYEES.values())


@pytest.mark.parametrize(
    ("edition", "is_old"),
    [(dt.date(2023, 12, 30), False), (dt.date(2023, 12, 31), True)],
)
def test_a_fact_is_old_from_the_day_it_is_five(edition, is_old) -> None:
    assert ("cinq ans" in vintage_words("2018-12-31", edition)) == is_old


FIND = """
import { countedFigure, nearFigure } from "%(modules)s/counted.js";
import { seatFigure } from "%(modules)s/seat.js";
let text = "";
process.stdin.on("data", (part) => { text += part; });
process.stdin.on("end", () => {
  const { raw, towns, recipes, sets } = JSON.parse(text);
  const counts = { cible: new Map([["", raw.targets]]) };
  const of = { near: nearFigure, seat: seatFigure, counted: countedFigure };
  const data = { raw, n: raw.communes.name.length, counts, towns: towns.map((one) => ({
    ...one, order: one.minutes.map((_, i) => i).sort((a, b) => one.minutes[a] - one.minutes[b] || a - b),
  })) };
  const found = sets.map((held) => recipes.map((one) => of[one.how](data, one, held)));
  console.log(JSON.stringify(found));
});
"""  # noqa: E501
TARGETS = make_targets({A: 3, B: 1, D: 1, E: 2})
RECIPES = {
    "counted_employees": {"how": "counted", "of": "salaries"},
    "counted_top_commune_pct": {
        "how": "counted",
        "of": "salaries_industrie",
        "want": "top",
    },
    "counted_industry_pct": {
        "how": "counted",
        "of": "salaries_industrie",
        "over": "salaries",
    },
    "counted_industry_lq": {
        "how": "counted",
        "of": "etablissements_industrie",
        "over": "etablissements",
        "want": "quotient",
    },
    "counted_firms_10_45min": {
        "how": "near",
        "of": "etablissements_10",
        "minutes": 45,
    },
    "seat_45min_pct": {"how": "seat", "minutes": 45, "want": "share"},
}


@needs_node
@pytest.mark.parametrize("times", [1, 59])
def test_the_page_says_what_the_package_says_of_every_perimeter(times) -> None:
    sets = [c for n in range(1, 7) for c in itertools.combinations(ROW, n)]
    facts = counted(second=insee(times))
    assert facts is not None
    activity = make_activity(counted=facts, target=TARGETS)
    inputs = make_inputs(*sets, activity=activity)
    when = {
        k: vintage_words(v, dt.date(2026, 11, 24)) for k, v in facts.vintages.items()
    }
    table = facts.table.rename_axis("code_insee").reset_index()
    told = table.melt("code_insee", var_name="fact", value_name="n").dropna()
    told = told.assign(when=told["fact"].map(when))
    codes = inputs.activity.codes.tolist()
    names = inputs.communes.set_index("code_insee")["nom"]
    minutes = inputs.activity.town_minutes
    raw = {
        "counted": counted_lists(told, codes),
        "communes": {"name": names.reindex(codes).tolist()},
        "targets": inputs.targets.tolist(),
        "study": {"unnamedSeat": UNNAMED_SEAT},
    }
    towns = [
        {"at": codes.index(town), "minutes": minutes[town].tolist()}
        for town in minutes.columns
    ]
    held = [[int(code in one) for code in codes] for one in sets]
    asked = {"raw": raw, "towns": towns, "recipes": list(RECIPES.values())}
    said = json.loads(
        run_node(
            "--input-type=module",
            "-e",
            FIND % {"modules": MODULES.as_uri()},
            text=json.dumps(asked | {"sets": held}),
        )
    )
    found = measured(*sets, facts=facts) | access_figures(inputs)
    for at, name in enumerate(RECIPES):
        values = np.array([row[at]["value"] for row in said], dtype=float)
        np.testing.assert_allclose(values, found[name]["value"], rtol=1e-12)
        assert [row[at]["note"] for row in said] == found[name]["note"].tolist(), name
