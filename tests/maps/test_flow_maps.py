"""The maps of arisings and exchanges: words, classes, same bytes, refusals."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.door.rules import Released
from eitgeo.disclosure.sums import block_rows as blocks_of
from eitgeo.disclosure.sums import block_sums, link_sums
from eitgeo.errors import SchemaError
from eitgeo.maps.paper.canvas import text_width_mm
from eitgeo.maps.paper.side import SideTable, column_widths_mm
from eitgeo.maps.prints.flow_maps import arisings_map, exchanges_map, tonnage_ranks
from eitgeo.maps.prints.outlet_map import outlets_map
from tests.maps.flow_toy import (
    EPCI_OF,
    IF_PART,
    block_rows,
    communes_public,
    derived,
    link_rows,
    sum_rows,
)
from tests.maps.test_print_maps import pixels, words
from tests.maps.toy import Toy, released


def draw(name: str, toy: Toy) -> dict[str, bytes]:
    """Draw one of both maps."""
    if name == "gisements":
        return arisings_map(
            toy.ground,
            block_rows(),
            sums=sum_rows(),
            evidence="H",
            sheet=toy.sheet,
        )
    return exchanges_map(toy.ground, link_rows(), if_part=IF_PART, sheet=toy.sheet)


MAPS = ("gisements", "echanges")


@pytest.mark.parametrize("name", MAPS)
def test_the_same_inputs_give_the_same_bytes(toy: Toy, name: str) -> None:
    once = draw(name, toy)
    assert once == draw(name, toy)
    assert pixels(once["png"]).std() > 0.02


@pytest.mark.parametrize("name", MAPS)
def test_the_method_its_weakness_and_the_demonstration_are_told(
    printed: Toy, name: str, tmp_path: Path
) -> None:
    text = words(draw(name, printed)["pdf"], tmp_path)
    for expected in (
        "otentiel",
        "Méthode déductive et sa faiblesse",
        "majoritairement faux",
        "DÉMONSTRATION",
        "source : Licence Ouverte 2.0",
    ):
        assert expected in text, expected
    assert "attendu" not in text.lower()


def test_arisings_have_one_figure_and_their_interval(
    printed: Toy, tmp_path: Path
) -> None:
    text = words(draw("gisements", printed)["pdf"], tmp_path)
    # Aval: 708 t to 7 080 t by steps of 708, P10 1 345, P50 3 894, P90 6 443; and 20 t.
    assert "De l’ordre de 4 000 t/an (1 000 à 6 000)" in text
    assert text.count("1 000 à 6 000") == 2
    assert "30 à 100 t/an" in text
    assert "3 000 à 10 000 t/an" in text
    assert "3 500" not in text


def test_exchanges_are_told_inside_between_and_elsewhere(
    printed: Toy, tmp_path: Path
) -> None:
    text = words(draw("echanges", printed)["pdf"], tmp_path)
    # 385 t: 40 inside the EPCI of the giver, 95 outside or to several EPCI.
    told = f"De l’ordre de 400 t/an publiables {IF_PART}, dont de l’ordre de 10 %"
    assert told in text
    assert "de l’ordre de 20 % vont hors du territoire" in text
    assert "385" not in text


@pytest.mark.parametrize("value", [0.0, 29.9, 30.0, 100.0, 9_999.0, 10_000.0, 1e9])
def test_classes_rise_with_tonnes(value: float) -> None:
    (rank,) = tonnage_ranks(np.array([value]))
    bounds = [30, 100, 300, 1_000, 3_000, 10_000]
    assert rank == sum(value >= bound for bound in bounds)


def test_bare_tables_are_refused(toy: Toy) -> None:
    bare = pd.DataFrame({"codes": [], "low": [], "value": [], "high": []})
    with pytest.raises(SchemaError, match="table non diffusable"):
        arisings_map(toy.ground, bare, sums=bare, evidence="H", sheet=toy.sheet)  # type: ignore[arg-type]
    with pytest.raises(SchemaError, match="table non diffusable"):
        exchanges_map(toy.ground, bare, if_part=IF_PART, sheet=toy.sheet)  # type: ignore[arg-type]


def test_nothing_to_tell_is_said_not_drawn_as_zero(
    printed: Toy, tmp_path: Path
) -> None:
    names = ["indicator_id", "block_id", "kind", "low", "value", "high"]
    blocks = derived(
        blocks_of(
            communes_public(), pd.DataFrame(columns=names), indicator_id="deposit_t"
        )
    )
    draws = pd.DataFrame(columns=["indicator_id", "block_id", "draw", "value"])
    sums = derived(
        block_sums(blocks.table, draws, indicator_id="deposit_t", groups=EPCI_OF)
    )
    cells = pd.DataFrame(columns=["donor_id", "receiver_ids", "value"])
    links = derived(link_sums(communes_public(), cells, groups=EPCI_OF))
    drawn = arisings_map(
        printed.ground, blocks, sums=sums, evidence="H", sheet=printed.sheet
    )
    text = words(drawn["pdf"], tmp_path)
    assert "Ce n’est pas un gisement nul." in text
    assert "t/an" not in text
    text = words(
        exchanges_map(printed.ground, links, if_part=IF_PART, sheet=printed.sheet)[
            "pdf"
        ],
        tmp_path,
    )
    assert "Ce n’est pas une absence d’échange." in text
    assert "Ce que chaque EPCI" not in text


def outlet_lines(*, real: bool = False) -> Released:
    """Release the nearest outlets of two EPCI; nine pairs find none."""
    rows = {
        "epci_siren": ["200000001", "200000001", "200000002"],
        "outlet_id": ["o1", "", "o1"],
        "n_pairs": [120, 9, 12],
        "minutes": [17.4, np.nan, 41.0],
    }
    return released(pd.DataFrame(rows), demonstration=not real)


def test_no_outlet_comes_before_another_on_establishments_that_are_drawn(
    printed: Toy, tmp_path: Path
) -> None:
    real, drawn = (
        words(outlets_map(printed.ground, lines, sheet=printed.sheet)["pdf"], tmp_path)
        for lines in (outlet_lines(real=True), outlet_lines())
    )
    assert "du plus de couples" in real
    assert "du plus de couples" not in drawn
    assert "par numéro" in drawn


def test_outlets_are_told_as_the_nearest_legal_ones_in_pairs_never_in_tonnes(
    toy: Toy, tmp_path: Path
) -> None:
    once = outlets_map(toy.ground, outlet_lines(), sheet=toy.sheet)
    assert once == outlets_map(toy.ground, outlet_lines(), sheet=toy.sheet)
    text = words(once["pdf"], tmp_path)
    for expected in (
        "Exutoires autorisés les plus proches (modèle)",
        "Ce ne sont pas les exutoires utilisés",
        "100 à 300 couples",
        "10 à 30 couples",
        "Site o1",
        "EPCI, ordre de",
        "couples 100 ",
        "20 min",
        "40 min",
        "DÉMONSTRATION",
    ):
        assert expected in text, expected
    assert "t/an" not in text
    for precise in ("132", "129", "17 min", "41 min"):
        assert precise not in text, precise


def test_an_outlet_keeps_its_whole_name_on_as_many_lines_as_it_needs(
    printed: Toy, tmp_path: Path
) -> None:
    name = "Plateforme de compostage et de valorisation des déchets verts du Nord"
    outlets = printed.ground.outlets.assign(name=name)
    ground = replace(printed.ground, outlets=outlets)
    text = words(
        outlets_map(ground, outlet_lines(real=True), sheet=printed.sheet)["pdf"],
        tmp_path,
    )
    listed = text[text.index("numéro et nom") :]
    for word in name.split():
        assert word in listed, word
    assert "…" not in listed


def test_two_figures_of_a_line_never_read_as_one() -> None:
    rows = (("Vallée", "40 000", "30 000 à 40 000"), ("Plaine", "9", "8 à 10"))
    table = SideTable("Gisement", ("EPCI", "ordre de", "entre"), rows)
    widths = column_widths_mm(table)
    for column, width in enumerate(widths, start=1):
        for texts in (table.heads, *rows):
            assert width - text_width_mm(texts[column], 6.5) >= 4.0


def test_the_legend_names_every_class_of_line_and_of_circle(
    printed: Toy, tmp_path: Path
) -> None:
    cells = [("31001", "31004", 250.0), ("31004", "31004", 25_000.0)]
    table = pd.DataFrame(cells, columns=["donor_id", "receiver_ids", "value"])
    links = derived(link_sums(communes_public(), table, groups=EPCI_OF))
    drawn = exchanges_map(printed.ground, links, if_part=IF_PART, sheet=printed.sheet)[
        "pdf"
    ]
    text = " ".join(words(drawn, tmp_path).split())
    assert IF_PART in text
    assert "100 à 300 t/an" in text
    assert "Dans l’EPCI : 10 000 t/an ou plus" in text
