"""What the comparator is given, and how its script is joined."""

import json
import math
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import box

from eitgeo.errors import SchemaError
from eitgeo.maps.comparator.bundle import bundle, payload_json, read_modules
from eitgeo.maps.comparator.ground import (
    border_lists,
    epci_lists,
    frame_of,
    shared_arcs,
)
from eitgeo.maps.comparator.payload import comparator_payload, indicator_lists
from eitgeo.maps.comparator.published import carrier_lists, union_carrier_lists
from eitgeo.maps.words.cards import gap_text, printed_gap
from eitgeo.reference.governance import carrier_rules, carriers
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.carriers.carriers import carrier_reasons, carrier_states
from eitgeo.scenarios.carriers.facts import Fact, compared_alone_facts
from eitgeo.words import figure_text
from tests.maps.comparators import (
    AREA,
    THRESHOLDS,
    make_choices,
    make_page,
    make_tables,
    union_carrier_reasons,
    union_carrier_states,
)
from tests.maps.pages import long_numbers
from tests.maps.toy import HOSTILE, Toy, squares

NODE = shutil.which("node")
SCRIPTS = Path(__file__).parent / "js"
MODULES = Path(__file__).resolve().parents[2] / "eitgeo/maps/comparator/js"
needs_node = pytest.mark.skipif(NODE is None, reason="Node is not installed")


@pytest.fixture(scope="module")
def payload(toy: Toy) -> dict[str, Any]:
    """Gather what the page of the toy study knows."""
    return comparator_payload(
        toy.ground,
        make_tables(toy),
        catalogue=toy.catalogue,
        choices=make_choices(),
        sheet=toy.sheet,
    )


def test_the_page_is_told_why_no_order_is_published(toy: Toy, payload) -> None:
    assert payload["study"]["orders"] is True
    held = comparator_payload(
        toy.ground,
        make_tables(toy),
        catalogue=toy.catalogue,
        choices=replace(make_choices(), orders_held="un seul axe"),
        sheet=toy.sheet,
    )["study"]
    assert (held["orders"], held["ordersHeld"]) == (False, "un seul axe")


def run_node(*arguments: str, text: str = "") -> str:
    """Run Node and return what it prints."""
    done = subprocess.run(  # noqa: S603
        [NODE or "node", *arguments],
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_node
@pytest.mark.parametrize("name", sorted(one.name for one in SCRIPTS.glob("*.test.mjs")))
def test_the_modules_pass_their_own_tests(name) -> None:
    # Asked for tests, Node would run each file in a process of its own.
    said = run_node(str(SCRIPTS / name))
    assert "# fail 0" in said
    assert "# pass 0" not in said


def test_each_border_is_one_arc_with_its_two_sides() -> None:
    shapes = [box(0, 0, 10, 10), box(10, 0, 20, 10), box(0, 10, 20, 20)]
    # The long side of the third has a vertex where the two others meet.
    shapes[2] = shapely.Polygon([(0, 10), (10, 10), (20, 10), (20, 20), (0, 20)])
    arcs = shared_arcs(shapes, frame_of(shapes))
    lengths = {
        sides: sum(math.hypot(*step) for step in np.reshape(line[2:], (-1, 2)))
        for sides, line in zip(arcs.sides, arcs.lines, strict=True)
    }
    assert lengths == {
        (-1, 0): 20.0,
        (-1, 1): 20.0,
        (-1, 2): 40.0,
        (0, 1): 10.0,
        (0, 2): 10.0,
        (1, 2): 10.0,
    }


def test_polygons_that_overlap_are_refused() -> None:
    shapes = [box(0, 0, 10, 10)] * 3
    with pytest.raises(SchemaError, match="3 polygones sur une même limite"):
        shared_arcs(shapes, frame_of(shapes))


def test_arcs_keep_the_area_of_every_commune() -> None:
    layer = squares().iloc[:9]
    shapes = layer.geometry.to_numpy()
    frame = frame_of(shapes)
    arcs = shared_arcs(shapes, frame)
    for rank, shape in enumerate(shapes):
        lines = [
            np.cumsum(np.reshape(line, (-1, 2)), axis=0)
            for sides, line in zip(arcs.sides, arcs.lines, strict=True)
            if rank in sides
        ]
        merged = shapely.polygonize([shapely.LineString(line) for line in lines])
        assert merged.area == pytest.approx(shape.area, rel=1e-6)


def test_the_payload_says_what_the_tables_say(payload) -> None:
    assert payload["communes"]["code"] == sorted(AREA)
    assert [len(one["codes"]) for one in payload["perimeters"]] == [3, 8, 2, 1]
    assert payload["unions"]["epci"] == [[1], [0, 1], [0, 1, 2]]
    packed = payload["published"]["perimeters"]["deposit_t"]
    assert packed["value"] == [38_412] * 4
    assert packed["low"] == [19_000] * 4
    assert payload["study"]["network"] == "routes d’essai, août 2021"
    bodies = {one["id"]: one for one in payload["bodies"]}
    assert bodies["syndicat"]["pop"] == 1000 * sum(range(1, 7))
    assert (bodies["syndicat"]["sure"], bodies["ti"]["legal"]) == (False, False)
    assert payload["study"]["demonstration"] == [
        "établissements synthétiques",
        "réseau de substitution",
    ]


def test_blocks_of_epci_are_those_that_no_body_parts(payload) -> None:
    pieces = [(one["label"], one["epci"], one["core"]) for one in payload["pieces"]]
    assert pieces == [
        ("Socle : PETR d'essai", [1], True),
        ("Aval", [0], False),
        ("Nord", [2], False),
    ]


def test_what_only_a_run_computes_has_no_recipe(payload) -> None:
    by_name = {one["id"]: one["recipe"] for one in payload["indicators"]}
    assert by_name["deposit_t"] == {"how": "blocks", "of": "deposit_t"}
    kinds = {one["id"]: one["kind"] for one in payload["indicators"]}
    missing = {name for name, recipe in by_name.items() if recipe is None}
    offline = {name for name, kind in kinds.items() if kind == "offline"}
    # A mean over the shares of other figures: only whole runs know these.
    assert missing == offline | {"hypothesis_share_pct"}


def test_a_register_that_nobody_reads_is_no_zero(toy: Toy) -> None:
    recipes = {
        one["id"]: one["recipe"]
        for one in indicator_lists(
            indicator_catalogue(),
            THRESHOLDS._replace(unread={"declared_sites": "aucun registre lu"}),
            make_tables(toy)["bodies"].table,
        )
    }
    assert recipes["declared_sites"] == {"how": "unread", "note": "aucun registre lu"}


TOLD = ("reasons", "conditions", "waiting")


def unfolded(packed: dict[str, Any], at: int) -> list[dict[str, Any]]:
    """Lay out the states of a union as the page does."""
    found = []
    for carrier, kind, *lists in (packed["rows"][rank] for rank in packed["of"][at]):
        (label, short), (state, word) = packed["who"][carrier], packed["words"][kind]
        told = [[packed["sentences"][rank] for rank in one] for one in lists]
        one = {"state": state, "word": word, "label": label, "short": short}
        asks = [packed["abouts"][rank] for rank in lists[TOLD.index("conditions")]]
        found.append(one | dict(zip(TOLD, told, strict=True)) | {"asks": asks})
    return found


@pytest.mark.parametrize("demonstration", [True, False])
def test_unions_say_what_a_compared_perimeter_would(demonstration) -> None:
    tables = union_carrier_states(), union_carrier_reasons()
    options = {"carriers": carriers(), "demonstration": demonstration}
    ids = ["union_0003", "union_0002", "union_0001"]
    packed = union_carrier_lists(*tables, union_ids=ids, **options)
    expected = carrier_lists(*tables, **options)["states"]
    assert unfolded(packed, 0) == []
    for at, union in enumerate(ids[1:], start=1):
        assert unfolded(packed, at) == expected[union]
        assert [len(one["conditions"]) for one in expected[union]] == [1, 0]
        assert [one["asks"] for one in expected[union]] == [["dehors"], []]
    assert len(packed["sentences"]) == len(set(packed["sentences"])) == 3
    # The same row of the syndicate serves both unions.
    assert len(packed["rows"]) == 3


def test_a_demonstration_names_nobody_in_favour_of_a_union(payload) -> None:
    names = "\n".join(payload["carriers"]["unions"]["sentences"])
    assert "2 réunies (PETR et syndicat)." in names
    assert names.count(HOSTILE) == 1  # what could not be evaluated


def test_the_states_of_392_unions_are_compact() -> None:
    """Each union differs from all others in what lies outside, told to 1 %."""
    known = {
        name: Fact(2.0) for name in ("n_epci", "n_petr", "n_departements", "n_parties")
    }
    known |= compared_alone_facts()
    facts = {
        f"union_{n:04d}": known
        | {name: Fact(n / 4) for name in ("petr_outside_pct", "outside_waste_pct")}
        | {"parties": Fact(f"PETR {n % 3}, Syndicat"), "parties_cover_pct": Fact(n / 4)}
        | {"economic_cover_pct": Fact(40.0), "waste_unconfirmed_pct": Fact(n / 5)}
        for n in range(392)
    }
    reasons = carrier_reasons(facts, rules=carrier_rules())
    packed = union_carrier_lists(
        carrier_states(reasons, facts, carriers=carriers()),
        reasons,
        carriers=carriers(),
        union_ids=list(facts),
        demonstration=False,
    )
    assert all(len(rows) == len(carriers()) for rows in packed["of"])
    assert len(payload_json(packed).encode()) < 150_000


def test_numbers_of_a_page_have_ten_digits_and_stay_equal() -> None:
    exact = {"a": [1 / 3, -2e7 / 3, 1e-5 / 7, 12.5, 3, None, True], "b": (4 / 3,)}
    text = payload_json(exact)
    assert long_numbers(text) == set()
    assert long_numbers(json.dumps(exact)) != set()
    told = json.loads(text)
    assert told["a"][:3] == pytest.approx(exact["a"][:3], rel=5e-10, abs=0)
    assert told["a"][3:] == [12.5, 3, None, True]
    assert told["b"] == [1.333333333]


def test_the_json_can_close_nothing(payload) -> None:
    text = payload_json({**payload, "study": {"title": HOSTILE + "\u2028"}})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["study"]["title"] == HOSTILE + "\u2028"


def test_the_page_is_the_same_twice_and_reaches_nothing(toy) -> None:
    page = make_page(toy)
    assert page == make_page(toy)
    text = page.decode()
    assert "{{" not in text.partition("<script")[0]
    assert "default-src &#x27;none&#x27;" in text
    head = re.sub(r"(sha256-|base64,)[\w+/=]+", "", text.partition("<script")[0])
    assert "//" not in head.replace("</", "")


def test_modules_join_in_the_order_of_their_imports() -> None:
    joined = bundle(read_modules(), "main")
    assert joined.index("function prepare(") < joined.index("const data = prepare(")
    assert "import {" not in joined
    assert "\nexport " not in joined


@pytest.mark.parametrize(
    ("modules", "met"),
    [
        ({"a": 'import { f } from "./b.js";\n'}, r"b\.js : module absent \(a → b\)"),
        (
            {
                "a": 'import { f } from "./b.js";\n',
                "b": 'import { g } from "./a.js";\n',
            },
            r"a\.js : module importé en rond \(a → b → a\)",
        ),
        (
            {
                "a": 'import { f } from "./b.js";\nconst f = 1;\n',
                "b": "export function f() {}\n",
            },
            r"a\.js : « f » est déjà dans b\.js",
        ),
        (
            {
                "a": 'import { f } from "./b.js";\nconst LEFT = 1;\n',
                "b": "const [WIDTH, LEFT] = [9, 6];\nexport function f() {}\n",
            },
            r"a\.js : « LEFT » est déjà dans b\.js",
        ),
        ({"a": 'import * as b from "./b.js";\n'}, "forme non admise"),
        ({"a": "export default 1;\n"}, "forme non admise"),
    ],
)
def test_modules_that_do_not_join_are_refused(modules, met) -> None:
    with pytest.raises(SchemaError, match=met):
        bundle(modules, "a")


def last_bits(value: float) -> list[float]:
    """Return a number, and those that another processor may find in its place."""
    below, above = (math.nextafter(value, way, steps=3) for way in (0.0, math.inf))
    return [below, value, above]


CASES = [
    (value, evidence, unit, decimals)
    for value in (0, 0.5, 1.005, 2.345, 9.95, 14, 45, 66.666, 96.2, 99.6, 100, 38_412.5)
    for evidence in "OSH"
    for unit, decimals in (("%", 1), ("nombre", 0), ("t/an", 0), ("étab./ETP", 0))
] + [
    (near, evidence, unit, decimals)
    for digits in (5, 15, 25, 35, 45, 55, 65, 75, 85, 95, 105, 995, 1005)
    for power in range(-5, 3)
    for near in last_bits(digits * 10.0**power)
    for evidence in "OSH"
    for unit, decimals in (("%", 1), ("t/an", 2))
]
PRINT = """
import { figureText } from "%s/numbers.js";
let text = "";
process.stdin.on("data", (part) => { text += part; });
process.stdin.on("end", () => {
  const said = JSON.parse(text).map(([value, evidence, unit, decimals]) => figureText(
    { value, low: value / 2, high: 2 * value, evidence }, { unit, decimals }));
  console.log(JSON.stringify(said));
});
"""


@needs_node
def test_the_page_writes_figures_as_the_package_does(tmp_path) -> None:
    script = tmp_path / "print.mjs"
    script.write_text(PRINT % MODULES.as_uri(), encoding="utf-8")
    said = json.loads(run_node(str(script), text=json.dumps(CASES)))
    expected = [
        figure_text(
            value,
            bounds=(value / 2, 2 * value),
            evidence=evidence,
            unit=unit,
            decimals=decimals,
        ).replace("'", "’")
        for value, evidence, unit, decimals in CASES
    ]
    assert said == expected


GAPS = [
    (first, second, classes, unit, decimals)
    for first, second in ((205, 474), (90.6, 80.4), (18, 22), (0.1, 0.3), (99.6, 100))
    for classes in ("OO", "SH", "HH")
    for unit, decimals in (("%", 1), ("nombre", 0), ("t/an", 0), ("emplois", 0))
]
PRINT_GAPS = """
import { differenceText } from "%s/numbers.js";
let text = "";
process.stdin.on("data", (part) => { text += part; });
process.stdin.on("end", () => {
  const said = JSON.parse(text).map(([a, b, [one, two], unit, decimals]) =>
    differenceText({ value: a, evidence: one }, { value: b, evidence: two },
      { unit, decimals }));
  console.log(JSON.stringify(said));
});
"""


@needs_node
def test_the_page_writes_gaps_as_the_package_does(tmp_path) -> None:
    script = tmp_path / "print.mjs"
    script.write_text(PRINT_GAPS % MODULES.as_uri(), encoding="utf-8")
    said = json.loads(run_node(str(script), text=json.dumps(GAPS)))
    expected = []
    for first, second, classes, unit, decimals in GAPS:
        gap = printed_gap(
            float(first),
            float(second),
            evidence=(classes[0], classes[1]),
            unit=unit,
            decimals=decimals,
        )
        expected.append(gap_text(gap, unit=unit))
    assert said == expected


def test_the_page_counts_the_members_that_the_layer_lacks(toy) -> None:
    """A page that compared with the layer would call whole what the layer cuts."""
    wide = toy.ground.communes.assign(epci_communes=[34] * 3 + [3] * 6 + [0])
    ground = replace(toy.ground, communes=wide)
    frame, _ = border_lists(ground)
    found = {one["siren"]: one["total"] for one in epci_lists(ground, frame)}
    assert found == {"200000001": 34, "200000002": 3, "200000003": 3}
