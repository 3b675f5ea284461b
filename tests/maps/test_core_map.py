"""The map of core and fringe: words, classes, same bytes, refusals."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.prints.core_map import Poll, core_map
from tests.maps.test_print_maps import words
from tests.maps.toy import CODES, Toy, released

SHARES = [1.0, 0.9, 0.8, 0.7, 0.5, 0.3, 0.2, 0.1, 0.0, 0.0]


def shares(codes: list[str] = CODES) -> pd.DataFrame:
    """Return table ``membership_frequency`` of two families with the same shares."""
    rows = pd.DataFrame({"code_insee": codes, "share": SHARES[: len(codes)]})
    return pd.concat(
        [
            rows.assign(family="ward", n_runs=6),
            rows.assign(family="temps_de_route", n_runs=4),
            rows.assign(family="ensemble", n_runs=10),
        ],
        ignore_index=True,
    )


def draw(toy: Toy, table: Any = None, *, left_out: str = "") -> dict[str, bytes]:
    """Draw the map of the toy study."""
    made = core_map(
        toy.ground,
        released(shares()) if table is None else table,
        poll=Poll({"temps_de_route": "temps de route", "ward": "Ward"}, left_out),
        perimeters=toy.perimeters,
        members=toy.members,
    )
    return compose(made, toy.sheet)


@pytest.fixture(scope="module")
def drawn(toy: Toy) -> dict[str, bytes]:
    """Draw the map of the toy study once."""
    return draw(toy)


@pytest.fixture(scope="module")
def told(drawn: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Read it once."""
    return words(drawn["pdf"], tmp_path_factory.mktemp("core"))


def test_words_of_the_map(told: str) -> None:
    text = told
    for expected in (
        "2 communes sur 9 reviennent dans plus de 80 % des contours",
        "10 contours d’un seul tenant",
        "2 familles de méthodes",
        "Un vote de méthodes, pas un résultat",
        "temps de route (4), Ward (6)",
        "Plus de 80 % (cœur)",
        "Dans aucun contour",
        "DÉMONSTRATION – établissements synthétiques",
    ):
        assert expected in text, expected
    assert "Laissés de côté" not in text
    assert "moins si moins de" not in text
    for banned in ("attendu", "optimal", "meilleur", "gagnant"):
        assert banned not in text


def test_dots_are_told_only_where_a_commune_lies_in_no_contour(
    printed: Toy, tmp_path: Path
) -> None:
    everywhere = shares()
    everywhere["share"] = everywhere["share"].clip(lower=0.1)
    assert "Dans aucun contour" not in words(
        draw(printed, released(everywhere))["pdf"], tmp_path
    )


def test_a_share_of_exactly_80_pct_is_not_in_the_core(told: str) -> None:
    """Ten contours, two families, two communes above 80 %, 3 000 inhabitants."""
    text = re.sub(r"\s", " ", told)
    assert "2 communes sur 9" in text
    assert "≈ 3 000" in text
    assert "≈, ordre de : classe H" in text


def test_a_family_of_few_contours_is_named(printed: Toy, tmp_path: Path) -> None:
    few = shares()
    few.loc[few["family"].eq("ward"), "n_runs"] = 2
    text = words(draw(printed, released(few))["pdf"], tmp_path)
    assert "chaque famille pèse autant (moins si moins de 3 contours : Ward)" in text
    assert "Ward (2)" in text


def test_what_a_quick_study_leaves_out_is_told(printed: Toy, tmp_path: Path) -> None:
    text = words(draw(printed, left_out="max-p")["pdf"], tmp_path)
    assert "Laissés de côté" in text
    assert "max-p." in text


def test_the_same_inputs_give_the_same_bytes(toy: Toy, drawn: dict[str, bytes]) -> None:
    turned = released(shares().sample(frac=1, random_state=1))
    assert drawn == draw(toy, turned)


def test_no_core_at_all_is_drawn(printed: Toy, tmp_path: Path) -> None:
    table = released(shares().assign(share=0.1))
    text = words(draw(printed, table)["pdf"], tmp_path)
    assert "Aucune commune ne revient dans plus de 80 % des contours" in text
    assert "Communes du cœur, par EPCI" not in text


def test_an_absent_commune_is_refused(toy: Toy) -> None:
    with pytest.raises(StudyError, match="sans part pour 2 communes"):
        draw(toy, released(shares(CODES[2:])))
