"""The page on refusals of the delivered study, against a search by brute force.

Every set of refusals of a perimeter of seven, with red lines drawn, against all unions.
"""

import json
import subprocess
from itertools import combinations
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.words.governance_words import named_epci
from eitgeo.tables.files import read_table
from eitgeo.words import published_value
from tests.maps.pages import payload_of

NODE = which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")
SCRIPT = Path(__file__).parents[1] / "maps" / "js" / "refusals.mjs"
SEVEN = "systom_7_epci"
Line = tuple[int, str, float]
"""Who, ``eur``, ``min`` or ``with``, how much or whom."""


def lines_drawn() -> list[list[Line]]:
    """Draw red lines, from none to too many."""
    rng = np.random.default_rng(39)
    drawn: list[list[Line]] = [[]]
    for harsh in (0.2, 0.5, 0.9):
        lines: list[Line] = []
        for who in rng.permutation(10)[:4].tolist():
            lines += [
                (who, "eur", round(float(rng.uniform(0.2, 1.4 - harsh)), 2)),
                (who, "min", float(rng.integers(15, int(90 - 60 * harsh)))),
            ][: 1 + int(rng.random() < harsh)]
            if rng.random() < harsh:
                other = float(rng.choice([one for one in range(10) if one != who]))
                lines.append((who, "with", other))
        drawn.append(lines)
    return drawn


def typed(lines: list[Line]) -> list[dict[str, Any]]:
    """Lay lines out as the page holds them."""
    held: list[dict[str, Any]] = [
        {"eur": None, "min": None, "partners": []} for _ in range(10)
    ]
    for who, kind, what in lines:
        if kind == "with":
            held[who]["partners"].append(int(what))
        else:
            held[who][kind] = what
    return held


class Truth:
    """Unions as the tables tell them: members, what each would pay, how far each is."""

    def __init__(self, project: Any, page: dict[str, Any]) -> None:
        names = named_epci(released(project, "bodies"))
        order = [one["name"] for one in page["epci"]]
        seats = released(project, "union_seats").table
        seats = seats.assign(e=seats["epci_siren"].map(names).map(order.index))
        budget = read_table(project.processed, "animation_budget")
        left = budget[budget["item"].eq("reste") & budget["year"].eq(1)].iloc[0]
        self.needs: list[dict[tuple[int, str], float]] = []
        self.members: list[set[int]] = []
        for _, rows in seats.groupby("union_id", sort=False):
            eur = printed(left["high"] / rows["population"].sum(), "€/hab./an")
            self.members.append({*rows["e"]})
            self.needs.append(
                {
                    key: value
                    for e, minutes in zip(rows["e"], rows["minutes"], strict=True)
                    for key, value in (
                        ((e, "eur"), eur),
                        ((e, "min"), printed(minutes, "min")),
                    )
                }
            )

    def accepts(self, line: Line, union: int) -> bool:
        """Say whether a union is on the right side of a line."""
        who, kind, what = line
        if who not in self.members[union]:
            return True
        if kind == "with":
            return int(what) in self.members[union]
        return self.needs[union][who, kind] <= what

    def need(self, line: Line, union: int) -> float | None:
        """Return what a union asks of who drew a line; None: to leave a partner."""
        return self.needs[union].get((line[0], line[1]))


def printed(value: float, unit: str) -> float:
    """Round as the page prints: both hang on hypotheses."""
    return published_value(value, evidence="H", decimals=2, unit=unit)


def smallest(
    truth: Truth, lines: list[Line], accepted: np.ndarray, allowed: np.ndarray
) -> dict[tuple[Line, ...], dict[tuple[float | None, ...], set[int]]]:
    """Try every set of lines, the smallest first, and keep what asks least."""
    for size in range(len(lines) + 1):
        found = {}
        for relaxed in combinations(range(len(lines)), size):
            kept = [k for k in range(len(lines)) if k not in relaxed]
            opened = np.flatnonzero(accepted[kept].all(axis=0) & allowed)
            asked: dict[tuple[float | None, ...], set[int]] = {}
            for union in opened.tolist():
                needs = tuple(truth.need(lines[k], union) for k in relaxed)
                asked.setdefault(needs, set()).add(union)
            if asked:
                found[tuple(lines[k] for k in relaxed)] = {
                    needs: unions
                    for needs, unions in asked.items()
                    if not any(asks_less(other, needs) for other in asked)
                }
        if found:
            return found
    return {}


def asks_less(one: tuple[float | None, ...], other: tuple[float | None, ...]) -> bool:
    """Say whether one asks no more than another, and is not the same."""
    pairs = [(a or 0.0, b or 0.0) for a, b in zip(one, other, strict=True)]
    return one != other and all(a <= b for a, b in pairs)


def told(answer: dict[str, Any], lines: list[Line]) -> dict[Any, Any]:
    """Read what the page answers in the words of the brute force."""
    known = {
        (who, kind, what if kind == "with" else -1): (who, kind, what)
        for who, kind, what in lines
    }
    return {
        tuple(
            sorted(
                known[one["who"], one["kind"], one["other"]] for one in group["lines"]
            )
        ): {
            tuple(
                need
                for _, need in sorted(
                    zip(
                        [
                            known[one["who"], one["kind"], one["other"]]
                            for one in group["lines"]
                        ],
                        choice["needs"],
                        strict=True,
                    ),
                    key=lambda pair: pair[0],
                )
            ): set(choice["unions"])
            for choice in group["choices"]
        }
        for group in answer["sets"]
    }


@pytest.fixture(scope="module")
def page(delivered) -> dict[str, Any]:
    """Read what the page of the delivered study knows."""
    return payload_of(delivered.published("si_un_conseil_dit_non", ".html"))


def run_page(page: dict[str, Any], cases: list[Any], path: Path) -> dict[str, Any]:
    """Let the scripts of the page answer."""
    path.write_text(json.dumps({"page": page, "cases": cases}), encoding="utf-8")
    done = subprocess.run(  # noqa: S603
        [NODE or "node", str(SCRIPT), str(path)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_red_lines_equal_brute_force_over_all_refusals(
    delivered, page, tmp_path
) -> None:
    truth = Truth(delivered, page)
    assert len(truth.members) == len(page["unions"]["members"]) == 392
    seven = next(one for one in page["perimeters"] if one["id"] == SEVEN)["members"]
    assert len(seven) == 7
    refused = [list(one) for n in range(8) for one in combinations(seven, n)]
    drawn = [sorted(lines) for lines in lines_drawn()]
    cases = [(lines, no) for lines in drawn for no in refused]
    said = run_page(
        page,
        [{"lines": typed(lines), "no": no} for lines, no in cases],
        tmp_path / "cases.json",
    )["answers"]
    n_open = n_closed = 0
    big = np.array([len(one) > 1 for one in truth.members])
    for lines in drawn:
        accepted = np.array(
            [[truth.accepts(one, u) for u in range(392)] for one in lines], dtype=bool
        ).reshape(len(lines), 392)
        for no in refused:
            answer = said[cases.index((lines, no))]
            without = np.array([not one & {*no} for one in truth.members])
            assert answer["without"] == without.sum()
            opened = np.flatnonzero(accepted.all(axis=0) & without).tolist()
            assert answer["open"] == opened
            best = smallest(truth, lines, accepted, without & big)
            assert told(answer, lines) == best
            assert answer["fewest"] == (len(next(iter(best))) if best else None)
            n_open += bool(opened)
            n_closed += bool(best) and answer["fewest"] > 0
    # Both answers were met, often.
    assert n_open > 50
    assert n_closed > 50


def test_the_page_tells_each_refusal_as_the_table(delivered, page, tmp_path) -> None:
    table = read_table(delivered.processed, "refusals")
    names = named_epci(released(delivered, "bodies"))
    order = [one["name"] for one in page["epci"]]
    rows = {
        (row["perimeter_id"], frozenset(row["refused"].split(";")) - {""}): row
        for row in table.to_dict("records")
    }
    siren = {order.index(name): key for key, name in names.items() if name in order}
    met = 0
    for one in run_page(page, [], tmp_path / "none.json")["refusals"]:
        for told_row in one["rows"]:
            row = rows[one["id"], frozenset(siren[e] for e in told_row["no"])]
            assert told_row["border"] == [row["n_pieces_border"]] * 2
            assert told_row["road"] == [row["n_pieces_road"]] * 2
            assert told_row["pop"] == row["population"]
            for key, column in (
                ("able", "carriers"),
                ("states", "states"),
                ("fell", "fell"),
            ):
                assert ";".join(told_row[key]) == row[column]
            firms = row["firms_10_45min"]
            assert told_row["firms"] == (
                None
                if pd.isna(firms)
                else published_value(firms, evidence="S", decimals=0, unit="nombre")
            )
            levels = [row[f"left_{level}"] for level in ("low", "mid", "high")]
            expected = [None if pd.isna(x) else printed(x, "€/hab./an") for x in levels]
            assert told_row["price"][:3] == expected
            met += 1
    assert met == len(table)
