"""The maps of arisings, exchanges and outlets: words, classes, bytes, refusals."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from eitgeo.disclosure.sums import block_rows as blocks_of
from eitgeo.disclosure.sums import block_sums, giver_sums, link_sums
from eitgeo.flows.exchanges.realised import Animation, animation_of
from eitgeo.maps.paper.canvas import Page, drawing_style, text_width_mm
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.paper.side import SideTable, column_widths_mm
from eitgeo.maps.prints.destination_maps import (
    LINK_BOUNDS_T,
    WIDTHS_PT,
    bow,
    drawn_kinds,
    exchanges_map,
    minute_rows,
    outlets_map,
)
from eitgeo.maps.prints.destination_maps import (
    giver_rows as listed_givers,
)
from eitgeo.maps.prints.flow_maps import (
    CIRCLES_MM,
    EPCI_BOUNDS_T,
    STREAM_FILLS,
    arisings_map,
    sectors,
    tonnage_ranks,
)
from eitgeo.study.governance import Governance
from eitgeo.tables.public import Released
from tests.maps.flow_toy import (
    EPCI_OF,
    IF_PART,
    communes_public,
    derived,
    giver_rows,
    link_rows,
    nearest_rows,
    stream_rows,
    sum_rows,
)
from tests.maps.test_print_maps import pixels, words
from tests.maps.toy import Toy, released

ANIMATION = animation_of(Governance())


def draw_arisings(toy: Toy, streams: Released | None = None) -> dict[str, bytes]:
    """Draw what is thrown away."""
    made = arisings_map(
        toy.ground, sum_rows(), streams=streams or stream_rows(), evidence="H"
    )
    return compose(made, toy.sheet)


def draw_exchanges(
    toy: Toy, cells: pd.DataFrame | None = None, animation: Animation = ANIMATION
) -> dict[str, bytes]:
    """Draw what could be exchanged."""
    links = link_rows()
    if cells is not None:
        links = derived(link_sums(communes_public(), cells, groups=EPCI_OF))
    made = exchanges_map(
        toy.ground,
        links,
        givers=giver_rows(cells),
        if_part=IF_PART,
        animation=animation,
    )
    return compose(made, toy.sheet)


def two_places(toy: Toy) -> Toy:
    """Put an outlet of each of two kinds in two communes."""
    more = toy.ground.outlets.assign(
        kind=["isdnd", "compostage", "isdnd"], status="publie"
    )
    extra = more.iloc[[1]].assign(code_insee="31009", rank=4, name="Site o4")
    outlets = pd.concat([more, extra], ignore_index=True)
    return replace(toy, ground=replace(toy.ground, outlets=outlets))


def draw_outlets(toy: Toy, **told: bool) -> dict[str, bytes]:
    """Draw the nearest places with an outlet."""
    made = outlets_map(two_places(toy).ground, nearest_rows(**told))
    return compose(made, toy.sheet)


DRAWN: dict[str, Callable[[Toy], dict[str, bytes]]] = {
    "gisements": draw_arisings,
    "echanges": draw_exchanges,
    "exutoires": draw_outlets,
}


def draw(name: str, toy: Toy) -> dict[str, bytes]:
    """Draw one of the maps."""
    return DRAWN[name](toy)


MAPS = ("gisements", "echanges")


@pytest.fixture(scope="module")
def drawn(toy: Toy) -> Callable[[str], dict[str, bytes]]:
    """Return what draws a map of the toy study: once for all who look at it."""
    return cache(lambda name: draw(name, toy))


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_inputs_give_the_same_bytes(toy: Toy, drawn, name: str) -> None:
    once = drawn(name)
    assert once == draw(name, toy)
    assert pixels(once["png"]).std() > 0.02


@pytest.mark.parametrize("name", MAPS)
def test_the_method_its_weakness_and_the_demonstration_are_told(
    drawn, name: str, tmp_path: Path
) -> None:
    text = words(drawn(name)["pdf"], tmp_path)
    for expected in (
        "otentiel",
        "Méthode déductive et sa faiblesse",
        "majoritairement faux",
        "DÉMONSTRATION",
        "source : Licence Ouverte 2.0",
    ):
        assert expected in text, expected
    assert "attendu" not in text.lower()


def test_arisings_have_one_figure_and_their_interval(drawn, tmp_path: Path) -> None:
    text = words(drawn("gisements")["pdf"], tmp_path)
    # Aval: 708 t to 7 080 t by steps of 708, P10 1 345, P50 3 894, P90 6 443; and 20 t.
    told = "≈ 4 000 t/an (1 000 à 6 000)"
    assert (
        f"{told} de gisement potentiel, hors inertes : matières en mélange, "
        "50 % selon l’EPCI" in text
    )
    assert text.count(told) == 2
    assert "3 000 à 10 000 t/an" in text
    assert "Moins de 1 000 t/an" in text
    assert "3 500" not in text


def test_an_interval_that_rounds_to_one_figure_is_not_promised(printed: Toy) -> None:
    told = sum_rows().table.assign(low=960_000.0, value=1e6, high=1_040_000.0)
    drawn = arisings_map(
        printed.ground, released(told), streams=stream_rows(), evidence="H"
    )
    with drawing_style():
        page = Page(FORMATS["A4"])
        drawn.side[0](page, page.side_top)
        lines = " ".join(one.get_text() for one in page.figure.findobj(Text))
    text = " ".join(lines.replace("’", "'").split())
    assert "1 000 000 t/an. Ratio par salarié" in text
    assert "l'intervalle s'arrondit au même chiffre" in text
    assert "huit chances" not in text


@pytest.mark.parametrize(
    "tenths", [(10,), (5, 3, 2), (1, 1, 1, 1, 1, 5), (0, 10), (9, 1, 0)]
)
def test_the_parts_of_a_circle_sum_to_its_whole(tenths: tuple[int, ...]) -> None:
    names = list(STREAM_FILLS)[: len(tenths)]
    angles = sectors(pd.DataFrame({"family": names, "tenths": tenths}))
    assert sum(angle for _, angle in angles) == pytest.approx(360.0)
    assert [angle / 36 for _, angle in angles] == [n for n in tenths if n]


def test_circles_grow_with_their_class_and_no_two_families_look_alike() -> None:
    assert len(CIRCLES_MM) == len(EPCI_BOUNDS_T) + 1
    areas = np.square(CIRCLES_MM)
    assert (areas[1:] / areas[:-1] > 1.5).all()
    assert len(set(STREAM_FILLS.values())) == len(STREAM_FILLS)


def test_a_family_without_a_part_is_not_in_the_legend(drawn, tmp_path: Path) -> None:
    text = words(drawn("gisements")["pdf"], tmp_path)
    assert "Bois" in text
    assert "Métaux" not in text


def test_exchanges_are_told_inside_between_and_elsewhere(drawn, tmp_path: Path) -> None:
    text = " ".join(words(drawn("echanges")["pdf"], tmp_path).split())
    # 385 t: 40 inside the EPCI of the giver, 5 outside.
    assert f"≈ 400 t/an publiables {IF_PART}" in text
    assert "≈ 10 % dans l’EPCI du donneur" in text
    assert "≈ 1 % hors du territoire" in text
    assert "385" not in text


def test_no_giver_is_left_without_a_figure_or_its_reason(toy: Toy) -> None:
    cells = pd.DataFrame(
        [("31001", "31001", 40.0), ("31001", "31004;hors", 90.0)],
        columns=["donor_id", "receiver_ids", "value"],
    )
    units = communes_public()
    silent = units["block_id"].isin(["31004", "31007"])
    units.loc[silent, "released"] = False
    units.loc[units["block_id"] == "31007", "n_sites"] = 0
    table = giver_sums(units, cells, groups=EPCI_OF)
    found = listed_givers(table, toy.ground)
    assert found.heads == ("EPCI, ordre de", "dedans", "autres", "hors", "réunis")
    assert set(found.rows) == {
        ("Aval", "40", "réuni", "réuni", "90"),
        ("Milieu", "secret", "secret", "secret", ""),
        ("Nord", "aucun", "aucun", "aucun", ""),
    }
    assert "–" not in str(found.rows)


def test_a_way_and_its_way_back_do_not_hide_each_other() -> None:
    one, other = np.array([0.0, 0.0]), np.array([10.0, 0.0])
    there, back = bow(one, other), bow(other, one)
    assert there.interpolate(0.5, normalized=True).y < -1.0
    assert back.interpolate(0.5, normalized=True).y > 1.0
    assert list(WIDTHS_PT) == sorted(set(WIDTHS_PT))
    assert len(WIDTHS_PT) == len(LINK_BOUNDS_T) + 1 == 5


@pytest.mark.parametrize(("reached_t", "told"), [(10.0, True), (1e6, False)])
def test_exchanges_stand_beside_what_cases_reached(
    printed: Toy, tmp_path: Path, reached_t: float, *, told: bool
) -> None:
    """385 t are announced; one case of 100 firms, as many as an animator meets."""
    case = {"name": "Essai", "n_firms": 100.0, "t_per_year": reached_t}
    one = Animation(pd.DataFrame([case], index=["essai"]), 1.0, (100.0, 100.0))
    drawn = draw_exchanges(printed, animation=one)
    text = " ".join(words(drawn["pdf"], tmp_path).split())
    above = "part, soit ≈ 40 fois le plus élevé des cas documentés (Essai)"
    assert (above in text) is told
    made = "10 t/an" if told else "400 t/an"
    assert f"Ce qu’un animateur en réalise en 3 ans : ≈ {made}" in text


@pytest.mark.parametrize("value", [0.0, 29.9, 30.0, 100.0, 9_999.0, 10_000.0, 1e9])
def test_classes_rise_with_tonnes(value: float) -> None:
    (rank,) = tonnage_ranks(np.array([value]))
    bounds = [30, 100, 300, 1_000, 3_000, 10_000]
    assert rank == sum(value >= bound for bound in bounds)


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
    none = derived(stream_rows().table.iloc[:0])
    made = arisings_map(printed.ground, sums, streams=none, evidence="H")
    text = words(compose(made, printed.sheet)["pdf"], tmp_path)
    assert "Ce n’est pas un gisement nul." in text
    assert "t/an" not in text
    cells = pd.DataFrame(columns=["donor_id", "receiver_ids", "value"])
    text = words(draw_exchanges(printed, cells)["pdf"], tmp_path)
    assert "Ce n’est pas une absence d’échange." in text
    assert "–" not in text.partition("Ce que chaque EPCI")[2].partition("Comment")[0]


def test_only_kinds_with_a_choice_have_ways(toy: Toy) -> None:
    assert drawn_kinds(toy.ground) == []
    assert drawn_kinds(two_places(toy).ground) == ["compostage", "isdnd"]


def test_outlets_are_places_and_minutes_without_count_rank_or_stamp(
    printed: Toy, tmp_path: Path
) -> None:
    bare = replace(printed, sheet=replace(printed.sheet, demonstration=()))
    ground = replace(two_places(bare).ground, tables={})
    made = outlets_map(ground, nearest_rows())
    text = " ".join(words(compose(made, bare.sheet)["pdf"], tmp_path).split())
    for expected in (
        # 44.4 is printed 44, 44.6 is printed 45: one EPCI of three has both near.
        "Compostage et stockage à moins de 45 min de camion dans 2 EPCI sur 3",
        "ni établissement, ni tonne, ni préférence",
        "Ce ne sont pas les exutoires utilisés",
        "« – » : une commune de l’EPCI n’y accède pas",
        "1 Site",
    ):
        assert expected in text, expected
    for absent in ("couples", "t/an", "DÉMONSTRATION"):
        assert absent not in text, absent


def test_minutes_are_listed_by_name_of_epci_and_kind(toy: Toy) -> None:
    ground = two_places(toy).ground
    rows = nearest_rows().table
    found = minute_rows(rows, drawn_kinds(ground), ground)
    assert found.heads == ("EPCI, ordre de", "compostage", "stockage")
    assert found.rows == (
        ("Aval", "40", "20"),
        ("Milieu", "40", "40"),
        ("Nord", "–", "8"),
    )


def test_a_surrogate_network_stamps_the_outlets(printed: Toy, tmp_path: Path) -> None:
    text = words(draw_outlets(printed, demonstration=True)["pdf"], tmp_path)
    assert "DÉMONSTRATION" in text


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
    cells = pd.DataFrame(
        [("31001", "31004", 250.0), ("31004", "31004", 25_000.0)],
        columns=["donor_id", "receiver_ids", "value"],
    )
    text = " ".join(words(draw_exchanges(printed, cells)["pdf"], tmp_path).split())
    assert IF_PART in text
    assert "100 à 300 t/an" in text
    assert "Dans l’EPCI : 1 000 t/an ou plus" in text
